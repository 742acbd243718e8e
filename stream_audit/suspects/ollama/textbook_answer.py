"""What the textbook fold of ``ollama`` knows so far, and the response that this spells.

The second half of the textbook: ``textbook`` fills it, chunk by chunk. Each
sentence of ``docs/folding/ollama.md`` is one small method here or there.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.every_dialect import Kept, count, fold_usage, join_text

__all__ = ["OllamaSoFar"]


class OllamaSoFar:
    """The state of one answer, and what follows from it."""

    def __init__(self) -> None:
        self.model: str | None = None
        self.role: str | None = None
        self.reason: str | None = None
        self.created_at: str | None = None
        self.done = False
        self.text: list[str] = []
        self.thought: list[str] = []
        self.calls: list[ToolCall] = []
        self.logprobs: list[dict[str, Any]] = []
        self.usage: dict[str, Any] = {}
        """The counts; empty when none was ever sent."""
        self.error: dict[str, Any] | None = None
        self.extra = Kept()
        self.message_extra = Kept()

    # ---------------------------------------------------------------- usage

    def fold_counts(self, counts: dict[str, Any]) -> None:
        """The counts of one chunk over those before."""
        self.usage = fold_usage(self.usage, counts)

    def input_tokens(self) -> int | None:
        """What the model read, the cached part included."""
        return count(self.usage, "prompt_eval_count")

    def output_tokens(self) -> int | None:
        """What the model wrote, thinking included."""
        return count(self.usage, "eval_count")

    def cache_read_tokens(self) -> int | None:
        """The part of the input that came from the cache."""
        return count(self.usage, "prompt_eval_cached_count")

    def final_usage(self) -> Usage | None:
        """The token counts, ``None`` when none was ever sent."""
        if not self.usage:
            return None
        return Usage(
            input_tokens=self.input_tokens(),
            output_tokens=self.output_tokens(),
            cache_read_tokens=self.cache_read_tokens(),
            raw=self.usage,
        )

    # ---------------------------------------------------------------- the result

    def result(self) -> Response:
        """The response so far."""
        choice = Choice(
            message=self.message(), finish_reason=self.finish_reason(), logprobs=self.final_logprobs()
        )
        return Response(
            model=self.model,
            choices=(choice,),
            usage=self.final_usage(),
            error=self.final_error(),
            extra=self.final_extra(),
        )

    def message(self) -> Message:
        """What the model said."""
        return Message(
            role=self.final_role(),
            content=self.content(),
            reasoning=self.reasoning(),
            tool_calls=self.tool_calls(),
            extra=self.message_extra.result(),
        )

    def final_role(self) -> str | None:
        """Who speaks: the model, if nobody says so."""
        return self.role or "assistant"

    def content(self) -> str | None:
        """The text of all chunks."""
        return join_text(self.text) if self.text else None

    def reasoning(self) -> str | None:
        """The thinking of all chunks."""
        return join_text(self.thought) if self.thought else None

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls, in order of arrival."""
        return tuple(self.calls)

    def finish_reason(self) -> str | None:
        """Why the model stopped, in its provider's word."""
        return self.reason

    def final_logprobs(self) -> dict[str, Any] | None:
        """The log probabilities of all chunks, in order."""
        return {"content": list(self.logprobs)} if self.logprobs else None

    def final_error(self) -> dict[str, Any] | None:
        """The error that ended the stream."""
        return self.error

    def final_extra(self) -> dict[str, Any]:
        """Everything beside the answer, the clock of its first chunk among it."""
        clock = {} if self.created_at is None else {"created_at": self.created_at}
        return {**self.extra.result(), **clock}
