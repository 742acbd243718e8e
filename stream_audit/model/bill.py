"""The vocabulary of a bill: what recordings used, label by label, as a report shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stream_audit.model.run import Summary

__all__ = ["Bill", "BillRow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """What the requests of one key used."""

    key: tuple[str | None, ...]
    """Values of the first labels of the bill, as many as the row's level; ``None`` is a missing label."""
    counts: Mapping[str, int]
    """``requests``, ``successes``, ``errors``, ``partial`` and ``unreported`` are requests; ``repeated``
    are recordings that are none."""
    tokens: Mapping[str, int | None]
    """Measure to tokens; ``None`` where no request reported it."""
    seconds: float | None
    """From the first chunk to the last; ``None`` where it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The result of ``usage``."""

    version: str
    command: tuple[str, ...]
    by: tuple[str, ...]
    """Labels, the coarsest level first."""
    rows: tuple[BillRow, ...]
    """The total of all first, with the key ``()``; then every key before those that it is the sum of."""
    folded: int
    """Recordings that are in the sums, but for what they repeat."""
    summary: Summary
    """What was found, what is in no sum and why, and the exit code."""
    remarks: tuple[str, ...] = ()
    """What is odd about the labels and about session logs, a sentence each."""
