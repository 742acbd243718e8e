"""Suspects that trip over choices: none, several, without a delta."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stream_audit.model import Payload, Response
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar

__all__ = ["CHOICES"]

BOTH = ("openai-chat", "openai-completions")
EVERYTHING_SAID = (
    *("choices", "role", "content", "reasoning", "refusal", "tool_calls", "parts", "annotations", "audio"),
    *("finish_reason", "logprobs"),
)
NO_DELTA = (
    "https://github.com/openai/openai-node/pull/1982",
    "https://github.com/microsoft/autogen/issues/6465",
)


class ChoicesMerged(TextbookChat):
    """Folds every choice into one: ``A0`` and ``B1`` become ``AB10``.

    In the wild: ``for choice in chunk.choices: text += choice.delta.content``.
    """

    name = "choices-merged"
    dialects = BOTH
    failure = "choices-n-merged"
    touches = EVERYTHING_SAID
    sources = (
        "https://github.com/langfuse/langfuse-python/pull/1864",
        "https://github.com/langchain-ai/langchain/issues/26719",
    )
    kin = ("choices-first-only",)

    def choice_for(self, entry: dict[str, Any]) -> ChoiceSoFar:
        return super().choice_for({"index": 0})


class ChoicesFirstOnly(TextbookChat):
    """Ignores every choice but the first.

    In the wild: ``if choice.index != 0: continue``.
    """

    name = "choices-first-only"
    dialects = BOTH
    failure = "choices-first-only"
    touches = EVERYTHING_SAID
    sources = (
        "https://github.com/openai/openai-agents-python/issues/3313",
        "https://github.com/openai/openai-go/issues/428",
    )
    kin = ("choices-merged",)

    def result(self) -> Response:
        everything = super().result()
        return replace(everything, choices=tuple(one for one in everything.choices if one.index == 0))


class ChoicesByPosition(TextbookChat):
    """Takes the index of a choice for an offset into a list, and dies where there is a gap.

    In the wild: ``if index >= len(choices): choices.append(...)``, then ``choices[index]``.
    """

    name = "choices-by-position"
    dialects = BOTH
    failure = "choices-index-as-position"
    touches = EVERYTHING_SAID
    sources = ("https://github.com/openai/openai-python/pull/3709",)
    kin = ("choices-first-only", "choices-merged")

    def choice_for(self, entry: dict[str, Any]) -> ChoiceSoFar:
        index = entry.get("index") or 0
        if index > len(self.by_index):
            raise IndexError("list index out of range")
        return super().choice_for(entry)


class ChoicesEmptyCrash(TextbookChat):
    """Dies on a chunk with an empty list of choices.

    In the wild: ``chunk.choices[0]``.
    """

    name = "choices-empty-crash"
    dialects = BOTH
    failure = "choices-empty-chunk"
    touches = EVERYTHING_SAID
    sources = (
        "https://github.com/Portkey-AI/gateway/pull/1629",
        "https://github.com/BerriAI/litellm/pull/32519",
        "https://github.com/awslabs/llmeter/pull/34",
    )

    def choices(self, payload: Payload) -> None:
        if payload.get("choices") == []:
            raise IndexError("list index out of range")
        super().choices(payload)


class ChoicesMissingCrash(TextbookChat):
    """Dies on a chunk that has no choices at all, such as an error.

    In the wild: ``for choice in chunk["choices"]:``.
    """

    name = "choices-missing-crash"
    dialects = BOTH
    failure = "error-event-ignored"
    touches = EVERYTHING_SAID
    sources = ("https://github.com/farzaa/clicky/issues/132",)
    kin = ("unknown-fields-dropped",)

    def choices(self, payload: Payload) -> None:
        super().choices({"choices": payload["choices"]})


class DeltaMissingCrash(TextbookChat):
    """Dies on a choice without a delta.

    In the wild: ``choice["delta"].get("content")``.
    """

    name = "delta-missing-crash"
    failure = "delta-missing"
    touches = EVERYTHING_SAID
    sources = NO_DELTA
    kin = ("delta-missing-choice-dropped", "finish-early-exit", "finish-last-wins", "unknown-fields-dropped")

    def said(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        super().said(choice, {"delta": entry["delta"]})


class DeltaMissingChoiceDropped(TextbookChat):
    """Passes over a choice without a delta, and so over its finish reason and filter results.

    In the wild: ``if not choice.delta: continue``.
    """

    name = "delta-missing-choice-dropped"
    failure = "delta-missing"
    touches = ("choices", "finish_reason", "logprobs", "extra")
    sources = NO_DELTA
    kin = ("delta-missing-crash", "unknown-fields-dropped")

    def choice(self, entry: dict[str, Any]) -> None:
        if "delta" in entry:
            super().choice(entry)


CHOICES: tuple[type[TextbookChat], ...] = (
    ChoicesMerged,
    ChoicesFirstOnly,
    ChoicesByPosition,
    ChoicesEmptyCrash,
    ChoicesMissingCrash,
    DeltaMissingCrash,
    DeltaMissingChoiceDropped,
)
