"""From lines to JSON texts: JSONL and server-sent events.

A line that starts with ``{`` is a chunk; ``data:`` begins or continues an
event. The first line that holds anything decides what a line that is neither
is called, nothing more: a log that mixes the forms loses nothing.

Lines are told one by one only until a chunk was clean. What follows is then
taken as many at a time as look like it; the first that does not, or of which
one says anything unusual, is told by itself again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from stream_audit.model import Payload
from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.echo import echoes_of
from stream_audit.recordings.framings.sent import Sent
from stream_audit.recordings.lines import LONGEST, Lines
from stream_audit.recordings.parsing import NOTHING, parse
from stream_audit.recordings.template import Frame

__all__ = ["Framer"]

_DONE = (b"[DONE]", b'"[DONE]"')
_FIELDS = (b"data", b"event", b"id", b"retry")
_SILENT = (b"", *_FIELDS[1:])
"""Fields that say nothing about the chunk; the nameless ones are comments."""
_OBJECT_BEHIND = re.compile(rb'[^{"]+\{".*\}$', re.DOTALL)
"""Data in which text stands before an object: a chunk that is lost, and no keep-alive."""
_AT_ONCE = 64
"""Chunks that are parsed at a time, at most. Measured: what is parsed must be folded and forgotten while
it is in the processor's cache."""
_ECHOES = 256
"""Echoes that are taken at a time, at most."""
_PAYS = 8
"""Echoes in a row for which it was worth looking for them."""
_PATIENCE = 512
"""Chunks to parse, at most, before looking for echoes again."""
_TOO_LONG = f"longer than {LONGEST // 2**20} MiB, and skipped"


class Framer:
    """Reads the lines of one file.

    Args:
        chunks: Takes what the lines hold.
        echoes: Whether to look for chunks that only repeat the one before with another text.
        sent: Keeps with each chunk of an event stream the bytes it was sent in; not along with echoes.
    """

    def __init__(self, chunks: Chunks, *, echoes: bool, sent: Sent | None = None) -> None:
        self._chunks = chunks
        self._left = 0 if echoes else sys.maxsize
        """Chunks to parse before looking for echoes again."""
        self._wait = 1
        """How many that will be when there are few: more each time."""
        self._frame: Frame | None = None
        """What the lines of the last chunk looked like, if it was clean and ended with them."""
        self._payload: Payload | None = None
        """That chunk, if echoes of it may follow: no batch begins with an echo."""
        self._sse: bool | None = None
        self._events = False
        """A ``data`` field was met: there are events, whatever came first."""
        self._data: list[tuple[int, bytes]] = []
        """Line number and value of each ``data`` field of the event being read."""
        self._size = 0
        self._texts: list[bytes] = []
        self._first = 1
        self._index = 0
        self._event = 0
        """Index of the line that may begin an event; -1 when it lies in an earlier block."""
        self._alone = 0
        """Index before which every line is told by itself."""
        self._parsed = 0
        """Chunks parsed at once since the last pause."""
        self._sent = sent

    def feed(self, lines: Lines) -> Iterator[None]:
        """Take consecutive lines, with a pause whenever chunks were handed on."""
        texts = self._texts = lines.texts
        self._first = lines.first
        self._event = -1 if self._data else 0
        self._alone = 0
        self._payload = None
        index, count = 0, len(texts)
        while index < count and not self._chunks.refused:
            self._index = index
            if self._frame is not None and index >= self._alone:
                index = self._event = self._alike(self._frame, index)
            if index == self._index:
                self._line(texts[index], lines.first + index, unended=lines.unended and index == count - 1)
                index += 1
            elif self._parsed >= _AT_ONCE:
                self._flush()
                yield
        if lines.too_long:
            self._chunks.empty, self._frame = False, None
            self._chunks.problem("line-too-long", lines.too_long, f"a line {_TOO_LONG}")
        self._flush()
        yield

    def _flush(self) -> None:
        self._chunks.flush()
        self._payload, self._parsed = None, 0

    def finish(self) -> None:
        """The file is over; an event without its blank line still counts."""
        if self._data and not self._chunks.refused:
            self._dispatch(unended=True)
        if self._sent is not None:
            self._sent.finish()

    # ---- many chunks at once

    def _alike(self, frame: Frame, index: int) -> int:
        """Take chunks that look like the last one: its echoes, then some more that are parsed at once.

        Returns:
            The index of the line behind them.
        """
        if not self._left and self._payload is not None:
            index = self._repeat(frame, self._payload, index)
        count = self._count(frame, index)
        return self._parse(frame, index, count) if count else index

    def _repeat(self, frame: Frame, payload: Payload, index: int) -> int:
        """Take the echoes that stand from a line on; the index of the line behind them."""
        texts, stride, start = self._texts, len(frame.lines), index
        before, following = texts[max(index - 2 * stride, 0) : index], texts[index : index + stride]
        template, due = None, 0
        if self._chunks.dialect is not None:
            of_dialect = echoes_of(self._chunks.dialect)
            template = of_dialect.template(frame, payload, before, following)
            due = of_dialect.due(payload)
        while template is not None and (echoes := template.run(texts, index, _ECHOES, due)):
            found = len(echoes)
            if template.has_totals:
                del echoes[-1]  # The last is parsed, so that its totals are read.
            stop, due = index + stride * len(echoes), due + len(echoes)
            raws, numbers = self._cut(frame, index, stop)
            self._chunks.repeat(echoes, numbers, raws)
            index = stop
            if found < _ECHOES:
                break
        if index - start >= stride * _PAYS:
            self._wait = 1
        self._left, self._wait = self._wait, min(8 * self._wait, _PATIENCE)
        return index

    def _count(self, frame: Frame, index: int) -> int:
        """How many events from a line on, but no more than wanted, may be clean chunks."""
        texts, stride = self._texts, len(frame.lines)
        count = min(self._left or 1, _AT_ONCE, (len(texts) - index) // stride)
        begin = frame.lines[frame.data][: frame.skip] + b"{"
        for offset, line in enumerate(frame.lines):
            lines = texts[index + offset : index + stride * count : stride]
            if offset == frame.data:
                fits = [other.startswith(begin) for other in lines]
            elif lines.count(line) == count:
                continue
            else:
                fits = [other == line or (_is_silent(other) and _is_silent(line)) for other in lines]
            if False in fits:
                count = fits.index(False)
        return count

    def _parse(self, frame: Frame, index: int, count: int) -> int:
        """Take so many events, unless one of them holds anything but a clean chunk.

        Returns:
            The index of the line behind them.
        """
        stride = len(frame.lines)
        stop = index + stride * count
        payload = self._chunks.take_all(*self._cut(frame, index, stop))
        if payload is None:
            self._alone = stop
            return index
        self._payload = payload
        self._frame = Frame(tuple(self._texts[stop - stride : stop]), frame.data, frame.skip)
        self._left = max(self._left - count, 0)
        self._parsed += count
        return stop

    def _cut(self, frame: Frame, index: int, stop: int) -> tuple[list[bytes], range]:
        """The JSON text of each event from a line to another, and the number of the line it stands on."""
        start, stride, skip = index + frame.data, len(frame.lines), frame.skip
        texts = self._texts[start:stop:stride]
        if skip:
            texts = [line[skip:].rstrip() for line in texts]
        return texts, range(self._first + start, self._first + stop, stride)

    # ---- line by line

    def _line(self, line: bytes, number: int, *, unended: bool) -> None:
        self._frame = None
        blank = not line or line.isspace()
        if self._sent is not None and blank:  # It belongs to the event that it ends.
            self._sent.line(line)
        self._tell(line, number, blank=blank, unended=unended)
        if self._sent is not None and not blank:  # It begins another event than it may have ended.
            self._sent.line(line, unended=unended)

    def _tell(self, line: bytes, number: int, *, blank: bool, unended: bool) -> None:
        if line.startswith(b"{"):
            self._json(line, number, unended=unended)
        elif blank:
            if self._data:
                self._dispatch(blank=True)
            self._event = self._index + 1
        else:
            self._chunks.empty = False
            name, colon, value = line.partition(b":")
            if self._is_field(name, colon, value):
                self._sse = True if self._sse is None else self._sse
                if name == b"data":
                    self._field(value.removeprefix(b" "), number)
            else:
                self._other(line, number, unended=unended)

    def _is_field(self, name: bytes, colon: bytes, value: bytes) -> bool:
        """Whether a line is a comment or a field. Among JSON lines it may be a damaged one of these."""
        if name and not (name in _FIELDS and (colon or self._sse is not False)):
            return False
        events = self._sse is not False or self._events
        return events or name == b"data" or not value.lstrip().startswith((b"{", b'"'))

    def _json(self, text: bytes, number: int, *, unended: bool) -> None:
        self._chunks.empty = False
        if self._data:
            self._dispatch()
        if self._sse is None:
            self._sse = False
        self._event = self._index + 1
        self._payload = self._chunks.take(text, number, unended=unended)
        if self._payload is not None:
            self._frame = Frame((text,), 0, 0)

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
            self._chunks.problem(
                "line-cut-off", number, "the recording ends in the middle of this line", text
            )
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
                self._event = self._index
        self._events = True
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
            framed = text if self._sent is None else self._sent.framed(text)
            self._payload = self._chunks.take(framed, number, unended=unended)
            if blank and len(data) == 1 and self._payload is not None and self._sent is None:
                self._remember_event(number, len(data[0][1]))
        elif len(data) > 1 and any(value.startswith(b"{") or value in _DONE for _, value in data):
            for field in data:
                self._data = [field]
                self._dispatch(unended=unended)
        elif text:
            self._no_object(text, number)

    def _remember_event(self, number: int, size: int) -> None:
        """Remember what the lines of this event look like, if all of them lie in this block."""
        at = number - self._first - self._event
        if self._event < 0 or at < 0:
            return
        lines = tuple(self._texts[self._event : self._index + 1])
        self._frame = Frame(lines, at, len(lines[at]) - size)

    def _no_object(self, text: bytes, number: int) -> None:
        value, flaw = parse(text)
        if value is not NOTHING or flaw is None:
            self._chunks.problem("line-not-object", number, "JSON, but not an object", text)
        elif _OBJECT_BEHIND.match(text):
            self._chunks.problem(flaw.rule, number, flaw.message, text)
        else:
            what = 'data behind a second "data:"' if text.startswith(b"data:") else "an event whose data"
            self._chunks.problem("sse-comment-as-data", number, f"{what} is not JSON", text)


def _is_silent(line: bytes) -> bool:
    """Whether a line of an event is a comment, or a field other than its data."""
    name, colon, _ = line.partition(b":")
    return bool(colon) and name in _SILENT
