"""What of a run a team has accepted before: part of the corridor, between the audit and the sums.

Baselines and ignores are applied where all outcomes come together, so that what
was met and what was not is known for the whole run, whatever ``--jobs`` is.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stream_audit import rules
from stream_audit.accepted import Baseline, Entry, Ignores
from stream_audit.accepted.changes import field_of
from stream_audit.errors import UsageError
from stream_audit.model import EVERYTHING, Audited, Finding, Subject, Summary, Unreadable

__all__ = ["Acceptance", "Accepting", "Sought"]

_GROWTH = "fold-quadratic"
_PAIRED = "sync-vs-async"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """What a user asks to be taken as known."""

    baseline: str | None = None
    """File of accepted findings."""
    update: bool = False
    """Write every finding of the run into it."""
    prune: bool = False
    """Drop from it what is no longer found."""
    ignores: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Glob over recordings to the rules that do not count there."""

    @property
    def writes(self) -> bool:
        """The run writes the baseline."""
        return self.update or self.prune


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a run looks for: of nothing else can it say that it is gone."""

    rule: Callable[[str], bool]
    """Whether findings of a rule are wanted."""
    fields: frozenset[str]
    """Members of ``FIELDS`` that are compared."""
    growth: bool
    """Whether the growth of a candidate's time is measured."""
    pairs: frozenset[str]
    """Candidates that are compared with another of which they are a copy."""
    subject: Subject = "candidates"
    """What is judged: an entry without a candidate is about a stream."""

    def entry(self, entry: Entry) -> bool:
        """Whether what an entry accepts would have been found, were it still there."""
        if (self.subject == "candidates") != bool(entry.candidate):
            return False
        if not self.rule(entry.rule) or (entry.rule == _GROWTH and not self.growth):
            return False
        if entry.rule == _PAIRED and entry.candidate not in self.pairs:
            return False
        if self.subject == "streams" or self.fields == EVERYTHING or not entry.field:
            return True
        return field_of(entry.field) in self.fields


class Acceptance:
    """Marks known findings, drops ignored ones, and in the end says what no longer applies.

    Raises:
        UsageError: The baseline cannot be read, or is to be written and has no name.
        UnknownName: An ignore names no rule.
    """

    def __init__(
        self, accepting: Accepting, say: Callable[[str], None], subject: Subject = "candidates"
    ) -> None:
        self._accepting = accepting
        self._say = say
        for listed in accepting.ignores.values():
            for slug in listed:
                rules.rule(slug)
        self._ignores = Ignores(accepting.ignores)
        self._baseline: Baseline | None = None
        if accepting.baseline is not None:
            today = datetime.date.today()
            self._baseline = Baseline.read(
                Path(accepting.baseline), today, missing=accepting.update, subject=subject
            )
        elif accepting.writes:
            raise UsageError("--baseline-update and --baseline-prune need --baseline FILE.")

    def apply(self, outcome: Audited | Unreadable) -> Audited | Unreadable:
        """The outcome without what is ignored, and with what is known marked so."""
        kept = tuple(finding for finding in outcome.findings if not self._ignored(finding))
        if len(kept) != len(outcome.findings):
            outcome = replace(outcome, findings=kept)
        if self._baseline is None or isinstance(outcome, Unreadable):
            return outcome
        return self._baseline.mark(outcome)

    def _ignored(self, finding: Finding) -> bool:
        dropped = self._ignores.drop(finding.path, finding.rule)
        if dropped and self._baseline is not None:
            self._baseline.overlook(finding)
        return dropped

    def close(self, summary: Summary, sought: Sought) -> None:
        """Tell the summary what no longer applies; write the baseline where that was asked for."""
        if summary.complete and not summary.not_audited:
            summary.unused_ignores = self._ignores.unused(sought.rule)
        baseline = self._baseline
        if baseline is None:
            return
        summary.baseline = str(baseline.path)
        if summary.complete and self._accepting.writes:
            update, prune = self._accepting.update, self._accepting.prune
            summary.baseline_written = baseline.save(
                update=update, prune=prune, say=self._say, sought=sought.entry
            )
        dropped = self._accepting.prune and summary.baseline_written is not None
        stale = [] if dropped else baseline.stale(sought.entry)
        summary.stale = [_named(entry) for entry in stale]
        summary.expired = [f"{_named(entry)}, accepted until {entry.expires}" for entry in baseline.expired()]


def _named(entry: Entry) -> str:
    field = f" {entry.field}" if entry.field else ""
    who = f" [{entry.candidate}]" if entry.candidate else ""
    return f"{entry.recording}: {entry.rule}{field}{who}"
