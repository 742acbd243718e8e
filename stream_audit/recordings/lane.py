"""One stream of chunks on its way: its dialect is recognised, its responses are told apart and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stream_audit.model import Dialect, Payload, Problem, Recording
from stream_audit.recordings.split import Event, Splitter

__all__ = ["LOOK", "Lane"]

LOOK = 64
"""Chunks looked at for one that a dialect recognises, before the stream counts as unknown."""


class Lane:
    """Takes the chunks of one stream: a whole file, or what one label of an envelope marks.

    Args:
        path: The file as given.
        name: Gives the next recording of this lane its id.
        dialects: What to recognise, in this order.
        forced: The dialect to take whatever the chunks look like.
        out: Where the events go.
    """

    def __init__(
        self,
        path: str,
        name: Callable[[], str],
        dialects: Sequence[Dialect],
        forced: Dialect | None,
        out: list[Event],
    ) -> None:
        self.labels: dict[str, Any] = {}
        self.dialect = forced
        """Known from the first recognised chunk on, until an end marker."""
        self._path = path
        self._name = name
        self._dialects = dialects
        self._forced = forced
        self._out = out
        self._splitter = None if forced is None else Splitter(forced, self._begin, out)
        self._items: list[Payload] = []
        self._lines: list[int] = []
        self._raws: list[bytes] = []
        self._early: list[tuple[int, Problem]] = []
        """Problems met before a recording was open, each behind so many chunks."""

    @property
    def idle(self) -> bool:
        """No response is open and no chunk waits."""
        return not self._items and (self._splitter is None or self._splitter.idle)

    def add(self, items: list[Payload | str], lines: Sequence[int], raws: Sequence[bytes]) -> None:
        """Take further chunks, in order. Echoes may only follow once ``dialect`` is set."""
        if self._splitter is None:
            self._wait(items, lines, raws)
        elif items:
            self._deliver(self._splitter, items, lines, raws)

    def problem(self, problem: Problem) -> None:
        """Take a problem that stands behind the last chunk taken."""
        if self._splitter is not None and not self._splitter.idle:
            self._splitter.problem(problem)
        else:
            self._early.append((len(self._items), problem))

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

    def _wait(self, items: Sequence[Payload | str], lines: Sequence[int], raws: Sequence[bytes]) -> None:
        for item in items:
            assert not isinstance(item, str), "an echo needs a known dialect"
            self._items.append(item)
            if self.dialect is None and len(self._items) <= LOOK:
                self.dialect = self._recognise(item)
        self._lines += lines
        self._raws += raws
        if self.dialect is not None or len(self._items) >= LOOK:
            self._decide()

    def _recognise(self, payload: Payload) -> Dialect | None:
        for dialect in self._dialects:
            if dialect.recognises(payload):
                return dialect
        return None

    def _decide(self) -> None:
        """Deliver the chunks that waited for their dialect, each problem behind the chunk it followed."""
        splitter = self._splitter = Splitter(self.dialect, self._begin, self._out)
        items, lines, raws, early = self._items, self._lines, self._raws, self._early
        self._items, self._lines, self._raws, self._early = [], [], [], []
        start = 0
        for stop, problem in [(at, problem) for at, problem in early if at > 0]:
            splitter.add([*items[start:stop]], lines[start:stop], raws[start:stop])
            splitter.problem(problem)
            start = stop
        splitter.add([*items[start:]], lines[start:], raws[start:])
        for problem in [problem for at, problem in early if at == 0]:
            splitter.problem(problem)

    def _deliver(
        self, splitter: Splitter, items: list[Payload | str], lines: Sequence[int], raws: Sequence[bytes]
    ) -> None:
        early, self._early = self._early, []
        splitter.add(items, lines, raws)
        for _, problem in early:
            splitter.problem(problem)

    def _close(self, *, done: bool) -> None:
        if self._items:
            self._decide()
        if self._splitter is not None:
            self._splitter.close(done=done)

    def _begin(self, line: int) -> Recording:
        name = None if self.dialect is None else self.dialect.name
        recording = Recording(self._name(), self._path, name, line, labels=self.labels)
        if name is None:
            message = f"no dialect recognises its first {len(self._lines) or LOOK} chunks"
            self._out.append(Problem("unknown-dialect", self._path, line, message, recording))
        return recording
