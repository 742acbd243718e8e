"""What both session logs have in common: how files are cut by identity, and how a fold of usage ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from stream_audit.model import Folded, Note, Payload, Response, Volatile

__all__ = ["LogFold", "SessionLog", "text"]


def text(value: Any) -> str | None:
    """``value`` when it is a text that names something."""
    return value if isinstance(value, str) and value else None


class SessionLog:
    """How session logs are cut into responses: by the identity of some lines, and by nothing else."""

    __slots__ = ()

    decisive: ClassVar[bool] = False  # A line of a response that is open is no other one.
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be a line of this dialect."""
        raise NotImplementedError

    def knows(self, payload: Payload) -> bool:
        """As ``recognises``."""
        return self.recognises(payload)

    def identity(self, payload: Payload) -> str | None:
        """Of which response a line is; ``None`` when it does not say."""
        raise NotImplementedError

    def starts(self, payload: Payload) -> bool:
        """True for a line that says of which response it is: any may be the first of it."""
        return self.identity(payload) is not None

    def ends(self, payload: Payload) -> bool:
        """True for the same lines: any may be the last of it."""
        return self.identity(payload) is not None

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next line that says it is of another response."""
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str):
                found = self.identity(item)
                if found is not None and found != identity:
                    return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """None: no line says anything that would be appended."""
        return None


class LogFold:
    """A fold of one response in progress."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._at = -1

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further lines, in order."""
        for item in items:
            self._at += 1
            if not isinstance(item, str):
                self.line(item)

    def finish(self, *, done: bool) -> Folded:
        """End the response."""
        self._at = -1
        response = self.response()
        if response.usage is None:
            self.note("usage-absent", "usage", "no line reports any")
        self.close()
        complete = self.answered and response.error is None
        return Folded(response, complete, tuple(self.notes))

    def note(self, rule: str, field: str, detail: str) -> None:
        """Note something about the line being folded, or at the end about all of them."""
        self.notes.append(Note(rule, self._at, field, detail))

    # ---------------------------------------------------------------- for the two

    answered = False
    """There is a response."""

    def line(self, item: Payload) -> None:
        """Fold one line."""
        raise NotImplementedError

    def response(self) -> Response:
        """The response so far."""
        raise NotImplementedError

    def close(self) -> None:
        """Note what is wrong with the lines together."""
