"""Somebody's books: what they say, row by row, and what is wrong with them as a document.

Whatever shape the books have, they become ``State`` s of ``Row`` s. A row that
lacks a label is a total over it: in books with rows for ``entity=bob`` and one
row without any label, that one is the total of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from stream_audit.ledger.account import COUNTS, MEASURES
from stream_audit.ledger.columns import complaint

__all__ = [
    "EVERYTHING",
    "LARGEST_FILE",
    "Fact",
    "Key",
    "Row",
    "State",
    "counted",
    "key_of",
    "read_text",
    "totals_over",
]

EVERYTHING: frozenset[str] = frozenset((*COUNTS, *MEASURES))
"""Every measure that books can have."""

LARGEST_FILE = 64 * 2**20
"""Bytes of one file of the books; a larger one is not read."""

Key = tuple[tuple[str, str], ...]
"""Labels and their values, sorted by label. ``()`` is the key of the total of all."""

Kind = Literal["simulation", "table", "log"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is wrong with the books. A rule decides how bad it is."""

    rule: str
    path: str
    line: int = 0
    """From 1; 0 where a line says nothing (a JSON file)."""
    key: str = ""
    """Where in the file, or whose numbers: ``_openai.usage.total_tokens``, ``entity=bob``."""
    message: str
    measure: str | None = None
    recordings: int | None = None
    books: int | None = None
    causes: tuple[str, ...] = ()
    """Rules whose mistake gives exactly the books' numbers; ``ledger-mismatch`` where none does, and the
    fact is another one about a row that differs."""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the books say about one key."""

    labels: Mapping[str, str]
    counts: Mapping[str, int]
    """Measure to count. A measure that the books do not have is absent, not 0."""
    path: str
    line: int = 0
    where: str = ""
    """Where in the file: ``_openai.usage``."""
    broken: frozenset[str] = frozenset()
    """Measures that stand there and cannot be read; they are not compared."""
    old: bool = False
    """In the older format of Thing' Sandbox: the total is input plus output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The books as they stood at one moment."""

    path: str
    """As the user gave it."""
    kind: Kind
    rows: tuple[Row, ...]
    facts: tuple[Fact, ...] = ()
    tick: int | None = None
    """The tick after which the books stood like this, where they say so."""
    cumulative: bool = False
    """Each row holds everything up to this moment, so a later state has no less."""
    only_successes: bool = field(default=False)
    """Books whose policy is that a failed request adds no tokens."""


def key_of(labels: Mapping[str, str]) -> Key:
    """The labels as something that can be looked up."""
    return tuple(sorted(labels.items()))


def totals_over(keys: Iterable[Key]) -> set[Key]:
    """Those of the keys that are totals over others of them."""
    keys = set(keys)
    levels = {tuple(name for name, _ in key) for key in keys}
    found = set()
    for key in keys:
        names = {name for name, _ in key}
        for level in levels:
            if set(level) < names:
                found.add(tuple(one for one in key if one[0] in level))
    return found & keys


def counted(values: Mapping[str, Any], path: str, *, line: int = 0, where: str = "") -> tuple[
    dict[str, int], frozenset[str], list[Fact]
]:  # fmt: skip
    """Tell the counts from what only stands in their place.

    Args:
        values: Measure to whatever the books have there; ``None`` is nothing.
        path: File, for the facts.
        line: Line, for the facts.
        where: What stands before the measure in the facts' keys.

    Returns:
        The counts, the measures that are broken, and a fact for each of those.
    """
    counts, broken, facts = {}, set(), []
    for measure, value in values.items():
        if value is None:
            continue
        wrong = complaint(value)
        if wrong is None:
            counts[measure] = value
            continue
        broken.add(measure)
        key = f"{where}.{measure}" if where else measure
        facts.append(
            Fact(rule="ledger-count-broken", path=path, line=line, key=key, message=f"{key} {wrong}")
        )
    return counts, frozenset(broken), facts


def read_text(path: str) -> tuple[str, Fact | None]:
    """The text of one file of the books, or why there is none."""

    def unreadable(reason: str) -> tuple[str, Fact]:
        return "", Fact(rule="ledger-unreadable", path=path, message=f"The file {reason}")

    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        return unreadable(f"cannot be read: {error.strerror or error}")
    if len(raw) > LARGEST_FILE:
        return unreadable(f"is larger than {LARGEST_FILE:,} bytes, so it is not read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return unreadable(f"is not UTF-8: the byte at {error.start} belongs to no character")
    return (text, None) if text.strip() else unreadable("is empty")
