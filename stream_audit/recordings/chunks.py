"""From JSON texts to lanes: a plain chunk, an envelope, an end marker, or a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stream_audit.model import Dialect, Payload, Problem
from stream_audit.recordings.envelope import (
    FORMAT,
    VERSION,
    is_envelope,
    is_header,
    labels,
    opened,
    opened_all,
    wrong,
)
from stream_audit.recordings.hints import line_looks_like
from stream_audit.recordings.lane import Lane
from stream_audit.recordings.parsing import NOTHING, Flaw, objects, parse
from stream_audit.recordings.place import Place

__all__ = ["EXCERPT", "Chunks"]

EXCERPT = 160
"""Bytes of a bad line that its problem shows."""
_NO_CHUNK = frozenset({"line-not-json", "line-not-object"})
"""What is said of lines that may be of a file that is no recording."""


class Chunks:
    """Routes the chunks of one file.

    Args:
        path: The file as given.
        make: Makes the lane of a stream label; ``None`` is the file's only stream.
        report: Takes problems that belong to no stream.
        place: Where in the file the chunks stand, if they are not all of it.
    """

    def __init__(
        self,
        path: str,
        make: Callable[[str | None], Lane],
        report: Callable[[Problem], None],
        place: Place | None = None,
    ) -> None:
        self._path = path
        self._make = make
        self._report = report
        self._place = place
        self._plain = make(None)
        self._lanes: dict[str, Lane] = {}
        self._touched: dict[str, Lane] = {}
        self._enveloped: bool | None = None
        self._hinted = False
        """It was said what such lines look like; once a file is enough."""
        self.refused = False
        """The file declares a newer format: nothing of it is read."""
        self.empty = True
        """Nothing but blanks so far. Whoever reads something else says so."""

    @property
    def dialect(self) -> Dialect | None:
        """The dialect of the file's only stream, once known."""
        return None if self._enveloped else self._plain.dialect

    def take(self, text: bytes, number: int, *, unended: bool = False) -> Payload | None:
        """Take the JSON text of an object, from its opening brace on.

        Args:
            text: The text.
            number: The line it stands on.
            unended: The file ends right behind it.

        Returns:
            What was parsed, if it has no flaw and is a chunk of a known dialect or an envelope of one.
        """
        if self._enveloped:
            return self._envelope(text, number, unended=unended)
        value, flaw = parse(text)
        lane = self._plain
        if value is NOTHING:
            self._flaw(flaw, number, text, unended=unended)
            return None
        if self._enveloped is None and self._opens_envelopes(value, text, number):
            return None
        lane.take([value], [number], [text])
        if flaw is not None:
            self._flaw(flaw, number, text)
        elif not lane.undecided or lane.decide():
            payload: Payload = value
            return payload
        return None

    def take_all(self, texts: Sequence[bytes], numbers: Sequence[int]) -> Payload | None:
        """Take more of the same at once, after ``take`` returned something, if all are as clean.

        Returns:
            What ``take`` would return for the last; ``None`` if nothing was taken.
        """
        if self._enveloped:
            envelopes = opened_all(texts)
            for (value, raw), number in zip(envelopes or (), numbers, strict=False):
                self._add(value, raw, number)
            return envelopes[-1][0] if envelopes else None
        values = objects(texts)
        if values is None:
            return None
        self._plain.take(values, numbers, texts)
        return values[-1]

    def repeat(self, echoes: Sequence[str], numbers: Sequence[int], raws: Sequence[bytes]) -> None:
        """Take echoes of the plain chunk last taken; nothing may have come between, not even a ``flush``."""
        self._plain.repeat(echoes, numbers, raws)

    def done(self) -> None:
        """An end marker: it ends whatever is open."""
        for lane in (self._plain, *self._lanes.values()):
            lane.done()

    def flush(self) -> None:
        """Hand on what was taken."""
        self._plain.flush()
        for lane in self._touched.values():
            lane.flush()
        self._touched.clear()

    def finish(self) -> None:
        """The file is over."""
        for lane in (self._plain, *self._lanes.values()):
            lane.finish()

    def problem(self, rule: str, number: int, message: str, text: bytes = b"") -> None:
        """Report what could not be read as sent, and let the recording it stands in know."""
        self.add(self._described(rule, number, message, text))

    def add(self, problem: Problem) -> None:
        """Let the recording that a problem stands in know, or report it."""
        if not self._enveloped:
            self._plain.problem(problem)
        elif len(self._lanes) == 1:
            next(iter(self._lanes.values())).problem(problem)
        else:
            self._report(problem)  # Nobody can tell which of the open streams it hurts.

    def _opens_envelopes(self, value: dict[str, Any], text: bytes, number: int) -> bool:
        """Learn from the first object whether the file holds envelopes; if so, deal with it."""
        if is_header(value):
            self._enveloped = True
            self._header(value, number, text)
        elif is_envelope(value):
            self._enveloped = True
            self._envelope(text, number)
        else:
            self._enveloped = False
        return self._enveloped

    def _header(self, value: dict[str, Any], number: int, text: bytes) -> None:
        version = value.get("version")
        if type(version) is not int or version < 1:
            self.problem("envelope-broken", number, '"version" is not a whole number from 1 on', text)
        elif version > VERSION:
            self.refused = True
            message = f"written in version {version} of {FORMAT}; version {VERSION} is known here; not read"
            self.problem("recording-format-newer", number, message, text)

    def _envelope(self, text: bytes, number: int, *, unended: bool = False) -> Payload | None:
        """Take an envelope; what it holds, if it is one of a chunk and nothing is wrong with it."""
        value, raw, flaw = opened(text)
        if value is NOTHING:
            self._flaw(flaw, number, text, unended=unended)
            return None
        if is_header(value):  # Files joined end to end.
            self._header(value, number, text)
            return None
        complaint = wrong(value)
        if complaint is not None:
            self.problem("envelope-broken", number, complaint, text)
            return None
        lane = self._add(value, raw, number)
        if flaw is not None:
            lane.problem(self._described(flaw.rule, number, flaw.message, text))
        if value.get("end"):
            lane.done()
            lane.finish()
            del self._lanes[str(value["stream"])]
        clean: Payload | None = value if raw and flaw is None else None
        return clean

    def _add(self, value: Payload, raw: bytes, number: int) -> Lane:
        """Add an envelope's chunk and labels to its lane."""
        lane = self._lane(str(value["stream"]))
        for key, label in labels(value).items():
            lane.labels.setdefault(key, label)
        if "at" in value:
            lane.arrived(value["at"])
        if raw:
            lane.take([value["chunk"]], [number], [raw])
        return lane

    def _lane(self, stream: str) -> Lane:
        lane = self._lanes.get(stream)
        if lane is None:
            lane = self._lanes[stream] = self._make(stream)
        self._touched[stream] = lane
        return lane

    def _flaw(self, flaw: Flaw | None, number: int, text: bytes, *, unended: bool = False) -> None:
        if flaw is None:
            return
        if flaw.unended and unended:
            self.problem("line-cut-off", number, "the recording ends in the middle of this line", text)
        else:
            self.problem(flaw.rule, number, flaw.message, text)

    def _described(self, rule: str, number: int, message: str, text: bytes) -> Problem:
        looks = line_looks_like(text) if rule in _NO_CHUNK and not self._hinted else ""
        if looks:
            message, self._hinted = f"{message}; {looks}", True
        if self._place is not None:
            number, message = self._place.line_of(number, message)
        return Problem(rule, self._path, number, message, None, text[:EXCERPT].decode(errors="replace"))
