"""Bring findings that say the same thing together, and keep only as many as are shown.

Candidates that were found alike in every recording share a group: several libraries
with one fault are read side by side.

A run may have a million findings; a person reads the kinds. Memory grows with the
kinds, not with the findings (unless every one was asked for).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from stream_audit.model import Finding, Recording, Subject, Unreadable
from stream_audit.reports.values import Pair, counts, has_values, pair

__all__ = ["Group", "Groups", "Row", "WireCount"]

_POSITION = re.compile(r"\[\d+\]")
_RANK = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as a line of the list."""

    path: str
    line: int
    values: Pair | None
    """``None`` for a finding that is about the candidate itself and has no values."""
    message: str
    recording: str = ""


@dataclass(slots=True)
class Group:
    """Findings of one rule and field, of one candidate or of several that were found alike."""

    first: Finding
    recording: Recording
    where: str = ""
    """The field, without positions."""
    candidates: tuple[str, ...] = ()
    said: int = 0
    """All that its findings say, as one number: groups that say the same have the same."""
    rows: list[Row] = field(default_factory=list)
    findings: int = 0
    recordings: int = 0
    unshown: int = 0
    unshown_recordings: int = 0
    _last: str = ""
    _last_unshown: str = ""

    @property
    def chunk(self) -> str:
        """`` · chunk 2 of 7`` for the first finding, counted from 1; empty where no chunk is concerned."""
        if self.first.index is None:
            return ""
        how = "" if self.first.exact else ", as far as can be told"
        return f" \u00b7 chunk {self.first.index + 1:,} of {self.recording.chunks:,}{how}"

    def add(self, finding: Finding, row: Row | None) -> None:
        """Count ``finding``; ``row`` is ``None`` when it is one too many to be shown."""
        self.findings += 1
        self.said = hash((self.said, *_said(finding)))
        if finding.recording != self._last:
            self._last = finding.recording
            self.recordings += 1
        if row is not None:
            self.rows.append(row)
            return
        self.unshown += 1
        if finding.recording != self._last_unshown:
            self._last_unshown = finding.recording
            self.unshown_recordings += 1


@dataclass(slots=True)
class WireCount:
    """Wire findings of one rule: what the streams themselves do wrong."""

    first: Finding
    findings: int = 0
    recordings: int = 0
    places: list[str] = field(default_factory=list)
    _last: str = ""

    def add(self, finding: Finding) -> None:
        """Count ``finding``, as often as it was seen."""
        self.findings += finding.count
        if finding.recording != self._last:
            self._last = finding.recording
            self.recordings += 1


class Groups:
    """All findings of a run, by kind."""

    def __init__(self, *, shown: int | None, size: int, subject: Subject = "candidates") -> None:
        """Keep ``shown`` rows a group (``None``: all), values about ``size`` characters long."""
        self._shown = shown
        self._size = size
        self._subject = subject
        self._groups: dict[tuple[str, str, str, str], Group] = {}
        self._wire: dict[str, WireCount] = {}

    def add(self, finding: Finding, recording: Recording) -> None:
        """Take one finding in."""
        if not finding.about(self._subject):
            count = self._wire.setdefault(finding.rule, WireCount(finding))
            count.add(finding)
            if self._shown is None:
                count.places.append(f"{finding.path}:{finding.line}")
            return
        where = _POSITION.sub("", finding.field or "") if finding.kind != "wire" else ""
        key = (finding.rule, where, finding.candidate or "", finding.severity)
        named = () if finding.candidate is None else (finding.candidate,)
        group = self._groups.setdefault(key, Group(finding, recording, where, named))
        room = self._shown is None or len(group.rows) < self._shown
        group.add(finding, self._row(finding) if room else None)

    def add_unread(self, entries: Iterable[Unreadable]) -> None:
        """Take in what was found in files of which nothing could be read, where that is judged."""
        for entry in entries:
            for finding in entry.findings:
                if finding.about(self._subject):
                    place = Recording(
                        id=finding.path, path=finding.path, dialect=None, first_line=finding.line
                    )
                    self.add(finding, place)

    def _row(self, finding: Finding) -> Row:
        values = None
        if has_values(finding):
            values = pair(finding.reference, finding.got, self._size, count=counts(finding), brief=True)
        often = f" ({finding.count:,} times)" if finding.kind == "wire" and finding.count > 1 else ""
        return Row(finding.path, finding.line, values, f"{finding.message}{often}", finding.recording)

    def judged(self) -> list[Group]:
        """Groups about what is judged: the worst first, then crashes, then field by field."""
        groups = _shared(self._groups.values())
        places: dict[str, int] = {}
        for group in groups:
            places.setdefault(group.where, len(places))
        return sorted(
            groups,
            key=lambda group: (
                _RANK.get(group.first.severity, 3),
                group.first.kind != "candidate",
                places[group.where],
            ),
        )

    def wire(self) -> Iterable[WireCount]:
        """Wire findings by rule where candidates are judged: the worst first."""
        return sorted(self._wire.values(), key=lambda count: _RANK.get(count.first.severity, 3))


def _shared(groups: Iterable[Group]) -> list[Group]:
    """The groups, those of several candidates as one where they say the same."""
    found: dict[tuple[str, str, str, int], Group] = {}
    for group in groups:
        key = (group.first.rule, group.where, group.first.severity, group.said)
        same = found.get(key)
        found[key] = replace(same, candidates=same.candidates + group.candidates) if same else group
    return list(found.values())


def _said(finding: Finding) -> tuple[object, ...]:
    """What a finding says apart from whom it is about."""
    where = (finding.recording, finding.field, finding.line, finding.index, finding.diagnosis)
    what = (repr(finding.reference), repr(finding.got)) if has_values(finding) else (finding.message,)
    return (*where, *what)
