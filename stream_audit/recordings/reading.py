"""Read one source from beginning to end: the one place where bytes enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from stream_audit.model import Batch, Dialect, End, Problem, Progress
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framings import first_bytes, framing, text
from stream_audit.recordings.lane import Lane
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
    faults: list[Broken] = []
    stream = _until_broken(blocks(source.path, block, progress), faults)
    start = first_bytes(stream)
    if not (faults and not start) and (refused := _refused(source, start)) is not None:
        yield refused
        return
    names = _Names(source.id)
    chunks = Chunks(
        source.path,
        lambda stream: Lane(source.path, lambda: names.next(stream), dialects, dialect, out),
        out.append,
    )
    taken = framing(start).read(chain([start], stream), chunks, source, echoes=echoes, frames=frames)
    for _ in taken:
        yield from out
        out.clear()
    for fault in faults:
        chunks.problem(fault.rule, 0, fault.message)
    if chunks.empty and not faults:
        chunks.problem("source-empty", 0, "holds nothing" if source.whole else "these lines hold nothing")
    chunks.finish()
    yield from out


def _refused(source: Source, start: bytes) -> Problem | None:
    """Why a source that begins like this is not read."""
    if not source.explicit and is_something_else(source.path, start):
        return Problem("not-a-recording", source.path, 0, "neither JSON nor an event stream")
    if framing(start) is text and b"\0" in start and (b"\0" in start[:4] or not looks_recorded(start)):
        kind = "UTF-16, not UTF-8" if start.startswith(_UTF_16) else "binary, not text"
        return Problem("source-not-text", source.path, 0, kind, None, repr(start[:40]))
    return None


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
