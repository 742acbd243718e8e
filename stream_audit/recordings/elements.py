"""The elements of a JSON array, cut out of blocks that are cut anywhere; the array is never held.

Only brackets and quotes are looked at. Whether an element is JSON is for
others to say, so one that is not costs itself: a string ends with its line,
and what stands between elements is an element too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stream_audit.recordings.lines import LONGEST, normal
from stream_audit.recordings.parsing import NOTHING, parse

__all__ = ["Element", "elements", "whole"]

_INSIDE = re.compile(rb'(?:[^][{}"]++|"(?:[^"\\\n]++|\\[^\n])*+")*+')
"""Everything up to a bracket, or to a string that does not end here."""
_OUTSIDE = re.compile(rb'[^][{}":]*+')
_BETWEEN = re.compile(rb"[\s,]*+")
_SCALAR = re.compile(rb'(?:[^][{}",\n]++|"(?:[^"\\\n]++|\\[^\n])*+")*+')
_STRING = re.compile(rb'(?:[^"\\\n]++|\\[^\n])*+')
_KEY = 64
"""Bytes of a key that are looked at."""
_QUOTE, _BACKSLASH, _COLON = b'"\\:'
_OPENING, _CLOSING = b"[{", b"]}"


@dataclass(frozen=True, slots=True)
class Element:
    """One element as recorded."""

    text: bytes
    line: int
    """Where it begins, from 1."""
    indent: int = 0
    """How far that line is indented."""
    unended: bool = False
    """The blocks end in the middle of it; with an empty text, before its array does."""
    too_long: bool = False
    """It was skipped; its text is empty."""


def elements(
    blocks: Iterable[bytes], keys: tuple[tuple[bytes, ...], ...] = ((),), longest: int = LONGEST
) -> Iterator[Element]:
    """Cut out the elements of every array that stands under these keys.

    Args:
        blocks: The document, or several, one behind the other.
        keys: Each leads from the top to an array that is meant. With none on the way, arrays at the top
            are, and a value there that is no array is an element too.
        longest: Bytes that an element may have; a longer one is not held.
    """
    cutter = _Cutter(keys, longest)
    for block in normal(blocks):
        yield from cutter.cut(block)
    yield from cutter.finish()


def whole(found: Iterable[Element]) -> Iterator[Element]:
    """The same elements; one that is not JSON and seems to hold others is cut where each begins.

    An element whose brackets do not close takes those behind it along. Where they are printed one below
    the other, they are told apart again by their indentation.
    """
    closed = False
    for element in found:
        if closed and element.unended and not element.text:
            continue  # What had not closed took the end of the array for its own.
        again = re.compile(rb"\n(?=[ \t]{0,%d}(?:[,\[][ \t]*)?\{)" % element.indent)
        if again.search(element.text) is None or parse(element.text)[0] is not NOTHING:
            yield element
            continue
        *pieces, last = again.split(element.text)
        line = element.line
        for piece in pieces:
            yield Element(_alone(piece), line)
            line += piece.count(b"\n") + 1
        first = next(elements([last]), None)
        closed = first is not None and parse(first.text)[0] is not NOTHING
        if first is not None and closed:
            yield Element(first.text, line)
        else:
            yield Element(_alone(last), line, unended=element.unended)


def _alone(piece: bytes) -> bytes:
    """An element without the commas around it."""
    return piece.strip(b", \t\n").removeprefix(b"[").lstrip()


class _Cutter:
    def __init__(self, keys: tuple[tuple[bytes, ...], ...], longest: int) -> None:
        self._keys = keys
        self._top = () in keys
        self._longest = longest
        self._mode: Callable[[], Element | None] = self._between if self._top else self._outside
        self._at: list[bytes] = []
        """While outside: the key that was read last on every level."""
        self._word = b""
        """While outside: the string that was read last, or the beginning of it."""
        self._array = False
        """In an array that is meant."""
        self._closed = False
        """While outside: such an array has just ended, and no other key was read since."""
        self._odd = False
        """While outside: a bracket was met that closes nothing."""
        self._depth = 0
        """Brackets of the element that are open."""
        self._quoted = False
        self._escaped = False
        """The block before ended in a string; and there with a backslash."""
        self._parts: list[bytes] = []
        self._size = 0
        self._line, self._indent = 1, 0
        """Of the element."""
        self._lines = 1
        """The line that is being read."""
        self._margin = b""
        """The beginning of that line, if it began in an earlier block."""

    def cut(self, block: bytes) -> Iterator[Element]:
        """Take another block; the elements that end in it."""
        self._block, self._pos, self._from, self._counted, self._begun = block, 0, 0, 0, 0
        while self._pos < len(block):
            if self._quoted and not self._string():
                break
            element = self._mode()
            if element is not None:
                yield element
        self._keep(len(block))
        self._margin = self._up_to(len(block))

    def finish(self) -> Iterator[Element]:
        """No further block comes."""
        if self._size and self._mode in (self._inside, self._scalar):
            text = self._text()
            if text.strip() or self._size > self._longest:
                ended = self._mode == self._scalar and not self._quoted and not self._array
                yield Element(text, self._line, self._indent, not ended, self._size > self._longest)
                return
        if self._array or self._at:
            yield Element(b"", self._lines, unended=True)

    # ---- what to do with the next bytes

    def _string(self) -> bool:
        """Go on in a string that began in an earlier block; whether it ends in this one."""
        start = self._pos
        if self._escaped and self._block[start] != ord("\n"):
            start += 1
        self._escaped = False
        match = _STRING.match(self._block, start)
        assert match is not None  # It matches nothing, too.
        self._pos = match.end()
        if len(self._word) < _KEY:
            self._word += self._block[start : min(self._pos, start + _KEY)]
        if self._pos == len(self._block):
            return False
        if self._block[self._pos] == _BACKSLASH:
            self._pos += 1
            self._escaped = self._pos == len(self._block)
            if self._escaped:
                return False
        elif self._block[self._pos] == _QUOTE:
            self._pos += 1
        self._quoted = False  # By its quote, or because the line ends.
        return self._pos < len(self._block)

    def _skip(self, pattern: re.Pattern[bytes]) -> int:
        """Go to the first byte that the pattern does not take; which one, or -1 at the end of the block."""
        match = pattern.match(self._block, self._pos)
        assert match is not None
        self._pos = match.end()
        return self._block[self._pos] if self._pos < len(self._block) else -1

    def _outside(self) -> Element | None:
        byte = self._skip(_OUTSIDE)
        if byte < 0:
            return None
        self._pos += 1
        if byte == _QUOTE:
            self._quoted, self._word = True, b""
        elif byte == _COLON and self._at:
            self._at[-1], self._closed = self._word, False
        elif byte in _CLOSING and self._at:
            self._at.pop()
        elif byte in _CLOSING and not self._odd:  # Something before has lost its bracket.
            self._odd = True
            self._pos -= 1
            self._begin()
            self._pos += 1
            return Element(bytes([byte]), self._line)
        elif byte in _OPENING and self._closed:  # Something in the array had closed it too early.
            self._pos -= 1
            self._begin()
            self._array, self._closed, self._mode = True, False, self._between
            return Element(b"]", self._line)
        elif byte == ord("[") and tuple(self._at) in self._keys:
            self._array, self._mode = True, self._between
        elif byte in _OPENING:
            self._at.append(b"")
        return None

    def _between(self) -> Element | None:
        byte = self._skip(_BETWEEN)
        if byte < 0:
            return None
        if byte == ord("]") and self._array:
            self._pos += 1
            self._array, self._closed = False, not self._top
            self._mode = self._between if self._top else self._outside
        elif byte == ord("[") and not self._array and self._top:
            self._pos += 1
            self._array = True
        else:
            self._begin()
            self._mode = self._inside if byte in _OPENING else self._scalar
        return None

    def _inside(self) -> Element | None:
        block, pos, size, depth = self._block, self._pos, len(self._block), self._depth
        while True:  # The one place where time is spent: brackets of elements.
            match = _INSIDE.match(block, pos)
            assert match is not None
            pos = match.end()
            if pos == size:
                break
            byte = block[pos]
            pos += 1
            if byte == _QUOTE:
                self._quoted = True
                break
            depth += 1 if byte in _OPENING else -1
            if depth <= 0:
                self._pos = pos
                return self._end()
        self._pos, self._depth = pos, depth
        return None

    def _scalar(self) -> Element | None:
        byte = self._skip(_SCALAR)
        if byte < 0:
            return None
        if byte == _QUOTE:
            self._pos += 1
            self._quoted = True
            return None
        if byte in _CLOSING and not (byte == ord("]") and self._array):
            self._pos += 1  # One that closes nothing.
        return self._end()

    # ---- the element's text

    def _begin(self) -> None:
        self._depth, self._parts, self._size, self._from = 0, [], 0, self._pos
        margin = self._up_to(self._pos)
        self._line, self._indent = self._lines, len(margin) - len(margin.lstrip())

    def _up_to(self, stop: int) -> bytes:
        """Count the lines up to a position; the beginning of the one on which it lies."""
        last = self._block.rfind(b"\n", self._counted, stop)
        if last >= 0:
            self._lines += self._block.count(b"\n", self._counted, stop)
            self._begun, self._margin = last + 1, b""
        self._counted = stop
        return (self._margin + self._block[self._begun : min(stop, self._begun + _KEY)])[:_KEY]

    def _keep(self, stop: int) -> None:
        """Hold what of the element lies in this block, unless that is too much."""
        if self._mode in (self._inside, self._scalar):
            self._size += stop - self._from
            if self._size > self._longest:
                self._parts = []
            else:
                self._parts.append(self._block[self._from : stop])

    def _end(self) -> Element:
        self._keep(self._pos)
        self._mode = self._between
        return Element(self._text(), self._line, self._indent, too_long=self._size > self._longest)

    def _text(self) -> bytes:
        return b"".join(self._parts).strip()
