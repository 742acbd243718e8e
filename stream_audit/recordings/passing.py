"""What is passed over: a file met while walking a folder that is plainly no recording (a README)."""

from __future__ import annotations

import re

from stream_audit.recordings.containers import container
from stream_audit.recordings.framings import first_bytes, framing, text
from stream_audit.recordings.opening import BLOCK, Broken, blocks
from stream_audit.recordings.source import Source

__all__ = ["is_passed_over", "is_something_else", "looks_recorded"]

_RECORDING_NAME = re.compile(r"\.(jsonl|ndjson|json|sse|har|txt|log)(\.gz|\.zst)?$", re.IGNORECASE)
_LOOKS_RECORDED = re.compile(rb'(\xef\xbb\xbf)?\s*(\{|:|(data|event|id|retry)[ \t]*:|"?\[DONE\])')


def is_something_else(path: str, start: bytes) -> bool:
    """Whether a file met while walking looks like no recording, by content and by name."""
    if _RECORDING_NAME.search(path):
        return False
    return container(start) is None and framing(start) is text and not looks_recorded(start)


def looks_recorded(start: bytes) -> bool:
    """Whether a file that begins like this could be JSON lines or an event stream."""
    return _LOOKS_RECORDED.match(start) is not None


def is_passed_over(source: Source) -> bool:
    """Whether reading a source would pass it over; one that cannot be opened is not, since that is said."""
    if source.explicit:
        return False
    try:
        return is_something_else(source.path, first_bytes(blocks(source.path, BLOCK, None)))
    except Broken:
        return False
