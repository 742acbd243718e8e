"""Running text, whole or in pieces: words are replaced, the marks in it that folds look for are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stream_audit.redaction.mask import Mask

__all__ = ["Prose"]

TAGS = tuple(
    f"<{slash}{name}>"
    for name in ("think", "thinking", "thought", "reasoning", "tool_call")
    for slash in ("", "/")
)
"""Marks that stay, also when they are cut in two."""


class Prose:
    """Replaces what texts say.

    Args:
        mask: Gives texts their stand-ins.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._needles: dict[str, str] = {tag: tag for tag in TAGS}
        self._marks = _any_of(self._needles)

    def find(self, needle: str) -> None:
        """Take note of a text that is looked for in others: it must be found in their stand-ins too."""
        if needle and needle not in self._needles:
            self._needles[needle] = self._mask.of(needle)
            self._marks = _any_of(self._needles)

    def replace(self, text: str, begun: str) -> tuple[str, str]:
        """Replace one piece.

        Args:
            text: The piece.
            begun: The start of a tag with which the piece before it ended.

        Returns:
            Its stand-in; the start of a tag with which it ends.
        """
        kept, begun = _continued(text, begun)
        ending = "" if kept == len(text) else _ending(text, kept)
        inner = text[kept : len(text) - len(ending)]
        out = [
            self._needles[part] if part in self._needles else self._mask.said(part)
            for part in self._marks.split(inner)
        ]
        return text[:kept] + "".join(out) + ending, begun or ending


def _any_of(needles: Iterable[str]) -> re.Pattern[str]:
    return re.compile("(" + "|".join(map(re.escape, sorted(needles, key=len, reverse=True))) + ")")


def _continued(text: str, begun: str) -> tuple[int, str]:
    """How many characters go on with a tag that was begun, and what of it is begun behind them."""
    for tag in TAGS if begun else ():
        rest = tag[len(begun) :]
        if tag.startswith(begun) and text.startswith(rest):
            return len(rest), ""
    if begun and any(tag.startswith(begun + text) for tag in TAGS):
        return len(text), begun + text
    return 0, ""


def _ending(text: str, start: int) -> str:
    """The start of a tag with which a text ends."""
    at = text.rfind("<", start)
    ending = text[at:] if at >= 0 else ""
    return ending if any(tag.startswith(ending) and tag != ending for tag in TAGS) else ""
