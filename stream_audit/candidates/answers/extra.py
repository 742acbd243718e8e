"""Fields that nobody knows, wherever they stand in an answer."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Literal

from stream_audit.model import Varied

__all__ = ["read_extra", "restore"]


def read_extra(
    value: Mapping[str, Any],
    known: Container[str],
    claims: set[str],
    member: Literal["extra", "choices.extra"],
) -> dict[str, Any]:
    """The fields that are not known, and those that a neutral answer keeps as such.

    Args:
        value: The answer, a choice of it, or a message.
        known: Further keys that are read.
        claims: Gets ``member`` where there is an ``extra``, also when it is null.
        member: The member of ``FIELDS`` that they belong to.
    """
    if "extra" in value:
        claims.add(member)
    given = value.get("extra")
    found = {
        name: item
        for name, item in value.items()
        if name not in known and name != "extra" and item is not None
    }
    return {**found, **restore(given)} if isinstance(given, Mapping) else found


def restore(extra: Mapping[str, Any]) -> dict[str, Any]:
    """A neutral ``extra`` with its varied fields, which are plain mappings on the way here.

    The JSON report writes them under ``varied``.
    """
    return {name: _restored(item) for name, item in extra.items()}


def _restored(item: Any) -> Any:
    held = item["varied"] if isinstance(item, Mapping) and item.keys() == {"varied"} else item
    if not isinstance(held, Mapping) or held.keys() != {"first", "last", "count"}:
        return item
    first = held["first"]
    return Varied(tuple(first), held["last"], held["count"]) if isinstance(first, list) else item
