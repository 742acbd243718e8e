"""What happened, as the objects that the JSON formats write: the ones :mod:`.schema` describes."""

from __future__ import annotations

from typing import Any

from stream_audit.model import (
    MEASURES,
    Audited,
    CandidateResult,
    Finding,
    Run,
    Summary,
    Total,
    Unreadable,
    Work,
)
from stream_audit.reports.neutral import response_object
from stream_audit.reports.tags import tagging_object
from stream_audit.reports.trail import trail_object

__all__ = [
    "LONGEST_CHUNK",
    "SCHEMA_VERSION",
    "finding_object",
    "head_object",
    "recording_object",
    "tail_object",
    "unreadable_object",
]

SCHEMA_VERSION = 1

LONGEST_CHUNK = 20_000
"""Characters of a culprit chunk that are repeated; the recording itself has the rest."""


def head_object(run: Run) -> dict[str, Any]:
    """What was asked."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "stream-audit", "version": run.version},
        "command": run.command,
        "subject": run.subject,
        "reference": run.reference,
        "candidates": run.candidates,
        "versions": run.versions,
        "fields": run.fields,
    }


def recording_object(audited: Audited) -> dict[str, Any]:
    """``audited`` as the object the schema calls ``Recording``; its findings are objects of their own."""
    recording = audited.recording
    return {
        "id": recording.id,
        "path": recording.path,
        "first_line": recording.first_line,
        "last_line": recording.last_line,
        "dialect": recording.dialect,
        "chunks": recording.chunks,
        "complete": audited.complete,
        "damaged": recording.damaged,
        "labels": recording.labels,
        "twin": audited.twin,
        "reference": response_object(audited.reference),
        "candidates": [_candidate(result) for result in audited.candidates],
        **({"usage_trail": trail_object(audited.usage_trail)} if audited.usage_trail else {}),
        **({"tags": [one.name for one in audited.tags]} if audited.tags is not None else {}),
    }


def _candidate(result: CandidateResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "status": result.status,
        "response": response_object(result.response),
        "not_covered": result.not_covered,
        "work": _work(result.work),
        "growth": result.growth,
        "error": result.error,
        "seconds": result.seconds,
    }


def _work(work: Work | None) -> dict[str, Any]:
    """``work`` as the object the schema calls ``Work``: empty where nothing could be counted."""
    if work is None:
        return {}
    return {
        "usage_chunks": work.usage_chunks,
        "usage_dumps": work.usage_dumps,
        "redundant_dumps": work.redundant_dumps,
        "dumps_by": work.dumps_by,
        "places": work.places,
    }


def finding_object(finding: Finding) -> dict[str, Any]:
    """``finding`` as the object the schema calls ``Finding``."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "kind": finding.kind,
        "recording": finding.recording,
        "path": finding.path,
        "line": finding.line,
        "candidate": finding.candidate,
        "field": finding.field,
        "reference": finding.reference,
        "got": finding.got,
        "chunk": _chunk(finding),
        "exact": finding.exact,
        "diagnosis": finding.diagnosis,
        "breaks": finding.breaks,
        "count": finding.count,
        "baselined": finding.baselined,
        "message": finding.message,
    }


def _chunk(finding: Finding) -> dict[str, Any] | None:
    if finding.index is None:
        return None
    chunk: dict[str, Any] = {"line": finding.line, "index": finding.index}
    if finding.chunk is not None:
        text = finding.chunk.decode("utf-8", "backslashreplace")
        chunk["text"] = text[:LONGEST_CHUNK]
        if len(text) > LONGEST_CHUNK:
            chunk["characters_left_out"] = len(text) - LONGEST_CHUNK
    return chunk


def tail_object(summary: Summary) -> dict[str, Any]:
    """What stands behind the findings: totals, what was left out, and the verdict."""
    counts = summary.counts
    candidates = summary.candidate_totals
    return {
        "totals": {
            "reference": {measure: summary.reference_totals.get(measure) for measure in MEASURES},
            "candidates": {
                name: {measure: _sum(totals.get(measure)) for measure in MEASURES}
                for name, totals in candidates.items()
            },
            "details": {
                name: {measure: _total(total) for measure, total in totals.items()}
                for name, totals in candidates.items()
            },
        },
        "statuses": summary.statuses,
        "not_covered": summary.not_covered,
        "work": summary.work,
        "growth": summary.growth,
        "dialects": summary.dialects,
        "twins": summary.twins,
        "rules": summary.findings,
        **({"tags": tagging_object(summary.tagging)} if summary.tagging is not None else {}),
        "chunks": summary.chunks,
        "unreadable": [unreadable_object(entry) for entry in summary.unreadable],
        "passed_over": summary.passed_over,
        "damaged": summary.damaged,
        "baseline": {
            "path": summary.baseline,
            "accepted": summary.accepted,
            "written": summary.baseline_written,
            "stale": summary.stale,
            "expired": summary.expired,
        },
        "unused_ignores": summary.unused_ignores,
        "counts": {
            "found": counts.found,
            "compared": counts.compared,
            "same": counts.same,
            "differ": counts.differ,
            "baselined": counts.baselined,
            "unreadable": counts.unreadable,
            "skipped": counts.skipped,
        },
        "complete": summary.complete,
        "not_audited": summary.not_audited,
        "stop_reason": None if summary.complete else summary.stop_reason,
        "exit_reason": summary.stop_reason,
        "exit_code": summary.exit_code,
    }


def _sum(total: Total | None) -> int | None:
    """What the candidate counted; ``None`` where it gave no number at all, which is not 0."""
    if total is None or not (total.compared or total.one_sided):
        return None
    return total.candidate


def _total(total: Total) -> dict[str, int]:
    return {
        "reference": total.reference,
        "candidate": total.candidate,
        "compared": total.compared,
        "differing": total.differing,
        "one_sided": total.one_sided,
        "not_covered": total.not_covered,
    }


def unreadable_object(entry: Unreadable) -> dict[str, Any]:
    """``entry`` as the object the schema calls ``Unreadable``."""
    return {"path": entry.path, "line": entry.line, "reason": entry.reason, "skipped": entry.skipped}
