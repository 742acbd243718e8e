"""Which chunks a UI message stream has, and what each must and may say, as the rules' table lists them."""

from __future__ import annotations

from typing import Any

__all__ = ["KEYS", "keys_of", "names_a_type", "said_by"]

_STARTED = "providerExecuted dynamic title toolMetadata providerMetadata"

KEYS: dict[str, tuple[str, str]] = {
    "start": ("", "messageId messageMetadata"),
    "text-start": ("id", "providerMetadata"),
    "text-delta": ("id delta", "providerMetadata"),
    "text-end": ("id", "citations providerMetadata"),
    "reasoning-start": ("id", "providerMetadata"),
    "reasoning-delta": ("id delta", "providerMetadata"),
    "reasoning-end": ("id", "providerMetadata"),
    "tool-input-start": ("toolCallId toolName", f"inputEncoding {_STARTED}"),
    "tool-input-delta": ("toolCallId inputTextDelta", ""),
    "tool-input-available": ("toolCallId toolName", f"input {_STARTED}"),
    "tool-input-error": ("toolCallId toolName errorText", f"input {_STARTED}"),
    "tool-approval-request": (
        "approvalId toolCallId",
        "approvalDescriptor inputSchemaInput reason isAutomatic signature",
    ),
    "tool-approval-response": ("approvalId approved", "reason providerExecuted providerMetadata"),
    "tool-output-available": (
        "toolCallId",
        "output preliminary providerExecuted dynamic toolMetadata providerMetadata",
    ),
    "tool-output-error": ("toolCallId errorText", "providerExecuted dynamic toolMetadata providerMetadata"),
    "tool-output-denied": ("toolCallId", ""),
    "custom": ("kind", "providerMetadata"),
    "source-url": ("sourceId url", "title providerMetadata"),
    "source-document": ("sourceId mediaType title", "filename providerMetadata"),
    "file": ("url mediaType", "providerMetadata"),
    "reasoning-file": ("url mediaType", "providerMetadata"),
    "steering-message": ("id parts", ""),
    "start-step": ("", ""),
    "finish-step": ("", ""),
    "reset-step": ("", ""),
    "message-metadata": ("messageMetadata", ""),
    "finish": ("", "finishReason messageMetadata"),
    "abort": ("", "reason"),
    "error": ("errorText", ""),
}
"""Type to its required and its optional keys."""

OBJECTS = {"messageMetadata", "providerMetadata", "toolMetadata"}
FLAGS = {"providerExecuted", "dynamic", "isAutomatic", "approved", "preliminary", "transient"}
LISTS = {"citations", "parts"}
ANYTHING = {"input", "output", "data", "approvalDescriptor", "inputSchemaInput"}


def names_a_type(payload: dict[str, Any]) -> str | None:
    """The chunk's type if the table has it."""
    name = payload.get("type")
    if not isinstance(name, str):
        return None
    return name if name in KEYS or (name.startswith("data-") and name != "data-") else None


def keys_of(name: str) -> tuple[list[str], list[str]]:
    """The required and the optional keys of a type."""
    required, optional = KEYS.get(name, ("", "data id transient"))
    return required.split(), optional.split()


def said_by(key: str, value: Any) -> bool:
    """Whether the value is of a type that the table has for the key."""
    if key in ANYTHING:
        return True
    if key == "inputEncoding":
        return value in ("json", "text")
    if key in LISTS:
        return isinstance(value, list)
    if key in OBJECTS:
        return isinstance(value, dict)
    return isinstance(value, bool if key in FLAGS else str)
