"""The binary messages of ``application/vnd.amazon.eventstream``, out of blocks that are cut anywhere.

A message is its length, the length of its headers, a checksum of these two,
headers, a payload, and a checksum of it all. A checksum that is wrong costs
one message: the next is where a length and its checksum agree again.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

__all__ = ["PRELUDE", "Damage", "Message", "is_prelude", "messages"]

PRELUDE = 12
"""Bytes of the two lengths and their checksum."""
_SMALLEST = PRELUDE + 4
_HEADERS = 128 * 1024
_PAYLOAD = 24 * 1024 * 1024
"""What Amazon's own readers take at most."""
_LENGTHS = re.compile(rb"(?=(?!\0\0\0[\0-\x0f])[\0\1].{3}\0[\0-\2].{2})", re.DOTALL)
"""Two lengths that a message could have, so that few places need their checksum computed."""
_SEARCHED = 64 * 1024 * 1024
"""Bytes looked through, at most, in one file for the beginning of a message."""
_TRIED = 1_000_000
"""Checksums computed for that, at most."""

_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of a header's value, by its type."""
_ARRAY, _STRING = 6, 7
"""The types whose length stands before the value."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose checksums are right."""

    number: int
    """Counted from 1, damaged ones too."""
    headers: Mapping[str, str | bytes]
    """Text as text; values of any other type as their bytes."""
    payload: bytes
    sent: bytes
    """The whole of it, checksums included."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes where a message should be."""

    number: int
    rule: str
    message: str
    start: bytes
    """The first of them."""


def is_prelude(data: bytes) -> bool:
    """Whether a message begins with these bytes, as far as its first checksum tells."""
    return len(data) >= PRELUDE and crc32(data[:8]) == int.from_bytes(data[8:PRELUDE])


def messages(blocks: Iterable[bytes]) -> Iterator[Message | Damage]:
    """Read messages until the blocks end; never raises for what they hold."""
    held = _Held(blocks)
    number = 0
    while held.has(1):
        number += 1
        if not held.has(PRELUDE):
            yield Damage(
                number, "message-cut-off", "the recording ends in the middle of a message", held.peek(40)
            )
            return
        prelude = held.peek(PRELUDE)
        total, headers = struct.unpack(">II", prelude[:8])
        payload = total - headers - _SMALLEST
        if not is_prelude(prelude):
            yield Damage(number, "message-checksum-wrong", _lost(held.search(1)), prelude)
        elif payload < 0 or headers > _HEADERS:
            message = f"its lengths cannot be: {total:,} bytes, {headers:,} of them headers"
            yield Damage(number, "message-broken", message, prelude)
            held.search(PRELUDE)
        elif payload > _PAYLOAD:
            message = f"a message longer than {_PAYLOAD // 2**20} MiB, and skipped"
            yield Damage(number, "line-too-long", message, prelude)
            held.drop(total)
        elif not held.has(total):
            yield Damage(
                number, "message-cut-off", "the recording ends in the middle of a message", held.peek(40)
            )
            return
        else:
            yield _message(number, held, total, headers)


def _lost(skipped: int | None) -> str:
    if skipped is None:
        return "its lengths and their checksum disagree, and no other message was found behind it"
    return f"its lengths and their checksum disagree; {skipped:,} bytes were skipped to the next message"


def _message(number: int, held: _Held, total: int, headers: int) -> Message | Damage:
    """The message that is held as a whole."""
    data = held.peek(total)
    if crc32(data[:-4]) != int.from_bytes(data[-4:]):
        held.drop_damaged(total)  # Where bytes are missing, the next one begins too early.
        return Damage(number, "message-checksum-wrong", "it and its checksum disagree", data[:40])
    held.drop(total)
    named = _headers(data[PRELUDE : PRELUDE + headers])
    if isinstance(named, str):
        return Damage(number, "message-broken", named, data[:40])
    return Message(number, named, data[PRELUDE + headers : -4], data)


def _headers(data: bytes) -> dict[str, str | bytes] | str:
    """Name and value of each header; a sentence where they cannot be read."""
    found: dict[str, str | bytes] = {}
    at = 0
    try:
        while at < len(data):
            stop = at + 1 + data[at]
            name, kind = data[at + 1 : stop].decode(), data[stop]
            at = stop + 1
            if kind in (_ARRAY, _STRING):
                size, at = int.from_bytes(data[at : at + 2]), at + 2
            else:
                size = _SIZES[kind]
            value = data[at : at + size]
            at += size
            if at > len(data) or name in found:
                wrong = "stands there twice" if name in found else "is cut off"
                return f"its header {name[:40]!r} {wrong}"
            found[name] = value.decode() if kind == _STRING else value
    except (IndexError, KeyError):
        return "its headers cannot be read"
    except UnicodeDecodeError:
        return "a header of it is not UTF-8"
    return found


class _Held:
    """Blocks, of which as many bytes are held as were asked for."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._data = bytearray()
        self._searched = 0
        self._tried = 0

    def has(self, size: int) -> bool:
        while len(self._data) < size:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._data += block
        return True

    def peek(self, size: int) -> bytes:
        return bytes(self._data[:size])

    def drop(self, size: int) -> None:
        while size > 0 and self.has(1):
            step = min(size, len(self._data))
            del self._data[:step]
            size -= step

    def drop_damaged(self, size: int) -> None:
        """Drop a message that is held as a whole, up to where the next one begins inside it, if one does."""
        self._searched += size
        self.has(size + PRELUDE)  # As much as is looked at, however the blocks were cut.
        stop = min(len(self._data), size + PRELUDE)
        at = self._prelude(PRELUDE, stop) if self._searched <= _SEARCHED else None
        self.drop(size if at is None else at)

    def search(self, start: int) -> int | None:
        """Drop what stands before the next message, which begins so many bytes from here or later.

        Returns:
            How many bytes were dropped; ``None`` when there is no message, or when looking for it was
            given up: then everything is.
        """
        dropped = 0
        while self._searched <= _SEARCHED and self._tried <= _TRIED and self.has(start + PRELUDE):
            size = len(self._data)
            self._searched += size - start
            at = self._prelude(start, size)
            step = size - PRELUDE + 1 if at is None else at
            self.drop(step)
            dropped, start = dropped + step, 0
            if at is not None:
                return dropped
        self._data.clear()
        self._blocks = iter(())
        return None

    def _prelude(self, start: int, stop: int) -> int | None:
        """Where the first prelude that stands whole between two places begins."""
        for match in _LENGTHS.finditer(self._data, start, stop):
            if match.start() + PRELUDE > stop:
                break
            self._tried += 1
            if is_prelude(bytes(self._data[match.start() : match.start() + PRELUDE])):
                return match.start()
            if self._tried > _TRIED:
                break
        return None
