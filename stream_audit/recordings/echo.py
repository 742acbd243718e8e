"""Chunks that repeat the one before but for a text, told by comparing bytes instead of parsing JSON.

Most chunks of a stream differ in one short text. Once the place of that text
in the line is known, and proven by parsing the line with another text there,
the lines that follow need their constant parts compared and the text decoded,
nothing else. Whatever does not fit is parsed in full, so a template can cost
time but never change what is read.

Some servers number their chunks. What number is due is known, so it is put back
to the template's own before anything is compared. Others put a clock into each,
of which only the first says anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import orjson

from stream_audit.model import Dialect, Payload
from stream_audit.recordings.template import Counter, Frame, Template

__all__ = ["Echoes"]

KNOWN = 4
"""Templates kept. A stream that alternates, between two tool calls say, comes back to each."""

_PLACES = 8
_MARK = "stream-audit:\u0001:"
_MARK_JSON = orjson.dumps(_MARK)[1:-1]
_TEXT, _FILLER = f"{_MARK}text", f"{_MARK}padding"
_TEXT_JSON, _FILLER_JSON = orjson.dumps(_TEXT), orjson.dumps(_FILLER)
_PADDING = re.compile(rb'"(?:obfuscation|p)"[ \t]*:[ \t]*"([0-9A-Za-z]*)"')
"""Random text that a server appends to hide the length of the real one; no dialect folds it."""
_CLOCK = rb'"%b"[ \t]*:[ \t]*"([^"\\]+)"'
_PADDED = ("obfuscation", "p")


class Echoes:
    """Keeps the templates of one stream that were found last."""

    def __init__(self) -> None:
        self._known: list[Template] = []
        self._dialect: Dialect | None = None
        self._key: str | None = None
        """What the dialect numbers its chunks by."""
        self._clock: str | None = None
        """What it puts the time under."""

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
            # Asking for a protocol costs more than the file.
            self._key, self._clock = getattr(dialect, "counter", None), getattr(dialect, "clock", None)
        if dialect is None:
            return None
        number = self.due(payload) - 1
        for known in self._known:
            if known.fits(frame, number):
                return known
        found = _template(frame, payload, dialect, following, self._key, self._clock)
        if found is not None:
            self._known = [found, *self._known[: KNOWN - 1]]
        return found

    def due(self, payload: Payload) -> int:
        """The number of the chunk behind this one, where chunks are numbered; otherwise anything."""
        number = None if self._key is None else payload.get(self._key)
        return number + 1 if type(number) is int else 0


def _template(
    frame: Frame,
    payload: Payload,
    dialect: Dialect,
    following: Sequence[bytes],
    key: str | None = None,
    clock: str | None = None,
) -> Template | None:
    """Find the one place whose text is the echo's, by trying what another text there would do."""
    text = dialect.echo(payload)
    if text is None or _MARK_JSON in frame.lines[frame.data]:
        return None
    counter = None if key is None else _counter(frame.lines[frame.data], key, payload)
    due = 0 if counter is None else counter.own + 1
    for template in _imagined(frame, text, counter, clock):
        if template.run(following, 0, 1, due) and _proven(
            template, text, payload, dialect, clock if template.clocked else key
        ):
            return template
    return None


def _counter(line: bytes, key: str, payload: Payload) -> Counter | None:
    """The number in a line; ``None`` where the chunk has none."""
    number = payload.get(key)
    found = re.search(rb"%b[ \t]*:[ \t]*" % re.escape(orjson.dumps(key)), line)
    return Counter(found[0], number) if found and type(number) is int else None


def _imagined(frame: Frame, text: str, counter: Counter | None, clock: str | None) -> Iterator[Template]:
    """Every template there could be: one a place at which the text stands, times what may vary beside it."""
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
            for match in re.finditer(_CLOCK % clock.encode(), line[:at]) if clock else ():
                gap = line[match.end(1) : at + 1]
                yield Template(frame, line[: match.start(1)], gap, line[behind:end], loose, clocked=True)
            yield Template(frame, head, b"", line[behind:end], loose, counter)
            at = line.find(quoted, at + 1)


def _proven(template: Template, text: str, payload: Payload, dialect: Dialect, key: str | None) -> bool:
    """Whether another text, and another of what else may vary, change just these and nothing else.

    ``key`` is that of the number, or of the clock of a template that has one.
    """
    probe, counter = _probe(template), template.counter
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
        for filled in (key,) if template.clocked else _PADDED:
            if filled is not None and place.get(filled) == _FILLER:
                place[filled] = original.get(filled)
        return orjson.dumps(other).replace(_TEXT_JSON, orjson.dumps(text)) == orjson.dumps(payload)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def _probe(template: Template) -> bytes:
    """The chunk with another text, and with a filler for its padding or its clock."""
    pair = (_FILLER_JSON, _TEXT_JSON) if template.clocked else (_TEXT_JSON, _FILLER_JSON)
    varied = template.gap[1:-1].join(pair) if template.gap else _TEXT_JSON
    head, tail = template.head[template.frame.skip : -1], template.tail[1:] + b"}" * template.loose
    return head + varied + tail


def _padded(other: Payload, payload: Payload) -> tuple[Payload, Payload]:
    """Where each of two chunks has its padding: at the top, or in the event that is all there is of it."""
    if len(other) == len(payload) == 1:
        ((event, original),) = zip(other.values(), payload.values(), strict=True)
        if isinstance(event, dict) and isinstance(original, dict):
            return event, original
    return other, payload
