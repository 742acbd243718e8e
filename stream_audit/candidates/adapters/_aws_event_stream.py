"""AWS event streams, written: what Amazon's SDKs read, for recordings that were kept as JSON.

A message is its length, the length of its headers, a checksum of these two, headers, a
payload, and a checksum of it all. Standard library only; runs in the candidate's process.
"""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from typing import Any
from zlib import crc32

CONTENT_TYPE = "application/vnd.amazon.eventstream"
WRAPPED = "chunk"
"""The only event of ``InvokeModelWithResponseStream``: what the model sends stands in it as Base64."""


def messages(chunks: list[Any], texts: list[bytes]) -> list[bytes]:
    """One message for each chunk, as the operation sends it that the chunks come from.

    ``ConverseStream`` sends an event under its name. A chunk with anything beside its event was
    sent by ``InvokeModelWithResponseStream``, and so were all.
    """
    if is_wrapped(chunks):
        return [_event(WRAPPED, json.dumps({"bytes": b64encode(text).decode()}).encode()) for text in texts]
    return [_named(*next(iter(chunk.items()))) for chunk in chunks]


def is_wrapped(chunks: list[Any]) -> bool:
    """Whether not every chunk is one event under its name."""
    return any(not isinstance(chunk, dict) or len(chunk) != 1 for chunk in chunks)


def is_message(data: bytes) -> bool:
    """Whether a message begins with these bytes: its length is less than 2**25, and text never begins so."""
    return data[:1] in (b"\0", b"\1")


def _named(name: str, value: Any) -> bytes:
    payload = json.dumps(value).encode()
    if name.endswith("Exception"):
        return _message({":message-type": "exception", ":exception-type": name}, payload)
    if name == "error" and isinstance(value, dict):
        told = {f":error-{key}": str(value.get(key, "")) for key in ("code", "message")}
        return _message({":message-type": "error", **told}, b"")
    return _event(name, payload)


def _event(name: str, payload: bytes) -> bytes:
    return _message({":message-type": "event", ":event-type": name}, payload)


def _message(headers: dict[str, str], payload: bytes) -> bytes:
    head = b"".join(map(_header, headers.items()))
    lengths = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    message = lengths + struct.pack(">I", crc32(lengths)) + head + payload
    return message + struct.pack(">I", crc32(message))


def _header(header: tuple[str, str]) -> bytes:
    """A header of type 7: text of two bytes' length."""
    name, value = (text.encode() for text in header)
    return bytes([len(name)]) + name + b"\7" + struct.pack(">H", len(value)) + value
