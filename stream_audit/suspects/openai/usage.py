"""Suspects that let the wrong usage numbers win inside one stream."""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload, Usage
from stream_audit.suspects.every_dialect import is_count
from stream_audit.suspects.openai.textbook import TextbookChat

__all__ = ["USAGE"]

IN_CHOICE = (
    "https://github.com/earendil-works/pi/issues/2017",
    "https://github.com/maximhq/bifrost/issues/191",
)
ERASED = (
    "https://github.com/envoyproxy/ai-gateway/pull/1631",
    "https://github.com/pydantic/pydantic-ai/issues/7913",
    "https://github.com/BerriAI/litellm/pull/33054",
)


class UsageSuspect(TextbookChat):
    """What all suspects of this family have in common."""

    dialects: ClassVar[tuple[str, ...]] = ("openai-chat", "openai-completions")
    touches: ClassVar[tuple[str, ...]] = ("usage",)


class UsageCumulativeSummed(UsageSuspect):
    """Adds up running totals.

    In the wild: ``total += chunk.usage.completion_tokens`` in the loop.
    """

    name = "usage-cumulative-summed"
    failure = "usage-cumulative-summed"
    sources = (
        "https://github.com/pydantic/pydantic-ai/pull/4056",
        "https://github.com/open-webui/open-webui/issues/29064",
        "https://github.com/langfuse/langfuse/issues/8808",
    )
    kin = ("usage-first-wins",)

    def fold_usage(self, usage: dict[str, Any]) -> None:
        self.usage = added(self.usage or {}, usage)


class UsageLastFrameOnly(UsageSuspect):
    """Looks for usage in the last chunk and nowhere else.

    In the wild: ``chunks[-1].usage``.
    """

    name = "usage-last-frame-only"
    failure = "usage-last-frame-only"
    sources = (
        "https://github.com/QuantumNous/new-api/issues/6272",
        "https://github.com/BerriAI/litellm/issues/17136",
    )
    kin = ("finish-early-exit", "finish-last-wins", "unknown-fields-dropped")

    def add(self, payload: Payload) -> None:
        self.usage = None
        super().add(payload)


class UsageFirstWins(UsageSuspect):
    """Keeps the first usage, which may be a preview.

    In the wild: ``usage = usage or chunk.usage``.
    """

    name = "usage-first-wins"
    failure = "usage-preview-first"
    sources = ("https://github.com/vllm-project/semantic-router/issues/2215",)
    kin = ("usage-cumulative-summed",)

    def fold_usage(self, usage: dict[str, Any]) -> None:
        if self.usage is None:
            super().fold_usage(usage)


class UsageFinalChunkDropped(UsageSuspect):
    """Passes over the chunk without choices, and with it over the usage.

    In the wild: ``if not chunk.choices: continue``.
    """

    name = "usage-final-chunk-dropped"
    failure = "usage-final-chunk-dropped"
    sources = (
        "https://github.com/BerriAI/litellm/pull/21011",
        "https://github.com/langchain-ai/langchain/pull/36977",
    )
    kin = ("choices-empty-crash", "finish-early-exit")

    def usage_of(self, payload: Payload) -> dict[str, Any] | None:
        return super().usage_of(payload) if payload.get("choices") else None


class UsageNullOverwrites(UsageSuspect):
    """Lets a later null erase a count.

    In the wild: ``usage.update(chunk.usage)``.
    """

    name = "usage-null-overwrites"
    failure = "usage-zero-or-null-overwrites"
    sources = ERASED
    kin = ("usage-cumulative-summed", "usage-first-wins", "usage-last-frame-only", "usage-replaced-whole")

    def fold_usage(self, usage: dict[str, Any]) -> None:
        self.usage = {**(self.usage or {}), **usage}


class UsageZeroOverwrites(UsageSuspect):
    """Lets a later 0 erase a count.

    In the wild: ``if chunk.usage.prompt_tokens is not None: prompt = chunk.usage.prompt_tokens``.
    """

    name = "usage-zero-overwrites"
    failure = "usage-zero-or-null-overwrites"
    sources = ERASED
    kin = (
        "usage-cumulative-summed",
        "usage-first-wins",
        "usage-last-frame-only",
        "usage-null-overwrites",
        "usage-replaced-whole",
    )

    def fold_usage(self, usage: dict[str, Any]) -> None:
        said = {key: value for key, value in usage.items() if value is not None}
        self.usage = {**(self.usage or {}), **said}


class UsageReplacedWhole(UsageSuspect):
    """Takes the last usage object as a whole; fields that only an earlier one had are lost.

    In the wild: ``if chunk.usage: usage = chunk.usage``.
    """

    name = "usage-replaced-whole"
    failure = "usage-field-union"
    sources = ("https://github.com/pydantic/pydantic-ai/issues/5889",)
    kin = (
        "cached-counted-twice",
        "usage-cumulative-summed",
        "usage-details-lost",
        "usage-first-wins",
        "usage-last-frame-only",
    )

    def fold_usage(self, usage: dict[str, Any]) -> None:
        self.usage = usage


class UsageZeroWhenAbsent(UsageSuspect):
    """Reports 0 tokens where the stream reported none.

    In the wild: ``Usage(prompt_tokens=0, completion_tokens=0)`` before the loop.
    """

    name = "usage-zero-when-absent"
    failure = "usage-absent"
    sources = ("https://github.com/vercel/ai/issues/5736",)
    widespread = True

    def usage_result(self) -> Usage | None:
        zero = Usage(input_tokens=0, output_tokens=0, total_tokens=0, raw={})
        return super().usage_result() or zero


class UsageEstimated(UsageSuspect):
    """Reports a quarter of the characters as tokens, whatever the provider counted.

    In the wild: ``len(text) // 4``, or a tokenizer run over the answer.
    """

    name = "usage-estimated"
    failure = "usage-estimate-overrides-provider"
    sources = (
        "https://github.com/BerriAI/litellm/pull/37087",
        "https://github.com/QuantumNous/new-api/issues/5671",
    )
    widespread = True

    def usage_result(self) -> Usage | None:
        said = "".join(self.content_of(choice) or "" for choice in self.by_index.values())
        counted = super().usage_result()
        prompt = counted.input_tokens if counted else 0
        return Usage(
            input_tokens=prompt, output_tokens=len(said) // 4, total_tokens=(prompt or 0) + len(said) // 4
        )


class UsageDetailsLost(UsageSuspect):
    """Copies the three totals and drops what they are made of.

    In the wild: ``Usage(prompt_tokens=..., completion_tokens=..., total_tokens=...)``.
    """

    name = "usage-details-lost"
    failure = "usage-rebuilt-loses-details"
    sources = (
        "https://github.com/QuantumNous/new-api/issues/6144",
        "https://github.com/BerriAI/litellm/pull/36370",
        "https://github.com/spring-projects/spring-ai/issues/6667",
    )
    kin = ("cached-counted-twice", "reasoning-counted-twice")

    def fold_usage(self, usage: dict[str, Any]) -> None:
        totals = ("prompt_tokens", "completion_tokens", "total_tokens")
        super().fold_usage({key: usage[key] for key in totals if key in usage})


class UsageInChoiceMissed(UsageSuspect):
    """Does not look for usage inside a choice.

    In the wild: ``chunk.usage`` and nothing else.
    """

    name = "usage-in-choice-missed"
    failure = "usage-in-choice"
    sources = IN_CHOICE

    def usage_of(self, payload: Payload) -> dict[str, Any] | None:
        return super().usage_of({key: value for key, value in payload.items() if key != "choices"})


class UsageXGroqMissed(UsageSuspect):
    """Does not look for usage where Groq puts it.

    In the wild: ``chunk.usage`` and nothing else.
    """

    name = "usage-x-groq-missed"
    dialects = ("openai-chat",)
    failure = "usage-in-choice"
    sources = IN_CHOICE
    kin = ("unknown-fields-dropped",)

    def usage_of(self, payload: Payload) -> dict[str, Any] | None:
        return super().usage_of({key: value for key, value in payload.items() if key != "x_groq"})


class UsageBothAdded(UsageSuspect):
    """Adds up usage that one chunk carries in two places.

    In the wild: support for the second place added next to the first.
    """

    name = "usage-both-added"
    dialects = ("openai-chat",)
    failure = "usage-in-choice"
    sources = IN_CHOICE

    def usage_of(self, payload: Payload) -> dict[str, Any] | None:
        top = super().usage_of({"usage": payload.get("usage")})
        inside = super().usage_of({**payload, "usage": None})
        return added(top, inside) if top and inside else top or inside


class UsageTimingsMerged(UsageSuspect):
    """Adds a server's timing counters to the token counts.

    In the wild: ``usage.update(chunk["timings"])`` and its sums.
    """

    name = "usage-timings-merged"
    failure = "usage-timings-merged"
    sources = ("https://github.com/open-webui/open-webui/issues/28528",)
    kin = ("unknown-fields-dropped",)

    def usage_of(self, payload: Payload) -> dict[str, Any] | None:
        usage, timings = super().usage_of(payload), payload.get("timings")
        if not usage or not isinstance(timings, dict):
            return usage
        measured = {"prompt_tokens": timings.get("prompt_n"), "completion_tokens": timings.get("predicted_n")}
        return added(usage, measured)


class UsageLostWithoutFinish(UsageSuspect):
    """Reports usage only for an answer that ended in order.

    In the wild: usage handed over in the branch that handles the finish reason.
    """

    name = "usage-lost-without-finish"
    failure = "usage-lost-on-abort"
    sources = (
        "https://github.com/BerriAI/litellm/pull/33736",
        "https://github.com/bitrouter/bitrouter/pull/537",
    )
    kin = ("finish-fabricated-stop", "usage-cumulative-summed", "usage-first-wins")

    def usage_result(self) -> Usage | None:
        ended = all(choice.finish_reason for choice in self.by_index.values())
        return super().usage_result() if ended else None


def added(so_far: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Two usage objects with every count added up, which is never right."""
    sums = dict(so_far)
    for key, value in more.items():
        before = sums.get(key)
        if isinstance(value, dict):
            sums[key] = added(before if isinstance(before, dict) else {}, value)
        elif is_count(value):
            sums[key] = value + (before if isinstance(before, int) else 0)
    return sums


USAGE: tuple[type[TextbookChat], ...] = (
    UsageCumulativeSummed,
    UsageLastFrameOnly,
    UsageFirstWins,
    UsageFinalChunkDropped,
    UsageNullOverwrites,
    UsageZeroOverwrites,
    UsageReplacedWhole,
    UsageZeroWhenAbsent,
    UsageEstimated,
    UsageDetailsLost,
    UsageInChoiceMissed,
    UsageXGroqMissed,
    UsageBothAdded,
    UsageTimingsMerged,
    UsageLostWithoutFinish,
)
