"""Suspects that read only a part of a delta, or more than the delta."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar

__all__ = ["DELTAS"]

MIXED = (
    "https://github.com/BerriAI/litellm/issues/2716",
    "https://github.com/vllm-project/vllm/pull/34754",
)
PARTS = ("https://github.com/LibreChat-AI/agents/pull/350",)


class ContentFirstFieldWins(TextbookChat):
    """Reads one field of a delta: text, else reasoning, else tool calls.

    In the wild: ``if delta.content: ... elif delta.tool_calls: ...``.
    """

    name = "content-first-field-wins"
    failure = "mixed-delta-field-lost"
    touches = ("content", "reasoning", "tool_calls", "refusal")
    sources = MIXED
    kin = ("tool-data-after-content-skipped",)

    def delta(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        order = ("content", "reasoning_content", "reasoning", "reasoning_text", "tool_calls", "function_call")
        taken = next((key for key in order if delta.get(key)), None)
        dropped = {key for key in order if key != taken and delta.get(key)}
        super().delta(choice, {key: value for key, value in delta.items() if key not in dropped})


class ContentBehindReasoningLost(TextbookChat):
    """Drops the text of a delta that also carries reasoning.

    In the wild: ``if delta.reasoning: ...; continue``.
    """

    name = "content-behind-reasoning-lost"
    failure = "mixed-delta-field-lost"
    touches = ("content", "parts")
    sources = MIXED
    kin = ("content-first-field-wins", "reasoning-into-content")

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if not (delta.get("reasoning_content") or delta.get("reasoning") or delta.get("reasoning_text")):
            super().content(choice, delta)


class ContentInFinishChunkLost(TextbookChat):
    """Drops the text of the chunk that brings the finish reason.

    In the wild: ``if choice.finish_reason: break`` before the delta is read.
    """

    name = "content-in-finish-chunk-lost"
    dialects = ("openai-chat", "openai-completions")
    failure = "mixed-delta-field-lost"
    touches = ("content", "parts")
    sources = MIXED

    def choice(self, entry: dict[str, Any]) -> None:
        self.finishing = bool(entry.get("finish_reason"))
        super().choice(entry)

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        if not self.finishing:
            super().text(choice, text)


class ContentPartsFirstOnly(TextbookChat):
    """Reads the first part of a content list and forgets the others.

    In the wild: ``delta.content[0]``.
    """

    name = "content-parts-first-only"
    failure = "content-parts-first-only"
    touches = ("content", "reasoning", "parts")
    sources = PARTS
    kin = ("content-list-as-text", "content-list-ignored")

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        content = delta.get("content")
        super().content(choice, {"content": content[:1] if isinstance(content, list) else content})


class ContentListIgnored(TextbookChat):
    """Takes only strings for text; a content list is passed over.

    In the wild: ``if isinstance(delta.content, str):`` without an else.
    """

    name = "content-list-ignored"
    failure = "content-parts-first-only"
    touches = ("content", "reasoning", "parts")
    sources = PARTS
    kin = ("content-list-as-text",)

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if not isinstance(delta.get("content"), list):
            super().content(choice, delta)


class ContentListAsText(TextbookChat):
    """Shows a content list as source code in the text.

    In the wild: ``text += str(delta.content)``; ``[object Object]`` elsewhere.
    """

    name = "content-list-as-text"
    failure = "content-parts-first-only"
    touches = ("content", "reasoning", "parts")
    sources = PARTS
    kin = ("content-list-ignored",)

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        content = delta.get("content")
        super().content(choice, {"content": str(content) if isinstance(content, list) else content})


class MessageBesideDeltaAdded(TextbookChat):
    """Reads the full ``message`` that some servers put beside the delta, and the delta too.

    In the wild: ``part = choice.get("message") or {}; text += part.get("content", "")`` for both shapes.
    """

    name = "message-beside-delta-added"
    failure = "snapshot-plus-delta-double"
    touches = ("content", "parts")
    sources = (
        "https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/pull/1205",
        "https://github.com/get-convex/agent/pull/281",
    )

    def said(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        super().said(choice, entry)
        message = entry.get("message")
        if isinstance(message, dict) and isinstance(message.get("content"), str):
            self.text(choice, message["content"])


DELTAS: tuple[type[TextbookChat], ...] = (
    ContentFirstFieldWins,
    ContentBehindReasoningLost,
    ContentInFinishChunkLost,
    ContentPartsFirstOnly,
    ContentListIgnored,
    ContentListAsText,
    MessageBesideDeltaAdded,
)
