"""Text: JSONL and server-sent events, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framings.framer import Framer
from stream_audit.recordings.framings.sent import Sent
from stream_audit.recordings.lines import BOM, LONGEST, Lines, lines
from stream_audit.recordings.source import Source

__all__ = ["read", "recognises"]


def recognises(start: bytes) -> bool:
    """Anything may be lines; what they hold is told line by line."""
    return True


def read(
    blocks: Iterable[bytes], chunks: Chunks, source: Source, *, echoes: bool, frames: bool
) -> Iterator[None]:
    """Hand on the chunks of all lines, with a pause whenever some were."""
    if frames:
        stream = iter(blocks)
        start = _to_a_line_end(stream)
        blocks = chain([start], stream)
        mark = BOM if start.startswith(BOM) else b""
        framer = Framer(chunks, echoes=False, sent=Sent(_line_end(start), mark))
    else:
        framer = Framer(chunks, echoes=echoes)
    for part in _in_range(lines(blocks), source):
        yield from framer.feed(part)
        if chunks.refused:
            break
    framer.finish()


def _to_a_line_end(stream: Iterator[bytes]) -> bytes:
    """As many of the first bytes as it takes to see how lines end."""
    start = next(stream, b"")
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
        if part.too_long and source.holds(part.too_long):
            yield Lines(part.too_long, [], too_long=part.too_long)
        if source.last_line is not None and end > source.last_line:
            return
