"""The vocabulary of answers compared over time: what differs from what was kept, recording by recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stream_audit.model.finding import Finding

__all__ = ["Change", "ChangeKind", "Changes", "Part", "Turn"]

ChangeKind = Literal["changed", "new", "stale", "unsteady"]
"""``new``: kept on the new side only; ``stale``: on the old side only; ``unsteady``: the new side gives
another answer each time it is asked, so that there is none to keep."""

Turn = Literal["away", "towards", "aside"]
"""Which way an answer went: ``away`` from the reference, ``towards`` it, ``aside``: neither, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One place in which an answer changed."""

    finding: Finding
    """The rule, the place, and both values: ``reference`` is the old one, ``got`` the new one."""
    turn: Turn = "aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one recording's answer. It is accepted or rejected as a whole."""

    id: str
    """Stays the same as long as the old and the new answer do; empty where there is nothing to decide."""
    kind: ChangeKind
    recording: str
    parts: tuple[Part, ...]
    """At least one; of any that is not ``changed`` just the one that says so."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of its parts, each once: changes with the same ones are alike."""
        return tuple(dict.fromkeys(part.finding.rule for part in self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that differs between two sides, and what the run comes to."""

    version: str
    command: tuple[str, ...]
    sides: tuple[str, str]
    """What the two sides are called over their values: ``stored``, ``now``."""
    names: tuple[str, str]
    """What they are: a store's folder, a candidate's name."""
    changes: tuple[Change, ...] = ()
    same: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why recordings could not be compared, each with how many."""
    remarks: tuple[str, ...] = ()
    """What else has to be said, a sentence each."""
    verdict: str = ""
    """What was done or found, in one clause."""
    exit_code: int = 0

    def count(self, kind: ChangeKind) -> int:
        """How many changes are of this kind."""
        return sum(change.kind == kind for change in self.changes)
