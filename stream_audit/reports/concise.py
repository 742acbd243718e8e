"""One line a finding, ``path:line: rule message``, for editors, grep and logs; then counts and exit code.

A finding about a whole file is given line 1, since editors open a file there.
"""

from __future__ import annotations

from typing import TextIO

from stream_audit.model import Audited, Finding, Run, Summary, Unreadable
from stream_audit.reports.absent import Absent
from stream_audit.reports.options import Options
from stream_audit.reports.printable import brief, printable
from stream_audit.reports.verdict import acceptance_lines, counts_line, exit_line

__all__ = ["ConciseReport"]


class ConciseReport:
    """Implements :class:`stream_audit.model.Report`; every finding is printed the moment it is known."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._quiet = options.quiet
        self._absent = Absent()

    def begin(self, run: Run) -> None:
        """Print nothing: the first line is the first finding."""
        self._run = run

    def add(self, audited: Audited) -> None:
        """Print this recording's findings; when quiet, without those about the stream itself."""
        self._absent.add(audited)
        for finding in audited.fresh:
            if not self._quiet or finding.about(self._run.subject):
                self._stream.write(f"{self._line(finding)}\n")

    def end(self, summary: Summary) -> None:
        """Print what could not be audited, then the counts, and the exit code with its reason."""
        for entry in summary.unreadable:
            lines = [self._line(finding) for finding in entry.findings] or [_unaudited(entry)]
            self._stream.writelines(f"{line}\n" for line in lines)
        self._stream.writelines(f"{who}: {why}\n" for who, why in self._absent.told(summary))
        self._stream.writelines(f"{line}\n" for line in acceptance_lines(summary))
        partial = "" if summary.complete else " · partial: stopped before the end"
        self._stream.write(f"{counts_line(summary)}{partial} · {exit_line(summary)}\n")
        self._stream.flush()

    def _line(self, finding: Finding) -> str:
        """A finding; one about a stream that is judged also says how bad it is and whom it breaks."""
        who = f" [{printable(finding.candidate)}]" if finding.candidate is not None else ""
        linted = finding.about("streams") and self._run.subject == "streams"
        rank = f"{finding.severity}: " if linted else ""
        if linted and finding.breaks:
            who = f" [breaks {', '.join(map(printable, finding.breaks))}]"
        often = f" ({finding.count:,} times)" if finding.count > 1 else ""
        place = f"{_first(finding.path)}:{finding.line or 1}"
        return f"{place}: {printable(finding.rule)} {rank}{brief(finding.message)}{often}{who}"


def _unaudited(entry: Unreadable) -> str:
    fate = "skipped" if entry.skipped else "unreadable"
    return f"{_first(entry.path)}:{entry.line or 1}: {fate} {printable(entry.reason)}"


def _first(path: str) -> str:
    """A path at the start of a line; never two colons, with which GitHub's runner lets a command begin."""
    return printable(f"./{path}" if path.lstrip().startswith("::") else path)
