"""Anthropic Messages, the streams of ``/v1/messages``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.anthropic.events import TEXT_KEYS, message_id
from stream_audit.dialects.anthropic.fold import AnthropicFold
from stream_audit.dialects.anthropic.sightings import sight_events
from stream_audit.dialects.anthropic.usage import neutral_usage
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["ANTHROPIC_MESSAGES", "AnthropicMessages"]

EVENTS = frozenset(
    (
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    )
)
"""Types that only this dialect has; ``ping`` and ``error`` could be anybody's."""

ECHOED = frozenset(("text_delta", "thinking_delta", "input_json_delta"))
"""Deltas of which folding another one does nothing but append. A signature's pieces are counted."""


class AnthropicMessages:
    """The dialect ``anthropic-messages``."""

    __slots__ = ()

    name: ClassVar[str] = "anthropic-messages"
    title: ClassVar[str] = "Anthropic Messages, the streams of /v1/messages"
    decisive: ClassVar[bool] = True
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be an event of this dialect."""
        kind = payload.get("type")
        return isinstance(kind, str) and kind in EVENTS

    def knows(self, payload: Payload) -> bool:
        """Also what others have too."""
        return payload.get("type") in ("ping", "error") or self.recognises(payload)

    def identity(self, payload: Payload) -> str | None:
        """The message's id, which only ``message_start`` carries."""
        if payload.get("type") != "message_start":
            return None
        return message_id(payload.get("message"))

    def starts(self, payload: Payload) -> bool:
        """True for ``message_start``."""
        return payload.get("type") == "message_start"

    def ends(self, payload: Payload) -> bool:
        """True for ``message_stop``."""
        return payload.get("type") == "message_stop"

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next ``message_start``; whether it is a duplicate is for the reader to tell."""
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str) and item.get("type") == "message_start":
                return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The text of a plain text, thinking or JSON delta that is not empty."""
        delta = payload.get("delta")
        if (
            len(payload) != 3
            or payload.get("type") != "content_block_delta"
            or type(payload.get("index")) is not int
            or not isinstance(delta, dict)
            or len(delta) != 2
        ):
            return None
        kind = delta.get("type")
        if not isinstance(kind, str) or kind not in ECHOED:
            return None
        text = delta.get(TEXT_KEYS[kind])
        return text if isinstance(text, str) and text else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return AnthropicFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each event: its texts, then its usage reports."""
        return sight_events(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


ANTHROPIC_MESSAGES = AnthropicMessages()
