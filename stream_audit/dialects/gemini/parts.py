"""The parts of one candidate's content, as the provider's non-streamed answer would show them."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.gemini.calls import Call
from stream_audit.dialects.text import Text, heal
from stream_audit.dialects.values import same

__all__ = ["Part", "TextPart", "WholePart"]


class TextPart:
    """A text, or a thought: what consecutive parts of the same kind say."""

    __slots__ = ("fields", "text")

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        """Everything but the text; no nulls."""
        self.text = Text()

    @property
    def is_thought(self) -> bool:
        """It is reasoning, not answer."""
        return self.fields.get("thought") is True

    def joins(self, fields: dict[str, Any]) -> bool:
        """Whether a text part with these other fields goes on with this one.

        It does unless they differ in a field that both have: a signature signs what it came with.
        """
        if (fields.get("thought") is True) is not self.is_thought:
            return False
        return all(key not in self.fields or same(self.fields[key], value) for key, value in fields.items())

    def part(self) -> dict[str, Any]:
        """A new dict."""
        return {"text": heal(self.text.joined()), **self.fields}


class WholePart:
    """Anything else: executed code and its result, data, what the provider's own tools did."""

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def part(self) -> dict[str, Any]:
        """A new dict."""
        return dict(self.fields)


Part = TextPart | WholePart | Call
