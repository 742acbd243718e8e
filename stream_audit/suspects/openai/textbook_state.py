"""What the chat textbooks remember of an answer while it streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stream_audit.suspects.every_dialect import Kept

__all__ = ["CallSoFar", "ChoiceSoFar"]


@dataclass(eq=False)
class CallSoFar:
    """One tool call: the pieces of it that came."""

    id: str | None = None
    name: str | None = None
    fragments: list[str] = field(default_factory=list)
    """Every argument string, in order, empty ones too."""
    extra: Kept = field(default_factory=Kept)


@dataclass(eq=False)
class ChoiceSoFar:
    """One alternative answer: the pieces of it that came."""

    index: int = 0
    role: str | None = None
    content: list[str | dict[str, Any]] = field(default_factory=list)
    """Strings as they came and parts of lists as they came, in one order."""
    lists_sent: bool = False
    """Any ``content`` was a list, so the answer has parts."""
    reasoning: list[str] = field(default_factory=list)
    detail_texts: list[str] = field(default_factory=list)
    """Texts in ``reasoning_details``: the reasoning only where it has no other name."""
    refusal: list[str] = field(default_factory=list)
    calls: list[CallSoFar] = field(default_factory=list)
    """In order of first appearance."""
    owners: dict[int, CallSoFar] = field(default_factory=dict)
    """Wire index to the call that owns it now."""
    touched: CallSoFar | None = None
    """The call that the last entry belonged to."""
    legacy: CallSoFar | None = None
    """The ``function_call`` of before there were tool calls."""
    audio: dict[str, Any] | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str | None = None
    logprobs: dict[str, Any] = field(default_factory=dict)
    extra: Kept = field(default_factory=Kept)
    message_extra: Kept = field(default_factory=Kept)
