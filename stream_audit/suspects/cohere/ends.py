"""Suspects that get the ends of a Cohere stream wrong: its start, its last event, and what it reports there.

The trap of the counts: ``usage`` has two pairs of the same names, what was used and what is paid for, and
a third number that is part of the first.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Message, Payload, Usage
from stream_audit.suspects.cohere.textbook import TextbookCohere
from stream_audit.suspects.every_dialect import count, first_count

__all__ = ["COHERE_ENDS"]

FINISH = ("finish_reason",)
IN_AND_OUT = ("usage.input_tokens", "usage.output_tokens")
COUNTS = (*IN_AND_OUT, "usage.cache_read_tokens")
TWO_PAIRS = (
    "https://github.com/ankit373/hydra/issues/859",
    "https://github.com/open-telemetry/semantic-conventions-genai/issues/13",
)


class BilledAsTokens(TextbookCohere):
    """Takes ``billed_units`` for the tokens; they leave out what the provider puts in front of every prompt.

    In the wild: ``usage.billed_units or usage.tokens``, as the former come first.
    """

    name = "billed-as-tokens"
    failure = "usage-billed-as-tokens"
    touches = IN_AND_OUT
    sources = (*TWO_PAIRS, "https://github.com/pydantic/genai-prices/pull/326")
    kin = ("billed-added-to-tokens",)

    def input_tokens(self) -> int | None:
        return first_count(self.usage, ("billed_units", "input_tokens"), ("tokens", "input_tokens"))

    def output_tokens(self) -> int | None:
        return first_count(self.usage, ("billed_units", "output_tokens"), ("tokens", "output_tokens"))


class BilledAddedToTokens(TextbookCohere):
    """Adds up every ``input_tokens`` and every ``output_tokens`` that it finds.

    In the wild: a walk through the usage object that sums by name.
    """

    name = "billed-added-to-tokens"
    failure = "usage-billed-as-tokens"
    touches = IN_AND_OUT
    sources = TWO_PAIRS

    def summed(self, name: str) -> int | None:
        found = [count(self.usage, pair, name) for pair in ("tokens", "billed_units")]
        known = [number for number in found if number is not None]
        return sum(known) if known else None

    def input_tokens(self) -> int | None:
        return self.summed("input_tokens")

    def output_tokens(self) -> int | None:
        return self.summed("output_tokens")


class CachedOnTop(TextbookCohere):
    """Adds ``cached_tokens`` to the input, of which they are a part.

    In the wild: one rule for all providers, taken from Anthropic.
    """

    name = "cached-on-top"
    failure = "cached-counted-twice"
    touches = ("usage.input_tokens",)
    sources = (
        "https://github.com/langfuse/langfuse/issues/10592",
        "https://github.com/earendil-works/pi/pull/2148",
    )
    kin = (
        "cached-taken-off",
        "usage-cached-not-read",
    )

    def input_tokens(self) -> int | None:
        tokens = super().input_tokens()
        return None if tokens is None else tokens + (self.cache_read_tokens() or 0)


class CachedTakenOff(TextbookCohere):
    """Takes ``cached_tokens`` off the input, to have what was not cached.

    In the wild: ``input_tokens - cached_tokens``, stored as the input.
    """

    name = "cached-taken-off"
    failure = "cached-left-out"
    touches = ("usage.input_tokens",)
    sources = ("https://github.com/QuantumNous/new-api/issues/5440",)
    kin = (
        "cached-on-top",
        "usage-cached-not-read",
    )

    def input_tokens(self) -> int | None:
        tokens = super().input_tokens()
        return None if tokens is None else max(tokens - (self.cache_read_tokens() or 0), 0)


class UsageCachedNotRead(TextbookCohere):
    """Reads two counts and loses the third, which makes half of the input cheaper.

    In the wild: ``Usage(input=tokens.input_tokens, output=tokens.output_tokens)``.
    """

    name = "usage-cached-not-read"
    failure = "usage-rebuilt-loses-details"
    touches = ("usage.cache_read_tokens",)
    sources = ("https://github.com/QuantumNous/new-api/issues/6144",)

    def cache_read_tokens(self) -> int | None:
        return None


class UsageOfEventOnly(TextbookCohere):
    """Looks for usage beside the delta of ``message-end``, not inside of it.

    In the wild: ``event.usage``, which is ``None`` on every event.
    """

    name = "usage-of-event-only"
    failure = "usage-final-chunk-dropped"
    touches = COUNTS
    sources = (
        "https://github.com/infiniflow/ragflow/pull/17455",
        "https://github.com/BerriAI/litellm/pull/21011",
    )
    widespread = True

    def see_usage(self, delta: dict[str, Any]) -> None:
        """Not here."""


class UsageUnknownAsZero(TextbookCohere):
    """Reports 0 tokens where the stream reports none.

    In the wild: ``usage = {"input_tokens": 0, "output_tokens": 0}`` before the loop.
    """

    name = "usage-unknown-as-zero"
    failure = "usage-absent"
    touches = IN_AND_OUT
    sources = (
        "https://github.com/vercel/ai/issues/5736",
        "https://github.com/earendil-works/pi/issues/7259",
    )

    def final_usage(self) -> Usage | None:
        return super().final_usage() or Usage(input_tokens=0, output_tokens=0)


class UsageWithoutEndLost(TextbookCohere):
    """Builds the answer at ``message-end`` only when it says ``COMPLETE``; what other ends report is lost.

    In the wild: ``if delta.finish_reason == "COMPLETE": usage = delta.usage``.
    """

    name = "usage-without-end-lost"
    failure = "usage-lost-on-abort"
    touches = COUNTS
    sources = (
        "https://github.com/BerriAI/litellm/pull/33736",
        "https://github.com/maximhq/bifrost/pull/5386",
    )
    kin = ("finish-unknown-as-complete",)

    def see_usage(self, delta: dict[str, Any]) -> None:
        if delta.get("finish_reason") in ("COMPLETE", "TOOL_CALL"):
            super().see_usage(delta)


class FinishFabricatedComplete(TextbookCohere):
    """Reports ``COMPLETE`` when the stream ended without any reason.

    In the wild: ``finish_reason or "COMPLETE"``. An answer that was cut off passes for a whole one.
    """

    name = "finish-fabricated-complete"
    failure = "finish-fabricated-on-truncation"
    touches = FINISH
    sources = (
        "https://github.com/NVIDIA/TensorRT-LLM/pull/18289",
        "https://github.com/NousResearch/hermes-agent/issues/109988",
    )
    kin = ("usage-unknown-as-zero",)

    def finish_reason(self) -> str | None:
        return self.finish or "COMPLETE"


class FinishUnknownAsComplete(TextbookCohere):
    """Reads every reason that it does not know as ``COMPLETE``, a cut answer and a failed one too.

    In the wild: ``{"COMPLETE": "stop", "TOOL_CALL": "tool_calls"}.get(reason, "stop")``.
    """

    name = "finish-unknown-as-complete"
    failure = "finish-incomplete-mapping"
    touches = FINISH
    sources = (
        "https://github.com/mozilla-ai/any-llm/pull/1301",
        "https://github.com/BerriAI/litellm/pull/33320",
    )
    kin = ("usage-without-end-lost",)

    def finish_reason(self) -> str | None:
        return self.finish if self.finish in ("COMPLETE", "TOOL_CALL", None) else "COMPLETE"


class AnswerEndsAtContentEnd(TextbookCohere):
    """Stops reading at the first ``content-end``: what follows thinking is lost, and every count.

    In the wild: ``elif event.type == "content-end": break``.
    """

    name = "answer-ends-at-content-end"
    failure = "finish-early-exit"
    touches = (
        "content",
        "reasoning",
        "parts",
        "tool_calls",
        "annotations",
        "error",
        "extra",
        *FINISH,
        *COUNTS,
    )
    sources = (
        "https://github.com/agentjido/req_llm/issues/781",
        "https://github.com/maximhq/bifrost/issues/191",
    )
    kin = ("answer-first-block-only",)
    widespread = True
    over = False

    def add(self, payload: Payload) -> None:
        if not self.over:
            super().add(payload)
        self.over = self.over or payload.get("type") == "content-end"


class EndErrorIgnored(TextbookCohere):
    """Ignores ``error`` in the delta of ``message-end``; what came before passes for the whole answer.

    In the wild: the last event is read for its reason and its usage. The status was 200.
    """

    name = "end-error-ignored"
    failure = "error-event-ignored"
    touches = ("error",)
    sources = (
        "https://github.com/ENTERPILOT/GoModel/pull/581",
        "https://github.com/farzaa/clicky/issues/132",
    )
    kin = (
        "finish-unknown-as-complete",
        "usage-without-end-lost",
    )

    def final_error(self) -> dict[str, Any] | None:
        return None


class EventUnknownCrash(TextbookCohere):
    """Fails on an event type that it does not know.

    In the wild: a closed union of events, or ``raise ValueError`` in the last branch.
    """

    name = "event-unknown-crash"
    failure = "unknown-event"
    touches = ()
    sources = (
        "https://github.com/Effect-TS/effect/pull/8333",
        "https://github.com/microsoft/agent-framework/issues/5029",
    )

    def on_unknown_event(self, payload: Payload) -> None:
        raise ValueError(f"unexpected event type {payload.get('type')!r}")


class StartAgainWipes(TextbookCohere):
    """Begins a new message at every ``message-start``, also when the running one is announced again.

    In the wild: ``message = event.delta.message``. A relay that repeats the event loses what came before.
    """

    name = "start-again-wipes"
    failure = "events-duplicated"
    touches = ("content", "reasoning", "tool_calls", "parts", "annotations")
    sources = ("https://github.com/maximhq/bifrost/pull/1257",)

    def on_repeated_start(self, payload: Payload) -> None:
        self.blocks, self.blocks_by_index, self.plan = [], {}, []
        self.calls, self.calls_by_index, self.citations = [], {}, []
        super().on_repeated_start(payload)


class StartRoleRequired(TextbookCohere):
    """Fails when ``message-start`` names no role.

    In the wild: ``event.delta.message.role``, validated as a required field.
    """

    name = "start-role-required"
    failure = "role-never-sent"
    touches = ()
    sources = (
        "https://github.com/BerriAI/litellm/pull/37781",
        "https://github.com/lemonade-sdk/lemonade/issues/350",
    )

    def message(self) -> Message:
        if self.role is None:
            raise KeyError("role")
        return super().message()


COHERE_ENDS: tuple[type[TextbookCohere], ...] = (
    BilledAsTokens,
    BilledAddedToTokens,
    CachedOnTop,
    CachedTakenOff,
    UsageCachedNotRead,
    UsageOfEventOnly,
    UsageUnknownAsZero,
    UsageWithoutEndLost,
    FinishFabricatedComplete,
    FinishUnknownAsComplete,
    AnswerEndsAtContentEnd,
    EndErrorIgnored,
    EventUnknownCrash,
    StartAgainWipes,
    StartRoleRequired,
)
