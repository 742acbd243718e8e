"""Read what Cohere's token counts mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.usage_fields import copy_usage, count
from stream_audit.model import Usage

__all__ = ["COUNTS", "neutral_usage"]

COUNTS = frozenset((("tokens", "input_tokens"), ("tokens", "output_tokens"), ("cached_tokens",)))
"""Every place in a usage object that is read as a count; ``billed_units`` count what is paid for."""


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded usage. On this wire the input includes what the cache read."""
    tokens = raw.get("tokens")
    held = tokens if isinstance(tokens, dict) else {}
    return Usage(
        input_tokens=count(held.get("input_tokens")),
        output_tokens=count(held.get("output_tokens")),
        cache_read_tokens=count(raw.get("cached_tokens")),
        raw=copy_usage(raw),
    )
