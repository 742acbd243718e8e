"""The content blocks of one Cohere message, while their deltas arrive."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.cohere.opened import Opened
from stream_audit.dialects.text import Text, join_text
from stream_audit.dialects.unknown import PADDING

__all__ = ["Block", "Blocks"]

TEXTS = ("text", "thinking")
"""The keys of a block whose value is a text that grows."""


class Block:
    """One content block."""

    __slots__ = ("fields", "position", "stopped", "texts", "type")

    def __init__(self, position: int) -> None:
        self.position = position
        self.type: str | None = None
        self.texts = {key: Text() for key in TEXTS}
        self.fields: dict[str, Any] = {}
        """What else it was started with."""
        self.stopped = False

    def part(self) -> dict[str, Any]:
        """The block as the answer without streaming would show it. A new dict."""
        part = {} if self.type is None else {"type": self.type}
        part.update((key, text.text() or "") for key, text in self.texts.items() if text.sent)
        return {**part, **self.fields}


class Blocks(Opened[Block]):
    """The blocks of one message."""

    field = "choices[0].message.parts"

    def take(self, content: Any, kind: str, index: int | None) -> None:
        """Fold the ``content`` of an event of this kind."""
        if isinstance(content, list):
            for seed in self._entries("content", content):
                self._start(None, seed)
        elif not isinstance(content, dict):
            self._noting.odd(self._extra, "content", content)
        elif kind == "content-start":
            if index in self._by_index:
                self._noting.note("events-duplicated", "", f"a second 'content-start' for index {index}")
            self._start(index, content)
        else:
            self._grow(index, content, kind)

    def joined(self, key: str, *behind: Text) -> str | None:
        """One of the texts of all blocks, then others; ``None`` when none of them was ever sent."""
        texts = [*(block.texts[key] for block in self.opened), *behind]
        said = [text.joined() for text in texts if text.sent]
        return join_text(said) if said else None

    def _start(self, index: int | None, seed: dict[str, Any]) -> None:
        block = self._place(Block(len(self.opened)), index)
        self._type(block, seed)
        for key, value in seed.items():
            if key in TEXTS:
                self._append(block, index, key, value)
            elif key != "type" and value is not None and key not in PADDING:
                block.fields[key] = value

    def _grow(self, index: int | None, delta: dict[str, Any], kind: str) -> None:
        block = self._meant(index)
        missing = block is None
        if block is None:
            self._note_missing(kind, index)
            block = self._place(Block(len(self.opened)), index or 0)
        self._type(block, delta)
        if missing and block.type is None:
            block.type = "thinking" if isinstance(delta.get("thinking"), str) else "text"
        for key, value in delta.items():
            if key in TEXTS:
                self._append(block, index, key, value)
            elif key != "type":
                self._extra.add(key, value)

    def _type(self, block: Block, fields: dict[str, Any]) -> None:
        value, at = fields.get("type"), f"{self.field}[{block.position}].type"
        if not isinstance(value, str):
            self._noting.odd(self._extra, "type", value, at)
        elif value and block.type not in (None, value):
            self._noting.note("unknown-event", at, f"{value!r} after {block.type!r}")
        else:
            block.type = value or block.type

    def _append(self, block: Block, index: int | None, key: str, value: Any) -> None:
        if isinstance(value, str):
            self._spot.put(value, block.texts[key], index, key)
        else:
            self._noting.odd(self._extra, key, value)
