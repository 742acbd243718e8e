"""The rules of ``docs/folding.md`` that hold in every dialect, written as plainly as they read there.

The textbook folds are built from these pieces. Nothing here is fast, and
nothing is shared with ``stream_audit.dialects``: two folds that share code
agree for the wrong reason. Standard library only.
"""

from __future__ import annotations

import json
from typing import Any, TypeGuard

from stream_audit.model import Varied

__all__ = [
    "Kept",
    "count",
    "first_count",
    "fold_usage",
    "is_count",
    "is_integer",
    "is_name",
    "is_same",
    "is_zero",
    "join_text",
    "nests_too_deeply",
    "parsed_input",
    "written_input",
]

PADDING = frozenset({"obfuscation", "p"})
"""Keys that servers add to blur the length of a chunk; they mean nothing."""

RUNS_KEPT = 8

USAGE_LEVELS = 16
"""Objects inside a usage object that are folded; below, a later one replaces the one before."""


def is_name(value: Any) -> TypeGuard[str]:
    """True for a non-empty string: the only kind of value that names something (rule 2)."""
    return isinstance(value, str) and value != ""


def is_integer(value: Any) -> TypeGuard[int]:
    """True for a whole number; JSON's ``true`` and ``false`` are none, though Python thinks so."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_count(value: Any) -> bool:
    """True for a number of tokens: whole and not negative (rule 9)."""
    return is_integer(value) and value >= 0


def join_text(pieces: list[str]) -> str:
    """Concatenate, and let a surrogate pair that a sender cut in two become its character (rule 4)."""
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def parsed_input(text: str) -> Any:
    """The value that a tool's JSON text spells, ``{}`` for none, the text itself when it is no JSON."""
    if not text:
        return {}
    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return text


def refuse(constant: str) -> Any:
    """Python reads ``NaN`` and ``Infinity`` as numbers; JSON has no such thing."""
    raise ValueError(constant)


def written_input(seed: Any) -> str:
    """An input that came as an object, as JSON text; empty when it says nothing or cannot be written."""
    if isinstance(seed, dict) and seed and not nests_too_deeply(seed):
        return json.dumps(seed, ensure_ascii=False, separators=(",", ":"))
    return ""


def nests_too_deeply(seed: Any) -> bool:
    """True for an object in which others are nested so deeply that it cannot be written as text."""
    try:
        json.dumps(seed if isinstance(seed, dict) else {})
    except RecursionError:
        return True
    return False


class Kept:
    """The fields of one level that no rule knows, with every run of values they had (rule 6)."""

    def __init__(self) -> None:
        self.runs: dict[str, list[Any]] = {}

    def keep(self, key: str, value: Any) -> None:
        """Remember ``value`` unless it is null, padding, or the same as just before."""
        if value is None or key in PADDING:
            return
        runs = self.runs.setdefault(key, [])
        if not runs or not is_same(runs[-1], value):
            runs.append(value)

    def keep_unknown(self, fields: dict[str, Any], known: frozenset[str]) -> None:
        """Keep every field that ``known`` does not list."""
        for key, value in fields.items():
            if key not in known:
                self.keep(key, value)

    def result(self) -> dict[str, Any]:
        """A plain value for a field that never changed, a ``Varied`` for one that did."""
        return {
            key: runs[0] if len(runs) == 1 else Varied(tuple(runs[:RUNS_KEPT]), runs[-1], len(runs))
            for key, runs in self.runs.items()
        }


def fold_usage(
    so_far: dict[str, Any], later: dict[str, Any], *, zeros_count: bool = False, levels: int = USAGE_LEVELS
) -> dict[str, Any]:
    """Lay one usage object over another, field by field (rule 9).

    The last present value wins, null never erases, a 0 never replaces a
    positive number unless ``zeros_count``, objects inside are folded the same
    way, down to so many ``levels``. Nothing is added.
    """
    folded = dict(so_far)
    for key, value in later.items():
        before = folded.get(key)
        if value is None:
            continue
        if isinstance(value, dict) and levels > 0:
            inside = before if isinstance(before, dict) else {}
            folded[key] = fold_usage(inside, value, zeros_count=zeros_count, levels=levels - 1)
        elif zeros_count or not (is_zero(value) and is_positive(before)):
            folded[key] = value
    return folded


def is_same(one: Any, other: Any) -> bool:
    """Equality that survives values nested too deeply to look at: those are never the same."""
    try:
        return bool(one == other)
    except RecursionError:
        return False


def is_number(value: Any) -> bool:
    """True for any JSON number, and for nothing else."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_zero(value: Any) -> bool:
    """True for the number 0."""
    return is_number(value) and value == 0


def is_positive(value: Any) -> bool:
    """True for a number above 0."""
    return is_number(value) and value > 0


def count(usage: dict[str, Any], *path: str) -> int | None:
    """The number of tokens at ``path`` of a usage object; ``None`` when there is none or it is no count."""
    value: Any = usage
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if is_count(value) else None


def first_count(usage: dict[str, Any], *paths: tuple[str, ...]) -> int | None:
    """The first of several places that holds a count."""
    for path in paths:
        found = count(usage, *path)
        if found is not None:
            return found
    return None
