"""Suspects that get the text, thinking and citation blocks of an Anthropic message wrong.

The trap they share: a message is a list of blocks, each with an index that
every delta repeats. Code that thinks of one text, or of the block opened
last, is right for most answers.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Message, Payload
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from stream_audit.suspects.anthropic.textbook_block import Block

__all__ = ["ANTHROPIC_BLOCKS"]

EVERY_BLOCK = ("content", "reasoning", "tool_calls", "parts", "annotations")


class TextLastBlockOnly(TextbookAnthropic):
    """Starts the text anew with every text block, so that only the last one is left.

    Such code sets ``text = ""`` in its branch for ``content_block_start``. Answers with a tool or a
    search in the middle lose everything before it.
    """

    name = "text-last-block-only"
    failure = "content-parts-first-only"
    kin = ("text-first-block-only",)
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def content(self) -> str | None:
        """The last text."""
        texts = [block.text("text") for block in self.blocks if block.type == "text"]
        return texts[-1] if texts else None


class TextFirstBlockOnly(TextbookAnthropic):
    """Reads ``content[0].text`` and nothing after it.

    Such code comes from the first example in a quickstart.
    """

    name = "text-first-block-only"
    failure = "content-parts-first-only"
    touches = ("content",)
    sources = ("https://github.com/LibreChat-AI/agents/pull/350",)

    def content(self) -> str | None:
        """The first text."""
        return next((block.text("text") for block in self.blocks if block.type == "text"), None)


class TextBlankDeltaDropped(TextbookAnthropic):
    """Skips text deltas that are only blanks or line ends.

    Such code asks ``if delta.text.strip():`` to be rid of empty deltas, and joins words and paragraphs.
    """

    name = "text-blank-delta-dropped"
    failure = "content-whitespace-dropped"
    touches = ("content", "parts", "reasoning")
    sources = (
        "https://github.com/BerriAI/litellm/issues/14106",
        "https://github.com/microsoft/Agents-for-js/pull/997",
    )

    def append_text(self, block: Block, key: str, delta: dict[str, Any]) -> None:
        """Blanks are taken for nothing."""
        if str(delta.get(key, "")).strip():
            super().append_text(block, key, delta)


class ThinkingIntoContent(TextbookAnthropic):
    """Puts thinking into the answer.

    Such code appends whatever a delta carries: ``text += delta.text or delta.thinking``.
    """

    name = "thinking-into-content"
    failure = "reasoning-leaks-into-content"
    kin = ("thinking-dropped",)
    touches = ("content", "reasoning")
    sources = (
        "https://github.com/waybarrios/vllm-mlx/pull/677",
        "https://github.com/farion1231/cc-switch/pull/6319",
    )

    def content(self) -> str | None:
        """Everything that reads like text."""
        pieces = [block.text(block.type) for block in self.blocks if block.type in ("text", "thinking")]
        return "".join(pieces) if pieces else None

    def reasoning(self) -> str | None:
        """Nothing is left for it."""
        return None


class ThinkingDropped(TextbookAnthropic):
    """Leaves thinking blocks out of the message.

    Such code handles ``text_delta`` and ``input_json_delta`` and has no branch for the rest. The next
    turn with tools is refused, because the thinking before a tool call must come back.
    """

    name = "thinking-dropped"
    failure = "stream-vs-nonstream"
    kin = (
        "thinking-into-content",
        "signature-dropped",
    )
    touches = ("reasoning", "parts")
    sources = (
        "https://github.com/turnstonelabs/turnstone/pull/214",
        "https://github.com/bitrouter/bitrouter/pull/592",
    )

    def reasoning(self) -> str | None:
        """Nothing."""
        return None

    def parts(self) -> tuple[dict[str, Any], ...]:
        """Every block that is not thinking."""
        return tuple(self.part(block) for block in self.blocks if block.type != "thinking")


class RedactedThinkingDropped(TextbookAnthropic):
    """Leaves ``redacted_thinking`` blocks out: they have no deltas and nothing to show.

    Such code builds its blocks from deltas. The sealed data must come back in the next turn all the same.
    """

    name = "redacted-thinking-dropped"
    failure = "thinking-signature-dropped"
    touches = ("parts",)
    sources = ("https://github.com/bitrouter/bitrouter/pull/592",)

    def parts(self) -> tuple[dict[str, Any], ...]:
        """Every block that had something to show."""
        return tuple(self.part(block) for block in self.blocks if block.type != "redacted_thinking")


class SignatureDropped(TextbookAnthropic):
    """Skips ``signature_delta``, as it has no text; an unsigned thinking block is refused next turn.

    Such code asks ``if not delta.text and not delta.thinking: continue``.
    """

    name = "signature-dropped"
    failure = "thinking-signature-dropped"
    kin = ("thinking-dropped",)
    touches = ("parts",)
    sources = (
        "https://github.com/turnstonelabs/turnstone/pull/214",
        "https://github.com/OpenRouterTeam/ai-sdk-provider/pull/427",
    )

    def append_text(self, block: Block, key: str, delta: dict[str, Any]) -> None:
        """Text and thinking only."""
        if key != "signature":
            super().append_text(block, key, delta)


class SignatureLastFragment(TextbookAnthropic):
    """Assigns the signature instead of appending to it; of several fragments the last is left.

    Such code says ``block.signature = delta.signature``. One fragment per block is usual, not promised.
    """

    name = "signature-last-fragment"
    failure = "thinking-signature-fragment"
    kin = (
        "thinking-into-content",
        "thinking-dropped",
        "signature-dropped",
    )
    touches = ("parts",)
    sources = (
        "https://github.com/pensarai/apex/pull/534",
        "https://github.com/anthropics/anthropic-sdk-typescript/pull/997",
    )

    def append_text(self, block: Block, key: str, delta: dict[str, Any]) -> None:
        """A signature begins anew each time."""
        if key == "signature":
            block.fields["signature"] = ""
        super().append_text(block, key, delta)


class CitationDeltasDropped(TextbookAnthropic):
    """Skips ``citations_delta``; the answer keeps its claims and loses its sources.

    Such code reads ``delta.text`` and finds none.
    """

    name = "citation-deltas-dropped"
    failure = "citations-dropped"
    touches = ("annotations", "parts")
    sources = (
        "https://github.com/maximhq/bifrost/issues/5061",
        "https://github.com/microsoft/agent-framework/issues/5029",
    )

    def append_citation(self, block: Block, delta: dict[str, Any]) -> None:
        """Nothing to see here."""


class CitationsLastOnly(TextbookAnthropic):
    """Keeps the last citation of a block; each one replaces the one before.

    Such code says ``block.citations = [delta.citation]``.
    """

    name = "citations-last-only"
    failure = "citations-dropped"
    kin = ("citation-deltas-dropped",)
    touches = ("annotations", "parts")
    sources = ("https://github.com/openai/openai-agents-python/pull/4252",)

    def append_citation(self, block: Block, delta: dict[str, Any]) -> None:
        """A list that is always new."""
        block.fields["citations"] = []
        super().append_citation(block, delta)


class BlocksByLastOpened(TextbookAnthropic):
    """Applies every delta to the block opened last, whatever its index says.

    Such code keeps a ``current_block`` variable. Blocks that are open at the same time mix.
    """

    name = "blocks-by-last-opened"
    failure = "tool-fragments-interleaved"
    kin = ("tool-first-block-only",)
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/QwenLM/Qwen-Agent/pull/943",
        "https://github.com/jaseci-labs/jac/issues/7673",
    )

    def block_for(self, index: int | None) -> Block | None:
        """The newest, unless nothing was opened under that index at all."""
        return super().block_for(index) and self.blocks[-1]


class BlocksByIndexOnly(TextbookAnthropic):
    """Keeps blocks in a map by index; a second block under one index replaces the first.

    Such code says ``blocks[event.index] = event.content_block``. Gateways that number every block 0
    lose all but the last.
    """

    name = "blocks-by-index-only"
    failure = "tool-index-constant"
    kin = (
        "block-index-as-position",
        "tools-omitted",
    )
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/huggingface/smolagents/pull/1958",
        "https://github.com/ai-dynamo/dynamo/pull/4723",
    )

    def open_block(self, index: int, fields: dict[str, Any]) -> Block:
        """The one before it under this index is forgotten."""
        before = self.by_index.get(index)
        self.blocks = [block for block in self.blocks if block is not before]
        return super().open_block(index, fields)


class BlockIndexAsPosition(TextbookAnthropic):
    """Takes the index for a position in the list of blocks and falls over a gap.

    Such code says ``message.content[event.index]``. A proxy that filters a block out, and does not
    renumber the rest, is enough.
    """

    name = "block-index-as-position"
    failure = "tool-index-as-list-position"
    touches = EVERY_BLOCK
    sources = (
        "https://github.com/openai/openai-python/pull/3245",
        "https://github.com/openai/openai-python/pull/3126",
    )

    def block_for(self, index: int | None) -> Block | None:
        """The n-th block, or an ``IndexError``."""
        return super().block_for(None) if index is None else self.blocks[index]


class OpenBlockDropped(TextbookAnthropic):
    """Adds a block to the message when it stops; one that never stops is lost.

    Such code pushes to the list in its branch for ``content_block_stop``.
    """

    name = "open-block-dropped"
    failure = "block-stop-missing"
    touches = EVERY_BLOCK
    sources = ("https://github.com/maximhq/bifrost/issues/4262",)

    def message(self) -> Message:
        """What was closed, and nothing else."""
        every = self.blocks
        self.blocks = [block for block in every if block.stopped]
        try:
            return super().message()
        finally:
            self.blocks = every


class UnopenedBlockDropped(TextbookAnthropic):
    """Ignores deltas for a block whose start was not seen.

    Such code says ``block = blocks.get(index)`` and ``if block is None: return``. Proxies that send
    deltas only leave an empty answer and no error.
    """

    name = "unopened-block-dropped"
    failure = "block-start-missing"
    kin = ("block-index-as-position",)
    touches = EVERY_BLOCK
    sources = ("https://github.com/anthropics/anthropic-sdk-python/pull/1273",)

    def open_missing_block(self, index: int, delta: dict[str, Any]) -> Block | None:
        """Do without."""
        return None


class PrefillIgnored(TextbookAnthropic):
    """Ignores content that ``message_start`` already carries.

    Such code sets ``content = []`` at the start, as the list is empty in every example.
    """

    name = "prefill-ignored"
    failure = "stream-vs-nonstream"
    kin = (
        "open-block-dropped",
        "tool-input-seed-ignored",
        "tool-caller-dropped",
        "usage-start-ignored",
    )
    touches = EVERY_BLOCK
    sources = ("https://github.com/vllm-project/vllm/issues/47137",)

    def take_prefilled(self, message: dict[str, Any]) -> None:
        """Begin with nothing."""


class BlockSeedIgnored(TextbookAnthropic):
    """Begins every text and thinking block empty and overlooks what its start already says.

    Such code says ``blocks.push({type: "text", text: ""})``. Servers that send a short text whole, in
    the start, lose it.
    """

    name = "block-seed-ignored"
    failure = "content-empty-string-start"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/Gitlawb/openclaude/pull/48",)

    def on_block_start(self, payload: Payload) -> None:
        """A fresh block of the same type."""
        super().on_block_start(payload)
        fields = self.blocks[-1].fields
        fields.update({key: "" for key in ("text", "thinking") if key in fields})


class UnknownDeltaDropped(TextbookAnthropic):
    """Skips delta types newer than the code, and what they bring.

    Such code ends its switch with ``default: break``. ``compaction_delta`` came that way, and the
    summary that replaces older turns was lost.
    """

    name = "unknown-delta-dropped"
    failure = "unknown-event"
    touches = ("parts",)
    sources = ("https://github.com/microsoft/agent-framework/issues/5029",)

    def set_fields(self, block: Block, delta: dict[str, Any]) -> None:
        """Not ours."""

    def compact(self, block: Block, delta: dict[str, Any]) -> None:
        """Not ours either."""


ANTHROPIC_BLOCKS: tuple[type[TextbookAnthropic], ...] = (
    TextLastBlockOnly,
    TextFirstBlockOnly,
    TextBlankDeltaDropped,
    ThinkingIntoContent,
    ThinkingDropped,
    RedactedThinkingDropped,
    SignatureDropped,
    SignatureLastFragment,
    CitationDeltasDropped,
    CitationsLastOnly,
    BlocksByLastOpened,
    BlocksByIndexOnly,
    BlockIndexAsPosition,
    OpenBlockDropped,
    UnopenedBlockDropped,
    PrefillIgnored,
    BlockSeedIgnored,
    UnknownDeltaDropped,
)
