"""The project's own recording format: one JSON object a line that says which stream a chunk belongs to.

``docs/recording-format.md`` describes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from stream_audit.recordings.parsing import NOTHING, Flaw, objects, parse

__all__ = ["FORMAT", "VERSION", "is_envelope", "is_header", "labels", "opened", "opened_all", "wrong"]

FORMAT = "stream-audit-recording"
VERSION = 1

_KEY = b'"chunk":'
_OWN = frozenset({"stream", "chunk", "at", "end"})


def is_header(value: dict[str, Any]) -> bool:
    """Whether a line declares the recording format."""
    return value.get("format") == FORMAT and "stream" not in value


def is_envelope(value: dict[str, Any]) -> bool:
    """Whether a first line without header can only be an envelope."""
    return "stream" in value and ("chunk" in value or "end" in value)


def opened(text: bytes) -> tuple[Any, bytes, Flaw | None]:
    """Parse an envelope.

    Where ``chunk`` stands last, as it should, the line is cut in two and each half parsed once: if
    both are JSON, so is the whole, with just these meanings. Any other line is walked key by key.

    Returns:
        The envelope, or ``NOTHING``; the JSON text of its chunk as recorded, empty without one; what
        is wrong with the line, if anything.
    """
    at = _behind_key(text)
    if at >= len(_KEY) and text.endswith(b"}}"):
        outer, flaw = parse(text[:at] + b"0}")
        raw = text[at:-1].strip()
        if flaw is None and "chunk" in outer:
            chunk, flaw = parse(raw)
            if chunk is not NOTHING:
                outer["chunk"] = chunk
                return outer, raw, flaw
    value, flaw = parse(text)
    if value is NOTHING or type(value.get("chunk")) is not dict:
        return value, b"", flaw
    return value, _chunk_text(text.decode()).encode(), flaw


def opened_all(texts: Sequence[bytes]) -> list[tuple[dict[str, Any], bytes]] | None:
    """Parse envelopes all at once, as ``opened`` does, if each is clean and says no more than a chunk.

    Returns:
        The envelopes, each with the JSON text of its chunk; ``None`` when one needs a careful look.
    """
    cuts = list(map(_behind_key, texts))
    if min(cuts) < len(_KEY) or not all(text.endswith(b"}}") for text in texts):
        return None
    raws = [text[at:-1].strip() for text, at in zip(texts, cuts, strict=True)]
    outers = objects([text[:at] + b"0}" for text, at in zip(texts, cuts, strict=True)])
    chunks = None if outers is None else objects(raws)
    if outers is None or chunks is None:
        return None
    for outer, chunk in zip(outers, chunks, strict=True):
        if "end" in outer or type(outer.get("stream")) is not str:
            return None
        outer["chunk"] = chunk
    return list(zip(outers, raws, strict=True))


def _behind_key(text: bytes) -> int:
    at = text.find(_KEY)
    return 0 if text[at - 1 : at] == b"\\" else at + len(_KEY)  # The end of another key.


def wrong(value: dict[str, Any]) -> str | None:
    """Say in one clause what is wrong with an envelope; ``None`` when nothing is."""
    stream = value.get("stream")
    if type(stream) is str and type(value.get("chunk")) is dict and "end" not in value:
        return None  # Nearly every line.
    if stream is None:
        return '"stream" is missing'
    if type(stream) not in (str, int, float):
        return '"stream" is neither a string nor a number'
    chunk, end = value.get("chunk"), value.get("end")
    if end is not None and type(end) is not bool:
        return '"end" is neither true nor false'
    if chunk is None and not end:
        return '"chunk" is missing'
    if chunk is not None and type(chunk) is not dict:
        return '"chunk" is not an object'
    return None


def labels(value: dict[str, Any]) -> dict[str, Any]:
    """The free labels of an envelope."""
    if value.keys() <= _OWN:
        return {}
    return {key: label for key, label in value.items() if key not in _OWN}


def _chunk_text(text: str) -> str:
    """Find the value of the last top-level ``chunk`` key, the one a parser takes."""
    # Only places are wanted; and Python reads no integer beyond some thousand digits.
    decode = json.JSONDecoder(parse_int=str).raw_decode
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
