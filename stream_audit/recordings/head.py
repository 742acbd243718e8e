"""The head of an HTTP answer above its body, as ``curl -i`` prints it: no part of a recording."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["without_head"]

_START = b"HTTP/"
_HEAD = re.compile(
    rb"HTTP/\d(\.\d)? \d{3}[^\r\n]*\r?\n"  # HTTP/1.1 200 OK
    rb"([^\s:]+:[^\r\n]*\r?\n)*"
    rb"\r?\n"
)
_LONGEST = 256 * 1024
"""Bytes of heads, at most; more is no head."""


def without_head(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes with blank lines in place of the heads at their top, so that lines keep their numbers.

    There are several where curl followed a redirection or went through a proxy. A binary body has no
    lines to number: nothing stands before it.
    """
    held, lines = b"", 0
    for block in blocks:
        held += block
        while head := _HEAD.match(held):
            lines += head[0].count(b"\n")
            held = held[head.end() :]
        if not held.startswith(_START[: len(held)]) or len(held) > _LONGEST:
            break
    start = held if held.startswith(b"\0") else b"\n" * lines + held
    if start:
        yield start
    yield from blocks
