"""Read what Anthropic's token counts mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.usage_fields import copy_usage, count
from stream_audit.model import Usage

__all__ = ["COUNTS", "neutral_usage", "ttl_contradiction"]

COUNTS = frozenset(
    (
        ("input_tokens",),
        ("output_tokens",),
        ("cache_read_input_tokens",),
        ("cache_creation_input_tokens",),
        ("output_tokens_details", "thinking_tokens"),
        ("cache_creation", "ephemeral_5m_input_tokens"),
        ("cache_creation", "ephemeral_1h_input_tokens"),
    )
)
"""Every place in a usage object that is read as a count."""


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded usage. On this wire ``input_tokens`` leaves out what the cache read and wrote."""
    fresh = count(raw.get("input_tokens"))
    read = count(raw.get("cache_read_input_tokens"))
    written = count(raw.get("cache_creation_input_tokens"))
    details = raw.get("output_tokens_details")
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=count(raw.get("output_tokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=count(details.get("thinking_tokens")) if isinstance(details, dict) else None,
        raw=copy_usage(raw),
    )


def ttl_contradiction(raw: dict[str, Any]) -> str | None:
    """How the cache writes by lifetime exceed the cache writes altogether, if they do."""
    tiers = raw.get("cache_creation")
    written = count(raw.get("cache_creation_input_tokens"))
    if not isinstance(tiers, dict) or written is None:
        return None
    short, long = (count(tiers.get(f"ephemeral_{tier}_input_tokens")) or 0 for tier in ("5m", "1h"))
    return f"{short} + {long} > {written}" if short + long > written else None
