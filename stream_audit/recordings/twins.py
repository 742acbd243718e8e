"""A recording's twin: the answer to the same request without streaming.

It stands with the recording where a container holds both, else in a file beside
it: ``<name>.response.json`` of ``<name>.jsonl``, and ``<name>.2.response.json``
of the file's second recording, which reports call ``<name>.jsonl#2``.
"""

from __future__ import annotations

import os
import re

from stream_audit.model import Problem, Recording, Twin
from stream_audit.recordings.lines import LONGEST
from stream_audit.recordings.opening import BLOCK, Broken, blocks
from stream_audit.recordings.source import STDIN
from stream_audit.recordings.sources import PACKED, TWIN_ENDING

__all__ = ["twin_name", "twin_of"]

_LONGEST_NAME = 200
"""Characters of a stream's name that can be part of a file's name."""
_COMPRESSED = re.compile(r"\.(gz|zst)$", re.IGNORECASE)


def twin_of(recording: Recording) -> Twin | Problem | None:
    """The twin of a recording.

    Returns:
        The twin; a problem where there is one that cannot be read; ``None`` where there is none. Lines
        of a file (``file:10-30``) have none beside them.
    """
    if recording.twin is not None:
        return recording.twin
    path, rest = recording.path, recording.id.removeprefix(recording.path)
    if path == STDIN or (rest and not rest.startswith("#")):
        return None
    stem = os.path.splitext(_COMPRESSED.sub("", path))[0]
    name = twin_name(stem, rest.removeprefix("#"))
    if name is None:
        return None
    beside = next((name + packed for packed in PACKED if os.path.isfile(name + packed)), None)
    return None if beside is None else _read(beside)


def twin_name(stem: str, stream: str) -> str | None:
    """The file that a twin has beside its recording.

    Args:
        stem: The recording's file without its ending.
        stream: What tells the recording from others in that file; empty where nothing needs to.

    Returns:
        The file; ``None`` where none can be named after the stream: its name was recorded, and must not
        lead elsewhere.
    """
    if len(stream) > _LONGEST_NAME or any(sign in stream for sign in "/\\\0"):
        return None
    return f"{stem}{stream and f'.{stream}'}{TWIN_ENDING}"


def _read(path: str) -> Twin | Problem:
    held = bytearray()
    try:
        for block in blocks(path, BLOCK, None):
            held += block
            if len(held) > LONGEST:
                return Problem("twin-unreadable", path, 0, f"longer than {LONGEST // 2**20} MiB")
    except Broken as broken:
        return Problem("twin-unreadable", path, 0, broken.message)
    return Twin(path, 1, bytes(held))
