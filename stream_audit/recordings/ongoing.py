"""A response that may still go on, as the splitter knows it."""

from __future__ import annotations

from collections.abc import Sequence

from stream_audit.model import Batch, Dialect, End, Payload, Problem, Recording

__all__ = ["RECENT", "Event", "Item", "Ongoing"]

RECENT = 32
"""A finish counts as recent within this many chunks: what follows it are trailers, not text."""

Event = Batch | End | Problem
Item = Payload | str
"""A chunk, or the text of an echo."""


class Ongoing:
    """A response that may still go on, and what was gathered for it but not handed on."""

    def __init__(self, recording: Recording, identity: str | None, dialect: Dialect | None) -> None:
        self.recording = recording
        self.identity = identity
        self._dialect = dialect
        self._finished: int | None = None
        """Index of the last chunk handed on that said the response is finished. Noted when it is handed
        on, because a fold takes its chunks apart."""
        self.rotates = False
        """Its chunks carry ever new ids, so an id says nothing about it."""
        self.items: list[Item] = []
        self.lines: list[int] = []
        self.raws: list[bytes] = []
        self.problems: list[Problem] = []

    @property
    def chunks(self) -> int:
        """How many it has so far."""
        return self.recording.chunks + len(self.items)

    @property
    def ended(self) -> bool:
        """A finish was among its last chunks."""
        return self.ends_in(())

    def ends_in(self, more: Sequence[Item]) -> bool:
        """Whether a finish would be among its last chunks if these were its next."""
        if self._last_end([*self.items[-RECENT:], *more]) is not None:
            return True
        return self._finished is not None and self.chunks + len(more) - self._finished <= RECENT

    @property
    def just_ended(self) -> bool:
        """Its last chunk was a finish."""
        if self.items:
            return self._last_end(self.items[-1:]) is not None
        return self._finished is not None and self._finished == self.recording.chunks - 1

    def _last_end(self, items: Sequence[Item]) -> int | None:
        """Position of the last of the last few items that ends a response."""
        if self._dialect is None:
            return None
        for position in range(len(items) - 1, max(len(items) - RECENT, 0) - 1, -1):
            item = items[position]
            if not isinstance(item, str) and self._dialect.ends(item):
                return position
        return None

    def gather(self, items: Sequence[Item], lines: Sequence[int], raws: Sequence[bytes]) -> None:
        """Add chunks, to be handed on later."""
        self.items += items
        self.lines += lines
        self.raws += raws

    def batch(self, items: list[Item], lines: Sequence[int], raws: Sequence[bytes]) -> Batch:
        """Count the chunks in and wrap them up."""
        recording = self.recording
        end = self._last_end(items)
        if end is not None:
            self._finished = recording.chunks + end
        batch = Batch(recording, recording.chunks, items, lines, raws)
        recording.chunks += len(items)
        recording.last_line = lines[-1]
        return batch

    def flush(self, out: list[Event]) -> None:
        """Hand on what was gathered."""
        if self.items:
            out.append(self.batch(self.items, self.lines, self.raws))
            self.items, self.lines, self.raws = [], [], []
        out += self.problems
        self.problems = []
