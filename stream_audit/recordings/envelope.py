"""The project's own recording format: one JSON object a line that says which stream a chunk belongs to.

``docs/recording-format.md`` describes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import orjson

from stream_audit.model import Payload

__all__ = ["FORMAT", "VERSION", "Envelope", "is_envelope", "is_header", "raw_chunk", "unwrap"]

FORMAT = "stream-audit-recording"
VERSION = 1

_KEY = b'"chunk":'
_NO_LABELS = frozenset({"stream", "chunk", "at", "end"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """One line of a recording file."""

    stream: str
    chunk: Payload | None
    """``None`` on a line that only marks the end."""
    end: bool
    labels: dict[str, Any] = field(default_factory=dict)


def is_header(value: dict[str, Any]) -> bool:
    """Whether a first line declares the recording format."""
    return value.get("format") == FORMAT


def is_envelope(value: dict[str, Any]) -> bool:
    """Whether a first line without header can only be an envelope."""
    return "stream" in value and ("chunk" in value or "end" in value)


def unwrap(value: dict[str, Any]) -> Envelope | str:
    """Read one envelope.

    Returns:
        The envelope, or one clause saying what is wrong with it.
    """
    stream = value.get("stream")
    if type(stream) not in (str, int, float):
        return '"stream" is missing' if stream is None else '"stream" is neither a string nor a number'
    chunk, end = value.get("chunk"), value.get("end")
    if end not in (None, True, False):
        return '"end" is neither true nor false'
    if chunk is None and not end:
        return '"chunk" is missing'
    if chunk is not None and type(chunk) is not dict:
        return '"chunk" is not an object'
    labels = {key: label for key, label in value.items() if key not in _NO_LABELS}
    return Envelope(str(stream), chunk, end is True, labels)


def raw_chunk(text: bytes) -> bytes:
    """The JSON text of the chunk inside an envelope's text, as recorded.

    Where ``chunk`` is the last key, cutting there is right if both halves parse; otherwise the text is
    walked key by key.
    """
    text = text.strip()
    at = text.find(_KEY)
    if at >= 0 and text.endswith(b"}}"):
        chunk = text[at + len(_KEY) : -1].strip()
        try:
            if "stream" in orjson.loads(text[: at + len(_KEY)] + b"0}"):
                orjson.loads(chunk)
                return chunk
        except orjson.JSONDecodeError:
            pass
    return _walk(text.decode(errors="surrogatepass")).encode(errors="surrogatepass")


def _walk(text: str) -> str:
    """Find the value of the last top-level ``chunk`` key (the one a parser takes)."""
    decode = json.JSONDecoder().raw_decode
    position, found = 1, ""
    while True:
        position = _skip(text, position, " \t\n\r,")
        if text[position] == "}":
            return found
        key, position = decode(text, position)
        start = _skip(text, position, " \t\n\r:")
        _, position = decode(text, start)
        if key == "chunk":
            found = text[start:position]


def _skip(text: str, position: int, characters: str) -> int:
    while text[position] in characters:
        position += 1
    return position
