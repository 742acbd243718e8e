"""One source walked through the corridor: read, folded by the reference and by every candidate, judged.

One batch of chunks at a time: memory holds a batch, not the file, unless a candidate needs the
recording's chunks.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from stream_audit import __version__, accumulators, candidates, dialects, recordings, rules
from stream_audit.corridor.acceptance import Sought
from stream_audit.corridor.charting import draw_up
from stream_audit.corridor.explaining import explain_usage
from stream_audit.corridor.homes import Home, Say, find_homes, unheard
from stream_audit.corridor.misread import Likeness, misread
from stream_audit.corridor.noting import Open, Problems
from stream_audit.corridor.plan import Plan
from stream_audit.corridor.sharding import Step, spread
from stream_audit.corridor.tagging import RecordingTags
from stream_audit.corridor.totalling import NamedAccumulator, OwnAccumulator, Sighter, accumulator_specs
from stream_audit.corridor.trial import Terms, Trial
from stream_audit.corridor.twins import compare_twin
from stream_audit.errors import CandidateNotLoaded
from stream_audit.fingerprint import identified
from stream_audit.model import (
    Audited,
    Batch,
    CandidateResult,
    Finding,
    Problem,
    Progress,
    Recording,
    Response,
    Run,
    Unreadable,
)
from stream_audit.model.timeline import Timeline
from stream_audit.model.trail import UsageTrail

__all__ = ["Auditor"]


class Auditor:
    """Audits sources one after another; owns the candidates and ends them on exit.

    Args:
        plan: What to audit and how.
        homes: Where each candidate runs; found out, and installed where need be, when not given.
        say: Told what is being installed.
    """

    def __init__(
        self, plan: Plan, homes: Mapping[candidates.Spec, Home] | None = None, say: Say | None = None
    ) -> None:
        self.plan = plan
        self.dialect = dialects.dialect(plan.dialect) if plan.dialect else None
        self.linting = plan.subject == "streams"
        self.wanted = rules.select(plan.select, plan.ignore)
        parsed = [one for text in plan.candidates for one in candidates.expand(candidates.parse(text))]
        parsed += accumulator_specs(plan.accumulators, plan.fields)
        specs = candidates.distinct(parsed)
        self.terms = Terms.of(
            plan.fields,
            plan.policies,
            timings=plan.timings,
            timeout=plan.timeout,
            pairs=candidates.pairs(specs, plan.pairs),
            growth=plan.growth,
        )
        stand_ins = [candidates.expand(candidates.parse(plan.reference))[0]] if plan.reference else []
        self._hold = ExitStack()
        if homes is None:
            everyone, heard = [*specs, *stand_ins], say or unheard
            homes = find_homes(everyone, python=plan.python, install=plan.install, say=heard, hold=self._hold)
        self.homes = homes
        self.sighter = Sighter()
        self.candidates = [self._open(spec) for spec in specs]
        self.reference = self._open(stand_ins[0]) if stand_ins else None
        self.run = Run(
            version=__version__,
            command=plan.command,
            subject=plan.subject,
            candidates=tuple(candidate.name for candidate in self.candidates),
            reference=self.reference.name if self.reference else None,
            fields=plan.fields,
        )

    def _open(self, spec: candidates.Spec) -> Any:
        if spec.kind == "accumulator":
            policy = accumulators.accumulator(spec.target)
            return NamedAccumulator(spec.name, policy, self.plan.policies, self.sighter)
        home = self.homes[spec]
        opened = candidates.open_candidate(
            spec,
            timeout=self.plan.timeout,
            chunks_as=self.plan.chunks_as,
            python=home.python,
            missing=home.missing,
        )
        return OwnAccumulator(opened, self.sighter) if spec.totals else opened

    def load(self) -> None:
        """Start every candidate once, so that one that cannot be loaded is known before any work.

        Raises:
            CandidateNotLoaded: One cannot be loaded; or what stands in the reference's place cannot be
                run here, so that there is nothing to compare with.
        """
        for candidate in self._everyone():
            candidate.load()
        if self.reference is not None and self.reference.missing is not None:
            raise CandidateNotLoaded(
                f"The reference {self.reference.name} cannot be run: {self.reference.missing}"
            )
        versions = {one.name: one.version for one in self._everyone() if one.version is not None}
        self.run = replace(self.run, versions=versions)

    def _everyone(self) -> list[Any]:
        return [*self.candidates, *([self.reference] if self.reference else [])]

    @property
    def sought(self) -> Sought:
        """What would be found, were it there."""
        terms = self.terms
        pairs = frozenset(second for _, second in terms.pairs)
        return Sought(
            rule=self.wanted,
            fields=terms.fields,
            growth=terms.growth,
            pairs=pairs,
            subject=self.plan.subject,
        )

    def close(self) -> None:
        """End every process that runs for a candidate, and let go of environments. Idempotent."""
        for candidate in self._everyone():
            candidate.close()
        self._hold.close()

    def __enter__(self) -> Auditor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def spread(
        self,
        sources: Sequence[recordings.Source],
        progress: Progress | None = None,
        deadline: float | None = None,
    ) -> Generator[Step, None, None]:
        """Audit many sources, in as many processes as the plan says; the steps are in their order.

        Args:
            sources: What to audit.
            progress: Told how many bytes were read since the last call.
            deadline: When to begin no further recording, by the system's monotonic clock.
        """
        another = partial(Auditor, self.plan, self.homes)
        return spread(self, another, sources, jobs=self.plan.jobs, progress=progress, deadline=deadline)

    def audit(
        self, source: recordings.Source, progress: Progress | None = None
    ) -> Iterator[Audited | Unreadable]:
        """Audit the recordings of one source, each as soon as its end is read."""
        reading: dict[Recording, Open] = {}
        homeless, lost = Problems(), Problems()
        held: Audited | None = None
        framed = self.plan.tags or any(candidate.framed for candidate in self._everyone())
        for event in recordings.read(
            source, dialects.DIALECTS, dialect=self.dialect, progress=progress, frames=framed
        ):
            if event.recording is None:
                homeless.add(event)
                if event.lost:
                    lost.add(event)
                continue
            recording = event.recording
            now = reading.get(recording)
            if now is None:
                now = reading[recording] = self._open_recording(recording)
            if isinstance(event, Batch):
                self._fold(event, now)
            elif isinstance(event, Problem):
                now.problems.add(event)
            else:
                if held is not None:
                    yield held
                held = self._finish(recording, reading.pop(recording), homeless)
                homeless = Problems()
        if held is None:
            yield self._unreadable(source, homeless)
            return
        found = self._only_wanted(homeless.findings(held.recording))
        yield replace(held, findings=tuple(self._identified([*held.findings, *found], held.content)))
        if lost.first:  # The recordings have its findings; here it counts.
            yield replace(self._unreadable(source, lost), findings=())

    def _open_recording(self, recording: Recording) -> Open:
        if recording.dialect is None:
            return Open(None, None, None)
        dialect = dialects.dialect(recording.dialect)
        tagging = RecordingTags(dialect) if self.plan.tags else None
        return Open(dialect.fold(self.plan.policies), Likeness(dialect), tagging)

    def _fold(self, batch: Batch, now: Open) -> None:
        if self.candidates or self.plan.explain_usage or self.plan.timeline:
            now.raws.extend(batch.raws)
            now.lines.extend(batch.lines)
        if self.candidates or self.linting:
            now.content.add(batch.raws)
        if now.fold is None or now.likeness is None:
            return
        if now.tagging is not None:
            now.tagging.add(batch)
        if not now.likeness.plain:
            now.likeness.look(batch.items)
        now.fold.add(batch.items)
        if now.fold.notes:
            now.note(now.fold.notes, partial(self._place, batch))
            now.fold.notes.clear()

    def _place(self, batch: Batch, index: int) -> tuple[int, bytes | None]:
        """Line of a chunk, and its text where streams are judged and it is in the batch."""
        at = index - batch.first
        return batch.lines[max(at, 0)], batch.raws[at] if self.linting and at >= 0 else None

    def _finish(self, recording: Recording, now: Open, homeless: Problems) -> Audited:
        found = now.problems.findings(recording) + homeless.findings(recording)
        content = str(now.content) if self.candidates or self.linting else ""
        if now.fold is None or now.likeness is None:
            return self._unfolded(recording, found, content, "no dialect recognises its chunks")
        folded = now.fold.finish(done=recording.done)
        mistaken = misread(folded.response, now.likeness)
        if mistaken:
            problem = Problem("dialect-mismatch", recording.path, recording.first_line, mistaken)
            found.append(rules.judge_problem(problem, recording))
            return self._unfolded(recording, found, content, mistaken)
        now.note(folded.notes, lambda index: (recording.last_line, None))
        found += [
            rules.judge_note(one.first, recording, one.line, one.count, one.chunk)
            for one in now.notes.values()
        ]
        reference: Response | None = folded.response
        results: tuple[CandidateResult, ...] = ()
        reason = ""
        twin, more = compare_twin(recording, folded.response, self.terms.fields)
        found += more
        if self.candidates:
            trial = Trial(recording, now.raws, now.lines, folded.response, self.terms, self.reference)
            results, more = trial.run(self.candidates)
            found += more
            reference, reason = trial.reference, trial.without
        return Audited(
            recording=recording,
            reference=reference,
            reason=reason,
            complete=folded.complete,
            candidates=results,
            findings=self._only_wanted(self._identified(found, content)),
            content=content,
            tags=now.tagging.end(folded, now.met(), done=recording.done) if now.tagging else None,
            twin=twin,
            usage_trail=self._trace(recording, now, reference, results) if self.plan.explain_usage else None,
            timeline=self._draw_up(recording, now) if self.plan.timeline else None,
        )

    def _unfolded(self, recording: Recording, found: list[Finding], content: str, reason: str) -> Audited:
        """A recording that was read, and compared with nothing."""
        return Audited(
            recording=recording,
            reference=None,
            reason=reason,
            complete=False,
            findings=self._only_wanted(self._identified(found, content)),
            content=content,
        )

    @staticmethod
    def _identified(findings: list[Finding], content: str) -> list[Finding]:
        """The findings, each with its id; as they are where nothing is judged."""
        return identified(findings, content) if content else findings

    def _draw_up(self, recording: Recording, now: Open) -> Timeline:
        dialect = recording.dialect or ""
        sighted = self.sighter.sight(now.raws, dialect)
        ours = self.reference is None
        return draw_up(now.raws, now.lines, sighted, dialect, self.plan.policies, running=ours)

    def _trace(
        self,
        recording: Recording,
        now: Open,
        reference: Response | None,
        results: Sequence[CandidateResult],
    ) -> UsageTrail:
        dialect = recording.dialect or ""
        usage = reference.usage if reference is not None else None
        ours = ("reference", accumulators.reference_for(dialect), usage)
        return explain_usage(
            self.sighter.sight(now.raws, dialect),
            now.lines,
            reference=ours if self.reference is None else (self.reference.name, None, usage),
            candidates=self.candidates,
            results=results,
            policies=self.plan.policies,
        )

    def _unreadable(self, source: recordings.Source, problems: Problems) -> Unreadable:
        if not problems.first:
            return Unreadable(path=source.path, line=0, reason="no chunk was found")
        first = problems.first[0]
        if first.rule == "not-a-recording":
            return Unreadable(path=first.path, line=0, reason=first.rule)
        others = problems.counts.total() - 1
        more = f" (and {others:,} more)" if others else ""
        found = self._only_wanted(problems.findings(None))
        return Unreadable(
            path=first.path,
            line=first.line,
            reason=first.message + more,
            barren=source.barren,
            findings=found,
        )

    def _only_wanted(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(finding for finding in findings if self.wanted.reports(finding.rule))
