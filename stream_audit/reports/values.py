"""Show two values side by side so that the eye falls on the place where they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stream_audit.model import Finding
from stream_audit.reports.printable import Window, printable, quoted, window

__all__ = ["Pair", "counts", "excerpt", "has_values", "pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A reference value and a candidate's value, ready to be printed."""

    reference: str
    candidate: str
    remark: str
    """Where they part, or by how much they differ; ``""`` when that is plain to see."""


def has_values(finding: Finding) -> bool:
    """Whether a finding about a candidate sets two values side by side, or says all in its message."""
    beside = (finding.reference, finding.got) != (None, None)
    return finding.kind == "difference" or (finding.kind == "candidate" and beside)


def counts(finding: Finding) -> bool:
    """Whether its values are amounts."""
    return (finding.field or "").startswith(("usage.", "work."))


def pair(reference: Any, candidate: Any, size: int, *, count: bool = False, brief: bool = False) -> Pair:
    """The two values, each shortened to about ``size`` characters around the first difference.

    Args:
        reference: The reference's value.
        candidate: The candidate's value.
        size: Characters to keep of a value that is longer.
        count: The values are amounts: thousands are separated and the difference is given.
        brief: Say where the values part instead of how much was left out on either side.
    """
    if count and _number(reference) and _number(candidate):
        return Pair(f"{reference:,}", f"{candidate:,}", f"{candidate - reference:+,}")
    left, right = _amount(reference, count), _amount(candidate, count)
    if len(left) <= size and len(right) <= size:
        return Pair(left, right, "")
    at = _parting(left, right)
    if brief:
        return Pair(_glimpse(left, at, size), _glimpse(right, at, size), "")
    return Pair(str(window(left, at, size)), str(window(right, at, size)), _remark(reference, candidate))


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _amount(value: Any, count: bool) -> str:
    return f"{value:,}" if count and _number(value) else quoted(value)


def _parting(left: str, right: str) -> int:
    """The first position at which two texts differ."""
    shorter = min(len(left), len(right))
    if left[:shorter] == right[:shorter]:
        return shorter
    low, high = 0, shorter
    while high - low > 1:  # texts run to megabytes; comparing halves is C speed
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _glimpse(text: str, at: int, size: int) -> str:
    """A few words around ``at``, for a cell of a list; how much is left out stands in the details."""
    if len(text) <= size:
        return text
    lead = f"at {at:,}: …"
    room = max(size - len(lead) - 1, 8)
    start = min(at - room // 3, len(text) - room)
    if start <= len(lead):
        return f"{text[: size - 1]}…"
    end = start + room
    return f"{lead}{text[start:end]}{'…' if end < len(text) else ''}"


def _remark(reference: Any, candidate: Any) -> str:
    if not isinstance(reference, str) or not isinstance(candidate, str):
        return ""
    at = _parting(reference, candidate)
    return (
        f"they part at character {at + 1:,}; reference {len(reference):,} long, candidate {len(candidate):,}"
    )


def excerpt(raw: bytes, field: str | None, size: int) -> Window:
    """A recorded chunk on one line, shortened around the field that matters.

    The field's wire name is looked for from its last word to its first; where none is
    found (a token count has a different name in each dialect) the start is shown.
    """
    text = printable(raw.decode("utf-8", "backslashreplace").strip())
    at = 0
    for word in reversed((field or "").replace("]", "").replace("[", ".").split(".")):
        found = text.find(f'"{word}"') if word and not word.isdigit() else -1
        if found >= 0:
            at = found
            break
    return window(text, at, size)
