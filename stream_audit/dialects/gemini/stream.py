"""Gemini, the streams of ``generateContent``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.gemini import chunks
from stream_audit.dialects.gemini.fold import GeminiFold
from stream_audit.dialects.gemini.sightings import sight_chunks
from stream_audit.dialects.gemini.usage import TOTALS, neutral_usage
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["GEMINI", "Gemini"]


class Gemini:
    """The dialect ``gemini``."""

    __slots__ = ()

    name: ClassVar[str] = "gemini"
    title: ClassVar[str] = "Gemini, the streams of generateContent"
    decisive: ClassVar[bool] = False  # No chunk says that it is the first.
    volatile: ClassVar[Volatile] = Volatile(totals=("usageMetadata", TOTALS))

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be a chunk of this dialect."""
        return chunks.is_chunk(payload) or chunks.wrapped(payload) is not None

    def knows(self, payload: Payload) -> bool:
        """As ``recognises``."""
        return self.recognises(payload)

    def identity(self, payload: Payload) -> str | None:
        """The response id, ``None`` when absent or empty."""
        return chunks.identity(payload)

    def starts(self, payload: Payload) -> bool:
        """True for a chunk with an id and content: were it another response's, it would begin that one."""
        return chunks.starts(payload)

    def ends(self, payload: Payload) -> bool:
        """True when a candidate has its finish reason, or the prompt was refused."""
        return chunks.ends(payload)

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the first item that may belong to another response, ``len(items)`` if none."""
        for position in range(begin, len(items)):
            item = items[position]
            if isinstance(item, str) or (identity is not None and item.get("responseId") == identity):
                continue
            id_ = chunks.identity(item)
            if id_ is not None and id_ != identity:
                return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The text of a chunk of nothing but text, usage and labels."""
        return chunks.text_of(payload)

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return GeminiFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each chunk: its texts, then its usage report."""
        return sight_chunks(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        return neutral_usage(raw)


GEMINI = Gemini()
