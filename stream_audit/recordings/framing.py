"""From lines to chunks: JSONL, envelopes and server-sent events, told line by line.

A line that starts with ``{`` is a chunk; ``data:`` starts or goes on with an
event. The first line that holds anything decides what a line that is neither
is called, nothing more: a log that mixes the forms loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.model import Payload, Problem
from stream_audit.recordings.envelope import FORMAT, VERSION, is_envelope, is_header, raw_chunk, unwrap
from stream_audit.recordings.lane import Lane
from stream_audit.recordings.lines import LONGEST, Lines
from stream_audit.recordings.parsing import NOTHING, Flaw, parse

__all__ = ["Framer"]

DONE = (b"[DONE]", b'"[DONE]"')
EXCERPT = 160
_FIELDS = (b"data", b"event", b"id", b"retry")


class Framer:
    """Reads the lines of one file and hands chunks to lanes.

    Args:
        path: The file as given.
        lane: Makes the lane of a stream label; ``None`` is the file's only stream.
        report: Takes problems that belong to no stream.
    """

    def __init__(
        self,
        path: str,
        lane: Callable[[str | None], Lane],
        report: Callable[[Problem], None],
        *,
        echoes: bool = True,
    ) -> None:
        self._path = path
        self._make = lane
        self._report = report
        self._lanes: dict[str, Lane] = {}
        self._plain: Lane | None = None
        self._sse: bool | None = None
        self._envelopes: bool | None = None
        self._data: list[bytes] = []
        self._data_line = 0
        self._items: list[Payload | str] = []
        self._lines: list[int] = []
        self._raws: list[bytes] = []
        self.empty = True
        """Nothing but blank lines so far."""
        self.refused = False
        """The file declares a newer format: nothing of it is read."""

    # ---- lines

    def feed(self, lines: Lines) -> None:
        """Take consecutive lines."""
        last = len(lines.texts) - 1
        for index, line in enumerate(lines.texts):
            if self.refused:
                return
            self._line(line, lines.first + index, unended=lines.unended and index == last)
        self._flush()
        if lines.too_long:
            self.empty = False
            message = f"the line is longer than {LONGEST // 2**20} MiB and was skipped"
            self._problem("line-too-long", lines.too_long, message, b"")

    def broken(self, rule: str, message: str) -> None:
        """The file cannot be read any further; what its last line began may be incomplete."""
        self._problem(rule, 0, message, b"")

    def finish(self) -> None:
        """The file is over; an event without its blank line still counts."""
        if not self.refused:
            self._dispatch(unended=True)
            self._flush()
        for lane in self._all_lanes():
            lane.finish()

    def _all_lanes(self) -> list[Lane]:
        return [*([] if self._plain is None else [self._plain]), *self._lanes.values()]

    def _line(self, line: bytes, number: int, *, unended: bool) -> None:
        if line.startswith(b"{"):
            self._json_line(line, number, unended=unended)
            return
        if not line or line.isspace():
            if self._data:
                self._dispatch()
            return
        self.empty = False
        name, colon, value = line.partition(b":")
        if line.startswith(b":") or (name in _FIELDS and (colon or self._sse)):
            self._sse = True if self._sse is None else self._sse
            if name == b"data":
                self._data_field(value.removeprefix(b" "), number)
            return
        text = line.strip(b" \t")
        if text.startswith(b"{"):
            self._json_line(text, number, unended=unended)
        elif text in DONE:
            self._done()
        else:
            self._junk(line, number, unended=unended)

    def _junk(self, line: bytes, number: int, *, unended: bool) -> None:
        if self._sse:
            self._problem("sse-junk-line", number, "a line that is no field of an event stream", line)
            return
        self._sse = False if self._sse is None else self._sse
        value, flaw = parse(line)
        if value is NOTHING and flaw is not None:
            self._flaw(flaw, number, line, unended=unended)
        else:
            self._problem("line-not-object", number, "JSON, but not an object", line)

    def _json_line(self, line: bytes, number: int, *, unended: bool) -> None:
        self.empty = False
        if self._data:
            self._dispatch()
        self._sse = False if self._sse is None else self._sse
        self._json(line, number, unended=unended)

    # ---- server-sent events

    def _data_field(self, value: bytes, number: int) -> None:
        if self._data and self._whole(value):
            self._dispatch()
        if not self._data:
            self._data_line = number
        self._data.append(value)

    def _whole(self, following: bytes) -> bool:
        """Whether the data so far is a chunk of its own, though no blank line follows it.

        Two JSON values in one event are never JSON, so nothing is guessed here.
        """
        if not (following.startswith(b"{") or following.strip() in DONE):
            return False
        data = b"\n".join(self._data)
        return data.strip() in DONE or (data.rstrip().endswith(b"}") and parse(data)[0] is not NOTHING)

    def _dispatch(self, *, unended: bool = False) -> None:
        if not self._data:
            return
        data, number = b"\n".join(self._data), self._data_line
        self._data = []
        text = data.strip()
        if not text:
            return
        if text in DONE:
            self._done()
        elif text.startswith(b"{"):
            self._json(text, number, unended=unended)
        else:
            value, flaw = parse(text)
            if value is NOTHING or flaw is not None:
                self._problem("sse-comment-as-data", number, "an event whose data is not JSON", text)
            else:
                self._problem("line-not-object", number, "JSON, but not an object", text)

    # ---- chunks

    def _json(self, text: bytes, number: int, *, unended: bool) -> None:
        value, flaw = parse(text)
        if value is NOTHING:
            assert flaw is not None
            self._flaw(flaw, number, text, unended=unended)
            return
        if self._envelopes is None and self._opening(value, number):
            return
        if self._envelopes:
            self._envelope(value, number, text, flaw)
            return
        self._items.append(value)
        self._lines.append(number)
        self._raws.append(text)
        if self._plain is None:
            self._plain = self._make(None)
        if flaw is not None:
            self._flaw(flaw, number, text, unended=False)
        elif self._plain.dialect is None:
            self._flush()

    def _opening(self, value: dict[str, Any], number: int) -> bool:
        """Learn from the first object whether the file holds envelopes. True: it was a header."""
        self._envelopes = is_header(value) or is_envelope(value)
        if not is_header(value):
            return False
        version = value.get("version")
        if type(version) is not int or version < 1:
            self._problem("envelope-broken", number, "the header has no version", b"")
        elif version > VERSION:
            self.refused = True
            message = f"written in version {version} of {FORMAT}, and this reader knows {VERSION}; not read"
            self._report(Problem("recording-format-newer", self._path, number, message))
        return True

    def _envelope(self, value: dict[str, Any], number: int, text: bytes, flaw: Flaw | None) -> None:
        if is_header(value) and "stream" not in value:
            return  # Files joined end to end.
        envelope = unwrap(value)
        if isinstance(envelope, str):
            self._problem("envelope-broken", number, envelope, text)
            return
        lane = self._lanes.get(envelope.stream)
        if lane is None:
            lane = self._lanes[envelope.stream] = self._make(envelope.stream)
        for key, label in envelope.labels.items():
            lane.labels.setdefault(key, label)
        if envelope.chunk is not None:
            lane.add([envelope.chunk], [number], [raw_chunk(text)])
        if flaw is not None:
            lane.problem(self._as_problem(flaw.rule, number, flaw.message, text))
        if envelope.end:
            lane.done()
            lane.finish()
            del self._lanes[envelope.stream]

    def _flush(self) -> None:
        if self._items and self._plain is not None:
            items, lines, raws = self._items, self._lines, self._raws
            self._items, self._lines, self._raws = [], [], []
            self._plain.add(items, lines, raws)

    def _done(self) -> None:
        self._flush()
        for lane in self._all_lanes():
            lane.done()

    # ---- problems

    def _flaw(self, flaw: Flaw, number: int, text: bytes, *, unended: bool) -> None:
        if flaw.unended and unended:
            self._problem("line-cut-off", number, "the file ends in the middle of this line", text)
        else:
            self._problem(flaw.rule, number, flaw.message, text)

    def _problem(self, rule: str, number: int, message: str, text: bytes) -> None:
        self._flush()
        problem = self._as_problem(rule, number, message, text)
        lanes = self._all_lanes()
        if self._envelopes is not True and self._plain is None:
            self._plain = self._make(None)
            self._plain.problem(problem)
        elif len(lanes) == 1:
            lanes[0].problem(problem)
        else:
            self._report(problem)

    def _as_problem(self, rule: str, number: int, message: str, text: bytes) -> Problem:
        excerpt = text[:EXCERPT].decode(errors="replace")
        return Problem(rule, self._path, number, message, None, excerpt)
