"""One request with its answer, as a container holds it; what was wrong with it is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["LONGEST", "Damage", "Interaction"]

LONGEST = 64 * 1024 * 1024
"""Bytes of the file that one interaction may take. A longer one is skipped without being held."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Why an interaction, or something of it, could not be read as recorded."""

    rule: str
    message: str
    line: int = 0
    """Where in the file; 0 is where the interaction begins."""


@dataclass(slots=True, kw_only=True)
class Interaction:
    """A request and its answer."""

    number: int
    """Counted from 1 in the file, damaged ones too."""
    line: int
    last_line: int
    method: str = ""
    url: str = ""
    request: bytes = b""
    """The request's body."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the answer; names in small letters, several values of one name joined by a comma."""
    body: bytes | None = None
    """The answer's body, as it stands there; ``None`` where it was not kept."""
    body_line: int = 0
    """The file line of the body's first line; 0 where lines of the body are no lines of the file."""
    times: tuple[float, ...] = ()
    """When the body began and ended, in seconds, where the container knows."""
    damage: list[Damage] = field(default_factory=list)
    lost: bool = False
    """So damaged that nothing else is known of it."""

    @property
    def name(self) -> str:
        """What it is called behind its file."""
        return f"interaction-{self.number}"

    @property
    def media_type(self) -> str:
        """``text/event-stream``, without parameters; empty where the answer does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
