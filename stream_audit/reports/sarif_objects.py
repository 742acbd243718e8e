"""The objects of a SARIF log: what a finding, a rule and a run are in its words."""

from __future__ import annotations

import re
from typing import Any

from stream_audit.model import Finding, Rule, Run, Subject, Summary
from stream_audit.reports.places import address
from stream_audit.reports.printable import brief, quoted
from stream_audit.reports.values import counts, excerpt, has_values, pair

__all__ = ["invocation", "level", "notification", "place", "properties", "rule_descriptor", "sentence"]

_VALUE = 400
_JUDGED = (0, 1)
"""Exit codes of a run that did what it was asked to."""


def level(finding: Finding, subject: Subject) -> str:
    """A finding's ``level``. What a stream does wrong by itself is never an error of the audited code."""
    if not finding.about(subject) and finding.severity == "error":
        return "warning"
    return finding.severity


def sentence(text: str, size: int = 2_000) -> str:
    """Recorded words as the text of a message, in which ``{0}`` is a placeholder and ``[a](b)`` a link.

    Those are taken apart: a placeholder by doubled braces, a link by a blank (readers differ in what
    they make of backslashes). Other braces stay single, since readers show doubled ones as they are.
    """
    shown = re.sub(r"\{(\d+)\}", r"{{\1}}", brief(text, size))
    return re.sub(r"\](?=\()", "] ", shown)


def place(path: str, line: int) -> dict[str, Any]:
    """A ``location``: a line of a file, or all of it where ``line`` is 0."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": address(path)}}
    if line > 0:
        physical["region"] = {"startLine": line}
    return {"physicalLocation": physical}


def properties(finding: Finding) -> dict[str, Any]:
    """What SARIF has no words for: candidate, field, both values, and what is known of the cause."""
    found: dict[str, Any] = {"about": finding.kind, "recording": brief(finding.recording, _VALUE)}
    if finding.candidate is not None:
        found["candidate"] = brief(finding.candidate, _VALUE)
    if finding.field is not None:
        found["field"] = brief(finding.field, _VALUE)
    if finding.kind == "wire":
        if finding.got is not None:
            found["got"] = brief(quoted(finding.got), _VALUE)
    elif has_values(finding):
        values = pair(finding.reference, finding.got, _VALUE, count=counts(finding))
        found["reference"], found["got"] = values.reference, values.candidate
    if finding.breaks:
        found["breaks"] = [brief(name, _VALUE) for name in finding.breaks]
    if finding.diagnosis:
        found["diagnosis"] = [brief(name, _VALUE) for name in finding.diagnosis]
    if finding.index is not None:
        found["chunk"] = {"index": finding.index, "exact": finding.exact}
        if finding.chunk is not None:
            found["chunk"]["text"] = str(excerpt(finding.chunk, finding.field, _VALUE))
    return found


def rule_descriptor(slug: str, rule: Rule | None) -> dict[str, Any]:
    """A ``reportingDescriptor``; of a rule that the catalogue does not have, its id alone."""
    described: dict[str, Any] = {"id": brief(slug, 200)}
    if rule is None:
        return described
    return described | {
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": _help(rule), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [rule.family, *rule.dialects]},
    }


def _help(rule: Rule) -> str:
    breaks = f"Known to break: {', '.join(rule.breaks)}" if rule.breaks else ""
    examples = (f"Wrong:\n{rule.wrong}", f"Right:\n{rule.right}")
    parts = [rule.title, rule.why, *examples, breaks, "\n".join(rule.sources)]
    return "\n\n".join(part for part in parts if part)


def _markdown(rule: Rule) -> str:
    sources = "\n".join(f"- <{source}>" for source in rule.sources)
    parts = [
        f"**{rule.title}**",
        rule.why,
        f"Wrong:\n\n```text\n{rule.wrong}\n```",
        f"Right:\n\n```text\n{rule.right}\n```",
        f"Known to break {', '.join(rule.breaks)}." if rule.breaks else "",
        f"Seen in:\n\n{sources}" if sources else "",
    ]
    return "\n\n".join(part for part in parts if part)


def invocation(run: Run, summary: Summary, notifications: list[dict[str, Any]]) -> dict[str, Any]:
    """How the run went. It was successful where what it found is all that can be said against it."""
    return {
        "executionSuccessful": summary.complete and summary.exit_code in _JUDGED,
        "exitCode": summary.exit_code,
        "exitCodeDescription": brief(summary.stop_reason or ""),
        "arguments": [brief(word) for word in run.command],
        "toolExecutionNotifications": notifications,
    }


def notification(level: str, text: str, path: str | None = None, line: int = 0) -> dict[str, Any]:
    """Something the tool says of its own run, with the file it is about."""
    said: dict[str, Any] = {"level": level, "message": {"text": sentence(text)}}
    if path is not None:
        said["locations"] = [place(path, line)]
    return said
