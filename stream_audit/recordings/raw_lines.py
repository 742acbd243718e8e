"""The lines of a text file as they are, each with its line end; those of an HTTP head are blank."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stream_audit.recordings.containers import container
from stream_audit.recordings.framings import first_bytes, framing, text
from stream_audit.recordings.opening import BLOCK, blocks, until_broken
from stream_audit.recordings.source import Source

__all__ = ["is_lines", "raw_lines"]

_END = re.compile(rb"\r\n|\n|\r")


def is_lines(source: Source) -> bool:
    """Whether a source is text in which each chunk stands on a line or on a few."""
    start = first_bytes(until_broken(blocks(source.path, BLOCK, None), []))
    return container(start) is None and framing(start) is text


def raw_lines(source: Source) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line and what ends it, which is empty for a last line without an end.

    What cannot be read behind damage is left out; whoever reads the source says so.
    """
    held = b""
    number = 0
    stream = until_broken(blocks(source.path, BLOCK, None), [])
    while True:
        block = next(stream, b"")
        held += block
        at = 0
        for match in _END.finditer(held):
            if block and match.end() == len(held):
                break  # a CR may be half of a CRLF
            number += 1
            if source.holds(number):
                yield held[at : match.start()], match[0]
            at = match.end()
        held = held[at:]
        if not block:
            break
    if held and source.holds(number + 1):
        yield held, b""
