"""One recording as data of the page: a line of the list, and everything its own view shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.model import USAGE, Audited, CandidateResult, Finding, Response, Run, Subject
from stream_audit.model.timeline import Course, Mark, Timeline
from stream_audit.model.trail import is_count
from stream_audit.reports.page.data import to_json
from stream_audit.reports.page.responses import candidate_rows, reference_rows
from stream_audit.reports.page.shelf import Rank
from stream_audit.reports.printable import brief, quoted

__all__ = ["LARGEST", "detail", "entry", "rank_of"]

LARGEST = 250_000
"""Bytes of one recording's details. Values are shortened, and fields left out, until they fit."""

_RANKS = {"error": 0, "warning": 1, "note": 2}
_NAME = 300
_STEPS = ((1_500, 150, 60), (300, 80, 30), (80, 30, 10))
"""Characters of a value, fields of a response, findings: tried one after the other."""
_FEWEST = (40, 10, 5)
_CANDIDATES = 40


def rank_of(audited: Audited, order: int, subject: Subject = "candidates") -> Rank:
    """How bad a recording is: its worst finding about what is judged, then how many there are."""
    found = [finding for finding in audited.fresh if finding.about(subject)]
    worst = min((_RANKS.get(finding.severity, 2) for finding in found), default=3)
    if not found:
        alike = all(result.status == "same" for result in audited.candidates)
        worst = 3 if not alike else 4 if audited.findings else 5
    return (worst, -len(found), order)


def entry(audited: Audited, run: Run, order: int) -> list[Any]:
    """A line of the list of recordings.

    Returns:
        Number, id, dialect, chunks, flags, status of each of the run's candidates, and findings about
        what is judged by severity.
    """
    recording = audited.recording
    statuses = {result.name: result.status for result in audited.candidates}
    found = [0, 0, 0]
    for finding in audited.fresh:
        if finding.about(run.subject):
            found[_RANKS.get(finding.severity, 2)] += 1
    return [
        order,
        brief(recording.id, _NAME),
        recording.dialect or "",
        recording.chunks,
        _flags(audited),
        [statuses.get(name, "") for name in run.candidates[:_CANDIDATES]],
        found,
    ]


def _flags(audited: Audited) -> list[str]:
    known = any(finding.baselined for finding in audited.findings)
    wire = any(finding.kind == "wire" for finding in audited.findings)
    flags = {
        "not folded": audited.reference is None,
        "incomplete": audited.reference is not None and not audited.complete,
        "damaged": audited.recording.damaged,
        "accepted": known,
        "stream findings": wire,
    }
    return [name for name, holds in flags.items() if holds]


def detail(audited: Audited, *, ascii_only: bool) -> str:
    """Everything the view of one recording shows, as JSON; bounded, and it says what it leaves out."""
    chosen = ""
    for size, rows, findings in (*_STEPS, _FEWEST):
        chosen = to_json(_detail(audited, size, rows, findings), ascii_only=ascii_only)
        if len(chosen) <= LARGEST:
            break
    return chosen


def _detail(audited: Audited, size: int, rows: int, most: int) -> dict[str, Any]:
    recording = audited.recording
    shown = sorted(audited.findings, key=lambda one: (one.kind == "wire", _RANKS.get(one.severity, 2)))[:most]
    labels = list(recording.labels.items())[:most]
    return {
        "id": brief(recording.id, _NAME),
        "path": brief(recording.path, _NAME),
        "lines": [recording.first_line, recording.last_line],
        "dialect": recording.dialect,
        "chunks": recording.chunks,
        "flags": _flags(audited),
        "labels": [[brief(str(key), 80), brief(quoted(value), 120)] for key, value in labels],
        "reference": reference_rows(audited.reference, size=size, most=rows),
        "usage": _usage(audited.reference),
        "candidates": [_candidate(one, audited, size, rows) for one in audited.candidates[:_CANDIDATES]],
        "findings": [_finding(one) for one in shown],
        "findings_left_out": len(audited.findings) - len(shown),
        "timeline": _timeline(audited.timeline),
    }


def _candidate(result: CandidateResult, audited: Audited, size: int, most: int) -> dict[str, Any]:
    about = [finding for finding in audited.findings if finding.candidate == result.name]
    rows, left_out = candidate_rows(audited.reference, result, about, size=size, most=most)
    return {
        "name": brief(result.name, _NAME),
        "status": result.status,
        "error": brief(result.error) if result.error else None,
        "not_covered": [brief(name, 80) for name in result.not_covered[:most]],
        "rows": rows if result.response is not None else [],
        "left_out": left_out if result.response is not None else 0,
        "usage": _usage(result.response),
    }


def _usage(response: Response | None) -> dict[str, int]:
    """The neutral counts that a response has."""
    usage = response.usage if response is not None else None
    counts: dict[str, Any] = {name[6:]: getattr(usage, name[6:], None) for name in sorted(USAGE)}
    return {name: count for name, count in counts.items() if is_count(count)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": brief(finding.rule, 80),
        "severity": finding.severity,
        "kind": finding.kind,
        "field": brief(finding.field, _NAME) if finding.field else None,
        "candidate": brief(finding.candidate, _NAME) if finding.candidate else None,
        "line": finding.line,
        "index": finding.index,
        "message": brief(finding.message, 600),
        "count": finding.count,
        "accepted": finding.baselined,
    }


# --------------------------------------------------------------------------- pictures


def _timeline(timeline: Timeline | None) -> dict[str, Any] | None:
    if timeline is None:
        return None
    return {
        "marks": [_mark(mark) for mark in timeline.marks],
        "courses": [_course(course) for course in timeline.courses],
        "thinned": timeline.thinned,
    }


def _mark(mark: Mark) -> list[Any]:
    """First and last chunk, first and last line, bytes, names, value."""
    names = [brief(name, 40) for name in mark.carried]
    return [mark.first, mark.last, mark.line, mark.last_line, mark.size, names, brief(mark.said, 60)]


def _course(course: Course) -> dict[str, Any]:
    def points(given: Sequence[tuple[int, int]]) -> list[list[int]]:
        return [[index, value] for index, value in given]

    return {"field": course.field, "running": points(course.running), "reported": points(course.reported)}
