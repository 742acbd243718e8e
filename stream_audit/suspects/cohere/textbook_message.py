"""What the textbook fold of ``cohere-v2`` knows so far, and the response that this spells.

The second half of the textbook: ``textbook`` fills it, event by event. Each
sentence of ``docs/folding/cohere-v2.md`` is one small method here or there.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.cohere.textbook_pieces import Block, Call
from stream_audit.suspects.every_dialect import Kept, count, fold_usage, join_text

__all__ = ["CohereSoFar"]


class CohereSoFar:
    """The state of one message, and what follows from it."""

    def __init__(self) -> None:
        self.running_id: str | None = None
        """The id that the last ``message-start`` announced."""
        self.id: str | None = None
        self.role: str | None = None
        self.finish: str | None = None
        self.blocks: list[Block] = []
        """In the order of opening."""
        self.blocks_by_index: dict[int, Block] = {}
        self.calls: list[Call] = []
        self.calls_by_index: dict[int, Call] = {}
        self.plan: list[str] = []
        self.citations: list[dict[str, Any]] = []
        self.logprobs: list[dict[str, Any]] = []
        self.usage: dict[str, Any] = {}
        self.reported = False
        """A usage object was sent, be it an empty one."""
        self.error: dict[str, Any] | None = None
        self.extra = Kept()
        self.message_extra = Kept()

    # ---------------------------------------------------------------- usage

    def fold_usage(self, usage: dict[str, Any]) -> None:
        """One report over those before it."""
        self.reported = True
        self.usage = fold_usage(self.usage, usage)

    def input_tokens(self) -> int | None:
        """What the model read, and not what is paid for."""
        return count(self.usage, "tokens", "input_tokens")

    def output_tokens(self) -> int | None:
        """What the model wrote, thinking and plan included."""
        return count(self.usage, "tokens", "output_tokens")

    def cache_read_tokens(self) -> int | None:
        """The part of the input that came from the cache."""
        return count(self.usage, "cached_tokens")

    def total_tokens(self) -> int | None:
        """Never sent."""
        return None

    def final_usage(self) -> Usage | None:
        """The token counts, ``None`` when the stream reported none at all."""
        if not self.reported:
            return None
        return Usage(
            input_tokens=self.input_tokens(),
            output_tokens=self.output_tokens(),
            total_tokens=self.total_tokens(),
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
            id=self.id,
            choices=(choice,),
            usage=self.final_usage(),
            error=self.final_error(),
            extra=self.extra.result(),
        )

    def message(self) -> Message:
        """What the model said."""
        return Message(
            role=self.final_role(),
            content=self.content(),
            reasoning=self.reasoning(),
            tool_calls=tuple(self.tool_call(call) for call in self.calls),
            parts=tuple(self.part(block) for block in self.blocks),
            annotations=self.annotations(),
            extra=self.message_extra.result(),
        )

    def final_role(self) -> str | None:
        """Who speaks: the model, if nobody says so."""
        return self.role or "assistant"

    def finish_reason(self) -> str | None:
        """Why the model stopped, in its provider's word."""
        return self.finish

    def final_error(self) -> dict[str, Any] | None:
        """The error that ended the stream."""
        return self.error

    def final_logprobs(self) -> dict[str, Any] | None:
        """The log probabilities of all deltas, in order."""
        return {"content": list(self.logprobs)} if self.logprobs else None

    def content(self) -> str | None:
        """The text of all blocks."""
        return self.joined(self.pieces_of("text"))

    def reasoning(self) -> str | None:
        """The thinking of all blocks, then the plan."""
        return self.joined(
            [*self.pieces_of("thinking"), self.plan] if self.plan else self.pieces_of("thinking")
        )

    def pieces_of(self, key: str) -> list[list[str]]:
        """A text of each block that has one, in pieces."""
        return [block.texts[key] for block in self.blocks if key in block.texts]

    def joined(self, texts: list[list[str]]) -> str | None:
        """Several texts as one; ``None`` when there are none."""
        return join_text([piece for pieces in texts for piece in pieces]) if texts else None

    def part(self, block: Block) -> dict[str, Any]:
        """One block, as the answer would show it had it not been streamed."""
        part: dict[str, Any] = {} if block.type is None else {"type": block.type}
        for key, pieces in block.texts.items():
            part[key] = join_text(pieces)
        return {**part, **block.fields}

    def annotations(self) -> tuple[dict[str, Any], ...]:
        """The citations, in order."""
        return tuple(self.citations)

    def tool_call(self, call: Call) -> ToolCall:
        """One call."""
        return ToolCall(id=call.id, name=call.name, arguments=self.arguments(call), extra=call.extra.result())

    def arguments(self, call: Call) -> str:
        """The JSON text of its arguments, empty when none were sent."""
        return join_text(call.fragments)
