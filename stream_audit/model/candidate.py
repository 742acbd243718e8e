"""What code under audit is asked, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from stream_audit.model.response import Response

__all__ = ["Candidate", "Observation", "Trouble", "Work"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a candidate did besides answering: noise, a mutated chunk, a changing answer."""

    rule: str
    message: str
    index: int = -1
    """The chunk concerned, -1 when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a candidate did with the usage objects it was handed, counted while it folded once.

    To materialise is to make a mapping or text of one: ``model_dump()``, ``dict(usage)`` and the like.
    """

    usage_chunks: int
    """Chunks that carry a usage object, whether or not the candidate looked at it."""
    usage_dumps: int
    """How often a usage object was materialised."""
    redundant_dumps: int = 0
    """Of these, how often by a function that had materialised the same object before."""
    dumps_by: Mapping[str, int] = field(default_factory=dict)
    """Function to how often it materialised one."""
    redundant_by: Mapping[str, int] = field(default_factory=dict)
    """The same for the redundant ones; a function that has none is left out."""
    redundant_objects: int = 0
    """Usage objects that one function materialised more than once."""
    places: tuple[str, ...] = ()
    """``file.py:line`` of the calls behind the redundant ones."""
    first: int = -1
    """Index of the first chunk whose usage was materialised redundantly; -1: none, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What happened when a candidate folded one recording: a response or a failure. Never raised."""

    status: Literal["answered", "crashed", "timeout", "refused", "unavailable"]
    """``refused``: the accumulator demands an order of its input that the recording does not have."""
    response: Response | None = None
    covered: frozenset[str] = frozenset()
    """Members of ``FIELDS`` that the candidate claims to return; the rest is *not covered*."""
    error: str | None = None
    """What went wrong, in one or a few lines: exception type and text, signal, or the time limit."""
    troubles: tuple[Trouble, ...] = ()
    seconds: float | None = None
    work: Work | None = None
    """``None`` when nothing could be counted: the candidate was handed no usage objects."""
    again: Observation | None = None
    """What a second run on the same chunks came to, where its result was another one."""


class Candidate(Protocol):
    """Code under audit, wherever it runs."""

    name: str
    scope: frozenset[str]
    """Members of ``FIELDS`` that it can be asked for: all, or of an accumulator ``USAGE``."""

    framed: bool
    """It makes use of the bytes that chunks were sent in: its chunks should be ``Framed``."""

    def load(self) -> None:
        """Start it once. Raises CandidateNotLoaded when it cannot be imported or called."""

    def observe(self, raws: Sequence[bytes], dialect: str) -> Observation:
        """Fold one recording, given as the JSON text of its chunks."""

    def prefixes(self, raws: Sequence[bytes], dialect: str, lengths: Sequence[int]) -> list[Observation]:
        """Fold the first ``n`` chunks for each ``n`` of ``lengths``, each time afresh."""

    def close(self) -> None:
        """End whatever runs for it. Idempotent."""
