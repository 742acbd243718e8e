"""Read what Ollama's token counts mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.usage_fields import copy_usage, count
from stream_audit.model import Payload, Usage

__all__ = ["COUNTS", "DURATIONS", "neutral_usage", "usage_in"]

COUNTS = ("prompt_eval_count", "prompt_eval_cached_count", "eval_count")
"""The keys of a chunk that are counts of tokens; together they are what other providers send as an object."""

DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
"""Nanoseconds, under names that look like those of the counts."""


def usage_in(payload: Payload) -> dict[str, Any]:
    """The counts of one chunk that say anything."""
    return {key: payload[key] for key in COUNTS if payload.get(key) is not None}


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded counts. On this wire the input includes what the cache read."""
    return Usage(
        input_tokens=count(raw.get("prompt_eval_count")),
        output_tokens=count(raw.get("eval_count")),
        cache_read_tokens=count(raw.get("prompt_eval_cached_count")),
        raw=copy_usage(raw),
    )
