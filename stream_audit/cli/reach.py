"""Which rules this version can report at all: those of the dialects that it knows, and those of every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream_audit.model import Rule

__all__ = ["NOT_YET", "checked"]

NOT_YET = "not checked yet: no such dialect in this version"
"""What is said of a rule that only concerns dialects of a later version."""


def checked(entry: Rule) -> bool:
    """Whether there is a dialect in which the rule can be broken."""
    from stream_audit.dialects import DIALECTS

    return not entry.dialects or not {one.name for one in DIALECTS}.isdisjoint(entry.dialects)
