"""Facts in, findings out: what was seen gets its rule, its severity and one sentence.

A *note* is what the reference saw while folding, a *problem* what the reader
could not read, a *difference* what a candidate got wrong, a *trouble* what a
candidate did besides answering. Where none of the known failures explains a
difference, the rule is the general one of its field (``role-differs``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stream_audit.errors import UnknownName
from stream_audit.model import (
    FIELDS,
    Culprit,
    Difference,
    Finding,
    Note,
    Problem,
    Recording,
    Severity,
    Trouble,
)
from stream_audit.rules.catalogue import rule, severity

__all__ = ["difference_rule", "judge_difference", "judge_note", "judge_problem", "judge_trouble"]

_DIFFERS: Mapping[str, str] = {
    "id": "identity-differs",
    "model": "identity-differs",
    "created": "identity-differs",
    "system_fingerprint": "identity-differs",
    "service_tier": "identity-differs",
    "error": "error-differs",
    "choices": "choices-differ",
    "role": "role-differs",
    "content": "content-differs",
    "reasoning": "reasoning-differs",
    "refusal": "refusal-differs",
    "tool_calls": "tool-calls-differ",
    "parts": "parts-differ",
    "annotations": "annotations-differ",
    "audio": "audio-differs",
    "finish_reason": "finish-reason-differs",
    "logprobs": "logprobs-differ",
    "usage": "usage-differs",
    "extra": "extra-differs",
    "choices.extra": "extra-differs",
    "tool_calls.extra": "extra-differs",
}

_WORST_FIRST: tuple[Severity, ...] = ("error", "warning", "note")

_WIDTH = 48
"""Characters of a value that a message shows."""


def difference_rule(field: str) -> str:
    """The general rule for a difference in a member of ``FIELDS``; ``usage.*`` share one.

    Raises:
        UnknownName: There is no such field.
    """
    slug = _DIFFERS.get(field) or _DIFFERS.get(field.partition(".")[0])
    if slug is None:
        raise UnknownName("field", field, FIELDS)
    return slug


def judge_note(
    note: Note, recording: Recording, line: int, count: int = 1, chunk: bytes | None = None
) -> Finding:
    """A finding about the stream.

    Args:
        note: What the fold saw, the first time.
        recording: Where it saw it.
        line: File line of the chunk; of the last one when the note is about the whole stream.
        count: How often it was seen in this recording.
        chunk: The chunk as recorded, where it is to be shown.
    """
    entry = rule(note.rule)
    return Finding(
        rule=note.rule,
        severity=severity(note.rule, "wire"),
        kind="wire",
        recording=recording.id,
        path=recording.path,
        line=line,
        message=_sentence(entry.seen or entry.title, note.detail),
        field=note.field or None,
        index=note.index if note.index >= 0 else None,
        count=count,
        chunk=chunk,
        breaks=entry.breaks,
    )


def judge_problem(problem: Problem, recording: Recording | None) -> Finding:
    """A finding about something that could not be read as sent.

    Args:
        problem: What could not be read.
        recording: The recording it damages or stands next to; ``None`` when the source has none.
    """
    entry = rule(problem.rule)
    return Finding(
        rule=problem.rule,
        severity=severity(problem.rule, "wire"),
        kind="wire",
        recording=recording.id if recording is not None else problem.path,
        path=problem.path,
        line=problem.line,
        message=_sentence(problem.message or entry.seen or entry.title, ""),
        got=problem.excerpt or None,
        breaks=entry.breaks,
    )


def judge_trouble(
    trouble: Trouble,
    recording: Recording,
    candidate: str,
    culprit: Culprit | None,
    diagnosis: tuple[str, ...] = (),
) -> Finding:
    """A finding about what a candidate did besides answering.

    Args:
        trouble: What it did.
        recording: The recording it was folding.
        candidate: Its name.
        culprit: The chunk that made it do so; ``None`` when no chunk is concerned.
        diagnosis: Names of the suspects that do the same.
    """
    return Finding(
        rule=trouble.rule,
        severity=severity(trouble.rule, "candidate"),
        kind="candidate",
        recording=recording.id,
        path=recording.path,
        line=culprit.line if culprit is not None else recording.first_line,
        message=_sentence(trouble.message or rule(trouble.rule).title, ""),
        candidate=candidate,
        diagnosis=diagnosis,
        **place(culprit),
    )


def judge_difference(
    difference: Difference, recording: Recording, candidate: str, failure: str | None = None
) -> Finding:
    """A finding about a value that a candidate got wrong.

    Args:
        difference: What differs from the reference.
        recording: The recording it folded.
        candidate: Its name.
        failure: Slug of the failure class that explains the difference, where one is known (that of
            the first suspect of the diagnosis). Without it the rule is the general one of the field.

    The severity is the worse of the two, so that knowing a bug's name never makes it pass a gate.
    """
    general = difference_rule(difference.field)
    slug = failure or general
    culprit = difference.culprit
    return Finding(
        rule=slug,
        severity=min(severity(slug), severity(general), key=_WORST_FIRST.index),
        kind="difference",
        recording=recording.id,
        path=recording.path,
        line=culprit.line if culprit is not None else recording.first_line,
        message=_disagreement(difference),
        candidate=candidate,
        field=difference.path,
        reference=difference.reference,
        got=difference.got,
        diagnosis=difference.diagnosis,
        **place(culprit),
    )


def place(culprit: Culprit | None) -> dict[str, Any]:
    """The members of a finding that say which chunk it is about."""
    if culprit is None:
        return {}
    return {"index": culprit.index, "chunk": culprit.raw, "exact": culprit.exact}


def _sentence(claim: str, detail: str) -> str:
    """``claim: detail.``, with one full stop and a capital letter: a claim begins with no name."""
    claim = claim.strip().rstrip(".")
    text = f"{claim}: {detail.strip().rstrip('.')}" if detail.strip() else claim
    return text[:1].upper() + text[1:] + ("" if text.endswith(("!", "?")) else ".")


def _disagreement(difference: Difference) -> str:
    mine, theirs = difference.reference, difference.got
    if theirs is None:
        return f"{difference.path} is missing; the reference has {shown(mine)}."
    if mine is None:
        return f"{difference.path} is {shown(theirs)}; the reference has nothing there."
    start = first_unlike(mine, theirs) if isinstance(mine, str) and isinstance(theirs, str) else 0
    where = f" from character {start + 1} on" if start else ""
    return f"{difference.path} is {shown(theirs, start)}; the reference has {shown(mine, start)}{where}."


def first_unlike(one: str, other: str) -> int:
    """Position of the first differing character of two long texts; 0 when both are shown whole."""
    if max(len(one), len(other)) <= _WIDTH:
        return 0
    low, high = 0, min(len(one), len(other))
    while low < high:  # bisect: slices compare at C speed, texts may have millions of characters
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def shown(value: Any, start: int = 0) -> str:
    """The value as JSON, cut to a few words; of a text the part from ``start`` on."""
    if isinstance(value, str):
        rest = value[start : start + _WIDTH + 1]
        more = len(rest) > _WIDTH
        quoted = json.dumps(rest[:_WIDTH], ensure_ascii=False)
        return ("…" if start else "") + quoted + ("…" if more else "")
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = str(type(value).__name__)
    return text if len(text) <= _WIDTH else text[:_WIDTH] + "…"
