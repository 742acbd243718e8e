"""Two JSON values in, the smallest places that differ out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.model import Difference

__all__ = ["compare_values", "differing", "same_arguments"]


def compare_values(path: str, field: str, mine: Any, theirs: Any) -> Iterator[Difference]:
    """Compare two JSON values, and yield the smallest places that differ.

    Args:
        path: Where the values stand in the response.
        field: The member of ``FIELDS`` that they belong to.
        mine: The reference's.
        theirs: The candidate's.
    """
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        for key in [*mine, *(key for key in theirs if key not in mine)]:
            yield from compare_values(f"{path}.{key}", field, mine.get(key), theirs.get(key))
    elif isinstance(mine, list | tuple) and isinstance(theirs, list | tuple):
        for i in range(max(len(mine), len(theirs))):
            left = mine[i] if i < len(mine) else None
            yield from compare_values(f"{path}[{i}]", field, left, theirs[i] if i < len(theirs) else None)
    elif not _equal(mine, theirs):
        yield differing(path, field, mine, theirs)


def differing(path: str, field: str, mine: Any, theirs: Any) -> Difference:
    """One difference; ``None`` on a side is nothing there."""
    kind: Any = "missing" if theirs is None else "extra" if mine is None else "changed"
    return Difference(kind=kind, path=path, field=field, reference=mine, got=theirs)


def same_arguments(one: str, other: str) -> bool:
    """True when both argument texts mean the same call: equal text, equal JSON, or both empty.

    ``1``, ``1.0`` and ``true`` are three different values, and a key given twice is not given once.
    """
    if one == other:
        return True
    try:
        return _canonical(one or "{}") == _canonical(other or "{}")
    except (ValueError, RecursionError):
        return False


def _canonical(text: str) -> str:
    value = json.loads(text, object_pairs_hook=lambda pairs: {"object": sorted(pairs, key=lambda p: p[0])})
    return json.dumps(value)


def _equal(mine: Any, theirs: Any) -> bool:
    if mine is None or theirs is None:
        return _says_nothing(mine) and _says_nothing(theirs)
    if isinstance(mine, bool) is not isinstance(theirs, bool):
        return False
    return bool(mine == theirs) or (mine != mine and theirs != theirs)  # two NaN are the same answer


def _says_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping) and all(item is None for item in value.values()))
