"""Chunks that repeat the one before but for a text, told by comparing bytes instead of parsing JSON.

Most chunks of a stream differ in one short text. Once the place of that text
in the line is known, and proven by parsing the line with another text there,
the lines that follow need their constant parts compared and the text decoded,
nothing else. Whatever does not fit is parsed in full, so a template can cost
time but never change what is read.

Some servers number their chunks. What number is due is known, so it is put back
to the template's own before anything is compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from stream_audit.model import Dialect, Payload
from stream_audit.recordings.parsing import unquoted

__all__ = ["Counter", "Echoes", "Frame", "Template"]

KNOWN = 4
"""Templates kept. A stream that alternates, between two tool calls say, comes back to each."""

_PLACES = 8
_MARK = "stream-audit:\u0001:"
_MARK_JSON = orjson.dumps(_MARK)[1:-1]
_TEXT, _FILLER = f"{_MARK}text", f"{_MARK}padding"
_TEXT_JSON, _FILLER_JSON = orjson.dumps(_TEXT), orjson.dumps(_FILLER)
_RARE = b"3141592653589793238"
_PADDING = re.compile(rb'"(?:obfuscation|p)"[ \t]*:[ \t]*"([0-9A-Za-z]*)"')
"""Random text that a server appends to hide the length of the real one; no dialect folds it."""
_PADDED = ("obfuscation", "p")


@dataclass(frozen=True, slots=True)
class Frame:
    """The lines that make up one chunk: a JSON line alone, or an event with its blank line."""

    lines: tuple[bytes, ...]
    data: int
    """Which of them holds the JSON text."""
    skip: int
    """Bytes in front of the JSON text."""


@dataclass(frozen=True, slots=True)
class Counter:
    """The number in a line that is one higher in each chunk."""

    key: bytes
    """What stands in front of it: the key, quoted, and the colon."""
    own: int
    """The number in the line that a template was made of."""

    def put_back(self, lines: Sequence[bytes], due: int) -> list[bytes]:
        """Lines with the template's own number in place of the one that is due, as far as they have that."""
        pattern, own = self.key + b"%d", self.key + b"%d" % self.own
        return [line.replace(pattern % number, own, 1) for number, line in enumerate(lines, due)]


@dataclass(frozen=True, slots=True)
class Template:
    """What every echo of one chunk looks like."""

    frame: Frame
    head: bytes
    """The line up to and with the quote that opens the text."""
    gap: bytes
    """From the quote that closes the text to the quote that opens the padding; empty without padding."""
    tail: bytes
    """The rest of the line, from a closing quote on; without its end where that is ``loose``."""
    loose: bool
    """The line ends with any number of spaces and a brace. Anthropic pads its events like that."""
    counter: Counter | None = None
    """Where the chunks are numbered: the number."""

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
        cut = self._cut(candidates if self.counter is None else self.counter.put_back(candidates, due))
        for offset, expected in enumerate(self.frame.lines):
            if offset != data and cut:
                others = lines[start + offset : start + stride * len(cut) : stride]
                del cut[_equal(others, expected) :]
        if not cut:
            return []
        return self._decode_padded(cut) if self.gap else _decode(cut)

    def _cut(self, candidates: Sequence[bytes]) -> list[bytes]:
        """Cut what varies out of each line, quotes included, up to the first line that does not fit.

        All lines are cut alike. They fit if the pieces, put back between what must stand around each,
        are the lines again: one comparison for all of them.
        """
        before, behind = self.head[:-1], self.tail if self.gap else self.tail[1:]
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
                strings = set(map(type, texts + padding)) == {str}
                if strings and _is_padding("".join(padding)):
                    return texts
        texts = []
        for one in cut:
            quoted, found, padding_text = one.partition(gap)
            text = unquoted(quoted + b'"')
            if text is None or not found or not _is_padding(padding_text.decode(errors="replace")):
                break
            texts.append(text)
        return texts


def _list(text: bytes) -> list[Any]:
    """A JSON list; empty when the text is none."""
    try:
        values: list[Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    return values


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


def _decode(quoted: list[bytes]) -> list[str]:
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
        if len(texts) == len(quoted) and set(map(type, texts)) == {str}:
            return texts
    texts = []
    for one in quoted:
        text = unquoted(one)
        if text is None:
            break
        texts.append(text)
    return texts


class Echoes:
    """Keeps the templates of one stream that were found last."""

    def __init__(self) -> None:
        self._known: list[Template] = []
        self._dialect: Dialect | None = None
        self._key: str | None = None
        """What the dialect numbers its chunks by."""

    def template(
        self, frame: Frame, payload: Payload, dialect: Dialect | None, following: Sequence[bytes]
    ) -> Template | None:
        """The template of a chunk that was parsed in full, if there is one.

        Args:
            frame: Its lines.
            payload: What was parsed. Only looked at.
            dialect: The dialect of the stream; without one there are no echoes.
            following: The lines that would be the next chunk. A new template is only looked for if
                that chunk is an echo.
        """
        if dialect is not self._dialect:
            self._known, self._dialect = [], dialect
            self._key = getattr(dialect, "counter", None)  # Asking for the protocol costs more than the file.
        if dialect is None:
            return None
        number = self.due(payload) - 1
        for known in self._known:
            if known.fits(frame, number):
                return known
        found = _template(frame, payload, dialect, following, self._key)
        if found is not None:
            self._known = [found, *self._known[: KNOWN - 1]]
        return found

    def due(self, payload: Payload) -> int:
        """The number of the chunk behind this one, where chunks are numbered; otherwise anything."""
        number = None if self._key is None else payload.get(self._key)
        return number + 1 if type(number) is int else 0


def _template(
    frame: Frame, payload: Payload, dialect: Dialect, following: Sequence[bytes], key: str | None = None
) -> Template | None:
    """Find the one place whose text is the echo's, by trying what another text there would do."""
    text = dialect.echo(payload)
    if text is None or _MARK_JSON in frame.lines[frame.data]:
        return None
    counter = None if key is None else _counter(frame.lines[frame.data], key, payload)
    due = 0 if counter is None else counter.own + 1
    for template in _imagined(frame, text, counter):
        if template.run(following, 0, 1, due) and _proven(template, text, payload, dialect, key):
            return template
    return None


def _counter(line: bytes, key: str, payload: Payload) -> Counter | None:
    """The number in a line; ``None`` where the chunk has none."""
    number = payload.get(key)
    found = re.search(rb"%b[ \t]*:[ \t]*" % re.escape(orjson.dumps(key)), line)
    return Counter(found[0], number) if found and type(number) is int else None


def _imagined(frame: Frame, text: str, counter: Counter | None) -> Iterator[Template]:
    """Every template there could be: one a place at which the text stands, times the paddings behind it."""
    line = frame.lines[frame.data]
    loose = line.endswith(b" }")
    end = len(line[:-1].rstrip(b" ")) if loose else len(line)
    for quoted in [orjson.dumps(text)] if text.isascii() else [orjson.dumps(text), json.dumps(text).encode()]:
        at = line.find(quoted, frame.skip)
        for _ in range(_PLACES):
            if at < 0:
                break
            head, behind = line[: at + 1], at + len(quoted) - 1
            for match in _PADDING.finditer(line, behind):
                gap, tail = line[behind : match.start(1)], line[match.end(1) : end]
                yield Template(frame, head, gap, tail, loose, counter)
            yield Template(frame, head, b"", line[behind:end], loose, counter)
            at = line.find(quoted, at + 1)


def _proven(template: Template, text: str, payload: Payload, dialect: Dialect, key: str | None) -> bool:
    """Whether another text, other padding and the next number change just these and nothing else."""
    padding = template.gap[1:-1] + _FILLER_JSON if template.gap else b""
    head, tail = template.head[template.frame.skip : -1], template.tail[1:] + b"}" * template.loose
    probe, counter = head + _TEXT_JSON + padding + tail, template.counter
    try:
        if counter is not None and key is not None:
            own = counter.own
            (probe,) = Counter(counter.key, own + 1).put_back([probe], own)
        other = orjson.loads(probe)
        if type(other) is not dict or dialect.echo(other) != _TEXT:
            return False
        if counter is not None and key is not None:
            if other.get(key) != counter.own + 1:
                return False
            other[key] = counter.own
        place, original = _padded(other, payload)
        for padded in _PADDED:
            if place.get(padded) == _FILLER:
                place[padded] = original.get(padded)
        return orjson.dumps(other).replace(_TEXT_JSON, orjson.dumps(text)) == orjson.dumps(payload)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def _padded(other: Payload, payload: Payload) -> tuple[Payload, Payload]:
    """Where each of two chunks has its padding: at the top, or in the event that is all there is of it."""
    if len(other) == len(payload) == 1:
        ((event, original),) = zip(other.values(), payload.values(), strict=True)
        if isinstance(event, dict) and isinstance(original, dict):
            return event, original
    return other, payload
