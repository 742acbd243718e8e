"""Where the chunks of a Gemini stream carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stream_audit.dialects.gemini.chunks import WRAP, wrapped
from stream_audit.dialects.gemini.spelling import USAGE, spelt
from stream_audit.dialects.gemini.usage import CANDIDATES, COUNTS, THOUGHTS
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_chunks"]

NAMES = ("usageMetadata", "usage_metadata")


def sight_chunks(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each chunk: its texts, then its usage."""
    for index, payload in enumerate(payloads):
        inner = wrapped(payload)
        place: Key = () if inner is None else (WRAP,)
        chunk = payload if inner is None else inner
        candidates = chunk.get("candidates")
        yield [*_texts(candidates, index, place), *_report(chunk, index, place)]


def _report(chunk: Payload, index: int, place: Key) -> Iterator[Sighting]:
    name = next((name for name in NAMES if name in chunk), NAMES[0])
    report = chunk.get(name)
    if isinstance(report, dict):
        yield from sight(spelt(report, USAGE), index, (*place, name), COUNTS)


def _texts(candidates: Any, index: int, place: Key) -> Iterator[Sighting]:
    """The answer counts as candidates, a thought as thoughts: one stands beside the other."""
    for number, candidate in enumerate(candidates if isinstance(candidates, list) else ()):
        content = candidate.get("content") if isinstance(candidate, dict) else None
        parts = content.get("parts") if isinstance(content, dict) else None
        for position, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                where = (*place, "candidates", number, "content", "parts", position, "text")
                key = THOUGHTS if part.get("thought") is True else CANDIDATES
                yield from sight_text(index, where, (key,), part.get("text"))
