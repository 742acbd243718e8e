"""The blocks of one Converse message, by their indexes: which one a start opens and a delta goes to.

A start opens the blocks of tools; text and reasoning are opened by their first
delta. Relays break either rule, and number every block 0.
"""

from __future__ import annotations

from typing import Any, TypeVar

from stream_audit.dialects.bedrock_converse.blocks import Block
from stream_audit.dialects.noting import Noting
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown

__all__ = ["NOWHERE", "OpenedBlocks"]

STARTED = ("toolUse", "toolResult", "image")
"""Kinds of which the dialect lets only a start open a block."""

NOWHERE = object()
"""Stands for the index of no block."""

AnyBlock = TypeVar("AnyBlock", bound=Block)


class OpenedBlocks:
    """The blocks so far, and where the next chunk probably goes."""

    def __init__(self) -> None:
        self._noting = Noting()
        self.notes = self._noting.notes
        self._stopped = False
        self._blocks: list[Block] = []
        self._by_index: dict[int, Block] = {}
        self._last: Block | None = None
        self._extra = Unknown()
        self._message_extra = Unknown()
        # What the next chunk most probably is: a piece of the same text.
        self._text = Text()
        self._index: object = NOWHERE
        self._kind: str | None = None
        self._key = ""
        self._late: list[str] = []
        """What is out of order about this chunk, and so about each that repeats it."""

    def _begin(self, index: int, block: Block) -> None:
        """Open a block by a start."""
        if index in self._by_index:
            detail = f"'contentBlockStart' for index {index}, which has a block"
            self._noting.note("events-duplicated", "", detail)
        self._open(index, block)

    def _block_of(self, kind: type[AnyBlock], index: int | None) -> AnyBlock:
        """The block that a delta of that kind goes to, opened if there is none."""
        if index is None:
            index = 0 if self._last is None else self._last.index
        block = self._by_index.get(index)
        if not isinstance(block, kind):
            if block is not None and block.name is None:
                block = self._name_kind(block, kind())
            else:
                if kind.kind in STARTED:
                    self._noting.note("block-start-missing", "", f"{kind.kind!r} for index {index}")
                elif block is not None:
                    detail = f"{kind.kind!r} for index {index}, which has a block of {block.name!r}"
                    self._noting.note("events-duplicated", "", detail)
                block = self._open(index, kind())
        if block.stopped:
            self._out_of_order(f"a delta for index {index} after its stop")
        return block

    def _name_kind(self, bare: Block, block: AnyBlock) -> AnyBlock:
        """Let a block that was opened without a kind be one of that kind."""
        block.index, block.position, block.stopped = bare.index, bare.position, bare.stopped
        self._blocks[bare.position] = self._by_index[bare.index] = block
        if self._last is bare:
            self._last = block
        return block

    def _open(self, index: int, block: AnyBlock) -> AnyBlock:
        block.index, block.position = index, len(self._blocks)
        self._blocks.append(block)
        self._by_index[index] = self._last = block
        return block

    def _expect(self, block: Block, index: int | None, text: Text, key: str) -> None:
        """Remember where the next chunk probably goes; ``key`` names the text inside the delta's member."""
        self._text, self._kind, self._key = text, block.kind, key
        if index is not None and not self._late:
            self._index = index

    def _keep(self, value: dict[str, Any], known: tuple[str, ...]) -> None:
        for key, said in value.items():
            if key not in known:
                self._message_extra.add(key, said)

    def _out_of_order(self, detail: str) -> None:
        self._late.append(detail)
        self._noting.note("events-out-of-order", "", detail)
