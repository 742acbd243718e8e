"""Read what Converse's token counts mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.dialects.usage_fields import copy_usage, count
from stream_audit.model import Usage

__all__ = ["COUNTS", "neutral_usage", "usage_remarks"]

CACHE_READ = ("cacheReadInputTokens", "cacheReadInputTokenCount")
CACHE_WRITE = ("cacheWriteInputTokens", "cacheWriteInputTokenCount")
"""Two spellings of one number. Some models send both."""

COUNTS = frozenset(
    (name,) for name in ("inputTokens", "outputTokens", "totalTokens", *CACHE_READ, *CACHE_WRITE)
)
"""Every place in a usage object that is read as a count."""


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded usage. On this wire ``inputTokens`` leaves out what the cache read and wrote."""
    fresh = count(raw.get("inputTokens"))
    read, written = _first(raw, CACHE_READ), _first(raw, CACHE_WRITE)
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=count(raw.get("outputTokens")),
        total_tokens=count(raw.get("totalTokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        raw=copy_usage(raw),
    )


def usage_remarks(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Rule, field and detail of everything that is odd about the folded usage."""
    usage = neutral_usage(raw)
    details = raw.get("cacheDetails")
    lifetimes = [
        count(one.get("inputTokens")) or 0
        for one in (details if isinstance(details, list) else ())
        if isinstance(one, dict)
    ]
    written = usage.cache_write_tokens
    if written is not None and sum(lifetimes) > written:
        parts = " + ".join(map(str, lifetimes))
        yield "cache-ttl-contradiction", "usage.cache_write_tokens", f"{parts} > {written}"
    inputs, output, total = usage.input_tokens, usage.output_tokens, usage.total_tokens
    if inputs is None or output is None or total is None or total == inputs + output:
        return
    fresh = raw["inputTokens"]
    if total == fresh + output:
        detail = f"totalTokens {total} is {fresh} + {output} and leaves {inputs - fresh} of the cache out"
        yield "cached-ambiguous", "usage.input_tokens", detail
    else:
        yield "total-mismatch", "usage.total_tokens", f"{total} is not {inputs} + {output}"


def _first(raw: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    """The first of the spellings under which a count stands."""
    return next((found for found in map(count, map(raw.get, names)) if found is not None), None)
