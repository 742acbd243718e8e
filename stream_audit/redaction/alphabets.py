"""What may stand in for a character: the others of its kind, of the same size in UTF-8.

Letters become consonants, so that no word of any language comes out by chance.
White space, punctuation, symbols and control characters are kept: they are the
shape of a text. What lies beyond U+FFFF all looks the same, because a sender
may have cut such a character in two and the halves must still fit.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

__all__ = ["DIGITS", "KINDS", "LEADING", "Kind"]

FACE = "\N{GRINNING FACE}"
"""Stands for every character beyond U+FFFF."""
FACE_HIGH, FACE_LOW = "\ud83d", "\ude00"
"""Its two halves."""

_BLOCK = 0x80
_SELECTORS = range(0xFE00, 0xFE10)
"""They only choose how the character before them is drawn."""
_WIDE = (range(0x1200, 0x1380), range(0x3400, 0xA000), range(0xA000, 0xA490), range(0xAC00, 0xD7A4))
"""Scripts of more than a block. Which block a character is from would tell too much of it."""
_FILLERS = {2: "þðø", 3: "字文本"}
"""For a character that is the only one of its kind nearby, by its bytes in UTF-8."""


class Kind(NamedTuple):
    """Characters that are alike."""

    members: str
    """Empty: a character of this kind is kept."""

    def other(self, character: str, draw: int) -> str:
        """A member that is not this one, while there is another."""
        own = self.members.find(character)
        count = len(self.members) - (own >= 0)
        return self.members[(own + 1 + draw % count) % len(self.members)] if count else self.members

    @property
    def sign(self) -> str:
        """The member that can stand for all."""
        return self.members[len(self.members) // 2]


LEADING = Kind("123456789")
"""The first digit of a number that is not 0: JSON lets no number begin with a 0 that is not all of it."""
DIGITS = Kind("0123456789")
_LOWER = Kind("bcdfghjklmnpqrstvwxz")
_UPPER = Kind("BCDFGHJKLMNPQRSTVWXZ")
_KEPT = Kind("")


class _Kinds(dict[str, Kind]):
    """Character to its kind. Filled as characters are met."""

    def __missing__(self, character: str) -> Kind:
        kind = self[character] = _kind(character)
        return kind


KINDS = _Kinds()


def _kind(character: str) -> Kind:
    code = ord(character)
    if code < _BLOCK:
        alphabet = _UPPER if character.isupper() else _LOWER if character.islower() else _KEPT
        return DIGITS if character.isdigit() else alphabet
    if code > 0xFFFF:
        return Kind(FACE)
    if 0xD800 <= code < 0xE000:
        return Kind(FACE_HIGH if code < 0xDC00 else FACE_LOW)
    category = unicodedata.category(character)
    if category[0] not in "LMN" or code in _SELECTORS:
        return _KEPT
    near = next((script for script in _WIDE if code in script), None)
    start = code - code % _BLOCK
    members = _members(near or range(start, start + _BLOCK), category, len(character.encode()))
    return Kind(members if len(members) > 1 else _FILLERS[len(character.encode())])


@cache
def _members(codes: range, category: str, size: int) -> str:
    return "".join(
        other
        for other in map(chr, codes)
        if unicodedata.category(other) == category and len(other.encode()) == size
    )
