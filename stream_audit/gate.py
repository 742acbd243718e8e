"""Findings in, verdict out: the one place that decides what a run ends with.

===  =====================================================================
0    everything compared, nothing at or above the threshold
1    at least one finding about what is judged at or above the threshold
2    usage or configuration; also: no candidate could be loaded at all
3    nothing was compared; or, when strict or stopped by a limit, not everything was
130  interrupted
===  =====================================================================

A run judges candidates (``replay``) or the streams themselves (``lint``): a
finding about the other fails nothing. Precedence is 2, 1, 3: a difference found is
worth more than an input that could not be read. Only where no stream at all could
be linted is that what the run ends with, whatever was found wrong with the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from stream_audit.errors import UnknownName
from stream_audit.model import Finding, Subject, Summary, Unreadable
from stream_audit.model.rewriting import Rewritten

__all__ = ["THRESHOLDS", "Verdict", "fails", "judge", "judge_rewriting", "judge_totals"]

THRESHOLDS = ("error", "warning", "note", "never")
"""What ``--fail-on`` takes: the least severity that fails a run."""


class Verdict(NamedTuple):
    """How a run ends, and why in one clause."""

    exit_code: int
    reason: str


def judge(
    summary: Summary, *, fail_on: str, strict: bool, exit_zero: bool, candidates: Sequence[str]
) -> Verdict:
    """Decide the exit code of a finished run.

    Args:
        summary: The run's counts and findings.
        fail_on: One of ``THRESHOLDS``.
        strict: Input that was unreadable, damaged or skipped fails the run.
        exit_zero: Findings do not fail the run; a run that compared nothing still does.
        candidates: Names of the candidates that were asked for.

    Raises:
        UnknownName: ``fail_on`` is no threshold.
    """
    if fail_on not in THRESHOLDS:
        raise UnknownName("threshold for --fail-on", fail_on, THRESHOLDS)
    counts = summary.counts
    if not summary.complete and summary.limit is None:
        return Verdict(130, "interrupted")
    absent = [name for name in candidates if set(summary.statuses.get(name, ())) == {"unavailable"}]
    if absent and len(absent) == len(candidates):
        return Verdict(2, "no candidate could be run")
    failing = 0 if fail_on == "never" else _at_or_above(summary, fail_on)
    judged = counts.compared or summary.subject == "candidates"
    if failing and judged and not exit_zero:
        stopped = f"; {summary.limit}" if summary.limit else ""
        return Verdict(1, f"{failing} finding{'s' if failing > 1 else ''} at or above {fail_on}{stopped}")
    if summary.limit is not None:
        return Verdict(3, summary.limit)
    silent = [name for name in candidates if not _answered(summary, name)]
    if not counts.compared or (silent and len(silent) == len(candidates)):
        return Verdict(3, _why_nothing(summary, candidates))
    incomplete = counts.unreadable + counts.skipped + summary.damaged + summary.not_audited
    if strict and incomplete:
        return Verdict(
            3, f"not everything was audited ({_missing(summary)}), and --strict or CI=true asks for it"
        )
    if strict and absent:
        return Verdict(3, f"{' and '.join(absent)} could not be run, and --strict or CI=true asks for it")
    if strict and silent:
        return Verdict(
            3, f"nothing of {' and '.join(silent)} was compared, and --strict or CI=true asks for it"
        )
    return Verdict(0, _why_passed(failing, fail_on) + _left_out(summary.not_audited))


def judge_totals(summary: Summary, *, folded: int, strict: bool) -> Verdict:
    """Decide the exit code of a run that adds recordings up and compares nothing: 0 or 3.

    Args:
        summary: The run's counts.
        folded: Recordings that are in the totals.
        strict: Input that was unreadable, damaged or skipped fails the run.
    """
    if not folded:
        found = "was found" if _found_nothing(summary) else "could be folded"
        return Verdict(3, f"nothing was added up: no recording {found}")
    if strict and (summary.counts.unreadable or summary.counts.skipped or summary.damaged):
        return Verdict(
            3, f"not everything was added up ({_missing(summary)}), and --strict or CI=true asks for it"
        )
    return Verdict(0, "what was folded is added up")


def judge_rewriting(done: Sequence[Rewritten], left_out: Sequence[Unreadable]) -> Verdict:
    """Decide the exit code of a run that writes recordings anew: 0, 1 or 3.

    Args:
        done: What was written.
        left_out: What is not in it.
    """
    if not done:
        return Verdict(3, "nothing was written: no recording could be read")
    unlike = sum(bool(one.unlike) for one in done)
    if unlike:
        return Verdict(1, f"{unlike} of {len(done)} files written say something else than their sources")
    if left_out:
        return Verdict(3, "not everything is in what was written")
    without = sum(not one.recordings for one in done)
    if without:
        return Verdict(3, f"in {without} of {len(done)} files written is no recording")
    return Verdict(0, "everything was written")


def fails(findings: Iterable[Finding], fail_on: str, subject: Subject = "candidates") -> bool:
    """Whether the findings of one recording make it fail: new, about the subject, at or above ``fail_on``."""
    severities = () if fail_on == "never" else THRESHOLDS[: THRESHOLDS.index(fail_on) + 1]
    return any(one.about(subject) and not one.baselined and one.severity in severities for one in findings)


def _left_out(files: int) -> str:
    return f"; {files:,} file{'s' if files > 1 else ''} left out" if files else ""


def _at_or_above(summary: Summary, fail_on: str) -> int:
    severities = THRESHOLDS[: THRESHOLDS.index(fail_on) + 1]
    kinds = ("wire",) if summary.subject == "streams" else ("difference", "candidate")
    return sum(summary.severities.get(f"{kind}:{s}", 0) for kind in kinds for s in severities)


def _missing(summary: Summary) -> str:
    counts = summary.counts
    parts = {
        "unreadable": counts.unreadable,
        "skipped": counts.skipped,
        "damaged": summary.damaged,
        "left out": summary.not_audited,
    }
    return ", ".join(f"{number} {what}" for what, number in parts.items() if number)


def _why_passed(failing: int, fail_on: str) -> str:
    if fail_on == "never":
        return "findings never fail this run"
    return "exit code 0 was asked for" if failing else f"no finding at or above {fail_on}"


def _answered(summary: Summary, candidate: str) -> bool:
    """Whether a candidate gave an answer to any recording that was compared; a failure is none."""
    return not {"same", "differ"}.isdisjoint(summary.statuses.get(candidate, ("same",)))


def _found_nothing(summary: Summary) -> bool:
    """Whether nothing that was named is, or holds, a file that could be a recording."""
    return summary.counts.found == sum(entry.barren for entry in summary.unreadable)


def _why_nothing(summary: Summary, candidates: Sequence[str]) -> str:
    if summary.subject == "streams":
        found = "was found" if _found_nothing(summary) else "could be linted"
        return f"nothing was linted: no recording {found}"
    if _found_nothing(summary):
        return "nothing was compared: no recording was found"
    if not candidates:
        return "nothing was compared: no candidate was given"
    if summary.counts.compared:
        return "nothing was compared: no candidate gave an answer"
    if any("skipped" in fates for fates in summary.statuses.values()) and not summary.unreadable:
        return "nothing was compared: no candidate returned a field that is compared"
    return "nothing was compared: no recording could be audited"
