"""OpenAI's Responses, the streams of ``/v1/responses``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.openai_responses.events import response_id
from stream_audit.dialects.openai_responses.fold import ResponsesFold
from stream_audit.dialects.openai_responses.plain import is_plain
from stream_audit.dialects.openai_responses.sightings import sight_events
from stream_audit.dialects.openai_responses.usage import neutral_usage
from stream_audit.dialects.openai_responses.wire import CLOSING, EVENTS, SNAPSHOTS
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["OPENAI_RESPONSES", "OpenAIResponses"]


class OpenAIResponses:
    """The dialect ``openai-responses``."""

    __slots__ = ()

    name: ClassVar[str] = "openai-responses"
    title: ClassVar[str] = "OpenAI's Responses, the streams of /v1/responses"
    decisive: ClassVar[bool] = True
    volatile: ClassVar[Volatile] = Volatile(counter="sequence_number")

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be an event of this dialect. Realtime's have an ``event_id``."""
        kind = payload.get("type")
        return isinstance(kind, str) and kind in EVENTS and "event_id" not in payload

    def knows(self, payload: Payload) -> bool:
        """As ``recognises``."""
        return self.recognises(payload)

    def identity(self, payload: Payload) -> str | None:
        """The response's id, which every snapshot of it carries."""
        kind = payload.get("type")
        return response_id(payload.get("response")) if isinstance(kind, str) and kind in SNAPSHOTS else None

    def starts(self, payload: Payload) -> bool:
        """True for ``response.created``."""
        return payload.get("type") == "response.created"

    def ends(self, payload: Payload) -> bool:
        """True for the events that close a response."""
        kind = payload.get("type")
        return isinstance(kind, str) and kind in CLOSING

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next ``response.created``, or snapshot of a response with another id."""
        for position in range(begin, len(items)):
            item = items[position]
            if isinstance(item, str) or "response" not in item:
                continue
            other = self.identity(item)
            if self.starts(item) or (other is not None and other != identity):
                return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The text of a plain delta."""
        return str(payload["delta"]) if is_plain(payload) else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return ResponsesFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each event: its text, then its usage reports."""
        return sight_events(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


OPENAI_RESPONSES = OpenAIResponses()
