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
- keys of blocks that are ``None`` and keys that are absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stream_audit.errors import UnknownName
from stream_audit.model import FIELDS, Choice, Difference, Message, Response, ToolCall, Usage

__all__ = ["compare", "expand_fields", "same_arguments", "uncovered"]

_TOP = ("id", "model", "created", "system_fingerprint", "service_tier", "error")
_TEXTS = ("content", "reasoning", "refusal")
_VALUES = ("annotations", "audio")
_TYPED_PARTS = {
    "text": ("content",),
    "thinking": ("reasoning",),
    "tool_use": ("tool_calls",),
    "message": ("content", "refusal"),
    "reasoning": ("reasoning",),
    "function_call": ("tool_calls",),
    "custom_tool_call": ("tool_calls",),
    "dynamic-tool": ("tool_calls",),
    "tool-": ("tool_calls",),
}
"""Type of a block to the fields that say what it says. That of a call may go on with the tool's name."""
_PARTS = {
    "functionCall": ("tool_calls",),
    "toolUse": ("tool_calls",),
    "reasoningContent": ("reasoning",),
    "text": ("content",),
}
"""The same for blocks that have no type, by the key that tells them apart."""
_COUNTS = tuple(field.removeprefix("usage.") for field in FIELDS if field.startswith("usage."))
_NOTHING = Usage()


def expand_fields(names: Sequence[str]) -> frozenset[str]:
    """Turn what a user writes (``role,usage``) into members of ``FIELDS``.

    Raises:
        UnknownName: A name that is neither a field nor ``usage``.
    """
    found: set[str] = set()
    for name in names:
        members = [f for f in FIELDS if f == name or f.startswith(name + ".")]
        if not members:
            raise UnknownName("field", name, (*FIELDS, "usage"))
        found.update(members)
    return frozenset(found)


def compare(reference: Response, got: Response, fields: frozenset[str]) -> list[Difference]:
    """List every difference in ``fields``, in the order of the response.

    Args:
        reference: The side that is vouched for.
        got: The candidate's answer.
        fields: Members of ``FIELDS`` to compare; leave out what the candidate does not cover.

    Returns:
        Differences without culprit and diagnosis. At most one for each path.
    """
    return list(_differences(reference, got, fields))


def uncovered(reference: Response, covered: frozenset[str], fields: frozenset[str]) -> tuple[str, ...]:
    """The fields in which the reference has something to say and the candidate claims nothing."""
    return tuple(f for f in FIELDS if f in fields and f not in covered and _has(reference, f))


def same_arguments(one: str, other: str) -> bool:
    """True when both argument texts mean the same call: equal text, equal JSON, or both empty.

    ``1``, ``1.0`` and ``true`` are three different values, and a key given twice is not given once.
    """
    if one == other:
        return True
    try:
        return _canonical(one or "{}") == _canonical(other or "{}")
    except (ValueError, RecursionError):
        return False


def _canonical(text: str) -> str:
    value = json.loads(text, object_pairs_hook=lambda pairs: {"object": sorted(pairs, key=lambda p: p[0])})
    return json.dumps(value)


def _has(response: Response, field: str) -> bool:
    if field in _TOP or field == "extra":
        return bool(getattr(response, field))
    if field.startswith("usage."):
        return response.usage is not None and getattr(response.usage, field[6:]) is not None
    if field == "choices":
        return len(response.choices) > 1
    if field in ("finish_reason", "logprobs"):
        return any(getattr(choice, field) for choice in response.choices)
    return any(getattr(choice.message, field) for choice in response.choices)


def _differences(reference: Response, got: Response, fields: frozenset[str]) -> Iterator[Difference]:
    for field in _TOP:
        if field in fields:
            yield from _walk(field, field, getattr(reference, field) or None, getattr(got, field) or None)
    for mine, theirs in _pair_choices(reference, got, "choices" in fields):
        yield from _choice(mine, theirs, fields)
    yield from _usage(reference.usage or _NOTHING, got.usage or _NOTHING, fields)
    if "extra" in fields:
        yield from _walk("extra", "extra", dict(reference.extra), dict(got.extra))


def _pair_choices(
    reference: Response, got: Response, every: bool
) -> Iterator[tuple[Choice | None, Choice | None]]:
    if not every:
        mine = next(iter(reference.choices), None)
        theirs = next(iter(got.choices), None)
        if any(choice is not None and _says_something(choice) for choice in (mine, theirs)):
            yield mine or Choice(), theirs or Choice()
        return
    left = {choice.index: choice for choice in reference.choices}
    right = {choice.index: choice for choice in got.choices}
    for index in sorted(left.keys() | right.keys()):
        yield left.get(index), right.get(index)


def _choice(mine: Choice | None, theirs: Choice | None, fields: frozenset[str]) -> Iterator[Difference]:
    if mine is None or theirs is None:
        yield from _lone_choice(mine, theirs)
        return
    at = f"choices[{mine.index}]"
    yield from _message(f"{at}.message", mine.message, theirs.message, fields)
    for field in ("finish_reason", "logprobs"):
        if field in fields:
            yield from _walk(
                f"{at}.{field}", field, getattr(mine, field) or None, getattr(theirs, field) or None
            )


def _lone_choice(mine: Choice | None, theirs: Choice | None) -> Iterator[Difference]:
    """A choice on one side only. A candidate's choice that says nothing is no choice."""
    if mine is not None and _says_something(mine):
        yield _difference(f"choices[{mine.index}]", "choices", _brief(mine), None)
    elif theirs is not None and _says_something(theirs):
        yield _difference(f"choices[{theirs.index}]", "choices", None, _brief(theirs))


def _says_something(choice: Choice) -> bool:
    said = choice.message
    texts = said.content or said.reasoning or said.refusal
    return bool(
        texts or said.tool_calls or said.parts or said.annotations or said.audio or choice.finish_reason
    )


def _brief(choice: Choice) -> dict[str, Any]:
    said = choice.message
    brief = {
        "role": said.role,
        "content": said.content,
        "tool_calls": [call.name for call in said.tool_calls],
        "finish_reason": choice.finish_reason,
    }
    return {key: value for key, value in brief.items() if value}


def _message(at: str, mine: Message, theirs: Message, fields: frozenset[str]) -> Iterator[Difference]:
    if "role" in fields:
        yield from _walk(f"{at}.role", "role", mine.role, theirs.role)
    changed: set[str] = set()
    for field in _TEXTS:
        if field in fields and (getattr(mine, field) or "") != (getattr(theirs, field) or ""):
            changed.add(field)
            yield _difference(f"{at}.{field}", field, getattr(mine, field), getattr(theirs, field))
    if "tool_calls" in fields:
        for difference in _tool_calls(f"{at}.tool_calls", mine.tool_calls, theirs.tool_calls):
            changed.add("tool_calls")
            yield difference
    if "parts" in fields:
        yield from _parts(f"{at}.parts", mine.parts, theirs.parts, changed)
    for field in _VALUES:
        if field in fields:
            yield from _walk(
                f"{at}.{field}", field, getattr(mine, field) or None, getattr(theirs, field) or None
            )


def _tool_calls(at: str, mine: Sequence[ToolCall], theirs: Sequence[ToolCall]) -> Iterator[Difference]:
    rest = {k: call for k, call in enumerate(theirs) if _is_call(call)}
    partners: dict[int, ToolCall | None] = {}
    for i, call in enumerate(mine):
        partners[i] = next(
            (rest.pop(k) for k, other in rest.items() if call.id and other.id == call.id), None
        )
    for i, call in enumerate(mine):
        if partners[i] is None and rest and _is_call(call):
            partners[i] = rest.pop(min(rest, key=lambda k: abs(k - i)))
    for i, call in enumerate(mine):
        partner = partners[i]
        if partner is None and not _is_call(call):
            continue
        if partner is None:
            yield _difference(f"{at}[{i}]", "tool_calls", _call(call), None)
            continue
        for name in ("id", "name"):
            left, right = getattr(call, name) or None, getattr(partner, name) or None
            yield from _walk(f"{at}[{i}].{name}", "tool_calls", left, right)
        if not same_arguments(call.arguments, partner.arguments):
            yield _difference(f"{at}[{i}].arguments", "tool_calls", call.arguments, partner.arguments)
    for i, call in enumerate(rest.values(), start=len(mine)):
        yield _difference(f"{at}[{i}]", "tool_calls", None, _call(call))


def _is_call(call: ToolCall) -> bool:
    return bool(call.id or call.name or call.arguments)


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments}


def _parts(
    at: str, mine: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], changed: set[str]
) -> Iterator[Difference]:
    """Compare blocks, but not those of which what they say was reported already."""
    for i in range(max(len(mine), len(theirs))):
        left = mine[i] if i < len(mine) else None
        right = theirs[i] if i < len(theirs) else None
        if any(field in changed for part in (left, right) if part is not None for field in _said_in(part)):
            continue
        yield from _walk(f"{at}[{i}]", "parts", left, right)


def _said_in(part: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that say what a block says, too."""
    if part.get("type") is not None:
        kind = str(part["type"])
        return _TYPED_PARTS["tool-"] if kind.startswith("tool-") else _TYPED_PARTS.get(kind, ())
    if part.get("thought") is True:
        return ("reasoning",)
    return next((fields for key, fields in _PARTS.items() if key in part), ())


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
        yield _difference(field, field, left, right)


def _walk(path: str, field: str, mine: Any, theirs: Any) -> Iterator[Difference]:
    """Compare two JSON values and yield the smallest places that differ."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        for key in [*mine, *(key for key in theirs if key not in mine)]:
            yield from _walk(f"{path}.{key}", field, mine.get(key), theirs.get(key))
    elif isinstance(mine, list | tuple) and isinstance(theirs, list | tuple):
        for i in range(max(len(mine), len(theirs))):
            left = mine[i] if i < len(mine) else None
            yield from _walk(f"{path}[{i}]", field, left, theirs[i] if i < len(theirs) else None)
    elif not _equal(mine, theirs):
        yield _difference(path, field, mine, theirs)


def _equal(mine: Any, theirs: Any) -> bool:
    if mine is None or theirs is None:
        return _says_nothing(mine) and _says_nothing(theirs)
    if isinstance(mine, bool) is not isinstance(theirs, bool):
        return False
    return bool(mine == theirs) or (mine != mine and theirs != theirs)  # two NaN are the same answer


def _says_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping) and all(item is None for item in value.values()))


def _difference(path: str, field: str, mine: Any, theirs: Any) -> Difference:
    kind: Any = "missing" if theirs is None else "extra" if mine is None else "changed"
    return Difference(kind=kind, path=path, field=field, reference=mine, got=theirs)
