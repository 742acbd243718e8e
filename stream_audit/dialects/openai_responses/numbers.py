"""The numbers of events: which come in order, which are missing, and which are sent again."""

from __future__ import annotations

import json
from typing import Literal

from stream_audit.dialects.unknown import PADDING
from stream_audit.model import Payload

__all__ = ["Numbers", "digest_of"]

WINDOW = 4096
"""How far below the highest number an event is still known again."""

Verdict = Literal["fine", "again", "late"]


class Numbers:
    """The numbers of one response's events so far."""

    __slots__ = ("_proven", "digests", "highest")

    def __init__(self) -> None:
        self.highest: int | None = None
        self.digests: dict[int, int | None] = {}
        """What the last events were, by number; ``None`` for one that is like no other."""
        self._proven = True

    def take(self, number: int, event: Payload) -> tuple[Verdict, int]:
        """Take the number of one event.

        Returns:
            Whether it is in order, sent again, or late; and how many numbers were skipped before it.
        """
        digest = digest_of(event)
        highest = self.highest
        if highest is None or number > highest:
            self.highest = number
            self.digests[number] = digest
            return "fine", 0 if highest is None else number - highest - 1
        if highest - number > WINDOW or number not in self.digests:
            self.digests.setdefault(number, digest)
            return "late", 0
        same = digest is not None and digest == self.digests[number]
        if same and self._proven:
            return "again", 0
        self._proven = self._proven and same
        return "late", 0

    def forget(self) -> None:
        """Give memory back. To be called now and then."""
        if self.highest is not None and len(self.digests) > 2 * WINDOW:
            lowest = self.highest - WINDOW
            self.digests = {number: digest for number, digest in self.digests.items() if number >= lowest}


def digest_of(event: Payload) -> int | None:
    """A number that events have in common when they say the same; ``None`` for one that nests too deeply."""
    rest = {key: value for key, value in event.items() if key not in PADDING and key != "sequence_number"}
    said = hash(rest.pop("delta")) if isinstance(rest.get("delta"), str) else 0
    try:
        return said ^ hash(json.dumps(rest, sort_keys=True))
    except (RecursionError, ValueError, TypeError):
        return None
