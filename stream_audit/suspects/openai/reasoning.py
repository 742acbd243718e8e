"""Suspects that get the reasoning wrong."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_message import REASONING_NAMES
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar

__all__ = ["REASONING"]

DUPLICATED = (
    "https://github.com/maximhq/bifrost/issues/6427",
    "https://github.com/Alishahryar1/free-claude-code/pull/1274",
)


class ReasoningAliasMissed(TextbookChat):
    """Knows ``reasoning_content`` and none of its other names.

    In the wild: ``getattr(delta, "reasoning_content", None)``.
    """

    name = "reasoning-alias-missed"
    failure = "reasoning-field-alias-missed"
    touches = ("reasoning",)
    sources = ("https://github.com/diegosouzapw/OmniRoute/issues/13620",)
    kin = ("reasoning-into-content",)

    def reasoning(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        super().reasoning(choice, {"reasoning_content": delta.get("reasoning_content")})


class ReasoningDuplicated(TextbookChat):
    """Appends the same reasoning once for each name it stands under.

    In the wild: one ``if`` per field name, none of them an ``elif``.
    """

    name = "reasoning-duplicated"
    failure = "reasoning-duplicated"
    touches = ("reasoning",)
    sources = DUPLICATED
    kin = ("reasoning-into-content",)

    def reasoning(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        for key in REASONING_NAMES:
            super().reasoning(choice, {key: delta.get(key)})


class ReasoningDetailsAdded(TextbookChat):
    """Appends the text of ``reasoning_details`` beside the reasoning it repeats.

    In the wild: support for the structured form added next to the plain one.
    """

    name = "reasoning-details-added"
    failure = "reasoning-duplicated"
    touches = ("reasoning",)
    sources = DUPLICATED
    kin = ("reasoning-alias-missed", "reasoning-into-content", "unknown-fields-dropped")

    def reasoning(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        before = len(choice.detail_texts)
        super().reasoning(choice, delta)
        choice.reasoning.extend(choice.detail_texts[before:])


class ReasoningIntoContent(TextbookChat):
    """Shows the reasoning as part of the answer.

    In the wild: ``text += delta.content or delta.reasoning_content or ""``.
    """

    name = "reasoning-into-content"
    failure = "reasoning-leaks-into-content"
    touches = ("content", "reasoning", "parts")
    sources = (
        "https://github.com/waybarrios/vllm-mlx/pull/677",
        "https://github.com/InternLM/lmdeploy/pull/4754",
    )

    def reasoning(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        for key in REASONING_NAMES:
            if isinstance(delta.get(key), str):
                self.text(choice, delta[key])
                break


REASONING: tuple[type[TextbookChat], ...] = (
    ReasoningAliasMissed,
    ReasoningDuplicated,
    ReasoningDetailsAdded,
    ReasoningIntoContent,
)
