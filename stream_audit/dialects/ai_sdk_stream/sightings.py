"""Where the calls of a writer set usage, and what each text it writes is counted as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stream_audit.dialects.ai_sdk_stream.calls import CALLS, COUNTS, FIELD
from stream_audit.dialects.ai_sdk_stream.record import neutral_usage
from stream_audit.dialects.sighted import sight
from stream_audit.dialects.usage_fields import count
from stream_audit.model import Payload, Usage
from stream_audit.model.trail import Sighting

__all__ = ["sight_calls", "usage_of"]

KEYS = frozenset((name,) for name in COUNTS)


def sight_calls(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each call. Both counters stand at 0 before the first."""
    excluded: list[str] = []
    begun = False
    for index, payload in enumerate(payloads):
        found = []
        if not index:
            found = [Sighting(0, (), (field,), 0, "counted") for field in FIELD.values()]
        passed = _passed(payload)
        if passed is not None:
            op = payload["op"]
            if op == "StreamContext" and not begun:
                excluded = passed.get("store_exclude") or []
            elif op in FIELD:
                found += _written(op, passed, excluded, index)
            elif op == "set_usage":
                said = {name: value for name, value in payload.items() if name != "op"}
                found += sight(said, index, (), KEYS, event=op)
        begun = begun or _is_call(payload)
        yield found


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """Read the three fields as neutral counts."""
    counts = {name: count(raw.get(name)) for name in COUNTS}
    return neutral_usage({}, {name: number for name, number in counts.items() if number is not None})


def _written(op: str, passed: Mapping[str, Any], excluded: list[str], index: int) -> Iterator[Sighting]:
    """What a recorded write adds: the tokens it came with, else its characters."""
    stored = passed["delta"]
    for text in excluded:
        stored = stored.replace(text, "") if text else stored
    if passed.get("collect") is False or not stored:
        return
    tokens = passed.get("tokens")
    value = len(stored) if tokens is None else tokens
    if value:
        place = "delta" if tokens is None else "tokens"
        yield Sighting(index, (place,), (FIELD[op],), value, "counted", op)


def _is_call(payload: Payload) -> bool:
    op = payload.get("op")
    return isinstance(op, str) and op in CALLS


def _passed(payload: Payload) -> Mapping[str, Any] | None:
    """The arguments that a call was given; ``None`` for one that is refused, and for no call."""
    if not _is_call(payload):
        return None
    call = CALLS[payload["op"]]
    if call.refused(payload) is not None:
        return None
    misfits = set(call.misfits(payload))
    return {name: value for name, value in payload.items() if name not in misfits and value is not None}
