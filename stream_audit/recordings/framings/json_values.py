"""JSON that is no JSONL: an array of chunks, as Gemini sends it, or objects printed over several lines.

The array is read as it comes, one element at a time, and the line of a chunk is
the one on which it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stream_audit.recordings.chunks import Chunks
from stream_audit.recordings.elements import Element, elements, whole
from stream_audit.recordings.lines import LONGEST
from stream_audit.recordings.parsing import NOTHING, parse
from stream_audit.recordings.source import Source

__all__ = ["read", "recognises"]

_START = re.compile(rb"(\xef\xbb\xbf)?\s*(\[\s*(\{|\]|$)|\{[ \t]*[\r\n])")
_AT_ONCE = 64


def recognises(start: bytes) -> bool:
    """Whether a file that begins like this holds an array of objects, or an object over several lines."""
    return _START.match(start) is not None


def read(
    blocks: Iterable[bytes], chunks: Chunks, source: Source, *, echoes: bool, frames: bool
) -> Iterator[None]:
    """Hand on every element, with a pause after so many."""
    for count, element in enumerate(whole(elements(blocks)), 1):
        if source.holds(element.line):
            chunks.empty = False
            _take(element, chunks)
        if count % _AT_ONCE == 0:
            chunks.flush()
            yield
    chunks.flush()
    yield


def _take(element: Element, chunks: Chunks) -> None:
    text, line = element.text, element.line
    if element.too_long:
        chunks.problem("line-too-long", line, f"longer than {LONGEST // 2**20} MiB, and skipped")
    elif element.unended:
        what = "in the middle of what begins on this line" if text else "before its array does"
        chunks.problem("line-cut-off", line, f"the recording ends {what}", text)
    elif text.startswith(b"{"):
        chunks.take(text, line)
    else:
        value, flaw = parse(text)
        if value is NOTHING and flaw is not None:
            chunks.problem(flaw.rule, line, flaw.message, text)
        else:
            chunks.problem("line-not-object", line, "JSON, but not an object", text)
