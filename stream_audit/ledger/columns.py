"""What other people call what we count: one table, from their column to our measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["COLUMNS", "KEYS", "LARGEST_COUNT", "NONE", "complaint", "measure_of"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "total_tokens": ("total_tokens", "tokens", "total"),
    "input_tokens": ("input_tokens", "prompt_tokens", "total_input_tokens", "input", "prompt"),
    "output_tokens": ("output_tokens", "completion_tokens", "total_output_tokens", "output", "completion"),
    "reasoning_tokens": ("reasoning_tokens", "reasoning", "thinking_tokens", "output_reasoning_tokens"),
    "cached_tokens": (
        "cached_tokens", "cached", "cache_read_tokens", "cache_read_input_tokens", "input_cached_tokens",
    ),
    "requests": ("requests", "request_count", "total_requests", "num_model_requests"),
    "successes": ("successes", "success_count", "successful_requests"),
    "errors": ("errors", "error_count", "failed_requests", "failures"),
    "partial": ("partial",),
    "unreported": ("unreported",),
    "repeated": ("repeated",),
}  # fmt: skip
"""Measure to the column names that mean it. Case, spaces and hyphens do not matter."""

KEYS: tuple[str, ...] = ("entity", "phase", "tick")
"""Columns that are always keys; those that are called like a label of the recordings are, too."""

NONE = "(none)"
"""The value of a label that is missing."""

LARGEST_COUNT = 2**63 - 1

_MEASURES = {name: measure for measure, names in COLUMNS.items() for name in names}


def measure_of(column: str) -> str | None:
    """Our measure for somebody's column; ``None`` when the column is no count that we know."""
    return _MEASURES.get(column.strip().lower().replace(" ", "_").replace("-", "_"))


def complaint(value: Any) -> str | None:
    """What is wrong with a count, as a clause; ``None`` for a whole number of at least 0."""
    if isinstance(value, bool):
        return f"is {str(value).lower()}, not a number"
    if isinstance(value, str):
        return f"is the text {value[:40]!r}, not a number"
    if isinstance(value, float):
        return f"is {value!r}, not a whole number"
    if not isinstance(value, int):
        return f"is {'a list' if isinstance(value, list) else 'an object'}, not a number"
    if value < 0:
        return f"is {value}, and no count is negative"
    if value > LARGEST_COUNT:
        return "does not fit into 64 bits"
    return None
