"""VCR cassettes in YAML, one interaction at a time.

The list of interactions is cut at its items before it is read, by their
indentation. So memory holds one, and one that is damaged costs itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stream_audit.recordings.containers.interaction import LONGEST, Damage, Interaction
from stream_audit.recordings.containers.vcr import LOSES, described
from stream_audit.recordings.lines import lines

__all__ = ["LOSES", "interactions", "recognises"]

_START = re.compile(
    rb"(\xef\xbb\xbf)?"
    rb"(?:(?:[ \t]*#|---|%YAML|[\"']?(?:version|recorded_with)[\"']?:)[^\r\n]*\r?\n|[ \t]*\r?\n)*+"
    rb"[\"']?(?:http_)?interactions[\"']?:[ \t]*(?:#[^\r\n]*|\[\][ \t]*)?(?:[\r\n]|$)"
)
_LIST = re.compile(rb"[\"']?(?:http_)?interactions[\"']?:[ \t]*(?:#.*)?")
_TOO_LONG = f"longer than {LONGEST // 2**20} MiB, and skipped"
_AT_ONCE = 1024
"""Lines that are held one by one, at most: each takes more than its bytes."""
_BLANK = re.compile(rb"[ \t]*(?:#|$)")
_ITEM = re.compile(rb"( *)-(?: |$)")
_BESIDE = re.compile(rb"---|\.\.\.|%|[\"']?(?:version|recorded_with|record_mode|metadata|tags)[\"']?:")
"""What stands beside the list in a cassette."""


def recognises(start: bytes) -> bool:
    """Whether a file that begins like this is a cassette in YAML."""
    return _START.match(start) is not None


def interactions(blocks: Iterable[bytes]) -> Iterator[Interaction | Damage]:
    """Every interaction, in order, one that cannot be read as ``lost``; and damage between them."""
    # Only here, because most runs meet no cassette.
    from stream_audit.recordings.containers.yaml_values import Unreadable, YamlReader

    reader = YamlReader()
    number = 0
    for item in _items(blocks):
        if isinstance(item, Damage):
            yield item
            continue
        number += 1
        lost = Interaction(number=number, line=item.line, last_line=item.last_line, lost=True)
        if item.too_long:
            lost.damage.append(Damage("interaction-too-long", _TOO_LONG))
            yield lost
            continue
        try:
            value = reader.read(item.text(), item.line)
        except Unreadable as error:
            cut = error.unended and item.last
            rule = "interaction-cut-off" if cut else "interaction-broken"
            message = "the file ends in the middle of it" if cut else error.message
            lost.damage += [*reader.damage, Damage(rule, message, error.line)]
            yield lost
            continue
        first = value[0] if isinstance(value, list) and value else None
        interaction = described(first, number, item.line, item.last_line)
        interaction.damage[:0] = reader.damage
        yield interaction


@dataclass(slots=True)
class _Item:
    """The lines of one item of the list."""

    line: int
    last_line: int = 0
    last: bool = False
    """The file ends with it."""
    too_long: bool = False
    _parts: list[bytes] = field(default_factory=list)
    _lines: list[bytes] = field(default_factory=list)
    _size: int = 0

    def add(self, text: bytes, number: int) -> None:
        """Take a further line, unless they are too many already."""
        self.last_line = number
        self._size += len(text) + 1
        if self.too_long or self._size > LONGEST:
            self.skip(number)
            return
        self._lines.append(text)
        if len(self._lines) == _AT_ONCE:
            self._join()

    def skip(self, number: int) -> None:
        """Take a line that makes it too long."""
        self.last_line, self.too_long = number, True
        self._parts.clear()
        self._lines.clear()

    def text(self) -> bytes:
        """Its lines, as they stand there."""
        self._join()
        return b"\n".join(self._parts)

    def _join(self) -> None:
        if self._lines:
            self._parts.append(b"\n".join(self._lines))
            self._lines.clear()


class _Items:
    """Cuts the list into its items, told by their dashes; a file may hold several cassettes."""

    def __init__(self) -> None:
        self._listed = False
        """The list has begun."""
        self._dash = self._deeper = b""
        """How an item of it begins, and how its further lines do; empty until the first is met."""
        self._item: _Item | None = None
        self._quiet = False
        """What stands here belongs to no interaction, as it should or as was said."""

    def take(self, text: bytes, number: int) -> Iterator[_Item | Damage]:
        """Take another line; what ends with it."""
        item = self._item
        if item is not None and (text.startswith(self._deeper) or _BLANK.match(text)):
            item.add(text, number)
        elif self._listed and self._dash and (text.startswith(self._dash) or text == self._dash[:-1]):
            yield from self._begin(text, number)
        elif not self._listed or _LIST.fullmatch(text):
            yield from self.end()
            self._listed, self._dash = self._listed or _LIST.fullmatch(text) is not None, b""
        elif _BLANK.match(text):
            pass
        elif not self._dash and (found := _ITEM.match(text)):
            self._dash, self._deeper = found[1] + b"- ", found[1] + b" "
            yield from self._begin(text, number)
        elif _BESIDE.match(text) or (self._quiet and item is None):
            yield from self.end()
            self._quiet = True
        else:
            yield from self.end()
            self._quiet = True
            yield Damage("interaction-broken", "lines that are part of no interaction", number)

    def skip(self, number: int) -> Iterator[Damage]:
        """Take a line that is too long to be held."""
        if self._item is not None:
            self._item.skip(number)
        else:
            yield Damage("interaction-too-long", f"a line {_TOO_LONG}", number)

    def end(self, *, last: bool = False) -> Iterator[_Item]:
        """The item that was being read, if any, is over."""
        if self._item is not None:
            self._item.last = last
            yield self._item
            self._item = None

    def _begin(self, text: bytes, number: int) -> Iterator[_Item]:
        yield from self.end()
        self._quiet = False
        self._item = _Item(number)
        self._item.add(text, number)


def _items(blocks: Iterable[bytes]) -> Iterator[_Item | Damage]:
    cutter = _Items()
    for part in lines(blocks, LONGEST):
        for number, text in enumerate(part.texts, part.first):
            yield from cutter.take(text, number)
        if part.too_long:
            yield from cutter.skip(part.too_long)
    yield from cutter.end(last=True)
