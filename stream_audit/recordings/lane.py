"""One stream of chunks on its way: its dialect is recognised, its responses are told apart and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stream_audit.model import Dialect, Payload, Problem, Recording
from stream_audit.recordings.hints import looks_like
from stream_audit.recordings.place import Place
from stream_audit.recordings.split import Event, Splitter

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
        """How many of these no dialect recognised."""
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
        if self.dialect is None:
            self.dialect = self._recognised()
        if self.dialect is None and len(self._items) < LOOK and not final:
            return False
        self._looks = "" if self.dialect is not None else looks_like(self._payloads)
        self._splitter = Splitter(self.dialect, self._begin, self._out)
        return True

    def flush(self, *, final: bool = False) -> None:
        """Hand on what was appended, unless its dialect is undecided and more chunks may come."""
        if not self._items or (self._splitter is None and not self.decide(final=final)):
            return
        assert self._splitter is not None  # decided
        items, payloads, lines = self._items, self._payloads, self._file_lines()
        raws, early = self._raws, self._early
        self._items, self._payloads, self._lines, self._raws, self._early = [], [], [], [], []
        self._looked = 0
        if not early:
            self._splitter.add(items, payloads, lines, raws)
            return
        start = 0
        for stop, problem in [*early, (len(items), None)]:
            part = items[start:stop]
            plain = [item for item in part if not isinstance(item, str)]
            self._splitter.add(part, plain, lines[start:stop], raws[start:stop])
            if problem is not None and stop:
                self._splitter.problem(problem)
            elif problem is not None:
                self._splitter.precede(problem)
            start = stop

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

    def _recognised(self) -> Dialect | None:
        for payload in self._payloads[self._looked : LOOK]:
            for dialect in self._dialects:
                if dialect.recognises(payload):
                    return dialect
            self._looked += 1
        return None

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
