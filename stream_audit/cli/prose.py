"""Catalogue text on a terminal: no marks of the markup it is written in, folded at words."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["folded", "unmarked"]


def unmarked(text: str) -> str:
    """``text`` as it is read: names stand without the backticks around them.

    Example:
        >>> unmarked("Turns ``null`` into text.")
        'Turns null into text.'
    """
    return text.replace("``", "")


def folded(text: str, *, lead: str = "") -> Iterator[str]:
    """``text`` in lines as wide as the terminal, its own line breaks kept.

    Args:
        text: Catalogue text; a blank line stays one.
        lead: What stands before the first line; further lines are indented as far as it is wide.
    """
    from textwrap import wrap

    from stream_audit.cli.output import terminal_width

    rest = " " * len(lead)
    room = terminal_width()
    for line in unmarked(text).strip().splitlines():
        pieces = wrap(
            line.strip(),
            room,
            initial_indent=lead,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from pieces or [lead.rstrip()]
        lead = rest
