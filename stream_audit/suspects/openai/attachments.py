"""Suspects that lose what stands beside the text: log probabilities, refusal, audio, citations."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar

__all__ = ["ATTACHMENTS"]

CITATIONS = (
    "https://github.com/maximhq/bifrost/issues/5061",
    "https://github.com/microsoft/agent-framework/issues/5029",
)


class LogprobsLastOnly(TextbookChat):
    """Keeps the log probabilities of the last chunk.

    In the wild: ``logprobs = choice.logprobs`` in the loop.
    """

    name = "logprobs-last-only"
    dialects = ("openai-chat", "openai-completions")
    failure = "logprobs-last-only"
    touches = ("logprobs",)
    sources = (
        "https://github.com/Menci/Floway/issues/481",
        "https://github.com/ai-dynamo/dynamo/pull/2928",
    )
    kin = ("logprobs-beside-text-skipped",)

    def logprob_list(self, choice: ChoiceSoFar, key: str, tokens: list[Any]) -> None:
        choice.logprobs[key] = tokens


class LogprobsBesideTextSkipped(TextbookChat):
    """Skips the log probabilities of a chunk that has text.

    In the wild: ``if delta.content: ...; continue`` before the log probabilities are read.
    """

    name = "logprobs-beside-text-skipped"
    failure = "logprobs-dropped-by-branch"
    touches = ("logprobs",)
    sources = ("https://github.com/microsoft/autogen/pull/7967",)

    def logprobs(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        delta = entry.get("delta")
        if not (isinstance(delta, dict) and delta.get("content")):
            super().logprobs(choice, entry)


class RefusalDropped(TextbookChat):
    """Answers without the refusal, as if the model had said nothing.

    In the wild: a combiner that knows ``content`` and ``tool_calls``.
    """

    name = "refusal-dropped"
    failure = "refusal-dropped"
    touches = ("refusal",)
    sources = (
        "https://github.com/openai/openai-python/pull/3387",
        "https://github.com/BerriAI/litellm/issues/39203",
    )

    def refusal(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        return


class AudioOverwritten(TextbookChat):
    """Keeps the last piece of audio and transcript.

    In the wild: ``message.audio.update(delta.audio)``.
    """

    name = "audio-overwritten"
    failure = "audio-overwritten"
    touches = ("audio",)
    sources = (
        "https://github.com/openai/openai-node/pull/1991",
        "https://github.com/langfuse/langfuse-python/pull/1831",
    )

    def audio(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if isinstance(delta.get("audio"), dict):
            choice.audio = {**(choice.audio or {}), **delta["audio"]}


class CitationsDropped(TextbookChat):
    """Skips a delta that has citations and no text.

    In the wild: ``if not delta.content: continue``.
    """

    name = "citations-dropped"
    failure = "citations-dropped"
    touches = ("annotations",)
    sources = CITATIONS

    def annotations(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if delta.get("content"):
            super().annotations(choice, delta)


class CitationsDuplicated(TextbookChat):
    """Lists a citation again each time it is sent.

    In the wild: ``annotations.extend(delta.annotations)``.
    """

    name = "citations-duplicated"
    failure = "citations-duplicated"
    touches = ("annotations",)
    sources = ("https://github.com/laravel/ai/pull/1012",)

    def annotations(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        choice.annotations.extend(delta.get("annotations") or [])


ATTACHMENTS: tuple[type[TextbookChat], ...] = (
    LogprobsLastOnly,
    LogprobsBesideTextSkipped,
    RefusalDropped,
    AudioOverwritten,
    CitationsDropped,
    CitationsDuplicated,
)
