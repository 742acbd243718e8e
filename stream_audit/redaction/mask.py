"""Another text for a text: of the same length and shape, and the same one wherever the text comes again.

What stands in is drawn from a keyed hash of the whole text. So it tells nothing
about the text but what is kept on purpose, and without the key nobody can
compute the way back, or test a guess.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import shake_256

from stream_audit.redaction.alphabets import DIGITS, KINDS, LEADING

__all__ = ["Mask"]

_TRIES = 16
"""Draws for a text, before two different ones may get the same stand-in."""
_SHORT = 3
"""Letters and digits of a piece of text that only shows its shape."""


class Mask:
    """Gives texts their stand-ins.

    Args:
        key: Keep it secret, or throw it away.

    Example:
        >>> mask = Mask(b"secret")
        >>> mask.of("Dear Jane, 12") == mask.of("Dear Jane, 12"), len(mask.of("Dear Jane, 12"))
        (True, 13)
        >>> mask.said(" the"), mask.said(" a 7")
        (' nnn', ' n 6')
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, text: str) -> str:
        """The stand-in of a name or an id: two that differ get two that differ, while there are any."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._new(text)
        return known

    def said(self, piece: str) -> str:
        """The stand-in of a piece of running text.

        A short one looks like every other of its shape. Otherwise a text that comes letter by letter, or
        word by word, could be read like a cryptogram: by how often each piece comes.
        """
        if len(piece) > 8 * _SHORT or sum(bool(KINDS[one].members) for one in piece) > _SHORT:
            return self.of(piece)
        return self._drawn(piece, None)

    def draw(self, text: str) -> int:
        """A number that nobody can foretell, the same for the same text."""
        return self._draws(text, 0, 1)[0]

    def _new(self, text: str) -> str:
        drawn = ""
        for attempt in range(_TRIES):
            drawn = self._drawn(text, self._draws(text, attempt, len(text)))
            if drawn not in self._taken:
                break
        self._taken.add(drawn)
        return drawn

    def _draws(self, text: str, attempt: int, count: int) -> tuple[int, ...]:
        seed = text.encode("utf-8", "surrogatepass")
        digest = shake_256(b"%b%d:%b" % (self._key, attempt, seed)).digest(4 * count)
        return struct.unpack(f"<{count}I", digest)

    @staticmethod
    def _drawn(text: str, draws: Sequence[int] | None) -> str:
        number = False
        out = []
        for position, character in enumerate(text):
            kind = KINDS[character]
            if kind is DIGITS and not number:
                kind = LEADING if character != "0" else KINDS["."]
            number = "0" <= character <= "9"
            if not kind.members:
                out.append(character)
            else:
                out.append(kind.sign if draws is None else kind.other(character, draws[position]))
        return "".join(out)
