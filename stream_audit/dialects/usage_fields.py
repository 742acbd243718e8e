"""Fold usage reports field by field; nothing is ever added up.

Providers send running totals, sometimes in parts, so a later report replaces
an earlier one where it says something and only there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["copy_usage", "count", "fold_usage"]

DEPTH = 16
"""Sub-objects nested deeper than any provider's are not folded but replaced, so that no input can exhaust
the stack."""


def fold_usage(
    held: dict[str, Any], new: Mapping[str, Any], later_zero: Literal["keep", "honour"], depth: int = DEPTH
) -> None:
    """Fold one usage report over those before it, in place.

    Args:
        held: The usage so far; changed. Shares no sub-object with any report.
        new: The next report; not changed.
        later_zero: ``keep``: a 0 never replaces a positive number. ``honour``: it does.
        depth: Levels of sub-objects to fold.
    """
    for key, value in new.items():
        if value is None:
            continue
        if type(value) is int and value > 0:  # nearly always
            held[key] = value
            continue
        before = held.get(key)
        if isinstance(value, dict) and depth:
            if not isinstance(before, dict):
                held[key] = before = {}
            fold_usage(before, value, later_zero, depth - 1)
        elif not (later_zero == "keep" and _is_number(value) and value == 0 and _is_positive(before)):
            held[key] = value


def copy_usage(held: Mapping[str, Any], depth: int = DEPTH) -> dict[str, Any]:
    """A snapshot of a folded usage that further folding does not change."""
    return {
        key: copy_usage(value, depth - 1) if isinstance(value, dict) and depth else value
        for key, value in held.items()
    }


def count(value: Any) -> int | None:
    """``value`` when it is a count of tokens, else ``None``.

    A bool, a fraction, a negative number and text are no counts, whatever
    they may mean to the server that sent them.
    """
    return value if type(value) is int and value >= 0 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0
