"""Add audited recordings up into the summary that ends every report.

Adding is associative and order does not matter, so one process, many, or a
cluster come to the same summary; only lists of places keep the order in which
they were added.
"""

from __future__ import annotations

from collections.abc import Sequence

from stream_audit.model import (
    MEASURES,
    Audited,
    CandidateResult,
    Counts,
    Finding,
    Response,
    Subject,
    Summary,
    Total,
    Unreadable,
)

__all__ = ["PASSED_OVER", "add", "measure"]

PASSED_OVER = "not-a-recording"
"""The reason of a file met in a folder that is no recording: named, not counted."""

_FAILED = ("differ", "crashed", "timeout", "refused")
_SILENT = ("unavailable", "skipped")


def measure(response: Response, name: str) -> int | None:
    """One of ``MEASURES`` of one response: characters or whole tokens; ``None`` if never sent."""
    if name == "content_characters":
        return sum(len(choice.message.content or "") for choice in response.choices)
    return getattr(response.usage, name) if response.usage is not None else None


def add(summary: Summary, outcome: Audited | Unreadable) -> None:
    """Add what became of one recording, or of a source that held none."""
    if isinstance(outcome, Unreadable):
        _add_unreadable(summary, outcome)
    else:
        _add_audited(summary, outcome)


def _add_unreadable(summary: Summary, outcome: Unreadable) -> None:
    if outcome.reason == PASSED_OVER:
        summary.passed_over.append(outcome.path)
        return
    summary.counts.found += 1
    summary.counts.unreadable += 1
    summary.unreadable.append(outcome)
    _add_findings(summary, outcome.findings)


def _add_findings(summary: Summary, findings: Sequence[Finding]) -> None:
    for finding in findings:
        if finding.baselined:
            summary.accepted += 1
            continue
        _bump(summary.findings, finding.rule)
        _bump(summary.severities, f"{finding.kind}:{finding.severity}")


def _add_audited(summary: Summary, audited: Audited) -> None:
    recording = audited.recording
    summary.chunks += recording.chunks
    summary.damaged += recording.damaged
    _count(summary.counts, audited, summary.subject)
    _add_findings(summary, audited.findings)
    for result in audited.candidates:
        statuses = summary.statuses.setdefault(result.name, {})
        _bump(statuses, result.status)
    if audited.reference is None:
        left = Unreadable(path=recording.path, line=recording.first_line, reason=audited.reason, skipped=True)
        summary.unreadable.append(left)
        return
    _bump(summary.dialects, recording.dialect or "unknown")
    if audited.twin is not None:
        _bump(summary.twins, audited.twin)
    for name in MEASURES:
        value = measure(audited.reference, name)
        held = summary.reference_totals.setdefault(name, None)
        if value is not None:
            summary.reference_totals[name] = (held or 0) + value
    for result in audited.candidates:
        _add_candidate(summary, audited.reference, result)


def _count(counts: Counts, audited: Audited, subject: Subject) -> None:
    counts.found += 1
    statuses = [result.status for result in audited.candidates]
    if audited.reference is None or (statuses and all(status in _SILENT for status in statuses)):
        counts.skipped += 1
        return
    if not statuses and subject == "candidates":
        return
    counts.compared += 1
    judged = [finding for finding in audited.findings if finding.about(subject)]
    troubled = any(finding.kind != "difference" for finding in judged)
    if troubled or any(status in _FAILED for status in statuses):
        counts.differ += 1
        counts.baselined += bool(judged) and all(finding.baselined for finding in judged)
    else:
        counts.same += 1


def _add_candidate(summary: Summary, reference: Response, result: CandidateResult) -> None:
    totals = summary.candidate_totals.setdefault(result.name, {})
    skipped = summary.not_covered.setdefault(result.name, {})
    for field in result.not_covered:
        _bump(skipped, field)
    if result.growth is not None:
        _bump(summary.growth.setdefault(result.name, {}), result.growth)
    if result.work is not None:
        sums = summary.work.setdefault(result.name, {})
        for name in ("usage_chunks", "usage_dumps", "redundant_dumps"):
            sums[name] = sums.get(name, 0) + getattr(result.work, name)
    for name in MEASURES:
        field = "content" if name == "content_characters" else f"usage.{name}"
        if field not in result.scope:
            continue
        total = totals.setdefault(name, Total())
        if result.response is None or field in result.not_covered:
            total.not_covered += 1
            continue
        mine, theirs = measure(reference, name), measure(result.response, name)
        if mine is None or theirs is None:
            total.one_sided += mine is not theirs
            continue
        total.compared += 1
        total.reference += mine
        total.candidate += theirs
        total.differing += mine != theirs


def _bump(counter: dict[str, int], key: str) -> None:
    counter[key] = counter.get(key, 0) + 1
