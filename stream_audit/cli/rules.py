"""``stream-audit rules``: every rule there is."""

from __future__ import annotations

__all__ = ["rules"]


def rules() -> int:
    """List every rule by family, with its severity and what must hold."""
    from stream_audit import rules as room
    from stream_audit.cli.output import say

    for family, about in room.FAMILIES:
        entries = [entry for entry in room.RULES if entry.family == family]
        if not entries:
            continue
        say(f"{family}: {about}")
        for entry in entries:
            say(f"  {entry.slug}  ({entry.severity})")
            say(f"      {entry.title}")
        say("")
    say(f"{len(room.RULES)} rules; stream-audit explain RULE tells more about one.")
    return 0
