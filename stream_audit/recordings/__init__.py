"""Bytes become recordings: where they lie, how they are framed, which chunks are one response.

Told by content, never by file name. What cannot be read as sent is a
``Problem`` with its line; nothing a file contains raises.
"""

from __future__ import annotations

from stream_audit.recordings.moments import moments
from stream_audit.recordings.parsing import parse
from stream_audit.recordings.raw_lines import is_lines, raw_lines
from stream_audit.recordings.reading import read
from stream_audit.recordings.source import Source
from stream_audit.recordings.sources import find, size
from stream_audit.recordings.twins import twin_name, twin_of

__all__ = [
    "Source",
    "find",
    "is_lines",
    "moments",
    "parse",
    "raw_lines",
    "read",
    "size",
    "twin_name",
    "twin_of",
]
