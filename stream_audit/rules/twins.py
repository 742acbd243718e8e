"""Findings about a stream and the answer to the same request without streaming."""

from __future__ import annotations

from stream_audit.model import Difference, Finding, Problem, Recording, Twin
from stream_audit.rules.catalogue import rule, severity
from stream_audit.rules.judge import first_unlike, shown

__all__ = ["judge_other_answer", "judge_twin", "judge_unread_twin"]

_DIFFERS = "stream-vs-nonstream"
_OTHER = "twin-other-answer"
_UNREADABLE = "twin-unreadable"


def judge_twin(difference: Difference, recording: Recording, twin: Twin) -> Finding:
    """A finding about a value in which the stream and its twin differ.

    Args:
        difference: What differs; its reference is what the stream folds to, its value the twin's.
        recording: The stream.
        twin: The answer without streaming.
    """
    mine, theirs = difference.reference, difference.got
    start = first_unlike(mine, theirs) if isinstance(mine, str) and isinstance(theirs, str) else 0
    where = f" from character {start + 1} on" if start else ""
    return _finding(
        _DIFFERS,
        recording,
        f"{difference.path} is {shown(mine, start)} in the stream and {shown(theirs, start)} in the answer "
        f"without streaming ({twin.path}:{twin.line}){where}.",
        difference,
    )


def judge_other_answer(difference: Difference, recording: Recording, twin: Twin) -> Finding:
    """A finding that the model answered otherwise without streaming, so that nothing can be compared.

    Args:
        difference: The first value that shows it.
        recording: The stream.
        twin: The answer without streaming.
    """
    return _finding(
        _OTHER,
        recording,
        f"The answer without streaming is another one ({twin.path}:{twin.line}), as {difference.path} shows: "
        "the stream was not compared with it.",
        difference,
    )


def judge_unread_twin(problem: Problem, recording: Recording) -> Finding:
    """A finding about a twin that is there and cannot be read.

    Args:
        problem: Why.
        recording: The stream that it belongs to.
    """
    return _finding(
        _UNREADABLE,
        recording,
        f"The answer without streaming cannot be compared ({problem.path}): {problem.message}.",
        None,
    )


def _finding(slug: str, recording: Recording, message: str, difference: Difference | None) -> Finding:
    return Finding(
        rule=slug,
        severity=severity(slug, "wire"),
        kind="wire",
        recording=recording.id,
        path=recording.path,
        line=recording.first_line,
        message=message,
        field=difference.path if difference else None,
        reference=difference.reference if difference else None,
        got=difference.got if difference else None,
        breaks=rule(slug).breaks,
    )
