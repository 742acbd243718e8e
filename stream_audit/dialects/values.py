"""What JSON values say, whatever the dialect: whether anything, and whether the same."""

from __future__ import annotations

from typing import Any

__all__ = ["ABSENT", "same", "silent"]

ABSENT: Any = object()
"""Stands for the value of a key that is not there, where ``null`` is another thing."""


def silent(value: Any) -> bool:
    """Whether a value says nothing: ``null``, or an empty text, list or object."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; what nests too deeply to be compared may well not be."""
    try:
        return bool(one == other)
    except RecursionError:
        return False
