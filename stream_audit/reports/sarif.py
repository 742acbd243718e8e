"""SARIF 2.1.0: one run, a result for each finding, for code scanning and the viewers of editors.

Results are written the moment they are known; the tool with the rules that were
met and the invocation with its exit code stand behind them, which JSON allows.
Notes about the streams themselves are bounded for each rule, and what is left out
is said by a notification.

Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS.
"""

from __future__ import annotations

from typing import Any, TextIO

from stream_audit.model import Audited, Finding, Run, Summary
from stream_audit.reports.absent import Absent
from stream_audit.reports.options import Options
from stream_audit.reports.plain import encode
from stream_audit.reports.printable import brief
from stream_audit.reports.sarif_objects import (
    invocation,
    level,
    notification,
    place,
    properties,
    rule_descriptor,
    sentence,
)
from stream_audit.reports.verdict import acceptance_lines, counted

__all__ = ["MOST_NOTES", "SCHEMA", "SarifReport"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_NOTES = 100
"""Notes of one rule about the streams themselves that become results."""


class SarifReport:
    """Implements :class:`stream_audit.model.Report`."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._rule = options.rule
        self._rules: dict[str, int] = {}
        self._notes: dict[str, int] = {}
        self._written = 0
        self._absent = Absent()
        self._run = Run(version="", command=())

    def begin(self, run: Run) -> None:
        """Open the list of results."""
        self._run = run
        self._stream.write(f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"results":[')

    def add(self, audited: Audited) -> None:
        """Write a result for each finding."""
        self._absent.add(audited)
        for finding in audited.findings:
            self._finding(finding)

    def end(self, summary: Summary) -> None:
        """Write the last results, then the rules and how the run went."""
        for entry in summary.unreadable:
            for finding in entry.findings:
                self._finding(finding)
        driver = {
            "name": "stream-audit",
            "semanticVersion": self._run.version,
            "rules": [rule_descriptor(slug, self._rule(slug)) for slug in self._rules],
        }
        rest = {
            "tool": {"driver": driver},
            "invocations": [invocation(self._run, summary, self._notifications(summary))],
            "columnKind": "unicodeCodePoints",
        }
        self._stream.write("\n],\n" + ",\n".join(f'"{key}":{_text(value)}' for key, value in rest.items()))
        self._stream.write("}]}\n")
        self._stream.flush()

    def _finding(self, finding: Finding) -> None:
        if not finding.about(self._run.subject) and finding.severity == "note":
            self._notes[finding.rule] = self._notes.get(finding.rule, 0) + 1
            if self._notes[finding.rule] > MOST_NOTES:
                return
        self._stream.write(",\n" if self._written else "\n")
        self._stream.write(_text(self._result(finding)))
        self._written += 1

    def _result(self, finding: Finding) -> dict[str, Any]:
        index = self._rules.setdefault(finding.rule, len(self._rules))
        result: dict[str, Any] = {
            "ruleId": brief(finding.rule, 200),
            "ruleIndex": index,
            "level": level(finding, self._run.subject),
            "message": {"text": sentence(finding.message)},
            "locations": [place(finding.path, finding.line)],
            "occurrenceCount": max(finding.count, 1),
            # All results of a run have suppressions or none has: an empty list says that it counts.
            "suppressions": [{"kind": "external", "status": "accepted"}] if finding.baselined else [],
            "properties": properties(finding),
        }
        if finding.id:
            result["partialFingerprints"] = {"streamAudit/v1": finding.id}
        return result

    def _notifications(self, summary: Summary) -> list[dict[str, Any]]:
        """What kept the run from auditing everything, and what it leaves out here."""
        said = [
            notification(
                "warning" if entry.skipped else "error",
                f"Not audited, {'skipped' if entry.skipped else 'unreadable'}: {entry.reason}",
                entry.path,
                entry.line,
            )
            for entry in summary.unreadable
        ]
        said += [notification("warning", f"{who}: {why}") for who, why in self._absent.told(summary)]
        said += [notification("note", "Passed over: not a recording.", path) for path in summary.passed_over]
        said += [notification("note", line) for line in acceptance_lines(summary)]
        for rule, number in self._notes.items():
            if number > MOST_NOTES:
                more = counted(number - MOST_NOTES, "further note")
                said.append(notification("note", f"{more} of {rule} about the streams themselves left out."))
        return said


def _text(value: Any) -> str:
    return encode(value, ascii_only=True).decode("ascii")
