"""The chunks of one recording, built for each fold that may change them, and once for those that will not.

A library is handed a :class:`Recorded` list: beside the chunks it has what they
were sent as, so that the library's own parser reads the recorded stream.
"""

from __future__ import annotations

import gc
from json import loads
from typing import Any

from . import objects


class Recorded(list):  # type: ignore[type-arg]  # no subscripts at run time before Python 3.9
    """Parsed chunks, with what they were sent as.

    Args:
        payloads: The chunks.
        texts: The JSON text of each, as recorded.
        frames: All the bytes that each was sent in, end to end the stream; ``None`` where they are not known.
        whole: These are all chunks of the recording, and the last frame has what ends it.
    """

    def __init__(
        self, payloads: list[Any], texts: list[bytes], frames: list[bytes] | None, *, whole: bool
    ) -> None:
        super().__init__(payloads)
        self.texts = texts
        self.frames = frames
        self.whole = whole


class Given:
    """What a request handed over: kept, so that folding a prefix of it needs no second handing over.

    Args:
        body: JSON texts of the chunks, end to end.
        sizes: Bytes of each.
        dialect: Decides the classes of the objects.
        dicts: Hand out dicts, not objects.
        frames: Bytes of each chunk's frame; the frames follow the texts. ``None``: there are none.
        recorded: Hand out ``Recorded`` lists.
    """

    def __init__(
        self,
        body: bytes,
        sizes: list[int],
        dialect: str,
        *,
        dicts: bool,
        frames: list[int] | None = None,
        recorded: bool = False,
    ) -> None:
        self._raws = _cut(body, sizes)
        self._frames = None if frames is None else _cut(body[sum(sizes) :], frames)
        self._recorded = recorded
        self._dialect = dialect
        self.dicts = dicts
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
        return self._with_texts(self._shared[:length])

    def build(self, length: int | None = None) -> list[Any]:
        """New chunks; all of them without a ``length``. Raises like :meth:`prefix`."""
        collecting = gc.isenabled()
        gc.disable()  # so many new containers would have it run again and again for nothing
        try:
            payloads = [_parse(raw) for raw in self._raws[:length]]
            if not self.dicts:
                payloads = [objects.build(one, self._dialect) for one in payloads]
            return self._with_texts(payloads)
        finally:
            if collecting:
                gc.enable()

    def _with_texts(self, chunks: list[Any]) -> list[Any]:
        if not self._recorded:
            return chunks
        count = len(chunks)
        frames = None if self._frames is None else self._frames[:count]
        return Recorded(chunks, self._raws[:count], frames, whole=count == len(self._raws))


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
