"""Chunks that repeat the one before but for a text, told by comparing bytes instead of parsing JSON.

Most chunks of a stream differ in one short text. Once the place of that text
in the line is known, and proven by parsing the line with another text there,
the lines that follow need their constant parts compared and the text decoded,
nothing else. Whatever does not fit is parsed in full, so a template can cost
time, a bounded one, but never change what is read.

What else may vary is what folding a chunk once more would not need: padding,
clocks of which only the first says anything, the number that is due, and
running totals that the chunk behind replaces.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Hashable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Any, cast

import orjson

from stream_audit.model import Dialect, Payload
from stream_audit.recordings.columns import MOST
from stream_audit.recordings.template import Counter, Frame, Slot, Template

__all__ = ["Echoes", "echoes_of"]

KNOWN = 4
"""Templates kept for a dialect. A stream that alternates, between two tool calls say, comes back to each."""

_PLACES = 8
"""Places at which a value is looked for, at most: a line may repeat a key as often as it likes."""
_LONGEST = 64 * 1024
"""Bytes of the lines that a template is made of: they are kept."""
_MARK = "stream-audit:\u0001:"
_MARK_JSON = orjson.dumps(_MARK)[1:-1]
_TEXT, _FILLER, _TOTAL = f"{_MARK}text", f"{_MARK}filler", 271828182845904523
_TEXT_JSON = orjson.dumps(_TEXT)
_OTHER = {"text": _TEXT_JSON, "padding": orjson.dumps(_FILLER), "clock": orjson.dumps(_FILLER)}
_PADDING = re.compile(rb'"(obfuscation|p)"[ \t]*:[ \t]*("[0-9A-Za-z]*")')
"""Random text that a server appends to hide the length of the real one; no dialect folds it."""

_WHOLE = rb"\d+(?![\d.eE])"

_Place = tuple[int, int, Slot]
"""Where the value of a slot begins and ends in the line."""


class Echoes:
    """What the echoes of one dialect look like: what may vary in its chunks, and the templates found last.

    A template is proven of bytes, so it holds in every stream: one will do for all whose chunks carry no id.
    """

    def __init__(self, dialect: Dialect) -> None:
        """``dialect`` says what may vary: it is ``volatile``."""
        self.dialect = dialect
        self.counter, self.clock = dialect.volatile.counter, dialect.volatile.clock
        self.totals_under, keys = dialect.volatile.totals or ("", ())
        """The key of an object at the top in which running totals stand."""
        self.number_pattern = None if self.counter is None else _under(self.counter, _WHOLE)
        self.clock_pattern = None if self.clock is None else _under(self.clock, rb'"[^"\\]+"')
        self.total_patterns = {key: _under(key, _WHOLE) for key in keys}
        self._known: list[Template] = []

    def template(
        self, frame: Frame, payload: Payload, before: Sequence[bytes], following: Sequence[bytes]
    ) -> Template | None:
        """The template of a chunk that was parsed in full, if there is one.

        Args:
            frame: Its lines.
            payload: What was parsed. Only looked at.
            before: Its lines behind those of the chunk before, where they are at hand. Totals vary only
                once they were seen to grow.
            following: The lines that would be the next chunk. A new template is only proven if
                that chunk looks like an echo.
        """
        text = self.dialect.echo(payload)
        if text is None:  # A text that is empty fits a template, and does not say where the next one goes.
            return None
        number = self.due(payload) - 1
        for known in self._known:
            if known.fits(frame, text, number):
                break
        else:
            found = self._found(frame, payload, text, following)
            if found is None:
                return None
            known, self._known = found, [found, *self._known[: KNOWN - 1]]
        return known if not known.has_totals or known.grows(before) else None

    def due(self, payload: Payload) -> int:
        """The number of the chunk behind this one, where chunks are numbered; otherwise anything."""
        number = None if self.counter is None else payload.get(self.counter)
        return number + 1 if type(number) is int else 0

    def _found(
        self, frame: Frame, payload: Payload, text: str, following: Sequence[bytes]
    ) -> Template | None:
        """Find the one place whose text is the echo's, by trying what another text there would do."""
        line = frame.lines[frame.data]
        if sum(map(len, frame.lines)) > _LONGEST or _MARK_JSON in line or len(following) < len(frame.lines):
            return None
        next_line = following[frame.data]
        for template in _imagined(frame, payload, text, next_line, self):
            if template.resembles(next_line) and _proven(template, text, payload, self):
                return template
        return None


def _under(key: str, value: bytes) -> re.Pattern[bytes]:
    """Finds such a value under a key."""
    return re.compile(rb"%b[ \t]*:[ \t]*(%b)" % (re.escape(orjson.dumps(key)), value))


_cached = functools.cache(Echoes)


def echoes_of(dialect: Dialect) -> Echoes:
    """Those of a dialect, the same object each time."""
    return _cached(cast("Hashable", dialect))


def _imagined(
    frame: Frame, payload: Payload, text: str, following: bytes, echoes: Echoes
) -> Iterator[Template]:
    """Every template there could be: one a place at which the text stands, times what may vary beside it."""
    line = frame.lines[frame.data]
    loose = line.endswith(b" }")
    end = len(line[:-1].rstrip(b" ")) if loose else len(line)
    counted = None if echoes.counter is None else payload.get(echoes.counter)
    totals = _totals(line, payload, following, echoes)
    for quoted in [orjson.dumps(text)] if text.isascii() else [orjson.dumps(text), json.dumps(text).encode()]:
        at = line.find(quoted, frame.skip)
        for _ in range(_PLACES):
            if at < 0:
                break
            own = (at, at + len(quoted), Slot("text"))
            for beside in _beside(line, own, totals, echoes):
                places = sorted([own, *beside], key=lambda place: place[0]) if beside else [own]
                yield from _laid_out(frame, places, end, loose, echoes, counted)
            at = line.find(quoted, at + 1)


def _beside(line: bytes, own: _Place, totals: list[_Place], echoes: Echoes) -> Iterator[list[_Place]]:
    """What may vary beside a text: its padding, its clock, its totals, or nothing."""
    for match in islice(_PADDING.finditer(line, own[1]), _PLACES):
        yield [(*match.span(2), Slot("padding", match[1].decode()))]
    for match in (
        islice(echoes.clock_pattern.finditer(line, 0, own[0]), _PLACES) if echoes.clock_pattern else ()
    ):
        yield [(*match.span(1), Slot("clock", echoes.clock or ""))]
    if totals and all(stop <= own[0] or own[1] <= start for start, stop, _ in totals):
        yield totals
    yield []


def _totals(line: bytes, payload: Payload, following: bytes, echoes: Echoes) -> list[_Place]:
    """The running totals that are others in the following chunk."""
    report = payload.get(echoes.totals_under)
    if not isinstance(report, dict):
        return []
    return [
        (*match.span(1), Slot("total", key))
        for key, pattern in echoes.total_patterns.items()
        if key in report
        for match in islice(pattern.finditer(line), _PLACES)
        if line[match.start() : match.end() + 1] not in following
    ]


def _laid_out(
    frame: Frame, places: list[_Place], end: int, loose: bool, echoes: Echoes, counted: Any
) -> Iterator[Template]:
    """The templates whose slots are these: one, or where chunks are numbered one a place of the number."""
    line = frame.lines[frame.data]
    if len(places) > MOST:
        return
    slots = tuple(slot for _, _, slot in places)
    gaps = tuple(line[one[1] : other[0]] for one, other in pairwise(places))
    first, last = places[0][0], places[-1][1]
    if echoes.number_pattern is None or type(counted) is not int:
        yield Template(frame, slots, line[:first], gaps, line[last:end], loose)
        return
    for match in islice(echoes.number_pattern.finditer(line), _PLACES) if counted >= 0 else ():
        start, stop = match.span(1)
        if match[1] != b"%d" % counted:
            continue
        if stop <= first:
            counter = Counter(counted, True, line[stop:first])
            yield Template(frame, slots, line[:start], gaps, line[last:end], loose, counter)
        elif last <= start:
            counter = Counter(counted, False, line[last:start])
            yield Template(frame, slots, line[:first], gaps, line[stop:end], loose, counter)


def _proven(template: Template, text: str, payload: Payload, echoes: Echoes) -> bool:
    """Whether another text, and another of what else may vary, change just these and nothing else."""
    counter = template.counter
    values = [_OTHER.get(slot.kind, b"%d" % _TOTAL) for slot in template.slots]
    number = 0 if counter is None else counter.own + 1
    try:
        other = orjson.loads(template.line(values, number)[template.frame.skip :])
        if type(other) is not dict or echoes.dialect.echo(other) != _TEXT:
            return False
        if counter is not None:
            if echoes.counter is None or other.get(echoes.counter) != number:
                return False
            other[echoes.counter] = counter.own
        for slot in template.slots:
            if slot.kind != "text" and not _put_back(slot, other, payload, echoes):
                return False
        return orjson.dumps(other).replace(_TEXT_JSON, orjson.dumps(text)) == orjson.dumps(payload)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def _put_back(slot: Slot, other: Payload, payload: Payload, echoes: Echoes) -> bool:
    """Give a slot's value back to a chunk that has another; whether it is where that kind of value stands."""
    filler: str | int = _FILLER
    if slot.kind == "total":
        filler = _TOTAL
        other, payload = other.get(echoes.totals_under, {}), payload[echoes.totals_under]
    elif slot.kind == "padding" and len(other) == len(payload) == 1:
        ((event, original),) = zip(other.values(), payload.values(), strict=True)
        if isinstance(event, dict) and isinstance(original, dict):
            other, payload = event, original  # All there is of the chunk is one event.
    if other.get(slot.key) != filler:
        return False
    other[slot.key] = payload.get(slot.key)
    return True
