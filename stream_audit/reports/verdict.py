"""The last lines of a report for people: what was counted, and what it comes to."""

from __future__ import annotations

from stream_audit.model import MEASURES, Counts, Run, Subject, Summary
from stream_audit.reports.printable import printable

__all__ = [
    "acceptance_lines",
    "counted",
    "counts_line",
    "counts_parts",
    "exit_line",
    "named_counts",
    "repeated_line",
    "verdict",
]

_RANKS = ("error", "warning", "note")
_FATES = ("found", "compared", "same", "differ", "baselined", "unreadable", "skipped")
_OF_STREAMS = {"compared": "linted", "same": "clean", "differ": "with findings"}
"""What the fates of a recording are called where the streams themselves are judged."""


def counted(number: int, noun: str) -> str:
    """``1 recording``, ``2,391 recordings``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def repeated_line(number: int) -> str:
    """That so many recordings of session logs are no requests of their own."""
    verb, they = ("repeats", "it adds") if number == 1 else ("repeat", "they add")
    return f"{counted(number, 'recording')} {verb} what other session logs have; {they} nothing."


def named_counts(counts: Counts, subject: Subject) -> list[tuple[str, str, int]]:
    """Every fate a recording can meet, zeros included: what was not compared must not hide.

    Returns:
        What it is called in ``Counts``, what it is called here, and how many recordings met it.
    """
    words = _OF_STREAMS if subject == "streams" else {}
    return [(name, words.get(name, name), getattr(counts, name)) for name in _FATES]


def counts_parts(summary: Summary) -> tuple[str, ...]:
    """The counts, a clause each."""
    return tuple(f"{number:,} {word}" for _, word, number in named_counts(summary.counts, summary.subject))


def counts_line(summary: Summary) -> str:
    """The counts on one line."""
    return " · ".join(counts_parts(summary))


_MOST = 10


def acceptance_lines(summary: Summary) -> list[str]:
    """What was accepted before, and what of that no longer applies; empty when nothing was."""
    lines = []
    if summary.baseline is not None:
        name = printable(summary.baseline)
        written = summary.baseline_written
        lines.append(f"{counted(summary.accepted, 'finding')} known from {name}")
        if written is not None:
            lines.append(f"{name} written: {written:,} {'entry' if written == 1 else 'entries'}")
    lines += _listed("not found again, drop it with --baseline-prune", summary.stale)
    lines += _listed("expired in the baseline", summary.expired)
    lines += _listed("ignored for a recording, but never found there", summary.unused_ignores)
    return lines


def _listed(what: str, entries: list[str]) -> list[str]:
    lines = [f"{what}: {printable(entry)}" for entry in entries[:_MOST]]
    more = len(entries) - len(lines)
    return [*lines, f"{what}: {more:,} more"] if more else lines


def verdict(run: Run, summary: Summary) -> str:
    """What the run comes to, then the exit code and its reason."""
    end = exit_line(summary)
    return f"{_outcome(run, summary)}{end[0].upper()}{end[1:]}."


def exit_line(summary: Summary) -> str:
    """``exit code 3: why``, on one line."""
    reason = f": {printable(summary.stop_reason)}" if summary.stop_reason else ""
    return f"exit code {summary.exit_code}{reason}"


def _outcome(run: Run, summary: Summary) -> str:
    counts = summary.counts
    if not summary.complete:
        return "Stopped before the end; this report is partial. "
    if summary.subject == "streams":
        return _linted(summary)
    if not run.candidates and counts.found:
        return "--candidate SPEC names the code to audit. "
    if not counts.compared:
        return ""
    if counts.differ == 0:
        asked = ", ".join(run.fields) or ("usage" if _only_usage(summary) else "")
        what = f"difference of {printable(asked)}" if asked else "difference"
        return f"No {what} in {counted(counts.compared, 'recording')}{_limits(summary)}. "
    verb = "differs" if counts.differ == 1 else "differ"
    return f"{counts.differ:,} of {counted(counts.compared, 'recording')} {verb}{_by_rank(summary)}. "


def _linted(summary: Summary) -> str:
    counts = summary.counts
    if not counts.compared:
        return ""
    if not _by_rank(summary):
        known = f", but {counted(summary.accepted, 'finding')} known before" if summary.accepted else ""
        return f"Nothing was found in {counted(counts.compared, 'recording')}{known}. "
    verb = "has" if counts.differ == 1 else "have"
    unread = sum(bool(entry.findings) for entry in summary.unreadable)
    beside = f", and {counted(unread, 'file')} that could not be read" if unread else ""
    found = f"{counts.differ:,} of {counted(counts.compared, 'recording')} {verb} findings"
    return f"{found}{beside}{_by_rank(summary)}. "


def _by_rank(summary: Summary) -> str:
    """How many findings of each severity, behind a colon; empty when there is none."""
    found = [(rank, _judged(summary, rank)) for rank in _RANKS]
    parts = ", ".join(counted(number, rank) for rank, number in found if number)
    return f": {parts}" if parts else ""


def _only_usage(summary: Summary) -> bool:
    """Every candidate was an accumulator, which is asked for nothing but usage."""
    asked = summary.candidate_totals.values()
    return bool(asked) and not any(MEASURES[0] in totals for totals in asked)


def _limits(summary: Summary) -> str:
    """How much was not looked at: agreement of a candidate that returns little is worth little."""
    fields = {field for fields in summary.not_covered.values() for field in fields}
    return f", but {counted(len(fields), 'field')} not covered" if fields else ""


def _judged(summary: Summary, rank: str) -> int:
    kinds = ("wire",) if summary.subject == "streams" else ("difference", "candidate")
    return sum(summary.severities.get(f"{kind}:{rank}", 0) for kind in kinds)
