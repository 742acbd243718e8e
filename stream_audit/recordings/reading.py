"""Read one source from beginning to end: the one place where bytes enter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from stream_audit.model import Batch, Dialect, End, Problem, Progress
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framing import Framer
from stream_audit.recordings.lane import Lane
from stream_audit.recordings.lines import BOM, LONGEST, Lines, lines
from stream_audit.recordings.opening import BLOCK, Broken, blocks
from stream_audit.recordings.passing import is_something_else, looks_recorded
from stream_audit.recordings.source import Source
from stream_audit.recordings.split import Event

__all__ = ["read"]

_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")


def read(
    source: Source,
    dialects: Sequence[Dialect],
    *,
    dialect: Dialect | None = None,
    progress: Progress | None = None,
    block: int = BLOCK,
    echoes: bool = True,
    frames: bool = False,
) -> Iterator[Batch | End | Problem]:
    """Read the recordings of one source, holding a block of it in memory at a time.

    Args:
        source: What to read.
        dialects: What to recognise, in this order.
        dialect: Take every stream for this dialect.
        progress: Called with the number of bytes read, compressed as they are.
        block: Bytes to read at a time; the events say the same whatever it is.
        echoes: Whether chunks that only repeat the one before with another text may be given as
            that text.
        frames: Give chunks of event streams as ``Framed``. Slower, for there are no echoes then.

    Yields:
        Batches of each recording in order, then its end; problems where they stand. What the source
        contains never raises.
    """
    if source.barren:
        yield Problem("source-without-recording", source.path, 0, "holds no recording")
        return
    out: list[Event] = []
    try:
        stream = blocks(source.path, block, progress)
        start = next(stream, b"")
    except Broken as broken:
        yield Problem(broken.rule, source.path, 0, broken.message)
        return
    if (refused := _refused(source, start)) is not None:
        yield refused
        return
    names = _Names(source.id)
    chunks = Chunks(
        source.path,
        lambda stream: Lane(source.path, lambda: names.next(stream), dialects, dialect, out),
        out.append,
    )
    faults: list[Broken] = []
    rest = _until_broken(stream, faults)
    if frames:
        start = _to_a_line_end(start, rest)
        mark = BOM if start.startswith(BOM) else b""
        framer = Framer(chunks, echoes=False, line_end=_line_end(start), mark=mark)
    else:
        framer = Framer(chunks, echoes=echoes)
    for part in _in_range(lines(chain([start], rest)), source):
        for _ in framer.feed(part):
            yield from out
            out.clear()
        if chunks.refused:
            break
    framer.finish()
    for fault in faults:
        chunks.problem(fault.rule, 0, fault.message)
    if framer.empty and not faults:
        chunks.problem("source-empty", 0, "holds nothing" if source.whole else "these lines hold nothing")
    chunks.finish()
    yield from out


def _refused(source: Source, start: bytes) -> Problem | None:
    """Why a source that begins like this is not read."""
    if not source.explicit and is_something_else(source.path, start):
        return Problem("not-a-recording", source.path, 0, "neither JSON nor an event stream")
    if b"\0" in start and (b"\0" in start[:4] or not looks_recorded(start)):
        kind = "UTF-16, not UTF-8" if start.startswith(_UTF_16) else "binary, not text"
        return Problem("source-not-text", source.path, 0, kind, None, repr(start[:40]))
    return None


def _to_a_line_end(start: bytes, stream: Iterator[bytes]) -> bytes:
    """The first bytes, with as many blocks more as it takes to see how lines end."""
    while (
        re.search(rb"\n|\r.", start, re.DOTALL) is None
        and len(start) < LONGEST
        and (more := next(stream, b""))
    ):
        start += more
    return start


def _line_end(start: bytes) -> bytes:
    """How lines end in a file that begins so: the first end stands for all."""
    found = re.search(rb"\r\n|\n|\r", start)
    return found[0] if found else b"\n"


def _until_broken(stream: Iterable[bytes], faults: list[Broken]) -> Iterator[bytes]:
    """Note why reading stopped early instead of raising, so that the last line before it is still seen."""
    try:
        yield from stream
    except Broken as broken:
        faults.append(broken)


class _Names:
    """Recording ids: the path, then ``#2``; with the label of the stream where there is one."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._counts: dict[str | None, int] = {}

    def next(self, stream: str | None) -> str:
        count = self._counts[stream] = self._counts.get(stream, 0) + 1
        if stream is None:
            return self._base if count == 1 else f"{self._base}#{count}"
        return f"{self._base}#{stream}" if count == 1 else f"{self._base}#{stream}.{count}"


def _in_range(parts: Iterator[Lines], source: Source) -> Iterator[Lines]:
    """Leave out the lines before and behind the range that was asked for."""
    if source.whole:
        yield from parts
        return
    first = source.first_line
    for part in parts:
        end = part.first + len(part.texts)
        last = end - 1 if source.last_line is None else min(end - 1, source.last_line)
        start = max(first, part.first)
        if start <= last:
            texts = part.texts[start - part.first : last + 1 - part.first]
            yield Lines(start, texts, unended=part.unended and last == end - 1)
        if part.too_long >= first and (source.last_line is None or part.too_long <= source.last_line):
            yield Lines(part.too_long, [], too_long=part.too_long)
        if source.last_line is not None and end > source.last_line:
            return
