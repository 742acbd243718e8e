"""Read one source from beginning to end: the one place where bytes enter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from stream_audit.model import Batch, Dialect, End, Problem, Progress
from stream_audit.recordings.containers import container
from stream_audit.recordings.framings import START, first_bytes, framing, text
from stream_audit.recordings.hints import bytes_look_like
from stream_audit.recordings.opening import BLOCK, Broken, blocks, until_broken
from stream_audit.recordings.passing import is_something_else, looks_recorded
from stream_audit.recordings.source import Source
from stream_audit.recordings.stream import Names, Terms, stream_events
from stream_audit.recordings.unpacking import unpack

__all__ = ["read"]


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
    faults: list[Broken] = []
    stream = until_broken(blocks(source.path, block, progress), faults)
    start = first_bytes(stream)
    held = container(start)
    terms = Terms(dialects=dialects, dialect=dialect, echoes=echoes, frames=frames)
    if held is not None:
        yield from unpack(held, chain([start], stream), faults, source, terms)
    elif (start or not faults) and (refused := _refused(source, start)) is not None:
        yield refused
    else:
        yield from stream_events(start, stream, faults, source, Names(source.id), terms)


def _refused(source: Source, start: bytes) -> Problem | None:
    """Why a source that begins like this is not read."""
    if not source.explicit and is_something_else(source.path, start):
        return Problem("not-a-recording", source.path, 0, "neither JSON nor an event stream")
    if b"\0" not in start[:START] or framing(start) is not text:
        return None
    if b"\0" in start[:4] or not looks_recorded(start):
        return Problem("source-not-text", source.path, 0, bytes_look_like(start), None, repr(start[:40]))
    return None
