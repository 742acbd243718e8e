"""Shapes of event-stream text: what stands between the chunks, which a combiner of chunks never sees.

Told from the bytes that each chunk was sent in; a recording that is no event
stream has none of these shapes.
"""

from __future__ import annotations

from collections.abc import Iterator

from stream_audit.model import Framed
from stream_audit.model.tag import Tag
from stream_audit.tags.marks import Marks

__all__ = ["TAGS", "Framing"]

TAGS: tuple[Tag, ...] = (
    Tag("sse-comment", "a comment line (a keep-alive)", ("sse-comment",), "framing"),
    Tag("sse-crlf", "lines that end with CR or CRLF", ("sse-crlf",), "framing"),
    Tag("sse-no-space", "data: without a space behind it", ("sse-no-space",), "framing"),
    Tag("sse-multiline-data", "one event on several data lines", ("sse-multiline-data",), "framing"),
    Tag("sse-empty-data", "an event without data", ("sse-empty-data",), "framing"),
    Tag("sse-bom", "a byte order mark at the start", ("sse-bom",), "framing"),
)

_BOM = b"\xef\xbb\xbf"


class Framing:
    """Watches the frames of one recording, each when the next one comes: the last may still grow."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._held: tuple[Framed, int, int] | None = None

    def look(self, raw: bytes) -> None:
        """A chunk passes by."""
        self.end()
        if isinstance(raw, Framed):
            self._held = (raw, self._marks.index, self._marks.line)

    def end(self) -> None:
        """No further bytes come for the chunk before."""
        if self._held is None:
            return
        raw, index, line = self._held
        self._held = None
        for name in _shapes(raw.frame):
            self._marks.mark(name, (index, line))


def _shapes(frame: bytes) -> Iterator[str]:
    if frame.startswith(_BOM):
        yield "sse-bom"
    if b"\r" in frame:
        yield "sse-crlf"
    begun = False
    for line in frame.removeprefix(_BOM).splitlines():
        name, colon, value = line.partition(b":")
        if colon and not name:
            yield "sse-comment"
        if name != b"data":
            begun = False
            continue
        said = value.strip()
        if not said:
            yield "sse-empty-data"
        elif not value.startswith(b" "):
            yield "sse-no-space"
        if begun and said and not said.startswith((b"{", b"[DONE]")):
            yield "sse-multiline-data"
        begun = True
