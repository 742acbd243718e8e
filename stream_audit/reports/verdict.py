"""The last lines of a report for people: what was counted, and what it comes to."""

from __future__ import annotations

from stream_audit.model import MEASURES, Counts, Run, Summary
from stream_audit.reports.printable import printable

__all__ = ["acceptance_lines", "counted", "counts_line", "counts_parts", "exit_line", "verdict"]

_RANKS = ("error", "warning", "note")


def counted(number: int, noun: str) -> str:
    """``1 recording``, ``2,391 recordings``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def counts_parts(counts: Counts) -> tuple[str, ...]:
    """Every fate a recording can meet, zeros included: what was not compared must not hide."""
    return (
        f"{counts.found:,} found",
        f"{counts.compared:,} compared",
        f"{counts.same:,} same",
        f"{counts.differ:,} differ",
        f"{counts.baselined:,} baselined",
        f"{counts.unreadable:,} unreadable",
        f"{counts.skipped:,} skipped",
    )


def counts_line(counts: Counts) -> str:
    """The counts on one line."""
    return " · ".join(counts_parts(counts))


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
    if not run.candidates and counts.found:
        return "--candidate SPEC names the code to audit. "
    if not counts.compared:
        return ""
    if counts.differ == 0:
        what = "difference of usage" if _only_usage(summary) else "difference"
        return f"No {what} in {counted(counts.compared, 'recording')}{_limits(summary)}. "
    found = [(rank, _judged(summary, rank)) for rank in _RANKS]
    parts = ", ".join(counted(number, rank) for rank, number in found if number)
    verb = "differs" if counts.differ == 1 else "differ"
    judged = f": {parts}" if parts else ""
    return f"{counts.differ:,} of {counted(counts.compared, 'recording')} {verb}{judged}. "


def _only_usage(summary: Summary) -> bool:
    """Every candidate was an accumulator, which is asked for nothing but usage."""
    asked = summary.candidate_totals.values()
    return bool(asked) and not any(MEASURES[0] in totals for totals in asked)


def _limits(summary: Summary) -> str:
    """How much was not looked at: agreement of a candidate that returns little is worth little."""
    fields = {field for fields in summary.not_covered.values() for field in fields}
    return f", but {counted(len(fields), 'field')} not covered" if fields else ""


def _judged(summary: Summary, rank: str) -> int:
    return sum(summary.severities.get(f"{kind}:{rank}", 0) for kind in ("difference", "candidate"))
