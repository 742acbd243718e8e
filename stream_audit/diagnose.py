"""Name a bug by reproducing it.

A suspect is a fold with one known fault. Where a candidate differs from the
reference, the suspects that may touch the field fold the same recording; those
that give exactly the candidate's value there are the diagnosis. No value, no
name: a guess from the look of a value is not made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from stream_audit.model import USAGE, Difference, Response

__all__ = ["Suspect", "diagnose", "relevant"]


class Suspect(Protocol):
    """What a diagnosis needs to know of a suspect."""

    @property
    def name(self) -> str:
        """How a diagnosis calls it."""

    @property
    def touches(self) -> Collection[str]:
        """Members of ``FIELDS`` it may change.

        ``usage`` stands for every count, ``extra`` for every level, ``tool_calls`` for all of a call.
        """

    @property
    def widespread(self) -> bool:
        """It fails on ordinary streams too, so that reproducing a value says less."""


S = TypeVar("S", bound=Suspect)


def diagnose(
    differences: Sequence[Difference],
    suspects: Sequence[S],
    fold: Callable[[S], Response | None],
    compare: Callable[[Response], Sequence[Difference]],
) -> list[Difference]:
    """Add to each difference the names of the suspects that reproduce it.

    Args:
        differences: What the candidate got wrong.
        suspects: Those of the recording's dialect.
        fold: Folds the recording with a suspect; ``None`` if the suspect crashed.
        compare: Differences of a response against the reference, in the fields the candidate covers.

    Returns:
        The same differences in the same order. A suspect that gets a field wrong in which the candidate
        is right is not named. Those that reproduce most come first, then those that fail on fewer
        streams, then those with the narrower fault, then as they are listed.
    """
    wanted = {difference.path: difference.got for difference in differences}
    hits: dict[str, list[str]] = {path: [] for path in wanted}
    wrong = _groups(differences)
    score: dict[str, tuple[int, bool, int, int]] = {}
    for place, suspect in enumerate(relevant(differences, suspects)):
        response = fold(suspect)
        if response is None:
            continue
        found = compare(response)
        if not _groups(found) <= wrong:
            continue
        theirs = {difference.path: difference.got for difference in found}
        matched = [path for path, got in wanted.items() if path in theirs and _identical(got, theirs[path])]
        for path in matched:
            hits[path].append(suspect.name)
        score[suspect.name] = (-len(matched), suspect.widespread, len(suspect.touches), place)
    return [replace(d, diagnosis=tuple(sorted(hits[d.path], key=score.__getitem__))) for d in differences]


def _groups(differences: Sequence[Difference]) -> set[str]:
    """The fields that are wrong. All counts of usage are one: code often adds up just one of them."""
    return {_group(difference.field) for difference in differences}


def _group(field: str) -> str:
    """The field; what nobody knows is one on all levels, as code that drops it does so on all."""
    if field in USAGE:
        return "usage"
    return "extra" if field.endswith(".extra") else field


def relevant(differences: Sequence[Difference], suspects: Sequence[S]) -> list[S]:
    """The suspects that may touch a field in which there is a difference."""
    fields = {n for d in differences for n in (d.field, d.field.partition(".")[0], _group(d.field))}
    return [suspect for suspect in suspects if fields.intersection(suspect.touches)]


def _identical(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
