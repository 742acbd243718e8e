"""Ollama's ``/api/chat`` and ``/api/generate``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.ollama.fold import OllamaFold
from stream_audit.dialects.ollama.sightings import sight_chunks
from stream_audit.dialects.ollama.usage import neutral_usage
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["OLLAMA", "Ollama"]

CHAT_KEYS = frozenset(("model", "created_at", "message", "done"))
GENERATE_KEYS = frozenset(("model", "created_at", "response", "thinking", "done"))
MESSAGE_KEYS = frozenset(("role", "content", "thinking"))
"""The keys of chunks of which folding another one does nothing but append."""

_CLOCK = "created_at"


class Ollama:
    """The dialect ``ollama``, both endpoints."""

    __slots__ = ()

    name: ClassVar[str] = "ollama"
    title: ClassVar[str] = "Ollama's /api/chat and /api/generate"
    decisive: ClassVar[bool] = False
    volatile: ClassVar[Volatile] = Volatile(clock=_CLOCK)

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be a chunk of this dialect."""
        if not isinstance(payload.get("done"), bool):
            return False
        named = isinstance(payload.get("model"), str) or isinstance(payload.get("created_at"), str)
        said = isinstance(payload.get("message"), dict) or isinstance(payload.get("response"), str)
        return named and said

    def knows(self, payload: Payload) -> bool:
        """As ``recognises``."""
        return self.recognises(payload)

    def identity(self, payload: Payload) -> str | None:
        """The dialect has no ids."""
        return None

    def starts(self, payload: Payload) -> bool:
        """True for any chunk of an answer: the first looks like all others; only an end separates them."""
        return self.recognises(payload)

    def ends(self, payload: Payload) -> bool:
        """True for a chunk that is ``done``."""
        return payload.get("done") is True

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position behind the next chunk that is ``done``."""
        first = max(begin, 1)
        ended = [not isinstance(item, str) and item.get("done") is True for item in items[first - 1 : -1]]
        return first + ended.index(True) if True in ended else len(items)

    def echo(self, payload: Payload) -> str | None:
        """The one text of a chunk that says nothing else but what time it is."""
        if payload.get("done") is not False or not isinstance(payload.get("model"), str):
            return None
        place: Any = payload.get("message", payload)
        keys = GENERATE_KEYS if place is payload else CHAT_KEYS
        if not payload.keys() <= keys or not isinstance(payload.get(_CLOCK, ""), str):
            return None
        if not isinstance(place, dict) or (place is not payload and not place.keys() <= MESSAGE_KEYS):
            return None
        if place is not payload and not isinstance(place.get("role", ""), str):
            return None
        texts = [place.get(key, "") for key in ("content", "response", "thinking")]
        said = [text for text in texts if text != ""]
        return said[0] if len(said) == 1 and isinstance(said[0], str) else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return OllamaFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each chunk: its texts, then its counts."""
        return sight_chunks(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read the folded counts."""
        return neutral_usage(raw)


OLLAMA = Ollama()
