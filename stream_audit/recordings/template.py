"""What every echo of one chunk looks like, as bytes: where its text stands, and what else may vary.

Beside the text that is padding, a clock, running totals, or a number that is one
higher in each chunk. What a line looks like is compared; only what varies is decoded.
"""

from __future__ import annotations

import functools
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import orjson

from stream_audit.recordings.columns import Kind, columns

__all__ = ["Counter", "Frame", "Slot", "Template"]

_USUAL = 4096
"""Numbers below it are written once."""


@dataclass(slots=True)
class Frame:
    """The lines that make up one chunk: a JSON line alone, or an event with its blank line."""

    lines: tuple[bytes, ...]
    data: int
    """Which of them holds the JSON text."""
    skip: int
    """Bytes in front of the JSON text."""


@dataclass(slots=True)
class Slot:
    """A value of the line that varies."""

    kind: Kind
    key: str = ""
    """What it stands under, but for a text, whose place its dialect knows."""


@dataclass(slots=True)
class Counter:
    """The number in a line that is one higher in each chunk."""

    own: int
    """The number in the line that a template was made of."""
    in_front: bool
    """It stands in front of all slots, not behind them."""
    between: bytes
    """What stands between it and the slots."""


@dataclass(slots=True)
class Template:
    """What every echo of one chunk looks like.

    A line is the head, the values of the slots with a gap between each two, and the tail; a counter's
    number and what stands between it and the slots come behind the head or in front of the tail.
    """

    frame: Frame
    slots: tuple[Slot, ...]
    head: bytes
    gaps: tuple[bytes, ...]
    tail: bytes
    """Without the brace at its end where that is ``loose``."""
    loose: bool
    """The line ends with any number of spaces and a brace. Anthropic pads its events like that."""
    counter: Counter | None = None
    """Where the chunks are numbered: the number."""

    kinds: tuple[Kind, ...] = field(init=False)
    """Those of the slots."""
    text_at: int = field(init=False)
    """Position of the text among the slots."""
    has_totals: bool = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = tuple([slot.kind for slot in self.slots])
        self.text_at, self.has_totals = self.kinds.index("text"), "total" in self.kinds

    def line(self, values: Sequence[bytes], number: int) -> bytes:
        """The line with these values and this number, if it has one."""
        pieces = [value + gap for value, gap in zip(values, (*self.gaps, b""), strict=True)]
        if self.counter is not None:
            counted = (b"%d" % number, self.counter.between)
            pieces = [*counted, *pieces] if self.counter.in_front else [*pieces, *reversed(counted)]
        return b"".join([self.head, *pieces, self.tail, b"}" * self.loose])

    def resembles(self, line: bytes) -> bool:
        """Whether a line holds what those of the template hold. Quick, and no proof."""
        if not (line.startswith(self.head) and (self.loose or line.endswith(self.tail))):
            return False
        inside = self.gaps if self.counter is None else (self.counter.between, *self.gaps)
        return all(part in line for part in inside)

    def fits(self, frame: Frame, text: str, number: int = 0) -> bool:
        """Whether a chunk that was parsed in full, of that text and number, is one of this template."""
        if len(frame.lines) != len(self.frame.lines) or frame.data != self.frame.data:
            return False
        line = frame.lines[frame.data]
        if not self.resembles(line):
            return False
        plain = len(frame.lines) == len(self.slots) == 1 and self.counter is None and not self.loose
        if plain and line == b"%b%b%b" % (self.head, orjson.dumps(text), self.tail):
            return True  # The quickest way to see it; a text may be written in others.
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
        cut = self._pieces(lines, start, most, due)
        texts = self._texts(cut) if cut else []
        count = len(texts)
        if self.counter is None or count == most or due + count != 10 ** len(b"%d" % due):
            return texts
        more = self.run(lines, start + count * len(self.frame.lines), most - count, due + count)
        return texts + more  # Those whose number has a digit more.

    def grows(self, lines: Sequence[bytes]) -> bool:
        """Whether the last of two chunks of this template, not numbered ones, counts more than the first."""
        cut = self._pieces(lines, 0, 2, 0)
        decoded = columns(cut, self.gaps, self.kinds) if len(cut) == 2 else None
        if decoded is None:
            return False
        pairs = zip(self.kinds, decoded, strict=True)
        return any(kind == "total" and column[0] < column[1] for kind, column in pairs)

    def _pieces(self, lines: Sequence[bytes], start: int, most: int, due: int) -> list[bytes]:
        """From the first slot to the last, of each echo as far as bytes tell."""
        data, stride = self.frame.data, len(self.frame.lines)
        candidates = lines[start + data : start + stride * most : stride]
        if most > 1:
            candidates = candidates[: self._reach(candidates)]
        cut = self._cut(candidates, due)
        for offset, expected in enumerate(self.frame.lines):
            if offset != data and cut:
                others = lines[start + offset : start + stride * len(cut) : stride]
                del cut[_equal(others, expected) :]
        return cut

    def _reach(self, candidates: Sequence[bytes]) -> int:
        """How many lines seem to fit, told by how a few of them begin. What is cut in vain costs time."""
        head = self.head
        if not candidates or candidates[-1].startswith(head):
            return len(candidates)
        return bisect(candidates, False, key=lambda line: not line.startswith(head))

    def _cut(self, candidates: Sequence[bytes], due: int) -> list[bytes]:
        """Cut the slots out of each line, up to the first line that does not fit.

        All lines are cut alike, so the numbers of those that are must have as many digits. They fit if
        the pieces, put back between what must stand around each, are the lines again: one comparison for
        all of them.
        """
        head, tail, counter = self.head, self.tail, self.counter
        start, stop = len(head), len(tail)
        if counter is not None:
            digits = len(b"%d" % due)
            candidates = candidates[: max(min(10**digits, 2**64) - due, 0)]
            beside = digits + len(counter.between)
            start, stop = (start + beside, stop) if counter.in_front else (start, stop + beside)
        if self.loose:
            candidates = [line[:-1].rstrip(b" ") if line.endswith(b"}") else b"" for line in candidates]
        end = -stop or None
        cut = [*map(itemgetter(slice(start, end)), candidates)]  # Quicker than a comprehension.
        between = tail + b"\n" + head
        if counter is None:
            rebuilt = head + between.join(cut) + tail
        else:
            count = len(cut)
            rows = [between] * (4 * count)
            first, second = (0, 2) if counter.in_front else (2, 0)
            rows[first::4], rows[second::4] = _numbers(due, count), cut
            rows[1::4] = [counter.between] * count
            rebuilt = (head + b"".join(rows)).removesuffix(b"\n" + head)
        joined = b"\n".join(candidates)
        if rebuilt != joined:
            del cut[joined.count(b"\n", 0, _difference(joined, rebuilt)) :]
        return cut

    def _texts(self, cut: list[bytes]) -> list[str]:
        """The texts of pieces, up to the first that does not fit."""
        decoded = columns(cut, self.gaps, self.kinds)
        if decoded is not None:
            return decoded[self.text_at]
        half = self._gapped(cut)  # Nearly always that is why.
        if half == len(cut):
            half //= 2
        texts = self._texts(cut[:half]) if half else []
        return texts + self._texts(cut[half:]) if half and len(texts) == half else texts

    def _gapped(self, cut: list[bytes]) -> int:
        """How many pieces hold each gap, up to the first that lacks one."""
        for at, piece in enumerate(cut):
            if not all(gap in piece for gap in self.gaps):
                return at
        return len(cut)


def _numbers(first: int, count: int) -> list[bytes]:
    """So many numbers from one on. Most streams are short: their numbers are written once for all."""
    if first + count <= _USUAL:
        return _usual_numbers()[first : first + count]
    return [b"%d" % number for number in range(first, first + count)]


@functools.cache
def _usual_numbers() -> list[bytes]:
    return [b"%d" % number for number in range(_USUAL)]


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
