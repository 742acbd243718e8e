"""What the textbook of ``ai-sdk-stream-python`` knows so far, and the response that this spells."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.every_dialect import Kept, join_text

__all__ = ["RecordSoFar", "ToolSoFar"]


@dataclass(eq=False)
class ToolSoFar:
    """One recorded tool call."""

    id: str | None
    name: str | None
    input: dict[str, Any] | None = None
    """``None`` until it is whole."""
    fragments: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


class RecordSoFar:
    """The state of one record, and what follows from it."""

    def __init__(self) -> None:
        self.begun = False
        self.ended_by: str | None = None
        self.id: str | None = None
        self.store_exclude: list[str] = []
        self.stream_exclude: list[str] = []
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.counted: dict[str, int] = {"reasoning_tokens": 0, "answer_tokens": 0}
        self.set_to: dict[str, int] = {}
        """The value that each field was set to last."""
        self.steps = 0
        self.step_open = False
        self.tools: list[ToolSoFar] = []
        self.begun_ids: set[str | None] = set()
        """Of recorded tool calls and of others."""
        self.files: list[dict[str, Any]] = []
        self.data: list[dict[str, Any]] = []
        self.cited: list[dict[str, Any]] = []
        self.finish_reason: str | None = None
        self.error: dict[str, Any] | None = None
        self.extra = Kept()

    def record_tool(self, identity: str | None, name: str, value: dict[str, Any] | None) -> None:
        """Put a tool call behind those before it."""
        self.tools.append(ToolSoFar(identity, name or None, value))

    def call_with(self, identity: str | None) -> ToolSoFar | None:
        """The first recorded call of an id."""
        return next((call for call in self.tools if call.id is not None and call.id == identity), None)

    # ---------------------------------------------------------------- the result

    def result(self) -> Response:
        """The response so far."""
        return Response(
            id=self.id,
            choices=(Choice(index=0, message=self.message(), finish_reason=self.final_reason()),),
            usage=self.usage(),
            error=self.error,
            extra={**self.extra.result(), **({"step_count": self.steps} if self.steps else {})},
        )

    def message(self) -> Message:
        """What was recorded of the message."""
        return Message(
            role="assistant",
            content=join_text(self.text) if self.text else None,
            reasoning=join_text(self.reasoning) if self.reasoning else None,
            tool_calls=tuple(self.tool_call(call) for call in self.tools),
            parts=(*self.files, *self.data),
            annotations=tuple(self.cited),
        )

    def tool_call(self, call: ToolSoFar) -> ToolCall:
        """One tool call; an input too deep for text stands beside it."""
        extra = dict(call.extra)
        if call.fragments:
            extra["input_text"] = join_text(call.fragments)
        try:
            text = json.dumps(call.input, ensure_ascii=False, separators=(",", ":")) if call.input else ""
        except RecursionError:
            text, extra["input"] = "", call.input
        return ToolCall(id=call.id, name=call.name, arguments=text, extra=extra)

    def final_reason(self) -> str | None:
        """The finish reason."""
        return self.finish_reason

    def final(self, field: str) -> int | None:
        """The final count of a field: what it was set to last, else what was counted."""
        return self.set_to.get(field, self.counted.get(field))

    def usage(self) -> Usage:
        """The three fields, and what they mean."""
        prompt = self.final("prompt_tokens")
        output = self.output_tokens()
        return Usage(
            input_tokens=prompt,
            output_tokens=output,
            total_tokens=None if prompt is None else prompt + output,
            reasoning_tokens=self.final("reasoning_tokens"),
            raw={
                "prompt_tokens": prompt,
                "reasoning_tokens": self.final("reasoning_tokens"),
                "answer_tokens": self.final("answer_tokens"),
            },
        )

    def output_tokens(self) -> int:
        """Reasoning and answer together."""
        return (self.final("reasoning_tokens") or 0) + (self.final("answer_tokens") or 0)
