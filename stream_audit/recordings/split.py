"""Which chunks are one response: a response ends where the dialect says another starts.

Never by an id alone: real servers send a new id with every chunk. The rules
stand in ``docs/folding.md`` ("Several responses in one file"); here they are
carried out with the dialect's own answers and nothing else.

Nearly every batch holds one response, so it costs one ``next_break``. What
follows a break is held back until enough of it is known to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from stream_audit.model import Dialect, End, Payload, Problem, Recording
from stream_audit.recordings.ongoing import Event, Item, Ongoing

__all__ = ["AHEAD", "Splitter"]

AHEAD = 256
"""Chunks looked at behind an unknown id, to learn whether ids mean anything in this stream."""


class Splitter:
    """Splits the chunks of one stream into recordings.

    Args:
        dialect: The wire format; with ``None`` everything up to an end marker is one recording.
        begin: Makes the recording that begins at a line.
        out: Where batches, ends and problems go, in order.
    """

    def __init__(self, dialect: Dialect | None, begin: Callable[[int], Recording], out: list[Event]) -> None:
        self._dialect = dialect
        self._begin = begin
        self._out = out
        self._open: list[Ongoing] = []
        self._current: Ongoing | None = None
        self._items: list[Item] = []
        self._lines: list[int] = []
        self._raws: list[bytes] = []
        self._ids: list[str | None] = []
        """What the chunks held back carry as id."""
        self._problems: list[tuple[int, Problem]] = []
        """Problems behind so many chunks that are held back."""
        self._leading: list[Problem] = []
        """Problems in front of the response that starts next."""

    @property
    def idle(self) -> bool:
        """No response is open and nothing is held back."""
        return self._current is None and not self._items

    def add(
        self,
        items: list[Item],
        payloads: Sequence[Payload],
        lines: Sequence[int],
        raws: Sequence[bytes],
    ) -> None:
        """Take further chunks of the stream, in order; ``payloads`` are those that are no echoes."""
        if not items:
            return
        if self._items:
            self._hold(items, lines, raws)
            self._settle(final=False)
            return
        begin = 0
        if self._current is None:
            self._current, begin = self._start(items[0], lines[0]), 1
        current = self._current
        if self._next_break(payloads, begin, current) == len(payloads):
            self._out.append(current.batch(items, lines, raws))
            current.flush(self._out)
        else:
            self._hold(items, lines, raws)
            self._settle(final=False)

    @property
    def ended(self) -> bool:
        """Whether the response that is open has, as far as is known."""
        return self._current is not None and self._current.ends_in(self._items)

    def over(self, payload: Payload) -> bool:
        """Whether the open response is, as the next chunk may begin one of another dialect."""
        dialect = self._dialect
        if dialect is None or not self.ended:
            return False
        identity = dialect.identity(payload)
        return identity is None or identity not in self._ids + [one.identity for one in self._open]

    def precede(self, problem: Problem) -> None:
        """Attach a problem to the response that starts next. Only while ``idle``."""
        self._leading.append(problem)

    def problem(self, problem: Problem) -> None:
        """Attach a problem to the response it stands in. Only while not ``idle``."""
        if self._items:
            self._problems.append((len(self._items), problem))
        elif self._current is not None:
            self._attach(problem, self._current)
            self._current.flush(self._out)

    def close(self, *, done: bool) -> None:
        """End every open response; ``done`` when an end marker says so."""
        self._settle(final=True)
        for response in self._open:
            response.recording.done = response.recording.done or done
            self._end(response)
        self._open.clear()
        self._current = None

    def _hold(self, items: list[Item], lines: Sequence[int], raws: Sequence[bytes]) -> None:
        self._items += items
        self._lines += lines
        self._raws += raws
        self._ids += [None if isinstance(item, str) else self._identity(item) for item in items]

    def _next_break(self, items: Sequence[Item], begin: int, current: Ongoing) -> int:
        if self._dialect is None:
            return len(items)
        if begin == 0 and current.just_ended and self._starts(items[0]):
            return 0
        if current.rotates and len(self._open) == 1:  # Ids say nothing here.
            return self._next_start(self._dialect, items, begin)
        return self._dialect.next_break(items, begin, current.identity)

    def _starts(self, item: Item) -> bool:
        return self._dialect is not None and not isinstance(item, str) and self._dialect.starts(item)

    @staticmethod
    def _next_start(dialect: Dialect, items: Sequence[Item], begin: int) -> int:
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str) and dialect.starts(item):
                return position
        return len(items)

    def _settle(self, *, final: bool) -> None:
        """Give every chunk held back to its response, up to the first that needs to see more."""
        items, ids = self._items, self._ids
        position = 0
        if items and self._current is None:
            self._current = self._start(items[0], self._lines[0])
        while position < len(items) and self._current is not None:
            stop = self._next_break(items, position, self._current)
            self._assign(self._current, position, stop)
            position = stop
            if stop == len(items):
                break
            known = final or len(items) - stop > AHEAD
            response = self._owner(stop, ids, known=known)
            if response is None:
                break
            self._current = response
            self._assign(response, stop, stop + 1)
            position = stop + 1
        del items[:position], ids[:position], self._lines[:position], self._raws[:position]
        self._problems = [(at - position, problem) for at, problem in self._problems]
        for response in self._open:
            response.flush(self._out)

    def _assign(self, response: Ongoing, start: int, stop: int) -> None:
        response.gather(self._items[start:stop], self._lines[start:stop], self._raws[start:stop])
        while self._problems and self._problems[0][0] <= stop:
            self._attach(self._problems.pop(0)[1], response)

    def _owner(self, at: int, ids: list[str | None], *, known: bool) -> Ongoing | None:
        """The response that the chunk at a break belongs to; ``None`` when more must be seen first."""
        current, dialect = self._current, self._dialect
        if current is None or dialect is None:
            return current
        item, identity = self._items[at], ids[at]
        starts = self._starts(item)
        known_one = self._known(identity, current)
        if known_one is not None:
            return known_one
        another = identity != current.identity or (identity is None and current.chunks > 0)
        if starts and dialect.decisive and (another or current.ended):
            return self._follow(current, at, identity)
        nameless = identity is None or current.identity is None or current.rotates
        if identity == current.identity and identity is not None:
            return current
        if nameless:
            if starts and current.ended:
                return self._follow(current, at, identity)
            if current.identity is None:
                current.identity = identity
            return current
        if not known:
            return None
        ahead = ids[at + 1 : at + 1 + AHEAD]
        return self._stranger(current, at, ids, starts=starts, ahead=ahead)

    def _known(self, identity: str | None, current: Ongoing) -> Ongoing | None:
        """The other open response with that id."""
        if identity is None or identity == current.identity:
            return None
        return next((response for response in self._open if response.identity == identity), None)

    def _stranger(
        self, current: Ongoing, at: int, ids: list[str | None], *, starts: bool, ahead: list[str | None]
    ) -> Ongoing:
        """The response of a chunk whose id was never seen, while another response is open."""
        assert self._dialect is not None
        identity = ids[at]
        if current.ended:
            if current.identity in ahead:
                return self._start(self._items[at], self._lines[at])
            return self._follow(current, at, identity, ahead)
        if self._returns(identity, ahead):
            return self._start(self._items[at], self._lines[at])
        if starts and current.chunks >= 2:
            return self._follow(current, at, identity, ahead)
        current.rotates = True
        return current

    def _returns(self, identity: str | None, ahead: list[str | None]) -> bool:
        """Whether an id seen before comes back after another one, which makes ids identities."""
        seen = {response.identity for response in self._open}
        seen.add(identity)
        last = identity
        for following in ahead:
            if following is None or following == last:
                continue
            if following in seen:
                return True
            seen.add(following)
            last = following
        return False

    def _follow(
        self, current: Ongoing, at: int, identity: str | None, ahead: Sequence[str | None] = ()
    ) -> Ongoing:
        """Start the response that takes the place of the current one, and end those that are over."""
        assert self._dialect is not None
        for response in [*self._open]:
            over = response is current or (response.identity not in ahead and response.ended)
            if over:
                self._end(response)
                self._open.remove(response)
        return self._start(self._items[at], self._lines[at])

    def _start(self, item: Item, line: int) -> Ongoing:
        identity = None if isinstance(item, str) else self._identity(item)
        response = Ongoing(self._begin(line), identity, self._dialect)
        self._open.append(response)
        for problem in self._leading:
            self._attach(problem, response)
        self._leading.clear()
        return response

    def _end(self, response: Ongoing) -> None:
        response.flush(self._out)
        self._out.append(End(response.recording))

    def _identity(self, payload: Payload) -> str | None:
        return None if self._dialect is None else self._dialect.identity(payload)

    @staticmethod
    def _attach(problem: Problem, response: Ongoing) -> None:
        response.recording.damaged = True
        response.problems.append(replace(problem, recording=response.recording))
