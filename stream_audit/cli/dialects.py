"""``stream-audit dialects``: the wire formats that can be folded."""

from __future__ import annotations

__all__ = ["dialects"]


def dialects() -> int:
    """List the wire formats that can be folded, as --dialect takes them."""
    import sys

    from stream_audit import dialects as room
    from stream_audit.cli.output import say

    width = max((len(entry.name) for entry in room.DIALECTS), default=0)
    for entry in room.DIALECTS:
        about = (sys.modules[type(entry).__module__].__doc__ or "").strip().partition("\n")[0]
        say(f"{entry.name:<{width}}  {about}".rstrip())
    return 0
