"""Which shapes one recording has: each counted once a chunk, with the line of the first."""

from __future__ import annotations

from stream_audit.model.tag import Tagged

__all__ = ["Marks"]


class Marks:
    """Filled while the chunks of a recording pass by."""

    def __init__(self) -> None:
        self.index = -1
        """The chunk that passes by, from 0."""
        self.line = 0
        """Its file line."""
        self._seen: dict[str, _Seen] = {}

    def at(self, index: int, line: int) -> None:
        """The next chunk passes by."""
        self.index, self.line = index, line

    def mark(self, name: str, place: tuple[int, int] | None = None) -> None:
        """The chunk that passes by has the shape, or the one of this index and line."""
        index, line = place or (self.index, self.line)
        seen = self._seen.get(name)
        if seen is None:
            self._seen[name] = _Seen(line, 1, index)
        elif seen.last != index:
            seen.chunks = (seen.chunks or 0) + 1
            seen.last = index

    def whole(self, name: str, line: int, chunks: int | None = None) -> None:
        """The stream as a whole has the shape, or so many of its chunks, the first on a line."""
        self._seen.setdefault(name, _Seen(line, chunks, -1))

    def __contains__(self, name: str) -> bool:
        return name in self._seen

    def tagged(self) -> tuple[Tagged, ...]:
        """What was marked, in the order of the first marks."""
        return tuple(Tagged(name, seen.line, seen.chunks) for name, seen in self._seen.items())


class _Seen:
    __slots__ = ("chunks", "last", "line")

    def __init__(self, line: int, chunks: int | None, last: int) -> None:
        self.line = line
        self.chunks = chunks
        self.last = last
