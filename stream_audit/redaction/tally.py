"""What was replaced, counted by what it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Kind", "Tally"]

Kind = Literal[
    "texts", "tool arguments", "names", "ids", "keys and tokens", "urls", "e-mail addresses", "encoded data",
    "unknown texts", "field names", "numbers", "labels", "other lines",
]  # fmt: skip
"""What a replaced piece was: by what it looks like, else by its field. ``unknown texts`` stood in fields
that no list here has; ``other lines`` are comments and what is no JSON."""

_SECRET = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|ghs|github_pat|glpat|xox[abpsr])[-_](?=[\w-]*[0-9])[\w-]{16,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{12,}|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bBearer [\w.~+/=-]{12,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]+-----"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+")
_URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]{0,20}://|www\.)\S|\bdata:[a-z]", re.IGNORECASE)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}")
_LEAST = 6
_MOST = 4096
"""Characters of a text that are looked at."""


@dataclass(slots=True)
class Tally:
    """How many pieces were replaced, and how many of their characters became others."""

    pieces: dict[str, int] = field(default_factory=dict)
    characters: dict[str, int] = field(default_factory=dict)

    def add(self, kind: Kind, said: str, shown: str) -> None:
        """Count a piece, if anything of it was replaced."""
        changed = sum(map(str.__ne__, said, shown))
        if changed:
            name = _looks_like(said) or kind
            self.pieces[name] = self.pieces.get(name, 0) + 1
            self.characters[name] = self.characters.get(name, 0) + changed


def _looks_like(text: str) -> Kind | None:
    """What a text is by its look alone, whatever its field is called."""
    if len(text) < _LEAST:
        return None
    start = text[:_MOST]
    if _SECRET.search(start):
        return "keys and tokens"
    if "@" in start and _EMAIL.search(start):
        return "e-mail addresses"
    if _URL.search(start):
        return "urls"
    return "encoded data" if _ENCODED.fullmatch(text) else None
