"""Read what the token counts of a response mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.dialects.usage_fields import copy_usage, count
from stream_audit.model import Usage

__all__ = ["COUNTS", "neutral_usage", "oddities"]

COUNTS = frozenset(
    (
        ("input_tokens",),
        ("output_tokens",),
        ("total_tokens",),
        ("input_tokens_details", "cached_tokens"),
        ("input_tokens_details", "cache_write_tokens"),
        ("output_tokens_details", "reasoning_tokens"),
    )
)
"""Every place in a usage object that is read as a count."""


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded usage. On this wire the cache is inside the input and reasoning inside the output."""
    return Usage(
        input_tokens=count(raw.get("input_tokens")),
        output_tokens=count(raw.get("output_tokens")),
        total_tokens=count(raw.get("total_tokens")),
        cache_read_tokens=_inside(raw, "input_tokens_details", "cached_tokens"),
        cache_write_tokens=_inside(raw, "input_tokens_details", "cache_write_tokens"),
        reasoning_tokens=_inside(raw, "output_tokens_details", "reasoning_tokens"),
        raw=copy_usage(raw),
    )


def oddities(usage: Usage) -> Iterator[tuple[str, str, str]]:
    """What cannot be in counts of this wire: rule, field, and the numbers."""
    read, whole = usage.cache_read_tokens, usage.input_tokens
    if read is not None and whole is not None and read > whole:
        yield "cached-ambiguous", "usage.cache_read_tokens", f"{read} of {whole} input tokens"
    thought, said = usage.reasoning_tokens, usage.output_tokens
    if thought is not None and said is not None and thought > said:
        yield "reasoning-exceeds-completion", "usage.reasoning_tokens", f"{thought} of {said} output tokens"
    total = usage.total_tokens
    if total is not None and whole is not None and said is not None and total != whole + said:
        yield "total-mismatch", "usage.total_tokens", f"{whole} + {said} is not {total}"


def _inside(raw: Mapping[str, Any], details: str, key: str) -> int | None:
    inner = raw.get(details)
    return count(inner.get(key)) if isinstance(inner, dict) else None
