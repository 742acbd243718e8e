"""What starts and deltas of a Converse stream say about the blocks of its message.

Either is a union, of which nearly always one member is there. What a member
says in a type that the dialect does not allow is noted and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from stream_audit.dialects.bedrock_converse.opened import OpenedBlocks
from stream_audit.dialects.noting import kind_of

__all__ = ["ConverseMessage"]


class ConverseMessage(OpenedBlocks):
    """The message of one response, and the rules by which its blocks grow."""

    # ------------------------------------------------------------------ starts

    def _start(self, index: int, start: dict[str, Any]) -> None:
        """Open a block for each member of a ``start``."""
        members = present(start)
        if not members:
            self._begin(index, Block())
        for kind, seed in members.items():
            if kind not in KINDS:
                self._noting.note("unknown-event", "", f"{kind!r} in a start")
                self._begin(index, StrangeBlock(kind, seed))
            elif not isinstance(seed, str if kind == "text" else dict):
                self._noting.odd(self._message_extra, kind, seed)
            else:
                SEEDED[kind](self, index, seed)

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
            self._noting.note(
                "unknown-event", f"choices[0].message.parts[{block.position}].toolUse.{key}", kind_of(value)
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
            self._noting.odd(self._message_extra, "content", content)

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
                self._noting.note("unknown-event", "", f"{member!r} in a delta")
                self._message_extra.add(member, value)
            else:
                apply(self, index, value)

    def _take_text(self, index: int | None, value: Any) -> None:
        if not isinstance(value, str):
            self._noting.odd(self._message_extra, "text", value)
            return
        block = self._block_of(TextBlock, index)
        block.text.append(value)
        self._expect(block, index, block.text, "")

    def _take_citation(self, index: int | None, value: Any) -> None:
        if isinstance(value, dict):
            self._block_of(TextBlock, index).citations.append(value)
        else:
            self._noting.odd(self._message_extra, "citation", value)

    def _take_reasoning(self, index: int | None, value: Any) -> None:
        if not isinstance(value, dict):
            self._noting.odd(self._message_extra, "reasoningContent", value)
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
                self._noting.note("unknown-event", "", f"{key!r} in 'reasoningContent'")
                self._message_extra.add(key, piece)
            elif isinstance(piece, str):
                pieces[key] = piece
            else:
                self._noting.odd(self._message_extra, key, piece)
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
                    self._noting.note("thinking-signature-fragment", at, "more than one piece of a signature")

    def _take_tool(self, index: int | None, value: Any) -> None:
        if not isinstance(value, dict):
            self._noting.odd(self._message_extra, "toolUse", value)
            return
        piece = value.get("input")
        if isinstance(piece, str):
            block = self._block_of(ToolBlock, index)
            block.json.append(piece)
            self._expect(block, index, block.json, "input")
        else:
            self._noting.odd(self._message_extra, "input", piece)
        self._keep(value, ("input",))

    def _take_result(self, index: int | None, value: Any) -> None:
        if not isinstance(value, list):
            self._noting.odd(self._message_extra, "toolResult", value)
            return
        block = self._block_of(ResultBlock, index)
        for entry in value:
            if isinstance(entry, dict):
                block.content.append(entry)
            else:
                self._noting.odd(self._message_extra, "toolResult", entry)

    def _take_image(self, index: int | None, value: Any) -> None:
        if not isinstance(value, dict):
            self._noting.odd(self._message_extra, "image", value)
            return
        said = [one for one in (value.get("source"), value.get("error")) if isinstance(one, dict)]
        self._picture(self._block_of(ImageBlock, index) if said else ImageBlock(), value)
        self._keep(value, ("source", "error"))

    def _picture(self, block: ImageBlock, value: dict[str, Any]) -> None:
        source, error = value.get("source"), value.get("error")
        if isinstance(error, dict):
            block.fields["error"] = error
        else:
            self._noting.odd(self._message_extra, "error", error)
        if not isinstance(source, dict):
            self._noting.odd(self._message_extra, "source", source)
            return
        block.source = block.source or {}
        for key, said in present(source).items():
            if key != "bytes":
                block.source[key] = said
            elif isinstance(said, str):
                block.bytes.append(said)
            else:
                self._noting.odd(self._message_extra, "bytes", said)


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
