"""Keep the fields that no dialect rule knows, so that nothing recorded is lost.

Nobody knows how such a field is meant to be folded. One that always says the
same is stored as that value; one that changes is stored as what was seen, and
in bounded memory, because some servers put a fresh value on every chunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Varied

__all__ = ["Unknown"]

PADDING = frozenset(("obfuscation", "p"))
"""Filler against traffic analysis: random by design, so it says nothing."""

KEPT = 8
"""How many runs of equal values are kept beside the last one."""


class Unknown:
    """The unknown fields of one level (response, choice, message, tool call) of one stream."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[str, Varied] = {}

    def add(self, key: str, value: Any) -> None:
        """Take one field of one chunk. ``null`` and padding say nothing and are dropped.

        The value is kept, not copied: it must not be changed afterwards.
        """
        if value is None or key in PADDING:
            return
        seen = self._seen.get(key)
        if seen is None:
            self._seen[key] = Varied((value,), value, 1)
        elif seen.last != value:
            first = seen.first if len(seen.first) == KEPT else (*seen.first, value)
            self._seen[key] = Varied(first, value, seen.count + 1)

    def merge(self, fields: Mapping[str, Any]) -> None:
        """Take every field of ``fields``, in order."""
        for key, value in fields.items():
            self.add(key, value)

    def fields(self) -> dict[str, Any]:
        """What was seen so far: a field's plain value, or ``Varied`` where it changed. A new dict."""
        return {key: seen.last if seen.count == 1 else seen for key, seen in self._seen.items()}
