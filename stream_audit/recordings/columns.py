"""From pieces of lines, alike but for some values, to these values: one decoding for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import orjson

__all__ = ["MOST", "Kind", "columns"]

Kind = Literal["text", "padding", "clock", "total"]
"""What a value is, and so what it may be."""
MOST = 5
"""Slots that a template may have."""
_RARE = b"314159265358979323"
_MARKS = tuple(int(_RARE + b"%d" % at) for at in range(1, 2 * MOST, 2))
"""Stand for what is constant between two values: the first for all between two lines, each other for a gap.
They are odd, so no float equals them."""
_MOMENT = b"0123456789-:.+TZ"
"""The bytes of what clocks tell."""


def columns(cut: list[bytes], gaps: Sequence[bytes], kinds: Sequence[Kind]) -> list[list[Any]] | None:
    """The values of each slot of all pieces; ``None`` if one of them does not fit.

    All are decoded as one list. Numbers that occur nowhere else stand in it for what is constant, so
    each piece fits exactly if they are all where they must be.
    """
    width = 2 * len(kinds)
    if width == 2:
        values = _strings(cut)
        found = [values]
    elif _RARE in b"".join(cut):
        return None
    else:
        joined = (b",%d," % _MARKS[0]).join(cut)
        for gap, mark in zip(gaps, _MARKS[1:], strict=False):
            joined = (b",%d," % mark).join(joined.split(gap))  # Half the time of replacing.
        values = _list(b"[" + joined + b"]")
        if len(values) != width * len(cut) - 1:
            return None
        values.append(_MARKS[0])
        for at in range(1, width, 2):
            if values[at::width].count(_MARKS[(at + 1) % width // 2]) != len(cut):
                return None
        found = [values[at::width] for at in range(0, width, 2)]
    fits = all(_FITS[kind](column) for kind, column in zip(kinds, found, strict=True))
    return found if values and fits else None


def _strings(quoted: list[bytes]) -> list[Any]:
    r"""Decode JSON strings all at once; empty when that cannot be.

    A stray quote inside would make more of them. Only a backslash in front of a closing quote could
    join two.
    """
    joined = b",".join(quoted)
    if len(quoted) > 1 and (b'\\",' in joined or joined.endswith(b'\\"')):
        return []
    values = _list(b"[" + joined + b"]")
    return values if len(values) == len(quoted) else []


def _list(text: bytes) -> list[Any]:
    """A JSON list; empty when the text is none."""
    try:
        values: list[Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    return values


def _are_texts(values: list[Any]) -> bool:
    """Whether all are strings; joining them is the quickest way to learn it."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def _are_padding(values: list[Any]) -> bool:
    """Letters and digits hide nothing."""
    if not _are_texts(values):
        return False
    joined = "".join(values).encode()
    return not joined or joined.isalnum()


def _are_clocks(values: list[Any]) -> bool:
    """Whether each is made of what clocks tell; an empty clock is none."""
    if not _are_texts(values) or "" in values:
        return False
    return not "".join(values).encode().translate(None, _MOMENT)


def _are_totals(values: list[Any]) -> bool:
    """A count that is a number and not zero replaces the one before."""
    return set(map(type, values)) == {int} and min(values) > 0


_FITS: Mapping[Kind, Callable[[list[Any]], bool]] = {
    "text": _are_texts,
    "padding": _are_padding,
    "clock": _are_clocks,
    "total": _are_totals,
}
