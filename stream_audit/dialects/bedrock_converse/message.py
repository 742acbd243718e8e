"""What the events of a Converse stream say about the blocks of its message.

A start opens the blocks of tools; text and reasoning are opened by their first
delta. Relays break either rule, and number every block 0. Nothing of that
stops the fold; it is noted and what was said is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from stream_audit.dialects.bedrock_converse.blocks import (
    KINDS,
    Block,
    ImageBlock,
    ReasoningBlock,
    ResultBlock,
    StrangeBlock,
    TextBlock,
    ToolBlock,
    present,
)
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Note

__all__ = ["NOWHERE", "ConverseMessage"]

STARTED = ("toolUse", "toolResult", "image")
"""Kinds of which the dialect lets only a start open a block."""

NOWHERE = object()
"""Stands for the index of no block."""

AnyBlock = TypeVar("AnyBlock", bound=Block)


class ConverseMessage:
    """The blocks of one message, and the rules by which starts and deltas change them."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._at = 0  # index of the chunk being folded
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
        self._late: list[
            str
        ] = []  # what is noted of this chunk, and of each that repeats it, as out of order

    # ------------------------------------------------------------------ starts

    def _start(self, index: int, start: dict[str, Any]) -> None:
        """Open a block for each member of a ``start``."""
        members = present(start)
        if not members:
            self._begin(index, Block())
        for kind, seed in members.items():
            if kind not in KINDS:
                self._note("unknown-event", "", f"{kind!r} in a start")
                self._begin(index, StrangeBlock(kind, seed))
            elif not isinstance(seed, str if kind == "text" else dict):
                self._odd(self._message_extra, kind, seed)
            else:
                SEEDED[kind](self, index, seed)

    def _begin(self, index: int, block: Block) -> None:
        """Open a block by a start."""
        if index in self._by_index:
            self._note("events-duplicated", "", f"'contentBlockStart' for index {index}, which has a block")
        self._open(index, block)

    def _begin_text(self, index: int, seed: str) -> None:
        block = TextBlock()
        self._begin(index, block)
        block.text.append(seed)

    def _begin_reasoning(self, index: int, seed: dict[str, Any]) -> None:
        block = ReasoningBlock()
        self._begin(index, block)
        self._reason(block, self._reasoning_pieces(seed))

    def _begin_tool(self, index: int, seed: dict[str, Any]) -> None:
        block = ToolBlock(seed)
        self._begin(index, block)
        for key, value in block.odd_seeds().items():
            self._note(
                "unknown-event", f"choices[0].message.parts[{block.position}].toolUse.{key}", odd_type(value)
            )
            if not block.called:
                self._message_extra.add(key, value)

    def _begin_result(self, index: int, seed: dict[str, Any]) -> None:
        content = seed.get("content")
        block = ResultBlock({key: value for key, value in seed.items() if key != "content"})
        self._begin(index, block)
        if isinstance(content, list):
            block.content += content
        else:
            self._odd(self._message_extra, "content", content)

    def _begin_image(self, index: int, seed: dict[str, Any]) -> None:
        block = ImageBlock({key: value for key, value in seed.items() if key not in ("source", "error")})
        self._begin(index, block)
        self._picture(block, seed)

    # ------------------------------------------------------------------ deltas

    def _delta(self, index: int | None, delta: dict[str, Any]) -> None:
        """Apply each member of a delta."""
        for member, value in present(delta).items():
            apply = APPLIED.get(member)
            if apply is None:
                self._note("unknown-event", "", f"{member!r} in a delta")
                self._message_extra.add(member, value)
            else:
                apply(self, index, value)

    def _take_text(self, index: int | None, value: Any) -> None:
        if not isinstance(value, str):
            self._odd(self._message_extra, "text", value)
            return
        block = self._block_of(TextBlock, index)
        block.text.append(value)
        self._expect(block, index, block.text, "")

    def _take_citation(self, index: int | None, value: Any) -> None:
        if isinstance(value, dict):
            self._block_of(TextBlock, index).citations.append(value)
        else:
            self._odd(self._message_extra, "citation", value)

    def _take_reasoning(self, index: int | None, value: Any) -> None:
        if not isinstance(value, dict):
            self._odd(self._message_extra, "reasoningContent", value)
        elif pieces := self._reasoning_pieces(value):
            block = self._block_of(ReasoningBlock, index)
            self._reason(block, pieces)
            if "text" in pieces:
                self._expect(block, index, block.text, "text")

    def _reasoning_pieces(self, value: dict[str, Any]) -> dict[str, str]:
        """What is known and said; the rest is kept."""
        pieces = {}
        for key, piece in present(value).items():
            if key not in ("text", "signature", "redactedContent"):
                self._note("unknown-event", "", f"{key!r} in 'reasoningContent'")
                self._message_extra.add(key, piece)
            elif isinstance(piece, str):
                pieces[key] = piece
            else:
                self._odd(self._message_extra, key, piece)
        return pieces

    def _reason(self, block: ReasoningBlock, pieces: dict[str, str]) -> None:
        for key, piece in pieces.items():
            if key == "text":
                block.text.append(piece)
            elif key == "redactedContent":
                block.sealed.append(piece)
            else:
                block.signature.append(piece)
                block.fragments += bool(piece)
                if block.fragments == 2 and piece:
                    at = (
                        f"choices[0].message.parts[{block.position}].reasoningContent.reasoningText.signature"
                    )
                    self._note("thinking-signature-fragment", at, "more than one piece of a signature")

    def _take_tool(self, index: int | None, value: Any) -> None:
        if not isinstance(value, dict):
            self._odd(self._message_extra, "toolUse", value)
            return
        piece = value.get("input")
        if isinstance(piece, str):
            block = self._block_of(ToolBlock, index)
            block.json.append(piece)
            self._expect(block, index, block.json, "input")
        else:
            self._odd(self._message_extra, "input", piece)
        self._keep(value, ("input",))

    def _take_result(self, index: int | None, value: Any) -> None:
        if not isinstance(value, list):
            self._odd(self._message_extra, "toolResult", value)
            return
        block = self._block_of(ResultBlock, index)
        for entry in value:
            if isinstance(entry, dict):
                block.content.append(entry)
            else:
                self._odd(self._message_extra, "toolResult", entry)

    def _take_image(self, index: int | None, value: Any) -> None:
        if not isinstance(value, dict):
            self._odd(self._message_extra, "image", value)
            return
        said = [one for one in (value.get("source"), value.get("error")) if isinstance(one, dict)]
        self._picture(self._block_of(ImageBlock, index) if said else ImageBlock(), value)
        self._keep(value, ("source", "error"))

    def _picture(self, block: ImageBlock, value: dict[str, Any]) -> None:
        source, error = value.get("source"), value.get("error")
        if isinstance(error, dict):
            block.fields["error"] = error
        else:
            self._odd(self._message_extra, "error", error)
        if not isinstance(source, dict):
            self._odd(self._message_extra, "source", source)
            return
        block.source = block.source or {}
        for key, said in present(source).items():
            if key != "bytes":
                block.source[key] = said
            elif isinstance(said, str):
                block.bytes.append(said)
            else:
                self._odd(self._message_extra, "bytes", said)

    # ------------------------------------------------------------------ blocks

    def _block_of(self, kind: type[AnyBlock], index: int | None) -> AnyBlock:
        """The block that a delta of that kind goes to, opened if there is none."""
        if index is None:
            index = 0 if self._last is None else self._last.index
        block = self._by_index.get(index)
        if not isinstance(block, kind):
            if block is not None and block.kind is None:
                block = self._name_kind(block, kind())
            else:
                if kind.kind in STARTED:
                    self._note("block-start-missing", "", f"{kind.kind!r} for index {index}")
                elif block is not None:
                    detail = f"{kind.kind!r} for index {index}, which has a block of {block.kind!r}"
                    self._note("events-duplicated", "", detail)
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

    # ------------------------------------------------------------------ what is odd

    def _keep(self, value: dict[str, Any], known: tuple[str, ...]) -> None:
        for key, said in value.items():
            if key not in known:
                self._message_extra.add(key, said)

    def _odd(self, level: Unknown, key: str, value: Any) -> None:
        """Keep a value whose type the dialect does not allow there. ``null`` is absent, not odd."""
        if value is not None:
            self._note("unknown-event", key, odd_type(value))
            level.add(key, value)

    def _out_of_order(self, detail: str) -> None:
        self._late.append(detail)
        self._note("events-out-of-order", "", detail)

    def _note(self, rule: str, field: str, detail: str) -> None:
        self.notes.append(Note(rule, self._at, field, detail[:200]))


SEEDED: dict[str, Callable[[ConverseMessage, int, Any], None]] = {
    "text": ConverseMessage._begin_text,
    "reasoningContent": ConverseMessage._begin_reasoning,
    "toolUse": ConverseMessage._begin_tool,
    "toolResult": ConverseMessage._begin_result,
    "image": ConverseMessage._begin_image,
}
APPLIED: dict[str, Callable[[ConverseMessage, int | None, Any], None]] = {
    "text": ConverseMessage._take_text,
    "citation": ConverseMessage._take_citation,
    "reasoningContent": ConverseMessage._take_reasoning,
    "toolUse": ConverseMessage._take_tool,
    "toolResult": ConverseMessage._take_result,
    "image": ConverseMessage._take_image,
}


def odd_type(value: Any) -> str:
    """What a value is that should be something else."""
    return f"a {type(value).__name__} where the dialect has none"
