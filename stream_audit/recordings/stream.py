"""One stream of bytes, a file or the body of an answer, becomes events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from stream_audit.model import Dialect, Problem
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framings import aws_event_stream, framing
from stream_audit.recordings.lane import Lane
from stream_audit.recordings.opening import Broken
from stream_audit.recordings.place import Place
from stream_audit.recordings.raw_lines import raw_lines
from stream_audit.recordings.source import Source
from stream_audit.recordings.split import Event

__all__ = ["Names", "Terms", "stream_events"]


@dataclass(slots=True, kw_only=True)
class Terms:
    """How streams are to be read."""

    dialects: Sequence[Dialect]
    """What to recognise, in this order."""
    dialect: Dialect | None
    """Take every stream for this one."""
    echoes: bool
    frames: bool


class Names:
    """Recording ids: the path, then ``#2``; with the label of the stream where there is one."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._counts: dict[str | None, int] = {}

    def next(self, stream: str | None) -> str:
        """The id of the next recording of a stream."""
        count = self._counts[stream] = self._counts.get(stream, 0) + 1
        if stream is None:
            return self._base if count == 1 else f"{self._base}#{count}"
        return f"{self._base}#{stream}" if count == 1 else f"{self._base}#{stream}.{count}"


def stream_events(
    start: bytes,
    blocks: Iterable[bytes],
    faults: Sequence[Broken],
    source: Source,
    names: Names,
    terms: Terms,
    place: Place | None = None,
    known: Sequence[Problem] = (),
) -> Iterator[Event]:
    """Read a stream to its end.

    Args:
        start: Its first bytes, as many as tell how it is framed.
        blocks: The others.
        faults: Why the blocks ended early, once they have.
        source: Says which of its lines are wanted.
        names: Gives its recordings their ids.
        terms: How to read it.
        place: Where in the file it stands, if it is not all of it.
        known: What is wrong with it already.
    """
    out: list[Event] = []

    def make(stream: str | None) -> Lane:
        label = stream if place is None else ".".join(filter(None, (place.name, stream)))
        return Lane(source.path, lambda: names.next(label), terms.dialects, terms.dialect, out, place)

    chunks = Chunks(source.path, make, out.append, place)
    for problem in known:
        chunks.add(problem)
    form = framing(start)
    taken = form.read(chain([start], blocks), chunks, source, echoes=terms.echoes, frames=terms.frames)
    for _ in taken:
        yield from out
        out.clear()
    for fault in faults:
        chunks.problem(fault.rule, 0, fault.message)
    if chunks.empty and not faults:
        of_body = place is not None
        what = (
            "its body holds nothing" if of_body else _nothing(source, numbered=form is not aws_event_stream)
        )
        chunks.problem("source-empty", 0, what)
    chunks.finish()
    yield from out


def _nothing(source: Source, *, numbered: bool) -> str:
    """That the lines asked for hold nothing, and how many there are where that is why."""
    has = sum(1 for _ in raw_lines(Source(source.path))) if numbered and not source.whole else 0
    return source.holds_nothing + (f"; the file has {has:,}" if 0 < has < source.first_line else "")
