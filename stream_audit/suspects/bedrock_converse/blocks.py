"""Suspects that get the text, reasoning and citation blocks of a Converse message wrong.

The trap they share: a message is a list of blocks, each with an index that
every delta repeats, but only tools have a start. Code that waits for one, or
goes by the last one it saw, is right for most answers.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Message
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse
from stream_audit.suspects.bedrock_converse.textbook_block import Block

__all__ = ["CONVERSE_BLOCKS"]

EVERY_BLOCK = ("content", "reasoning", "tool_calls", "parts", "annotations")


class TextWithoutStartDropped(TextbookConverse):
    """Ignores deltas for a block whose start was not seen; text and reasoning have none.

    In the wild: ``block = blocks.get(index)`` and ``if block is None: continue``, or a wrapper for another
    API that sends a start of its own in place of the delta that opened the block.
    """

    name = "text-without-start-dropped"
    failure = "block-start-missing"
    touches = EVERY_BLOCK
    widespread = True
    sources = ("https://github.com/BerriAI/litellm/pull/24767",)

    def open_missing_block(self, kind: str, index: int) -> Block | None:
        return None


class DeltasToLastStart(TextbookConverse):
    """Gives every delta to the block that was started last, whatever its index says.

    In the wild: ``current = event["contentBlockStart"]["contentBlockIndex"]``, used for every delta until
    the next start. Text behind a tool has no start, and is stored inside the tool.
    """

    name = "deltas-to-last-start"
    failure = "block-start-missing"
    kin = ("tools-beside-text-omitted",)
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/NousResearch/hermes-agent/pull/108209",
        "https://github.com/NousResearch/hermes-agent/pull/107472",
    )
    started: Block | None = None

    def start_block(self, kind: str, index: int, seed: Any) -> None:
        super().start_block(kind, index, seed)
        self.started = self.by_index.get(index)

    def block_for(self, kind: str, index: int) -> Block | None:
        return self.started or super().block_for(kind, index)


class BlocksInterleavedMixed(TextbookConverse):
    """Gives every piece of input to the tool that was started last.

    In the wild: ``current_tool["input"] += delta["toolUse"]["input"]``. Two tools that are open at the same
    time mix.
    """

    name = "blocks-interleaved-mixed"
    failure = "tool-fragments-interleaved"
    kin = ("deltas-to-last-start", "first-tool-alone", "input-replaced")
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/QwenLM/Qwen-Agent/pull/943",
        "https://github.com/jaseci-labs/jac/issues/7673",
    )

    def block_for(self, kind: str, index: int) -> Block | None:
        tools = [block for block in self.blocks if block.kind == "toolUse"]
        return tools[-1] if kind == "toolUse" and tools else super().block_for(kind, index)


class BlockIndexBeyondList(TextbookConverse):
    """Takes the index for a position in the list of blocks and falls over a gap.

    In the wild: ``content.append(block)`` at the first delta and ``content[index]`` at every one. A relay
    that filters reasoning out, and does not renumber the rest, is enough.
    """

    name = "block-index-beyond-list"
    failure = "tool-index-as-list-position"
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/NousResearch/hermes-agent/pull/107472",
        "https://github.com/openai/openai-python/pull/3245",
    )

    def block_for(self, kind: str, index: int) -> Block | None:
        return super().block_for(kind, index) and self.blocks[index]


class BlocksReplacedByIndex(TextbookConverse):
    """Keeps blocks in a map by index; a second block under one index replaces the first.

    In the wild: ``blocks[index] = start["toolUse"]``. Relays that number every block 0 lose all but the
    last.
    """

    name = "blocks-replaced-by-index"
    failure = "tool-index-constant"
    kin = ("block-index-beyond-list", "first-tool-alone")
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/huggingface/smolagents/pull/1958",
        "https://github.com/ai-dynamo/dynamo/pull/4723",
    )

    def open_block(self, block: Block) -> Block:
        before = self.by_index.get(block.index)
        self.blocks = [one for one in self.blocks if one is not before]
        return super().open_block(block)


class FirstTextBlockAlone(TextbookConverse):
    """Reads ``content[0]["text"]`` and nothing after it.

    In the wild: the first example of a quickstart. An answer with a tool or a search in the middle loses
    its end.
    """

    name = "first-text-block-alone"
    failure = "content-parts-first-only"
    kin = ("last-text-block-alone",)
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def content(self) -> str | None:
        return next((block.text() for block in self.blocks if block.kind == "text"), None)


class LastTextBlockAlone(TextbookConverse):
    """Starts the text anew with every block, so that only the last one is left.

    In the wild: ``text = ""`` in the branch for ``contentBlockStop``, behind ``content.append(text)``, and
    an answer built from what is left at the end.
    """

    name = "last-text-block-alone"
    failure = "content-parts-first-only"
    kin = ("first-text-block-alone",)
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def content(self) -> str | None:
        texts = [block.text() for block in self.blocks if block.kind == "text"]
        return texts[-1] if texts else None


class BlankTextDropped(TextbookConverse):
    """Skips text that is only blanks or line ends.

    In the wild: ``if delta["text"].strip():``, written against the empty deltas that some models send.
    """

    name = "blank-text-dropped"
    failure = "content-whitespace-dropped"
    touches = ("content", "parts")
    sources = (
        "https://github.com/BerriAI/litellm/issues/14106",
        "https://github.com/microsoft/Agents-for-js/pull/997",
    )

    def append_text(self, index: int, piece: str) -> None:
        if piece.strip():
            super().append_text(index, piece)


class ReasoningTextIntoAnswer(TextbookConverse):
    """Puts reasoning into the answer.

    In the wild: ``text += delta.get("text") or delta["reasoningContent"]["text"]``.
    """

    name = "reasoning-text-into-answer"
    failure = "reasoning-leaks-into-content"
    kin = ("reasoning-as-empty-text", "reasoning-blocks-dropped")
    touches = ("content", "reasoning")
    sources = (
        "https://github.com/waybarrios/vllm-mlx/pull/677",
        "https://github.com/farion1231/cc-switch/pull/6319",
    )

    def content(self) -> str | None:
        pieces = [block.text() for block in self.blocks if block.kind in ("text", "reasoningContent")]
        return "".join(pieces) if pieces else None

    def reasoning(self) -> str | None:
        return None


class ReasoningBlocksDropped(TextbookConverse):
    """Leaves reasoning out of the message.

    In the wild: branches for ``text`` and ``toolUse``, and none for the rest. The next turn with tools is
    refused, because the reasoning before a tool must come back.
    """

    name = "reasoning-blocks-dropped"
    failure = "stream-vs-nonstream"
    kin = ("reasoning-as-empty-text", "reasoning-text-into-answer")
    touches = ("reasoning", "parts")
    sources = ("https://github.com/JetBrains/koog/pull/2062",)

    def reasoning(self) -> str | None:
        return None

    def parts(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.part(block) for block in self.blocks if block.kind != "reasoningContent")


class ReasoningAsEmptyText(TextbookConverse):
    """Files every block away as text that is no tool; of reasoning that is an empty one.

    In the wild: ``else: content.append({"text": text})`` in the branch for ``contentBlockStop``, as in the
    loop of Amazon's guide to tools. The empty block is refused in the next turn, and the reasoning is lost.
    """

    name = "reasoning-as-empty-text"
    failure = "stream-vs-nonstream"
    kin = ("reasoning-blocks-dropped", "reasoning-text-into-answer")
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/JetBrains/koog/pull/2062",)

    def content(self) -> str | None:
        shown = [block for block in self.blocks if block.kind in ("text", "reasoningContent")]
        return (super().content() or "") if shown else None

    def reasoning(self) -> str | None:
        return None

    def part(self, block: Block) -> dict[str, Any]:
        return {"text": ""} if block.kind == "reasoningContent" else super().part(block)


class ReasoningSignatureDropped(TextbookConverse):
    """Skips the signature, as it is no text; unsigned reasoning is refused next turn.

    In the wild: ``if "text" in delta["reasoningContent"]:`` without an ``elif``.
    """

    name = "reasoning-signature-dropped"
    failure = "thinking-signature-dropped"
    kin = ("reasoning-as-empty-text", "reasoning-blocks-dropped", "reasoning-text-into-answer")
    touches = ("reasoning", "parts")
    sources = (
        "https://github.com/open-multi-agent/open-multi-agent/pull/302",
        "https://github.com/maximhq/bifrost/pull/5668",
    )

    def append_reasoning(self, block: Block, key: str, piece: str) -> None:
        if key != "signature":
            super().append_reasoning(block, key, piece)


class ReasoningSignatureReplaced(TextbookConverse):
    """Assigns the signature instead of appending to it; of several pieces the last is left.

    In the wild: ``block["signature"] = delta["reasoningContent"]["signature"]``. One piece a block is
    usual, not promised.
    """

    name = "reasoning-signature-replaced"
    failure = "thinking-signature-fragment"
    kin = (
        "reasoning-as-empty-text",
        "reasoning-blocks-dropped",
        "reasoning-signature-dropped",
        "reasoning-text-into-answer",
    )
    touches = ("parts",)
    sources = (
        "https://github.com/maximhq/bifrost/pull/5668",
        "https://github.com/pensarai/apex/pull/534",
    )

    def append_reasoning(self, block: Block, key: str, piece: str) -> None:
        if key == "signature":
            block.pieces.pop(key, None)
        super().append_reasoning(block, key, piece)


class RedactedReasoningDropped(TextbookConverse):
    """Reads the text and the signature of reasoning, and not what is sealed.

    In the wild: two of the three members of the union. The sealed reasoning must come back in the next turn
    all the same; OpenAI's models on Bedrock send no other.
    """

    name = "redacted-reasoning-dropped"
    failure = "thinking-signature-dropped"
    kin = ("reasoning-as-empty-text", "reasoning-blocks-dropped")
    touches = ("parts",)
    sources = ("https://github.com/earendil-works/pi/pull/8314",)

    def reasoning_pieces(self, value: dict[str, Any]) -> dict[str, str]:
        pieces = super().reasoning_pieces(value)
        pieces.pop("redactedContent", None)
        return pieces


class CitationMembersDropped(TextbookConverse):
    """Skips the deltas that carry a source; the answer keeps its claims and loses their proof.

    In the wild: a branch for ``citationsContent``, which is the name in an answer that is not streamed. In
    a stream the member is called ``citation``.
    """

    name = "citation-members-dropped"
    failure = "citations-dropped"
    touches = ("annotations", "parts")
    sources = (
        "https://github.com/strands-agents/sdk-typescript/issues/910",
        "https://github.com/stdapi-ai/stdapi.ai/issues/229",
    )

    def append_citation(self, index: int, citation: dict[str, Any]) -> None:
        pass


class UnstoppedBlockDropped(TextbookConverse):
    """Adds a block to the message when it stops; one that never stops is lost.

    In the wild: ``content.append(...)`` in the branch for ``contentBlockStop``. A relay that forgets that
    event leaves an empty answer with all its tokens.
    """

    name = "unstopped-block-dropped"
    failure = "block-stop-missing"
    touches = EVERY_BLOCK
    sources = ("https://github.com/maximhq/bifrost/issues/4262",)

    def message(self) -> Message:
        every = self.blocks
        self.blocks = [block for block in every if block.stopped]
        try:
            return super().message()
        finally:
            self.blocks = every


CONVERSE_BLOCKS: tuple[type[TextbookConverse], ...] = (
    TextWithoutStartDropped,
    DeltasToLastStart,
    BlocksInterleavedMixed,
    BlockIndexBeyondList,
    BlocksReplacedByIndex,
    FirstTextBlockAlone,
    LastTextBlockAlone,
    BlankTextDropped,
    ReasoningTextIntoAnswer,
    ReasoningBlocksDropped,
    ReasoningAsEmptyText,
    ReasoningSignatureDropped,
    ReasoningSignatureReplaced,
    RedactedReasoningDropped,
    CitationMembersDropped,
    UnstoppedBlockDropped,
)
