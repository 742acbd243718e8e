"""Suspects that get the token counts of a Converse stream wrong.

The trap they share: the cache stands beside ``inputTokens``, not inside, and
two models spell its counts in two ways.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Usage
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse
from stream_audit.suspects.every_dialect import count, is_count

__all__ = ["CONVERSE_USAGE"]

INPUT = ("usage.input_tokens",)
OUTPUT = ("usage.output_tokens",)
TOTAL = ("usage.total_tokens",)
CACHE = ("usage.cache_read_tokens", "usage.cache_write_tokens")
EVERY_COUNT = (*INPUT, *OUTPUT, *TOTAL, *CACHE)
OF_THE_CACHE = ("cache-beside-input-left-out", "cache-subtracted-from-input", "total-made-of-parts")
"""Those that are wrong wherever the cache has read anything."""
METRICS = "amazon-bedrock-invocationMetrics"


class CacheBesideInputLeftOut(TextbookConverse):
    """Reports ``inputTokens`` as the input. Converse counts the cache beside it.

    In the wild: a struct with ``inputTokens`` and ``outputTokens``; with a warm cache most of the request
    is missing.
    """

    name = "cache-beside-input-left-out"
    failure = "cached-left-out"
    kin = ("cache-subtracted-from-input", "total-made-of-parts")
    touches = INPUT
    sources = (
        "https://github.com/librefang/librefang/issues/5878",
        "https://github.com/sashiko-dev/sashiko/pull/113",
    )

    def input_tokens(self) -> int | None:
        return count(self.usage, "inputTokens")


class CacheWritesLeftOut(TextbookConverse):
    """Adds cache reads to the input and forgets cache writes.

    In the wild: ``input + usage.get("cacheReadInputTokens", 0)``, by somebody who never met the request
    that filled the cache; or a misspelt ``cacheCreationInputTokens``.
    """

    name = "cache-writes-left-out"
    failure = "cached-left-out"
    kin = OF_THE_CACHE
    touches = INPUT
    sources = ("https://github.com/BerriAI/litellm/pull/9221",)

    def input_tokens(self) -> int | None:
        fresh = count(self.usage, "inputTokens")
        return None if fresh is None else fresh + (self.cache_read_tokens() or 0)


class CacheSubtractedFromInput(TextbookConverse):
    """Takes the cache out of an ``inputTokens`` that never contained it.

    In the wild: ``max(0, inputTokens - cacheReadInputTokens)``, by OpenAI's rule; the clamp hides that it
    cannot be right.
    """

    name = "cache-subtracted-from-input"
    failure = "cached-counted-twice"
    kin = ("cache-beside-input-left-out", "total-made-of-parts")
    touches = INPUT
    sources = (
        "https://github.com/crmne/ruby_llm/pull/832",
        "https://github.com/anomalyco/opencode/pull/38427",
    )

    def input_tokens(self) -> int | None:
        fresh = count(self.usage, "inputTokens")
        if fresh is None:
            return None
        return max(0, fresh - (self.cache_read_tokens() or 0) - (self.cache_write_tokens() or 0))


class CacheSpellingMissed(TextbookConverse):
    """Knows one of two spellings of the cache's counts.

    In the wild: ``usage.get("cacheReadInputTokens", 0)``. Nova's own events say
    ``cacheReadInputTokenCount``.
    """

    name = "cache-spelling-missed"
    failure = "cached-left-out"
    kin = ("cache-beside-input-left-out", "cache-subtracted-from-input")
    touches = (*INPUT, *CACHE)
    sources = ("https://github.com/apache/apisix/pull/14044",)

    def cache_read_tokens(self) -> int | None:
        return count(self.usage, "cacheReadInputTokens")

    def cache_write_tokens(self) -> int | None:
        return count(self.usage, "cacheWriteInputTokens")


class CacheSpellingsAdded(TextbookConverse):
    """Adds up whatever has ``cache`` in its name, both spellings of one number.

    In the wild: a sum over the keys that look like it. Some models send both.
    """

    name = "cache-spellings-added"
    failure = "cached-counted-twice"
    kin = (*OF_THE_CACHE, "cache-writes-left-out")
    touches = (*INPUT, *CACHE)
    sources = ("https://github.com/langfuse/langfuse/issues/10592",)

    def both(self, one: str) -> int | None:
        """The sum of the two spellings."""
        found = [count(self.usage, one), count(self.usage, one.removesuffix("s") + "Count")]
        return None if found == [None, None] else sum(value or 0 for value in found)

    def cache_read_tokens(self) -> int | None:
        return self.both("cacheReadInputTokens")

    def cache_write_tokens(self) -> int | None:
        return self.both("cacheWriteInputTokens")


class MetricsEraseUsage(TextbookConverse):
    """Takes the usage of every ``metadata``, also of one that has none.

    In the wild: ``usage = event["metadata"].get("usage")``. A second event with nothing but metrics leaves
    no usage at all.
    """

    name = "metrics-erase-usage"
    failure = "usage-last-frame-only"
    kin = ("metadata-ends-stream",)
    touches = EVERY_COUNT
    sources = ("https://github.com/anomalyco/opencode/pull/38712",)

    def on_metadata(self, event: dict[str, Any]) -> None:
        self.usage, self.reported = {}, False
        super().on_metadata(event)


class MetadataAddedUp(TextbookConverse):
    """Adds the counts of several ``metadata`` events; each already holds the total so far.

    In the wild: ``total += usage["outputTokens"]`` for every event, which is right as long as there is one.
    """

    name = "metadata-added-up"
    failure = "usage-cumulative-summed"
    kin = ("metadata-ends-stream",)
    touches = EVERY_COUNT
    sources = (
        "https://github.com/pydantic/pydantic-ai/pull/4056",
        "https://github.com/open-webui/open-webui/issues/29064",
    )

    def fold_report(self, usage: dict[str, Any]) -> None:
        added = {
            key: value + (count(self.usage, key) or 0) for key, value in usage.items() if is_count(value)
        }
        super().fold_report({**usage, **added})


class InvocationMetricsAdded(TextbookConverse):
    """Adds the metrics that Bedrock hangs on the last event to the usage they repeat.

    In the wild: token counts are collected from every place that has some.
    """

    name = "invocation-metrics-added"
    failure = "usage-timings-merged"
    kin = ("unknown-member-crash",)
    touches = (*INPUT, *OUTPUT)
    sources = ("https://github.com/open-webui/open-webui/issues/28528",)

    def on_unknown(self, key: str, value: Any) -> None:
        super().on_unknown(key, value)
        if key == METRICS and isinstance(value, dict):
            for own, other in (("inputTokens", "inputTokenCount"), ("outputTokens", "outputTokenCount")):
                self.usage[own] = (count(self.usage, own) or 0) + (count(value, other) or 0)


class TotalMadeOfParts(TextbookConverse):
    """Reports ``inputTokens + outputTokens`` as the total, whatever the server says.

    In the wild: ``total_tokens = input_tokens + output_tokens``. The cache is missing from it.
    """

    name = "total-made-of-parts"
    failure = "total-recomputed"
    touches = TOTAL
    sources = (
        "https://github.com/simstudioai/sim/pull/3039",
        "https://github.com/langchain-ai/langchain/pull/36500",
    )

    def total_tokens(self) -> int | None:
        parts = [count(self.usage, "inputTokens"), count(self.usage, "outputTokens")]
        return super().total_tokens() and sum(part or 0 for part in parts)


class NoMetadataAsZero(TextbookConverse):
    """Reports zeros when no metadata came.

    In the wild: ``usage = {"inputTokens": 0, "outputTokens": 0}`` before the loop: a free request in every
    sum.
    """

    name = "no-metadata-as-zero"
    failure = "usage-absent"
    touches = (*INPUT, *OUTPUT)
    sources = (
        "https://github.com/vercel/ai/issues/5736",
        "https://github.com/earendil-works/pi/issues/7259",
    )

    def final_usage(self) -> Usage | None:
        return super().final_usage() or Usage(input_tokens=0, output_tokens=0)


class CacheDetailsAdded(TextbookConverse):
    """Adds the cache writes by lifetime to the count that is already their sum.

    In the wild: ``cacheWriteInputTokens`` is billed, and each entry of ``cacheDetails``.
    """

    name = "cache-details-added"
    failure = "cache-ttl-contradiction"
    kin = (*OF_THE_CACHE, "cache-writes-left-out")
    touches = (*INPUT, "usage.cache_write_tokens")
    sources = ("https://github.com/Wei-Shaw/sub2api/issues/6125",)

    def cache_write_tokens(self) -> int | None:
        written, details = super().cache_write_tokens(), self.usage.get("cacheDetails")
        if written is None or not isinstance(details, list):
            return written
        return written + sum(count(one, "inputTokens") or 0 for one in details if isinstance(one, dict))


CONVERSE_USAGE: tuple[type[TextbookConverse], ...] = (
    CacheBesideInputLeftOut,
    CacheWritesLeftOut,
    CacheSubtractedFromInput,
    CacheSpellingMissed,
    CacheSpellingsAdded,
    MetricsEraseUsage,
    MetadataAddedUp,
    InvocationMetricsAdded,
    TotalMadeOfParts,
    NoMetadataAsZero,
    CacheDetailsAdded,
)
