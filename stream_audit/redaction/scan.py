"""The tokens of a JSON text and where each stands, whatever is wrong with the text.

Nothing is decoded and nothing is refused: a text that is cut off, or is no JSON
at all, has tokens too. What is between them (commas, brackets, white space) is
nobody's secret.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

__all__ = ["Box", "Place", "Token", "scan"]

_TOKEN = re.compile(
    r'"(?P<string>[^"\\]*(?:\\.[^"\\]*)*)(?P<closed>"?)'
    r"|(?P<mark>[{}\[\]:,])"
    r"|(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?=[\s,\]}:\"]|\Z))"
    r"|(?P<word>[^\s{}\[\]:,\"]+)",
    re.DOTALL,
)
_APART = frozenset(
    (
        "type", "index", "output_index", "content_index", "summary_index", "contentBlockIndex",
        "annotation_index", "command_index", "stream",
    )
)  # fmt: skip
"""Fields that tell one object from others at the same place."""
_MARKS = _APART | {"id", "chunk", "end", "format", "usage", "metrics"}
"""Fields of which an object remembers what they say."""
_DEEPEST = 64
"""Levels of a place; what lies deeper is told apart by these."""

Place = tuple[object, ...]
"""Where a value stands: the names of the fields on the way, and what tells the objects on the way apart."""


@dataclass(slots=True, eq=False)
class Box:
    """An object or a list."""

    parent: Box | None
    name: str
    """The field it stands in; of what stands in a list: the list's field."""
    position: int
    """Its place in a list; -1 in an object."""
    listed: bool
    marks: dict[str, str] = field(default_factory=dict)
    """What its ``_MARKS`` say, as written."""
    count: int = 0
    """Entries so far, of a list."""
    _place: Place | None = None

    @property
    def place(self) -> Place:
        """Only to be asked for once the text was scanned: what tells objects apart may come last."""
        if self._place is None:
            boxes = [box for box in self.around(_DEEPEST) if box._place is None]
            for box in reversed(boxes):
                before = (box.parent and box.parent._place) or ()
                box._place = (*before[-_DEEPEST:], *box._told())
        assert self._place is not None  # just set
        return self._place

    def _told(self) -> Place:
        told = tuple((name, mark) for name, mark in self.marks.items() if name in _APART)
        apart = not self.name or any(name.endswith(("index", "Index")) for name, _ in told)
        at = () if apart else (self.position,)
        return (self.name, *at, *told)

    def around(self, most: int = sys.maxsize) -> Iterator[Box]:
        """It and what it stands in, from the inside out; no more than ``most``."""
        box: Box | None = self
        while box is not None and most:
            yield box
            box, most = box.parent, most - 1


class Token(NamedTuple):
    """A piece of the text that says something."""

    kind: Literal["key", "string", "number", "word"]
    start: int
    """Of a string: behind the quote that opens it."""
    end: int
    box: Box
    name: str
    """The field it stands in; of what stands in a list: the list's field."""
    position: int
    """Its place in a list; -1 in an object."""


class _Scanner:
    def __init__(self) -> None:
        self.box = Box(None, "", -1, listed=True)
        self.tokens: list[Token] = []
        self._name = ""
        self._named = False
        """A key was read and no value for it."""

    def value(self, kind: Literal["string", "number", "word"], start: int, end: int, written: str) -> None:
        box = self.box
        name = box.name if box.listed else self._name
        position = box.count if box.listed else -1
        self.tokens.append(Token(kind, start, end, box, name, position))
        if not box.listed and name in _MARKS:
            box.marks[name] = written

    def key(self, start: int, end: int, name: str) -> None:
        self.tokens.append(Token("key", start, end, self.box, name, -1))
        self._name, self._named = name, True

    def mark(self, mark: str) -> None:
        box = self.box
        if mark in "{[":
            name = box.name if box.listed else self._name
            if not box.listed and name in _MARKS:
                box.marks[name] = mark
            self.box = Box(box, name, box.count if box.listed else -1, listed=mark == "[")
            self._named = False
        elif mark in "}]":
            self.box = box.parent or box
            self._named = False
        elif mark == ",":
            box.count += 1
            self._named = False

    @property
    def expects_key(self) -> bool:
        return not self.box.listed and not self._named


def scan(text: str) -> list[Token]:
    """The tokens of a text, in order.

    Example:
        >>> [(token.kind, token.name) for token in scan('{"a": [1, "x"')]
        [('key', 'a'), ('number', 'a'), ('string', 'a')]
    """
    scanner = _Scanner()
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "mark":
            scanner.mark(match[0])
        elif kind == "closed":
            start, end = match.span("string")
            if scanner.expects_key and match["closed"]:
                scanner.key(start, end, match["string"])
            else:
                scanner.value("string", start, end, match[0])
        else:
            scanner.value("number" if kind == "number" else "word", *match.span(), match[0])
    return scanner.tokens
