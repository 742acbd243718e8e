"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from stream_audit.corridor.acceptance import Accepting
from stream_audit.corridor.course import Limits
from stream_audit.model import Policies, Subject

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is asked to do. Plain data, so that it can be handed to other processes."""

    paths: tuple[str, ...]
    subject: Subject = "candidates"
    """What is judged. A run that judges streams has no candidates."""
    candidates: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    """Pairs of candidates that should do the same, as ``SYNC=ASYNC``; those of an adapter are known."""
    accumulators: tuple[str, ...] = ()
    """Ways to total usage, beside the candidates and compared like them."""
    explain_usage: bool = False
    """Trace where every number of usage stood and which won."""
    timeline: bool = False
    """Draw up what each chunk carried and how usage ran through the stream, for a report that shows it."""
    tags: bool = False
    """Tell which trigger shapes each recording has, and which none has."""
    growth: bool = False
    """Measure whether a candidate's time per chunk grows with the stream."""
    reference: str | None = None
    """A candidate in the reference's place; ``None`` for the bundled reference folds."""
    dialect: str | None = None
    """Forces one dialect on every recording; ``None`` lets the chunks tell."""
    fields: tuple[str, ...] = ()
    """What to compare, as users write it; empty for everything. Naming a field demands it: a
    candidate that does not return it differs instead of not covering it."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    policies: Policies = field(default_factory=Policies)
    timeout: float = 10.0
    """Seconds a candidate has for one fold."""
    jobs: int = 1
    fail_on: str = "warning"
    strict: bool = False
    exit_zero: bool = False
    python: str | None = None
    """Interpreter to run candidates in, ``None`` for this one; environments are made from it too."""
    install: bool = True
    """Candidates may be given an environment of their own where they need one."""
    timings: bool = False
    """Report seconds. Off by default, so that the same input gives the same report."""
    chunks_as: Literal["auto", "objects", "dicts"] = "auto"
    accepting: Accepting = field(default_factory=Accepting)
    """What is taken as known: a baseline, ignores."""
    limits: Limits = field(default_factory=Limits)
    """How far to go."""
    command: tuple[str, ...] = ()
