"""One stream of chunks on its way: its dialect is recognised, its responses are told apart and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stream_audit.model import Dialect, Payload, Problem, Recording
from stream_audit.recordings.hints import looks_like
from stream_audit.recordings.ongoing import Event
from stream_audit.recordings.parsing import parse
from stream_audit.recordings.place import Place
from stream_audit.recordings.split import Splitter

__all__ = ["EARLY", "LOOK", "Lane"]

LOOK = 64
"""Chunks looked at for one that a dialect recognises, before the stream counts as unknown."""
EARLY = 256
"""Problems kept for a recording that is not open yet; of a file that is none there may be millions."""

_LATEST = 1e12
"""Seconds; what lies beyond is no moment of any clock."""


class Lane:
    """Takes the chunks of one stream: a whole file, or what one label of an envelope marks.

    Args:
        path: The file as given.
        name: Gives the next recording of this lane its id.
        dialects: What to recognise, in this order.
        forced: The dialect to take whatever the chunks look like.
        out: Where the events go.
        place: Where in the file the stream stands, if not all of the file is one.
    """

    def __init__(
        self,
        path: str,
        name: Callable[[], str],
        dialects: Sequence[Dialect],
        forced: Dialect | None,
        out: list[Event],
        place: Place | None = None,
    ) -> None:
        self.labels: dict[str, Any] = {}
        """Shared by all recordings of the lane; the first value of each label wins."""
        self.times: list[float] = list(place.times) if place is not None else []
        """Shared likewise: the smallest and the largest moment at which a chunk arrived."""
        self.dialect = forced
        """Known from the first recognised chunk on, until an end marker."""
        self._items: list[Payload | str] = []
        self._payloads: list[Payload] = []
        """Those of the items that are no echoes: nobody has to look at the others."""
        self._looked = 0
        """How many of these the dialects were asked about."""
        self._looks = ""
        """What the chunks seem to be, where no dialect recognised one."""
        self._lines: list[int] = []
        self._raws: list[bytes] = []
        self._path = path
        self._name = name
        self._dialects = dialects
        self._forced = forced
        self._out = out
        self._place = place
        self._splitter = None if forced is None else Splitter(forced, self._begin, out)
        self._early: list[tuple[int, Problem]] = []
        """Problems met before a recording was open, each behind so many waiting chunks."""
        self._hurt = False
        """There were too many of them to keep; the next recording is damaged all the same."""

    @property
    def undecided(self) -> bool:
        """It is still open which dialect this is."""
        return self._splitter is None

    def take(self, payloads: Sequence[Payload], lines: Sequence[int], raws: Sequence[bytes]) -> None:
        """Take further chunks, with the lines they stand on and their texts; ``flush`` hands them on."""
        self._payloads += payloads
        self._items += payloads
        self._lines += lines
        self._raws += raws

    def repeat(self, echoes: Sequence[str], lines: Sequence[int], raws: Sequence[bytes]) -> None:
        """Take echoes of the last chunk. It must not have been handed on, and ``dialect`` be known."""
        self._items += echoes
        self._lines += lines
        self._raws += raws

    def decide(self, *, final: bool = False) -> bool:
        """Settle which dialect this is, if the chunks so far tell it, or if no more of them shall be seen."""
        while self.dialect is None and self._looked < min(len(self._payloads), LOOK):
            self.dialect = self._recognised(self._payloads[self._looked])
            self._looked += 1
        if self.dialect is None and len(self._items) < LOOK and not final:
            return False
        self._looks = "" if self.dialect is not None else looks_like(self._payloads)
        self._splitter = Splitter(self.dialect, self._begin, self._out)
        return True

    def flush(self, *, final: bool = False) -> None:
        """Hand on what was appended, unless its dialect is undecided and more chunks may come."""
        while self._items and (self._splitter is not None or self.decide(final=final)):
            assert self._splitter is not None  # decided
            if self._hand_on_own(self._splitter):
                self._splitter.close(done=False)
                self._splitter = self.dialect = None

    def _hand_on_own(self, splitter: Splitter) -> bool:
        """Hand on what is of this dialect; whether a response of another begins with what is left."""
        asked = 0  # 1 where the first chunk was found to stay.
        while self._items:
            self._hand_on(splitter, self._foreign(splitter, asked))
            if self._items and splitter.over(self._payloads[0]):
                return True
            asked = 1
        return False

    def _foreign(self, splitter: Splitter, start: int) -> int:
        """How many items stand in front of the first, from one on, that may begin another dialect's response.

        It may where it starts one there or carries a text; what says less may be a trailer of this one.
        """
        dialect = self.dialect
        if dialect is None or self._forced is not None:
            return len(self._items)
        unknown = [payload for payload in self._payloads[start:] if not dialect.knows(payload)]
        if unknown and (splitter.ended or any(map(dialect.ends, self._payloads))):
            for payload in unknown:
                other = self._recognised(payload)
                if other is not None and (other.starts(payload) or other.echo(payload) is not None):
                    return next(place for place, item in enumerate(self._items) if item is payload)
        return len(self._items)

    def _hand_on(self, splitter: Splitter, count: int) -> None:
        """Give the first so many items to the splitter, and the problems among them; the others stay."""
        lines, start = self._file_lines(), 0
        early = [(at, problem) for at, problem in self._early if at <= count]
        self._early = [(at - count, problem) for at, problem in self._early if at > count]
        for stop, problem in early:
            self._add(splitter, lines, start, stop)
            (splitter.problem if stop else splitter.precede)(problem)
            start = stop
        self._add(splitter, lines, start, count)
        # No echo of another dialect's chunk: only this one has said what an echo is.
        rest = zip(self._items[count:], self._raws[count:], strict=True)
        self._payloads = [parse(raw)[0] if isinstance(item, str) else item for item, raw in rest]
        self._items, self._lines, self._raws = [*self._payloads], self._lines[count:], self._raws[count:]
        self._looked = 0

    def _add(self, splitter: Splitter, lines: Sequence[int], start: int, stop: int) -> None:
        """Give the items between two positions to the splitter; nearly always these are all."""
        if stop - start == len(self._items):
            splitter.add(self._items, self._payloads, lines, self._raws)
            return
        part = self._items[start:stop]
        payloads = [item for item in part if not isinstance(item, str)]
        splitter.add(part, payloads, lines[start:stop], self._raws[start:stop])

    def _file_lines(self) -> Sequence[int]:
        return self._lines if self._place is None else self._place.lines(self._lines)

    def arrived(self, at: Any) -> None:
        """Take note of when a chunk arrived, if that is a moment at all."""
        if type(at) in (int, float) and -_LATEST < at < _LATEST:
            known = [float(at), *self.times]
            self.times[:] = min(known), max(known)

    def problem(self, problem: Problem) -> None:
        """Take a problem that stands behind the last chunk appended."""
        self.flush()
        if self._splitter is not None and not self._splitter.idle:
            self._splitter.problem(problem)
        else:
            self._early.append((len(self._items), problem))
            if len(self._early) > EARLY:
                self._out += [early for _, early in self._early]
                self._early, self._hurt = [], True

    def done(self) -> None:
        """An end marker was read: what comes next is another response, perhaps of another dialect."""
        self._close(done=True)
        self._splitter = None if self._forced is None else Splitter(self._forced, self._begin, self._out)
        self.dialect = self._forced

    def finish(self) -> None:
        """No further chunk comes."""
        self._close(done=False)
        self._out += [problem for _, problem in self._early]
        self._early = []

    def _recognised(self, payload: Payload) -> Dialect | None:
        return next((dialect for dialect in self._dialects if dialect.recognises(payload)), None)

    def _close(self, *, done: bool) -> None:
        self.flush(final=True)
        if self._splitter is not None:
            self._splitter.close(done=done)

    def _begin(self, line: int) -> Recording:
        name = None if self.dialect is None else self.dialect.name
        recording = Recording(self._name(), self._path, name, line, damaged=self._hurt)
        recording.labels, recording.times = self.labels, self.times
        if self._place is not None:
            recording.first_line, recording.twin = self._place.line, self._place.twin
        self._hurt = False
        if name is None:
            message = f"no dialect recognises its chunks: {self._looks}"
            self._out.append(Problem("unknown-dialect", self._path, line, message, recording))
        return recording
