"""Messages of a candidate's result: text, reasoning, tool calls, blocks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stream_audit.candidates.answers.extra import read_extra, restore
from stream_audit.model import Message, ToolCall

__all__ = ["Claims", "read_blocks", "read_message"]

Claims = set[str]
"""Members of ``FIELDS`` claimed so far; the readers add to it."""

_REASONING = ("reasoning_content", "reasoning", "reasoning_text")
_MESSAGE = frozenset(
    (
        *("role", "content", *_REASONING, "refusal", "tool_calls", "function_call"),
        *("parts", "annotations", "audio", "parsed"),
    )
)
_CALL = frozenset(("id", "type", "index", "function", "custom", "name", "arguments", "input", "extra"))
_FUNCTION = frozenset(("name", "arguments", "input", "parsed_arguments"))


def read_message(value: Mapping[str, Any], claims: Claims) -> Message:
    """Read a message in the shape of chat completions, or a neutral one."""
    content = value.get("content")
    parts = value.get("parts")
    if isinstance(content, list):
        parts = content
    if parts is not None or "parts" in value:
        claims.add("parts")
    for field in ("refusal", "annotations", "audio"):
        if field in value:
            claims.add(field)
    spoken = [text for text in (value.get(name) for name in _REASONING) if text is not None]
    thought = _joined(content, "thinking") if isinstance(content, list) else None
    if thought is not None or any(name in value for name in _REASONING):
        claims.add("reasoning")
    return Message(
        role=_text(value.get("role")),
        content=_joined(content, "text") if isinstance(content, list) else _text(content),
        reasoning=_text(spoken[0]) if spoken else thought,
        refusal=_text(value.get("refusal")),
        tool_calls=_calls(value, claims),
        parts=_mappings(parts),
        annotations=_mappings(value.get("annotations")),
        audio=value["audio"] if isinstance(value.get("audio"), Mapping) else None,
        extra=read_extra(value, _MESSAGE, claims, "choices.extra"),
    )


def read_blocks(blocks: list[Any], role: str | None, claims: Claims) -> Message:
    """Read the content blocks of an Anthropic message."""
    claims.update(("parts", "reasoning"))
    given = [block for block in blocks if isinstance(block, Mapping)]
    if any("citations" in block for block in given):
        claims.add("annotations")
    return Message(
        role=role,
        content=_joined(given, "text"),
        reasoning=_joined(given, "thinking"),
        tool_calls=tuple(_call(block) for block in given if block.get("type") == "tool_use"),
        parts=tuple(given),
        annotations=tuple(one for block in given for one in _mappings(block.get("citations"))),
    )


def _calls(value: Mapping[str, Any], claims: Claims) -> tuple[ToolCall, ...]:
    entries = value.get("tool_calls")
    if isinstance(entries, Mapping):
        single = not {"function", "name", "arguments"}.isdisjoint(entries)
        entries = [entries] if single else list(entries.values())
    listed = entries if isinstance(entries, list) else []
    given = [entry for entry in (*listed, value.get("function_call")) if isinstance(entry, Mapping)]
    if "extra" in value or any(map(_has_room, given)):
        claims.add("tool_calls.extra")
    return tuple(map(_call, given))


def _call(entry: Mapping[str, Any]) -> ToolCall:
    inner = entry.get("function") or entry.get("custom")
    function = inner if isinstance(inner, Mapping) else entry
    arguments = function.get("arguments", function.get("input"))
    extra = {name: item for name, item in entry.items() if name not in _CALL and item is not None}
    if function is not entry:
        extra |= {name: item for name, item in function.items() if name not in _FUNCTION and item is not None}
    given = entry.get("extra")
    return ToolCall(
        id=_text(entry.get("id")),
        name=_text(function.get("name")),
        arguments=arguments if isinstance(arguments, str) else "" if arguments is None else _json(arguments),
        extra={**extra, **restore(given)} if isinstance(given, Mapping) else extra,
    )


def _has_room(entry: Mapping[str, Any]) -> bool:
    """Whether a call is shaped like one of the wire or like a neutral one: both have room for more fields."""
    return not {"function", "custom", "extra"}.isdisjoint(entry)


def _joined(parts: Any, kind: str) -> str | None:
    """The texts of all parts of one type; ``None`` when there is no such part."""
    texts = []
    for part in parts:
        if isinstance(part, str) and kind == "text":
            texts.append(part)
        elif isinstance(part, Mapping) and part.get("type") == kind:
            inner = part.get(kind)
            texts.append((_joined(inner, "text") if isinstance(inner, list) else _text(inner)) or "")
    return "".join(texts) if texts else None


def _mappings(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
