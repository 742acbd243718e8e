"""Two responses in, typed differences out.

A difference is a fact with a path and both values; how bad it is, is decided
elsewhere. Only what the candidate *covers* is compared. What it does not claim
to return is a third state beside same and different, and is returned too, so
that silence never looks like agreement.

What counts as the same although it is written differently:

- ``None`` and ``""`` for content, reasoning and refusal: no text either way;
- ``None`` and ``""`` (``0`` for ``created``) for a name that the stream never gave;
- ``None`` and an object whose fields are all ``None`` (log probabilities that say nothing);
- tool arguments that are the same JSON value, and ``""`` with ``"{}"``;
- a total that the provider never sent, if it is the sum of input and output;
- a tool call without id, name and arguments and no tool call;
- keys of blocks that are ``None`` and keys that are absent;
- fields that a candidate adds to a tool call, and those of a call that stands in a block of its own, which
  is compared whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stream_audit.compare.calls import compare_calls
from stream_audit.compare.parts import compare_parts, hold_calls
from stream_audit.compare.values import compare_values, differing, same_arguments
from stream_audit.errors import UnknownName
from stream_audit.model import EVERYTHING, FIELDS, USAGE, Choice, Difference, Message, Response, Usage

__all__ = ["compare", "expand_fields", "same_arguments", "uncovered"]

_TOP = ("id", "model", "created", "system_fingerprint", "service_tier", "error")
_TEXTS = ("content", "reasoning", "refusal")
_VALUES = ("annotations", "audio")
_COUNTS = tuple(field.removeprefix("usage.") for field in FIELDS if field.startswith("usage."))
_NOTHING = Usage()


def expand_fields(names: Sequence[str]) -> frozenset[str]:
    """Turn what a user writes (``role,usage``) into members of ``FIELDS``.

    Raises:
        UnknownName: A name that is neither a field nor ``usage``.
    """
    found: set[str] = set()
    for name in names:
        members = USAGE if name == "usage" else {name} & EVERYTHING
        if not members:
            raise UnknownName("field", name, (*FIELDS, "usage"))
        found.update(members)
    return frozenset(found)


def compare(
    reference: Response, got: Response, fields: frozenset[str], *, both_ways: bool = False
) -> list[Difference]:
    """List every difference in ``fields``, in the order of the response.

    Args:
        reference: The side that is vouched for.
        got: The candidate's answer.
        fields: Members of ``FIELDS`` to compare; leave out what the candidate does not cover. Without
            ``choices``, the first choice and the others that both have.
        both_ways: What ``got`` adds to a tool call is a difference too: neither side is vouched for.

    Returns:
        Differences without culprit and diagnosis. At most one for each path.
    """
    return list(_differences(reference, got, fields, both_ways=both_ways))


def uncovered(reference: Response, covered: frozenset[str], fields: frozenset[str]) -> tuple[str, ...]:
    """The fields in which the reference has something to say and the candidate claims nothing.

    Where calls stand in blocks, what nobody knows of them is compared there, by whoever claims blocks.
    """
    if any(hold_calls(choice.message.parts) for choice in reference.choices):
        blocks = {"tool_calls.extra"} if "parts" in covered & fields else set()
        covered = covered - {"tool_calls.extra"} | blocks
    return tuple(f for f in FIELDS if f in fields and f not in covered and _has(reference, f))


def _has(response: Response, field: str) -> bool:
    if field in _TOP or field == "extra":
        return bool(getattr(response, field))
    if field == "choices.extra":
        return any(choice.extra or choice.message.extra for choice in response.choices)
    if field == "tool_calls.extra":
        return any(call.extra for choice in response.choices for call in choice.message.tool_calls)
    if field.startswith("usage."):
        return response.usage is not None and getattr(response.usage, field[6:]) is not None
    if field == "choices":
        return len(response.choices) > 1
    if field in ("finish_reason", "logprobs"):
        return any(getattr(choice, field) for choice in response.choices)
    return any(getattr(choice.message, field) for choice in response.choices)


def _differences(
    reference: Response, got: Response, fields: frozenset[str], *, both_ways: bool
) -> Iterator[Difference]:
    for field in _TOP:
        if field in fields:
            yield from compare_values(
                field, field, getattr(reference, field) or None, getattr(got, field) or None
            )
    for mine, theirs in _pair_choices(reference, got, "choices" in fields):
        yield from _choice(mine, theirs, fields, both_ways=both_ways)
    yield from _usage(reference.usage or _NOTHING, got.usage or _NOTHING, fields)
    if "extra" in fields:
        yield from compare_values("extra", "extra", dict(reference.extra), dict(got.extra))


def _pair_choices(
    reference: Response, got: Response, every: bool
) -> Iterator[tuple[Choice | None, Choice | None]]:
    left = {choice.index: choice for choice in reference.choices}
    right = {choice.index: choice for choice in got.choices}
    if every:
        for index in sorted(left.keys() | right.keys()):
            yield left.get(index), right.get(index)
        return
    first = next(iter(reference.choices), None), next(iter(got.choices), None)
    yield first
    seen = {choice.index for choice in first if choice is not None}
    for index in sorted((left.keys() & right.keys()) - seen):
        yield left[index], right[index]


def _choice(
    mine: Choice | None, theirs: Choice | None, fields: frozenset[str], *, both_ways: bool
) -> Iterator[Difference]:
    """Compare two choices. One that says nothing is no choice, but may hold a field that nobody knows."""
    index = next((one.index for one in (mine, theirs) if one is not None), 0)
    said = [one is not None and _says_something(one) for one in (mine, theirs)]
    if "choices" in fields and None in (mine, theirs) and any(said):
        yield differing(f"choices[{index}]", "choices", _brief(mine), _brief(theirs))
        return
    one, other = mine or Choice(index=index), theirs or Choice(index=index)
    if any(said) or ("choices" in fields and None not in (mine, theirs)):
        yield from _compare_choice(one, other, fields, both_ways=both_ways)
    if "choices.extra" in fields:
        extra = one.message.extra, other.message.extra
        yield from compare_values(f"choices[{index}].message.extra", "choices.extra", *extra)
        yield from compare_values(f"choices[{index}].extra", "choices.extra", one.extra, other.extra)


def _compare_choice(
    mine: Choice, theirs: Choice, fields: frozenset[str], *, both_ways: bool
) -> Iterator[Difference]:
    at = f"choices[{mine.index}]"
    yield from _message(f"{at}.message", mine.message, theirs.message, fields, both_ways=both_ways)
    for field in ("finish_reason", "logprobs"):
        if field in fields:
            yield from compare_values(
                f"{at}.{field}", field, getattr(mine, field) or None, getattr(theirs, field) or None
            )


def _says_something(choice: Choice) -> bool:
    said = choice.message
    texts = said.content or said.reasoning or said.refusal
    return bool(
        texts or said.tool_calls or said.parts or said.annotations or said.audio or choice.finish_reason
    )


def _brief(choice: Choice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    said = choice.message
    brief = {
        "role": said.role,
        "content": said.content,
        "tool_calls": [call.name for call in said.tool_calls],
        "finish_reason": choice.finish_reason,
    }
    return {key: value for key, value in brief.items() if value}


def _message(
    at: str, mine: Message, theirs: Message, fields: frozenset[str], *, both_ways: bool
) -> Iterator[Difference]:
    if "role" in fields:
        yield from compare_values(f"{at}.role", "role", mine.role, theirs.role)
    changed: set[str] = set()
    for field in _TEXTS:
        if field in fields and (getattr(mine, field) or "") != (getattr(theirs, field) or ""):
            changed.add(field)
            yield differing(f"{at}.{field}", field, getattr(mine, field), getattr(theirs, field))
    wanted = fields - {"tool_calls.extra"} if hold_calls(mine.parts) else fields
    calls = mine.tool_calls, theirs.tool_calls
    for difference in compare_calls(f"{at}.tool_calls", *calls, wanted, both_ways=both_ways):
        changed.add("tool_calls")
        yield difference
    if "parts" in fields:
        yield from compare_parts(f"{at}.parts", mine.parts, theirs.parts, changed)
    for field in _VALUES:
        if field in fields:
            yield from compare_values(
                f"{at}.{field}", field, getattr(mine, field) or None, getattr(theirs, field) or None
            )


def _usage(mine: Usage, theirs: Usage, fields: frozenset[str]) -> Iterator[Difference]:
    for name in _COUNTS:
        field = f"usage.{name}"
        left, right = getattr(mine, name), getattr(theirs, name)
        if field not in fields or left == right:
            continue
        parts = (mine.input_tokens, mine.output_tokens)
        if (
            name == "total_tokens"
            and left is None
            and None not in parts
            and right == sum(p or 0 for p in parts)
        ):
            continue
        yield differing(field, field, left, right)
