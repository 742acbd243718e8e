"""Tell reports what a rule says, since rooms do not know each other."""

from __future__ import annotations

__all__ = ["rule_title"]


def rule_title(slug: str) -> str:
    """The rule as one sentence; ``""`` for an id that the catalogue does not have."""
    from stream_audit import rules
    from stream_audit.errors import UnknownName

    try:
        return rules.rule(slug).title
    except UnknownName:
        return ""
