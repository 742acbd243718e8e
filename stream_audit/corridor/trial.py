"""One recording on trial: the reference's response against each candidate's.

Part of the corridor: it asks a candidate to fold, compares, has the culprit chunk
searched for, lets the suspects reproduce the difference, and has the rules judge it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from stream_audit import rules
from stream_audit.compare import compare, expand_fields, uncovered
from stream_audit.corridor.growth import ANSWERLESS, GROWS, check_growth
from stream_audit.corridor.pairs import compare_pairs
from stream_audit.corridor.search import CRASH, Search
from stream_audit.model import (
    FIELDS,
    Candidate,
    CandidateResult,
    Culprit,
    Difference,
    Finding,
    Observation,
    Policies,
    Recording,
    Response,
    Status,
)

if TYPE_CHECKING:
    from stream_audit.corridor.suspecting import Suspecting

__all__ = ["Terms", "Trial"]

_FATAL = frozenset(("candidate-killed", "candidate-exited"))
"""Crashes that may end the process: each prefix that has them costs a new one."""
_FEW = 8
"""Chunks up to which even a fatal crash is tried prefix by prefix."""
_UNPLACED = " The chunk is not known: folding parts of the recording took too long."
_NOTHING = "it returned none of the fields that are compared"
_SEARCH_TIMEOUTS = 6.0
"""The search for culprits ends after this many times the limit of one fold, however it stands."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is compared, the same for all recordings of a run."""

    fields: frozenset[str]
    demanded: bool
    """The user named the fields: a candidate that does not return one differs."""
    policies: Policies
    timings: bool
    """Keep how long a candidate took; the same input then no longer gives the same report."""
    timeout: float
    """Seconds a candidate has for one fold."""
    pairs: tuple[tuple[str, str], ...]
    """Names of candidates that should do the same: the synchronous, the asynchronous one."""
    growth: bool
    """Measure whether a candidate's time per chunk grows with the stream."""

    @property
    def patience(self) -> float:
        """Seconds after which the search for culprits ends, however it stands."""
        return _SEARCH_TIMEOUTS * self.timeout

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        policies: Policies,
        *,
        timings: bool,
        timeout: float,
        pairs: tuple[tuple[str, str], ...] = (),
        growth: bool = False,
    ) -> Terms:
        """Read what a user wrote behind ``--fields``: nothing means everything."""
        fields = expand_fields(names) or frozenset(FIELDS)
        return cls(fields, bool(names), policies, timings, timeout, pairs, growth)


class Trial:
    """The candidates of a run on one recording.

    Args:
        recording: Where it stands.
        raws: JSON text of its chunks.
        lines: File line of each chunk.
        reference: The bundled reference's response.
        terms: What is compared.
        stand_in: A candidate in the reference's place.
    """

    def __init__(
        self,
        recording: Recording,
        raws: Sequence[bytes],
        lines: Sequence[int],
        reference: Response,
        terms: Terms,
        stand_in: Candidate | None,
    ) -> None:
        self.recording = recording
        self.dialect = recording.dialect or ""
        self.raws = raws
        self.lines = lines
        self.terms = terms
        self.reference: Response | None = reference
        self.stand_in = stand_in
        self.fields = terms.fields
        self._seen: dict[str, Observation] = {}
        self.without = ""
        """Why there is no reference to compare with."""
        self._search = Search(
            self.dialect, raws, lines, policies=terms.policies, patience=terms.patience, stand_in=stand_in
        )

    def run(self, candidates: Sequence[Candidate]) -> tuple[tuple[CandidateResult, ...], list[Finding]]:
        """Put every candidate on trial; the findings are in the order of the candidates."""
        found: list[Finding] = []
        if self.stand_in is not None:
            found += self._take_place(self.stand_in)
        results = []
        for candidate in candidates:
            result, more = self._try(candidate)
            found += more
            if self.terms.growth:
                result, more = self._with_growth(candidate, result)
                found += more
            results.append(result)
        found += compare_pairs(self.terms.pairs, self._seen, self.recording, self.terms.fields)
        return tuple(results), found

    def _take_place(self, stand_in: Candidate) -> list[Finding]:
        observation = stand_in.observe(self.raws, self.dialect)
        self.reference = observation.response
        self.fields &= observation.covered
        if observation.response is None:
            self.without = f"the reference {stand_in.name} gave no response: {observation.error}"
        return self._troubles(stand_in, observation, None)

    def _try(self, candidate: Candidate) -> tuple[CandidateResult, list[Finding]]:
        if self.reference is None:
            return CandidateResult(name=candidate.name, status="skipped", error=self.without), []
        observation = self._seen[candidate.name] = candidate.observe(self.raws, self.dialect)
        if observation.response is None:
            return self._failed(candidate, observation)
        fields = self.fields & (candidate.scope if self.terms.demanded else observation.covered)
        differences = compare(self.reference, observation.response, fields)
        caveat = ""
        if differences:
            differences, caveat = self._explain(candidate, differences, fields)
        found = self._troubles(candidate, observation, None)
        for difference in differences:
            diagnosis = difference.diagnosis
            failure = self._suspects.failure(diagnosis[0]) if diagnosis else None
            finding = rules.judge_difference(difference, self.recording, candidate.name, failure)
            unplaced = "" if difference.culprit else _UNPLACED
            found.append(replace(finding, message=finding.message + unplaced + caveat))
        if observation.work is not None and observation.work.redundant_dumps:
            first = self._search.chunk(observation.work.first)
            found.append(rules.judge_work(observation.work, self.recording, candidate.name, first))
        left_out = uncovered(
            self.reference, observation.covered | fields, self.terms.fields & candidate.scope
        )
        status: Status = "differ" if differences else "same"
        if not (fields or found) and (left_out or self.stand_in is not None):
            status = "skipped"
        result = CandidateResult(
            name=candidate.name,
            status=status,
            error=_NOTHING if status == "skipped" else None,
            response=observation.response,
            scope=candidate.scope & self.terms.fields,
            covered=observation.covered,
            not_covered=left_out,
            seconds=self._seconds(observation),
            work=observation.work,
            again=observation.again,
        )
        return result, found

    def _with_growth(
        self, candidate: Candidate, result: CandidateResult
    ) -> tuple[CandidateResult, list[Finding]]:
        """The result with what is said of its growth, and the finding where its time grows."""
        if result.response is None:
            return replace(result, growth=ANSWERLESS), []
        seen = check_growth(candidate, self.raws, self.dialect, self.terms.timeout)
        if isinstance(seen, str):
            return replace(result, growth=seen), []
        chunk, told = self._search.chunk(seen.index), seen.told(timings=self.terms.timings)
        finding = rules.judge_growth(self.recording, candidate.name, chunk, told)
        return replace(result, growth=GROWS), [finding]

    def _failed(
        self, candidate: Candidate, observation: Observation
    ) -> tuple[CandidateResult, list[Finding]]:
        status: Status = observation.status if observation.status != "answered" else "crashed"
        culprit = None
        if status in ("crashed", "refused"):
            fatal = any(trouble.rule in _FATAL for trouble in observation.troubles)
            exhaustive = not fatal or len(self.raws) <= _FEW
            culprit = self._search.culprits(candidate, [CRASH], frozenset(), exhaustive=exhaustive).get(CRASH)
        result = CandidateResult(
            name=candidate.name,
            status=status,
            scope=candidate.scope & self.terms.fields,
            error=observation.error,
            seconds=self._seconds(observation),
            again=observation.again,
        )
        return result, self._troubles(candidate, observation, culprit)

    def _troubles(
        self, candidate: Candidate, observation: Observation, culprit: Culprit | None
    ) -> list[Finding]:
        diagnosis, caveat = ((), "") if culprit is None else self._suspects.same_crash(observation, culprit)
        found: list[Finding] = []
        for trouble in observation.troubles:
            at = culprit if observation.response is None else self._search.chunk(trouble.index)
            finding = rules.judge_trouble(trouble, self.recording, candidate.name, at, diagnosis)
            found.append(replace(finding, message=finding.message + ("" if found else caveat)))
        return found

    def _seconds(self, observation: Observation) -> float | None:
        return observation.seconds if self.terms.timings else None

    # -------------------------------------------------------------- why a candidate differs

    def _explain(
        self, candidate: Candidate, differences: Sequence[Difference], fields: frozenset[str]
    ) -> tuple[list[Difference], str]:
        """The differences with culprits and diagnoses, and what is to be said when none was tried."""
        reference = self.reference
        assert reference is not None
        named, caveat = list(differences), ""
        if self.stand_in is None:  # A suspect is wrong by our reference; by another one it may be right.
            named, caveat = self._suspects.diagnosed(
                differences, lambda response: compare(reference, response, fields)
            )
        invented = frozenset(d.path for d in named if d.reference is None)
        culprits = self._search.culprits(candidate, [d.path for d in named], fields, invented=invented)
        return [replace(d, culprit=culprits.get(d.path)) for d in named], caveat

    @cached_property
    def _suspects(self) -> Suspecting:
        """Those of the dialect, loaded with the first that is wrong."""
        from stream_audit.corridor.suspecting import Suspecting

        return Suspecting(self.dialect, self.raws)
