"""Suspects that get the role wrong."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar

__all__ = ["ROLE"]

NULL_OR_EMPTY = (
    "https://github.com/langchain-ai/langchainjs/pull/11470",
    "https://github.com/anomalyco/opencode/issues/28427",
)


class RoleLastWins(TextbookChat):
    """Takes the role of every chunk, and a chunk without a role takes the role away.

    In the wild: ``message.role = delta.role`` over parsed objects, where a missing field is null.
    """

    name = "role-last-wins"
    failure = "role-null-or-empty"
    touches = ("role",)
    sources = NULL_OR_EMPTY
    widespread = True

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        choice.role = delta.get("role")

    def role_of(self, choice: ChoiceSoFar) -> str | None:
        return choice.role


class RoleNullOverwrites(TextbookChat):
    """Lets a later ``"role": null`` erase the role; a missing key does no harm.

    In the wild: ``message.update(delta)``.
    """

    name = "role-null-overwrites"
    failure = "role-null-or-empty"
    touches = ("role",)
    sources = NULL_OR_EMPTY
    erased = False

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if "role" in delta:
            choice.role = delta["role"]
            self.erased = choice.role is None

    def role_of(self, choice: ChoiceSoFar) -> str | None:
        return None if self.erased else super().role_of(choice)


class RoleNullText(TextbookChat):
    """Turns ``"role": null`` into the text ``None``.

    In the wild: ``role = str(delta["role"])``, ``f"{delta['role']}"``.
    """

    name = "role-null-text"
    failure = "role-null-or-empty"
    touches = ("role",)
    sources = NULL_OR_EMPTY
    kin = ("role-from-first-chunk-only", "role-not-defaulted", "role-null-overwrites")

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if "role" in delta and choice.role is None:
            choice.role = str(delta["role"])


class RoleEmptyKept(TextbookChat):
    """Takes ``"role": ""`` for a role and keeps it, because it came first.

    In the wild: ``if role is not None and message.role is None: message.role = role``.
    """

    name = "role-empty-kept"
    failure = "role-null-or-empty"
    touches = ("role",)
    sources = NULL_OR_EMPTY
    kin = ("role-from-first-chunk-only",)

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if choice.role is None:
            choice.role = delta.get("role")

    def role_of(self, choice: ChoiceSoFar) -> str | None:
        return "assistant" if choice.role is None else choice.role


class RoleConcatenated(TextbookChat):
    """Appends the role of every chunk as if it were text: ``assistantassistant``.

    In the wild: a generic merge that adds up every string of a delta.
    """

    name = "role-concatenated"
    failure = "role-concat"
    touches = ("role",)
    sources = (
        "https://github.com/openinterpreter/openinterpreter/issues/244",
        "https://github.com/BerriAI/litellm/pull/9986",
    )

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        choice.role = (choice.role or "") + (delta.get("role") or "")


class RoleFromFirstChunkOnly(TextbookChat):
    """Looks for the role in the first chunk and nowhere else.

    In the wild: ``role = chunks[0].choices[0].delta.role if chunks[0].choices else None``.
    """

    name = "role-from-first-chunk-only"
    failure = "role-lost-with-first-chunk"
    touches = ("role",)
    sources = ("https://github.com/BerriAI/litellm/pull/24354",)
    kin = ("choices-empty-crash", "unknown-fields-dropped")

    def __init__(self) -> None:
        super().__init__()
        self.chunks = 0

    def add(self, payload: Payload) -> None:
        self.chunks += 1
        super().add(payload)

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if self.chunks == 1:
            super().role(choice, delta)

    def role_of(self, choice: ChoiceSoFar) -> str | None:
        return choice.role


class RoleRequired(TextbookChat):
    """Dies when the first delta of an answer has no role.

    In the wild: ``chunk["choices"][0]["delta"]["role"]``.
    """

    name = "role-required"
    failure = "role-never-sent"
    touches = ("role",)
    sources = (
        "https://github.com/BerriAI/litellm/pull/37781",
        "https://github.com/lemonade-sdk/lemonade/issues/350",
    )
    kin = ("role-from-first-chunk-only", "role-not-defaulted")

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        if choice.role is None:
            choice.role = delta["role"] or "assistant"


class RoleNotDefaulted(TextbookChat):
    """Answers without a role when the stream never sent one.

    In the wild: ``Message(role=role)`` with ``role`` still at its initial null.
    """

    name = "role-not-defaulted"
    failure = "role-never-sent"
    touches = ("role",)
    sources = RoleRequired.sources
    kin = ("role-from-first-chunk-only", "role-required")

    def role_of(self, choice: ChoiceSoFar) -> str | None:
        return choice.role


class RoleLaterWins(TextbookChat):
    """Lets a different role late in the stream replace the first one.

    In the wild: ``if delta.role: message.role = delta.role``.
    """

    name = "role-later-wins"
    failure = "role-changes-mid-stream"
    touches = ("role",)
    kin = ("role-concatenated", "role-null-overwrites")

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        choice.role = delta.get("role") or choice.role


ROLE: tuple[type[TextbookChat], ...] = (
    RoleNotDefaulted,
    RoleLastWins,
    RoleNullOverwrites,
    RoleNullText,
    RoleEmptyKept,
    RoleConcatenated,
    RoleFromFirstChunkOnly,
    RoleRequired,
    RoleLaterWins,
)
