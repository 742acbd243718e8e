"""One recording watched from its first chunk to its end: which trigger shapes it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stream_audit.model import Payload, Response, Usage
from stream_audit.model.tag import Tag, Tagged
from stream_audit.model.trail import Sighting
from stream_audit.tags import calls, ending, framing, parts, text, usage
from stream_audit.tags.marks import Marks
from stream_audit.tags.readers import READERS
from stream_audit.tags.saying import LogReader, Reader, Said

__all__ = ["EVERY", "TAGS", "Tagger", "aspects_of", "can_note"]

TAGS: tuple[Tag, ...] = (
    *text.TAGS,
    *parts.TAGS,
    *calls.TAGS,
    *ending.TAGS,
    *usage.TAGS,
    *framing.TAGS,
    *(tag for reader in READERS for tag in reader.tags),
)
"""Every shape that is told from chunks, in the order in which they are listed."""

_SAME = {rule: tag.name for tag in TAGS for rule in tag.noted}

EVERY = frozenset(("stream", "usage", "framing"))
"""What can be read of every stream: what its fold and its sightings say. Of a log it is the usage."""


def aspects_of(reader: Reader | None) -> frozenset[str]:
    """What can be told of the recordings of a dialect."""
    if reader is None:
        return EVERY
    every = frozenset(("usage",)) if isinstance(reader, LogReader) else EVERY
    return every | reader.aspects | {reader.name}


def can_note(reader: Reader | None, slug: str) -> bool:
    """Whether the fold of a dialect can note a rule that is of no dialect in particular."""
    return not isinstance(reader, LogReader) or slug in reader.noted


class Tagger:
    """Watches one recording.

    Args:
        reader: Reads its dialect; ``None`` where no reader does.
        neutral: Reads a usage object of the dialect.
    """

    def __init__(self, reader: Reader | None, neutral: Callable[[Mapping[str, Any]], Usage]) -> None:
        self._reader = reader
        self._marks = Marks()
        self._aspects = aspects_of(reader)
        self._texts = text.Texts(self._marks)
        self._parts = parts.Parts(self._marks)
        self._calls = calls.Calls(self._marks)
        self._endings = ending.Endings(self._marks)
        self._counts = usage.Counts(self._marks, neutral)
        self._framing = framing.Framing(self._marks)
        self._first = 0

    def add(self, payload: Payload, raw: bytes, line: int, sightings: Sequence[Sighting]) -> None:
        """A chunk passes by.

        Args:
            payload: The chunk, which is only looked at.
            raw: Its JSON text, with its frame where that is known.
            line: Its file line.
            sightings: What its dialect sights in it.
        """
        self._first = self._first or line
        self._marks.at(self._marks.index + 1, line)
        said = self._reader.read(payload) if self._reader is not None else Said()
        self._texts.look(said)
        self._parts.look(said)
        self._calls.look(said)
        self._endings.look(said, raw)
        self._counts.look(said, sightings)
        for name in said.shapes:
            self._marks.mark(name)
        self._framing.look(raw)

    def end(
        self,
        response: Response,
        noted: Iterable[Tagged] = (),
        *,
        complete: bool,
        done: bool,
    ) -> tuple[Tagged, ...]:
        """No further chunk comes.

        Args:
            response: What all of them fold into.
            noted: Shapes that the fold noted.
            complete: The dialect's end was seen.
            done: An end marker outside of chunks was read.
        """
        self._framing.end()
        self._texts.end(self._first)
        self._calls.end(response, self._first)
        self._endings.end(response, self._first, complete=complete, done=done)
        self._counts.end(response)
        for one in noted:
            self._marks.whole(_SAME.get(one.name, one.name), one.line, one.chunks)
        foreign = {tag.name for tag in TAGS if tag.aspect not in self._aspects}
        return tuple(one for one in self._marks.tagged() if one.name not in foreign)
