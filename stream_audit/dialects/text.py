"""Collect streamed text in bounded memory, and join it, healing characters that the sender cut in two."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Fragments", "Text", "heal", "join_text"]

FULL = 1024
"""From this many parts on, ``compact`` joins them to one."""


def join_text(parts: Iterable[str]) -> str:
    """Concatenate text deltas.

    A sender that cuts its text by UTF-16 units can leave half an emoji at the
    end of one delta and the other half at the start of the next. Joined, the
    two halves are the one character they were. A half without its other half
    is kept as it came.
    """
    return heal("".join(parts))


def heal(text: str) -> str:
    """Put together the halves of characters that were cut in two."""
    if text.isascii():
        return text
    try:
        text.encode()  # the cheapest way to learn whether there is any half character at all
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


class Text:
    """The deltas of one text. ``append`` is the list's own method: nothing is faster."""

    __slots__ = ("append", "before", "parts")

    def __init__(self) -> None:
        self.before: str | None = None
        """Deltas joined earlier."""
        self.parts: list[str] = []
        """Deltas since then. Always the same list, so that ``append`` stays valid."""
        self.append = self.parts.append

    @property
    def sent(self) -> bool:
        """True when there was any delta, an empty one included."""
        return bool(self.parts) or self.before is not None

    def joined(self) -> str:
        """The text as sent, half characters left alone."""
        if self.parts:
            self.settle()
        return self.before or ""

    def text(self) -> str | None:
        """The text so far, ``None`` when none was sent."""
        return heal(self.joined()) if self.sent else None

    def compact(self) -> None:
        """Give memory back when there are many parts. To be called now and then."""
        if len(self.parts) >= FULL:
            self.settle()

    def settle(self) -> None:
        """Join what there is. A local name alone holds the text, so that it grows where it lies."""
        text, self.before = self.before or "", None
        text += "".join(self.parts)
        self.before = text
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

    def settle(self) -> None:
        """Join what there is."""
        self._scan()
        super().settle()
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
