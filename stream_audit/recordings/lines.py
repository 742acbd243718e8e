"""From blocks to whole lines. LF, CRLF and CR end a line; nothing else does, U+2028 and U+0085 included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["BOM", "LONGEST", "Lines", "lines", "normal"]

LONGEST = 32 * 1024 * 1024
"""Bytes a single line may have. A longer one is skipped without being held in memory."""

BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Lines:
    """Consecutive whole lines, without their line ends."""

    first: int
    """File line of the first, from 1."""
    texts: list[bytes]
    too_long: int = 0
    """The line *behind* these exceeded ``LONGEST`` and was left out; its number, else 0."""
    unended: bool = False
    """The last of these is the last of the file and no line end follows it."""


def lines(blocks: Iterable[bytes], longest: int = LONGEST) -> Iterator[Lines]:
    """Cut blocks into lines, however the blocks are cut."""
    number = 1
    parts: list[bytes] = []
    held = 0
    for block in _at_most(longest, normal(blocks)):
        texts = block.split(b"\n")
        rest = texts.pop()
        if texts:
            texts[0] = b"".join([*parts, texts[0]])
            if held > longest or len(texts[0]) > longest:
                if held <= longest:
                    yield Lines(number, [], too_long=number)
                del texts[0]
                number += 1
            parts, held = [], 0
            if texts:
                yield Lines(number, texts)
                number += len(texts)
        if held <= longest < held + len(rest):
            yield Lines(number, [], too_long=number)
            parts = []  # From here on the line is only counted.
        elif held <= longest:
            parts.append(rest)
        held += len(rest)
    if held and parts:
        yield Lines(number, [b"".join(parts)], unended=True)


def normal(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same text without a byte order mark, with LF for every line end."""
    return _one_line_end(_without_bom(blocks))


def _without_bom(blocks: Iterable[bytes]) -> Iterator[bytes]:
    start: bytes | None = b""
    for block in blocks:
        if start is None:
            yield block
            continue
        start += block
        if len(start) >= len(BOM):
            yield start.removeprefix(BOM)
            start = None
    if start:
        yield start


def _one_line_end(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Replace CRLF and CR by LF. A CR that ends a block may be half a CRLF: the LF behind it is dropped."""
    after_return = False
    for block in blocks:
        if after_return and block.startswith(b"\n"):
            block = block[1:]
            after_return = False
        if not block:
            continue
        if b"\r" in block:
            after_return = block.endswith(b"\r")
            yield block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        else:
            after_return = False
            yield block


def _at_most(size: int, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut blocks that could hold a line that is too long."""
    for block in blocks:
        if len(block) <= size:
            yield block
        else:
            for start in range(0, len(block), size):
                yield block[start : start + size]
