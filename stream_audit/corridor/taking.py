"""Have a combiner answer every recording, and keep what it made of them. Part of the corridor of snapshots.

The recordings are audited as in any run, with a report of our own that keeps
the candidate's answers, each with what the audit found about it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stream_audit import recordings
from stream_audit.accepted import names
from stream_audit.accepted.masks import Masks
from stream_audit.accepted.scope import Scope
from stream_audit.accepted.snapshots import Snapshot, settled_error, tree
from stream_audit.accepted.store import Store
from stream_audit.audit import replay
from stream_audit.corridor.homes import Say, unheard
from stream_audit.corridor.plan import Plan
from stream_audit.corridor.telling import Answered
from stream_audit.errors import UsageError
from stream_audit.model import Audited, CandidateResult, Progress, Run, Summary

__all__ = ["GONE", "Asked", "Taken", "Watch", "take"]

GONE = "Its recording is gone."
"""Why a stored answer is stale that may be pruned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a user asks for."""

    plan: Plan
    store: Path
    masks: tuple[str, ...] = ()
    """None are those of the store."""
    prune: bool = False
    """Remove what is stored for recordings that are gone."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of a run that takes long."""

    progress: Progress | None = None
    """Told how many bytes were read since the last call."""
    sized: Callable[[int], None] | None = None
    """Told once how many bytes there are to read."""
    say: Say = unheard
    """Told, a line at a time, what is being installed or waited for."""


class Taken:
    """A report that keeps what the candidate made of every recording."""

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self.answers: dict[str, Answered] = {}
        self.not_run: dict[str, str] = {}
        """Recordings without an answer that is the candidate's, and why."""
        self.unstable: list[str] = []
        """Recordings whose answer is another the second time."""
        self.summary = Summary()
        self.candidate = ""

    def begin(self, run: Run) -> None:
        """Make sure that there is one candidate."""
        if len(run.candidates) != 1:
            listed = f": {', '.join(run.candidates)}" if run.candidates else ""
            raise UsageError(
                f"A store holds the answers of one candidate; {len(run.candidates)} were given{listed}."
            )
        self.candidate = run.candidates[0]

    def add(self, audited: Audited) -> None:
        """Keep the answer of one recording."""
        name = names.normal(audited.recording.id)
        if not audited.candidates or audited.candidates[0].status in ("unavailable", "skipped"):
            why = audited.candidates[0].error if audited.candidates else audited.reason
            self.not_run[name] = why or "not run"
            return
        if name in self.answers:
            raise UsageError(f"The recording {name} was given twice; a store has one answer for it.")
        self.answers[name] = Answered(self._snapshot(name, audited, audited.candidates[0]), audited)
        if any(finding.rule == "candidate-nondeterministic" for finding in audited.findings):
            self.unstable.append(name)

    def _snapshot(self, name: str, audited: Audited, result: CandidateResult) -> Snapshot:
        recording = audited.recording
        response = error = None
        if result.response is None:
            error = settled_error(result.status, result.error)
        else:
            response = self.masks.apply(tree(result.response, result.covered))
        return Snapshot(
            recording=name,
            dialect=recording.dialect or "",
            chunks=recording.chunks,
            content=audited.content,
            response=response,
            error=error,
        )

    def end(self, summary: Summary) -> None:
        """Keep the sums."""
        self.summary = summary

    def stale(self, store: Store, asked: Asked) -> dict[str, str]:
        """Stored recordings under the paths that this run did not audit, and why it did not."""
        scope = Scope(asked.plan.paths)
        unread = {names.normal(entry.path) for entry in self.summary.unreadable}
        found = {}
        for name in store.snapshots:
            if name not in self.answers and scope.holds(name):
                if name in self.not_run:
                    found[name] = f"It was not run: {self.not_run[name]}."
                else:
                    unreadable = name in unread or any(name.startswith(f"{path}#") for path in unread)
                    found[name] = "Its file cannot be read." if unreadable else GONE
        return found


def take(asked: Asked, watch: Watch, store: Store) -> Taken:
    """Have every recording audited; masks that are not given are the store's."""
    plan = asked.plan
    _check_apart(asked.store, plan.paths)
    taken = Taken(Masks(asked.masks or store.masks or ()))
    code = replay(replace(plan, fail_on="never"), [taken], watch.progress, watch.sized, watch.say)
    if code == 130:
        raise KeyboardInterrupt
    if code == 2:
        raise UsageError(
            f"{taken.candidate}: {next(iter(taken.not_run.values()), taken.summary.stop_reason)}"
        )
    names.check_distinct([*taken.answers, *store.snapshots])
    return taken


def _check_apart(store: Path, paths: Sequence[str]) -> None:
    """Make sure that no snapshot is ever read as a recording.

    Raises:
        UsageError: The store lies where recordings are looked for.
    """
    inside = store.resolve()
    folders = [Path(path).resolve() for path in paths if os.path.isdir(path)]
    met = [folder for folder in folders if _walked(folder, inside)]
    found = (Path(source.path) for source in recordings.find(paths) if source.path != "-")
    if met or any(inside in path.resolve().parents for path in found):
        raise UsageError(f"The store {store} lies among the recordings; put it beside them.")


def _walked(folder: Path, inside: Path) -> bool:
    """Whether a walk through ``folder`` comes to ``inside``; hidden folders are left out of it."""
    if folder != inside and folder not in inside.parents:
        return False
    return not any(part.startswith(".") for part in inside.relative_to(folder).parts)
