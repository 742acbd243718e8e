"""The parts of one UI message, while their chunks arrive."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.json_text import compact_json, is_json, parsed_input
from stream_audit.dialects.text import Text
from stream_audit.model import ToolCall

__all__ = ["CallPart", "Part", "TextPart"]

_TAKEN_AWAY = ("input", "inputEncoding", "output", "errorText", "preliminary")


class Part:
    """A part that is whole when it is opened."""

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    @property
    def kind(self) -> Any:
        """Its ``type``."""
        return self.fields.get("type")

    def shown(self) -> dict[str, Any]:
        """The part as the message has it. A new dict."""
        return dict(self.fields)


class TextPart(Part):
    """A part whose text grows."""

    __slots__ = ("text",)

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.text = Text()

    def joined(self) -> str:
        """The text so far."""
        return self.text.text() or ""

    def shown(self) -> dict[str, Any]:
        """The part as the message has it. A new dict."""
        return {**self.fields, "text": self.joined()}


class CallPart(Part):
    """A tool call: its input, as text and then whole, and what came of it."""

    __slots__ = ("text", "whole")

    def __init__(self, identity: str, name: str, *, dynamic: bool) -> None:
        named = {"type": "dynamic-tool", "toolName": name} if dynamic else {"type": f"tool-{name}"}
        super().__init__({**named, "toolCallId": identity})
        self.text = Text()
        self.whole = True  # until it is started

    @property
    def name(self) -> str:
        """The tool's name; may be empty."""
        own: str = self.fields.get("toolName", "")
        return own if self.kind == "dynamic-tool" else str(self.kind).removeprefix("tool-")

    def start(self, said: dict[str, Any]) -> None:
        """Begin an input that comes in pieces."""
        self.enter("input-streaming", said)
        self.text, self.whole = Text(), False

    def enter(self, state: str, said: dict[str, Any]) -> None:
        """Go into a state of the input, with what the chunk says of it."""
        for key in _TAKEN_AWAY:
            self.fields.pop(key, None)
        self.say(state, said)
        self.whole = True

    def say(self, state: str, said: dict[str, Any]) -> None:
        """Go into a state; what is absent stays as it was."""
        self.fields["state"] = state
        self.fields.update((key, value) for key, value in said.items() if value is not None)

    def shown(self) -> dict[str, Any]:
        """The part as the message has it. A new dict."""
        shown = dict(self.fields)
        text = "" if self.whole else self.text.text()
        if text:
            shown["rawInput"] = text
            if self._plain:
                shown["input"] = text
            elif is_json(text):
                shown["input"] = parsed_input(text)
        return shown

    @property
    def unwritten(self) -> bool:
        """Its input nests too deeply to be written as text."""
        return self.whole and compact_json(self.fields.get("input")) is None

    @property
    def cut(self) -> bool:
        """Its input was never whole, and what there is of it is no JSON."""
        text = self.text.text() or ""
        return not (self.whole or self._plain or text == "" or is_json(text))

    @property
    def _plain(self) -> bool:
        """What is streamed is the input itself, not JSON."""
        return self.fields.get("inputEncoding") == "text"

    def tool_call(self) -> ToolCall:
        """The call that the client must make."""
        given = self.fields.get("input") if self.whole else self.text.text() or None
        written = given if not self.whole and not self._plain else compact_json(given)
        return ToolCall(
            id=self.fields["toolCallId"] or None,
            name=self.name or None,
            arguments="" if given in (None, {}) else written or "",
            extra={"input": given} if self.unwritten else {},
        )
