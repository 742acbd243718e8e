"""Where the body of an answer stands in the file that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stream_audit.model import Twin

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """An interaction of a container, as its recordings know it."""

    name: str
    """What tells it from the others of its file: ``interaction-3``."""
    line: int
    """Where it begins."""
    body_line: int = 0
    """The file line of its body's first line; 0 where the lines of its body are no lines of the file."""
    twin: Twin | None = None
    """The answer to the same request without streaming."""
    times: tuple[float, ...] = ()
    """When its body began and ended, in seconds; empty where that is not known."""

    def lines(self, numbers: Sequence[int]) -> Sequence[int]:
        """The file lines of lines of the body."""
        if self.body_line:
            return [self.body_line - 1 + number for number in numbers]
        return [self.line] * len(numbers)

    def line_of(self, number: int, message: str) -> tuple[int, str]:
        """The file line of a line of the body, and what is said of it; 0 is the body as a whole."""
        if not number:
            return self.line, f"{self.name.replace('-', ' ')}: {message}"
        if self.body_line:
            return self.body_line - 1 + number, message
        return self.line, f"{message} (line {number} of its body)"
