"""Writes AWS event streams, as the specification has them."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

Value = str | bytes | bool | tuple[int, int]
"""A header's value: text, bytes, a flag, or a whole number with the type it is written as."""

_NUMBERS = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}


def message(headers: Mapping[str, Value], payload: bytes = b"") -> bytes:
    return raw_message(b"".join(header(name, value) for name, value in headers.items()), payload)


def raw_message(headers: bytes, payload: bytes = b"", *, total: int | None = None) -> bytes:
    """A message with right checksums, whatever its headers and its length say."""
    lengths = struct.pack(">II", len(headers) + len(payload) + 16 if total is None else total, len(headers))
    text = lengths + struct.pack(">I", crc32(lengths)) + headers + payload
    return text + struct.pack(">I", crc32(text))


def header(name: str, value: Value) -> bytes:
    head = bytes([len(name.encode())]) + name.encode()
    if isinstance(value, bool):
        return head + bytes([0 if value else 1])
    if isinstance(value, tuple):
        number, kind = value
        return head + bytes([kind]) + struct.pack(_NUMBERS[kind], number)
    text = value.encode() if isinstance(value, str) else value
    return head + bytes([7 if isinstance(value, str) else 6]) + struct.pack(">H", len(text)) + text


def event(name: str, payload: Any) -> bytes:
    """An event of Bedrock's ``ConverseStream``."""
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, json.dumps(payload).encode())


def chunk(payload: Any) -> bytes:
    """What ``InvokeModelWithResponseStream`` sends for a chunk of the model's own API."""
    return event("chunk", {"bytes": b64encode(json.dumps(payload).encode()).decode(), "p": "abcd"})


def stream(payloads: Iterable[Any]) -> bytes:
    return b"".join(map(chunk, payloads))
