"""What values in snapshots say beside others: whether another name, and what remains of one before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.values import silent

__all__ = ["differ", "lay", "over", "replaced"]


def differ(one: Any, other: Any) -> bool:
    """Whether both are names, and not the same."""
    return isinstance(one, str) and isinstance(other, str) and one != "" and other != "" and one != other


def lay(held: dict[str, Any], key: str, value: Any) -> None:
    """Lay a value over the one before: what says nothing takes no place of what says something."""
    if value or key not in held or not silent(value) or silent(held[key]):
        held[key] = value


def replaced(inner: Any, key: str, value: Any) -> dict[str, Any]:
    """An object, a new one, with another value under a key."""
    return {**(inner if isinstance(inner, dict) else {}), key: value}


def over(shown: Any, added: Mapping[int, Any]) -> list[Any]:
    """What events added by position, over a snapshot's list."""
    positions = dict(enumerate(shown)) if isinstance(shown, list) else {}
    positions |= added
    return [positions[at] for at in sorted(positions)]
