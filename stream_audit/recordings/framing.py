"""From lines to JSON texts: JSONL and server-sent events, told line by line.

A line that starts with ``{`` is a chunk; ``data:`` begins or continues an
event. The first line that holds anything decides what a line that is neither
is called, nothing more: a log that mixes the forms loses nothing.
"""

from __future__ import annotations

from stream_audit.model import Payload
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.echo import RUN, Echoes, Frame, Template
from stream_audit.recordings.lines import LONGEST, Lines
from stream_audit.recordings.parsing import NOTHING, parse

__all__ = ["Framer"]

_DONE = (b"[DONE]", b'"[DONE]"')
_FIELDS = (b"data", b"event", b"id", b"retry")
_TOO_LONG = f"longer than {LONGEST // 2**20} MiB, and skipped"


class Framer:
    """Reads the lines of one file.

    Args:
        chunks: Takes what the lines hold.
        echoes: Whether to look for chunks that only repeat the one before with another text.
    """

    def __init__(self, chunks: Chunks, *, echoes: bool) -> None:
        self._chunks = chunks
        self._echoes = Echoes() if echoes else None
        self._template: Template | None = None
        """Set while the last chunk is one whose echoes may follow."""
        self._sse: bool | None = None
        self._data: list[tuple[int, bytes]] = []
        """Line number and value of each ``data`` field of the event being read."""
        self._size = 0
        self._texts: list[bytes] = []
        self._first = 1
        self._index = 0
        self._event = 0
        """Index of the line that may begin an event; -1 when it lies in an earlier block."""
        self.empty = True
        """Nothing but blank lines so far."""

    def feed(self, lines: Lines) -> None:
        """Take consecutive lines."""
        texts = self._texts = lines.texts
        self._first = lines.first
        self._event = -1 if self._data else 0
        self._template = None  # No batch begins with an echo.
        index, count = 0, len(texts)
        while index < count and not self._chunks.refused:
            if self._template is not None:
                index = self._repeat(self._template, index)
                if index == count:
                    break
            self._index = index
            self._line(texts[index], lines.first + index, unended=lines.unended and index == count - 1)
            index += 1
        if lines.too_long:
            self.empty = False
            self._chunks.problem("line-too-long", lines.too_long, f"a line {_TOO_LONG}")
        self._chunks.flush()

    def finish(self) -> None:
        """The file is over; an event without its blank line still counts."""
        if self._data and not self._chunks.refused:
            self._dispatch(unended=True)

    def _repeat(self, template: Template, index: int) -> int:
        """Take the echoes that stand from a line on; the index of the line behind them."""
        texts, frame = self._texts, template.frame
        stride, skip, most = len(frame.lines), frame.skip, 4
        while echoes := template.run(texts, index, most):
            start, stop = index + frame.data, index + stride * len(echoes)
            raws = texts[start:stop:stride]
            if skip:
                raws = [line[skip:] for line in raws]
            self._chunks.echoes(echoes, range(self._first + start, self._first + stop, stride), raws)
            index, most = stop, min(4 * most, RUN)
            if self._echoes is not None:
                self._echoes.hit()
        self._event = index
        return index

    def _line(self, line: bytes, number: int, *, unended: bool) -> None:
        self._template = None
        if line.startswith(b"{"):
            self._json(line, number, unended=unended)
        elif not line or line.isspace():
            if self._data:
                self._dispatch(blank=True)
            self._event = self._index + 1
        else:
            self.empty = False
            name, colon, value = line.partition(b":")
            if not name or (name in _FIELDS and (colon or self._sse is not False)):
                self._sse = True if self._sse is None else self._sse
                if name == b"data":
                    self._field(value.removeprefix(b" "), number)
            else:
                self._other(line, number, unended=unended)

    def _json(self, text: bytes, number: int, *, unended: bool) -> None:
        self.empty = False
        if self._data:
            self._dispatch()
        if self._sse is None:
            self._sse = False
        self._event = self._index + 1
        payload = self._chunks.take(text, number, unended=unended)
        if payload is not None and self._echoes is not None and not self._echoes.resting():
            self._template = self._echoes.learn(Frame((text,), 0, 0), payload, self._chunks.dialect)

    def _other(self, line: bytes, number: int, *, unended: bool) -> None:
        """Take a line that is neither a chunk nor a field: indented, an end marker, or junk."""
        text = line.strip()
        if text.startswith(b"{"):
            self._json(text, number, unended=unended)
            return
        self._event = self._index + 1
        if text in _DONE:
            if self._data:
                self._dispatch()
            self._chunks.done()
        elif self._sse or text.partition(b":")[0] in _FIELDS:
            self._chunks.problem("sse-junk-line", number, "a line that is no field of an event stream", line)
        else:
            self._sse = False
            self._not_object(text, number, unended=unended)

    def _not_object(self, text: bytes, number: int, *, unended: bool) -> None:
        value, flaw = parse(text)
        if value is not NOTHING or flaw is None:
            self._chunks.problem("line-not-object", number, "JSON, but not an object", text)
        elif flaw.unended and unended:
            self._chunks.problem("line-cut-off", number, "the file ends in the middle of this line", text)
        else:
            self._chunks.problem(flaw.rule, number, flaw.message, text)

    # ---- events

    def _field(self, value: bytes, number: int) -> None:
        """Take a ``data`` field.

        Two objects on two lines are two events, though the blank line is missing: no JSON spans both.
        """
        if len(self._data) == 1 and (value.startswith(b"{") or value in _DONE):
            text = self._data[0][1].strip()
            if text in _DONE or (text.endswith(b"}") and parse(text)[0] is not NOTHING):
                self._dispatch()
        self._data.append((number, value))
        self._size += len(value)
        if self._size > LONGEST:
            self._chunks.problem("line-too-long", self._data[0][0], f"an event {_TOO_LONG}")
            self._data, self._size = [], 0

    def _dispatch(self, *, blank: bool = False, unended: bool = False) -> None:
        """The event is complete: by its blank line, by the next event, or by the end of the file."""
        data, self._data, self._size = self._data, [], 0
        number, text = data[0][0], b"\n".join([value for _, value in data]).strip()
        if text in _DONE:
            self._chunks.done()
        elif text.startswith(b"{") and (len(data) == 1 or parse(text)[0] is not NOTHING):
            payload = self._chunks.take(text, number, unended=unended)
            if blank and payload is not None:
                self._learn_event(number, len(data[0][1]), payload)
        elif len(data) > 1 and any(value.startswith(b"{") or value in _DONE for _, value in data):
            for field in data:
                self._data = [field]
                self._dispatch(unended=unended)
        elif text:
            self._no_object(text, number)

    def _learn_event(self, number: int, size: int, payload: Payload) -> None:
        """Learn what the lines of this event look like, if all of them lie in this block."""
        at = number - self._first - self._event
        if self._event < 0 or at < 0 or self._echoes is None or self._echoes.resting():
            return
        lines = tuple(self._texts[self._event : self._index + 1])
        if len(lines[at]) >= size:
            frame = Frame(lines, at, len(lines[at]) - size)
            self._template = self._echoes.learn(frame, payload, self._chunks.dialect)

    def _no_object(self, text: bytes, number: int) -> None:
        if parse(text)[0] is NOTHING:
            self._chunks.problem("sse-comment-as-data", number, "an event whose data is not JSON", text)
        else:
            self._chunks.problem("line-not-object", number, "JSON, but not an object", text)
