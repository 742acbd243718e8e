"""What the textbook fold of ``anthropic-messages`` knows so far, and the response that this spells.

The second half of the textbook: ``textbook_anthropic`` fills it, event by
event. Each sentence of ``docs/folding.md`` is one small method here or there.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.anthropic.textbook_block import Block
from stream_audit.suspects.every_dialect import (
    Kept,
    count,
    fold_usage,
    is_name,
    is_zero,
    join_text,
    nests_too_deeply,
    parsed_input,
    written_input,
)

__all__ = ["INPUT_TYPES", "AnthropicSoFar"]

CALL_KEYS = frozenset({"type", "id", "name", "input"})
INPUT_TYPES = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
TEXT_KEYS = ("text", "thinking", "signature", "content")


class AnthropicSoFar:
    """The state of one message, and what follows from it."""

    def __init__(self) -> None:
        self.running_id: str | None = None
        """The id that the last ``message_start`` announced."""
        self.id: str | None = None
        self.model: str | None = None
        self.role: str | None = None
        self.stop_reason: str | None = None
        self.blocks: list[Block] = []
        """In the order of opening."""
        self.by_index: dict[int, Block] = {}
        """The block that a delta for this index belongs to: the last one opened under it."""
        self.usage: dict[str, Any] = {}
        self.reported = False
        """A usage object was sent, be it an empty one."""
        self.error: dict[str, Any] | None = None
        self.message_fields: dict[str, Any] = {}
        """Unknown keys of the message and of what ``message_delta`` changes in it; the last value counts."""
        self.extra = Kept()
        self.message_extra = Kept()

    # ---------------------------------------------------------------- usage

    def fold_start_usage(self, usage: dict[str, Any]) -> None:
        """The first report of token counts."""
        self.reported = True
        self.usage = fold_usage(self.usage, usage)

    def fold_later_usage(self, usage: dict[str, Any]) -> None:
        """The report of a ``message_delta``: running totals, so each field replaces the one before.

        Fields that a gateway cannot fill are 0. One that reports input is no such gateway: it counts the
        request anew, and every 0 with it. The output so far may be 0 in any case.
        """
        self.reported = True
        self.usage = fold_usage(self.usage, usage, zeros_count=(count(usage, "input_tokens") or 0) > 0)
        if is_zero(usage.get("output_tokens")):
            self.usage["output_tokens"] = usage["output_tokens"]

    def fold_stray_usage(self, usage: dict[str, Any]) -> None:
        """The report of an event that need not have one."""
        self.reported = True
        self.usage = fold_usage(self.usage, usage)

    def input_tokens(self) -> int | None:
        """The whole request. What was read from the cache or written to it stands beside ``input_tokens``."""
        fresh = count(self.usage, "input_tokens")
        if fresh is None:
            return None
        return fresh + (self.cache_read_tokens() or 0) + (self.cache_write_tokens() or 0)

    def output_tokens(self) -> int | None:
        """The whole answer; thinking is inside."""
        return count(self.usage, "output_tokens")

    def cache_read_tokens(self) -> int | None:
        """What came from the prompt cache."""
        return count(self.usage, "cache_read_input_tokens")

    def cache_write_tokens(self) -> int | None:
        """What went into the prompt cache."""
        return count(self.usage, "cache_creation_input_tokens")

    def reasoning_tokens(self) -> int | None:
        """What thinking took of the output."""
        return count(self.usage, "output_tokens_details", "thinking_tokens")

    # ---------------------------------------------------------------- the result

    def result(self) -> Response:
        """The response so far."""
        return Response(
            id=self.id,
            model=self.model,
            choices=(Choice(index=0, message=self.message(), finish_reason=self.finish_reason()),),
            usage=self.final_usage(),
            error=self.final_error(),
            extra={**self.extra.result(), **self.message_fields},
        )

    def message(self) -> Message:
        """What the model said."""
        return Message(
            role=self.role or "assistant",
            content=self.content(),
            reasoning=self.reasoning(),
            tool_calls=tuple(self.tool_call(block) for block in self.blocks if self.is_client_call(block)),
            parts=self.parts(),
            annotations=self.annotations(),
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
            cache_read_tokens=self.cache_read_tokens(),
            cache_write_tokens=self.cache_write_tokens(),
            reasoning_tokens=self.reasoning_tokens(),
            raw=self.usage,
        )

    def content(self) -> str | None:
        """All text blocks, joined."""
        return self.joined("text")

    def reasoning(self) -> str | None:
        """All thinking blocks, joined."""
        return self.joined("thinking")

    def joined(self, kind: str) -> str | None:
        """The text of all blocks of a type; ``None`` when there is no such block."""
        pieces = [block.text(kind) for block in self.blocks if block.type == kind]
        return join_text(pieces) if pieces else None

    def parts(self) -> tuple[dict[str, Any], ...]:
        """Every block, as the answer would show it had it not been streamed."""
        return tuple(self.part(block) for block in self.blocks)

    def part(self, block: Block) -> dict[str, Any]:
        """One finished block."""
        fields = self.fields_of(block)
        if any(block.fragments) or (block.type in INPUT_TYPES and not self.is_too_deep(block)):
            fields["input"] = self.parsed_input(self.json_text(block))
        return fields

    def fields_of(self, block: Block) -> dict[str, Any]:
        """What a block holds, its texts made whole."""
        fields = dict(block.fields)
        for key in TEXT_KEYS:
            if isinstance(fields.get(key), str):
                fields[key] = join_text([fields[key]])
        return fields

    def annotations(self) -> tuple[dict[str, Any], ...]:
        """The citations of all blocks, in order."""
        return tuple(citation for block in self.blocks for citation in block.citations())

    # ---------------------------------------------------------------- tools

    def is_client_call(self, block: Block) -> bool:
        """True for a tool that the client runs; the provider runs the others itself."""
        return self.is_call(block)

    def is_call(self, block: Block) -> bool:
        """True for the one type of block that asks the client for something."""
        return block.type == "tool_use"

    def tool_call(self, block: Block) -> ToolCall:
        """The call that a block asks for."""
        extra = Kept()
        extra.keep_unknown(self.fields_of(block), CALL_KEYS)
        for key, kind in (("id", str), ("name", str), ("input", dict)):
            if block.has_misfit(key, kind):
                extra.keep(key, block.fields[key])
        if self.is_too_deep(block) and not any(block.fragments):
            extra.keep("input", block.fields["input"])
        return ToolCall(
            id=self.name_in(block.fields, "id"),
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
        if any(block.fragments):
            return self.joined_fragments(block)
        return self.started_input(block)

    def joined_fragments(self, block: Block) -> str:
        """The streamed pieces, in order."""
        return join_text(block.fragments)

    def started_input(self, block: Block) -> str:
        """The input that the block was opened with, as JSON text; empty for ``{}``."""
        return written_input(block.fields.get("input"))

    def is_too_deep(self, block: Block) -> bool:
        """True when the input that the block was opened with nests too deeply to be written as text."""
        return nests_too_deeply(block.fields.get("input"))

    def parsed_input(self, text: str) -> Any:
        """The value that the JSON text spells, ``{}`` for none, the text itself when it is no JSON."""
        return parsed_input(text)
