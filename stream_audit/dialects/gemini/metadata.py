"""What is told about a candidate or a prompt, not by it: often in pieces, often again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.values import silent

__all__ = ["CITATIONS", "Logprobs", "citations_in", "lay_over"]

CITATIONS = ("citations", "citationSources")
"""Two names of one list: Vertex AI's, and that of the Gemini API."""
JOINED = ("chosenCandidates", "topCandidates")


def lay_over(held: dict[str, Any], key: str, value: Any) -> None:
    """Let the last value that says anything stand; of two objects, key by key.

    Args:
        held: What was told so far; changed, but no value in it is.
        key: What the value is about.
        value: Nothing is said by null, ``""``, ``{}`` and ``[]``.
    """
    if isinstance(value, dict):
        before = held.get(key)
        value = {name: inside for name, inside in value.items() if not silent(inside)}
        if value and isinstance(before, dict):
            value = {**before, **value}
    if not silent(value):
        held[key] = value


def citations_in(told: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The citations in a ``citationMetadata``, and all else in it; in their place what is no citation."""
    found: list[dict[str, Any]] = []
    rest: dict[str, Any] = {}
    for key, value in told.items():
        if key in CITATIONS and isinstance(value, list):
            found += [one for one in value if isinstance(one, dict)]
            odd = [one for one in value if not isinstance(one, dict) and one is not None]
            value = odd or None
        if value is not None:
            rest[key] = value
    return found, rest


class Logprobs:
    """Token log probabilities: each chunk has those of its own tokens."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}

    def add(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Fold the ``logprobsResult`` of one chunk; return the lists that are none."""
        odd = {}
        for key, value in told.items():
            if value is None:
                continue
            if key not in JOINED:
                self._held[key] = value
            elif isinstance(value, list):
                self._held.setdefault(key, []).extend(value)
            else:
                odd[key] = value
        return odd

    def logprobs(self) -> dict[str, Any] | None:
        """The log probabilities so far, ``None`` when there were none."""
        return {key: value[:] if key in JOINED else value for key, value in self._held.items()} or None
