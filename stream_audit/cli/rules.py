"""``stream-audit rules``: every rule there is."""

from __future__ import annotations

__all__ = ["EXAMPLES", "rules"]

EXAMPLES = """\b
Examples:
  stream-audit rules

\b
Exit codes: 0 listed · 2 usage · 4 internal error"""


def rules() -> int:
    """List every rule by family, with its severity and what must hold."""
    from stream_audit import rules as room
    from stream_audit.cli.output import say
    from stream_audit.cli.prose import folded

    def print_folded(text: str, indent: int) -> None:
        for line in folded(text, lead=" " * indent):
            say(line)

    for family, about in room.FAMILIES:
        entries = [entry for entry in room.RULES if entry.family == family]
        if not entries:
            continue
        print_folded(f"{family}: {about}", 0)
        for entry in entries:
            say(f"  {entry.slug}  ({entry.severity})")
            print_folded(entry.title, 6)
        say("")
    print_folded(f"{len(room.RULES)} rules. stream-audit explain RULE tells more about one.", 0)
    return 0
