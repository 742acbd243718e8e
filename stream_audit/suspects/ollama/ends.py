"""Suspects that get the end of an Ollama answer wrong: what its last chunk says, and why there is none.

The trap they share: in every example the last chunk says nothing, and there always is one.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, ToolCall
from stream_audit.suspects.ollama.textbook import TextbookOllama

__all__ = ["OLLAMA_ENDS"]

FINISH = ("finish_reason",)
SAID = ("content", "reasoning", "tool_calls")
EVERYTHING = (*SAID, *FINISH, "model", "usage", "extra", "error", "logprobs")


class FinalChunkSkipped(TextbookOllama):
    """Takes nothing but counts from the chunk that is ``done``; what it says, and whom it calls, is lost.

    In the wild: ``if not chunk.done: emit(chunk.message)``; in every example the last one says ``""``.
    """

    name = "final-chunk-skipped"
    failure = "tool-calls-in-finish-chunk-lost"
    touches = SAID
    sources = (
        "https://github.com/QuantumNous/new-api/issues/7252",
        "https://github.com/google/adk-python/pull/7200",
    )
    silent = False

    def add(self, payload: Payload) -> None:
        self.silent = payload.get("done") is True
        super().add(payload)

    def append_text(self, piece: str) -> None:
        super().append_text("" if self.silent else piece)

    def append_thinking(self, piece: str) -> None:
        if not self.silent:
            super().append_thinking(piece)

    def append_call(self, call: ToolCall) -> None:
        if not self.silent:
            super().append_call(call)


class FinalChunkAsAnswer(TextbookOllama):
    """Hands on the last chunk as the answer: it has all the fields, and an empty text.

    In the wild: ``for chunk in stream: response = chunk``, then ``response["message"]["content"]``.
    """

    name = "final-chunk-as-answer"
    failure = "tail-lost-on-eof"
    touches = SAID
    sources = ("https://github.com/linshenkx/prompt-optimizer/pull/348",)
    widespread = True

    def add(self, payload: Payload) -> None:
        self.text, self.thought, self.calls = [], [], []
        super().add(payload)


class StopsAtEmptyContent(TextbookOllama):
    """Stops reading at a chunk without text: thinking has none, a call has none.

    In the wild: ``if not chunk["message"]["content"]: break``, for the end.
    """

    name = "stops-at-empty-content"
    failure = "finish-early-exit"
    touches = EVERYTHING
    sources = (
        "https://github.com/maximhq/bifrost/issues/191",
        "https://github.com/agentjido/req_llm/issues/781",
    )
    over = False

    def add(self, payload: Payload) -> None:
        message = payload.get("message", {"content": payload.get("response")})
        self.over = self.over or (message.get("content") == "" and payload.get("done") is False)
        if not self.over:
            super().add(payload)


class ErrorLineIgnored(TextbookOllama):
    """Passes over a line that is only an error; what came before it passes for the whole answer.

    In the wild: ``if "message" not in chunk: continue``. The status was 200.
    """

    name = "error-line-ignored"
    failure = "error-event-ignored"
    touches = ("error",)
    sources = (
        "https://github.com/pepperoni21/ollama-rs/pull/357",
        "https://github.com/BerriAI/litellm/pull/1750",
    )

    def final_error(self) -> dict[str, Any] | None:
        return None


class ErrorLineCrash(TextbookOllama):
    """Fails on a line that is only an error, and loses what came before it.

    In the wild: ``chunk["done"]`` before anything else.
    """

    name = "error-line-crash"
    failure = "error-event-ignored"
    touches = ()
    sources = ("https://github.com/ollama/ollama-python/pull/393",)
    kin = (
        "counts-unknown-as-zero",
        "done-reason-defaulted",
        "error-line-ignored",
    )

    def add(self, payload: Payload) -> None:
        _ = payload["done"]
        super().add(payload)


class DoneReasonDefaulted(TextbookOllama):
    """Reports ``stop`` where no reason came: an answer that was cut off passes for a whole one.

    In the wild: ``chunk.get("done_reason", "stop")``.
    """

    name = "done-reason-defaulted"
    failure = "finish-fabricated-on-truncation"
    touches = FINISH
    sources = (
        "https://github.com/BerriAI/litellm/issues/25825",
        "https://github.com/NousResearch/hermes-agent/issues/109988",
    )
    kin = ("done-reason-hardcoded",)

    def finish_reason(self) -> str | None:
        return self.reason or "stop"


class DoneReasonHardcoded(TextbookOllama):
    """Reports ``stop`` for every answer that is done, also for one that ran into its limit.

    In the wild: ``finish_reason = "stop" if chunk.done else None``.
    """

    name = "done-reason-hardcoded"
    failure = "finish-incomplete-mapping"
    touches = FINISH
    sources = (
        "https://github.com/BerriAI/litellm/pull/25824",
        "https://github.com/tetsuo-ai/agenc-core/issues/2105",
    )

    def finish_reason(self) -> str | None:
        return "stop" if self.done else None


OLLAMA_ENDS: tuple[type[TextbookOllama], ...] = (
    FinalChunkSkipped,
    FinalChunkAsAnswer,
    StopsAtEmptyContent,
    ErrorLineIgnored,
    ErrorLineCrash,
    DoneReasonDefaulted,
    DoneReasonHardcoded,
)
