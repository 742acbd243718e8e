"""One thing to read recordings from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STDIN", "Source"]

STDIN = "-"


@dataclass(frozen=True)
class Source:
    """One file, or a range of its lines, to read recordings from."""

    path: str
    """As the user gave it, or as found by walking; with ``/``; ``-`` is standard input."""
    first_line: int = 1
    last_line: int | None = None
    """Included; ``None`` is the end of the file."""
    explicit: bool = True
    """Named by the user, not met while walking a folder."""
    barren: bool = False
    """A folder or glob that was named, and in which nothing is a recording."""

    @property
    def whole(self) -> bool:
        """No line range was asked for."""
        return self.first_line == 1 and self.last_line is None

    def holds(self, line: int) -> bool:
        """Whether a line is in the range."""
        return self.first_line <= line and (self.last_line is None or line <= self.last_line)

    def overlaps(self, first: int, last: int) -> bool:
        """Whether one of these lines is in the range."""
        return self.first_line <= last and (self.last_line is None or first <= self.last_line)

    @property
    def id(self) -> str:
        """The path, with the line range where there is one."""
        if self.whole:
            return self.path
        if self.last_line == self.first_line:
            return f"{self.path}:{self.first_line}"
        return f"{self.path}:{self.first_line}-{'' if self.last_line is None else self.last_line}"

    def holding(self, what: str) -> str:
        """That this is what stands on the lines that were asked for."""
        if self.whole:
            return f"holds {what}"
        if self.last_line is None:
            return f"holds {what} from line {self.first_line} on"
        if self.last_line == self.first_line:
            return f"line {self.first_line} holds {what}"
        return f"lines {self.first_line}-{self.last_line} hold {what}"
