"""The vocabulary of a reconciliation: what the ledger finds out and a report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stream_audit.model.finding import Finding
from stream_audit.model.run import Summary

__all__ = ["BUCKETS", "Bucket", "Item", "Measured", "Sheet", "Statement"]

Bucket = Literal["matched", "mismatch", "ledger_only", "recordings_only", "not_compared"]

BUCKETS: tuple[Bucket, ...] = ("matched", "mismatch", "ledger_only", "recordings_only", "not_compared")
"""Every key is in one of them. ``ledger_only``: only the books have it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of one key."""

    measure: str
    recordings: int | None
    """``None`` where no recording of the key reported it."""
    books: int | None
    """``None`` where the books do not have it, or have something there that is no count."""
    bucket: Bucket

    @property
    def difference(self) -> int | None:
        """The books' count less the recordings'; ``None`` where one of them is not known."""
        if self.recordings is None or self.books is None:
            return None
        return self.books - self.recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One key, compared."""

    key: Mapping[str, str]
    """Label to value; empty for the total of all."""
    bucket: Bucket
    measures: tuple[Measured, ...]
    requests: int
    """Requests of the key."""
    total: bool = False
    """A total over keys that have items of their own; counted only where it is wrong by itself."""
    rules: tuple[str, ...] = ()
    """The rule of its finding, then those of all causes that fit."""
    remark: str = ""
    path: str = ""
    """Where the books have it; empty where they do not."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One book at one level."""

    path: str
    """The last state of the book."""
    by: tuple[str, ...]
    items: tuple[Item, ...]
    unbooked: int = 0
    """Recordings of ticks after the last one that the books have; not compared."""
    only_recordings: tuple[str, ...] = ()
    """Measures that recordings report and the books do not have."""
    only_books: tuple[str, ...] = ()
    """Measures that the books have and no recording reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A whole reconciliation."""

    version: str
    command: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]
    """About the books, the worst first."""
    counts: Mapping[Bucket, int]
    """Keys in each bucket, over all sheets."""
    unreported: int = 0
    """Recordings that reported no usage: their tokens are unknown, not 0."""
    repeated: int = 0
    """Recordings of responses that are in other session logs too; each response is counted once."""
    remarks: tuple[str, ...] = ()
    """What is odd about the labels and about session logs, a sentence each."""
    summary: Summary = field(default_factory=Summary)
    """The recordings: how many were found, read, damaged; and how the run ends."""
