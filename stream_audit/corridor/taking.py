"""Have a combiner answer every recording, and keep what it made of them. Part of the corridor of snapshots.

The recordings are audited as in any run; of each the candidate's answer is kept,
with what the audit found about it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stream_audit import gate, recordings, totals
from stream_audit.accepted import names
from stream_audit.accepted.masks import Masks
from stream_audit.accepted.scope import Scope
from stream_audit.accepted.snapshots import Snapshot, settled_error, tree
from stream_audit.accepted.store import Store
from stream_audit.corridor.auditor import Auditor
from stream_audit.corridor.homes import Say, unheard
from stream_audit.corridor.plan import Plan
from stream_audit.corridor.telling import Answered
from stream_audit.errors import UsageError
from stream_audit.model import Audited, CandidateResult, Observation, Progress, Summary

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
    failures: bool = False
    """Store also that the candidate gives no answer."""


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
    """What the candidate made of every recording.

    Args:
        candidate: Its name.
        masks: What is stored as masked.
    """

    def __init__(self, candidate: str, masks: Masks) -> None:
        self.candidate = candidate
        self.masks = masks
        self.answers: dict[str, Answered] = {}
        """Recording to what was made of it; a failure is one too."""
        self.not_run: dict[str, str] = {}
        """Recordings that the candidate was not asked about, and why."""
        self.summary = Summary()
        """Its verdict is that of an audit whose findings fail nothing."""

    def add(self, audited: Audited) -> None:
        """Keep what was made of one recording.

        Raises:
            UsageError: It was given twice.
        """
        name = names.normal(audited.recording.id)
        if not audited.candidates or audited.candidates[0].status in ("unavailable", "skipped"):
            why = audited.candidates[0].error if audited.candidates else audited.reason
            self.not_run[name] = why or "not run"
            return
        if name in self.answers:
            raise UsageError(f"The recording {name} was given twice; a store has one answer for it.")
        result = audited.candidates[0]
        first = self._snapshot(name, audited, _settled(result))
        again = None if result.again is None else self._snapshot(name, audited, _settled(result.again))
        steady = again is None or again.text == first.text
        self.answers[name] = Answered(first, audited, again=None if steady else again)

    @property
    def unsteady(self) -> list[str]:
        """Recordings whose answer is another one each time: there is none to keep."""
        return [name for name, answered in self.answers.items() if answered.again is not None]

    @property
    def failed(self) -> set[str]:
        """Recordings that the candidate answers with a failure."""
        return {name for name, answered in self.answers.items() if answered.failed}

    def _snapshot(
        self, name: str, audited: Audited, answer: tuple[dict[str, Any] | None, str | None]
    ) -> Snapshot:
        response, error = answer
        return Snapshot(
            recording=name,
            dialect=audited.recording.dialect or "",
            chunks=audited.recording.chunks,
            content=audited.content,
            response=None if response is None else self.masks.apply(response),
            error=error,
        )

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
    """Have every recording audited; masks that are not given are the store's.

    Raises:
        UsageError: A path or candidate does not exist or cannot be run, or there is not one candidate.
    """
    plan = asked.plan
    _check_apart(asked.store, plan.paths)
    masks = Masks(asked.masks or store.masks or ())
    with Auditor(plan, say=watch.say) as auditor:
        auditor.load()
        taken = Taken(_only(auditor.run.candidates), masks)
        sources = recordings.find(plan.paths)
        if watch.sized is not None:
            watch.sized(recordings.size(sources))
        for _, outcome in auditor.spread(sources, watch.progress):
            if outcome is not None:
                totals.add(taken.summary, outcome)
            if isinstance(outcome, Audited):
                taken.add(outcome)
    verdict = gate.judge(
        taken.summary, fail_on="never", strict=plan.strict, exit_zero=False, candidates=(taken.candidate,)
    )
    if verdict.exit_code == 2:
        raise UsageError(f"{taken.candidate}: {next(iter(taken.not_run.values()), verdict.reason)}")
    taken.summary.exit_code, taken.summary.stop_reason = verdict
    names.check_distinct([*taken.answers, *store.snapshots])
    return taken


def _only(candidates: Sequence[str]) -> str:
    if len(candidates) != 1:
        listed = f": {', '.join(candidates)}" if candidates else ""
        raise UsageError(f"A store holds the answers of one candidate; {len(candidates)} were given{listed}.")
    return candidates[0]


def _settled(answer: CandidateResult | Observation) -> tuple[dict[str, Any] | None, str | None]:
    """An answer as it is stored: the response, or why there is none."""
    if answer.response is None:
        return None, settled_error(answer.status, answer.error)
    return tree(answer.response, answer.covered), None


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
