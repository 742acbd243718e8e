"""Suspects that get the token counts of a response wrong.

The trap they share: the names are those of another provider, which counts the
cache beside the input, and the meaning is that of chat completions.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.every_dialect import count
from stream_audit.suspects.openai_responses.textbook import TextbookResponses

__all__ = ["RESPONSES_USAGE"]

INPUT = ("usage.input_tokens",)
OUTPUT = ("usage.output_tokens",)
DETAILS = ("usage.cache_read_tokens", "usage.cache_write_tokens", "usage.reasoning_tokens")
EVERY_COUNT = (*INPUT, *OUTPUT, "usage.total_tokens", *DETAILS)


class UsageOfCompletedOnly(TextbookResponses):
    """Reads usage from ``response.completed`` alone; a failure and a limit cost tokens too.

    In the wild: ``usage = event.response.usage`` in that one branch. Every answer that ran into its limit
    was free.
    """

    name = "usage-of-completed-only"
    failure = "usage-lost-on-abort"
    touches = EVERY_COUNT
    sources = (
        "https://github.com/BerriAI/litellm/pull/33736",
        "https://github.com/bitrouter/bitrouter/pull/537",
    )
    completing = False

    def on_response(self, payload: Payload, kind: str) -> None:
        self.completing = kind == "response.completed"
        super().on_response(payload, kind)

    def fold_report(self, usage: dict[str, Any]) -> None:
        if self.completing:
            super().fold_report(usage)


class UsageSnapshotsAdded(TextbookResponses):
    """Adds the usage of every snapshot of the response; each is the total so far.

    In the wild: ``total += event.response.usage.output_tokens`` for any event that has a response.
    """

    name = "usage-snapshots-added"
    failure = "usage-cumulative-summed"
    touches = EVERY_COUNT
    sources = (
        "https://github.com/pydantic/pydantic-ai/pull/4056",
        "https://github.com/open-webui/open-webui/issues/29064",
    )

    def fold_report(self, usage: dict[str, Any]) -> None:
        added = {
            key: value + (count(self.usage, key) or 0)
            for key, value in usage.items()
            if count(usage, key) is not None
        }
        super().fold_report({**usage, **added})


class InputLessCached(TextbookResponses):
    """Takes the cached tokens out of the input that contains them.

    In the wild: ``input_tokens - cached_tokens`` is shown as the input; it is what the cache did not have.
    """

    name = "input-less-cached"
    failure = "cached-counted-twice"
    kin = ("input-plus-cached", "token-details-dropped")
    touches = INPUT
    sources = ("https://github.com/earendil-works/pi/pull/2148",)

    def input_tokens(self) -> int | None:
        whole = super().input_tokens()
        return None if whole is None else whole - (self.cache_read_tokens() or 0)


class InputPlusCached(TextbookResponses):
    """Adds the cached tokens to the input that contains them already.

    In the wild: code written for Anthropic, whose ``input_tokens`` leaves the cache out.
    """

    name = "input-plus-cached"
    failure = "cached-counted-twice"
    kin = ("input-less-cached", "token-details-dropped")
    touches = INPUT
    sources = (
        "https://github.com/langfuse/langfuse/issues/10592",
        "https://github.com/BerriAI/litellm/pull/26919",
    )

    def input_tokens(self) -> int | None:
        whole = super().input_tokens()
        return None if whole is None else whole + (self.cache_read_tokens() or 0)


class OutputPlusReasoning(TextbookResponses):
    """Adds reasoning tokens to the output that contains them already.

    In the wild: every count with ``output`` in its path is summed.
    """

    name = "output-plus-reasoning"
    failure = "reasoning-counted-twice"
    kin = ("output-less-reasoning", "token-details-dropped")
    touches = OUTPUT
    sources = (
        "https://github.com/browser-use/browser-use/pull/4075",
        "https://github.com/theopenco/llmgateway/pull/3486",
    )

    def output_tokens(self) -> int | None:
        whole = super().output_tokens()
        return None if whole is None else whole + (self.reasoning_tokens() or 0)


class OutputLessReasoning(TextbookResponses):
    """Reports the answer's tokens without its reasoning as the output.

    In the wild: ``output_tokens - reasoning_tokens``, for the length of the text; the bill has both.
    """

    name = "output-less-reasoning"
    failure = "reasoning-left-out"
    kin = ("output-plus-reasoning", "token-details-dropped")
    touches = OUTPUT
    sources = ("https://github.com/langchain-ai/langchain/pull/34603",)

    def output_tokens(self) -> int | None:
        whole = super().output_tokens()
        return None if whole is None else whole - (self.reasoning_tokens() or 0)


class TokenDetailsDropped(TextbookResponses):
    """Copies the three totals and drops what they consist of.

    In the wild: ``Usage(input=..., output=..., total=...)``. Cached tokens are billed at the full price.
    """

    name = "token-details-dropped"
    failure = "usage-rebuilt-loses-details"
    kin = ("input-less-cached", "input-plus-cached", "output-plus-reasoning", "output-less-reasoning")
    touches = DETAILS
    sources = (
        "https://github.com/QuantumNous/new-api/issues/6144",
        "https://github.com/BerriAI/litellm/pull/36370",
    )

    def cache_read_tokens(self) -> int | None:
        return None

    def cache_write_tokens(self) -> int | None:
        return None

    def reasoning_tokens(self) -> int | None:
        return None


class UsageMissingAsZero(TextbookResponses):
    """Reports 0 tokens when the stream reported no usage.

    In the wild: ``input_tokens = output_tokens = 0`` before the loop: a free request in every sum.
    """

    name = "usage-missing-as-zero"
    failure = "usage-absent"
    touches = EVERY_COUNT
    sources = (
        "https://github.com/vercel/ai/issues/5736",
        "https://github.com/earendil-works/pi/issues/7259",
    )

    def final_usage(self) -> Usage | None:
        return super().final_usage() or Usage(input_tokens=0, output_tokens=0, total_tokens=0)


class TotalFromParts(TextbookResponses):
    """Computes the total instead of taking the provider's.

    In the wild: ``total = input + output``. A provider that counts something else besides has another.
    """

    name = "total-from-parts"
    failure = "total-recomputed"
    touches = ("usage.total_tokens",)
    sources = ("https://github.com/simstudioai/sim/pull/3039",)

    def total_tokens(self) -> int | None:
        parts = (self.input_tokens(), self.output_tokens())
        return None if None in parts else sum(part or 0 for part in parts)


class ToolUsageAdded(TextbookResponses):
    """Adds what the provider's tools used to the usage of the response.

    In the wild: every ``input_tokens`` anywhere in the event is summed. Images have a price of their own.
    """

    name = "tool-usage-added"
    failure = "usage-timings-merged"
    kin = ("response-fields-dropped",)
    touches = (*INPUT, *OUTPUT)
    sources = ("https://github.com/open-webui/open-webui/issues/28528",)

    def on_response(self, payload: Payload, kind: str) -> None:
        super().on_response(payload, kind)
        response = payload.get("response")
        tools = response.get("tool_usage") if isinstance(response, dict) else None
        for used in tools.values() if isinstance(tools, dict) else ():
            for key in ("input_tokens", "output_tokens"):
                if isinstance(used, dict) and count(used, key) and self.reported:
                    self.usage[key] = (count(self.usage, key) or 0) + (count(used, key) or 0)


RESPONSES_USAGE: tuple[type[TextbookResponses], ...] = (
    UsageOfCompletedOnly,
    UsageSnapshotsAdded,
    InputLessCached,
    InputPlusCached,
    OutputPlusReasoning,
    OutputLessReasoning,
    TokenDetailsDropped,
    UsageMissingAsZero,
    TotalFromParts,
    ToolUsageAdded,
)
