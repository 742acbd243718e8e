"""Suspects that get the text of an Ollama answer wrong: its names, its pieces, its thinking.

The trap they share: a chunk looks like the whole answer, with everything in its place; one field of it is
looked at and the others are not.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload
from stream_audit.suspects.every_dialect import Kept
from stream_audit.suspects.ollama.textbook import TextbookOllama

__all__ = ["OLLAMA_ANSWER"]

TEXTS = ("content", "reasoning")


class RoleJoinedPerChunk(TextbookOllama):
    """Appends the role of every chunk.

    In the wild: a merge of dicts that joins strings: ``assistantassistantassistant``.
    """

    name = "role-joined-per-chunk"
    failure = "role-concat"
    touches = ("role",)
    sources = (
        "https://github.com/openinterpreter/openinterpreter/issues/244",
        "https://github.com/BerriAI/litellm/pull/9986",
    )
    widespread = True

    def take_role(self, message: dict[str, Any]) -> None:
        self.role = (self.role or "") + (message.get("role") or "")


class ModelJoinedPerChunk(TextbookOllama):
    """Appends the model of every chunk.

    In the wild: the same merge; the price of ``llama3llama3`` is not known.
    """

    name = "model-joined-per-chunk"
    failure = "metadata-string-concat"
    touches = ("model",)
    sources = ("https://github.com/langchain-ai/langchain/issues/38366",)
    widespread = True

    def take_model(self, payload: Payload) -> None:
        self.model = (self.model or "") + (payload.get("model") or "")


class ThinkingFieldUnread(TextbookOllama):
    """Reads ``content`` and never ``thinking``.

    In the wild: ``answer += chunk["message"]["content"]``, written before there were thinking models.
    """

    name = "thinking-field-unread"
    failure = "reasoning-field-alias-missed"
    touches = ("reasoning",)
    sources = (
        "https://github.com/langgenius/dify-official-plugins/pull/2117",
        "https://github.com/Tencent/WeKnora/pull/689",
        "https://github.com/lobehub/lobehub/pull/8686",
    )
    kin = (
        "stops-at-empty-content",
        "thinking-into-answer",
    )

    def append_thinking(self, piece: str) -> None:
        """Nothing to say."""


class ThinkingIntoAnswer(TextbookOllama):
    """Appends thinking to the answer.

    In the wild: ``text += message.content or message.thinking``, against answers that stay empty.
    """

    name = "thinking-into-answer"
    failure = "reasoning-leaks-into-content"
    touches = TEXTS
    sources = (
        "https://github.com/openclaw/openclaw/pull/39292",
        "https://github.com/zed-industries/zed/issues/55537",
        "https://github.com/langchain-ai/langchainjs/pull/9180",
    )
    kin = (
        "stops-at-empty-content",
        "thinking-field-unread",
    )

    def append_thinking(self, piece: str) -> None:
        self.append_text(piece)


class ThinkingFirstTwoOnly(TextbookOllama):
    """Takes the first two pieces of thinking: one opens it, one closes it.

    In the wild: flags ``started`` and ``finished``, each set by the next piece that comes.
    """

    name = "thinking-first-two-only"
    failure = "stream-vs-nonstream"
    touches = ("reasoning",)
    sources = ("https://github.com/BerriAI/litellm/pull/20822",)
    kin = (
        "stops-at-empty-content",
        "thinking-field-unread",
        "thinking-into-answer",
    )

    def append_thinking(self, piece: str) -> None:
        if len(self.thought) < 2:
            super().append_thinking(piece)


class ContentBesideThinkingSkipped(TextbookOllama):
    """Takes the thinking of a chunk or its content, never both.

    In the wild: ``if chunk.message.thinking: ... elif chunk.message.content: ...``, as documented.
    """

    name = "content-beside-thinking-skipped"
    failure = "mixed-delta-field-lost"
    touches = ("content",)
    sources = (
        "https://docs.ollama.com/capabilities/streaming",
        "https://github.com/vllm-project/vllm/pull/34754",
    )
    kin = (
        "thinking-field-unread",
        "thinking-into-answer",
    )

    def see_text(self, fields: dict[str, Any], key: str, level: Kept) -> None:
        if not fields.get("thinking") or not fields.get(key):
            super().see_text(fields, key, level)


class BlankChunksDropped(TextbookOllama):
    """Skips pieces that are only blanks or line ends, and joins words and paragraphs.

    In the wild: ``if piece.strip():`` around the append.
    """

    name = "blank-chunks-dropped"
    failure = "content-whitespace-dropped"
    touches = TEXTS
    sources = (
        "https://github.com/BerriAI/litellm/issues/14106",
        "https://github.com/microsoft/Agents-for-js/pull/997",
    )

    def append_text(self, piece: str) -> None:
        if not piece or piece.strip():
            super().append_text(piece)


class ResponseFieldMissed(TextbookOllama):
    """Reads ``message`` of every chunk; those of ``/api/generate`` have a ``response``.

    In the wild: ``chunk["message"]["content"]`` in code that serves both endpoints.
    """

    name = "response-field-missed"
    failure = "stream-vs-nonstream"
    touches = ("content",)
    sources = ("https://github.com/CopilotC-Nvim/CopilotChat.nvim/pull/783",)
    widespread = True

    def see_text(self, fields: dict[str, Any], key: str, level: Kept) -> None:
        if key == "content":
            super().see_text(fields, key, level)


class ContextDropped(TextbookOllama):
    """Loses the ``context`` of ``/api/generate``, without which the next request does not know this one.

    In the wild: the text is joined, and the last chunk is read for its counts.
    """

    name = "context-dropped"
    failure = "extension-fields-dropped"
    touches = ("extra",)
    sources = (
        "https://github.com/ollama/ollama-python/issues/38",
        "https://github.com/jmont-dev/ollama-hpp/issues/15",
    )

    def final_extra(self) -> dict[str, Any]:
        return {key: value for key, value in super().final_extra().items() if key != "context"}


class LogprobsOfLastChunk(TextbookOllama):
    """Keeps the log probabilities of the last chunk that has any.

    In the wild: ``result.logprobs = chunk.logprobs or result.logprobs``.
    """

    name = "logprobs-of-last-chunk"
    failure = "logprobs-last-only"
    touches = ("logprobs",)
    sources = (
        "https://github.com/Menci/Floway/issues/481",
        "https://github.com/ai-dynamo/dynamo/pull/2928",
    )

    def see_logprobs(self, payload: Payload) -> None:
        if payload.get("logprobs"):
            self.logprobs = []
        super().see_logprobs(payload)


OLLAMA_ANSWER: tuple[type[TextbookOllama], ...] = (
    RoleJoinedPerChunk,
    ModelJoinedPerChunk,
    ThinkingFieldUnread,
    ThinkingIntoAnswer,
    ThinkingFirstTwoOnly,
    ContentBesideThinkingSkipped,
    BlankChunksDropped,
    ResponseFieldMissed,
    ContextDropped,
    LogprobsOfLastChunk,
)
