"""One content block of a Converse message while it grows: a piece of the textbook fold."""

from __future__ import annotations

import base64
from typing import Any

from stream_audit.suspects.every_dialect import PADDING, join_text, parsed_input, written_input

__all__ = ["Block", "said"]


class Block:
    """One content block.

    Args:
        kind: The member of the union that it is; ``None`` while nobody knows.
        index: What it was opened under.
        fields: What its start says, as far as nothing else is made of it.
    """

    def __init__(self, kind: str | None, index: int, fields: dict[str, Any] | None = None) -> None:
        self.kind = kind
        self.index = index
        self.fields = fields or {}
        self.pieces: dict[str, list[str]] = {}
        """Key to the pieces of it that were streamed, in order: text, signature, input, binary content."""
        self.entries: list[Any] = []
        """The citations of a text, or the contents of a tool's result."""
        self.stopped = False

    def add(self, key: str, piece: str) -> None:
        """Put one more piece behind those of a key."""
        self.pieces.setdefault(key, []).append(piece)

    def has(self, key: str) -> bool:
        """True when a piece was sent, an empty one too."""
        return key in self.pieces

    def text(self, key: str = "text") -> str:
        """The pieces of a key as one text."""
        return join_text(self.pieces.get(key, []))

    def binary(self, key: str) -> str:
        """The pieces of binary content as one. Each piece is Base64 by itself, ends and all."""
        pieces = [piece for piece in self.pieces.get(key, []) if piece]
        if len(pieces) == 1:
            return pieces[0]
        try:
            return base64.b64encode(b"".join(base64.b64decode(one, validate=True) for one in pieces)).decode()
        except ValueError:
            return "".join(pieces)

    def misfits(self) -> dict[str, Any]:
        """What the start of a tool says in a type that the format does not allow."""
        allowed = {"toolUseId": str, "name": str, "type": str, "input": dict}
        return {
            key: self.fields[key]
            for key, kind in allowed.items()
            if key in self.fields and not isinstance(self.fields[key], kind)
        }

    # ---------------------------------------------------------------- as the answer would show it

    def part(self, arguments: str) -> dict[str, Any]:
        """The finished block. ``arguments``: the JSON text of a tool's input."""
        match self.kind:
            case None:
                return {}
            case "text":
                return self.cited_text() if self.entries else {"text": self.text()}
            case "reasoningContent":
                return {"reasoningContent": self.reasoning_content()}
            case "toolUse":
                return {"toolUse": self.tool_use(arguments)}
            case "toolResult":
                return {"toolResult": {**self.fields, "content": list(self.entries)}}
            case "image":
                return {"image": self.image()}
            case strange:
                return {strange: self.fields[strange]}

    def cited_text(self) -> dict[str, Any]:
        """A text with its sources."""
        content = [{"text": self.text()}] if self.has("text") else []
        return {"citationsContent": {"content": content, "citations": list(self.entries)}}

    def reasoning_content(self) -> dict[str, Any]:
        """What was thought, and the proof of it."""
        content: dict[str, Any] = {}
        if self.shows_reasoning():
            content["reasoningText"] = {"text": self.text()}
        if self.has("signature"):
            content["reasoningText"]["signature"] = self.text("signature")
        if self.has("redactedContent"):
            content["redactedContent"] = self.binary("redactedContent")
        return content

    def shows_reasoning(self) -> bool:
        """True when there is reasoning to be read, or the proof of some that is not shown."""
        return self.kind == "reasoningContent" and (self.has("text") or self.has("signature"))

    def tool_use(self, arguments: str) -> dict[str, Any]:
        """A tool with its input as a value."""
        if arguments:
            return {**self.fields, "input": parsed_input(arguments)}
        seed = self.fields.get("input")
        unread = seed is not None and (not isinstance(seed, dict) or (seed and not written_input(seed)))
        return dict(self.fields) if unread else {**self.fields, "input": {}}

    def image(self) -> dict[str, Any]:
        """A picture."""
        image = dict(self.fields)
        if self.has("bytes"):
            image["source"] = {**self.fields["source"], "bytes": self.binary("bytes")}
        return image


def said(fields: dict[str, Any]) -> dict[str, Any]:
    """The keys that say anything: neither null nor padding."""
    return {key: value for key, value in fields.items() if value is not None and key not in PADDING}
