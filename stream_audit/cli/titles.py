"""What things are, in a sentence each, brought together from rooms that do not know each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream_audit.model import Rule

__all__ = ["other_title", "rule_entry", "rule_title"]


def rule_entry(slug: str) -> Rule | None:
    """All that the catalogue says of a rule; ``None`` for an id that it does not have."""
    from stream_audit import rules
    from stream_audit.errors import UnknownName

    try:
        return rules.rule(slug)
    except UnknownName:
        return None


def rule_title(slug: str) -> str:
    """The rule as one sentence; ``""`` for an id that the catalogue does not have."""
    entry = rule_entry(slug)
    return entry.title if entry is not None else ""


def other_title(name: str) -> str:
    """What a name is that is neither a rule nor a suspect, a sentence each; ``""`` when it is nothing."""
    from stream_audit import candidates, dialects
    from stream_audit.cli.candidates import TEXTBOOK

    if name == "textbook":
        return f"textbook is a bundled candidate, {TEXTBOOK} (--candidate textbook)."
    found = [
        f"{name} is a bundled candidate, {adapter.title} (--candidate {name})."
        for adapter in candidates.ADAPTERS
        if adapter.name == name
    ]
    found += [
        f"{name} is a dialect (--dialect {name}): {entry.title}."
        for entry in dialects.DIALECTS
        if entry.name == name
    ]
    return "\n\n".join(found)
