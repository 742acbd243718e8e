"""Suspects that get the token counts of an Anthropic message wrong.

Each is one step of the textbook done otherwise. The trap they share: what
``message_start`` reports is the first of several running totals, and the
cache stands beside ``input_tokens``, not inside.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from stream_audit.suspects.every_dialect import count, is_count

__all__ = ["ANTHROPIC_USAGE"]

INPUT = ("usage.input_tokens",)
OUTPUT = ("usage.output_tokens",)
CACHE = ("usage.cache_read_tokens", "usage.cache_write_tokens")
EVERY_COUNT = (*INPUT, *OUTPUT, *CACHE, "usage.reasoning_tokens")


class UsageDeltaAdded(TextbookAnthropic):
    """Adds the output of ``message_delta`` to that of ``message_start``; both are running totals.

    Such code reads ``output = start.usage.output_tokens; output += delta.usage.output_tokens``. It is
    off by the one to ten tokens the start reports, so nobody sees it.
    """

    name = "usage-delta-added"
    failure = "usage-anthropic-output-added"
    touches = OUTPUT
    sources = (
        "https://github.com/tensorzero/tensorzero/issues/5481",
        "https://github.com/traceloop/openllmetry/pull/4377",
    )
    start_output = 0

    def fold_start_usage(self, usage: dict[str, Any]) -> None:
        """Remember what the start said."""
        super().fold_start_usage(usage)
        self.start_output = count(usage, "output_tokens") or 0

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Add it to what the end says."""
        if is_count(usage.get("output_tokens")):
            usage = {**usage, "output_tokens": usage["output_tokens"] + self.start_output}
        super().fold_later_usage(usage)


class UsageDeltasSummed(TextbookAnthropic):
    """Adds up the output of several ``message_delta`` events; each already holds the total so far.

    Such code handles every ``message_delta`` with ``total.output += usage.output_tokens``, which is
    right as long as there is one of them.
    """

    name = "usage-deltas-summed"
    failure = "usage-anthropic-output-added"
    kin = (
        "reads-until-stop-reason",
        "usage-last-report-only",
    )
    touches = OUTPUT
    sources = (
        "https://github.com/LibreChat-AI/agents/pull/150",
        "https://github.com/envoyproxy/ai-gateway/pull/2239",
    )
    summed = 0

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Every report is taken for an increment."""
        if is_count(usage.get("output_tokens")):
            self.summed += usage["output_tokens"]
            usage = {**usage, "output_tokens": self.summed}
        super().fold_later_usage(usage)


class UsageCacheDoubled(TextbookAnthropic):
    """Counts the cache twice: ``message_start`` and ``message_delta`` both report it.

    Such code merges usage chunks with a generic adder, written for dialects that report once.
    """

    name = "usage-cache-doubled"
    failure = "usage-anthropic-cache-doubled"
    kin = (
        "input-without-cache",
        "cache-write-left-out",
        "cached-subtracted",
    )
    touches = (*INPUT, *CACHE)
    sources = (
        "https://github.com/langchain-ai/langchainjs/issues/10249",
        "https://github.com/langchain-ai/langchainjs/pull/10250",
    )

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Add the cache counts to those so far."""
        usage = dict(usage)
        for key in ("cache_read_input_tokens", "cache_creation_input_tokens"):
            if is_count(usage.get(key)):
                usage[key] += count(self.usage, key) or 0
        super().fold_later_usage(usage)


class UsageStartIgnored(TextbookAnthropic):
    """Reads usage from ``message_delta`` alone, which need not repeat the input.

    Such code has one branch ``if event.type == "message_delta"`` for usage and reports input 0 or none.
    """

    name = "usage-start-ignored"
    failure = "usage-anthropic-start-ignored"
    kin = ("usage-last-report-only",)
    touches = EVERY_COUNT
    sources = (
        "https://github.com/tghamm/Anthropic.SDK/pull/80",
        "https://github.com/langchain-ai/langchain/pull/35532",
    )

    def fold_start_usage(self, usage: dict[str, Any]) -> None:
        """Overlook it."""


class UsageDeltaInputIgnored(TextbookAnthropic):
    """Takes input and cache from ``message_start`` for good; server tools raise them afterwards.

    Such code copies only ``output_tokens`` out of ``message_delta``, as the first version of the
    format had nothing else there.
    """

    name = "usage-delta-input-ignored"
    failure = "usage-anthropic-delta-ignored"
    touches = (*INPUT, *CACHE)
    sources = (
        "https://github.com/laravel/ai/pull/996",
        "https://github.com/langchain-ai/langchainjs/pull/11195",
        "https://github.com/strands-agents/harness-sdk/pull/3568",
    )

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Overlook everything about the input."""
        super().fold_later_usage(
            {key: value for key, value in usage.items() if key != "input_tokens" and "cache" not in key}
        )


class UsageDeltaErases(TextbookAnthropic):
    """Lets a null in a later report erase the count that was there.

    Such code spreads one usage object over the other, nulls and all: ``{...usage, ...delta.usage}``.
    """

    name = "usage-delta-erases"
    failure = "usage-zero-or-null-overwrites"
    kin = (
        "reads-until-stop-reason",
        "usage-last-report-only",
    )
    touches = EVERY_COUNT
    sources = (
        "https://github.com/envoyproxy/ai-gateway/pull/1631",
        "https://github.com/BerriAI/litellm/pull/33054",
    )

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Null is taken for a value."""
        super().fold_later_usage(usage)
        self.usage = {key: value for key, value in self.usage.items() if usage.get(key, "") is not None}


class UsageDeltaZeroErases(TextbookAnthropic):
    """Lets a 0 in a later report erase the positive count that was there.

    Such code assigns whatever ``message_delta`` says; gateways fill fields they do not know with 0. Only
    a report with input is one of the whole request, in which a 0 means none.
    """

    name = "usage-delta-zero-erases"
    failure = "usage-zero-or-null-overwrites"
    kin = (
        "reads-until-stop-reason",
        "usage-last-report-only",
    )
    touches = EVERY_COUNT
    sources = (
        "https://github.com/envoyproxy/ai-gateway/pull/1631",
        "https://github.com/pydantic/pydantic-ai/issues/7913",
    )

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Zero is taken for news."""
        super().fold_later_usage(usage)
        for key, value in usage.items():
            if is_count(value) and value == 0:
                self.usage[key] = 0


class UsageLastReportOnly(TextbookAnthropic):
    """Keeps the last usage object whole instead of folding field by field.

    Such code assigns ``usage = event.usage`` wherever an event has one, so what only an earlier report
    said is gone.
    """

    name = "usage-last-report-only"
    failure = "usage-field-union"
    kin = ("reads-until-stop-reason",)
    touches = EVERY_COUNT
    sources = ("https://github.com/pydantic/pydantic-ai/issues/5889",)

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """Forget what was known."""
        self.usage = {}
        super().fold_later_usage(usage)

    def fold_stray_usage(self, usage: dict[str, Any]) -> None:
        """Here too."""
        self.usage = {}
        super().fold_stray_usage(usage)


class UsageStartMissingAsZero(TextbookAnthropic):
    """Reports input 0 when nothing was said about the input.

    Such code begins with ``input_tokens = 0`` and ends with it when no event brings a count: a free
    request in every sum.
    """

    name = "usage-start-missing-as-zero"
    failure = "usage-absent"
    touches = INPUT
    sources = (
        "https://github.com/vercel/ai/issues/5736",
        "https://github.com/earendil-works/pi/issues/7259",
    )

    def input_tokens(self) -> int | None:
        """Unknown is taken for none."""
        return super().input_tokens() or 0


class UsageLostWithoutStop(TextbookAnthropic):
    """Hands over usage at ``message_stop``; a stream that is cut off before it was free.

    Such code fills a local variable and yields it in the branch of the last event.
    """

    name = "usage-lost-without-stop"
    failure = "usage-lost-on-abort"
    touches = EVERY_COUNT
    sources = (
        "https://github.com/BerriAI/litellm/pull/33736",
        "https://github.com/bitrouter/bitrouter/pull/537",
    )
    stopped = False

    def on_message_stop(self, payload: Payload) -> None:
        """Only now is usage worth something."""
        self.stopped = True

    def final_usage(self) -> Usage | None:
        """Nothing, unless the end was seen."""
        return super().final_usage() if self.stopped else None


class InputWithoutCache(TextbookAnthropic):
    """Reports ``input_tokens`` as the input. Anthropic counts the cache beside it.

    Such code maps ``input_tokens`` to ``prompt_tokens`` one to one; with a warm cache most of the
    request is missing.
    """

    name = "input-without-cache"
    failure = "cached-left-out"
    kin = (
        "usage-delta-input-ignored",
        "cached-subtracted",
    )
    touches = INPUT
    sources = (
        "https://github.com/future-agi/future-agi/pull/1122",
        "https://github.com/QuantumNous/new-api/issues/5440",
    )

    def input_tokens(self) -> int | None:
        """Only what was neither read from the cache nor written to it."""
        return count(self.usage, "input_tokens")


class CacheWriteLeftOut(TextbookAnthropic):
    """Adds cache reads to the input and forgets cache writes.

    Such code learnt of ``cache_read_input_tokens`` from a bill, and never met the request that filled
    the cache.
    """

    name = "cache-write-left-out"
    failure = "cached-left-out"
    kin = (
        "usage-delta-input-ignored",
        "input-without-cache",
        "cached-subtracted",
    )
    touches = INPUT
    sources = ("https://github.com/future-agi/future-agi/pull/1122",)

    def input_tokens(self) -> int | None:
        """Fresh and read, not written."""
        fresh = count(self.usage, "input_tokens")
        return None if fresh is None else fresh + (self.cache_read_tokens() or 0)


class CachedSubtracted(TextbookAnthropic):
    """Takes the cache out of an ``input_tokens`` that never contained it.

    Such code knows the OpenAI rule, where cached tokens are part of the prompt, and computes
    ``input_tokens - cache_read``; a clamp at 0 hides that it cannot be right.
    """

    name = "cached-subtracted"
    failure = "cached-counted-twice"
    kin = (
        "usage-delta-input-ignored",
        "input-without-cache",
    )
    touches = INPUT
    sources = (
        "https://github.com/langfuse/langfuse/issues/10592",
        "https://github.com/askui/python-sdk/pull/303",
    )

    def input_tokens(self) -> int | None:
        """Less than the fresh part."""
        fresh = count(self.usage, "input_tokens")
        if fresh is None:
            return None
        return max(0, fresh - (self.cache_read_tokens() or 0) - (self.cache_write_tokens() or 0))


class CacheTtlAdded(TextbookAnthropic):
    """Adds the two cache lifetimes to the cache write count that is already their sum.

    Such code bills ``cache_creation_input_tokens`` and each entry of ``cache_creation``.
    """

    name = "cache-ttl-added"
    failure = "cache-ttl-contradiction"
    kin = (
        "usage-delta-input-ignored",
        "input-without-cache",
        "cache-write-left-out",
        "cached-subtracted",
    )
    touches = (*INPUT, "usage.cache_write_tokens")
    sources = ("https://github.com/Wei-Shaw/sub2api/issues/6125",)

    def cache_write_tokens(self) -> int | None:
        """The sum, and its parts again."""
        total = super().cache_write_tokens()
        if total is None:
            return None
        lifetimes = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
        return total + sum(count(self.usage, "cache_creation", one) or 0 for one in lifetimes)


class ThinkingCountedTwice(TextbookAnthropic):
    """Adds thinking tokens to an output that already holds them.

    Such code sums every count with ``output`` in its path.
    """

    name = "thinking-counted-twice"
    failure = "reasoning-counted-twice"
    touches = OUTPUT
    sources = (
        "https://github.com/browser-use/browser-use/pull/4075",
        "https://github.com/theopenco/llmgateway/pull/3486",
    )

    def output_tokens(self) -> int | None:
        """The answer, and its thinking again."""
        output = super().output_tokens()
        return None if output is None else output + (self.reasoning_tokens() or 0)


class UsageIterationsAdded(TextbookAnthropic):
    """Adds the rounds listed in ``usage.iterations`` to the totals that already cover them.

    Such code treats each iteration as a request of its own and the totals as one more.
    """

    name = "usage-iterations-added"
    failure = "turns-usage-aggregation"
    touches = (*INPUT, *OUTPUT)
    sources = ("https://github.com/spring-projects/spring-ai/issues/6996",)

    def iterated(self, key: str) -> int:
        """What all rounds report together."""
        rounds = self.usage.get("iterations")
        return sum(count(one, key) or 0 for one in rounds) if isinstance(rounds, list) else 0

    def input_tokens(self) -> int | None:
        """The total, and its rounds again."""
        total = super().input_tokens()
        return None if total is None else total + self.iterated("input_tokens")

    def output_tokens(self) -> int | None:
        """The total, and its rounds again."""
        total = super().output_tokens()
        return None if total is None else total + self.iterated("output_tokens")


class UsageBedrockMetricsAdded(TextbookAnthropic):
    """Adds the metrics that Bedrock hangs on the last event to the usage they repeat.

    Such code collects token counts from every place that has some.
    """

    name = "usage-bedrock-metrics-added"
    failure = "usage-timings-merged"
    kin = ("reads-until-stop-reason",)
    touches = (*INPUT, *OUTPUT)
    sources = ("https://github.com/open-webui/open-webui/issues/28528",)

    def on_message_stop(self, payload: Payload) -> None:
        """A second source of the same numbers."""
        metrics = payload.get("amazon-bedrock-invocationMetrics")
        if not isinstance(metrics, dict):
            return
        for key, metric in (("input_tokens", "inputTokenCount"), ("output_tokens", "outputTokenCount")):
            self.usage[key] = (count(self.usage, key) or 0) + (count(metrics, metric) or 0)


ANTHROPIC_USAGE: tuple[type[TextbookAnthropic], ...] = (
    UsageDeltaAdded,
    UsageDeltasSummed,
    UsageCacheDoubled,
    UsageStartIgnored,
    UsageDeltaInputIgnored,
    UsageDeltaErases,
    UsageDeltaZeroErases,
    UsageLastReportOnly,
    UsageStartMissingAsZero,
    UsageLostWithoutStop,
    InputWithoutCache,
    CacheWriteLeftOut,
    CachedSubtracted,
    CacheTtlAdded,
    ThinkingCountedTwice,
    UsageIterationsAdded,
    UsageBedrockMetricsAdded,
)
