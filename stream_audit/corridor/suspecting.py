"""Why a candidate is wrong on one recording: the suspects that are wrong in the same way.

Loaded when something is wrong and not before: most runs never need all these folds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stream_audit import recordings, suspects
from stream_audit.diagnose import diagnose, relevant
from stream_audit.model import Culprit, Difference, Observation, Response

__all__ = ["Suspecting"]

_CHUNKS = 250_000
"""Chunks that the suspects may fold for one candidate and recording: some five seconds."""


class Suspecting:
    """The suspects of a dialect, asked about one recording.

    Args:
        dialect: Name of the dialect.
        raws: JSON text of the recording's chunks.
    """

    def __init__(self, dialect: str, raws: Sequence[bytes]) -> None:
        self._suspects = suspects.suspects_for(dialect)
        self._raws = raws
        self._parsed: list[Any] | None = None

    def diagnosed(
        self, differences: Sequence[Difference], compare: Callable[[Response], Sequence[Difference]]
    ) -> tuple[list[Difference], str]:
        """The differences with the suspects that reproduce them.

        Args:
            differences: What the candidate got wrong.
            compare: Differences of a response against the reference, in the fields the candidate covers.

        Returns:
            The differences; and what is to be said where no suspect was asked.
        """
        asked = relevant(differences, self._suspects)
        if not self._affordable(asked):
            return list(differences), _undiagnosed(asked)
        return diagnose(differences, asked, self._response, compare), ""

    def same_crash(self, observation: Observation, culprit: Culprit) -> tuple[tuple[str, ...], str]:
        """The suspects that raise the same exception at the same chunk, and what is to be said likewise."""
        if not self._affordable(self._suspects):
            return (), _undiagnosed(self._suspects)
        kind = (observation.error or "").partition(":")[0].strip()
        return tuple(one.name for one in self._suspects if self._raised_at(one, culprit.index) == kind), ""

    @staticmethod
    def failure(name: str) -> str:
        """The failure class of a suspect."""
        return suspects.suspect(name).failure

    def _affordable(self, asked: Sequence[Any]) -> bool:
        return len(asked) * len(self._raws) <= _CHUNKS

    def _response(self, suspect: Any) -> Response | None:
        try:
            return suspects.fold(suspect, self._payloads)
        except Exception:  # noqa: BLE001 - a suspect may crash as the code it imitates does
            return None

    def _raised_at(self, suspect: Any, index: int) -> str | None:
        """Type of what a suspect raises at a chunk and not before."""
        running = suspect()
        try:
            for payload in self._payloads[:index]:
                running.add(payload)
            if index:  # Nothing folded is right by definition.
                running.result()
        except Exception:  # noqa: BLE001 - see above
            return None
        try:
            running.add(self._payloads[index])
            running.result()
        except Exception as error:  # noqa: BLE001 - see above
            return type(error).__name__
        return None

    @property
    def _payloads(self) -> list[Any]:
        """The chunks, parsed anew for the suspects, which do not change them."""
        if self._parsed is None:
            self._parsed = [recordings.parse(raw)[0] for raw in self._raws]
        return self._parsed


def _undiagnosed(asked: Sequence[Any]) -> str:
    return f" Not diagnosed: too long to be folded with {len(asked)} suspects."
