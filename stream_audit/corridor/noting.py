"""A recording that is being read: what was noted so far, what could not be read. Part of the corridor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from stream_audit import rules
from stream_audit.corridor.misread import Likeness
from stream_audit.corridor.tagging import RecordingTags
from stream_audit.fingerprint import Digest
from stream_audit.model import Finding, Fold, Note, Problem, Recording
from stream_audit.model.tag import Tagged

__all__ = ["Open", "Problems"]


class Problems:
    """What could not be read. Of each rule the first few are kept, the others counted."""

    KEPT = 50

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.counts: Counter[str] = Counter()

    def add(self, problem: Problem) -> None:
        """Take one in."""
        self.counts[problem.rule] += 1
        if self.counts[problem.rule] <= self.KEPT:
            self.first.append(problem)

    def findings(self, recording: Recording | None) -> list[Finding]:
        """One finding each; the last kept one of a rule says how many more there were."""
        found = [rules.judge_problem(problem, recording) for problem in self.first]
        for rule, count in self.counts.items():
            if count > self.KEPT:
                last = max(i for i, finding in enumerate(found) if finding.rule == rule)
                more = count - self.KEPT
                message = f"{found[last].message} And {more:,} more lines like it."
                found[last] = replace(found[last], count=1 + more, message=message)
        return found


@dataclass(slots=True)
class Noted:
    """What was noted by one rule of one field: the first note, its place, and how often."""

    first: Note
    line: int
    chunk: bytes | None
    """As recorded, where it is to be shown."""
    count: int = 0


@dataclass(slots=True)
class Open:
    """A recording that is being read: its fold so far and what was noted."""

    fold: Fold | None
    likeness: Likeness | None
    """Which dialect the chunks look like; ``None`` with the fold."""
    tagging: RecordingTags | None = None
    """Looks for trigger shapes, where that was asked for."""
    notes: dict[tuple[str, str], Noted] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    raws: list[bytes] = field(default_factory=list)
    """JSON text of its chunks, where somebody needs them."""
    lines: list[int] = field(default_factory=list)
    content: Digest = field(default_factory=Digest)
    """Of its chunks, where findings must be known again."""

    def note(self, notes: Sequence[Note], place_of: Callable[[int], tuple[int, bytes | None]]) -> None:
        """Take notes in; ``place_of`` gives the line and the text of a chunk."""
        for note in notes:
            noted = self.notes.get((note.rule, note.field))
            if noted is None:
                noted = self.notes[note.rule, note.field] = Noted(note, *place_of(note.index))
            noted.count += 1

    def met(self) -> Iterator[Tagged]:
        """What the fold noted and the reader met, each rule once: as shapes of the stream."""
        found: dict[str, Tagged] = {}
        for (rule, _), noted in self.notes.items():
            chunks = noted.count if noted.first.index >= 0 else None
            before = found.get(rule)
            if before is None:
                found[rule] = Tagged(rule, noted.line, chunks)
            elif chunks is not None:
                line = min(before.line, noted.line)
                found[rule] = Tagged(rule, line, (before.chunks or 0) + chunks)
        for problem in self.problems.first:
            found.setdefault(problem.rule, Tagged(problem.rule, problem.line))
        yield from found.values()
