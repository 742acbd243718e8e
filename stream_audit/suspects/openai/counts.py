"""Suspects that read the winning usage numbers wrongly: what includes what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from stream_audit.model import Usage
from stream_audit.suspects.every_dialect import count
from stream_audit.suspects.openai.textbook import TextbookChat

__all__ = ["COUNTS"]

ZERO = (
    "https://github.com/langchain-ai/langchain/pull/36500",
    "https://github.com/yuki-uix/agent-cost-lab/issues/64",
)


class CountsSuspect(TextbookChat):
    """What all suspects of this family have in common."""

    dialects: ClassVar[tuple[str, ...]] = ("openai-chat", "openai-completions")


class CachedCountedTwice(CountsSuspect):
    """Adds cached tokens to the prompt that already includes them.

    In the wild: ``input = prompt_tokens + cached_tokens``, right for another provider.
    """

    name = "cached-counted-twice"
    failure = "cached-counted-twice"
    touches = ("usage.input_tokens",)
    sources = (
        "https://github.com/langfuse/langfuse/issues/10592",
        "https://github.com/askui/python-sdk/pull/303",
        "https://github.com/BerriAI/litellm/pull/26919",
    )
    kin = ("usage-details-lost",)

    def input_tokens(self, usage: dict[str, Any]) -> int | None:
        prompt = count(usage, "prompt_tokens")
        return prompt if prompt is None else prompt + (self.cache_read_tokens(usage) or 0)


class CachedLeftOut(CountsSuspect):
    """Leaves out cached tokens that the numbers prove to be outside of the prompt.

    In the wild: ``input = prompt_tokens``, whoever the provider is.
    """

    name = "cached-left-out"
    failure = "cached-ambiguous"
    touches = ("usage.input_tokens",)
    sources = (
        "https://github.com/github/copilot-sdk/issues/1160",
        "https://github.com/langchain-ai/langchain/issues/32818",
    )
    kin = ("usage-details-lost",)

    def input_tokens(self, usage: dict[str, Any]) -> int | None:
        return count(usage, "prompt_tokens")


class ReasoningCountedTwice(CountsSuspect):
    """Adds reasoning tokens to the completion that already includes them.

    In the wild: ``output = completion_tokens + reasoning_tokens``, right for another provider.
    """

    name = "reasoning-counted-twice"
    failure = "reasoning-counted-twice"
    touches = ("usage.output_tokens",)
    sources = (
        "https://github.com/browser-use/browser-use/pull/4075",
        "https://github.com/theopenco/llmgateway/pull/3486",
        "https://github.com/hugalafutro/model-hotel/pull/991",
    )
    kin = ("usage-details-lost",)

    def reasoning_is_outside(self, usage: dict[str, Any], completion: int, reasoning: int) -> bool:
        return True


class ReasoningLeftOut(CountsSuspect):
    """Leaves out reasoning tokens that the numbers prove to be outside of the completion.

    In the wild: ``output = completion_tokens``, whoever the provider is.
    """

    name = "reasoning-left-out"
    failure = "reasoning-left-out"
    touches = ("usage.output_tokens",)
    sources = (
        "https://github.com/langchain-ai/langchainjs/pull/11423",
        "https://github.com/langchain-ai/langchain/pull/34603",
    )
    kin = ("total-recomputed", "usage-details-lost")

    def reasoning_is_outside(self, usage: dict[str, Any], completion: int, reasoning: int) -> bool:
        return False


class TotalRecomputed(CountsSuspect):
    """Replaces the provider's total by its own sum.

    In the wild: ``total = prompt_tokens + completion_tokens``.
    """

    name = "total-recomputed"
    failure = "total-recomputed"
    touches = ("usage.total_tokens",)
    sources = (
        "https://github.com/simstudioai/sim/pull/3039",
        "https://github.com/langchain-ai/langchain/pull/36500",
    )

    def usage_result(self) -> Usage | None:
        usage = super().usage_result()
        if usage is None or self.usage is None:
            return usage
        total = (count(self.usage, "prompt_tokens") or 0) + (count(self.usage, "completion_tokens") or 0)
        return replace(usage, total_tokens=total)


class ZeroFalsy(CountsSuspect):
    """Takes a count of 0 for a missing one.

    In the wild: ``usage.cached_tokens or None``.
    """

    name = "usage-zero-falsy"
    failure = "usage-zero-falsy"
    touches = ("usage",)
    sources = ZERO
    kin = ("usage-details-lost",)

    def usage_result(self) -> Usage | None:
        usage = super().usage_result()
        return usage and Usage(
            input_tokens=usage.input_tokens or None,
            output_tokens=usage.output_tokens or None,
            total_tokens=usage.total_tokens or None,
            cache_read_tokens=usage.cache_read_tokens or None,
            cache_write_tokens=usage.cache_write_tokens or None,
            reasoning_tokens=usage.reasoning_tokens or None,
            raw=usage.raw,
        )


COUNTS: tuple[type[TextbookChat], ...] = (
    CachedCountedTwice,
    CachedLeftOut,
    ReasoningCountedTwice,
    ReasoningLeftOut,
    TotalRecomputed,
    ZeroFalsy,
)
