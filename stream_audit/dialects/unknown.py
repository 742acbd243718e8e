"""Keep the fields that no dialect rule knows, so that nothing recorded is lost.

Nobody knows how such a field is meant to be folded. One that always says the
same is stored as that value; one that changes is stored as what was seen, and
in bounded memory, because some servers put a fresh value on every chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
        self._seen: dict[str, _Runs] = {}

    def add(self, key: str, value: Any) -> bool:
        """Take one field of one chunk. ``null`` and padding say nothing and are dropped.

        The value is kept, not copied: it must not be changed afterwards.

        Returns:
            Whether the field said something else before.
        """
        if value is None or key in PADDING:
            return False
        runs = self._seen.get(key)
        if runs is None:
            self._seen[key] = _Runs(value)
            return False
        return runs.add(value)

    def keep(self, fields: Mapping[str, Any], known: Collection[str]) -> None:
        """Take all fields but the known ones."""
        for key, value in fields.items():
            if key not in known:
                self.add(key, value)

    def adder(self, key: str) -> Callable[[Any], object]:
        """``add`` for a field that was seen before, for whom it comes with every chunk."""
        return self._seen[key].add

    def fields(self) -> dict[str, Any]:
        """What was seen so far: a field's plain value, or ``Varied`` where it changed. A new dict."""
        return {key: runs.value() for key, runs in self._seen.items()}


class _Runs:
    """The runs of equal values of one field."""

    __slots__ = ("count", "first", "last")

    def __init__(self, value: Any) -> None:
        self.first: list[Any] = [value]
        self.last: Any = value
        self.count = 1

    def add(self, value: Any) -> bool:
        """Take the next value; whether it differs from the last."""
        if value is None:
            return False
        try:
            if value == self.last:
                return False
        except RecursionError:
            pass  # What nests too deeply to be compared has changed: better kept twice.
        self.last = value
        self.count += 1
        if self.count <= KEPT:
            self.first.append(value)
        return True

    def value(self) -> Any:
        return self.last if self.count == 1 else Varied(tuple(self.first), self.last, self.count)
