"""Collect streamed text in bounded memory, and join it, healing characters that the sender cut in two."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Fragments", "Text", "join_text"]

FULL = 1024
"""From this many parts on, ``compact`` joins them to one."""


def join_text(parts: Iterable[str]) -> str:
    """Concatenate text deltas.

    A sender that cuts its text by UTF-16 units can leave half an emoji at the
    end of one delta and the other half at the start of the next. Joined, the
    two halves are the one character they were. A half without its other half
    is kept as it came.
    """
    text = "".join(parts)
    try:
        text.encode()  # the cheapest way to learn whether there is any half character at all
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


class Text:
    """The deltas of one text. ``append`` is the list's own method: nothing is faster."""

    __slots__ = ("append", "blocks", "parts")

    def __init__(self) -> None:
        self.blocks: list[str] = []
        """Deltas joined earlier, in order."""
        self.parts: list[str] = []
        """Deltas since then. Always the same list, so that ``append`` stays valid."""
        self.append = self.parts.append

    @property
    def sent(self) -> bool:
        """True when there was any delta, an empty one included."""
        return bool(self.parts or self.blocks)

    def joined(self) -> str:
        """The text as sent, half characters left alone."""
        return "".join((*self.blocks, *self.parts))

    def text(self) -> str | None:
        """The text so far, ``None`` when none was sent."""
        return join_text((*self.blocks, *self.parts)) if self.sent else None

    def compact(self) -> None:
        """Give memory back when there are many parts. To be called now and then."""
        if len(self.parts) >= FULL:
            self.blocks.append("".join(self.parts))
            self.parts.clear()


class Fragments(Text):
    """A text of which some senders repeat all of it so far in every delta.

    Watching for that costs nothing per delta: the deltas are looked at in bulk,
    and only until the first one that does not repeat its predecessor. Empty
    deltas are passed over.
    """

    __slots__ = ("_chained", "_last", "_scanned", "_seen", "_strict")

    def __init__(self, *, longer: bool) -> None:
        """``longer``: a delta that merely equals its predecessor ends the chain."""
        super().__init__()
        self._strict = longer
        self._chained = True
        self._last = ""
        self._seen = 0
        self._scanned = 0

    def chain(self) -> int:
        """Number of deltas if each begins with the whole one before it, otherwise 0."""
        self._scan()
        return self._seen if self._chained else 0

    def last(self) -> str:
        """The last delta that is not empty; ``""`` when there is none."""
        self._scan()
        return self._last

    def unchain(self) -> None:
        """Take it that the deltas are no repetitions, whatever they look like."""
        self._chained = False

    def compact(self) -> None:
        """Give memory back when there are many parts. To be called now and then."""
        if len(self.parts) >= FULL:
            self._scan()
            super().compact()
            self._scanned = 0

    def _scan(self) -> None:
        parts = self.parts
        if self._chained:
            for position in range(self._scanned, len(parts)):
                part = parts[position]
                if part:
                    if not self._extends(part):
                        self._chained = False
                        break
                    self._last = part
                    self._seen += 1
        if not self._chained:
            self._last = next((part for part in reversed(parts) if part), self._last)
        self._scanned = len(parts)

    def _extends(self, part: str) -> bool:
        return part.startswith(self._last) and not (
            self._strict and self._seen and len(part) == len(self._last)
        )
