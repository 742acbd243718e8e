"""Where the chunks of a UI message stream carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stream_audit.dialects.ai_sdk_ui.chunks import CHUNKS
from stream_audit.dialects.ai_sdk_ui.metadata import COUNTS, PLACES, report_in
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_chunks"]

_WRITES: dict[str, tuple[Key, ...]] = {
    "text-delta": (("outputTokens",),),
    "reasoning-delta": (("outputTokens",), ("reasoningTokens",)),
}
_ANOTHER = "another place of the chunk is read"


def sight_chunks(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each chunk: its text, then the usage in its metadata."""
    for index, payload in enumerate(payloads):
        name = payload.get("type")
        found: list[Sighting] = []
        if isinstance(name, str) and name in CHUNKS and CHUNKS[name].refused(payload) is None:
            for key in _WRITES.get(name, ()):
                found += sight_text(index, ("delta",), key, payload.get("delta"), event=name)
            if "messageMetadata" in CHUNKS[name].known:
                found += _reports(payload.get("messageMetadata"), index, name)
        yield found


def _reports(metadata: Any, index: int, name: str) -> Iterator[Sighting]:
    read = report_in(metadata)
    if read is None:
        return
    for key in PLACES:
        unread = "" if key == read[0] else _ANOTHER
        place: Key = ("messageMetadata", key)
        yield from sight(metadata.get(key), index, place, COUNTS, event=name, unread=unread)
