"""The chunks that a UI message stream can have, and what each may say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CHUNKS", "DATA", "STATES", "Kind", "kind_of_chunk"]

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _encoding(value: Any) -> bool:
    return value in ("json", "text")


def _anything(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """The keys of one type of chunk, ``type`` left out. ``null`` is absent."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)

    def refused(self, payload: Mapping[str, Any]) -> str | None:
        """The first required key that is absent or of a wrong type, ``None`` when all are right."""
        for name, allowed in self.required.items():
            value = payload.get(name)
            if value is None or not allowed(value):
                return name
        return None

    def misfits(self, payload: Mapping[str, Any]) -> Iterator[str]:
        """The optional keys of a wrong type."""
        for name, allowed in self.optional.items():
            value = payload.get(name)
            if value is not None and not allowed(value):
                yield name


STATES = frozenset(
    (
        *("input-streaming", "input-available", "output-available", "output-error", "output-denied"),
        *("approval-requested", "approval-responded"),
    )
)
"""What a tool call's part can be in."""

_PROVIDER: dict[str, Check] = {"providerMetadata": _object}
_METADATA: dict[str, Check] = {"messageMetadata": _object}
_ID: dict[str, Check] = {"id": _text}
_CALL: dict[str, Check] = {"toolCallId": _text}
_RUN: dict[str, Check] = {"providerExecuted": _flag, "dynamic": _flag, "toolMetadata": _object, **_PROVIDER}
_OPENED: dict[str, Check] = {"title": _text, **_RUN}
_DELTA = Kind({**_ID, "delta": _text}, _PROVIDER)
_MARK = Kind(_ID, _PROVIDER)
_FILE = Kind({"url": _text, "mediaType": _text}, _PROVIDER)

DATA = Kind({}, {"data": _anything, **_ID, "transient": _flag})
"""A part of the application's own; its type begins with ``data-``."""

CHUNKS: dict[str, Kind] = {
    "start": Kind({}, {"messageId": _text, **_METADATA}),
    "text-start": _MARK,
    "text-delta": _DELTA,
    "text-end": Kind(_ID, {"citations": _list, **_PROVIDER}),
    "reasoning-start": _MARK,
    "reasoning-delta": _DELTA,
    "reasoning-end": _MARK,
    "tool-input-start": Kind({**_CALL, "toolName": _text}, {"inputEncoding": _encoding, **_OPENED}),
    "tool-input-delta": Kind({**_CALL, "inputTextDelta": _text}),
    "tool-input-available": Kind({**_CALL, "toolName": _text}, {"input": _anything, **_OPENED}),
    "tool-input-error": Kind(
        {**_CALL, "toolName": _text, "errorText": _text}, {"input": _anything, **_OPENED}
    ),
    "tool-approval-request": Kind(
        {"approvalId": _text, **_CALL},
        {
            "approvalDescriptor": _anything,
            "inputSchemaInput": _anything,
            "reason": _text,
            "isAutomatic": _flag,
            "signature": _text,
        },
    ),
    "tool-approval-response": Kind(
        {"approvalId": _text, "approved": _flag}, {"reason": _text, "providerExecuted": _flag, **_PROVIDER}
    ),
    "tool-output-available": Kind(_CALL, {"output": _anything, "preliminary": _flag, **_RUN}),
    "tool-output-error": Kind({**_CALL, "errorText": _text}, _RUN),
    "tool-output-denied": Kind(_CALL),
    "custom": Kind({"kind": _text}, _PROVIDER),
    "source-url": Kind({"sourceId": _text, "url": _text}, {"title": _text, **_PROVIDER}),
    "source-document": Kind(
        {"sourceId": _text, "mediaType": _text, "title": _text}, {"filename": _text, **_PROVIDER}
    ),
    "file": _FILE,
    "reasoning-file": _FILE,
    "steering-message": Kind({**_ID, "parts": _list}),
    "start-step": Kind(),
    "finish-step": Kind(),
    "reset-step": Kind(),
    "message-metadata": Kind(_METADATA),
    "finish": Kind({}, {"finishReason": _text, **_METADATA}),
    "abort": Kind({}, {"reason": _text}),
    "error": Kind({"errorText": _text}),
}
"""Every type but the application's own."""


def kind_of_chunk(payload: Mapping[str, Any]) -> tuple[str, Kind | None]:
    """The type of a chunk and what it may say; ``None`` for what is no chunk of this protocol."""
    name = payload.get("type")
    if not isinstance(name, str):
        return "", None
    if name.startswith("data-") and len(name) > len("data-"):
        return name, DATA
    return name, CHUNKS.get(name)
