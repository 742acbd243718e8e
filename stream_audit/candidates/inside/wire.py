"""How parent and child talk: a JSON header and a body of bytes, both with their lengths in front.

Both ends use this module. Stdlib JSON on purpose: it carries NaN, integers of
any size and lone surrogates unharmed in both directions.
"""

from __future__ import annotations

import struct
from json import dumps, loads
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("!QQ")


def write(stream: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """Send one message."""
    text = dumps(header, separators=(",", ":")).encode("ascii")
    stream.write(b"".join((_LENGTHS.pack(len(text), len(body)), text, body)))
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Receive one message; ``None`` when the other end is gone, also in the middle of one."""
    lengths = _exactly(stream, _LENGTHS.size)
    if lengths is None:
        return None
    header_length, body_length = _LENGTHS.unpack(lengths)
    header = _exactly(stream, header_length)
    body = _exactly(stream, body_length)
    if header is None or body is None:
        return None
    parsed: dict[str, Any] = loads(header)
    return parsed, body


def _exactly(stream: BinaryIO, length: int) -> bytes | None:
    if not length:
        return b""
    data = stream.read(length)
    return data if data is not None and len(data) == length else None
