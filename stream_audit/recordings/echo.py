"""Chunks that repeat the one before but for a text, told by comparing bytes instead of parsing JSON.

Most chunks of a stream differ in one short text. Once the place of that text
in the line is known, and proven by parsing the line with another text there,
the lines that follow need their constant parts compared and the text decoded,
nothing else. Whatever does not fit is parsed in full, so a template can cost
time but never change what is read.
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

__all__ = ["Echoes", "Frame", "Template"]

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

    def fits(self, frame: Frame) -> bool:
        """Whether a chunk that was parsed in full is one of this template."""
        if len(frame.lines) != len(self.frame.lines) or frame.data != self.frame.data:
            return False
        return frame.lines[frame.data].startswith(self.head) and len(self.run(frame.lines, 0)) == 1

    def run(self, lines: Sequence[bytes], start: int, most: int = 1) -> list[str]:
        """Read up to ``most`` echoes that stand one behind the other from a line on.

        Returns:
            Their texts; each takes as many lines as the frame has.
        """
        data, stride = self.frame.data, len(self.frame.lines)
        cut = self._cut(lines[start + data : start + stride * most : stride])
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
        if dialect is None:
            return None
        for known in self._known:
            if known.fits(frame):
                return known
        found = _template(frame, payload, dialect, following)
        if found is not None:
            self._known = [found, *self._known[: KNOWN - 1]]
        return found


def _template(
    frame: Frame, payload: Payload, dialect: Dialect, following: Sequence[bytes]
) -> Template | None:
    """Find the one place whose text is the echo's, by trying what another text there would do."""
    text = dialect.echo(payload)
    if text is None or _MARK_JSON in frame.lines[frame.data]:
        return None
    for template in _imagined(frame, text):
        if template.run(following, 0) and _proven(template, text, payload, dialect):
            return template
    return None


def _imagined(frame: Frame, text: str) -> Iterator[Template]:
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
                yield Template(frame, head, line[behind : match.start(1)], line[match.end(1) : end], loose)
            yield Template(frame, head, b"", line[behind:end], loose)
            at = line.find(quoted, at + 1)


def _proven(template: Template, text: str, payload: Payload, dialect: Dialect) -> bool:
    """Whether another text, and other padding, changes the echo's text and the padding and nothing else."""
    padding = template.gap[1:-1] + _FILLER_JSON if template.gap else b""
    head, tail = template.head[template.frame.skip : -1], template.tail[1:] + b"}" * template.loose
    try:
        other = orjson.loads(head + _TEXT_JSON + padding + tail)
        if type(other) is not dict or dialect.echo(other) != _TEXT:
            return False
        place, original = _padded(other, payload)
        for key in _PADDED:
            if place.get(key) == _FILLER:
                place[key] = original.get(key)
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
