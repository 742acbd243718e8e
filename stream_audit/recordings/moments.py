"""When each line of a file in the recording format arrived."""

from __future__ import annotations

import orjson

from stream_audit.recordings.lines import lines
from stream_audit.recordings.opening import BLOCK, Broken, blocks
from stream_audit.recordings.source import Source

__all__ = ["moments"]


def moments(source: Source) -> dict[int, float]:
    """The number of each line that has an ``at`` to that."""
    found: dict[int, float] = {}
    try:
        for part in lines(blocks(source.path, BLOCK, None)):
            for number, text in enumerate(part.texts, part.first):
                at = _at(text) if b'"at"' in text else None
                if at is not None:
                    found[number] = at
    except Broken:
        pass  # whoever reads the source says so
    return found


def _at(text: bytes) -> float | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    at = value.get("at") if isinstance(value, dict) else None
    return at if type(at) in (int, float) else None
