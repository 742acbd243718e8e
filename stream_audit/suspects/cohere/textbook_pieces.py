"""One content block and one tool call of a Cohere message while they grow: pieces of the textbook fold."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.every_dialect import Kept

__all__ = ["Block", "Call"]


class Block:
    """One content block."""

    def __init__(self) -> None:
        self.type: str | None = None
        self.texts: dict[str, list[str]] = {}
        """``text`` and ``thinking``, each in the pieces it came in; missing when none came."""
        self.fields: dict[str, Any] = {}


class Call:
    """One tool call."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.name: str | None = None
        self.fragments: list[str] = []
        self.extra = Kept()
