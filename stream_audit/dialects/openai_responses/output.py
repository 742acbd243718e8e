"""The items of one response: which of them an event or an entry of a snapshot is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.openai_responses.findings import Findings
from stream_audit.dialects.openai_responses.item import Item
from stream_audit.dialects.openai_responses.values import differ

__all__ = ["Output"]


class Output:
    """The items that were opened so far.

    Args:
        findings: What the items bring their findings to.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._under: dict[int, list[Item]] = {}
        """By ``output_index``, in the order of opening."""
        self._items: list[Item] | None = []
        """All in order; ``None`` when that has to be found out anew."""
        self.last: Item | None = None
        """Opened last."""

    def items(self) -> list[Item]:
        """All items in order. The same list until another is opened: not to be changed."""
        if self._items is None:
            self._items = [item for index in sorted(self._under) for item in self._under[index]]
        return self._items

    def free(self) -> int:
        """The next index that no item has."""
        return max(self._under, default=-1) + 1

    def open(self, index: int) -> Item:
        """Open an item, behind all that have the same index."""
        self.last = item = Item(index, self._findings)
        self._under.setdefault(index, []).append(item)
        self._items = None
        return item

    def find(self, index: int | None, identity: str | None) -> Item | None:
        """The item that an event is about, ``None`` when it is not there."""
        if index is not None:
            under = self._under.get(index, [])
            if len(under) < 2:
                return under[0] if under else None
            return next((item for item in under if item.fields.get("id") == identity), under[-1])
        if identity is None:
            return self.last
        return next((item for item in self.items() if item.fields.get("id") == identity), self.last)

    def match(self, entries: Sequence[dict[str, Any]]) -> Sequence[Item | None]:
        """The item that each entry of a snapshot's output is; ``None`` where it was never streamed.

        ``items()`` itself when the entries are all items in order, as they nearly always are.
        """
        items = self.items()
        if _in_order(items, entries):
            return items
        found: list[Item | None] = [None] * len(entries)
        taken: set[int] = set()

        def pair(at: int, choices: Sequence[Item]) -> None:
            kind = entries[at].get("type")
            for one in choices if found[at] is None else ():
                if id(one) not in taken and not differ(one.kind, kind):
                    found[at] = one
                    taken.add(id(one))
                    return

        for key in ("id", "call_id"):
            named = _by_name(items, key)
            for at, entry in enumerate(entries):
                pair(at, named.get(_name(entry.get(key)), ()))
        for at in range(len(entries)):
            pair(at, [items[at]] if len(items) == len(entries) else self._under.get(at, []))
        alike = _by_name(items, "type")
        for at, entry in enumerate(entries):
            pair(at, alike.get(_name(entry.get("type")), ()))
        return found


def _in_order(items: Sequence[Item], entries: Sequence[dict[str, Any]]) -> bool:
    """Whether the entries are the items one by one, as ids tell that none has twice."""
    names: set[str] = set()
    for item, entry in zip(items, entries, strict=False):
        name = _name(entry.get("id"))
        if item.fields.get("id") != name or differ(item.kind, entry.get("type")):
            return False
        names.add(name)
    return len(names) == len(items) == len(entries) and "" not in names


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _by_name(items: Sequence[Item], key: str) -> dict[str, list[Item]]:
    """The items by what names them under a key; those that nothing names are left out."""
    named: dict[str, list[Item]] = {}
    for item in items:
        if name := _name(item.fields.get(key)):
            named.setdefault(name, []).append(item)
    return named
