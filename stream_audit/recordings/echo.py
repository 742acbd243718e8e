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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from stream_audit.model import Dialect, Payload
from stream_audit.recordings.parsing import unquoted

__all__ = ["Echoes", "Frame", "Template"]

RUN = 64
"""Echoes taken at a time at most; a run starts with few, so that a short one costs little."""
TRIES = 8
"""Templates in a row that may fail before building them stops for a while."""
PAUSE = 256
"""Chunks without trying. Some streams only settle down after a long preamble."""

_SENTINEL = "stream-audit:\u0001:text"
_SENTINEL_JSON = orjson.dumps(_SENTINEL)
_PLACES = 8
_RARE = b"3141592653589793238"
_PADDING = re.compile(rb'"(obfuscation|p)"[ \t]*:[ \t]*"([0-9A-Za-z]*)"')
"""Random text that a server appends to hide the length of the real one; no dialect folds it."""


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
    """The rest of the line, from a closing quote on."""

    def fits(self, frame: Frame) -> bool:
        """Whether a chunk that was parsed in full is one of this template."""
        if len(frame.lines) != len(self.frame.lines) or frame.data != self.frame.data:
            return False
        return len(self.run(frame.lines, 0)) == 1

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
        """Cut what varies out of each line, quotes included, up to the first line that does not fit."""
        head, tail = self.head, self.tail
        least, start = len(head), len(head) - 1
        stop = -len(tail) if self.gap else 1 - len(tail) or None
        cut = [
            line[start:stop] for line in candidates if line.startswith(head) and line.endswith(tail, least)
        ]
        if len(cut) != len(candidates):
            for count, line in enumerate(candidates):
                if not (line.startswith(head) and line.endswith(tail, least)):
                    return cut[:count]
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


def _equal(lines: Sequence[bytes], expected: bytes) -> int:
    """How many lines in a row are as expected, from the first on."""
    for count, line in enumerate(lines):
        if line != expected:
            return count
    return len(lines)


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
    """Finds and keeps the template of one stream, and knows when to stop looking."""

    def __init__(self) -> None:
        self._template: Template | None = None
        self._failed = 0
        self._pause = 0

    def resting(self) -> bool:
        """Called once for each chunk parsed in full; true while templates do not pay."""
        if self._pause:
            self._pause -= 1
            return True
        return False

    def learn(self, frame: Frame, payload: Payload, dialect: Dialect | None) -> Template | None:
        """Take a chunk that was parsed in full; the template its echoes follow, if there is one."""
        if self._template is not None and self._template.fits(frame):
            return self._template
        self._template = None if dialect is None else _template(frame, payload, dialect)
        self._failed += 1
        if self._failed >= TRIES:
            self._pause = PAUSE
        return self._template

    def hit(self) -> None:
        """The template served."""
        self._failed = 0


def _template(frame: Frame, payload: Payload, dialect: Dialect) -> Template | None:
    """Find the one place whose text is the echo's, by trying what another text there would do."""
    text = dialect.echo(payload)
    line = frame.lines[frame.data]
    if text is None or _SENTINEL_JSON in line:
        return None
    for quoted in dict.fromkeys((orjson.dumps(text), json.dumps(text).encode())):
        at = line.find(quoted, frame.skip)
        for _ in range(_PLACES):
            if at < 0:
                break
            head, tail = line[: at + 1], line[at + len(quoted) - 1 :]
            if _proven(head[frame.skip : -1] + _SENTINEL_JSON + tail[1:], text, payload, dialect):
                return _with_padding(frame, head, tail, payload)
            at = line.find(quoted, at + 1)
    return None


def _proven(changed: bytes, text: str, payload: Payload, dialect: Dialect) -> bool:
    """Whether putting the sentinel there changed the echo's text and nothing else."""
    try:
        other = orjson.loads(changed)
        if type(other) is not dict or dialect.echo(other) != _SENTINEL:
            return False
        return orjson.dumps(other).replace(_SENTINEL_JSON, orjson.dumps(text)) == orjson.dumps(payload)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def _with_padding(frame: Frame, head: bytes, tail: bytes, payload: Payload) -> Template:
    """Let the padding vary too, where it stands behind the text as a top-level field of its own."""
    for match in _PADDING.finditer(tail):
        key, value = match[1].decode(), match[2].decode()
        changed = tail[: match.start(2)] + b"0x" + tail[match.end(2) :]
        try:
            other = orjson.loads(head[frame.skip : -1] + b'""' + changed[1:])
        except orjson.JSONDecodeError:
            continue
        if payload.get(key) == value and other.get(key) == "0x":
            return Template(frame, head, tail[: match.start(2)], tail[match.end(2) :])
    return Template(frame, head, b"", tail)
