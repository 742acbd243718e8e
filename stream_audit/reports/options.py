"""How a report is to look, and what it has to be told because rooms do not know each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stream_audit.model import Rule

__all__ = ["Options"]


def _untitled(slug: str) -> str:
    """Know no rule's title."""
    return ""


def _unknown(slug: str) -> Rule | None:
    """Know no rule."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything a format may be asked for; each takes what concerns it."""

    width: int = 80
    """Columns to fit into."""
    color: bool = False
    """Whether terminal colours may be sent."""
    verbose: bool = False
    """Show every finding instead of the first few of a kind."""
    quiet: bool = False
    """Findings about candidates, counts and verdict only: no details, no totals, nothing about streams."""
    title: Callable[[str], str] = _untitled
    """From a rule's slug to its title, ``""`` when unknown."""
    rule: Callable[[str], Rule | None] = _unknown
    """From a rule's slug to its entry in the catalogue."""
    fail_on: str = "note"
    """The least severity that fails the run, or ``never``; for formats in which an entry fails or passes."""
    specs: tuple[str, ...] = ()
    """Candidate specs as typed, for the line that reproduces a finding."""
    accumulators: tuple[str, ...] = ()
    """Accumulators as typed, likewise."""
    pairs: tuple[str, ...] = ()
    """Pairs of candidates as typed, likewise."""
    repeat: tuple[str, ...] = ()
    """The further arguments that decided the result, for the same line."""
