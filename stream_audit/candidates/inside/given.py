"""The chunks of one recording, built for each fold that may change them, and once for those that will not."""

from __future__ import annotations

import gc
from json import loads
from typing import Any

from . import objects


class Given:
    """What a request handed over: kept, so that folding a prefix of it needs no second handing over.

    Args:
        body: JSON texts of the chunks, end to end.
        sizes: Bytes of each.
        dialect: Decides the classes of the objects.
        dicts: Hand out dicts, not objects.
    """

    def __init__(self, body: bytes, sizes: list[int], dialect: str, *, dicts: bool) -> None:
        self._raws = _cut(body, sizes)
        self._dialect = dialect
        self._dicts = dicts
        self._shared: list[Any] | None = None
        self.left_alone = False
        """The candidate was seen to leave the chunks as they were: prefixes may share one set of them."""

    def size(self, length: int) -> int:
        """Bytes of the first ``length`` chunks."""
        return sum(map(len, self._raws[:length]))

    def prefix(self, length: int) -> list[Any]:
        """The first ``length`` chunks.

        Raises:
            ValueError: One of them cannot be built.
            RecursionError: One of them is nested too deep.
        """
        if not self.left_alone:
            return self.build(length)
        if self._shared is None:
            self._shared = self.build()
        return self._shared[:length]

    def build(self, length: int | None = None) -> list[Any]:
        """New chunks; all of them without a ``length``. Raises like :meth:`prefix`."""
        collecting = gc.isenabled()
        gc.disable()  # so many new containers would have it run again and again for nothing
        try:
            payloads = [_parse(raw) for raw in self._raws[:length]]
            return payloads if self._dicts else [objects.build(one, self._dialect) for one in payloads]
        finally:
            if collecting:
                gc.enable()


def _parse(raw: bytes) -> Any:
    text = raw.decode("utf-8", "surrogatepass")
    try:
        return loads(text)
    except ValueError:
        return loads(text, parse_int=_integer)


def _integer(digits: str) -> int | str:
    """An integer of thousands of digits stays text, as the reference has it: Python refuses to read it."""
    try:
        return int(digits)
    except ValueError:
        return digits


def _cut(body: bytes, sizes: list[int]) -> list[bytes]:
    parts = []
    start = 0
    for size in sizes:
        parts.append(body[start : start + size])
        start += size
    return parts
