"""How far a run goes: which sources it takes, and when it stops before the last. Part of the corridor.

Whatever ends a run early, the summary says how many files were not audited to
their end, and such a run never passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from stream_audit import gate, totals
from stream_audit.corridor.rerun import Memory
from stream_audit.corridor.sharding import Step
from stream_audit.model import Audited, Subject, Summary, Unreadable
from stream_audit.recordings import Source

__all__ = ["Course", "Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a user asks for."""

    failures: int | None = None
    """Recordings that fail after which to stop, counted in the order of the sources."""
    seconds: float | None = None
    """Seconds after which to begin no further recording."""
    last_failed: bool = False
    """Only the files that failed when these paths were last replayed with these candidates."""
    remember: bool = False
    """Keep what fails for the next run."""


class Course:
    """Follows a run from source to source.

    Args:
        limits: How far it may go.
        sources: Everything that was named.
        memory: What failed last time; ``None`` when that is neither asked for nor kept.
        say: Told what is run other than asked.
        fail_on: The least severity that makes a recording fail.
        strict: Input that cannot be read fails too.
        subject: What is judged.
    """

    def __init__(
        self,
        limits: Limits,
        sources: Sequence[Source],
        memory: Memory | None,
        say: Callable[[str], None],
        *,
        fail_on: str,
        strict: bool,
        subject: Subject = "candidates",
    ) -> None:
        self._limits = limits
        self._all = len(sources)
        self._memory = memory
        self._fail_on = fail_on
        self._strict = strict
        self._subject = subject
        self._failed = 0
        self._done = 0
        self.sources = list(sources)
        """What the run goes through."""
        if limits.last_failed and memory is not None:
            self.sources = memory.choose(sources, say)
        self.deadline = None if limits.seconds is None else monotonic() + limits.seconds
        """When to begin no further recording, by the monotonic clock."""

    def along(self, steps: Iterable[Step]) -> Iterator[tuple[Source, Audited | Unreadable]]:
        """The outcomes among ``steps``, up to the limit; whether the last source ended is still seen."""
        for source, outcome in steps:
            if outcome is None:
                self._done += 1
                if self._memory is not None:
                    self._memory.ended(source)
            if self._full:
                return
            if outcome is not None:
                yield source, outcome

    def met(self, source: Source, outcome: Audited | Unreadable) -> None:
        """Take note of an outcome, as it is after what was accepted."""
        failed = isinstance(outcome, Audited) and gate.fails(outcome.findings, self._fail_on, self._subject)
        self._failed += failed
        if self._memory is not None and (failed or (self._strict and _unaudited(outcome))):
            self._memory.failed(source)

    @property
    def _full(self) -> bool:
        return self._limits.failures is not None and self._failed >= self._limits.failures

    def close(self, summary: Summary) -> None:
        """Tell the summary what was left, and why; keep what failed."""
        summary.not_audited = self._all - self._done
        if summary.complete and self._done < len(self.sources):
            summary.complete = False
            summary.limit = f"{self._reason()}, {summary.not_audited:,} of {self._all:,} files not audited"
        if self._limits.remember and self._memory is not None:
            self._memory.keep()

    def _reason(self) -> str:
        if self._full:
            some = "recording that fails" if self._failed == 1 else "recordings that fail"
            return f"stopped after {self._failed:,} {some} (--max-failures)"
        return f"stopped after {self._limits.seconds or 0:g} seconds (--max-time)"


def _unaudited(outcome: Audited | Unreadable) -> bool:
    """Whether it fails a strict run: it could not be read, or not as sent."""
    if isinstance(outcome, Unreadable):
        return outcome.reason != totals.PASSED_OVER
    return outcome.reference is None or outcome.recording.damaged
