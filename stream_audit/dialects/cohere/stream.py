"""Cohere's chat, the streams of ``/v2/chat``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.cohere.blocks import TEXTS
from stream_audit.dialects.cohere.events import ANSWERING, started_id
from stream_audit.dialects.cohere.fold import CohereFold
from stream_audit.dialects.cohere.sightings import sight_events
from stream_audit.dialects.cohere.usage import neutral_usage
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["COHERE_V2", "CohereV2"]

PIECES = frozenset(
    (
        *("message-start", "content-start", "content-delta", "tool-plan-delta"),
        *("tool-call-start", "tool-call-delta", "citation-start"),
    )
)
"""Types of the events that carry a piece of a message. Others have events of such names; not with a ``delta``
whose ``message`` is an object."""

ECHOED: dict[str, tuple[str, ...]] = {
    "content-delta": ("content",),
    "tool-plan-delta": ("tool_plan",),
    "tool-call-delta": ("tool_calls", "function", "arguments"),
}
"""Deltas of which folding another one does nothing but append, and where in a message that stands."""


class CohereV2:
    """The dialect ``cohere-v2``."""

    __slots__ = ()

    name: ClassVar[str] = "cohere-v2"
    title: ClassVar[str] = "Cohere's chat, the streams of /v2/chat"
    decisive: ClassVar[bool] = True
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be an event of this dialect."""
        kind, delta = payload.get("type"), payload.get("delta")
        if not isinstance(kind, str) or not isinstance(delta, dict):
            return False
        if kind == "message-end":
            return "finish_reason" in delta or "usage" in delta
        return kind in PIECES and isinstance(delta.get("message"), dict)

    def knows(self, payload: Payload) -> bool:
        """By its type alone."""
        kind = payload.get("type")
        return isinstance(kind, str) and kind in ANSWERING

    def identity(self, payload: Payload) -> str | None:
        """The message's id, which ``message-start`` gives it."""
        return started_id(payload) if payload.get("type") == "message-start" else None

    def starts(self, payload: Payload) -> bool:
        """True for ``message-start``."""
        return payload.get("type") == "message-start"

    def ends(self, payload: Payload) -> bool:
        """True for ``message-end``."""
        return payload.get("type") == "message-end"

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next ``message-start``; whether it is a duplicate is for the reader to tell."""
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str) and item.get("type") == "message-start":
                return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The one text of a delta that says nothing else and is not empty."""
        kind = payload.get("type")
        path = ECHOED.get(kind) if isinstance(kind, str) else None
        if path is None:
            return None
        if kind != "tool-plan-delta" and type(payload.get("index")) is not int:
            return None
        if len(payload) != (2 if kind == "tool-plan-delta" else 3):
            return None
        value: Any = payload.get("delta")
        for key in ("message", *path):
            value = _alone(value, key)
        if kind == "content-delta":
            value = _alone(value, *TEXTS)
        return value if isinstance(value, str) and value else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return CohereFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each event: its texts, then its usage reports."""
        return sight_events(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


def _alone(value: Any, *keys: str) -> Any:
    """What stands under one of these keys in an object that has no other key; ``None`` in any other value."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    return next((value[key] for key in keys if key in value), None)


COHERE_V2 = CohereV2()
