"""The ordered blocks of two messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from stream_audit.compare.values import compare_values
from stream_audit.model import Difference

__all__ = ["compare_parts", "hold_calls"]

_TYPED_PARTS = {
    "text": ("content",),
    "thinking": ("reasoning",),
    "tool_use": ("tool_calls",),
    "message": ("content", "refusal"),
    "reasoning": ("reasoning",),
    "function_call": ("tool_calls",),
    "custom_tool_call": ("tool_calls",),
    "local_shell_call": ("tool_calls",),
    "shell_call": ("tool_calls",),
    "apply_patch_call": ("tool_calls",),
    "computer_call": ("tool_calls",),
    "tool_search_call": ("tool_calls",),
    "dynamic-tool": ("tool_calls",),
    "tool-": ("tool_calls",),
}
"""Type of a block to the fields that say what it says. That of a call may go on with the tool's name."""
_PARTS = {
    "functionCall": ("tool_calls",),
    "toolUse": ("tool_calls",),
    "reasoningContent": ("reasoning",),
    "text": ("content",),
}
"""The same for blocks that have no type, by the key that tells them apart."""


def compare_parts(
    at: str, mine: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], changed: Collection[str]
) -> Iterator[Difference]:
    """Compare blocks, but not those of which what they say was reported already."""
    for i in range(max(len(mine), len(theirs))):
        left = mine[i] if i < len(mine) else None
        right = theirs[i] if i < len(theirs) else None
        if any(field in changed for part in (left, right) if part is not None for field in _said_in(part)):
            continue
        yield from compare_values(f"{at}[{i}]", "parts", left, right)


def hold_calls(parts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the calls stand among the blocks, all of each in one; else they stand beside them."""
    return any("tool_calls" in _said_in(part) for part in parts)


def _said_in(part: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that say what a block says, too."""
    if part.get("type") is not None:
        kind = str(part["type"])
        return _TYPED_PARTS["tool-"] if kind.startswith("tool-") else _TYPED_PARTS.get(kind, ())
    if part.get("thought") is True:
        return ("reasoning",)
    return next((fields for key, fields in _PARTS.items() if key in part), ())
