"""The report for people: what is wrong first, where it is, then why, then the sums and the verdict.

Events are gathered as they arrive, bounded by the kinds of finding; everything is
printed at the end, since only then is it known what is worst.
"""

from __future__ import annotations

from typing import TextIO

from stream_audit.model import Audited, Run, Summary
from stream_audit.reports.absent import Absent
from stream_audit.reports.details import print_details
from stream_audit.reports.folds import Fold, print_folds, to_fold
from stream_audit.reports.groups import Groups
from stream_audit.reports.listing import print_findings
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, packed, word
from stream_audit.reports.printable import printable
from stream_audit.reports.remains import (
    print_absent,
    print_acceptance,
    print_growth,
    print_left_out,
    print_not_covered,
    print_twins,
    print_wire,
)
from stream_audit.reports.tags import print_tags
from stream_audit.reports.totals import print_totals
from stream_audit.reports.trail import Trail, print_trails, to_trail
from stream_audit.reports.verdict import counts_parts, verdict
from stream_audit.reports.work import print_work

__all__ = ["TableReport"]

_SHOWN = 3
"""Findings of a kind that are listed one by one."""
_FOLDS = 20
"""Recordings that are listed when there is no candidate, or whose usage is explained."""


class TableReport:
    """Implements :class:`stream_audit.model.Report`."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._options = options
        self._paper = Paper(stream, width=options.width, color=options.color)
        self._absent = Absent()
        self._folds: list[Fold] = []
        self._folded = 0
        self._trails: list[Trail] = []
        self._traced = 0

    def begin(self, run: Run) -> None:
        """Remember what was asked."""
        self._run = run
        shown = None if self._options.verbose else _SHOWN
        size = 2 * max(14, self._paper.width // 4)
        self._groups = Groups(shown=shown, size=size, subject=run.subject)

    def add(self, audited: Audited) -> None:
        """Take in one recording's findings; without a candidate, also what it folded into."""
        for finding in audited.fresh:
            self._groups.add(finding, audited.recording)
        self._absent.add(audited)
        if audited.usage_trail is not None:
            self._traced += 1
            if self._options.verbose or len(self._trails) < _FOLDS:
                self._trails += filter(None, [to_trail(audited, verbose=self._options.verbose)])
        if not self._run.candidates and self._run.subject == "candidates":
            self._folded += 1
            if self._options.verbose or len(self._folds) < _FOLDS:
                self._folds.append(to_fold(audited))

    def end(self, summary: Summary) -> None:
        """Print everything."""
        paper, options = self._paper, self._options
        for line in packed(self._head(summary), paper.width):
            paper.print(word(line, "bold"))
        self._groups.add_unread(summary.unreadable)
        groups = self._groups.judged()
        several = len(self._run.candidates) > 1
        print_findings(paper, groups, several=several)
        if not options.quiet:
            print_details(paper, groups, options, several=several)
            if self._folds:
                print_folds(paper, self._folds, self._folded)
            print_wire(paper, self._groups.wire(), verbose=options.verbose)
            print_twins(paper, summary)
            print_trails(paper, self._trails, self._traced)
            print_not_covered(paper, summary)
            if self._run.subject == "candidates":
                print_totals(paper, summary)
            print_work(paper, summary)
            print_tags(paper, summary.tagging)
        print_absent(paper, self._absent, summary)
        print_growth(paper, summary)
        print_left_out(paper, summary, verbose=options.verbose)
        print_acceptance(paper, summary)
        self._print_verdict(summary)
        paper.flush()

    def _head(self, summary: Summary) -> list[str]:
        bundled = ", ".join(sorted(summary.dialects)) or "bundled folds"
        if self._run.subject == "streams":
            return [f"stream-audit {printable(self._run.version)}", f"lint {printable(bundled)}"]
        reference = self._versioned(self._run.reference) if self._run.reference else bundled
        parts = [f"stream-audit {self._run.version}", f"reference {reference}"]
        parts += [f"candidate {self._versioned(name)}" for name in self._run.candidates]
        if self._run.fields:
            parts.append(f"fields {', '.join(self._run.fields)}")
        return [printable(part) for part in parts]

    def _versioned(self, name: str) -> str:
        """The candidate's name, with its library's version where the name does not tell it."""
        version = self._run.versions.get(name)
        return name if version is None or version in name else f"{name} ({version})"

    def _print_verdict(self, summary: Summary) -> None:
        style = "green" if summary.exit_code == 0 else "red"
        self._paper.print()
        for line in packed(counts_parts(summary), self._paper.width):
            self._paper.print(word(line, "bold"))
        self._paper.print(word(verdict(self._run, summary), style))
