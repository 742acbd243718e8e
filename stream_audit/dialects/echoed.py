"""The echoes that stand one behind the other: a fold takes them all at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice
from typing import Any

__all__ = ["run_of_echoes"]


def run_of_echoes(items: Sequence[Any], start: int) -> list[str]:
    """The echoes from a position on, up to the next payload. One must stand there."""
    _, run = next(groupby(islice(items, start, None), type))
    return [*run]
