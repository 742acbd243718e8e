"""A usage object in the making, which knows where each of its values comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stream_audit.model.trail import Award, Key

__all__ = ["Held"]

_Tree = dict[str | int, Any]
"""Key to an award, or to a further tree."""


class Held:
    """Awards by key, nested as the usage object is. At one place there is either a value or a sub-object."""

    def __init__(self) -> None:
        self._tree: _Tree | None = None

    def get(self, key: Key) -> Award | None:
        """The award at ``key``, ``None`` where there is none."""
        node: Any = self._tree
        for step in key:
            node = node.get(step) if isinstance(node, dict) else None
        return node if isinstance(node, Award) else None

    def holds(self, key: Key) -> bool:
        """Whether anything stands at ``key``: a value, or a sub-object."""
        node: Any = self._tree
        for step in key:
            node = node.get(step) if isinstance(node, dict) else None
        return node is not None

    def put(self, award: Award) -> None:
        """Set what stands at the award's key; an empty object leaves a sub-object there as it is."""
        tree = self._tree = {} if self._tree is None else self._tree
        if not award.key:
            return
        *way, last = award.key
        for step in way:
            further = tree.get(step)
            if not isinstance(further, dict):
                further = tree[step] = {}
            tree = further
        if award.value != {}:
            tree[last] = award
        elif not isinstance(tree.get(last), dict):
            tree[last] = {}

    def clear(self) -> None:
        """Forget every value, but not that there was a report."""
        self._tree = {}

    def awards(self) -> list[Award]:
        """Every award, in the order of the object."""
        return list(_awards(self._tree or {}))

    def raw(self) -> dict[str, Any] | None:
        """The usage object, ``None`` when nothing was ever put."""
        return None if self._tree is None else _values(self._tree)


def _awards(tree: _Tree) -> Iterator[Award]:
    for node in tree.values():
        if isinstance(node, Award):
            yield node
        else:
            yield from _awards(node)


def _values(tree: _Tree) -> dict[Any, Any]:
    return {key: node.value if isinstance(node, Award) else _values(node) for key, node in tree.items()}
