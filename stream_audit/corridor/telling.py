"""Tell a change: which rule it falls under, where its chunk is, and which way it went. Part of the corridor.

What the audit found about the new answer is used again: a place in which it
differs from the reference has its rule, its culprit chunk and its diagnosis; a
place of which the audit says nothing is as the reference has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from stream_audit import rules
from stream_audit.accepted.changes import ANSWER, RECORDING, differences, field_of
from stream_audit.accepted.masks import MASKED
from stream_audit.accepted.snapshots import Snapshot
from stream_audit.compare import same_arguments
from stream_audit.errors import UnknownName
from stream_audit.model import FIELDS, Audited, Finding
from stream_audit.model.change import Part, Turn
from stream_audit.rules.judge import first_unlike, shown

__all__ = ["Answered", "arrived", "changed", "lone", "wavering"]


@dataclass(frozen=True, slots=True)
class Answered:
    """A new answer, and what the audit found about it; nothing where no audit was made."""

    snapshot: Snapshot
    audited: Audited | None = None
    again: Snapshot | None = None
    """What the candidate made of the same chunks when it was asked again, where that is something else."""

    @property
    def failed(self) -> bool:
        """The candidate gave no answer."""
        return self.snapshot.response is None


def changed(old: Snapshot, new: Answered, candidate: str | None) -> tuple[Part, ...]:
    """Every place in which the new answer is not the old one."""
    places = differences(old, new.snapshot)
    return tuple(_part(new, candidate, path, was, now) for path, was, now in places)


def arrived(new: Answered) -> tuple[Part, ...]:
    """An answer that is not stored yet; where the candidate gave none, under the rule of its failure."""
    name, message = new.snapshot.recording, "It is not stored yet."
    failure = _found(new, ANSWER)
    if failure is None:
        return (lone(name, "snapshot-new", message, new.audited),)
    return (Part(finding=replace(failure, message=f"{message} {failure.message}", id=""), turn="away"),)


def wavering(new: Answered, candidate: str | None) -> tuple[Part, ...]:
    """An answer that is another one when the candidate is asked again, and the first place of that."""
    assert new.again is not None
    path, was, now = next(differences(new.snapshot, new.again))
    message = f"Asked again, it gives another answer. {_told(path, was, now)}"
    part = lone(new.snapshot.recording, "candidate-nondeterministic", message, new.audited)
    return (Part(finding=replace(part.finding, candidate=candidate, field=path)),)


def lone(recording: str, rule: str, message: str, audited: Audited | None) -> Part:
    """What is said of an answer that only one side has."""
    finding = _finding(recording, rule, message, audited)
    return Part(finding=replace(finding, kind="candidate"))  # it has no two values


def _part(new: Answered, candidate: str | None, path: str, was: Any, now: Any) -> Part:
    message = _told(path, was, now)
    if path == RECORDING:
        finding = _finding(new.snapshot.recording, "snapshot-recording-changed", message, new.audited)
        return Part(finding=replace(finding, reference=was, got=now))
    found = _found(new, path)
    rule = found.rule if found is not None else _rule(path)
    finding = found or _finding(new.snapshot.recording, rule, message, new.audited)
    turn = _turn(new, path, found, was, now)
    finding = replace(
        finding,
        severity="note" if turn == "towards" else finding.severity,
        message=message,
        candidate=candidate,
        field=path,
        reference=was,
        got=now,
        id="",
    )
    return Part(finding=finding, turn=turn)


def _finding(recording: str, rule: str, message: str, audited: Audited | None) -> Finding:
    """A finding about a whole recording; where no audit was made, its file is told by its id."""
    known = audited.recording if audited is not None else None
    return Finding(
        rule=rule,
        severity=rules.severity(rule),
        kind="difference",
        recording=recording,
        path=known.path if known is not None else recording.partition("#")[0],
        line=known.first_line if known is not None else 0,
        message=message,
    )


def _found(new: Answered, path: str) -> Finding | None:
    """What the audit found at this place, or at one above or below it."""
    if new.audited is None:
        return None
    if path == ANSWER:
        about = [one for one in new.audited.findings if one.kind == "candidate"]
        return about[0] if about and new.snapshot.response is None else None
    differing = [one for one in new.audited.findings if one.kind == "difference" and one.field]
    return next((one for one in differing if _touch(one.field or "", path)), None)


def _touch(one: str, other: str) -> bool:
    return (
        one == other or one.startswith((f"{other}.", f"{other}[")) or other.startswith((f"{one}.", f"{one}["))
    )


def _turn(new: Answered, path: str, found: Finding | None, was: Any, now: Any) -> Turn:
    if new.audited is None or MASKED in (was, now):
        return "aside"
    if path == ANSWER:
        return _turn_of_answer(new)
    if found is not None:
        return "away" if found.field == path and _alike(path, found.reference, was) else "aside"
    field = field_of(path)
    compared = field in FIELDS and field in new.audited.candidates[0].covered
    silent = ".raw" in path or field == "tool_calls.extra"  # that nothing was found there is no agreement
    return "towards" if compared and not silent and not _alike(path, was, now) else "aside"


def _turn_of_answer(new: Answered) -> Turn:
    if new.snapshot.response is None:
        return "away"
    assert new.audited is not None
    return "towards" if new.audited.candidates[0].status == "same" else "aside"


def _alike(path: str, one: Any, other: Any) -> bool:
    """Whether the reference sees no difference between two values."""
    if path.endswith(".arguments") and isinstance(one, str) and isinstance(other, str):
        return same_arguments(one, other)
    return bool(one == other) or (one in (None, "", 0) and other in (None, "", 0))


def _rule(path: str) -> str:
    if path == ANSWER:
        return "candidate-crashed"
    try:
        return rules.difference_rule(field_of(path))
    except UnknownName:
        return rules.difference_rule("extra")


def _told(path: str, was: Any, now: Any) -> str:
    start = first_unlike(was, now) if isinstance(was, str) and isinstance(now, str) else 0
    return f"{path}: {shown(was, start)} => {shown(now, start)}"
