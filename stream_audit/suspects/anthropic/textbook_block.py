"""One content block of an Anthropic message while it grows: a piece of the textbook fold."""

from __future__ import annotations

from typing import Any

__all__ = ["Block"]


class Block:
    """One content block while it grows.

    Args:
        fields: The block as it was opened.
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = dict(fields)
        self.fragments: list[str] = []
        """Pieces of the JSON text of its input, in order."""
        self.stopped = False

    def append(self, key: str, piece: str) -> None:
        """Let a text field grow."""
        so_far = self.fields.get(key)
        self.fields[key] = so_far + piece if isinstance(so_far, str) else piece

    def cite(self, citation: Any) -> None:
        """Put one more citation behind those it has."""
        so_far = self.fields.get("citations")
        self.fields["citations"] = [*so_far, citation] if isinstance(so_far, list) else [citation]

    def has_misfit(self, key: str, kind: type) -> bool:
        """True when something stands under a key, and it is not of the kind that belongs there."""
        value = self.fields.get(key)
        return value is not None and not isinstance(value, kind)

    @property
    def type(self) -> str | None:
        """What kind of block it is."""
        kind = self.fields.get("type")
        return kind if isinstance(kind, str) else None

    def text(self, key: str) -> str:
        """A text field, empty when there is none."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else ""

    def citations(self) -> list[dict[str, Any]]:
        """The citations it carries."""
        value = self.fields.get("citations")
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
