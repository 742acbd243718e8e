"""The lines of a recorded file, one by one, with their framing left as it is.

Line ends, blank lines, comments, the names of fields, the space behind a colon,
a byte order mark: all that is how a recording was sent, and stays. A JSON text
that goes on over several lines is replaced as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stream_audit.redaction import strings
from stream_audit.redaction.payload import Payloads
from stream_audit.redaction.tally import Tally
from stream_audit.redaction.words import Words

__all__ = ["Document"]

_DONE = ("[DONE]", '"[DONE]"')
_BOM = "\ufeff"
_INDENTED = re.compile(r"[ \t]+(?=(?:data|event|id|retry):)")
"""What makes a field of an event a line that readers ignore."""
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_MOST = 64 * 1024 * 1024
"""Characters of a text over several lines; what is longer is replaced in parts."""


class Document:
    """Replaces what the lines of one file say.

    Args:
        payloads: Replaces what JSON texts say.
        words: Replaces what names say.
        stream: Says of which stream the chunk on a line is.
        tally: Counts what was replaced.
    """

    def __init__(
        self, payloads: Payloads, words: Words, stream: Callable[[int], object], tally: Tally
    ) -> None:
        self._payloads = payloads
        self._words = words
        self._stream = stream
        self._tally = tally
        self._number = 0
        self._first = 0
        """Line of the text that is held."""
        self._held: list[tuple[str, str, str]] = []
        """Lines of a text that is not whole yet: what is in front of it, its part, and what is behind."""
        self._size = 0
        self._depth = 0
        """Brackets of it that are open."""

    def line(self, line: str, end: str) -> Iterator[str]:
        """Take a line and its line end; what is done by then, in order."""
        self._number += 1
        head = _BOM if self._number == 1 and line.startswith(_BOM) else ""
        indented = _INDENTED.match(line, len(head))
        if indented is not None:
            head += indented[0]
        body = line[len(head) :]
        name, colon, value = body.partition(":")
        if not body.strip() or body.strip() in _DONE:
            yield from self._hold_or_give(head + body + end, over=True)
        elif name == "data" and colon:
            space = " " if value.startswith(" ") else ""
            yield from self._text(f"{head}data:{space}", value[len(space) :], end)
        elif colon and name in ("", "event", "id", "retry"):
            yield from self._hold_or_give(f"{head}{name}:{self._field(name, value)}{end}")
        elif body in ("data", "event", "id", "retry"):
            yield from self._hold_or_give(head + body + end)
        else:
            yield from self._text(head, body, end)

    def finish(self) -> Iterator[str]:
        """No further line comes."""
        yield from self._release()

    def _field(self, name: str, value: str) -> str:
        """The value of a field of an event; of a comment, its text."""
        said = value.removeprefix(" ")
        if name == "retry" and said.isdigit():
            return value
        if name == "id":
            shown = self._words.id(said)
        else:
            shown = (self._words.said(said) if name else None) or self._words.comment(said)
        self._tally.add("ids" if name == "id" else "other lines", said, shown)
        return value[: len(value) - len(said)] + strings.restored(said, shown)

    def _text(self, head: str, text: str, end: str) -> Iterator[str]:
        """Take a JSON text, or a part of one, or something else altogether."""
        if text.strip() in _DONE:
            yield from self._hold_or_give(head + text + end)
            return
        if text.startswith("{") or self._size > _MOST:
            yield from self._release()
        if not self._held:
            self._first = self._number
        self._held.append((head, text, end))
        self._size += len(text)
        self._depth += _deeper(text)
        if self._depth <= 0:
            yield from self._release()

    def _hold_or_give(self, line: str, *, over: bool = False) -> Iterator[str]:
        """Take a line that is done; it waits for the text in which it stands, unless that is over with it."""
        if over:
            yield from self._release()
        if self._held:
            self._held.append((line, "", ""))
        else:
            yield line

    def _release(self) -> Iterator[str]:
        held, self._held, self._size, self._depth = self._held, [], 0, 0
        if held:
            whole = "\n".join(part for _, part, _ in held)
            shown = self._payloads.replace(whole, self._stream(self._first), self._tally).split("\n")
            for (head, _, end), part in zip(held, shown, strict=True):
                yield head + part + end


def _deeper(text: str) -> int:
    """How many more brackets a text opens than it closes."""
    marks = _STRING.sub("", text)
    return sum(map(marks.count, "{[")) - sum(map(marks.count, "}]"))
