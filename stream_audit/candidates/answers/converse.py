"""Content blocks that each have the key of their kind: Converse's answer, or what a loop made of its stream.

The whole answer has the message under ``output``. Amazon's own example of a loop returns the message alone;
many put ``stopReason`` and ``usage`` beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stream_audit.candidates.answers.extra import read_extra
from stream_audit.candidates.answers.messages import Claims
from stream_audit.candidates.answers.shape import CORE
from stream_audit.candidates.answers.top import top, word
from stream_audit.model import Choice, Message, Response, ToolCall

__all__ = ["CONVERSE"]

_KINDS = frozenset(
    ("text", "reasoningContent", "toolUse", "toolResult", "citationsContent", "image", "document", "video")
)
_REASONS = ("stopReason", "stop_reason", "finish_reason")
_READ = ("output", "message", "role", "content", *_REASONS, "serviceTier", "ResponseMetadata")
"""The last is about the HTTP response, in botocore's words."""
_CALL = ("toolUseId", "name", "input", "type")


class _Converse:
    def fits(self, value: Mapping[str, Any]) -> bool:
        content = _message(value).get("content")
        if not isinstance(content, list) or not all(map(_is_block, content)):
            return False
        return bool(content) or "stopReason" in value or "output" in value

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        reasons = [value[name] for name in _REASONS if name in value]
        claims.update((*CORE, "parts", "reasoning"))
        if "output" not in value and not reasons:
            claims.discard("finish_reason")
        choice = Choice(
            message=_read(_message(value), claims),
            finish_reason=word(next((reason for reason in reasons if reason is not None), None)),
        )
        response = top(value, [choice], claims, _READ)
        tier = value.get("serviceTier")
        if not isinstance(tier, Mapping):
            return response
        claims.add("service_tier")
        return replace(response, service_tier=word(tier.get("type")))


def _message(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message: under ``output``, under ``message``, or the value itself."""
    output = value.get("output")
    found = output.get("message") if isinstance(output, Mapping) else value.get("message", value)
    return found if isinstance(found, Mapping) else {}


def _is_block(block: Any) -> bool:
    return isinstance(block, Mapping) and not _KINDS.isdisjoint(block) and "type" not in block


def _read(message: Mapping[str, Any], claims: Claims) -> Message:
    blocks: list[Mapping[str, Any]] = message["content"]
    cited = [one for one in (block.get("citationsContent") for block in blocks) if isinstance(one, Mapping)]
    if cited:
        claims.add("annotations")
    texts = [text for block in blocks for text in _texts(block)]
    thought = [_thought(block) for block in blocks]
    return Message(
        role=word(message.get("role")),
        content="".join(texts) if texts else None,
        reasoning="".join(filter(None, thought)) if any(one is not None for one in thought) else None,
        tool_calls=tuple(_call(block["toolUse"]) for block in blocks if _is_call(block.get("toolUse"))),
        parts=tuple(blocks),
        annotations=tuple(
            one for content in cited for one in _list(content.get("citations")) if isinstance(one, Mapping)
        ),
        extra=read_extra(message, message, claims, "choices.extra"),
    )


def _texts(block: Mapping[str, Any]) -> list[str]:
    """The texts of a block that is text, plain or cited."""
    if isinstance(block.get("text"), str):
        return [block["text"]]
    cited = block.get("citationsContent")
    if not isinstance(cited, Mapping):
        return []
    content = [one for one in _list(cited.get("content")) if isinstance(one, Mapping)]
    return ["", *(one["text"] for one in content if isinstance(one.get("text"), str))]


def _thought(block: Mapping[str, Any]) -> str | None:
    content = block.get("reasoningContent")
    told = content.get("reasoningText") if isinstance(content, Mapping) else None
    text = told.get("text") if isinstance(told, Mapping) else None
    return text if isinstance(text, str) else None


def _is_call(tool: Any) -> bool:
    """Whether the client must run it; the server ran its own tools already."""
    return isinstance(tool, Mapping) and tool.get("type") != "server_tool_use"


def _call(tool: Mapping[str, Any]) -> ToolCall:
    given = tool.get("input")
    return ToolCall(
        id=word(tool.get("toolUseId")),
        name=word(tool.get("name")),
        arguments=given if isinstance(given, str) else "" if given is None else _json(given),
        extra={name: item for name, item in tool.items() if name not in _CALL and item is not None},
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


CONVERSE = _Converse()
