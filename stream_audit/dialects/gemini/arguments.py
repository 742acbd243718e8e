"""The arguments of one function call: sent whole, or leaf by leaf, each leaf under its JSON path."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.gemini.paths import Step, steps
from stream_audit.dialects.json_text import compact_json
from stream_audit.dialects.text import Text, heal

__all__ = ["Arguments"]

DEEPEST = 256
"""Levels of arguments sent whole that leaves can still be laid into."""

SKIPPED = 64
"""Places of a list that a path may leave out. What stands there has no leaves: it cannot be streamed."""


class Arguments:
    """An object in the making."""

    __slots__ = ("_held", "_owned", "_path", "_tree")

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}
        """Texts that were streamed stand in it as ``Text``."""
        self._owned = True
        """It was built here; otherwise it is as the stream had it and is not to be touched."""
        self._path = ""
        self._held = Text()
        """The text under ``_path``, the last one streamed."""

    def replace(self, args: dict[str, Any]) -> None:
        """Take arguments sent whole. An empty object says nothing against those so far."""
        if args:
            self._tree, self._owned, self._path = args, False, ""

    def lay(self, path: str, value: Any) -> bool:
        """Lay a leaf to its place; more of a text goes behind it. Whether the path names such a place."""
        if isinstance(value, str) and path == self._path:
            self._held.append(value)
            self._held.compact()
            return True
        found = steps(path)
        if found is None or not self._fits(found) or not self._own():
            return False
        self._path = ""
        *way, last = found
        node: Any = self._tree
        for step, following in zip(way, found[1:], strict=True):
            node = _child(node, step, following)
        if isinstance(last, int):
            node.extend([None] * (last + 1 - len(node)))
        if isinstance(value, str):
            self._path, self._held = path, _text(_at(node, last))
            self._held.append(value)
            value = self._held
        node[last] = value
        return True

    def value(self) -> dict[str, Any]:
        """The arguments so far; they do not change with further folding."""
        shown: dict[str, Any] = _shown(self._tree) if self._owned else self._tree
        return shown

    def text(self) -> str | None:
        """Their compact JSON, empty for none; ``None`` when they nest too deeply to be written."""
        value = self.value()
        return compact_json(value) if value else ""

    def _fits(self, found: tuple[Step, ...]) -> bool:
        """Whether every step leads into an object or list of its kind, or to where none is yet."""
        node: Any = self._tree
        for step in found:
            if node is not None and not isinstance(node, list if isinstance(step, int) else dict):
                return False
            if isinstance(step, int) and step > len(node or ()) + SKIPPED:
                return False
            node = None if node is None else _at(node, step)
        return True

    def _own(self) -> bool:
        """Copy what the stream had, before it is changed."""
        if not self._owned:
            try:
                self._tree = _shown(self._tree)
            except RecursionError:
                return False
            self._owned = True
        return True


def _at(node: Any, step: Step) -> Any:
    """What stands at a step of an object or list; ``None`` when nothing does."""
    if isinstance(step, int):
        return node[step] if step < len(node) else None
    return node.get(step)


def _child(node: Any, step: Step, following: Step) -> Any:
    """The object or list at a step, made when there is none."""
    child = _at(node, step)
    if child is None:
        child = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            node.extend([None] * (step + 1 - len(node)))
        node[step] = child
    return child


def _text(held: Any) -> Text:
    """The growing text that goes on with what stands there, if that is one."""
    if isinstance(held, Text):
        return held
    text = Text()
    if isinstance(held, str):
        text.append(held)
    return text


def _shown(value: Any, levels: int = DEEPEST) -> Any:
    """A copy in plain values.

    Raises:
        RecursionError: It nests deeper than so many levels.
    """
    if isinstance(value, dict | list) and not levels:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _shown(inside, levels - 1) for key, inside in value.items()}
    if isinstance(value, list):
        return [_shown(inside, levels - 1) for inside in value]
    return heal(value.joined()) if isinstance(value, Text) else value
