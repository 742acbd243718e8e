"""The reference against a recording's twin, the answer to the same request without streaming.

Part of the corridor. The twin is read as a candidate's answer is, by tables
that share nothing with the reference. Only the same answer can be held against
the stream: a model that rolls dice says something else each time, and that is
said, not judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from stream_audit import recordings, rules
from stream_audit.candidates import answers
from stream_audit.compare import compare
from stream_audit.model import Difference, Finding, Problem, Recording, Response, TwinStatus

__all__ = ["compare_twin"]

_SAID = frozenset(("choices", "content", "refusal", "tool_calls"))
_HELD = _SAID | {"role", "finish_reason"}
_INPUT = frozenset(("usage.input_tokens",))
_SPENT = frozenset(("usage.output_tokens", "usage.total_tokens"))


def compare_twin(
    recording: Recording, response: Response, fields: frozenset[str]
) -> tuple[TwinStatus | None, list[Finding]]:
    """Compare what a stream folds to with its twin, where it has one.

    Args:
        recording: The stream.
        response: What the reference folds it to.
        fields: Members of ``FIELDS`` to compare at most.

    Returns:
        What the twin says of the response, ``None`` without a twin; and the findings.
    """
    twin = recordings.twin_of(recording)
    if twin is None:
        return None, []
    if isinstance(twin, Problem):
        return "unreadable", [rules.judge_unread_twin(twin, recording)]
    value, flaw = recordings.parse(twin.text.strip())
    if flaw is not None:
        return _unreadable(recording, twin.path, twin.line, flaw.message)
    try:
        answer, claims = answers.read(value)
    except answers.UnknownShape as error:
        return _unreadable(recording, twin.path, twin.line, str(error))
    said = _without_ids(compare(response, answer, _SAID & claims))
    other = next((each for each in said if not _lost(each)), None)
    if other is not None:
        return "other answer", [rules.judge_other_answer(other, recording, twin)]
    wanted = (_HELD | _countable(response, answer)) & claims & fields
    held = _without_ids(compare(response, answer, wanted))
    return "differs" if held else "agrees", [rules.judge_twin(each, recording, twin) for each in held]


def _unreadable(
    recording: Recording, path: str, line: int, why: str
) -> tuple[TwinStatus | None, list[Finding]]:
    problem = Problem("twin-unreadable", path, line, why)
    return "unreadable", [rules.judge_unread_twin(problem, recording)]


def _without_ids(differences: Sequence[Difference]) -> list[Difference]:
    """All but the ids of calls, which are drawn anew for each answer."""
    return [each for each in differences if not each.path.endswith("].id")]


def _lost(difference: Difference) -> bool:
    """Whether the stream merely lost something of the same answer: its end, or all of one kind."""
    mine, theirs = difference.reference, difference.got
    if not mine or not theirs:
        return difference.field != "content" or not (mine or theirs).strip()
    if isinstance(mine, str) and isinstance(theirs, str):
        return theirs.startswith(mine) or mine.strip() == theirs.strip()
    return False


def _countable(response: Response, answer: Response) -> frozenset[str]:
    """The counts that the same request and the same answer decide.

    A stream without usage was not asked for it. What was thought to come to an answer differs from one
    time to the next, seen or unseen, and with it what was spent.
    """
    if response.usage is None or answer.usage is None:
        return frozenset()
    thought = any(
        one.usage.reasoning_tokens or any(choice.message.reasoning for choice in one.choices)
        for one in (response, answer)
        if one.usage is not None
    )
    return _INPUT if thought else _INPUT | _SPENT
