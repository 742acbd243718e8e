"""The unit of every ledger: what some requests used, added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["COUNTS", "MEASURES", "Account", "Entry"]

COUNTS: tuple[str, ...] = ("requests", "successes", "errors", "partial", "unreported", "repeated")
"""What is counted in requests, and ``repeated`` in recordings that are none."""

MEASURES: tuple[str, ...] = (
    "total_tokens", "input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens",
)  # fmt: skip
"""What is counted in tokens. ``cached_tokens`` are those read from the prompt cache."""


@dataclass(slots=True, kw_only=True)
class Account:
    """What a number of requests used. Adding is associative and order does not matter."""

    requests: int = 0
    """All of them: ``successes + errors``."""
    successes: int = 0
    errors: int = 0
    """Requests whose stream was cut off or reported an error."""
    partial: int = 0
    """Errors that reported tokens before they broke; these tokens are in the sums."""
    unreported: int = 0
    """Requests that reported no usage at all: their tokens are unknown, not 0."""
    repeated: int = 0
    """Recordings of responses that are counted elsewhere; they are no requests, and add no tokens."""
    tokens: dict[str, int] = field(default_factory=dict)
    """Measure to sum. A measure that no request reported is absent, not 0."""

    def add(self, other: Account) -> None:
        """Add another account to this one."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, value in other.tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request: a recording, its labels, and its account of one."""

    recording: str
    path: str
    line: int
    labels: Mapping[str, str]
    """Only those that are known; a missing one is grouped under ``(none)``."""
    account: Account
    times: tuple[float, float] | None = None
    """The first and the last moment of its stream, in seconds; ``None`` when the envelope has none."""
    repeats: Account | None = None
    """What it would add if it were a request: it is the copy of one that is counted elsewhere."""
