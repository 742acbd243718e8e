"""Fold usage reports field by field; nothing is ever added up.

Providers send running totals, sometimes in parts, so a later report replaces
an earlier one where it says something and only there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["count", "fold_usage"]


def fold_usage(held: dict[str, Any], new: Mapping[str, Any], later_zero: Literal["keep", "honour"]) -> None:
    """Fold one usage report over those before it, in place.

    Args:
        held: The usage so far; changed. Shares no sub-object with any report.
        new: The next report; not changed.
        later_zero: ``keep``: a 0 never replaces a positive number. ``honour``: it does.
    """
    for key, value in new.items():
        if value is None:
            continue
        before = held.get(key)
        if isinstance(value, dict):
            if not isinstance(before, dict):
                held[key] = before = {}
            fold_usage(before, value, later_zero)
        elif not (later_zero == "keep" and _is_number(value) and value == 0 and _is_positive(before)):
            held[key] = value


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
