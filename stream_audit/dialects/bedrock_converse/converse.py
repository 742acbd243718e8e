"""Amazon Bedrock's ``ConverseStream``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.bedrock_converse.events import EVENTS
from stream_audit.dialects.bedrock_converse.fold import ConverseFold
from stream_audit.dialects.bedrock_converse.sightings import sight_events
from stream_audit.dialects.bedrock_converse.usage import neutral_usage
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["BEDROCK_CONVERSE", "BedrockConverse"]

OWN = {name: keys for name, keys in EVENTS.items() if name != "metadata"}
"""Events that only this dialect has, if one of these keys is in them; ``metadata`` could be anybody's."""

NESTED = {"reasoningContent": "text", "toolUse": "input"}
"""Members of a delta to the key of the text in them that grows. A signature's pieces are counted."""


class BedrockConverse:
    """The dialect ``bedrock-converse``."""

    __slots__ = ()

    name: ClassVar[str] = "bedrock-converse"
    title: ClassVar[str] = "Amazon Bedrock's ConverseStream"
    decisive: ClassVar[bool] = True
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be an event of this dialect."""
        for name, keys in OWN.items():
            event = payload.get(name)
            if isinstance(event, dict) and any(key in event for key in keys):
                return True
        return False

    def knows(self, payload: Payload) -> bool:
        """Any event of the format; an exception could be another service's."""
        return not EVENTS.keys().isdisjoint(payload)

    def identity(self, payload: Payload) -> str | None:
        """None: nothing in the stream says which response it is."""
        return None

    def starts(self, payload: Payload) -> bool:
        """True for ``messageStart``."""
        return isinstance(payload.get("messageStart"), dict)

    def ends(self, payload: Payload) -> bool:
        """True for ``messageStop``."""
        return isinstance(payload.get("messageStop"), dict)

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next ``messageStart``."""
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str) and "messageStart" in item and self.starts(item):
                return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The text of a plain delta of text, reasoning or a tool's input that is not empty."""
        event = payload.get("contentBlockDelta")
        if (
            len(payload) != 1
            or not isinstance(event, dict)
            or len(event) != 2 + (type(event.get("p")) is str)
            or type(event.get("contentBlockIndex")) is not int
        ):
            return None
        delta = event.get("delta")
        if not isinstance(delta, dict) or len(delta) != 1:
            return None
        ((member, text),) = delta.items()
        if member in NESTED:
            text = text.get(NESTED[member]) if isinstance(text, dict) and len(text) == 1 else None
        elif member != "text":
            return None
        return text if isinstance(text, str) and text else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return ConverseFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each chunk: its texts, then its usage reports."""
        return sight_events(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


BEDROCK_CONVERSE = BedrockConverse()
