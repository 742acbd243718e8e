"""One stream of bytes, a file or the body of an answer, becomes events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from stream_audit.model import Dialect, Problem
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framings import aws_event_stream, framing
from stream_audit.recordings.lane import Lane
from stream_audit.recordings.ongoing import Event
from stream_audit.recordings.opening import Broken
from stream_audit.recordings.place import Place
from stream_audit.recordings.raw_lines import raw_lines
from stream_audit.recordings.source import Source

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
        self._given: set[str] = set()

    def next(self, stream: str | None) -> str:
        """The id of the next recording of a stream; another than all before, whatever streams are called."""
        first, more = (self._base, "#") if stream is None else (f"{self._base}#{stream}", ".")
        name = ""
        while not name or name in self._given:
            count = self._counts[stream] = self._counts.get(stream, 0) + 1
            name = first if count == 1 else f"{first}{more}{count}"
        self._given.add(name)
        return name


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
    silent = True
    for _ in taken:
        silent = silent and not out
        yield from out
        out.clear()
    for fault in faults:
        chunks.problem(fault.rule, 0, fault.message)
    chunks.finish()
    if silent and not out:
        what = "nothing" if chunks.empty else "no chunk, only comments or end markers"
        said = source.holding(what) if place is None else f"its body holds {what}"
        beyond = chunks.empty and form is not aws_event_stream  # Its lines are messages.
        chunks.problem("source-empty", 0, said + (_file_size(source) if beyond else ""))
        chunks.finish()
    yield from out


def _file_size(source: Source) -> str:
    """How many lines the file has, where those that were asked for are behind its end."""
    has = 0 if source.whole else sum(1 for _ in raw_lines(Source(source.path)))
    return f"; the file has {has:,}" if 0 < has < source.first_line else ""
