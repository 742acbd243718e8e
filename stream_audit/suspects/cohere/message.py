"""Suspects that get the text of a Cohere message wrong: its blocks, its plan, its citations.

The trap they share: four channels (text, thinking, the plan before tools, citations) run through events that
look alike, and only one of them is the answer.
"""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.cohere.textbook import TextbookCohere
from stream_audit.suspects.cohere.textbook_pieces import Block

__all__ = ["COHERE_MESSAGE"]

NO_ANSWER = "https://github.com/ankit373/hydra/issues/965"
REASONING = "https://github.com/vercel/ai/pull/8279"


class PlanIntoContent(TextbookCohere):
    """Shows the plan that precedes tool calls as the answer.

    In the wild: ``text += event.delta.message.tool_plan`` in the branch for ``tool-plan-delta``, because
    it reads like an answer on the screen.
    """

    name = "plan-into-content"
    failure = "reasoning-leaks-into-content"
    touches = ("content", "reasoning")
    sources = (NO_ANSWER, "https://github.com/ortus-boxlang/bx-ai/pull/281")
    kin = ("plan-dropped",)

    def content(self) -> str | None:
        return self.joined([*self.pieces_of("text"), self.plan] if any(self.plan) else self.pieces_of("text"))

    def reasoning(self) -> str | None:
        return self.joined(self.pieces_of("thinking"))


class PlanDropped(TextbookCohere):
    """Has no branch for ``tool-plan-delta``; the next turn lacks what the model meant to do.

    In the wild: a chain of ``elif event.type == ...`` that ends with the types of an answer without tools.
    """

    name = "plan-dropped"
    failure = "reasoning-field-alias-missed"
    touches = ("reasoning",)
    sources = (NO_ANSWER, "https://github.com/rmusser01/tldw_chatbook/pull/690")
    kin = ("plan-into-content",)

    def append_plan(self, piece: str) -> None:
        """Not the answer."""


class PlanLastPiece(TextbookCohere):
    """Assigns each piece of the plan instead of appending it.

    In the wild: ``message.tool_plan = event.delta.message.tool_plan``, as for a field that comes once.
    """

    name = "plan-last-piece"
    failure = "tail-lost-on-eof"
    touches = ("reasoning",)
    sources = (NO_ANSWER,)
    kin = (
        "plan-dropped",
        "plan-into-content",
    )

    def append_plan(self, piece: str) -> None:
        self.plan = [piece]


class BlockThinkingIntoContent(TextbookCohere):
    """Puts the thinking of a reasoning model into the answer.

    In the wild: ``text += content.text or content.thinking or ""``.
    """

    name = "block-thinking-into-content"
    failure = "reasoning-leaks-into-content"
    touches = ("content", "reasoning")
    sources = (REASONING, "https://github.com/waybarrios/vllm-mlx/pull/677")
    kin = (
        "answer-first-block-only",
        "block-thinking-dropped",
        "thinking-as-none",
        "thinking-only-from-text",
    )

    def content(self) -> str | None:
        return self.joined([pieces for block in self.blocks for pieces in block.texts.values()])

    def reasoning(self) -> str | None:
        return self.joined([self.plan]) if self.plan else None


class BlockThinkingDropped(TextbookCohere):
    """Leaves thinking blocks out; a conversation with a reasoning model loses them on the next turn.

    In the wild: ``delta.message.content.text or ""``, which is right for every model but those that reason.
    """

    name = "block-thinking-dropped"
    failure = "stream-vs-nonstream"
    touches = ("reasoning", "parts")
    sources = (REASONING, "https://github.com/maximhq/bifrost/pull/5386")
    kin = (
        "block-thinking-into-content",
        "thinking-as-none",
        "thinking-only-from-text",
    )

    def append_text(self, block: Block, key: str, piece: str) -> None:
        if key == "text":
            super().append_text(block, key, piece)


class ThinkingOnlyFromText(TextbookCohere):
    """Appends ``content.text`` of every delta; of a thinking delta that is ``None``, and the fold dies.

    In the wild: ``answer += event.delta.message.content.text``, the loop of the first examples.
    """

    name = "thinking-only-from-text"
    failure = "content-null-vs-empty"
    touches = ()
    sources = (
        "https://github.com/langchain-ai/langchain-cohere/issues/164",
        "https://github.com/BerriAI/litellm/issues/1013",
    )
    kin = ("thinking-as-none",)

    def on_block_delta(self, index: int | None, delta: dict[str, Any]) -> None:
        _ = "" + delta["text"]
        super().on_block_delta(index, delta)


class ThinkingAsNone(TextbookCohere):
    """Writes ``None`` into the answer for every thinking delta.

    In the wild: ``f"{text}{event.delta.message.content.text}"``, or ``print`` into a buffer.
    """

    name = "thinking-as-none"
    failure = "content-null-vs-empty"
    touches = ("content", "parts")
    sources = ("https://github.com/langchain-ai/langchain-cohere/issues/164",)
    kin = ("thinking-only-from-text",)

    def on_block_delta(self, index: int | None, delta: dict[str, Any]) -> None:
        super().on_block_delta(index, {**delta, "text": str(delta.get("text"))})


class AnswerFirstBlockOnly(TextbookCohere):
    """Reads ``content[0].text``; where a model thinks first, that is no text at all.

    In the wild: ``response.message.content[0].text``, from the quickstart.
    """

    name = "answer-first-block-only"
    failure = "content-parts-first-only"
    touches = ("content",)
    sources = ("https://github.com/langchain-ai/langchain-cohere/issues/164", REASONING)

    def content(self) -> str | None:
        first = self.blocks[0].texts.get("text") if self.blocks else None
        return self.joined([] if first is None else [first])


class BlankPiecesDropped(TextbookCohere):
    """Skips deltas that are only blanks or line ends, and joins words and paragraphs.

    In the wild: ``if text.strip():`` around the append.
    """

    name = "blank-pieces-dropped"
    failure = "content-whitespace-dropped"
    touches = ("content", "parts", "reasoning")
    sources = (
        "https://github.com/BerriAI/litellm/issues/14106",
        "https://github.com/microsoft/Agents-for-js/pull/997",
    )

    def append_text(self, block: Block, key: str, piece: str) -> None:
        if piece.strip():
            super().append_text(block, key, piece)


class EqualPiecesDropped(TextbookCohere):
    """Takes a delta that equals the one before for a resend; ``na na na`` becomes ``na``.

    In the wild: ``if text == last: continue``, meant for reconnects.
    """

    name = "equal-pieces-dropped"
    failure = "content-delta-as-cumulative"
    touches = ("content", "parts", "reasoning")
    sources = (
        "https://github.com/d-kuro/kirocc/issues/112",
        "https://github.com/agno-agi/agent-ui/pull/151",
    )

    def append_text(self, block: Block, key: str, piece: str) -> None:
        if block.texts.get(key, [None])[-1] != piece:
            super().append_text(block, key, piece)


class CitationStartsDropped(TextbookCohere):
    """Passes over ``citation-start``; the answer keeps its claims and loses its sources.

    In the wild: a stream transform whose last branch is ``default: return``, while the answer without
    streaming is read whole.
    """

    name = "citation-starts-dropped"
    failure = "citations-dropped"
    touches = ("annotations",)
    sources = (
        "https://github.com/vercel/ai/pull/17107",
        "https://github.com/braintrustdata/braintrust-sdk-python/pull/391",
    )

    def append_citation(self, citation: dict[str, Any]) -> None:
        """Nothing to show."""


class CitationsOnePerIndex(TextbookCohere):
    """Keeps one citation for an index; a further one for it replaces the one before.

    In the wild: ``citations[event.index] = ...`` where the index is the content block's.
    """

    name = "citations-one-per-index"
    failure = "citations-dropped"
    touches = ("annotations",)
    sources = (
        "https://github.com/ENTERPILOT/GoModel/pull/581",
        "https://github.com/openai/openai-agents-python/pull/4252",
    )
    kin = ("citation-starts-dropped",)

    def __init__(self) -> None:
        super().__init__()
        self.last_index: int | None = None

    def see_message(self, message: dict[str, Any], kind: str, index: int | None) -> None:
        if "citations" in message and index == self.last_index:
            self.citations = self.citations[:-1]
        if isinstance(message.get("citations"), dict):
            self.last_index = index
        super().see_message(message, kind, index)


class LogprobsOfLastDelta(TextbookCohere):
    """Keeps the log probabilities of the last delta.

    In the wild: ``result.logprobs = event.logprobs``.
    """

    name = "logprobs-of-last-delta"
    failure = "logprobs-last-only"
    touches = ("logprobs",)
    sources = (
        "https://github.com/Menci/Floway/issues/481",
        "https://github.com/ai-dynamo/dynamo/pull/2928",
    )

    def final_logprobs(self) -> dict[str, Any] | None:
        return {"content": self.logprobs[-1:]} if self.logprobs else None


COHERE_MESSAGE: tuple[type[TextbookCohere], ...] = (
    PlanIntoContent,
    PlanDropped,
    PlanLastPiece,
    BlockThinkingIntoContent,
    BlockThinkingDropped,
    ThinkingOnlyFromText,
    ThinkingAsNone,
    AnswerFirstBlockOnly,
    BlankPiecesDropped,
    EqualPiecesDropped,
    CitationStartsDropped,
    CitationsOnePerIndex,
    LogprobsOfLastDelta,
)
