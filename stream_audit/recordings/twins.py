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
from stream_audit.recordings.sources import TWIN_ENDINGS

__all__ = ["twin_of"]

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
    stem = os.path.splitext(_COMPRESSED.sub("", path))[0] + rest.replace("#", ".", 1)
    beside = next((stem + ending for ending in TWIN_ENDINGS if os.path.isfile(stem + ending)), None)
    return None if beside is None else _read(beside)


def _read(path: str) -> Twin | Problem:
    held: list[bytes] = []
    try:
        for block in blocks(path, BLOCK, None):
            held.append(block)
            if sum(map(len, held)) > LONGEST:
                return Problem("twin-unreadable", path, 0, f"longer than {LONGEST // 2**20} MiB")
    except Broken as broken:
        return Problem("twin-unreadable", path, 0, broken.message)
    return Twin(path, 1, b"".join(held))
