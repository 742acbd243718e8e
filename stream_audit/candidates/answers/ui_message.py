"""``parts`` whose types are those of a ``UIMessage`` of the Vercel AI SDK, without ``content`` beside them.

Such a message has no place for a finish reason, so none is claimed unless it stands beside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stream_audit.candidates.answers.messages import Claims
from stream_audit.candidates.answers.shape import CORE
from stream_audit.candidates.answers.top import top, word
from stream_audit.model import Choice, Message, Response, ToolCall

__all__ = ["UI_MESSAGE"]

_Part = Mapping[str, Any]

_TYPES = frozenset(
    (
        *("text", "reasoning", "dynamic-tool", "file", "reasoning-file"),
        *("source-url", "source-document", "custom", "step-start", "steering-message"),
    )
)
_OWN = frozenset(("id", "role", "parts", "metadata"))
_REASONS = ("finishReason", "finish_reason")
_ELSEWHERE = frozenset(("content", "message", "choices", "candidates", "output"))
"""Keys of answers of another making, which may have parts besides."""


class _UIMessage:
    def fits(self, value: Mapping[str, Any]) -> bool:
        parts = value.get("parts")
        if not isinstance(parts, list) or not _ELSEWHERE.isdisjoint(value) or not all(map(_is_part, parts)):
            return False
        return bool(parts) or ("role" in value and value.keys() <= _OWN)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update((*CORE, "parts", "reasoning", "annotations"))
        reasons = [value[name] for name in _REASONS if name in value]
        if not reasons:
            claims.discard("finish_reason")
        parts: list[_Part] = value["parts"]
        choice = Choice(
            message=_message(word(value.get("role")), parts),
            finish_reason=word(next((reason for reason in reasons if reason is not None), None)),
        )
        said = {name: item for name, item in value.items() if name != "metadata"}
        metadata = value.get("metadata")
        if isinstance(metadata, Mapping):
            given = value.get("extra")
            said["extra"] = {**(given if isinstance(given, Mapping) else {}), "metadata": metadata}
            said |= _usage(metadata)
        return top(said, [choice], claims, ("role", "parts", *_REASONS))


def _is_part(part: Any) -> bool:
    kind = part.get("type") if isinstance(part, Mapping) else None
    return isinstance(kind, str) and (kind in _TYPES or kind.startswith(("tool-", "data-")))


def _usage(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The usage where applications put it by convention."""
    found = (metadata.get(name) for name in ("totalUsage", "usage"))
    usage = next((one for one in found if isinstance(one, Mapping)), None)
    return {} if usage is None else {"usage": usage}


def _message(role: str | None, parts: list[_Part]) -> Message:
    return Message(
        role=role,
        content=_joined(parts, "text"),
        reasoning=_joined(parts, "reasoning"),
        tool_calls=tuple(_call(part) for part in parts if _is_call(part)),
        parts=tuple(parts),
        annotations=tuple(one for part in parts for one in _cited(part)),
    )


def _joined(parts: list[_Part], kind: str) -> str | None:
    texts = [word(part.get("text")) or "" for part in parts if part["type"] == kind]
    return "".join(texts) if texts else None


def _cited(part: _Part) -> list[Any]:
    """A source is a part of its own, or a citation of a text."""
    if part["type"].startswith("source-"):
        return [part]
    found = part.get("citations") if part["type"] == "text" else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _is_call(part: _Part) -> bool:
    """Whether the client must run it; the provider ran its own tools already."""
    is_tool = part["type"] == "dynamic-tool" or part["type"].startswith("tool-")
    return is_tool and part.get("providerExecuted") is not True


def _call(part: _Part) -> ToolCall:
    kind = part["type"]
    name = part.get("toolName") if kind == "dynamic-tool" else kind.removeprefix("tool-")
    return ToolCall(
        id=word(part.get("toolCallId")) or None, name=word(name) or None, arguments=_arguments(part)
    )


def _arguments(part: _Part) -> str:
    """The input as text; where it was cut off, what there is of it."""
    raw, given = part.get("rawInput"), part.get("input")
    if isinstance(raw, str) and part.get("inputEncoding") != "text":
        return raw
    return "" if given in (None, {}) else _json(given)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


UI_MESSAGE = _UIMessage()
