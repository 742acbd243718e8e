"""The tool calls of two messages: each with its partner, and what differs between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from stream_audit.compare.values import compare_values, differing, same_arguments
from stream_audit.model import Difference, ToolCall, Varied

__all__ = ["compare_calls"]

_NOTHING = ToolCall()


def compare_calls(
    at: str,
    mine: Sequence[ToolCall],
    theirs: Sequence[ToolCall],
    fields: Collection[str],
    *,
    both_ways: bool,
) -> Iterator[Difference]:
    """Compare calls with the same id, else those that stand nearest to each other.

    Args:
        at: The path of the calls.
        mine: Those of the reference.
        theirs: Those of the candidate.
        fields: ``tool_calls`` for the calls, ``tool_calls.extra`` for fields of theirs that no rule knows.
        both_ways: What a candidate adds to a call is a difference too.
    """
    pairs, rest = _paired(mine, theirs)
    for i, (call, partner) in enumerate(pairs):
        if partner is None and _is_call(call) and "tool_calls" in fields:
            yield differing(f"{at}[{i}]", "tool_calls", _brief(call), None)
            continue
        if partner is not None and "tool_calls" in fields:
            yield from _compare_call(f"{at}[{i}]", call, partner)
        if "tool_calls.extra" in fields:
            yield from _compare_extra(f"{at}[{i}].extra", call, partner or _NOTHING, both_ways=both_ways)
    if "tool_calls" in fields:
        for i, call in enumerate(rest, start=len(mine)):
            yield differing(f"{at}[{i}]", "tool_calls", None, _brief(call))


def _paired(
    mine: Sequence[ToolCall], theirs: Sequence[ToolCall]
) -> tuple[list[tuple[ToolCall, ToolCall | None]], list[ToolCall]]:
    """Each call of the reference with its partner, and the candidate's that are left over.

    What calls nothing has its partners among its like: it may still hold a field that nobody knows.
    """
    rest = {k: call for k, call in enumerate(theirs) if _is_call(call)}
    silent = iter([call for call in theirs if not _is_call(call)])
    partners: dict[int, ToolCall | None] = {}
    for i, call in enumerate(mine):
        partners[i] = next(
            (rest.pop(k) for k, other in rest.items() if call.id and other.id == call.id), None
        )
    for i, call in enumerate(mine):
        if not _is_call(call):
            partners[i] = next(silent, None)
        elif partners[i] is None and rest:
            partners[i] = rest.pop(min(rest, key=lambda k: abs(k - i)))
    return [(call, partners[i]) for i, call in enumerate(mine)], list(rest.values())


def _is_call(call: ToolCall) -> bool:
    return bool(call.id or call.name or call.arguments)


def _compare_call(at: str, mine: ToolCall, theirs: ToolCall) -> Iterator[Difference]:
    for name in ("id", "name"):
        left, right = getattr(mine, name) or None, getattr(theirs, name) or None
        yield from compare_values(f"{at}.{name}", "tool_calls", left, right)
    if not same_arguments(mine.arguments, theirs.arguments):
        yield differing(f"{at}.arguments", "tool_calls", mine.arguments, theirs.arguments)


def _compare_extra(at: str, mine: ToolCall, theirs: ToolCall, *, both_ways: bool) -> Iterator[Difference]:
    """Compare what the reference has; what a candidate adds to a call is its own affair.

    Nobody knows what becomes of a field that changed on the way: it must be there, as whatever.
    """
    for key in [*mine.extra, *(key for key in theirs.extra if both_ways and key not in mine.extra)]:
        value, got = mine.extra.get(key), theirs.extra.get(key)
        if both_ways or not isinstance(value, Varied) or got is None or isinstance(got, Varied):
            yield from compare_values(f"{at}.{key}", "tool_calls.extra", value, got)


def _brief(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments}
