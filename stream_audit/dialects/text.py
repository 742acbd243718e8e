"""Join streamed text, healing characters that the sender cut in two."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["join_text"]


def join_text(parts: Iterable[str]) -> str:
    """Concatenate text deltas.

    A sender that cuts its text by UTF-16 units can leave half an emoji at the
    end of one delta and the other half at the start of the next. Joined, the
    two halves are the one character they were. A half without its other half
    is kept as it came.
    """
    text = "".join(parts)
    try:
        text.encode()  # the cheapest way to learn whether there is any half character at all
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text
