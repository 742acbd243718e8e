"""Code quality for GitLab: a JSON array with an object for each finding.

GitLab shows in a merge request which of them are new, which it knows by their
fingerprints. The array has no place for a verdict, and an empty one means that
all is well; so a run that compared nothing, or broke off, adds an object that
says so. What was accepted before is left out.

Source: "Code Quality", the report format, in GitLab's documentation.
"""

from __future__ import annotations

import hashlib
from typing import Any, TextIO

from stream_audit.model import Audited, Finding, Run, Summary
from stream_audit.reports.absent import Absent
from stream_audit.reports.options import Options
from stream_audit.reports.places import below
from stream_audit.reports.plain import encode
from stream_audit.reports.printable import brief, printable
from stream_audit.reports.verdict import exit_line

__all__ = ["GitlabReport"]

_SEVERITIES = {"error": "critical", "warning": "major", "note": "minor"}
_STREAM = "info"
"""Severity of what a stream does wrong by itself where candidates are judged: it fails nothing."""
_JUDGED = (0, 1)
"""Exit codes of runs whose findings say it all."""
_SLOTS = 1 << 27


class GitlabReport:
    """Implements :class:`stream_audit.model.Report`; every object is written the moment it is known."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._title = options.title
        self._seen = bytearray(_SLOTS // 8)
        self._written = 0
        self._absent = Absent()

    def begin(self, run: Run) -> None:
        """Open the array."""
        self._run = run
        self._stream.write("[")

    def add(self, audited: Audited) -> None:
        """Write this recording's findings."""
        self._absent.add(audited)
        for finding in audited.fresh:
            self._finding(finding)

    def end(self, summary: Summary) -> None:
        """Write what could not be audited, and a verdict that is not one of the findings'."""
        for entry in summary.unreadable:
            for finding in entry.findings:
                self._finding(finding)
            if not entry.findings:
                fate = "skipped" if entry.skipped else "unreadable"
                said = f"Not audited: {entry.reason}"
                self._write(
                    fate, said, "info", (entry.path, entry.line), _digest(fate, entry.path, entry.line)
                )
        for who, why in self._absent.told(summary):
            self._write("candidate-not-run", f"{who}: {why}", _STREAM, (".", 1), _digest(who, why))
        if summary.exit_code not in _JUDGED:
            said = f"stream-audit ended with {exit_line(summary)}."
            self._write("stream-audit", said, "blocker", (".", 1), _digest("stream-audit", summary.exit_code))
        self._stream.write("\n]\n")
        self._stream.flush()

    def _finding(self, finding: Finding) -> None:
        title = self._title(finding.rule)
        judged = finding.about(self._run.subject)
        who = f" [{brief(finding.candidate, 200)}]" if finding.candidate is not None else ""
        breaks = f" Known to break {', '.join(finding.breaks)}." if judged and finding.breaks else ""
        said = f"{brief(finding.message)}{who}{f' {title}' if title else ''}{breaks}"
        severity = _SEVERITIES[finding.severity] if judged else _STREAM
        mark = finding.id or _digest(
            finding.rule, finding.recording, finding.line, finding.field, finding.message
        )
        place = (finding.path, finding.line)
        self._write(finding.rule, said, severity, place, mark, finding.recording)

    def _write(
        self, check: str, said: str, severity: str, place: tuple[str, int], mark: str, recording: str = ""
    ) -> None:
        issue: dict[str, Any] = {
            "description": brief(said, 4_000),
            "check_name": printable(check),
            "fingerprint": self._unique(mark, recording),
            "severity": severity,
            "location": {"path": printable(below(place[0])), "lines": {"begin": max(place[1], 1)}},
        }
        self._stream.write(",\n" if self._written else "\n")
        self._stream.write(encode(issue, ascii_only=True).decode("ascii"))
        self._written += 1

    def _unique(self, mark: str, recording: str) -> str:
        """``mark``; where another has it (a recording is there twice), one made of it and the recording.

        Which were given is kept in a table of fixed size, a bit for each. Two that share a bit look
        alike; that costs one of them nothing but a longer way to its fingerprint.
        """
        for fingerprint in (mark, _digest(mark, recording)):
            if self._first(fingerprint):
                return fingerprint
        return _digest(mark, recording, self._written)

    def _first(self, fingerprint: str) -> bool:
        slot = int(_digest(fingerprint), 16) % _SLOTS
        byte, bit = slot >> 3, 1 << (slot & 7)
        known = self._seen[byte] & bit
        self._seen[byte] |= bit
        return not known


def _digest(*parts: object) -> str:
    text = "\0".join(map(str, parts)).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
