"""Accumulators as candidates: they total usage and are compared, placed and reported like any other.

Part of the corridor: a dialect sights the numbers of each chunk, an accumulator
awards a value to each key, and the dialect reads what came out. Code of the
user's own is handed the usage reports in a process of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from json import dumps
from typing import Any

from stream_audit import accumulators, dialects, recordings
from stream_audit.candidates import ChildCandidate, Spec, parse_accumulator
from stream_audit.compare import expand_fields
from stream_audit.errors import UsageError
from stream_audit.model import USAGE, Observation, Policies, Response, Trouble
from stream_audit.model.trail import Key, Sighting

__all__ = ["NamedAccumulator", "OwnAccumulator", "Sighter", "accumulator_specs"]

Policy = type[accumulators.Accumulator]


def accumulator_specs(texts: Sequence[str], fields: Sequence[str]) -> list[Spec]:
    """Read what stands behind each ``--accumulator``.

    Args:
        texts: As the user wrote them.
        fields: What the user wrote behind ``--fields``.

    Raises:
        UsageError: One of them is no accumulator, or the fields have no usage among them.
    """
    specs = [parse_accumulator(text, [one.name for one in accumulators.ACCUMULATORS]) for text in texts]
    if specs and fields and not expand_fields(fields) & USAGE:
        raise UsageError("--fields names no usage, and an accumulator has nothing else to be compared in.")
    return specs


class Sighter:
    """What a dialect sights in each chunk of a recording; remembers the recording asked for last."""

    def __init__(self) -> None:
        self._held: tuple[Sequence[bytes], list[list[Sighting]]] | None = None

    def sight(self, raws: Sequence[bytes], dialect: str) -> list[list[Sighting]]:
        """One list for each chunk."""
        if self._held is None or self._held[0] is not raws:
            payloads = (recordings.parse(raw)[0] for raw in raws)
            self._held = (raws, list(dialects.dialect(dialect).sightings(payloads)))
        return self._held[1]


class NamedAccumulator:
    """An accumulator that comes along. It runs here: it is no foreign code.

    Args:
        name: What reports call it.
        policy: Totals the usage of one stream.
        policies: What the run's reference does.
        sighter: Shared by all accumulators of a run.
    """

    scope = USAGE
    framed = False
    version: str | None = None

    def __init__(self, name: str, policy: Policy, policies: Policies, sighter: Sighter) -> None:
        self.name = name
        self.policy = policy
        self._policies = policies
        self._sighter = sighter

    def load(self) -> None:
        """Nothing has to be started."""

    def close(self) -> None:
        """Nothing runs for it."""

    def observe(self, raws: Sequence[bytes], dialect: str) -> Observation:
        """Total the usage of one recording."""
        return self.prefixes(raws, dialect, [len(raws)])[0]

    def prefixes(self, raws: Sequence[bytes], dialect: str, lengths: Sequence[int]) -> list[Observation]:
        """Total the usage of the first ``n`` chunks for each ``n`` of ``lengths``."""
        if dialect not in (self.policy.dialects or (dialect,)):
            told = " and ".join(self.policy.dialects)
            absent = Observation(status="unavailable", error=f"{self.policy.name} says nothing but of {told}")
            return [absent] * len(lengths)
        sighted = self._sighter.sight(raws, dialect)
        running = self.policy(self._policies)
        refused: Observation | None = None
        done, found = 0, {}
        for length in sorted(lengths):
            try:
                while done < length and refused is None:
                    done += 1
                    for sighting in sighted[done - 1]:
                        running.add(sighting)
            except accumulators.Refused as refusal:
                refused = _refused(refusal)
            found[length] = refused or _answer(running.raw(), dialect)
        return [found[length] for length in lengths]


class OwnAccumulator:
    """The user's code, handed the usage reports of a stream as recorded, in order.

    Args:
        inner: The code; it takes the reports for chunks.
        sighter: Shared by all accumulators of a run.
    """

    scope = USAGE
    framed = False

    def __init__(self, inner: ChildCandidate, sighter: Sighter) -> None:
        self.name = inner.name
        self._inner = inner
        self._sighter = sighter
        self._held: tuple[Sequence[bytes], list[bytes], list[int]] | None = None
        """The chunks of a recording, its reports, and the chunk that each stands in."""

    @property
    def version(self) -> str | None:
        """Version that the code states, once loaded."""
        return self._inner.version

    def load(self) -> None:
        """Start it. Raises CandidateNotLoaded when it cannot be imported or called."""
        self._inner.load()

    def close(self) -> None:
        """End its process."""
        self._inner.close()

    def observe(self, raws: Sequence[bytes], dialect: str) -> Observation:
        """Hand it the reports of one recording."""
        reports, chunks = self._reports(raws, dialect)
        return _placed(self._inner.observe(reports, f"usage of {dialect}"), chunks)

    def prefixes(self, raws: Sequence[bytes], dialect: str, lengths: Sequence[int]) -> list[Observation]:
        """Hand it the reports of the first ``n`` chunks for each ``n`` of ``lengths``."""
        reports, chunks = self._reports(raws, dialect)
        known = [sum(1 for chunk in chunks if chunk < length) for length in lengths]
        wanted = sorted(set(known))
        seen = self._inner.prefixes(reports, f"usage of {dialect}", wanted)
        observed = dict(zip(wanted, seen, strict=True))
        return [_placed(observed[count], chunks) for count in known]

    def _reports(self, raws: Sequence[bytes], dialect: str) -> tuple[list[bytes], list[int]]:
        if self._held is None or self._held[0] is not raws:
            reports, chunks = [], []
            for raw, sighted in zip(raws, self._sighter.sight(raws, dialect), strict=True):
                places = dict.fromkeys(one.place for one in sighted if _is_read_report(one))
                for place in places:
                    reports.append(dumps(_at(recordings.parse(raw)[0], place)).encode())
                    chunks.append(sighted[0].index)
            self._held = (raws, reports, chunks)
        return self._held[1], self._held[2]


def _refused(refusal: accumulators.Refused) -> Observation:
    text = f"it refuses: {refusal}"
    trouble = Trouble("accumulator-refused", text, refusal.index)
    return Observation(status="refused", error=text, troubles=(trouble,))


def _answer(raw: dict[str, Any] | None, dialect: str) -> Observation:
    usage = None if raw is None else dialects.dialect(dialect).usage(raw)
    return Observation(status="answered", response=Response(usage=usage), covered=USAGE)


def _is_read_report(sighting: Sighting) -> bool:
    return sighting.kind != "counted" and not sighting.unread


def _at(value: Any, place: Key) -> Any:
    for step in place:
        value = value[step]
    return value


def _placed(observation: Observation, chunks: Sequence[int]) -> Observation:
    """What it did to a report was done to the chunk that holds it."""
    troubles = tuple(
        replace(trouble, index=chunks[trouble.index]) if 0 <= trouble.index < len(chunks) else trouble
        for trouble in observation.troubles
    )
    return replace(observation, troubles=troubles, work=None)
