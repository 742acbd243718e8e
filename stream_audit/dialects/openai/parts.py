"""The ordered parts of a chat message whose content comes as lists.

Most servers stream ``content`` as strings; then there are no parts. Once a
list was sent, the order of text, thinking and other parts matters, and a
string is a text part like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from stream_audit.dialects.text import Text

__all__ = ["Parts", "thinking_text"]


class Parts:
    """The parts so far; neighbours of the type ``text``, and of ``thinking``, are one part."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[Mapping[str, Any] | tuple[str, Text]] = []

    def add_text(self, kind: Literal["text", "thinking"], text: str) -> None:
        """Append text to the last part when it is of this kind, else to a new one."""
        last = self._parts[-1] if self._parts else None
        if isinstance(last, tuple) and last[0] == kind:
            last[1].append(text)
            last[1].compact()
        else:
            part = Text()
            part.append(text)
            self._parts.append((kind, part))

    def add_other(self, part: Mapping[str, Any]) -> None:
        """Append a part that stands as it was sent."""
        self._parts.append(part)

    def parts(self) -> tuple[Mapping[str, Any], ...]:
        """The parts so far."""
        return tuple(
            {"type": part[0], part[0]: part[1].text()} if isinstance(part, tuple) else part
            for part in self._parts
        )


def thinking_text(thinking: Any) -> tuple[str | None, bool]:
    """The text of a part's ``thinking``, a string or a list of entries, and whether it is nothing but text.

    The text is ``None`` when ``thinking`` is of no type a rule allows.
    """
    if isinstance(thinking, str):
        return thinking, True
    if not isinstance(thinking, list):
        return None, False
    texts = [
        entry["text"]
        for entry in thinking
        if isinstance(entry, dict) and entry.get("type") == "text" and isinstance(entry.get("text"), str)
    ]
    return "".join(texts), len(texts) == len(thinking)
