"""The tool calls of two messages: each with its partner, and what differs between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from stream_audit.compare.values import compare_values, differing
from stream_audit.model import Difference, ToolCall

__all__ = ["compare_calls", "same_arguments"]


def compare_calls(at: str, mine: Sequence[ToolCall], theirs: Sequence[ToolCall]) -> Iterator[Difference]:
    """Compare calls with the same id, else those that stand nearest to each other.

    Args:
        at: The path of the calls.
        mine: Those of the reference.
        theirs: Those of the candidate. A field that it adds to a call is its own affair.
    """
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
        if partner is not None:
            yield from _compare_call(f"{at}[{i}]", call, partner)
        elif _is_call(call):
            yield differing(f"{at}[{i}]", "tool_calls", _brief(call), None)
    for i, call in enumerate(rest.values(), start=len(mine)):
        yield differing(f"{at}[{i}]", "tool_calls", None, _brief(call))


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


def _compare_call(at: str, mine: ToolCall, theirs: ToolCall) -> Iterator[Difference]:
    for name in ("id", "name"):
        left, right = getattr(mine, name) or None, getattr(theirs, name) or None
        yield from compare_values(f"{at}.{name}", "tool_calls", left, right)
    if not same_arguments(mine.arguments, theirs.arguments):
        yield differing(f"{at}.arguments", "tool_calls", mine.arguments, theirs.arguments)
    for key, value in mine.extra.items():
        yield from compare_values(f"{at}.extra.{key}", "tool_calls.extra", value, theirs.extra.get(key))


def _canonical(text: str) -> str:
    value = json.loads(text, object_pairs_hook=lambda pairs: {"object": sorted(pairs, key=lambda p: p[0])})
    return json.dumps(value)


def _is_call(call: ToolCall) -> bool:
    return bool(call.id or call.name or call.arguments)


def _brief(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments}
