"""Where the events of a Cohere stream carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stream_audit.dialects.cohere.blocks import TEXTS
from stream_audit.dialects.cohere.events import ANSWERING
from stream_audit.dialects.cohere.usage import COUNTS
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_events"]

OUTPUT: Key = ("tokens", "output_tokens")


def sight_events(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each event: its texts, then its usage."""
    for index, payload in enumerate(payloads):
        kind, delta = payload.get("type"), payload.get("delta")
        found: list[Sighting] = []
        if isinstance(kind, str) and kind in ANSWERING and isinstance(delta, dict):
            found += _texts(delta.get("message"), index, kind)
            found += sight(delta.get("usage"), index, ("delta", "usage"), COUNTS, event=kind)
        yield found


def _texts(message: Any, index: int, kind: str) -> Iterator[Sighting]:
    """The answer, its thinking and its plan; the seeds of blocks count too."""
    if not isinstance(message, dict):
        return
    place: Key = ("delta", "message")
    yield from sight_text(index, (*place, "tool_plan"), OUTPUT, message.get("tool_plan"), event=kind)
    content = message.get("content")
    blocks = list(enumerate(content)) if isinstance(content, list) else [(None, content)]
    for step, block in blocks:
        where = (*place, "content") if step is None else (*place, "content", step)
        if isinstance(block, dict):
            for key in TEXTS:
                yield from sight_text(index, (*where, key), OUTPUT, block.get(key), event=kind)
