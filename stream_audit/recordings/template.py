"""What every echo of one chunk looks like, as bytes: where its text stands, and what else may vary.

Beside the text that is padding, a number that is one higher in each chunk, or a
clock. What a line looks like is compared; only the text is decoded.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from stream_audit.recordings.parsing import unquoted

__all__ = ["Counter", "Frame", "Template", "decode"]

_RARE = b"3141592653589793238"
_MOMENT = b"0123456789-:.+TZ"
"""The bytes of what clocks tell."""


@dataclass(slots=True)
class Frame:
    """The lines that make up one chunk: a JSON line alone, or an event with its blank line."""

    lines: tuple[bytes, ...]
    data: int
    """Which of them holds the JSON text."""
    skip: int
    """Bytes in front of the JSON text."""


@dataclass(slots=True)
class Counter:
    """The number in a line that is one higher in each chunk."""

    key: bytes
    """What stands in front of it: the key, quoted, and the colon."""
    own: int
    """The number in the line that a template was made of."""

    def put_back(self, lines: Sequence[bytes], due: int) -> list[bytes]:
        """Lines with the template's own number in place of the one that is due; empty if they lack it."""
        pattern, own = self.key + b"%d", self.key + b"%d" % self.own
        back = [line.replace(pattern % number, own, 1) for number, line in enumerate(lines, due)]
        for at, line in enumerate(lines):
            if back[at] == line and due + at != self.own:
                back[at] = b""
        return back


@dataclass(slots=True)
class Template:
    """What every echo of one chunk looks like."""

    frame: Frame
    head: bytes
    """The line up to and with the quote that opens the text."""
    gap: bytes
    """From the quote that closes the text to the quote that opens the padding; empty without padding. Behind
    a clock: from the quote that closes it to the quote that opens the text."""
    tail: bytes
    """The rest of the line, from a closing quote on; without its end where that is ``loose``."""
    loose: bool
    """The line ends with any number of spaces and a brace. Anthropic pads its events like that."""
    counter: Counter | None = None
    """Where the chunks are numbered: the number."""
    clocked: bool = False
    """What varies beside the text is a clock in front of it."""

    def fits(self, frame: Frame, number: int = 0) -> bool:
        """Whether a chunk that was parsed in full, and has that number, is one of this template."""
        if len(frame.lines) != len(self.frame.lines) or frame.data != self.frame.data:
            return False
        return len(self.run(frame.lines, 0, 1, number)) == 1

    def run(self, lines: Sequence[bytes], start: int, most: int = 1, due: int = 0) -> list[str]:
        """Read up to ``most`` echoes that stand one behind the other from a line on.

        Args:
            lines: Where they stand.
            start: The first line.
            most: How many to read.
            due: The number that the first of them must have, where chunks are numbered.

        Returns:
            Their texts; each takes as many lines as the frame has.
        """
        data, stride = self.frame.data, len(self.frame.lines)
        candidates = lines[start + data : start + stride * most : stride]
        if most > 1:
            candidates = candidates[: self._reach(candidates)]
        cut = self._cut(candidates if self.counter is None else self.counter.put_back(candidates, due))
        for offset, expected in enumerate(self.frame.lines):
            if offset != data and cut:
                others = lines[start + offset : start + stride * len(cut) : stride]
                del cut[_equal(others, expected) :]
        if not cut:
            return []
        if self.clocked:
            return self._decode_clocked(cut)
        return self._decode_padded(cut) if self.gap else decode(cut)

    def _reach(self, candidates: Sequence[bytes]) -> int:
        """How many lines seem to fit, told by how a few of them begin. What is cut in vain costs time."""
        head = self.head[:-1] if self.counter is None else self.head.partition(self.counter.key)[0]
        if not candidates or candidates[-1].startswith(head):
            return len(candidates)
        return bisect(candidates, False, key=lambda line: not line.startswith(head))

    def _cut(self, candidates: Sequence[bytes]) -> list[bytes]:
        """Cut what varies out of each line, quotes included, up to the first line that does not fit.

        All lines are cut alike. They fit if the pieces, put back between what must stand around each,
        are the lines again: one comparison for all of them.
        """
        before, behind = self.head[:-1], self.tail if self.gap and not self.clocked else self.tail[1:]
        start, stop = len(before), -len(behind) or None
        if self.loose:
            candidates = [line[:-1].rstrip(b" ") if line.endswith(b"}") else b"" for line in candidates]
        cut = [line[start:stop] for line in candidates]
        rebuilt = before + (behind + b"\n" + before).join(cut) + behind
        joined = b"\n".join(candidates)
        if rebuilt != joined:
            del cut[joined.count(b"\n", 0, _difference(joined, rebuilt)) :]
        return cut

    def _decode_padded(self, cut: list[bytes]) -> list[str]:
        """Decode texts with their padding, all or, when one of them does not fit, one by one.

        The gap becomes a number that occurs nowhere else, so the list holds text, number, padding in
        turn exactly if each cut holds the gap once.
        """
        gap, count = self.gap, len(cut)
        joined = b'",'.join(cut)
        if _RARE not in joined:
            joined = b"[" + joined.replace(gap, b'",%b,"' % _RARE) + b'"]'
            values = [] if b'\\",' in joined else _list(joined)
            if len(values) == 3 * count and values[1::3] == [int(_RARE)] * count:
                texts, padding = values[::3], values[2::3]
                if _are_strings(texts) and _are_strings(padding) and _is_padding("".join(padding)):
                    return texts
        texts = []
        for one in cut:
            quoted, found, padding_text = one.partition(gap)
            text = unquoted(quoted + b'"')
            if text is None or not found or not _is_padding(padding_text.decode(errors="replace")):
                break
            texts.append(text)
        return texts

    def _decode_clocked(self, cut: list[bytes]) -> list[str]:
        """Decode texts behind their clocks, up to the first that does not fit."""
        gap, skip = self.gap, len(self.gap) - 1
        ends = [one.find(gap, 2) for one in cut]  # An empty clock is none.
        if -1 in ends:
            del ends[ends.index(-1) :]
        clocks = [one[1:end] for one, end in zip(cut, ends, strict=False)]
        if b"".join(clocks).translate(None, _MOMENT):
            del ends[next(at for at, clock in enumerate(clocks) if clock.translate(None, _MOMENT)) :]
        return decode([one[end + skip :] for one, end in zip(cut, ends, strict=False)])


def _list(text: bytes) -> list[Any]:
    """A JSON list; empty when the text is none."""
    try:
        values: list[Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    return values


def _are_strings(values: list[Any]) -> bool:
    """Whether all are; joining them is the quickest way to learn it."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def _is_padding(text: str) -> bool:
    """Letters and digits hide nothing."""
    return not text or (text.isascii() and text.isalnum())


def _difference(one: bytes, other: bytes) -> int:
    """Position of the first byte in which two texts differ; the end of the shorter if there is none."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _equal(lines: Sequence[bytes], expected: bytes) -> int:
    """How many lines in a row are as expected, from the first on."""
    if lines.count(expected) == len(lines):
        return len(lines)
    return next(count for count, line in enumerate(lines) if line != expected)


def decode(quoted: list[bytes]) -> list[str]:
    r"""Decode quoted JSON strings, up to the first that is none.

    All at once, as a list. Each is one string exactly if the list has as many members and all are
    strings: a stray quote inside would make more of them. Only a backslash before a closing quote
    could join two, so then they are decoded one by one.
    """
    if not quoted:
        return []
    joined = b"[" + b",".join(quoted) + b"]"
    if b'\\",' not in joined and not joined.endswith(b'\\"]'):
        texts = _list(joined)
        if len(texts) == len(quoted) and _are_strings(texts):
            return texts
    texts = []
    for one in quoted:
        text = unquoted(one)
        if text is None:
            break
        texts.append(text)
    return texts
