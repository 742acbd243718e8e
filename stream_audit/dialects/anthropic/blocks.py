"""The content blocks of one Anthropic message, while their deltas arrive.

A block is opened with a seed and grows by deltas. Deltas of several open
blocks may alternate, so every block holds its own text. At any moment a block
can be shown as the provider's non-streamed answer would show it.
"""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.json_text import parsed_input, written_input
from stream_audit.dialects.text import heal
from stream_audit.dialects.unknown import PADDING
from stream_audit.model import ToolCall

__all__ = ["Block", "Text"]

SETTLE = 4096
"""Pieces that a text may hold before they are joined: an object for every delta would fill memory."""

TOOLS = ("tool_use", "server_tool_use", "mcp_tool_use")
"""Block types whose ``input`` is streamed as JSON text."""

CALL_KEYS = ("type", "id", "name", "input")


class Text:
    """A text in the making. ``append`` takes one piece; it stays valid for the text's whole life."""

    __slots__ = ("_pieces", "_settled", "append")

    def __init__(self, seed: str = "") -> None:
        self._settled = ""
        self._pieces = [seed] if seed else []
        self.append = self._pieces.append

    def settle(self) -> None:
        """Join the pieces if there are many, so that memory holds the text and little more."""
        if len(self._pieces) >= SETTLE:
            self._join()

    def _join(self) -> None:
        text, self._settled = self._settled, ""
        text += "".join(self._pieces)  # Held by a local name alone, it grows where it lies.
        self._settled = text
        self._pieces.clear()

    def __str__(self) -> str:
        self._join()
        return heal(self._settled)


class Block:
    """One content block.

    Args:
        seed: The block as its start (or a pre-filled message) shows it; copied.
        started: False for a block that no ``content_block_start`` opened.
    """

    __slots__ = ("citations", "fields", "fragments", "json", "position", "started", "stopped", "texts")

    def __init__(self, seed: dict[str, Any], *, started: bool = True) -> None:
        self.fields = dict(seed)
        self.texts: dict[str, Text] = {}
        """Strings that deltas append to, by key of the block; they stand over ``fields``."""
        self.json: Text | None = None
        """The JSON text of ``input``, as far as it was streamed."""
        self.fragments = 0
        """How many non-empty pieces the signature came in."""
        self.citations: list[Any] | None = _copied(seed.get("citations"))
        self.started = started
        self.stopped = False
        self.position = 0
        """Where it stands among the blocks of the message, from 0."""

    @property
    def kind(self) -> Any:
        """The block's ``type`` as sent."""
        return self.fields.get("type")

    def text(self, key: str) -> Text:
        """The growing text of ``key``, seeded from what the block was opened with."""
        found = self.texts.get(key)
        if found is None:
            seed = self.fields.get(key)
            found = self.texts[key] = Text(seed if isinstance(seed, str) else "")
        return found

    def json_text(self) -> Text:
        """The growing JSON text of ``input``."""
        if self.json is None:
            self.json = Text()
        return self.json

    def said(self, key: str) -> str:
        """The text of ``key`` so far; empty when there is none."""
        if key in self.texts:
            return str(self.texts[key])
        seed = self.fields.get(key)
        return seed if isinstance(seed, str) else ""

    def assign(self, key: str, value: Any) -> None:
        """Set a key as a whole. ``null`` and padding say nothing."""
        if value is None or key in PADDING:
            return
        self.texts.pop(key, None)
        self.fields[key] = value
        if key == "citations":
            self.citations = _copied(value)

    def cite(self, citation: Any) -> None:
        """Add one citation."""
        if self.citations is None:
            self.citations = []
        self.citations.append(citation)

    def arguments(self) -> str:
        """The JSON text of ``input``: the joined fragments, else the seed's when it says anything."""
        streamed = "" if self.json is None else str(self.json)
        return streamed or written_input(self.fields.get("input"))

    def unwritten(self, text: str) -> bool:
        """True when ``text``, the arguments of a tool, is empty as its seed nests too deeply for text."""
        seed = self.fields.get("input")
        return isinstance(seed, dict) and bool(seed) and self.kind in TOOLS and not text

    def part(self) -> dict[str, Any]:
        """The block as the provider's non-streamed answer would show it. A new dict."""
        part = self._shown()
        text = self.arguments()
        if (self.kind in TOOLS and not self.unwritten(text)) or (text and self.json is not None):
            part["input"] = parsed_input(text)
        return part

    def tool_call(self) -> ToolCall:
        """The block as a call that the client must make."""
        identity, name, seed = (self.fields.get(key) for key in ("id", "name", "input"))
        extra = {
            key: value
            for key, value in self._shown().items()
            if key not in CALL_KEYS and key not in PADDING and value is not None
        }
        extra.update((key, value) for key, value in (("id", identity), ("name", name)) if _odd(value, str))
        text = self.arguments()
        if _odd(seed, dict) or self.unwritten(text):
            extra["input"] = seed
        return ToolCall(
            id=identity if isinstance(identity, str) and identity else None,
            name=name if isinstance(name, str) and name else None,
            arguments=text,
            extra=extra,
        )

    def _shown(self) -> dict[str, Any]:
        """Everything but the streamed input, which is dear to parse."""
        shown = dict(self.fields)
        shown.update((key, str(text)) for key, text in self.texts.items())
        if self.citations is not None:
            shown["citations"] = list(self.citations)
        return shown

    def odd_seeds(self) -> dict[str, Any]:
        """What the block was opened with under a known key in a type that the dialect does not allow."""
        strings = ["type", "text", "thinking", "signature"]
        if self.kind in TOOLS:
            strings += ["id", "name"]
        odd = {key: self.fields[key] for key in strings if _odd(self.fields.get(key), str)}
        if self.kind in TOOLS and _odd(self.fields.get("input"), dict):
            odd["input"] = self.fields["input"]
        if _odd(self.fields.get("citations"), list):
            odd["citations"] = self.fields["citations"]
        return odd


def _copied(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, list) else None


def _odd(value: Any, expected: type) -> bool:
    return value is not None and not isinstance(value, expected)
