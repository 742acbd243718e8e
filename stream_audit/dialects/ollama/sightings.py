"""Where the chunks of an Ollama stream carry counts, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stream_audit.dialects.ollama.usage import COUNTS, DURATIONS, usage_in
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_chunks"]

OUTPUT: Key = ("eval_count",)
KEYS = frozenset((name,) for name in COUNTS)
UNREAD = "nanoseconds, not tokens"


def sight_chunks(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each chunk: its texts, its counts, then the durations that are none."""
    for index, payload in enumerate(payloads):
        found = list(_texts(payload, index))
        counts = usage_in(payload)
        if counts:
            found += sight(counts, index, (), KEYS)
        durations = {name: payload[name] for name in DURATIONS if name in payload}
        if durations:
            found += sight(durations, index, (), (), unread=UNREAD)
        yield found


def _texts(payload: Payload, index: int) -> Iterator[Sighting]:
    """The answer and its thinking: both are output."""
    message: Any = payload.get("message")
    if isinstance(message, dict):
        for key in ("content", "thinking"):
            yield from sight_text(index, ("message", key), OUTPUT, message.get(key))
    for key in ("response", "thinking"):
        yield from sight_text(index, (key,), OUTPUT, payload.get(key))
