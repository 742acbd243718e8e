"""What a fold writes down beside the answer: notes, and values that stand where the dialect has no such."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Note

__all__ = ["Noting", "kind_of", "named", "titled"]

SHORT = 200
"""Characters of a detail that are kept: what a stream says can be of any length."""


class Noting:
    """Collects the notes of one fold, about the chunk it is at."""

    __slots__ = ("at", "notes")

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.at = 0
        """Index of the chunk being folded; -1 when it is the stream as a whole."""

    def note(self, rule: str, field: str, detail: str) -> None:
        """Note what the dialect does not allow."""
        self.notes.append(Note(rule, self.at, field, detail[:SHORT]))

    def odd(self, level: Unknown, key: str, value: Any, field: str = "") -> None:
        """Note and keep a value of a type that the dialect does not allow there. ``null`` is absent, not odd.

        Args:
            level: Where it is kept, under ``key``.
            key: Its key.
            value: Kept, not copied.
            field: Its path, where that is not ``key``.
        """
        if value is not None:
            self.note("unknown-event", field or key, kind_of(value))
            level.add(key, value)


def named(value: Any) -> str:
    """What an event calls itself, spelt out where that is a word."""
    return repr(value) if value is None or isinstance(value, str) else kind_of(value)


def titled(error: dict[str, Any]) -> str:
    """What an error says in short."""
    said = (error.get(key) for key in ("message", "type"))
    return next((one for one in said if isinstance(one, str) and one), "unnamed")


def kind_of(value: Any) -> str:
    """What is odd about a value of a wrong type."""
    return f"a {type(value).__name__} where the dialect has none"
