"""Suspects that get the finish reason wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import CallSoFar, ChoiceSoFar

__all__ = ["FINISH"]

TWICE = ("https://github.com/RayBytes/ChatMock/pull/114",)


class FinishSuspect(TextbookChat):
    """What all suspects of this family have in common."""

    dialects: ClassVar[tuple[str, ...]] = ("openai-chat", "openai-completions")
    touches: ClassVar[tuple[str, ...]] = ("finish_reason",)


class FinishLastWins(FinishSuspect):
    """Lets a later chunk without a reason take the reason away.

    In the wild: ``finish_reason = choice.finish_reason`` in the loop.
    """

    name = "finish-last-wins"
    failure = "usage-chunk-nonempty-choices"
    sources = ("https://github.com/BerriAI/litellm/issues/28735",)

    def finish(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        choice.finish_reason = entry.get("finish_reason")


class FinishLatestWins(FinishSuspect):
    """Lets a second reason replace the first: ``stop`` after ``tool_calls``.

    In the wild: ``if choice.finish_reason: finish_reason = choice.finish_reason``.
    """

    name = "finish-latest-wins"
    failure = "finish-emitted-twice"
    sources = TWICE
    kin = ("finish-concatenated", "finish-last-wins")

    def finish(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        choice.finish_reason = entry.get("finish_reason") or choice.finish_reason


class FinishFirstWins(FinishSuspect):
    """Keeps ``stop`` where the server corrects it to ``tool_calls``.

    In the wild: ``if finish_reason is None: finish_reason = choice.finish_reason``.
    """

    name = "finish-first-wins"
    dialects = ("openai-chat",)
    failure = "finish-emitted-twice"
    sources = TWICE
    kin = ("finish-concatenated", "finish-early-exit", "finish-empty-latches")

    def finish(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        choice.finish_reason = choice.finish_reason or entry.get("finish_reason")


class FinishEmptyLatches(FinishSuspect):
    """Takes ``""`` for a reason and keeps it, because it came first.

    In the wild: ``if finish is None and choice.finish_reason is not None:``.
    """

    name = "finish-empty-latches"
    failure = "finish-empty-string"
    sources = ("https://github.com/CangShui/workbuddy-gateway/pull/3",)

    def finish(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        if choice.finish_reason is None:
            choice.finish_reason = entry.get("finish_reason")


class FinishConcatenated(FinishSuspect):
    """Appends a reason that is sent again: ``stopstop``.

    In the wild: a generic merge that adds up every string of a chunk.
    """

    name = "finish-concatenated"
    failure = "metadata-string-concat"
    sources = ("https://github.com/langchain-ai/langchain/issues/38366",)

    def finish(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        choice.finish_reason = (choice.finish_reason or "") + (entry.get("finish_reason") or "") or None


class FinishEarlyExit(FinishSuspect):
    """Stops reading at the first finish reason; usage and late text are lost.

    In the wild: ``if choice.finish_reason: break``.
    """

    name = "finish-early-exit"
    failure = "finish-early-exit"
    touches = (
        *("finish_reason", "content", "reasoning", "tool_calls", "choices", "logprobs", "annotations"),
        *("usage", "error", "extra", "service_tier", "system_fingerprint"),
    )
    sources = (
        "https://github.com/maximhq/bifrost/issues/191",
        "https://github.com/agentjido/req_llm/issues/781",
    )
    kin = ("finish-last-wins",)

    def add(self, payload: Payload) -> None:
        if not any(choice.finish_reason for choice in self.by_index.values()):
            super().add(payload)


class FinishFabricatedStop(FinishSuspect):
    """Says ``stop`` where the stream broke off without a reason.

    In the wild: ``finish_reason or "stop"``.
    """

    name = "finish-fabricated-stop"
    failure = "finish-fabricated-on-truncation"
    sources = (
        "https://github.com/NVIDIA/TensorRT-LLM/pull/18289",
        "https://github.com/NousResearch/hermes-agent/issues/109988",
    )

    def reason_of(self, choice: ChoiceSoFar) -> str | None:
        return choice.finish_reason or "stop"


class FinishNotSurfaced(FinishSuspect):
    """Answers without the reason.

    In the wild: a result type that has no field for it.
    """

    name = "finish-not-surfaced"
    failure = "finish-not-surfaced"
    sources = (
        "https://github.com/0xPlaygrounds/rig/issues/2248",
        "https://github.com/symfony/ai/issues/2194",
    )
    widespread = True

    def reason_of(self, choice: ChoiceSoFar) -> str | None:
        return None


class FinishAlwaysStop(FinishSuspect):
    """Says ``stop`` whatever the stream says.

    In the wild: ``"finish_reason": "stop"`` written out where the answer is put together.
    """

    name = "finish-always-stop"
    failure = "finish-not-surfaced"
    sources = ("https://github.com/cloudflare/ai/pull/390",)
    widespread = True

    def reason_of(self, choice: ChoiceSoFar) -> str | None:
        return "stop"


class FinishLengthAsStop(FinishSuspect):
    """Calls the ending of an answer that hit its limit ``stop``.

    In the wild: a table of reasons whose default is ``stop``.
    """

    name = "finish-length-as-stop"
    failure = "finish-incomplete-mapping"
    sources = ("https://github.com/BerriAI/litellm/pull/37710",)

    def reason_of(self, choice: ChoiceSoFar) -> str | None:
        return "stop" if choice.finish_reason == "length" else choice.finish_reason


class FinishStopDropsTools(FinishSuspect):
    """Drops the tool calls of an answer that ends with ``stop``.

    In the wild: ``if finish_reason == "tool_calls": run(calls)``.
    """

    name = "finish-stop-drops-tools"
    dialects = ("openai-chat",)
    failure = "finish-stop-with-tool-calls"
    touches = ("tool_calls",)
    sources = (
        "https://github.com/vllm-project/vllm/pull/9209",
        "https://github.com/BerriAI/litellm/issues/12862",
    )

    def calls_of(self, choice: ChoiceSoFar) -> list[CallSoFar]:
        return [] if choice.finish_reason == "stop" else super().calls_of(choice)


FINISH: tuple[type[TextbookChat], ...] = (
    FinishLastWins,
    FinishLatestWins,
    FinishFirstWins,
    FinishEmptyLatches,
    FinishConcatenated,
    FinishEarlyExit,
    FinishFabricatedStop,
    FinishNotSurfaced,
    FinishAlwaysStop,
    FinishLengthAsStop,
    FinishStopDropsTools,
)
