"""JUnit XML: a suite for each candidate, in it a test for each recording; and a suite for the run itself.

Where the streams themselves are judged, one suite has a test for each of them.

A test fails where the gate does: findings that were accepted before, or are below
``--fail-on``, are told in its output and leave it passing. The run's own suite holds
what no candidate was given, and a verdict, so that a run that compared nothing is not
green. Tests wait in temporary files, because a suite's counts stand before them.

Source: the schema of the Jenkins xUnit plugin (``junit-10.xsd``) and what GitLab, GitHub's
actions and Jenkins read of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TextIO

from stream_audit.model import Audited, CandidateResult, Finding, Recording, Run, Summary, Unreadable
from stream_audit.reports.junit_suite import Case, Suite
from stream_audit.reports.options import Options
from stream_audit.reports.printable import brief, printable
from stream_audit.reports.reproduce import reproduce_command
from stream_audit.reports.values import counts, has_values, pair
from stream_audit.reports.verdict import acceptance_lines, counted, exit_line

__all__ = ["MOST", "JunitReport"]

MOST = 100
"""Findings of one test that are told."""
_VALUE = 400
_RANKS = ("error", "warning", "note")
_OWN = "stream-audit"
_STREAMS = "streams"
_BROKEN = ("crashed", "timeout", "refused")


class JunitReport:
    """Implements :class:`stream_audit.model.Report`."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._options = options
        self._failing = () if options.fail_on == "never" else _RANKS[: _RANKS.index(options.fail_on) + 1]
        self._own = Suite(_OWN)
        self._suites: dict[str, Suite] = {}
        self._told: set[tuple[str, int]] = set()
        self._run = Run(version="", command=())

    def begin(self, run: Run) -> None:
        """Open a suite for each candidate."""
        self._run = run
        for name in run.candidates:
            self._suites[name] = Suite(printable(name))

    def add(self, audited: Audited) -> None:
        """Write a test for each candidate."""
        if self._run.subject == "streams" and audited.reference is not None:
            self._suite(_STREAMS).add(self._case(audited.recording, None, audited.findings))
            return
        about: dict[str | None, list[Finding]] = {result.name: [] for result in audited.candidates}
        wire = [finding for finding in audited.findings if finding.kind == "wire"]
        for finding in audited.findings:
            if finding.kind != "wire":
                about.setdefault(finding.candidate, []).append(finding)
        results = {result.name: result for result in audited.candidates}
        for name, found in about.items():
            case = self._case(audited.recording, results.get(name or ""), found)
            case.output += self._lines(wire)
            self._suite(name).add(case)
        if not about:
            self._own.add(self._uncompared(audited, wire))

    def end(self, summary: Summary) -> None:
        """Write what no candidate was given, the verdict, and then everything in its order."""
        for entry in summary.unreadable:
            if (entry.path, entry.line) not in self._told:
                self._own.add(self._left_out(entry))
        self._own.add(self._verdict(summary))
        suites = [*self._suites.values(), self._own]
        sums = " ".join(
            f'{name}="{sum(getattr(suite, name) for suite in suites)}"'
            for name in ("tests", "failures", "errors")
        )
        self._write(f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="{_OWN}" {sums}>\n')
        for name, suite in self._suites.items():
            suite.pour(self._write, self._about(name, summary))
        self._own.pour(self._write, self._about_the_run(summary))
        self._write("</testsuites>\n")
        self._stream.flush()

    def _suite(self, name: str | None) -> Suite:
        if name is None:
            return self._own
        return self._suites.setdefault(name, Suite(printable(name)))

    def _write(self, text: str) -> None:
        encoding = (getattr(self._stream, "encoding", None) or "utf-8").lower()
        if not encoding.startswith("utf"):
            text = text.encode("ascii", "xmlcharrefreplace").decode("ascii")
        self._stream.write(text)

    # ------------------------------------------------------------------ one test

    def _case(self, recording: Recording, result: CandidateResult | None, found: Sequence[Finding]) -> Case:
        case = Case(brief(recording.id), seconds=result.seconds if result is not None else None)
        failing = [one for one in found if not one.baselined and one.severity in self._failing]
        known = [one for one in found if one.baselined]
        below = [one for one in found if not one.baselined and one.severity not in self._failing]
        status = result.status if result is not None else "differ"
        if failing:
            case.fate = "error" if status in _BROKEN else "failure"
            case.type = brief(failing[0].rule, 200)
            case.message = f"{case.type}: {brief(failing[0].message)}"
            case.text = [*self._lines(failing), *self._again(failing[0], recording)]
        elif result is not None and (
            status in ("unavailable", "skipped") or (status in _BROKEN and not found)
        ):
            case.fate = "skipped"
            case.message = f"{status}: {brief(result.error or 'no reason is known')}"
        if known:
            case.output += [f"{counted(len(known), 'finding')} accepted before", *self._lines(known)]
        if below:
            least = self._options.fail_on
            case.output += [f"{counted(len(below), 'finding')} below --fail-on {least}", *self._lines(below)]
        return case

    def _lines(self, found: Sequence[Finding]) -> list[str]:
        lines = [line for finding in found[:MOST] for line in _told(finding)]
        more = len(found) - MOST
        return (
            [*lines, f"… {more:,} more" if more == 1 else f"… {more:,} more findings"] if more > 0 else lines
        )

    def _again(self, finding: Finding, recording: Recording) -> list[str]:
        words = reproduce_command(finding, recording, self._options)
        return [brief(f"reproduce: {' '.join(words)}")] if words else []

    # ------------------------------------------------------------------ the run's own suite

    def _uncompared(self, audited: Audited, wire: Sequence[Finding]) -> Case:
        recording = audited.recording
        case = Case(brief(recording.id), fate=self._fate(wire), output=self._lines(wire))
        if audited.reference is None:
            case.message = f"skipped: {brief(audited.reason)}"
            self._told.add((recording.path, recording.first_line))
        else:
            case.message = "not compared: no candidate was given"
        return case

    def _left_out(self, entry: Unreadable) -> Case:
        fate = "skipped" if entry.skipped else "unreadable"
        name = f"{entry.path}:{entry.line}" if entry.line else entry.path
        return Case(
            brief(name),
            fate=self._fate(entry.findings),
            message=f"{fate}: {brief(entry.reason)}",
            output=self._lines(entry.findings),
        )

    def _fate(self, found: Sequence[Finding]) -> Literal["error", "skipped"]:
        """Of what was not looked at: where it fails the gate all the same, it is no test left out."""
        fails = any(
            one.about(self._run.subject) and not one.baselined and one.severity in self._failing
            for one in found
        )
        return "error" if fails else "skipped"

    def _verdict(self, summary: Summary) -> Case:
        """A test that says how the run ended; it passes where the other tests say it all."""
        case = Case("verdict", message=exit_line(summary), type="verdict")
        failed = any(suite.failures + suite.errors for suite in self._suites.values())
        if summary.exit_code == 1 and not failed:
            case.fate = "failure"
        elif summary.exit_code not in (0, 1):
            case.fate = "error"
        case.text = [case.message]
        return case

    def _about(self, name: str, summary: Summary) -> list[tuple[str, str]]:
        found = [("version", self._run.version)]
        if name in self._run.versions:
            found.append(("library version", self._run.versions[name]))
        if self._run.reference is not None:
            found.append(("reference", self._run.reference))
        if self._run.fields:
            found.append(("fields", ",".join(self._run.fields)))
        for field, number in summary.not_covered.get(name, {}).items():
            found.append((f"not covered: {field}", counted(number, "recording")))
        return found

    def _about_the_run(self, summary: Summary) -> list[tuple[str, str]]:
        found = [("version", self._run.version), ("exit code", str(summary.exit_code))]
        if self._run.command:
            found.append(("command", " ".join((_OWN, *self._run.command))))
        if summary.damaged:
            found.append(("damaged", counted(summary.damaged, "recording")))
        found += [("passed over", path) for path in summary.passed_over]
        found += [("baseline", line) for line in acceptance_lines(summary)]
        return found


def _told(finding: Finding) -> list[str]:
    """A finding on a few lines."""
    where = f"{brief(finding.path)}:{finding.line}" if finding.line else brief(finding.path)
    often = f" ({finding.count:,} times)" if finding.count > 1 else ""
    field = f" {brief(finding.field, _VALUE)}" if finding.field else ""
    about = " in the stream itself" if finding.kind == "wire" else ""
    breaks = brief(", ".join(finding.breaks), _VALUE)
    lines = [
        f"{finding.severity} {brief(finding.rule, 200)}{field}{about}",
        f"  at         {where}{often}",
        f"  what       {brief(finding.message)}",
    ]
    if has_values(finding):
        values = pair(finding.reference, finding.got, _VALUE, count=counts(finding))
        remark = f" ({values.remark})" if values.remark else ""
        lines += [f"  reference  {values.reference}", f"  candidate  {values.candidate}{remark}"]
    if breaks:
        lines.append(f"  breaks     {breaks}")
    if finding.diagnosis:
        lines.append(f"  looks like {brief(', '.join(finding.diagnosis), _VALUE)}")
    return lines
