"""The content blocks of one Converse message, while their deltas arrive.

A block is a member of the union that Amazon calls ``ContentBlock``: it has one
kind, and at any moment it can be shown as the non-streamed answer would show it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.dialects.bedrock_converse.binary import Binary
from stream_audit.dialects.json_text import parsed_input, written_input
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import PADDING
from stream_audit.model import ToolCall

__all__ = [
    "KINDS",
    "Block",
    "ImageBlock",
    "ReasoningBlock",
    "ResultBlock",
    "StrangeBlock",
    "TextBlock",
    "ToolBlock",
]

CALL_KEYS = ("toolUseId", "name", "type", "input")
SERVER_TOOL = "server_tool_use"


class Block:
    """One content block. A bare one was opened by a start that does not say what it is."""

    __slots__ = ("index", "position", "stopped")

    kind: ClassVar[str | None] = None
    """The member of the union that all blocks of the class are."""

    def __init__(self) -> None:
        self.index = 0
        """The index it was opened under."""
        self.position = 0
        """Where it stands among the blocks of the message, from 0."""
        self.stopped = False

    @property
    def name(self) -> str | None:
        """The member of the union that it is."""
        return self.kind

    def part(self) -> dict[str, Any]:
        """The block as the non-streamed answer would show it. A new dict."""
        return {}


class StrangeBlock(Block):
    """A block of a kind that no rule knows, as its start showed it."""

    __slots__ = ("_name", "seed")

    def __init__(self, name: str, seed: Any) -> None:
        super().__init__()
        self._name = name
        self.seed = {name: seed}

    @property
    def name(self) -> str | None:
        """As its start named it."""
        return self._name

    def part(self) -> dict[str, Any]:
        """As its start showed it."""
        return dict(self.seed)


class TextBlock(Block):
    """Text, and what it cites."""

    __slots__ = ("citations", "text")

    kind: ClassVar[str] = "text"

    def __init__(self) -> None:
        super().__init__()
        self.text = Text()
        self.citations: list[dict[str, Any]] = []

    def said(self) -> str:
        """Its text so far."""
        return self.text.text() or ""

    def part(self) -> dict[str, Any]:
        """Plain text, or text with its sources."""
        if not self.citations:
            return {"text": self.said()}
        content = [{"text": self.said()}] if self.text.sent else []
        return {"citationsContent": {"content": content, "citations": list(self.citations)}}


class ReasoningBlock(Block):
    """Reasoning with its signature, or reasoning that is sealed."""

    __slots__ = ("fragments", "sealed", "signature", "text")

    kind: ClassVar[str] = "reasoningContent"

    def __init__(self) -> None:
        super().__init__()
        self.text = Text()
        self.signature = Text()
        self.sealed = Binary()
        self.fragments = 0
        """How many non-empty pieces the signature came in."""

    def said(self) -> str | None:
        """Its text so far; ``None`` when it has none to show."""
        return self.text.text() or "" if self.text.sent or self.signature.sent else None

    def part(self) -> dict[str, Any]:
        """What there is to read, and what is sealed."""
        content: dict[str, Any] = {}
        text, signature = self.said(), self.signature.text()
        if text is not None:
            content["reasoningText"] = (
                {"text": text} if signature is None else {"text": text, "signature": signature}
            )
        if self.sealed.sent:
            content["redactedContent"] = self.sealed.joined()
        return {self.kind: content}


class ToolBlock(Block):
    """A tool that is to be run: by the client, or by the server itself.

    Args:
        seed: What the start says of it; copied.
    """

    __slots__ = ("fields", "json")

    kind: ClassVar[str] = "toolUse"

    def __init__(self, seed: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.fields = present(seed or {})
        self.json = Text()
        """The JSON text of its input, as far as it was streamed."""

    @property
    def called(self) -> bool:
        """True when the client has to run it."""
        return self.fields.get("type") != SERVER_TOOL

    def arguments(self) -> str:
        """The JSON text of its input: what was streamed, else what the start brought."""
        return self.json.text() or written_input(self.fields.get("input"))

    def unwritten(self, text: str) -> bool:
        """True when ``text``, its arguments, is empty because the start's input nests too deeply for text."""
        return not text and isinstance(self.fields.get("input"), dict) and bool(self.fields["input"])

    def part(self) -> dict[str, Any]:
        """The call, its input parsed."""
        fields, text = dict(self.fields), self.arguments()
        if not self.unwritten(text) and (text or not self._odd("input", dict)):
            fields["input"] = parsed_input(text)
        return {self.kind: fields}

    def odd_seeds(self) -> dict[str, Any]:
        """What the start brought under a known key in a type that the dialect does not allow."""
        odd = {key: self.fields[key] for key in ("toolUseId", "name", "type") if self._odd(key, str)}
        if self._odd("input", dict):
            odd["input"] = self.fields["input"]
        return odd

    def call(self) -> ToolCall:
        """The call that the client must make."""
        text = self.arguments()
        extra = {key: value for key, value in self.fields.items() if key not in CALL_KEYS} | self.odd_seeds()
        if self.unwritten(text):
            extra["input"] = self.fields["input"]
        return ToolCall(id=self._word("toolUseId"), name=self._word("name"), arguments=text, extra=extra)

    def _odd(self, key: str, expected: type) -> bool:
        return key in self.fields and not isinstance(self.fields[key], expected)

    def _word(self, key: str) -> str | None:
        value = self.fields.get(key)
        return value if isinstance(value, str) and value else None


class ResultBlock(Block):
    """What a tool gave that the server ran itself."""

    __slots__ = ("content", "fields")

    kind: ClassVar[str] = "toolResult"

    def __init__(self, fields: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.fields = present(fields or {})
        self.content: list[Any] = []

    def part(self) -> dict[str, Any]:
        """The results so far."""
        return {self.kind: {**self.fields, "content": list(self.content)}}


class ImageBlock(Block):
    """A picture in pieces."""

    __slots__ = ("bytes", "fields", "source")

    kind: ClassVar[str] = "image"

    def __init__(self, fields: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.fields = present(fields or {})
        self.source: dict[str, Any] | None = None
        """Everything of its source but the bytes."""
        self.bytes = Binary()

    def part(self) -> dict[str, Any]:
        """The picture so far."""
        fields = dict(self.fields)
        if self.source is not None:
            fields["source"] = self.source | ({"bytes": self.bytes.joined()} if self.bytes.sent else {})
        return {self.kind: fields}


KINDS = frozenset(kind.kind for kind in (TextBlock, ReasoningBlock, ToolBlock, ResultBlock, ImageBlock))
"""The kinds that rules know."""


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say anything. A new dict."""
    return {key: value for key, value in fields.items() if value is not None and key not in PADDING}
