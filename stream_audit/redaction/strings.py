r"""The characters of a JSON string as it is written, and the same string with other characters in its place.

A character is written as itself or as an escape. Whatever stands in for it is
written the same way, so that a string keeps its size and a reader that trips
over ``\u00e9`` still does.
"""

from __future__ import annotations

import re

__all__ = ["read", "restored", "rewrite"]

_UNIT = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_BYTE = re.compile("[\udc80-\udcff]")
"""A byte that is no UTF-8, as ``surrogateescape`` reads it. What a sender means is written as an escape."""


def read(written: str) -> str:
    r"""The characters that a string's inside stands for, one for each escape: a pair of halves stays two.

    Example:
        >>> read(r"caf\u00e9\n")
        'café\n'
    """
    if "\\" not in written:
        return written
    return "".join(map(_character, _UNIT.findall(written)))


def rewrite(written: str, characters: str) -> str:
    r"""Write other characters as the ones before them were written.

    Args:
        written: The inside of a string.
        characters: As many as ``read`` gives for it. Only letters and digits may have become others.

    Example:
        >>> rewrite(r"caf\u00e9\n", "xyzö\n")
        'xyz\\u00f6\\n'
    """
    if "\\" in written:
        characters = "".join(map(_written, _UNIT.findall(written), characters))
    return restored(written, characters)


def restored(written: str, characters: str) -> str:
    """The same with the bytes that are no UTF-8 where they were."""
    if written.isascii() or _BYTE.search(written) is None:
        return characters
    return "".join(one if _BYTE.match(one) else other for one, other in zip(written, characters, strict=True))


def _character(unit: str) -> str:
    if len(unit) == 1:
        return unit
    return chr(int(unit[2:], 16)) if len(unit) == 6 else _SHORT.get(unit[1], unit[1])


def _written(unit: str, character: str) -> str:
    if len(unit) == 1:
        return character
    if len(unit) == 2 or _character(unit) == character:
        return unit
    digits = f"{ord(character):04x}"
    return f"\\u{digits.upper() if any(map(str.isupper, unit[2:])) else digits}"
