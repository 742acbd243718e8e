"""Audits inside a test run: of recordings on disk, of chunks made in a test, of callables."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from stream_audit import __version__, dialects, gate, recordings, rules, totals
from stream_audit.audit import Auditor, Plan
from stream_audit.cli.choices import split
from stream_audit.corridor.acceptance import Acceptance
from stream_audit.corridor.homes import unheard
from stream_audit.errors import UsageError
from stream_audit.model import Audited, Dialect, End, Problem, Response, Run, Summary, Unreadable
from stream_audit.reports import Options, open_report
from stream_audit.reports.printable import brief

__all__ = ["Outcomes", "StreamAudit", "Verdict", "judged", "places"]

Recorded = str | os.PathLike[str] | Iterable[Mapping[str, Any]]
"""A path, or the chunks themselves."""
_HELD = 4
"""Sources whose outcomes are kept: tests of one file run one after another."""


class Verdict(NamedTuple):
    """What became of one recording with one candidate."""

    passed: bool
    headline: str
    """The worst that was found, or why nothing was compared, on one line."""
    table: str
    """The report of the command line, about just that."""


class StreamAudit:
    """The fixture ``stream_audit``: fold recordings by the reference, hold combiners to it.

    Args:
        plan: What holds for every audit of the test run: fields, policies, time limit.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        self._plan = plan or Plan(paths=())

    def fold(self, recorded: Recorded) -> Response:
        """The reference's response to one recording.

        Args:
            recorded: A file that holds one recording, or its chunks.

        Raises:
            UsageError: There is no such file, it cannot be read, or it holds several recordings.
        """
        (audited,) = self._audit(recorded, ())
        if audited.reference is None:
            raise UsageError(f"{audited.recording.id} cannot be folded: {audited.reason}.")
        return audited.reference

    def check(
        self, candidate: str | Callable[..., Any], recorded: Recorded, *, fields: str | Sequence[str] = ()
    ) -> None:
        """Hold a combiner to the reference on every recording of a file, or on some chunks.

        Args:
            candidate: A spec as on the command line, or a function or class at the top of a module.
            recorded: A path as on the command line, or the chunks of one response.
            fields: Fields to compare, and demand, as names or as behind ``--fields``; those of the settings
                when there are none.

        Raises:
            AssertionError: It differs; the message is the table of the command line.
            UsageError: Something that was named does not exist.
        """
        spec = candidate if isinstance(candidate, str) else _spec(candidate)
        named = split([fields] if isinstance(fields, str) else fields, "fields")
        plan = replace(self._plan, fields=named or self._plan.fields)
        wrong = [
            verdict
            for audited in self._audit(recorded, (spec,), plan, several=True)
            if not (verdict := judged(audited, spec, plan.fail_on, strict=plan.strict)).passed
        ]
        if wrong:
            raise AssertionError(
                "\n\n".join(
                    [
                        f"the combiner differs from the reference: {wrong[0].headline}",
                        *(one.table for one in wrong),
                    ]
                )
            )

    def _audit(
        self, recorded: Recorded, specs: Sequence[str], plan: Plan | None = None, *, several: bool = False
    ) -> list[Audited]:
        if isinstance(recorded, (str, os.PathLike)):
            return self._audit_path(os.fspath(recorded), specs, plan or self._plan, several=several)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chunks.jsonl"
            path.write_text("".join(f"{json.dumps(chunk)}\n" for chunk in recorded), "utf-8")
            return self._audit_path(str(path), specs, plan or self._plan, several=several)

    def _audit_path(self, path: str, specs: Sequence[str], plan: Plan, *, several: bool) -> list[Audited]:
        found: list[Audited] = []
        with contextlib.closing(Outcomes(replace(plan, candidates=tuple(specs)))) as outcomes:
            for source in recordings.find((path,)):
                all_of_it = outcomes.of(source).values()
                for outcome in all_of_it:
                    if isinstance(outcome, Unreadable) and outcome.reason == totals.PASSED_OVER:
                        continue  # met while walking a folder, no recording at all
                    if isinstance(outcome, Unreadable) and (plan.strict or len(all_of_it) == 1):
                        raise UsageError(f"{outcome.path} cannot be read: {outcome.reason}.")
                    if isinstance(outcome, Audited):
                        found.append(outcome)
        if not found or (len(found) > 1 and not several):
            raise UsageError(f"{path} holds {len(found)} recordings, not one.")
        return found


class Outcomes:
    """The outcomes of sources, audited when first asked for.

    Args:
        plan: With every candidate of the test run.
    """

    def __init__(self, plan: Plan) -> None:
        self._auditor = Auditor(plan)
        self._acceptance = Acceptance(plan.accepting, unheard)
        self.fail_on = plan.fail_on
        self.strict = plan.strict
        self._held: dict[recordings.Source, dict[str, Audited | Unreadable]] = {}
        self._loaded = False

    @property
    def candidates(self) -> tuple[str, ...]:
        """Names of the candidates."""
        return self._auditor.run.candidates

    @property
    def dialect(self) -> Dialect | None:
        """The dialect that is forced on every recording."""
        return self._auditor.dialect

    def of(self, source: recordings.Source) -> dict[str, Audited | Unreadable]:
        """Outcome by recording's id; what cannot be read has the name that ``places`` gives it."""
        if not self._loaded:
            self._auditor.load()
            self._loaded = True
        if source not in self._held:
            while len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            found: dict[str, Audited | Unreadable] = {}
            for outcome in map(self._acceptance.apply, self._auditor.audit(source)):
                if isinstance(outcome, Audited):
                    found[outcome.recording.id] = outcome
                else:
                    found[_lost(source) if found else source.path] = outcome
            self._held[source] = found
        return self._held[source]

    def close(self) -> None:
        """End the candidates' processes."""
        self._auditor.close()


def places(
    source: recordings.Source, dialect: Dialect | None = None, *, strict: bool = False
) -> list[tuple[str, int]]:
    """Id and first line of every recording of a source; a source that holds none stands for itself.

    Args:
        source: What to read.
        dialect: Take every stream for this dialect, as the audit will.
        strict: What cannot be read between recordings has a place too, as it fails a strict run.
    """
    found, readable = [], True
    lost: list[int] = []
    for event in recordings.read(source, dialects.DIALECTS, dialect=dialect):
        if isinstance(event, End):
            found.append((event.recording.id, event.recording.first_line))
        elif isinstance(event, Problem):
            readable = readable and event.rule != "not-a-recording"
            if event.lost and event.recording is None:
                lost.append(event.line)
    if strict and found and lost:
        found.append((_lost(source), lost[0] or 1))
    return found or ([(source.path, 1)] if readable else [])


def _lost(source: recordings.Source) -> str:
    """The name of what a source loses between its recordings."""
    return f"{source.path} (not read)"


def judged(outcome: Audited | Unreadable, candidate: str, fail_on: str, *, strict: bool) -> Verdict:
    """Judge one recording with one candidate, as the command line would judge just that."""
    if isinstance(outcome, Audited):
        results = [one for one in outcome.candidates if one.name == candidate]
        found = [one for one in outcome.findings if one.candidate in (None, candidate)]
        outcome = replace(outcome, candidates=tuple(results), findings=tuple(found))
    summary = Summary()
    totals.add(summary, outcome)
    verdict = gate.judge(summary, fail_on=fail_on, strict=strict, exit_zero=False, candidates=(candidate,))
    summary.exit_code, summary.stop_reason = verdict.exit_code, verdict.reason
    headline = _headline(outcome, verdict.reason)
    return Verdict(verdict.exit_code == 0, headline, _table(outcome, candidate, summary))


_WORST_FIRST = ("error", "warning", "note")


def _headline(outcome: Audited | Unreadable, reason: str) -> str:
    if isinstance(outcome, Unreadable):
        return f"unreadable: {brief(outcome.reason)}"
    found = [one for one in outcome.fresh if one.kind != "wire"]
    if not found:
        return brief(outcome.reason or reason)
    worst = min(found, key=lambda one: _WORST_FIRST.index(one.severity))
    more = f" and {len(found) - 1} more" if found[1:] else ""
    return f"{worst.rule} {brief(worst.field or '', 200)}".rstrip() + more


def _table(outcome: Audited | Unreadable, candidate: str, summary: Summary) -> str:
    text = StringIO()
    report = open_report("table", text, Options(width=100, title=lambda slug: rules.rule(slug).title))
    report.begin(Run(version=__version__, command=(), candidates=(candidate,)))
    if isinstance(outcome, Audited):
        report.add(outcome)
    report.end(summary)
    return text.getvalue()


def _spec(function: Callable[..., Any]) -> str:
    """The spec that finds a callable again in the candidate's own process.

    Raises:
        UsageError: It stands inside a function, or has no file.
    """
    name = getattr(function, "__qualname__", "")
    try:
        file = inspect.getsourcefile(function)
    except TypeError:
        file = None
    if not file or not name or "<" in name:
        raise UsageError(
            f"{name or function!r} cannot be found again in a process of its own; "
            "put it at the top of a module, or name it as module:callable."
        )
    return f"{os.path.relpath(file)}:{name}"
