"""The vocabulary of trigger shapes: what in a stream sets combiners wrong; recordings have or lack them.

Like :mod:`stream_audit.model`, it may be imported by every room and holds data
only. The room ``tags`` says which a stream has; the corridor counts them over a
run where that was asked for (``Plan.tags``). Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Tag", "TagCount", "Tagged", "Tagging"]


@dataclass(frozen=True, slots=True)
class Tag:
    """One trigger shape."""

    name: str
    title: str
    """What a stream has that has it: one clause without its full stop."""
    rules: tuple[str, ...]
    """The failure classes that it sets off, by their slugs."""
    aspect: str
    """What of a stream must be read to tell it: a dialect that has no such thing cannot have the shape."""
    noted: tuple[str, ...] = ()
    """Rules of notes that say just that: what the fold noted by them counts here and not by itself."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A trigger shape that one recording has."""

    name: str
    line: int
    """File line of the first chunk that has it."""
    chunks: int | None = None
    """How many have it; ``None`` where it is of the stream as a whole, or of lines that are no chunks."""


@dataclass(slots=True)
class TagCount:
    """A trigger shape over a run."""

    path: str
    line: int
    """Where it was met first."""
    recordings: int = 0
    chunks: int | None = None


@dataclass(slots=True, kw_only=True)
class Tagging:
    """Which trigger shapes the recordings of a run have, and which they lack."""

    found: dict[str, TagCount] = field(default_factory=dict)
    """In the order in which tags are listed."""
    missing: tuple[Tag, ...] = ()
    """Those that some recording could have had, by its dialect, and none has."""
    known: tuple[Tag, ...] = ()
    """Every tag that could be told, found or missing."""
    unread: dict[str, int] = field(default_factory=dict)
    """Dialects of which only what every dialect has could be told, to the number of recordings."""
