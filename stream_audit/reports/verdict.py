"""The last two lines of a report for people: what was counted, and what it comes to."""

from __future__ import annotations

from stream_audit.model import Counts, Run, Summary
from stream_audit.reports.printable import printable

__all__ = ["counted", "counts_line", "verdict"]

_RANKS = ("error", "warning", "note")


def counted(number: int, noun: str) -> str:
    """``1 recording``, ``2,391 recordings``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def counts_line(counts: Counts) -> str:
    """Every fate a recording can meet, zeros included: what was not compared must not hide."""
    return (
        f"{counts.found:,} found · {counts.compared:,} compared · {counts.same:,} same · "
        f"{counts.differ:,} differ · {counts.baselined:,} baselined · "
        f"{counts.unreadable:,} unreadable · {counts.skipped:,} skipped"
    )


def verdict(run: Run, summary: Summary, fail_on: str) -> str:
    """What the run comes to, in one or two sentences that end with the exit code and its reason."""
    return f"{_sentence(run, summary, fail_on)} Exit code {summary.exit_code}."


def _sentence(run: Run, summary: Summary, fail_on: str) -> str:
    if not summary.complete:
        reason = f" ({printable(summary.stop_reason)})" if summary.stop_reason else ""
        return f"Stopped before the end{reason}: this report is partial."
    if summary.exit_code == 1:
        return _failed(summary, fail_on)
    if summary.exit_code == 3:
        return _proves_nothing(summary)
    if summary.exit_code != 0:
        return f"{printable(summary.stop_reason)}." if summary.stop_reason else "The run failed."
    return _passed(run, summary, fail_on)


def _failed(summary: Summary, fail_on: str) -> str:
    ranks = _RANKS[: _RANKS.index(fail_on) + 1] if fail_on in _RANKS else _RANKS
    found = [(rank, _judged(summary, rank)) for rank in ranks]
    parts = " and ".join(counted(number, rank) for rank, number in found if number)
    what = parts or counted(sum(summary.findings.values()), "finding")
    return f"{counted(summary.counts.differ, 'recording')} with {what} about the code under audit."


def _judged(summary: Summary, rank: str) -> int:
    return sum(summary.severities.get(f"{kind}:{rank}", 0) for kind in ("difference", "candidate"))


def _left_out(summary: Summary) -> str:
    counts = summary.counts
    fates = ((counts.unreadable, "unreadable"), (counts.skipped, "skipped"), (summary.damaged, "damaged"))
    return " and ".join(f"{number:,} {word}" for number, word in fates if number)


def _proves_nothing(summary: Summary) -> str:
    left_out = _left_out(summary)
    if summary.counts.compared and left_out:
        return f"Not all of it could be audited: {left_out}; --strict makes that a failure."
    if summary.counts.found == 0:
        return "No recording was found, so nothing was compared."
    if left_out:
        return f"Nothing was compared: {left_out}."
    return "Nothing was compared."


def _passed(run: Run, summary: Summary, fail_on: str) -> str:
    counts = summary.counts
    if not run.candidates:
        return "Nothing was compared, because no candidate was given (--candidate SPEC)."
    left_out = _left_out(summary)
    rest = f" Not audited in full: {left_out}." if left_out else ""
    if counts.differ == 0:
        return f"No difference in {counted(counts.compared, 'recording')}.{rest}"
    failing = (
        sum(_judged(summary, rank) for rank in _RANKS[: _RANKS.index(fail_on) + 1])
        if fail_on in _RANKS
        else 0
    )
    why = "--exit-zero asks for this code" if failing else f"nothing at or above --fail-on {fail_on}"
    return f"{counted(counts.differ, 'recording')} with findings, but {why}.{rest}"
