"""One recording on trial: the reference's response against each candidate's.

Part of the corridor: it asks a candidate to fold, compares, finds the culprit
chunk, lets the suspects reproduce the difference, and has the rules judge it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stream_audit import dialects, recordings, rules, suspects
from stream_audit.compare import compare, expand_fields, uncovered
from stream_audit.culprit import GaveUp, locate
from stream_audit.diagnose import diagnose, relevant
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
    Trouble,
)

__all__ = ["Terms", "Trial"]

_CRASH = "(crash)"
"""Stands for the path of a difference when the candidate gave no response at all."""
_FATAL = frozenset(("candidate-killed", "candidate-exited"))
"""Crashes that may end the process: each prefix that has them costs a new one."""
_EXHAUSTIVE_BYTES = 32 * 2**20
"""Prefix by prefix, a recording hands over this much at most."""
_SUSPECT_CHUNKS = 250_000
"""Chunks that the suspects may fold for one candidate and recording: some five seconds."""
_FEW = 8
"""Chunks up to which even a fatal crash is tried prefix by prefix."""
_AT_ONCE = 16
"""Prefixes folded between two looks at the clock."""
_UNPLACED = " The chunk is not known: folding parts of the recording took too long."
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
    patience: float
    """Seconds after which the search for culprits ends, however it stands."""

    @classmethod
    def of(cls, names: Sequence[str], policies: Policies, *, timings: bool, timeout: float) -> Terms:
        """Read what a user wrote behind ``--fields`` (nothing means everything) and ``--timeout``."""
        fields = expand_fields(names) or frozenset(FIELDS)
        return cls(fields, bool(names), policies, timings, _SEARCH_TIMEOUTS * timeout)


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
        self._payloads: list[Any] | None = None

    def run(self, candidates: Sequence[Candidate]) -> tuple[tuple[CandidateResult, ...], list[Finding]]:
        """Put every candidate on trial; the findings are in the order of the candidates."""
        found: list[Finding] = []
        if self.stand_in is not None:
            found += self._take_place(self.stand_in)
        results = []
        for candidate in candidates:
            result, more = self._try(candidate)
            results.append(result)
            found += more
        return tuple(results), found

    def _take_place(self, stand_in: Candidate) -> list[Finding]:
        observation = stand_in.observe(self.raws, self.dialect)
        self.reference = observation.response
        self.fields &= observation.covered
        return self._troubles(stand_in, observation, None)

    def _try(self, candidate: Candidate) -> tuple[CandidateResult, list[Finding]]:
        if self.reference is None:
            error = "the reference gave no response to compare with"
            return CandidateResult(name=candidate.name, status="skipped", error=error), []
        observation = candidate.observe(self.raws, self.dialect)
        if observation.response is None:
            return self._failed(candidate, observation)
        fields = self.fields if self.terms.demanded else self.fields & observation.covered
        differences = compare(self.reference, observation.response, fields)
        caveat = ""
        if differences:
            differences, caveat = self._explain(candidate, differences, fields)
        found = self._troubles(candidate, observation, None)
        for difference in differences:
            failure = suspects.suspect(difference.diagnosis[0]).failure if difference.diagnosis else None
            finding = rules.judge_difference(difference, self.recording, candidate.name, failure)
            unplaced = "" if difference.culprit else _UNPLACED
            found.append(replace(finding, message=finding.message + unplaced + caveat))
        result = CandidateResult(
            name=candidate.name,
            status="differ" if differences else "same",
            response=observation.response,
            not_covered=uncovered(self.reference, observation.covered | fields, self.terms.fields),
            seconds=self._seconds(observation),
            work=observation.work,
        )
        return result, found

    def _failed(
        self, candidate: Candidate, observation: Observation
    ) -> tuple[CandidateResult, list[Finding]]:
        status: Status = observation.status if observation.status != "answered" else "crashed"
        culprit = None
        if status == "crashed":
            fatal = any(trouble.rule in _FATAL for trouble in observation.troubles)
            exhaustive = not fatal or len(self.raws) <= _FEW
            culprit = self._culprits(candidate, [_CRASH], frozenset(), exhaustive=exhaustive).get(_CRASH)
        result = CandidateResult(
            name=candidate.name, status=status, error=observation.error, seconds=self._seconds(observation)
        )
        found = self._troubles(candidate, observation, culprit)
        asked = suspects.suspects_for(self.dialect)
        if culprit is not None and not self._affordable(len(asked)):
            found[:1] = [replace(found[0], message=found[0].message + _undiagnosed(asked))]
        return result, found

    def _troubles(
        self, candidate: Candidate, observation: Observation, culprit: Culprit | None
    ) -> list[Finding]:
        found = []
        for trouble in observation.troubles:
            at = culprit if observation.response is None else self._chunk(trouble)
            diagnosis = self._same_crash(observation, culprit) if culprit is not None else ()
            found.append(rules.judge_trouble(trouble, self.recording, candidate.name, at, diagnosis))
        return found

    def _seconds(self, observation: Observation) -> float | None:
        return observation.seconds if self.terms.timings else None

    def _chunk(self, trouble: Trouble) -> Culprit | None:
        if not 0 <= trouble.index < len(self.raws):
            return None
        return self._culprit(trouble.index, exact=True)

    def _culprit(self, index: int, *, exact: bool) -> Culprit:
        return Culprit(index, self.lines[index], self.raws[index], exact)

    # -------------------------------------------------------------- why a candidate differs

    def _explain(
        self, candidate: Candidate, differences: Sequence[Difference], fields: frozenset[str]
    ) -> tuple[list[Difference], str]:
        """The differences with culprits and diagnoses, and what is to be said when none was tried."""
        reference = self.reference
        assert reference is not None
        named, caveat = list(differences), ""
        asked = relevant(differences, suspects.suspects_for(self.dialect))
        if self.stand_in is not None:
            pass  # A suspect is wrong by our reference; by somebody else's it may just be right.
        elif self._affordable(len(asked)):
            named = diagnose(
                differences,
                asked,
                self._suspect_response,
                lambda response: compare(reference, response, fields),
            )
        else:
            caveat = _undiagnosed(asked)
        invented = frozenset(d.path for d in named if d.reference is None)
        culprits = self._culprits(candidate, [d.path for d in named], fields, invented=invented)
        return [replace(d, culprit=culprits.get(d.path)) for d in named], caveat

    def _affordable(self, suspects_asked: int) -> bool:
        return suspects_asked * len(self.raws) <= _SUSPECT_CHUNKS

    def _suspect_response(self, suspect: Any) -> Response | None:
        try:
            return suspects.fold(suspect, self.payloads)
        except Exception:  # noqa: BLE001 - a suspect may crash as the code it imitates does
            return None

    def _same_crash(self, observation: Observation, culprit: Culprit) -> tuple[str, ...]:
        """The suspects that raise the same exception at the same chunk."""
        kind = (observation.error or "").partition(":")[0].strip()
        asked = suspects.suspects_for(self.dialect)
        if not self._affordable(len(asked)):
            return ()
        return tuple(one.name for one in asked if self._raised_at(one, culprit.index) == kind)

    def _raised_at(self, suspect: Any, index: int) -> str | None:
        """Type of what a suspect raises at a chunk and not before."""
        running = suspect()
        try:
            for payload in self.payloads[:index]:
                running.add(payload)
            if index:  # Nothing folded is right by definition.
                running.result()
        except Exception:  # noqa: BLE001 - see above
            return None
        try:
            running.add(self.payloads[index])
            running.result()
        except Exception as error:  # noqa: BLE001 - see above
            return type(error).__name__
        return None

    @property
    def payloads(self) -> list[Any]:
        """The chunks, parsed anew for the suspects, which do not change them."""
        if self._payloads is None:
            self._payloads = [recordings.parse(raw)[0] for raw in self.raws]
        return self._payloads

    # -------------------------------------------------------------- where a candidate goes wrong

    def _culprits(
        self,
        candidate: Candidate,
        paths: Sequence[str],
        fields: frozenset[str],
        *,
        exhaustive: bool = True,
        invented: frozenset[str] = frozenset(),
    ) -> dict[str, Culprit]:
        until = time.monotonic() + self.terms.patience

        def wrong_at(lengths: Sequence[int]) -> dict[int, frozenset[str]]:
            lengths = list(lengths)
            theirs: list[Observation] = []
            while len(theirs) < len(lengths):
                if time.monotonic() > until:
                    raise GaveUp
                some = lengths[len(theirs) : len(theirs) + _AT_ONCE]
                theirs += candidate.prefixes(self.raws, self.dialect, some)
                if theirs[-1].status in ("timeout", "unavailable"):
                    raise GaveUp
            mine = self._reference_prefixes(lengths)
            return {
                length: self._wrong(paths, mine[length], observation, fields, invented)
                for length, observation in zip(lengths, theirs, strict=True)
                if observation.response is not None or _CRASH in paths
            }

        handed_over = sum(map(len, self.raws)) * len(self.raws) // 2
        exhaustive = exhaustive and handed_over <= _EXHAUSTIVE_BYTES
        places = locate(len(self.raws), paths, wrong_at, exhaustive=exhaustive)
        return {path: self._culprit(index, exact=exact) for path, (index, exact) in places.items()}

    def _wrong(
        self,
        paths: Sequence[str],
        mine: Response | None,
        theirs: Observation,
        fields: frozenset[str],
        invented: frozenset[str],
    ) -> frozenset[str]:
        """The paths that are wrong in a prefix.

        Where the reference has nothing yet, a candidate's first value (a count that starts at 0) is not
        what went wrong, unless having a value at all is: ``invented``.
        """
        if theirs.response is None:
            return frozenset(paths)
        if mine is None:
            return frozenset()
        wrong = compare(mine, theirs.response, fields)
        return frozenset(
            path
            for path in paths
            if any(_touch(path, d.path) for d in wrong if path in invented or d.reference is not None)
        )

    def _reference_prefixes(self, lengths: Sequence[int]) -> dict[int, Response | None]:
        if self.stand_in is not None:
            seen = self.stand_in.prefixes(self.raws, self.dialect, lengths)
            return {length: o.response for length, o in zip(lengths, seen, strict=True)}
        fold = dialects.dialect(self.dialect).fold(self.terms.policies)
        done, folded = 0, {}
        for length in sorted(lengths):
            fold.add([recordings.parse(raw)[0] for raw in self.raws[done:length]])
            folded[length], done = fold.response(), length
        return dict(folded)


def _undiagnosed(asked: Sequence[Any]) -> str:
    return f" Not diagnosed: too long to be folded with {len(asked)} suspects."


def _touch(path: str, other: str) -> bool:
    """True when both are about the same place: equal, or one is inside the other."""
    return (
        path == other
        or path.startswith((other + ".", other + "["))
        or other.startswith((path + ".", path + "["))
    )
