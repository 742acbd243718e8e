"""What an object may hold, as a table: each key with a check of its value, for dialects that fix both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["Check", "Keys", "anything", "flag", "object_", "text"]

Check = Callable[[Any], bool]
"""Whether a value is of the type that a key takes."""

_NONE: Mapping[str, Check] = MappingProxyType({})


def text(value: Any) -> bool:
    """Any text, the empty one too."""
    return isinstance(value, str)


def object_(value: Any) -> bool:
    """Any JSON object."""
    return isinstance(value, dict)


def flag(value: Any) -> bool:
    """True or false, not a number."""
    return isinstance(value, bool)


def anything(_: Any) -> bool:
    """Any JSON value."""
    return True


class Keys:
    """The keys that one kind of object takes, what names the kind left out. ``null`` is absent."""

    __slots__ = ("known", "optional", "required")

    def __init__(self, required: Mapping[str, Check] = _NONE, optional: Mapping[str, Check] = _NONE) -> None:
        self.required = required
        self.optional = optional
        self.known = {**required, **optional}

    def fit(self, payload: Mapping[str, Any], name: str) -> bool:
        """True when a payload holds all that is due and, but for ``name``, only known keys, each of its type.

        Nearly every payload does, and is told in one pass; any other, one with a ``null`` too, is for
        ``refused`` and ``misfits`` to look at.
        """
        known = self.known
        for key, value in payload.items():
            check = known.get(key)
            if check is None:
                if key != name:
                    return False
            elif value is None or not check(value):
                return False
        return self.required.keys() <= payload.keys()

    def refused(self, payload: Mapping[str, Any]) -> str | None:
        """The first required key that is absent or of a wrong type, ``None`` when all are right."""
        for name, allowed in self.required.items():
            value = payload.get(name)
            if value is None or not allowed(value):
                return name
        return None

    def misfits(self, payload: Mapping[str, Any]) -> Iterator[str]:
        """The optional keys of a wrong type."""
        for name, allowed in self.optional.items():
            value = payload.get(name)
            if value is not None and not allowed(value):
                yield name
