"""Annotations for GitHub Actions: workflow commands on standard output, the worst first.

GitHub shows at most ten errors, ten warnings and ten notices of a step; further
commands are lost without a word. So no more are sent: one of each kind of finding
first, then others, and a last line says how many there are in all. The Markdown
report has the rest.

Source: "Workflow commands for GitHub Actions", and the limits in the actions
toolkit's documentation of annotations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TextIO

from stream_audit.model import Audited, Finding, Run, Summary
from stream_audit.reports.absent import Absent
from stream_audit.reports.options import Options
from stream_audit.reports.places import here
from stream_audit.reports.printable import printable
from stream_audit.reports.verdict import acceptance_lines, counted, counts_line, exit_line

__all__ = ["MOST", "GithubReport"]

MOST = 10
"""Annotations of one level that GitHub shows of a step."""
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_LONGEST = 2_000
"""Characters of a message; GitHub shows a few lines."""


class GithubReport:
    """Implements :class:`stream_audit.model.Report`; only what is judged is annotated."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._title = options.title
        self._absent = Absent()
        self._kept = {level: _Kept() for level in _LEVELS}

    def begin(self, run: Run) -> None:
        """Print nothing yet: what is worst is known at the end."""
        self._run = run

    def add(self, audited: Audited) -> None:
        """Keep the first findings of each level, count the others."""
        self._absent.add(audited)
        for finding in audited.fresh:
            if finding.about(self._run.subject):
                self._keep(finding)

    def end(self, summary: Summary) -> None:
        """Print the annotations, what was left out, and the verdict."""
        for entry in summary.unreadable:
            for finding in entry.findings:
                self._keep(finding)
        for level, kept in self._kept.items():
            for finding in kept.shown():
                self._stream.write(f"{self._command(level, finding)}\n")
        left = [
            f"{MOST} of {counted(kept.seen, level)}" for level, kept in self._kept.items() if kept.seen > MOST
        ]
        if left:
            self._stream.write(f"annotated: {', '.join(left)}\n")
        self._stream.writelines(f"{who}: {why}\n" for who, why in self._absent.told(summary))
        self._stream.writelines(f"{line}\n" for line in acceptance_lines(summary))
        self._stream.write(f"{counts_line(summary)} · {exit_line(summary)}\n")
        self._stream.flush()

    def _keep(self, finding: Finding) -> None:
        self._kept[finding.severity].add(finding)

    def _command(self, level: str, finding: Finding) -> str:
        title = f"{finding.rule}: {self._title(finding.rule)}".removesuffix(": ")
        who = f" [{finding.candidate}]" if finding.candidate is not None else ""
        if finding.breaks and finding.about(self._run.subject):
            who += f" Known to break {', '.join(finding.breaks)}."
        properties = {"file": here(finding.path), "line": str(finding.line or 1), "title": title}
        listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        return f"::{_LEVELS[level]} {listed}::{_data(f'{finding.message}{who}'[:_LONGEST])}"


@dataclass(slots=True)
class _Kept:
    """The findings of one level: the first of each kind, then the first of all."""

    seen: int = 0
    kinds: dict[tuple[str, str | None], Finding] = field(default_factory=dict)
    others: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.seen += 1
        kind = (finding.rule, finding.candidate)
        if kind not in self.kinds:
            self.kinds[kind] = finding
        elif len(self.others) < MOST:
            self.others.append(finding)

    def shown(self) -> list[Finding]:
        return [*self.kinds.values(), *self.others][:MOST]


def _data(text: str) -> str:
    """A command's message: on one line, every character visible, nothing that ends the command."""
    lines = [printable(line) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
