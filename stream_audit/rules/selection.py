"""Which rules a user wants to hear of: ``--select`` and ``--ignore``.

Three ways to name rules, in either list: a rule (``role-concat``), a family
(``usage``), or the start of some rules' names with a star (``tool-args-*``).
``--ignore`` wins over ``--select``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stream_audit.errors import UnknownName
from stream_audit.rules.candidate import ANSWERLESS
from stream_audit.rules.catalogue import FAMILIES, RULES

__all__ = ["Selection", "select"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Tells for a rule's slug whether its findings are wanted. Call it, or use ``in``."""

    chosen: frozenset[str] | None
    """``None``: all, those included that no catalogue lists."""
    ignored: frozenset[str]

    def __call__(self, slug: str) -> bool:
        """True when findings of that rule are wanted."""
        return slug not in self.ignored and (self.chosen is None or slug in self.chosen)

    def __contains__(self, slug: str) -> bool:
        return self(slug)

    def reports(self, slug: str) -> bool:
        """True for what is wanted, and for the failures of a candidate that gave no answer.

        Whoever gave none was held to no rule at all, so whatever is selected was not checked.
        """
        return self(slug) or (slug in ANSWERLESS and slug not in self.ignored)


def select(select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Selection:
    """Read what a user wrote behind ``--select`` and ``--ignore``.

    Args:
        select: Rules to keep; empty keeps all.
        ignore: Rules to leave out, also of those that ``select`` names.

    Returns:
        A predicate over slugs.

    Raises:
        UnknownName: One of them names no rule, no family, and is the start of no rule's name.
    """
    return Selection(_expand(select) if select else None, _expand(ignore))


def _expand(names: Sequence[str]) -> frozenset[str]:
    return frozenset(slug for name in names for slug in _slugs(name.strip()))


def _slugs(name: str) -> list[str]:
    if name.endswith("*"):
        found = [entry.slug for entry in RULES if entry.slug.startswith(name[:-1])]
    else:
        found = [entry.slug for entry in RULES if name in (entry.slug, entry.family)]
    if not found:
        raise UnknownName("rule", name, (*(entry.slug for entry in RULES), *dict(FAMILIES)))
    return found
