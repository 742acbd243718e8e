"""The corridor of the ledger: recordings in, one entry a request out.

    recordings -> dialects (reference fold) -> labels, account -> Entry -> Ledger -> Bill

Reading and folding are the audit's, without candidates. ``usage`` adds the
entries up; whoever wants to do something else with them asks the ``Tally``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from stream_audit import __version__, gate, recordings, totals
from stream_audit.corridor.auditor import Auditor
from stream_audit.corridor.plan import Plan
from stream_audit.ledger.account import COUNTS, MEASURES, Entry
from stream_audit.ledger.copies import once
from stream_audit.ledger.labels import Labels
from stream_audit.ledger.origin import Origin, Origins
from stream_audit.ledger.request import account_of
from stream_audit.ledger.rollup import Ledger, Sum
from stream_audit.model import Audited, Progress, Summary
from stream_audit.model.bill import Bill, BillRow

__all__ = ["Tally", "usage"]

EARLY = "log-placeholder-usage"
_NOT_STREAMED = "interactions-not-streamed"
"""The rule of what a session log tells before it is known."""


def usage(
    plan: Plan,
    labels: Labels,
    by: Sequence[str],
    progress: Progress | None = None,
    sized: Callable[[int], None] | None = None,
) -> Bill:
    """Add up what the requests in the recordings of a plan used.

    Args:
        plan: What to read and how to fold it, and whether everything must be readable.
        labels: What the recordings are labelled.
        by: The labels to add up by, the coarsest level first.
        progress: Told how many bytes were read since the last call.
        sized: Told once how many bytes there are to read.

    Raises:
        UsageError: A path or name that does not exist, labels that are damaged, a label named twice.
    """
    ledger = Ledger(by)
    tally = Tally(plan, labels)
    for entry in tally.entries(progress, sized):
        ledger.add(entry)
    verdict = gate.judge_totals(tally.summary, folded=tally.folded, strict=plan.strict)
    tally.summary.exit_code, tally.summary.stop_reason = verdict.exit_code, verdict.reason
    return Bill(
        version=__version__,
        command=plan.command,
        by=ledger.by,
        rows=tuple(map(_row, ledger.rows())),
        folded=tally.folded,
        summary=tally.summary,
        remarks=(*ledger.remarks(), *labels.remarks(), *tally.remarks()),
    )


def _row(one: Sum) -> BillRow:
    return BillRow(
        key=one.key,
        counts={name: getattr(one.account, name) for name in COUNTS},
        tokens={name: one.account.tokens.get(name) for name in MEASURES},
        seconds=one.seconds,
    )


class Tally:
    """Every request in the recordings of a plan.

    Args:
        plan: What to read and how to fold it; candidates are left out.
        labels: What the recordings are labelled.

    Raises:
        UsageError: A path or name that does not exist.

    Example::

        tally = Tally(Plan(paths=("runs",)), Labels())
        for entry in tally.entries():
            ledger.add(entry)
        print(tally.folded, "of", tally.summary.counts.found)
    """

    def __init__(self, plan: Plan, labels: Labels) -> None:
        self._plan = replace(plan, candidates=(), reference=None)
        self._labels = labels
        self._sources = [one for one in recordings.find(plan.paths) if not labels.is_sidecar(one.path)]
        self._auditor = Auditor(self._plan)
        self._origins = Origins()
        self._early = 0
        self.summary = Summary()
        """Grows with the entries: what was found, what could not be read or folded, damage, findings."""

    @property
    def folded(self) -> int:
        """Recordings that were folded so far: as many as there were entries."""
        counts = self.summary.counts
        return counts.found - counts.unreadable - counts.skipped

    def entries(
        self, progress: Progress | None = None, sized: Callable[[int], None] | None = None
    ) -> Iterator[Entry]:
        """One entry for each recording that was folded, in the order of the sources.

        Those of session logs come last, as the copies of a response can only be told when all are known.

        Args:
            progress: Told how many bytes were read since the last call.
            sized: Told once how many bytes there are to read.

        Raises:
            UsageError: Labels that lie beside a recording are damaged.
        """
        if sized is not None:
            sized(recordings.size(self._sources))
        held: list[tuple[Entry, Origin]] = []
        early: set[str] = set()
        for _, outcome in self._auditor.spread(self._sources, progress):
            if outcome is None:
                continue
            totals.add(self.summary, outcome)
            if not isinstance(outcome, Audited) or outcome.reference is None:
                continue
            origin = self._origins.of(outcome.recording, outcome.reference)
            entry = self._entry(outcome, logged=origin is not None)
            if origin is None:
                yield entry
                continue
            held.append((entry, origin))
            if any(one.rule == EARLY and one.field == "usage.output_tokens" for one in outcome.findings):
                early.add(entry.recording)
        for entry in once(held):
            self._early += entry.account.requests > 0 and entry.recording in early
            yield entry

    def remarks(self) -> list[str]:
        """What must be said about what was read once there is no entry left, each a sentence."""
        said = []
        if files := self.summary.findings.get(_NOT_STREAMED, 0):
            hold = "1 file holds" if files == 1 else f"{files:,} files hold"
            what = "answers that were not streamed; what they used is in no sum"
            said.append(f"{hold} {what} ({_NOT_STREAMED}).")
        if self._early:
            have = "1 response was" if self._early == 1 else f"{self._early:,} responses were"
            said.append(f"{have} logged before the end, and may have used more than is counted ({EARLY}).")
        if absent := self._origins.absent():
            own = "1 session whose own log is" if absent == 1 else f"{absent:,} sessions whose own logs are"
            said.append(f"Several logs go on with {own} not here: what they repeat of it counts in each.")
        return said

    def _entry(self, audited: Audited, *, logged: bool) -> Entry:
        recording = audited.recording
        assert audited.reference is not None
        return Entry(
            recording=recording.id,
            path=recording.path,
            line=recording.first_line,
            labels=self._labels.of(recording),
            account=account_of(audited.reference, complete=audited.complete, logged=logged),
            times=(recording.times[0], recording.times[1]) if recording.times else None,
        )
