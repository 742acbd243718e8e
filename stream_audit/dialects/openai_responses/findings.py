"""What is odd about the items of one response, on its way to the notes of the fold."""

from __future__ import annotations

from bisect import bisect_left, insort

from stream_audit.dialects.noting import Noting
from stream_audit.dialects.unknown import Unknown

__all__ = ["Findings", "Rank"]

Rank = tuple[int, int]
"""What items are ordered by: their ``output_index``, then how many were opened before."""


class Findings:
    """Takes what items find odd about themselves. Knows their order and none of them.

    An item that held what holds it would be a circle, chunks and all, that only the garbage collector frees.

    Args:
        noting: The notes of the fold.
        extra: Keeps values of a wrong type.
    """

    def __init__(self, noting: Noting, extra: Unknown) -> None:
        self._noting = noting
        self._extra = extra
        self._ranks: list[Rank] = []

    def opened(self, index: int) -> Rank:
        """One more item is there; its rank."""
        rank = (index, len(self._ranks))
        insort(self._ranks, rank)
        return rank

    def tell(self, rank: Rank, rule: str, path: str, detail: str) -> None:
        """Note a finding: about which item, rule, path inside the item, detail."""
        at = f"choices[0].message.parts[{bisect_left(self._ranks, rank)}]"
        self._noting.note(rule, f"{at}.{path}" if path else at, detail)

    def keep(self, key: str, value: object) -> None:
        """Note and keep a value of a wrong type under its key. ``null`` is absent, not odd."""
        self._noting.odd(self._extra, key, value)
