"""The chunks that a UI message stream can have, and what each may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.keys import Check, Keys, anything, flag, object_, text

__all__ = ["CHUNKS", "DATA", "STATES", "kind_of_chunk"]


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _encoding(value: Any) -> bool:
    return value in ("json", "text")


STATES = frozenset(
    (
        *("input-streaming", "input-available", "output-available", "output-error", "output-denied"),
        *("approval-requested", "approval-responded"),
    )
)
"""What a tool call's part can be in."""

_PROVIDER: dict[str, Check] = {"providerMetadata": object_}
_METADATA: dict[str, Check] = {"messageMetadata": object_}
_ID: dict[str, Check] = {"id": text}
_CALL: dict[str, Check] = {"toolCallId": text}
_RUN: dict[str, Check] = {"providerExecuted": flag, "dynamic": flag, "toolMetadata": object_, **_PROVIDER}
_OPENED: dict[str, Check] = {"title": text, **_RUN}
_DELTA = Keys({**_ID, "delta": text}, _PROVIDER)
_MARK = Keys(_ID, _PROVIDER)
_FILE = Keys({"url": text, "mediaType": text}, _PROVIDER)

DATA = Keys({}, {"data": anything, **_ID, "transient": flag})
"""A part of the application's own; its type begins with ``data-``."""

CHUNKS: dict[str, Keys] = {
    "start": Keys({}, {"messageId": text, **_METADATA}),
    "text-start": _MARK,
    "text-delta": _DELTA,
    "text-end": Keys(_ID, {"citations": _list, **_PROVIDER}),
    "reasoning-start": _MARK,
    "reasoning-delta": _DELTA,
    "reasoning-end": _MARK,
    "tool-input-start": Keys({**_CALL, "toolName": text}, {"inputEncoding": _encoding, **_OPENED}),
    "tool-input-delta": Keys({**_CALL, "inputTextDelta": text}),
    "tool-input-available": Keys({**_CALL, "toolName": text}, {"input": anything, **_OPENED}),
    "tool-input-error": Keys({**_CALL, "toolName": text, "errorText": text}, {"input": anything, **_OPENED}),
    "tool-approval-request": Keys(
        {"approvalId": text, **_CALL},
        {
            "approvalDescriptor": anything,
            "inputSchemaInput": anything,
            "reason": text,
            "isAutomatic": flag,
            "signature": text,
        },
    ),
    "tool-approval-response": Keys(
        {"approvalId": text, "approved": flag}, {"reason": text, "providerExecuted": flag, **_PROVIDER}
    ),
    "tool-output-available": Keys(_CALL, {"output": anything, "preliminary": flag, **_RUN}),
    "tool-output-error": Keys({**_CALL, "errorText": text}, _RUN),
    "tool-output-denied": Keys(_CALL),
    "custom": Keys({"kind": text}, _PROVIDER),
    "source-url": Keys({"sourceId": text, "url": text}, {"title": text, **_PROVIDER}),
    "source-document": Keys(
        {"sourceId": text, "mediaType": text, "title": text}, {"filename": text, **_PROVIDER}
    ),
    "file": _FILE,
    "reasoning-file": _FILE,
    "steering-message": Keys({**_ID, "parts": _list}),
    "start-step": Keys(),
    "finish-step": Keys(),
    "reset-step": Keys(),
    "message-metadata": Keys(_METADATA),
    "finish": Keys({}, {"finishReason": text, **_METADATA}),
    "abort": Keys({}, {"reason": text}),
    "error": Keys({"errorText": text}),
}
"""Every type but the application's own."""


def kind_of_chunk(payload: Mapping[str, Any]) -> tuple[str, Keys | None]:
    """The type of a chunk and what it may say; ``None`` for what is no chunk of this protocol."""
    name = payload.get("type")
    if not isinstance(name, str):
        return "", None
    if name.startswith("data-") and len(name) > len("data-"):
        return name, DATA
    return name, CHUNKS.get(name)
