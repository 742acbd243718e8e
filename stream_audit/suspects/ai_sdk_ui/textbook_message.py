"""What the textbook of ``ai-sdk-ui`` knows so far, and the response that this spells."""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.every_dialect import Kept, first_count, join_text, nests_too_deeply, parsed_input

__all__ = ["MessageSoFar", "PartSoFar", "laid_over"]

LEVELS = 16
"""Objects inside metadata that are folded; below, a later one replaces the one before."""


def laid_over(so_far: dict[str, Any], later: dict[str, Any], levels: int = LEVELS) -> dict[str, Any]:
    """Metadata over metadata: objects key by key, anything else replaced."""
    folded = dict(so_far)
    for key, value in later.items():
        if isinstance(value, dict) and levels > 0:
            before = folded.get(key)
            folded[key] = laid_over(before if isinstance(before, dict) else {}, value, levels - 1)
        else:
            folded[key] = value
    return folded


class PartSoFar:
    """One part; of a text or a call, also the pieces of its text."""

    def __init__(self, fields: dict[str, Any], opened_as: str = "") -> None:
        self.fields = fields
        self.opened_as = opened_as
        """Of a text: the id that it was opened under."""
        self.pieces: list[str] = []
        self.is_whole = True
        """Of a call: its input is not, or no more, to be made of pieces."""

    @property
    def type(self) -> str:
        """What kind of part it is."""
        return str(self.fields["type"])

    @property
    def is_call(self) -> bool:
        """Whether it is a tool call."""
        return "toolCallId" in self.fields

    @property
    def is_plain(self) -> bool:
        """Whether the pieces are those of the input itself, not of JSON."""
        return self.fields.get("inputEncoding") == "text"

    @property
    def tool_name(self) -> str:
        """Of a call: the tool it calls."""
        return str(self.fields["toolName"]) if "toolName" in self.fields else self.type.removeprefix("tool-")


class MessageSoFar:
    """The state of one message, and what follows from it."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.parts: list[PartSoFar] = []
        self.active: dict[tuple[str, str], PartSoFar] = {}
        """Kind and id to the text that is being written."""
        self.started: dict[str, PartSoFar] = {}
        """Id to the call that was started last under it."""
        self.metadata: dict[str, Any] | None = None
        self.usage: dict[str, Any] | None = None
        self.finish_reason: str | None = None
        self.is_over = False
        """Whether there was a ``finish`` since the last ``start``."""
        self.error: dict[str, Any] | None = None
        self.extra = Kept()

    def step(self) -> list[PartSoFar]:
        """The parts of the step."""
        marks = [at for at, part in enumerate(self.parts) if part.type == "step-start"]
        return self.parts[marks[-1] + 1 if marks else 0 :]

    # ---------------------------------------------------------------- the result

    def result(self) -> Response:
        """The response so far."""
        metadata = {} if self.metadata is None else {"metadata": self.metadata}
        return Response(
            id=self.id,
            choices=(Choice(index=0, message=self.message(), finish_reason=self.final_reason()),),
            usage=self.final_usage(),
            error=self.error,
            extra={**self.extra.result(), **metadata},
        )

    def message(self) -> Message:
        """The message: every part, and what is read out of them."""
        parts = [self.shown(part) for part in self.parts]
        return Message(
            role="assistant",
            content=self.joined("text"),
            reasoning=self.joined("reasoning"),
            tool_calls=tuple(self.tool_call(part) for part in self.parts if self.is_asked(part)),
            parts=tuple(parts),
            annotations=tuple(one for part in parts for one in self.cited(part)),
        )

    def cited(self, part: dict[str, Any]) -> list[Any]:
        """What a part names as a source."""
        if part["type"].startswith("source-"):
            return [part]
        named = part.get("citations", []) if part["type"] == "text" else []
        return [one for one in named if isinstance(one, dict)]

    def final_reason(self) -> str | None:
        """Why the answer ended."""
        return self.finish_reason

    def joined(self, kind: str) -> str | None:
        """The texts of all parts of a kind."""
        texts = [join_text(part.pieces) for part in self.parts if part.type == kind]
        return join_text(texts) if texts else None

    def shown(self, part: PartSoFar) -> dict[str, Any]:
        """A part as the message has it."""
        shown = dict(part.fields)
        if part.type in ("text", "reasoning"):
            shown["text"] = join_text(part.pieces)
        elif part.is_call and not part.is_whole and "".join(part.pieces):
            shown["rawInput"] = join_text(part.pieces)
            self.show_input(part, shown)
        return shown

    def show_input(self, part: PartSoFar, shown: dict[str, Any]) -> None:
        """What the pieces of an input say so far, if they say anything."""
        text = shown["rawInput"]
        parsed = text if part.is_plain else parsed_input(text)
        if part.is_plain or parsed != text:
            shown["input"] = parsed

    def is_asked(self, part: PartSoFar) -> bool:
        """Whether it is a call that the client must make."""
        return part.is_call and part.fields.get("providerExecuted") is not True

    def tool_call(self, part: PartSoFar) -> ToolCall:
        """A call; an input too deep for text stands beside it."""
        text, extra = self.arguments(part), {}
        if part.is_whole and self.is_too_deep(part.fields.get("input")):
            extra = {"input": part.fields["input"]}
        return ToolCall(
            id=part.fields["toolCallId"] or None, name=part.tool_name or None, arguments=text, extra=extra
        )

    def arguments(self, part: PartSoFar) -> str:
        """The input as JSON text."""
        text = join_text(part.pieces)
        if not part.is_whole and not (part.is_plain and text):
            return text
        value = part.fields.get("input") if part.is_whole else text
        if value is None or value == {} or self.is_too_deep(value):
            return ""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def is_too_deep(self, value: Any) -> bool:
        """Whether it cannot be written as text."""
        return nests_too_deeply({"input": value})

    # ---------------------------------------------------------------- usage

    def final_usage(self) -> Usage | None:
        """The counts, in neutral names."""
        raw = self.usage
        if raw is None:
            return None
        return Usage(
            input_tokens=first_count(raw, ("inputTokens",)),
            output_tokens=first_count(raw, ("outputTokens",)),
            total_tokens=first_count(raw, ("totalTokens",)),
            cache_read_tokens=first_count(
                raw, ("inputTokenDetails", "cacheReadTokens"), ("cachedInputTokens",)
            ),
            cache_write_tokens=first_count(raw, ("inputTokenDetails", "cacheWriteTokens")),
            reasoning_tokens=first_count(
                raw, ("outputTokenDetails", "reasoningTokens"), ("reasoningTokens",)
            ),
            raw=raw,
        )
