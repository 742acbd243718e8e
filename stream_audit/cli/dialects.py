"""``stream-audit dialects``: the wire formats that can be folded."""

from __future__ import annotations

__all__ = ["EXAMPLES", "dialects"]

EXAMPLES = """\b
Examples:
  stream-audit dialects

\b
Exit codes: 0 listed · 2 usage · 4 internal error"""


def dialects() -> int:
    """List the wire formats that can be folded, as --dialect takes them."""
    from stream_audit import dialects as room
    from stream_audit.cli.output import say
    from stream_audit.cli.prose import folded

    width = max((len(entry.name) for entry in room.DIALECTS), default=0)
    for entry in room.DIALECTS:
        for line in folded(f"{entry.title}.", lead=f"{entry.name:<{width}}  "):
            say(line)
    return 0
