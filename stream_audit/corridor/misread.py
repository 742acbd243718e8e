"""Whether a dialect makes anything of a recording: one that is forced upon it may not. Part of the corridor.

What it does not understand folds into nothing, and into nothing it folds with a
candidate that understands it as little. The two would be the same, and nothing
would have been compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from stream_audit import dialects
from stream_audit.model import Choice, Dialect, Message, Payload, Policies, Response

__all__ = ["Likeness", "misread"]

_SAYS_NOTHING = frozenset(("role", "extra"))
"""Members of a message in which nothing of the answer stands: one may be assumed, the other is not folded."""


class Likeness:
    """Which dialect the chunks of one recording look like, as far as that is not plain.

    Args:
        dialect: The one that folds it.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.plain = False
        """A chunk can only be one of the dialect itself: nobody has to look any further."""
        self.other: str | None = None
        """The first other dialect of which a chunk can only be one."""

    def look(self, items: Iterable[Payload | str]) -> None:
        """Look at further chunks, before a fold takes them apart."""
        for item in items:
            if isinstance(item, str):  # an echo: its dialect knew the chunk before it
                continue
            if self.dialect.recognises(item):
                self.plain = True
                return
            if self.other is None:
                self.other = next((one.name for one in dialects.DIALECTS if one.recognises(item)), None)


def misread(response: Response, likeness: Likeness) -> str:
    """Why the reference is none: the dialect makes nothing of the recording. Empty where it does.

    It begins with no name, for it may begin a sentence.

    It makes nothing where no message came out, nor an error, and a chunk can only be one of another dialect,
    before any that can only be one of its own, or none is plainly one of its own; nor where the reference
    is what it makes of no chunk at all, fields that it does not know aside.
    """
    dialect = likeness.dialect
    silent = not any(map(_speaks, response.choices))
    if likeness.other and silent:
        return f"its chunks look like {likeness.other}; {dialect.name} finds no message in them"
    if likeness.plain:
        return ""
    empty = dialect.fold(Policies()).response()
    if _known(response) == _known(empty):
        return f"none of its chunks is understood by {dialect.name}"
    if silent and response.error is None:
        return f"none of its chunks is plainly one of {dialect.name}, which finds no message in them"
    return ""


def _speaks(choice: Choice) -> bool:
    """Whether a choice's message says anything."""
    silent = Message()
    names = (field.name for field in fields(Message) if field.name not in _SAYS_NOTHING)
    return any(getattr(choice.message, name) not in (getattr(silent, name), "") for name in names)


def _known(response: Response) -> list[object]:
    return [getattr(response, field.name) for field in fields(Response) if field.name != "extra"]
