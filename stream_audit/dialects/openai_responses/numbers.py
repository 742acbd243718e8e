"""The numbers of events: which come in order, which are missing, and which are sent again."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from typing import Any, Literal, TypeGuard

import orjson

from stream_audit.dialects.unknown import PADDING
from stream_audit.model import Payload

__all__ = ["Numbers", "is_number"]

WINDOW = 4096
"""How far below the highest number an event is still known again."""

FRESH = 32
"""How many single events are kept whole: few streams have more, and few of them ever need a digest."""

Verdict = Literal["fine", "again", "late"]


class Numbers:
    """The numbers of one response's events so far."""

    __slots__ = ("_digests", "_fresh", "_proven", "_runs", "highest")

    def __init__(self) -> None:
        self.highest: int | None = None
        self._digests: dict[int, int | None] = {}
        """What single events were, by number; ``None`` for one that is like no other."""
        self._fresh: dict[int, Payload] = {}
        """The latest single events, likewise."""
        self._runs: deque[tuple[int, Payload, Sequence[str]]] = deque()
        """Deltas in a row that differ in their texts alone: number of the first, one like them, the texts."""
        self._proven = True

    def take_due(self, event: Payload) -> bool:
        """Take the event whose number is the next one; whether it was."""
        number = event.get("sequence_number")
        if type(number) is not int or self.highest is None or number != self.highest + 1:
            return False
        self.highest = number
        self._fresh[number] = event
        return True

    def take(self, event: Payload) -> tuple[Verdict, int]:
        """Take the number of one event.

        Returns:
            Whether it is in order (or has no number), sent again, or late; and how many numbers were
            skipped before it.
        """
        number, highest = event.get("sequence_number"), self.highest
        if not is_number(number):
            return "fine", 0
        if highest is None or number > highest:
            self.highest = number
            self._fresh[number] = event
            return "fine", 0 if highest is None else number - highest - 1
        if highest - number > WINDOW:
            return "late", 0
        known, before = self._read(number)
        if not known:
            self._fresh[number] = event
        elif self._proven:
            digest = _digest(event)
            self._proven = digest is not None and digest == before
            return ("again" if self._proven else "late"), 0
        return "late", 0

    def take_run(self, like: Payload, texts: Sequence[str]) -> None:
        """Take the deltas that follow in order and differ from the event ``like`` in their texts alone."""
        assert self.highest is not None
        self._runs.append((self.highest + 1, like, texts))
        self.highest += len(texts)

    def _read(self, number: int) -> tuple[bool, int | None]:
        """Whether an event of that number was read, and its digest."""
        if number in self._fresh:
            return True, _digest(self._fresh[number])
        if number in self._digests:
            return True, self._digests[number]
        for first, like, texts in self._runs:
            if first <= number < first + len(texts):
                return True, _digest({**like, "delta": texts[number - first]})
        return False, None

    def forget(self) -> None:
        """Give memory back. To be called now and then."""
        lowest = (self.highest or 0) - WINDOW
        while self._runs and self._runs[0][0] + len(self._runs[0][2]) <= lowest:
            self._runs.popleft()
        if len(self._fresh) > FRESH:
            self._digests.update((number, _digest(event)) for number, event in self._fresh.items())
            self._fresh.clear()
        if len(self._digests) > 2 * WINDOW:
            self._digests = {number: digest for number, digest in self._digests.items() if number >= lowest}


def is_number(value: Any) -> TypeGuard[int]:
    """Whether a value can be the number of an event."""
    return type(value) is int and value >= 0


def _digest(event: Payload) -> int | None:
    """A number that events have in common when they say the same; ``None`` for one that nests too deeply."""
    rest = {key: value for key, value in event.items() if key not in PADDING and key != "sequence_number"}
    said = hash(("delta", rest.pop("delta"))) if isinstance(rest.get("delta"), str) else 0
    try:
        return said ^ hash(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS))
    except TypeError:
        pass  # It holds half a character, or a number that is too large: rare.
    try:
        return said ^ hash(json.dumps(rest, sort_keys=True))
    except (RecursionError, ValueError):
        return None
