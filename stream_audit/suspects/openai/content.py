"""Suspects that get the answer's text wrong."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload
from stream_audit.suspects.every_dialect import join_text
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_message import text_of
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar

__all__ = ["CONTENT"]

BOTH = ("openai-chat", "openai-completions")
REPAIRED = (
    "https://github.com/d-kuro/kirocc/issues/112",
    "https://github.com/agno-agi/agent-ui/pull/151",
    "https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/pull/1205",
)


class ContentCumulativeAppended(TextbookChat):
    """Appends deltas that each repeat the whole text so far.

    In the wild: any combiner that trusts that a delta is a delta.
    """

    name = "content-cumulative-appended"
    dialects = BOTH
    failure = "content-cumulative-as-delta"
    touches = ("content",)
    sources = (
        "https://github.com/QwenLM/qwen-code/pull/3896",
        "https://github.com/tashfeenahmed/freellmapi/pull/1007",
    )

    def content_of(self, choice: ChoiceSoFar) -> str | None:
        texts = [text for text in map(text_or_part, choice.content) if text is not None]
        return join_text(texts) if texts else None


class ContentOverlapRepaired(TextbookChat):
    """Deletes the start of a delta that equals the end of the text: ``na na`` loses a ``na``.

    In the wild: a repair for servers that resend text, applied to servers that do not.
    """

    name = "content-overlap-repaired"
    dialects = BOTH
    failure = "content-delta-as-cumulative"
    touches = ("content", "parts")
    sources = REPAIRED

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        so_far = "".join(piece for piece in choice.content if isinstance(piece, str))
        for length in range(min(len(so_far), len(text)), 0, -1):
            if so_far.endswith(text[:length]):
                text = text[length:]
                break
        super().text(choice, text)


class DuplicateChunksDropped(TextbookChat):
    """Skips a chunk that equals the one before it.

    In the wild: ``if chunk == last_chunk: continue`` against reconnects.
    """

    name = "duplicate-chunks-dropped"
    dialects = BOTH
    failure = "content-delta-as-cumulative"
    touches = ("content", "reasoning", "refusal", "tool_calls", "parts", "audio", "logprobs")
    sources = REPAIRED
    kin = ("content-overlap-repaired",)

    def __init__(self) -> None:
        super().__init__()
        self.before: Payload | None = None

    def add(self, payload: Payload) -> None:
        if payload != self.before:
            super().add(payload)
        self.before = payload


class ContentLastWins(TextbookChat):
    """Keeps only the last delta, as if each were the whole text.

    In the wild: ``message.update(delta)``.
    """

    name = "content-last-wins"
    dialects = BOTH
    failure = "content-delta-as-cumulative"
    touches = ("content", "parts")
    sources = REPAIRED
    widespread = True

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        choice.content = [text]


class ContentStripped(TextbookChat):
    """Drops deltas that are only spaces or newlines.

    In the wild: ``if delta.content.strip():``.
    """

    name = "content-stripped"
    dialects = BOTH
    failure = "content-whitespace-dropped"
    touches = ("content", "parts")
    sources = (
        "https://github.com/BerriAI/litellm/issues/14106",
        "https://github.com/waybarrios/vllm-mlx/issues/431",
        "https://github.com/microsoft/Agents-for-js/pull/997",
    )

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        super().text(choice, text if text.strip() else "")


class ContentDeltasStripped(TextbookChat):
    """Strips the spaces and newlines around every delta, so that words run together.

    In the wild: ``text += (delta.content or "").strip()``.
    """

    name = "content-deltas-stripped"
    dialects = BOTH
    failure = "content-whitespace-dropped"
    touches = ("content", "parts")
    sources = (
        "https://github.com/Datus-ai/Datus-agent/pull/570",
        "https://github.com/EricLBuehler/mistral.rs/issues/63",
        "https://github.com/nextlevelbuilder/goclaw/pull/1324",
    )
    widespread = True

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        super().text(choice, text.strip())


class ContentNullAsText(TextbookChat):
    """Appends ``null`` as the text ``None``.

    In the wild: ``text += str(delta["content"])``; ``"null"`` and ``"undefined"`` elsewhere.
    """

    name = "content-null-as-text"
    failure = "content-null-vs-empty"
    touches = ("content",)
    kin = ("content-null-crash",)

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if "content" in delta and delta["content"] is None:
            delta = {**delta, "content": "None"}
        super().content(choice, delta)


class ContentNullCrash(TextbookChat):
    """Dies on ``"content": null``.

    In the wild: ``if "content" in delta: text += delta["content"]``.
    """

    name = "content-null-crash"
    failure = "content-null-vs-empty"
    touches = ("content",)
    kin = ("content-null-as-text",)

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if "content" in delta and delta["content"] is None:
            raise TypeError('can only concatenate str (not "NoneType") to str')
        super().content(choice, delta)


class ContentTailHeldBack(TextbookChat):
    """Holds back a tail that could begin a tag and never lets it go.

    In the wild: a ``<think>`` filter whose buffer is not flushed at the end of the stream.
    """

    name = "content-tail-held-back"
    dialects = BOTH
    failure = "tail-lost-on-eof"
    touches = ("content",)
    sources = ("https://github.com/linshenkx/prompt-optimizer/pull/348",)

    def content_of(self, choice: ChoiceSoFar) -> str | None:
        content = super().content_of(choice)
        if content is None or "<" not in content or ">" in content[content.rindex("<") :]:
            return content
        return content[: content.rindex("<")]


class SurrogatesReplaced(TextbookChat):
    """Makes each delta printable on its own, so that a character cut in two becomes ``??``.

    In the wild: ``delta.encode("utf-8", "replace")`` per chunk.
    """

    name = "surrogates-replaced"
    dialects = BOTH
    failure = "utf8-split"
    touches = ("content", "parts")
    sources = (
        "https://github.com/librefang/librefang/issues/3448",
        "https://github.com/lobehub/lobehub/pull/18805",
    )

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        super().text(choice, text.encode("utf-8", "replace").decode("utf-8"))


def text_or_part(piece: str | dict[str, Any]) -> str | None:
    """The text of a piece of content."""
    return piece if isinstance(piece, str) else text_of(piece)


CONTENT: tuple[type[TextbookChat], ...] = (
    ContentCumulativeAppended,
    ContentOverlapRepaired,
    DuplicateChunksDropped,
    ContentLastWins,
    ContentStripped,
    ContentDeltasStripped,
    ContentNullAsText,
    ContentNullCrash,
    ContentTailHeldBack,
    SurrogatesReplaced,
)
