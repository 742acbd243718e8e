"""The bytes in which each chunk of an event stream was sent, for those who are to be served them again."""

from __future__ import annotations

from stream_audit.model import Framed
from stream_audit.recordings.parsing import NOTHING, parse

__all__ = ["Sent"]


class Sent:
    """Gathers the lines since the last chunk, which become the next one's frame.

    Args:
        line_end: How lines end.
        mark: The byte order mark that stands before the first of them, if any.
    """

    def __init__(self, line_end: bytes, mark: bytes) -> None:
        self._line_end = line_end
        self._lines = [mark]
        self._last: Framed | None = None

    def line(self, line: bytes, *, unended: bool = False) -> None:
        """Take a further line."""
        self._lines.append(line if unended else line + self._line_end)

    def framed(self, text: bytes) -> bytes:
        """The chunk with the bytes it was sent in.

        Those of a text that cannot be read go with the next chunk: who is handed the bytes meets them too.
        """
        if parse(text)[0] is NOTHING:
            return text
        self._last = Framed(text, self._since())
        return self._last

    def finish(self) -> None:
        """No further line comes: the last chunk has what stands behind it."""
        if self._last is not None:
            self._last.frame += self._since()

    def _since(self) -> bytes:
        lines, self._lines = self._lines, []
        return b"".join(lines)
