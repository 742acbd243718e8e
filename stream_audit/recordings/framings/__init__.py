"""How chunks stand one behind the other, in a file or in the body of an answer. Told by the first bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.framings import aws_event_stream, json_values, text
from stream_audit.recordings.source import Source

__all__ = ["FRAMINGS", "START", "Framing", "first_bytes", "framing"]

START = 4096
"""Bytes by which a framing is told, where there are so many."""


class Framing(Protocol):
    """What a module of this folder offers."""

    def recognises(self, start: bytes) -> bool:
        """Whether a file that begins like this is framed so."""

    def read(
        self, blocks: Iterable[bytes], chunks: Chunks, source: Source, *, echoes: bool, frames: bool
    ) -> Iterator[None]:
        """Take the JSON text of each chunk out of the blocks, with a pause now and then.

        Args:
            blocks: The bytes, cut anywhere.
            chunks: Takes chunks and problems.
            source: Says which lines are wanted.
            echoes: Whether to look for chunks that only repeat the one before with another text.
            frames: Whether to keep with each chunk the bytes it was sent in, where this framing can.
        """


FRAMINGS: tuple[Framing, ...] = (aws_event_stream, json_values, text)
"""In the order in which they are asked; the last takes what no other does."""


def framing(start: bytes) -> Framing:
    """The framing of what begins with these bytes."""
    for one in FRAMINGS:
        if one.recognises(start):
            return one
    raise AssertionError("text recognises everything")


def first_bytes(blocks: Iterator[bytes]) -> bytes:
    """As many of the first bytes as tell what a file is."""
    start = b""
    while len(start) < START and (block := next(blocks, b"")):
        start += block
    return start
