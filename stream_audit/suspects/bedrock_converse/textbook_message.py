"""What the textbook fold of ``bedrock-converse`` knows so far, and the response that this spells.

The second half of the textbook: ``textbook`` fills it, event by event. Each
sentence of ``docs/folding/bedrock-converse.md`` is one small method here or there.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.bedrock_converse.textbook_block import Block
from stream_audit.suspects.every_dialect import (
    Kept,
    first_count,
    fold_usage,
    is_name,
    join_text,
    nests_too_deeply,
    written_input,
)

__all__ = ["CALL_KEYS", "ConverseSoFar"]

CALL_KEYS = frozenset({"toolUseId", "name", "type", "input"})


class ConverseSoFar:
    """The state of one response, and what follows from it."""

    def __init__(self) -> None:
        self.role: str | None = None
        self.stop_reason: str | None = None
        self.service_tier: str | None = None
        self.blocks: list[Block] = []
        """In the order of opening."""
        self.by_index: dict[int, Block] = {}
        """The block that a delta for this index belongs to: the last one opened under it."""
        self.usage: dict[str, Any] = {}
        self.reported = False
        """A usage object was sent, be it an empty one."""
        self.error: dict[str, Any] | None = None
        self.extra = Kept()
        self.message_extra = Kept()

    # ---------------------------------------------------------------- usage

    def fold_report(self, usage: dict[str, Any]) -> None:
        """A report of token counts; a later one replaces it, field by field."""
        self.reported = True
        self.usage = fold_usage(self.usage, usage)

    def input_tokens(self) -> int | None:
        """The whole request. What was read from the cache or written to it stands beside ``inputTokens``."""
        fresh = first_count(self.usage, ("inputTokens",))
        if fresh is None:
            return None
        return fresh + (self.cache_read_tokens() or 0) + (self.cache_write_tokens() or 0)

    def output_tokens(self) -> int | None:
        """The whole answer; reasoning is inside."""
        return first_count(self.usage, ("outputTokens",))

    def total_tokens(self) -> int | None:
        """The server's own sum."""
        return first_count(self.usage, ("totalTokens",))

    def cache_read_tokens(self) -> int | None:
        """What came from the prompt cache, under either spelling."""
        return first_count(self.usage, ("cacheReadInputTokens",), ("cacheReadInputTokenCount",))

    def cache_write_tokens(self) -> int | None:
        """What went into the prompt cache, under either spelling."""
        return first_count(self.usage, ("cacheWriteInputTokens",), ("cacheWriteInputTokenCount",))

    # ---------------------------------------------------------------- the result

    def result(self) -> Response:
        """The response so far."""
        return Response(
            choices=(Choice(index=0, message=self.message(), finish_reason=self.finish_reason()),),
            usage=self.final_usage(),
            service_tier=self.service_tier,
            error=self.final_error(),
            extra=self.extra.result(),
        )

    def message(self) -> Message:
        """What the model said."""
        return Message(
            role=self.role or "assistant",
            content=self.content(),
            reasoning=self.reasoning(),
            tool_calls=tuple(self.tool_call(block) for block in self.blocks if self.is_client_call(block)),
            parts=self.parts(),
            annotations=tuple(one for block in self.blocks if block.kind == "text" for one in block.entries),
            extra=self.message_extra.result(),
        )

    def finish_reason(self) -> str | None:
        """Why the model stopped, in its provider's word."""
        return self.stop_reason

    def final_error(self) -> dict[str, Any] | None:
        """The error that ended the stream."""
        return self.error

    def final_usage(self) -> Usage | None:
        """The token counts, ``None`` when the stream reported none at all."""
        if not self.reported:
            return None
        return Usage(
            input_tokens=self.input_tokens(),
            output_tokens=self.output_tokens(),
            total_tokens=self.total_tokens(),
            cache_read_tokens=self.cache_read_tokens(),
            cache_write_tokens=self.cache_write_tokens(),
            raw=self.usage,
        )

    def content(self) -> str | None:
        """All text blocks, joined; ``None`` when there is no such block."""
        pieces = [block.text() for block in self.blocks if block.kind == "text"]
        return join_text(pieces) if pieces else None

    def reasoning(self) -> str | None:
        """All reasoning that can be read, joined; ``None`` when there is none."""
        pieces = [block.text() for block in self.blocks if block.shows_reasoning()]
        return join_text(pieces) if pieces else None

    def parts(self) -> tuple[dict[str, Any], ...]:
        """Every block, as the answer would show it had it not been streamed."""
        return tuple(self.part(block) for block in self.blocks)

    def part(self, block: Block) -> dict[str, Any]:
        """One finished block."""
        return block.part(self.json_text(block))

    # ---------------------------------------------------------------- tools

    def is_client_call(self, block: Block) -> bool:
        """True for a tool that the client runs; the server runs the others itself."""
        return block.kind == "toolUse" and block.fields.get("type") != "server_tool_use"

    def tool_call(self, block: Block) -> ToolCall:
        """The call that a block asks for."""
        extra = Kept()
        extra.keep_unknown(block.fields, CALL_KEYS)
        extra.keep_unknown(block.misfits(), frozenset())
        seed = block.fields.get("input")
        if nests_too_deeply(seed) and not any(block.pieces.get("input", [])):
            extra.keep("input", seed)
        return ToolCall(
            id=self.name_in(block.fields, "toolUseId"),
            name=self.name_in(block.fields, "name"),
            arguments=self.json_text(block),
            extra=extra.result(),
        )

    def name_in(self, fields: dict[str, Any], key: str) -> str | None:
        """The name under a key, ``None`` when it is empty or not there."""
        value = fields.get(key)
        return str(value) if is_name(value) else None

    def json_text(self, block: Block) -> str:
        """The JSON text of an input: what was streamed, else what the block started with."""
        if any(block.pieces.get("input", [])):
            return self.joined_input(block)
        return self.started_input(block)

    def joined_input(self, block: Block) -> str:
        """The streamed pieces, in order."""
        return block.text("input")

    def started_input(self, block: Block) -> str:
        """The input that the block was opened with, as JSON text; empty for ``{}``."""
        return written_input(block.fields.get("input"))
