"""The vocabulary of recordings that are written anew: in another form, or without what is somebody's own.

Like :mod:`stream_audit.model`, it may be imported by every room and holds data
only. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stream_audit.model.run import Unreadable

__all__ = ["Rewriting", "Rewritten"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """One source that was written anew."""

    source: str
    """As the user gave it."""
    output: str
    """The file."""
    recordings: int
    chunks: int
    twins: tuple[str, ...] = ()
    """Files with answers without streaming that were written beside it."""
    pieces: Mapping[str, int] = field(default_factory=dict)
    """Kind of what was replaced to how many pieces of it."""
    characters: Mapping[str, int] = field(default_factory=dict)
    """The same to how many characters became others."""
    remarks: tuple[str, ...] = ()
    """What has to be said, a sentence each, without a full stop."""
    unlike: tuple[str, ...] = ()
    """In what it is not what the source is, though it should be, a clause each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """What became of all sources."""

    version: str
    command: tuple[str, ...]
    what: Literal["redact", "convert"]
    done: tuple[Rewritten, ...]
    left_out: tuple[Unreadable, ...] = ()
    """Sources, and lines of sources, that are not in what was written, each with why."""
    passed_over: tuple[str, ...] = ()
    """Files met in folders that are no recordings."""
    remarks: tuple[str, ...] = ()
    """What has to be said of the run, a sentence each, without a full stop."""
    exit_code: int = 0
    reason: str = ""
