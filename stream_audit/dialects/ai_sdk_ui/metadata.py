"""A message's metadata, laid one over the other, and the usage that stands in it by convention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.usage_fields import DEPTH, copy_usage, count
from stream_audit.model import Usage

__all__ = ["COUNTS", "PLACES", "lay_over", "neutral_usage", "report_in"]

PLACES = ("totalUsage", "usage")
"""Keys of the metadata under which usage stands; of two the first is read."""

COUNTS = frozenset(
    (
        ("inputTokens",),
        ("outputTokens",),
        ("totalTokens",),
        ("cachedInputTokens",),
        ("reasoningTokens",),
        ("inputTokenDetails", "cacheReadTokens"),
        ("inputTokenDetails", "cacheWriteTokens"),
        ("inputTokenDetails", "noCacheTokens"),
        ("outputTokenDetails", "textTokens"),
        ("outputTokenDetails", "reasoningTokens"),
    )
)
"""Every place in a usage object where a count is due."""


def lay_over(held: dict[str, Any], new: Mapping[str, Any], depth: int = DEPTH) -> None:
    """Lay metadata over what was held, in place: objects key by key, anything else replaced.

    Args:
        held: Changed. Shares no object with any chunk, as deep as it is folded.
        new: Not changed.
        depth: Levels of objects to fold.
    """
    for key, value in new.items():
        if isinstance(value, dict) and depth:
            before = held.get(key)
            if not isinstance(before, dict):
                held[key] = before = {}
            lay_over(before, value, depth - 1)
        else:
            held[key] = value


def report_in(metadata: Any) -> tuple[str, Mapping[str, Any]] | None:
    """The usage that metadata holds, with its key."""
    if isinstance(metadata, dict):
        for key in PLACES:
            if isinstance(metadata.get(key), dict):
                return key, metadata[key]
    return None


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded usage, in the names of the SDK's versions."""
    read, written = _inside(raw, "inputTokenDetails", "cacheReadTokens", "cacheWriteTokens")
    thought, _ = _inside(raw, "outputTokenDetails", "reasoningTokens", "textTokens")
    return Usage(
        input_tokens=count(raw.get("inputTokens")),
        output_tokens=count(raw.get("outputTokens")),
        total_tokens=count(raw.get("totalTokens")),
        cache_read_tokens=count(raw.get("cachedInputTokens")) if read is None else read,
        cache_write_tokens=written,
        reasoning_tokens=count(raw.get("reasoningTokens")) if thought is None else thought,
        raw=copy_usage(raw),
    )


def _inside(raw: Mapping[str, Any], key: str, *names: str) -> list[int | None]:
    details = raw.get(key)
    return [count(details.get(name)) if isinstance(details, dict) else None for name in names]
