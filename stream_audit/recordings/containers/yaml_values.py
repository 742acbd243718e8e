"""YAML as plain data, in bounded time and memory, whatever it is.

PyYAML only says what stands there; nothing is ever made from a tag. An alias is
the value it names, not a copy, so a few lines cannot become gigabytes. Import
this module only where there is YAML to read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from stream_audit.recordings.containers.base64_text import unpacked
from stream_audit.recordings.containers.interaction import Damage
from stream_audit.recordings.parsing import DEEPEST

__all__ = ["Literal", "Unreadable", "YamlReader"]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser that is written in C, where PyYAML was built with it: some ten times as fast."""

_MOST = 200_000
"""Values of one document, at most."""
_KEPT = 64 * 1024 * 1024
"""Characters of anchored texts that aliases of later documents may name, at most."""
_TAG = "tag:yaml.org,2002:"
_HARMLESS = frozenset(
    _TAG + name
    for name in (
        "str", "int", "float", "bool", "null", "map", "seq", "binary",
        "python/str", "python/unicode", "python/tuple",
    )
)  # fmt: skip
_BINARY = _TAG + "binary"
_TYPED = frozenset(_TAG + name for name in ("int", "float", "bool", "null"))
_WORDS: Mapping[str, Any] = {"": None, "~": None} | {
    word: value
    for name, value in (("true", True), ("false", False), ("null", None))
    for word in (name, name.capitalize(), name.upper())
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,19}")
_REAL = re.compile(r"[-+]?(?:[0-9]{1,40}\.[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?")
_OPEN: Any = object()
"""Stands for the value of an anchor that is still being read."""
_REFUSED = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not take; among it bytes that are no UTF-8, as Python keeps them."""
_SHIELD = 0x10F000
"""A private place where no text is, for them to stand in while they are read."""


class Literal(str):
    """A text whose lines are lines of the file."""

    __slots__ = ("line",)
    line: int
    """The file line of its first line."""


class Unreadable(Exception):
    """The document cannot be read. Never leaves this folder.

    Args:
        message: Why, as a clause.
        line: Where in the file.
        unended: It ends in the middle.
    """

    def __init__(self, message: str, line: int, *, unended: bool = False) -> None:
        super().__init__(message)
        self.message, self.line, self.unended = message, line, unended


class YamlReader:
    """Reads documents that are parts of one file: an alias may name what stands in an earlier one."""

    def __init__(self) -> None:
        self._anchors: dict[str, Any] = {}
        self._kept = 0
        self._first = 1
        self._count = 0
        self._events: Any = iter(())
        self._shielded: dict[int, str] = {}
        self.damage: list[Damage] = []
        """What was met in the document read last, and kept as far as possible."""

    def read(self, text: bytes, first_line: int) -> Any:
        """The value of a document.

        Args:
            text: One document.
            first_line: The file line on which it begins.

        Raises:
            Unreadable: It is no YAML, or more than a recording could be.
        """
        self.damage, self._first, self._shielded = [], first_line, {}
        try:
            return self._document(text)
        except yaml.reader.ReaderError:
            return self._document(self._shield(text))

    def _document(self, text: bytes | str) -> Any:
        self._count = 0
        self._events = yaml.parse(text, Loader=LOADER)
        try:
            while not isinstance(event := next(self._events), yaml.NodeEvent):
                if isinstance(event, yaml.StreamEndEvent):
                    raise Unreadable("holds nothing", self._first)
            value = self._value(event, 0)
            while not isinstance(next(self._events), yaml.DocumentEndEvent):
                pass
            return value
        except (yaml.error.MarkedYAMLError, ValueError, ArithmeticError) as error:
            raise self._unreadable(error, text) from error
        finally:
            self._events.close()

    def _unreadable(self, error: Exception, text: bytes | str) -> Unreadable:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
        last = text.count(b"\n") if isinstance(text, bytes) else text.count("\n")
        line = last if mark is None else min(mark.line, last)
        unended = "end of stream" in said or "stream end" in said or (mark is not None and mark.line > last)
        return Unreadable(f"not YAML: {said}", self._first + line, unended=unended)

    def _shield(self, text: bytes) -> str:
        """The document with everything replaced that YAML refuses, and a note of it."""
        string = text.decode("utf-8", "surrogateescape")
        refused = sorted(set(_REFUSED.findall(string)))
        places = [_SHIELD + index for index in range(len(refused))]
        if any(chr(place) in string for place in places):
            raise Unreadable("holds bytes that are no UTF-8", self._first)
        self._shielded = dict(zip(places, refused, strict=True))
        match = _REFUSED.search(string)
        line = self._first + string.count("\n", 0, match.start() if match else 0)
        message = "holds bytes that are no UTF-8, or characters that YAML does not take"
        self.damage.append(Damage("invalid-utf8", message, line))
        return string.translate(dict(zip(map(ord, refused), map(chr, places), strict=True)))

    # ---- values

    def _value(self, event: Any, depth: int) -> Any:
        """The value that begins with an event."""
        self._count += 1
        line = self._first + event.start_mark.line
        if depth > DEEPEST or self._count > _MOST:
            what = (
                f"nested more than {DEEPEST} levels deep"
                if depth > DEEPEST
                else f"more than {_MOST:,} values"
            )
            raise Unreadable(what, line)
        if isinstance(event, yaml.AliasEvent):
            return self._named(str(event.anchor), line)
        if event.anchor:
            self._anchors[event.anchor] = _OPEN
        if event.tag is not None and event.tag not in _HARMLESS:
            self._refuse(event.tag, line)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._mapping(depth, line)
        if event.anchor:
            self._anchors[event.anchor] = value
            self._kept += len(value) if isinstance(value, str | bytes) else 1
            if self._kept > _KEPT:
                self._anchors, self._kept = {}, 0
        return value

    def _named(self, anchor: str, line: int) -> Any:
        value = self._anchors.get(anchor, self)
        if value is _OPEN:
            raise Unreadable("an alias to what it stands in", line)
        if value is self:
            raise Unreadable("an alias to what is not known here", line)
        return value

    def _refuse(self, tag: str, line: int) -> None:
        if not any(one.rule == "yaml-tag-refused" for one in self.damage):
            name = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
            message = f"the tag {name[:80]} is not followed; what it stands before was read as plain data"
            self.damage.append(Damage("yaml-tag-refused", message, line))

    def _sequence(self, depth: int) -> list[Any]:
        values = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, depth + 1))
        return values

    def _mapping(self, depth: int, line: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            if isinstance(key, list | dict):
                raise Unreadable("a key that is a list or a mapping", line)
            name = key if isinstance(key, str) else str(key)
            if name in values:
                message = f"the key {name[:40]!r} stands there twice; the second counts"
                self.damage.append(Damage("interaction-broken", message, line))
            values[name] = self._value(next(self._events), depth + 1)
        return values

    def _scalar(self, event: Any, line: int) -> Any:
        text: str = event.value
        if self._shielded:
            text = text.translate(self._shielded)
        if event.tag == _BINARY:
            data, complaint = unpacked(text)
            if complaint is not None:
                self.damage.append(Damage("body-not-decoded", complaint, line))
            return data
        if event.style == "|" and event.tag is None:
            literal = Literal(text)
            literal.line = line + 1
            return literal
        if not (event.implicit[0] and event.tag is None) and event.tag not in _TYPED:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _REAL.fullmatch(text) else text
