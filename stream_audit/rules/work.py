"""Findings about what an answer costs a candidate, and about two that should do the same."""

from __future__ import annotations

from collections.abc import Iterable

from stream_audit.model import Culprit, Difference, Finding, Recording, Work
from stream_audit.rules.catalogue import severity
from stream_audit.rules.judge import first_unlike, place, shown

__all__ = ["judge_growth", "judge_pair", "judge_pair_work", "judge_work"]

_REDUNDANT = "redundant-usage-work"
_QUADRATIC = "fold-quadratic"
_PAIRED = "sync-vs-async"
_USAGE = "work.usage"


def judge_work(work: Work, recording: Recording, candidate: str, first: Culprit | None) -> Finding:
    """A finding about usage that was materialised more often than is needed.

    Args:
        work: What was counted; some of it is redundant.
        recording: The recording it folded.
        candidate: Its name.
        first: The first chunk concerned, where it is known.

    Its reference is how often was enough, its value how often it was.
    """
    needed = work.usage_dumps - work.redundant_dumps
    verb = "materialises" if len(work.redundant_by) == 1 else "materialise"
    twice = work.redundant_dumps == work.redundant_objects
    return Finding(
        rule=_REDUNDANT,
        severity=severity(_REDUNDANT, "candidate"),
        kind="candidate",
        recording=recording.id,
        path=recording.path,
        line=first.line if first is not None else recording.first_line,
        message=(
            f"{_listed(work.redundant_by)} {verb} the usage of {_chunks(work)} "
            f"{'twice' if twice else 'again and again'} ({_listed(_short(work.places))}): "
            f"{work.usage_dumps:,} times in all, {needed:,} {'is' if needed == 1 else 'are'} enough."
        ),
        candidate=candidate,
        field=_USAGE,
        reference=needed,
        got=work.usage_dumps,
        **place(first),
    )


def judge_growth(recording: Recording, candidate: str, chunk: Culprit | None, told: str) -> Finding:
    """A finding about time that grows faster than the stream.

    Args:
        recording: What was made longer.
        candidate: Its name.
        chunk: The chunk it was made longer with.
        told: What was seen, in one sentence.
    """
    return Finding(
        rule=_QUADRATIC,
        severity=severity(_QUADRATIC, "candidate"),
        kind="candidate",
        recording=recording.id,
        path=recording.path,
        line=chunk.line if chunk is not None else recording.first_line,
        message=told,
        candidate=candidate,
        **place(chunk),
    )


def judge_pair(difference: Difference, recording: Recording, first: str, second: str) -> Finding:
    """A finding about a value in which two that should be the same differ.

    Args:
        difference: What differs; its reference is the synchronous one's value.
        recording: The recording both folded.
        first: Name of the synchronous candidate.
        second: Name of the asynchronous one, which the finding is about.
    """
    mine, theirs = difference.reference, difference.got
    start = first_unlike(mine, theirs) if isinstance(mine, str) and isinstance(theirs, str) else 0
    where = f" from character {start + 1} on" if start else ""
    return Finding(
        rule=_PAIRED,
        severity=severity(_PAIRED, "candidate"),
        kind="candidate",
        recording=recording.id,
        path=recording.path,
        line=recording.first_line,
        message=(
            f"{difference.path} is {shown(theirs, start)} with {second} "
            f"and {shown(mine, start)} with {first}{where}."
        ),
        candidate=second,
        field=difference.path,
        reference=mine,
        got=theirs,
    )


def judge_pair_work(mine: Work, theirs: Work, recording: Recording, first: str, second: str) -> Finding:
    """A finding about two that should be the same and do not do the same work; arguments as above.

    It is as bad as redundant work is, not as a wrong answer.
    """
    return Finding(
        rule=_PAIRED,
        severity=severity(_REDUNDANT, "candidate"),
        kind="candidate",
        recording=recording.id,
        path=recording.path,
        line=recording.first_line,
        message=f"{second} materialises usage {_times(theirs.usage_dumps)}, {first} {mine.usage_dumps:,}.",
        candidate=second,
        field=_USAGE,
        reference=mine.usage_dumps,
        got=theirs.usage_dumps,
    )


def _chunks(work: Work) -> str:
    """How many are concerned; copies of usage are objects beside those of the chunks."""
    number = work.redundant_objects
    noun = "chunk" if number <= work.usage_chunks else "object"
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _times(number: int) -> str:
    return f"{number:,} time{'' if number == 1 else 's'}"


def _short(places: Iterable[str]) -> list[str]:
    """The places, each file named once: ``a.py:1``, ``:3``."""
    found, last = [], ""
    for text in places:
        file, _, line = text.rpartition(":")
        found.append(f":{line}" if file == last else text)
        last = file
    return found


def _listed(words: Iterable[str]) -> str:
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last
