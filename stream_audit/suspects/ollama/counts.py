"""Suspects that get the token counts of an Ollama answer wrong.

The traps they share: the counts have no object of their own, stand once, beside durations of nearly the same
name, and one of them is missing where the prompt was in the cache.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.every_dialect import count
from stream_audit.suspects.ollama.textbook import TextbookOllama

__all__ = ["OLLAMA_COUNTS"]

INPUT = ("usage.input_tokens",)
OUTPUT = ("usage.output_tokens",)
MISSING = (
    "https://github.com/ollama/ollama/issues/2068",
    "https://github.com/SWE-agent/SWE-agent/issues/44",
)


class PromptCountRequired(TextbookOllama):
    """Fails where ``prompt_eval_count`` is missing.

    In the wild: ``chunk["prompt_eval_count"]`` of the last chunk: right at first, then a ``KeyError``.
    """

    name = "prompt-count-required"
    failure = "usage-absent"
    touches = ()
    sources = (*MISSING, "https://github.com/svilupp/PromptingTools.jl/issues/51")
    kin = ("prompt-count-missing-as-zero",)

    def see_counts(self, payload: Payload) -> None:
        if payload.get("done") is True:
            _ = payload["prompt_eval_count"]
        super().see_counts(payload)


class PromptCountMissingAsZero(TextbookOllama):
    """Reports an input of 0 where ``prompt_eval_count`` is missing.

    In the wild: ``chunk.get("prompt_eval_count", 0)``, as if a prompt in the cache were no prompt.
    """

    name = "prompt-count-missing-as-zero"
    failure = "usage-absent"
    touches = INPUT
    sources = (
        *MISSING,
        "https://github.com/BerriAI/litellm/pull/2892",
        "https://github.com/browser-use/browser-use/pull/5684",
    )
    kin = ("prompt-count-required",)

    def input_tokens(self) -> int | None:
        return super().input_tokens() or 0


class DurationsAsTokens(TextbookOllama):
    """Takes durations for counts, by the beginning of their names: billions of tokens.

    In the wild: ``sum(value for key, value in chunk.items() if key.startswith("prompt_eval"))``.
    """

    name = "durations-as-tokens"
    failure = "usage-timings-merged"
    touches = (*INPUT, *OUTPUT)
    sources = ("https://github.com/open-webui/open-webui/issues/28528",)
    widespread = True

    def __init__(self) -> None:
        super().__init__()
        self.nanoseconds = {"prompt_eval": 0, "eval": 0}

    def see_counts(self, payload: Payload) -> None:
        for name in self.nanoseconds:
            self.nanoseconds[name] += payload.get(f"{name}_duration") or 0
        super().see_counts(payload)

    def input_tokens(self) -> int | None:
        tokens, more = super().input_tokens(), self.nanoseconds["prompt_eval"]
        return tokens if not more else (tokens or 0) + more

    def output_tokens(self) -> int | None:
        tokens, more = super().output_tokens(), self.nanoseconds["eval"]
        return tokens if not more else (tokens or 0) + more


class PromptTakenOffOutput(TextbookOllama):
    """Takes the prompt off ``eval_count``, as if that were the total.

    In the wild: ``completion = eval_count - prompt_eval_count``: -387 for a short answer to a long prompt.
    """

    name = "prompt-taken-off-output"
    failure = "total-mismatch"
    touches = OUTPUT
    sources = ("https://github.com/Tencent/WeKnora/pull/2980",)
    widespread = True

    def output_tokens(self) -> int | None:
        tokens = super().output_tokens()
        return None if tokens is None else tokens - (self.input_tokens() or 0)


class ChunksAsTokens(TextbookOllama):
    """Counts chunks, which is right as long as every token makes one.

    In the wild: ``tokens += 1`` in the loop, and the count of the last chunk is not read.
    """

    name = "chunks-as-tokens"
    failure = "usage-estimate-overrides-provider"
    touches = OUTPUT
    sources = (
        "https://github.com/xencon/aixcl/pull/401",
        "https://github.com/BerriAI/litellm/pull/37087",
    )

    def output_tokens(self) -> int | None:
        return None if super().output_tokens() is None else len([piece for piece in self.text if piece])


class CachedPromptAdded(TextbookOllama):
    """Adds the cached part of the prompt to the prompt that includes it.

    In the wild: ``input = prompt_eval_count + prompt_eval_cached_count``.
    """

    name = "cached-prompt-added"
    failure = "cached-counted-twice"
    touches = INPUT
    sources = (
        "https://github.com/stdapi-ai/stdapi.ai/issues/252",
        "https://github.com/langfuse/langfuse/issues/10592",
    )
    kin = ("cached-prompt-unread",)

    def input_tokens(self) -> int | None:
        tokens = super().input_tokens()
        return None if tokens is None else tokens + (self.cache_read_tokens() or 0)


class CachedPromptUnread(TextbookOllama):
    """Reads two counts and loses the third.

    In the wild: a type of the last chunk that is older than ``prompt_eval_cached_count``.
    """

    name = "cached-prompt-unread"
    failure = "usage-rebuilt-loses-details"
    touches = ("usage.cache_read_tokens",)
    sources = ("https://github.com/stdapi-ai/stdapi.ai/issues/252",)

    def cache_read_tokens(self) -> int | None:
        return None


class CountsOfEveryChunkSummed(TextbookOllama):
    """Adds up the counts of all chunks, where a server reports them on the way.

    In the wild: ``output += chunk.eval_count or 0``.
    """

    name = "counts-of-every-chunk-summed"
    failure = "usage-cumulative-summed"
    touches = (*INPUT, *OUTPUT)
    sources = (
        "https://github.com/open-webui/open-webui/issues/29064",
        "https://github.com/pydantic/pydantic-ai/pull/4056",
    )

    def fold_counts(self, counts: dict[str, Any]) -> None:
        before = {key: count(self.usage, key) or 0 for key in ("prompt_eval_count", "eval_count")}
        super().fold_counts(counts)
        self.usage.update(
            {key: number + before[key] for key in before if (number := count(counts, key)) is not None}
        )


class CountsUnknownAsZero(TextbookOllama):
    """Reports 0 tokens where the stream reports none, as one does that was cut off.

    In the wild: ``usage = Usage(0, 0)`` before the loop.
    """

    name = "counts-unknown-as-zero"
    failure = "usage-lost-on-abort"
    touches = (*INPUT, *OUTPUT)
    sources = (
        "https://github.com/mnfst/llm-gateway/issues/1502",
        "https://github.com/pollinations/pollinations/issues/5594",
    )
    kin = ("done-reason-defaulted",)

    def final_usage(self) -> Usage | None:
        return super().final_usage() or Usage(input_tokens=0, output_tokens=0)


OLLAMA_COUNTS: tuple[type[TextbookOllama], ...] = (
    PromptCountRequired,
    PromptCountMissingAsZero,
    DurationsAsTokens,
    PromptTakenOffOutput,
    ChunksAsTokens,
    CachedPromptAdded,
    CachedPromptUnread,
    CountsOfEveryChunkSummed,
    CountsUnknownAsZero,
)
