"""What the blocks and the tool calls of a Cohere message have in common: each is opened under an index."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from stream_audit.dialects.noting import Noting
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown

__all__ = ["NOWHERE", "Opened", "Piece", "Spot"]

NOWHERE = object()
"""Stands for the index of no block."""


class Piece(Protocol):
    """A block or a call; ``position`` is its place among its kind."""

    position: int
    stopped: bool


class Spot:
    """Where the last text went, and so the next one most probably will."""

    __slots__ = ("index", "key", "text")

    def __init__(self) -> None:
        self.text = Text()
        self.index: object = NOWHERE
        """The index of the block it is for; ``NOWHERE`` for a text outside of blocks."""
        self.key = ""
        """Its key in the block."""

    def put(self, piece: str, text: Text, index: object = NOWHERE, key: str = "") -> None:
        """Append to a text, and remember it."""
        self.text.compact()
        text.append(piece)
        self.text, self.index, self.key = text, index, key


PieceT = TypeVar("PieceT", bound=Piece)


class Opened(Generic[PieceT]):
    """The blocks, or the calls, of one message.

    Args:
        noting: Where notes go.
        extra: Where a message keeps what no rule knows.
        spot: Told of every text.
    """

    field = ""
    """Path of the list that they stand in."""

    def __init__(self, noting: Noting, extra: Unknown, spot: Spot) -> None:
        self.opened: list[PieceT] = []
        """In the order of opening."""
        self._noting = noting
        self._extra = extra
        self._spot = spot
        self._by_index: dict[int, PieceT] = {}

    def close(self, kind: str, index: int | None) -> None:
        """Fold the event that ends one."""
        piece = self._meant(index)
        if piece is None:
            self._note_missing(kind, index)
        else:
            piece.stopped = True

    def note_unclosed(self) -> None:
        """Note those that were never closed, now that the message ends."""
        for piece in self.opened:
            if not piece.stopped:
                self._noting.note("block-stop-missing", f"{self.field}[{piece.position}]", "never ended")

    def _place(self, piece: PieceT, index: int | None) -> PieceT:
        """Put one behind those before, and under its index, be that theirs or not."""
        self._by_index[piece.position if index is None else index] = piece
        self.opened.append(piece)
        return piece

    def _meant(self, index: int | None) -> PieceT | None:
        """The one that a delta is for: without an index the one opened last."""
        if index is None:
            return self.opened[-1] if self.opened else None
        return self._by_index.get(index)

    def _note_missing(self, kind: str, index: int | None) -> None:
        self._noting.note("block-start-missing", "", f"{kind!r} for index {index or 0}")

    def _entries(self, key: str, entries: list[Any]) -> list[dict[str, Any]]:
        """The objects of a list; what else is in it is noted and kept."""
        for entry in entries:
            if not isinstance(entry, dict):
                self._noting.odd(self._extra, key, entry)
        return [entry for entry in entries if isinstance(entry, dict)]
