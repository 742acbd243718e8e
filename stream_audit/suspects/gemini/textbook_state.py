"""What the textbook fold of ``gemini`` knows of one candidate, while it grows."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.every_dialect import Kept

__all__ = ["Call", "Candidate", "Part"]


class Part:
    """One part of the content.

    Args:
        kind: ``text``, ``call`` or ``whole``.
        fields: All of it, but for a call's ``functionCall``.
    """

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        self.kind = kind
        self.fields = dict(fields)

    @property
    def is_text(self) -> bool:
        """It says something to the user, or thinks it."""
        return self.kind == "text"

    @property
    def is_thought(self) -> bool:
        """It is reasoning."""
        return self.fields.get("thought") is True


class Call(Part):
    """A part that asks the client to call a function."""

    def __init__(self) -> None:
        super().__init__("call", {})
        self.id: str | None = None
        self.name: str | None = None
        self.args: dict[str, Any] = {}
        self.whole = False
        """The arguments stand as they were sent, all at once."""
        self.open = False
        self.inside: dict[str, Any] = {}
        """Unknown keys of ``functionCall``."""
        self.extra = Kept()


class Candidate:
    """One answer."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.role: str | None = None
        self.finish: str | None = None
        self.parts: list[Part] = []
        self.spoke = False
        """A text was sent, be it an empty one."""
        self.thought = False
        self.citations: list[dict[str, Any]] = []
        self.logprobs: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.extra = Kept()
        self.message_extra = Kept()

    @property
    def calls(self) -> list[Call]:
        """The calls among its parts."""
        return [part for part in self.parts if isinstance(part, Call)]
