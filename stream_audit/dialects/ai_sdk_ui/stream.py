"""The UI message stream of the Vercel AI SDK."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.ai_sdk_ui.chunks import kind_of_chunk
from stream_audit.dialects.ai_sdk_ui.fold import TEXT_KEYS, UIFold
from stream_audit.dialects.ai_sdk_ui.metadata import neutral_usage
from stream_audit.dialects.ai_sdk_ui.sightings import sight_chunks
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["AISDKUI", "AI_SDK_UI"]

OWN = {
    "start": "messageId",
    "tool-input-start": "toolCallId",
    "tool-input-delta": "toolCallId",
    "tool-input-available": "toolCallId",
    "tool-input-error": "toolCallId",
    "tool-output-available": "toolCallId",
    "tool-output-error": "toolCallId",
    "tool-output-denied": "toolCallId",
    "tool-approval-request": "approvalId",
    "tool-approval-response": "approvalId",
    "source-url": "sourceId",
    "source-document": "sourceId",
    "reasoning-file": "url",
}
"""Types that are this protocol's with a text under this key; texts alone could be any part of the SDK's."""
STEPS = frozenset(("start-step", "finish-step", "reset-step"))
DATA_KEYS = frozenset(("type", "id", "data", "transient"))


class AISDKUI:
    """The dialect ``ai-sdk-ui``."""

    __slots__ = ()

    name: ClassVar[str] = "ai-sdk-ui"
    title: ClassVar[str] = "The UI message stream of the Vercel AI SDK"
    decisive: ClassVar[bool] = False
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be a chunk of this dialect."""
        kind = payload.get("type")
        if not isinstance(kind, str):
            return False
        if kind in OWN:
            return isinstance(payload.get(OWN[kind]), str)
        if kind in STEPS:
            return len(payload) == 1
        if kind == "message-metadata":
            return isinstance(payload.get("messageMetadata"), dict)
        return kind.startswith("data-") and "data" in payload and payload.keys() <= DATA_KEYS

    def knows(self, payload: Payload) -> bool:
        """By its type alone."""
        return kind_of_chunk(payload)[1] is not None

    def identity(self, payload: Payload) -> str | None:
        """The message's id, which only ``start`` carries."""
        if payload.get("type") != "start":
            return None
        identity = payload.get("messageId")
        return identity if isinstance(identity, str) and identity else None

    def starts(self, payload: Payload) -> bool:
        """True for ``start``; streams that are merged send one each, so it is a hint and no proof."""
        return payload.get("type") == "start"

    def ends(self, payload: Payload) -> bool:
        """True for ``finish`` and ``abort``."""
        return payload.get("type") in ("finish", "abort")

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next ``start`` that is not plainly of the same message."""
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str) and item.get("type") == "start":
                named = self.identity(item)
                if named is None or named != identity:
                    return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The piece of a delta that says nothing else and is not empty."""
        kind = payload.get("type")
        if len(payload) != 3 or not isinstance(kind, str) or kind not in TEXT_KEYS:
            return None
        name, key = TEXT_KEYS[kind]
        text = payload.get(key)
        return text if isinstance(payload.get(name), str) and isinstance(text, str) and text else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return UIFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each chunk: its text, then the usage in its metadata."""
        return sight_chunks(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


AI_SDK_UI = AISDKUI()
