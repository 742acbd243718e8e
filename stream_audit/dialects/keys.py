"""What an object may hold, as a table: each key with a check of its value, for dialects that fix both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Check", "Keys", "anything", "flag", "object_", "text"]

Check = Callable[[Any], bool]
"""Whether a value is of the type that a key takes."""


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


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that one kind of object takes, what names the kind left out. ``null`` is absent."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(init=False)
    """Both."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", {**self.required, **self.optional})

    def take(self, payload: Mapping[str, Any], name: str) -> bool:
        """Whether there is all that must be, and nothing else but what may be, each of its type.

        ``name`` is the key that tells the kind. Most objects are so: they need no closer look.
        """
        checks = self.checks
        for key, value in payload.items():
            if key != name and (value is None or key not in checks or not checks[key](value)):
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
