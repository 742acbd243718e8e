"""The program: recordings in, findings out. The one place that knows every room.

    recordings -> dialects (reference fold) --+
        |                                     +-> compare -> diagnose -> rules -> gate
        +-------> candidates (observed fold) -+                     +--> reports

``replay`` runs the whole corridor over many sources; an ``Auditor`` walks it for
one. A plan that judges the streams themselves has no candidates: what the fold and
the reader noted is then what the rules judge and the gate counts. Reference and
candidate part at the raw chunk and meet again as two responses. The steps stand in
``corridor/``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from stream_audit import __version__, gate, recordings, totals
from stream_audit.corridor.acceptance import Acceptance, Accepting
from stream_audit.corridor.auditor import Auditor
from stream_audit.corridor.course import Course, Limits
from stream_audit.corridor.homes import Say, unheard
from stream_audit.corridor.plan import Plan
from stream_audit.corridor.rerun import Memory
from stream_audit.corridor.tagging import TagTotals
from stream_audit.model import Audited, Progress, Report, Run, Summary

__all__ = ["Accepting", "Auditor", "Limits", "Plan", "replay"]


def replay(
    plan: Plan,
    reports: Sequence[Report],
    progress: Progress | None = None,
    sized: Callable[[int], None] | None = None,
    say: Say | None = None,
) -> int:
    """Audit every recording of the plan and report it.

    Args:
        plan: What to audit and how.
        reports: Receive each recording as it is done, in the order of the sources.
        progress: Told how many bytes were read since the last call.
        sized: Told once how many bytes there are to read.
        say: Told, a line at a time, what is being installed for a candidate.

    Returns:
        The exit code. The reports have been ended, also after Ctrl-C (130).

    Raises:
        UsageError: A path, name or candidate that does not exist; nothing was reported.
    """
    course = _course(plan, say or unheard)
    acceptance = Acceptance(plan.accepting, say or unheard, plan.subject)
    summary = Summary(subject=plan.subject)
    try:
        auditor = _loaded(plan, say)
    except KeyboardInterrupt:  # installing may take minutes
        return _stopped_before(plan, reports)
    tagged = TagTotals(auditor.wanted)
    with auditor:
        if sized is not None:
            sized(recordings.size(course.sources))
        for report in reports:
            report.begin(auditor.run)
        try:
            with closing(auditor.spread(course.sources, progress, course.deadline)) as steps:
                for source, found in course.along(steps):
                    outcome = acceptance.apply(found)
                    totals.add(summary, outcome)
                    course.met(source, outcome)
                    if isinstance(outcome, Audited):
                        tagged.add(outcome)
                        for report in reports:
                            report.add(outcome)
        except KeyboardInterrupt:
            summary.complete, summary.stop_reason = False, "interrupted"
    course.close(summary)
    acceptance.close(summary, auditor.sought)
    summary.tagging = tagged.result() if plan.tags else None
    verdict = gate.judge(
        summary,
        fail_on=plan.fail_on,
        strict=plan.strict,
        exit_zero=plan.exit_zero or plan.accepting.update,
        candidates=auditor.run.candidates,
    )
    summary.exit_code = verdict.exit_code
    written = summary.baseline_written is not None and verdict.exit_code == 0
    summary.stop_reason = summary.stop_reason or ("the baseline was written" if written else verdict.reason)
    for report in reports:
        report.end(summary)
    return verdict.exit_code


def _loaded(plan: Plan, say: Say | None) -> Auditor:
    """An auditor whose candidates have all been started."""
    auditor = Auditor(plan, say=say)
    try:
        auditor.load()
    except BaseException:
        auditor.close()
        raise
    return auditor


def _stopped_before(plan: Plan, reports: Sequence[Report]) -> int:
    """Report a run that was interrupted before its first recording."""
    run = Run(
        version=__version__,
        command=plan.command,
        subject=plan.subject,
        candidates=plan.candidates,
        reference=plan.reference,
        fields=plan.fields,
    )
    summary = Summary(subject=plan.subject, complete=False, stop_reason="interrupted", exit_code=130)
    for report in reports:
        report.begin(run)
        report.end(summary)
    return summary.exit_code


def _course(plan: Plan, say: Say) -> Course:
    limits = plan.limits
    memory = None
    if limits.remember or limits.last_failed:
        narrowed = (plan.reference or "", plan.fail_on, plan.accepting.baseline or "", str(plan.policies))
        asked = (plan.candidates, plan.accumulators, plan.select, plan.ignore, plan.fields)
        memory = Memory(plan.paths, *asked, narrowed)
    sources = recordings.find(plan.paths)
    return Course(
        limits, sources, memory, say, fail_on=plan.fail_on, strict=plan.strict, subject=plan.subject
    )
