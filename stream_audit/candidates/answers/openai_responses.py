"""``output`` that is a list of items, with a status beside it: a response of OpenAI's Responses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from stream_audit.candidates.answers.messages import Claims
from stream_audit.candidates.answers.shape import CORE, UnknownShape
from stream_audit.candidates.answers.top import top, word
from stream_audit.model import Choice, Message, Response, ToolCall

__all__ = ["OPENAI_RESPONSES"]

_Item = Mapping[str, Any]

_UNFINISHED = ("queued", "in_progress")
_READ = ("output", "status", "incomplete_details", "created_at")
_TOOLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "function_call": ("", ("arguments",)),
    "custom_tool_call": ("", ("input",)),
    "local_shell_call": ("local_shell", ("action",)),
    "shell_call": ("shell", ("action",)),
    "apply_patch_call": ("apply_patch", ("operation",)),
    "computer_call": ("computer", ("actions", "action")),
    "tool_search_call": ("tool_search", ("arguments",)),
}
"""Items that the client may have to answer: what the tool is called where they do not say it, and where
its arguments are."""
_FILLED = ("action", "actions", "operation")
"""Places that providers and their SDKs fill up with nulls."""
_CALL = frozenset(("type", "id", "status", "call_id", "name", "parsed_arguments"))


class _OpenAIResponses:
    def fits(self, value: Mapping[str, Any]) -> bool:
        output = value.get("output")
        if not isinstance(output, list):
            return False
        return "status" in value or value.get("object") == "response" or _are_items(output)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update((*CORE, "choices", "parts", "reasoning", "refusal"))
        items = [item for item in value["output"] if isinstance(item, Mapping)]
        if len(items) != len(value["output"]):
            raise UnknownShape("output holds something that is no mapping")
        entries = [entry for item in items for entry in _entries(item, "content", "output_text")]
        claims.update(name for name in ("annotations", "logprobs") if any(name in entry for entry in entries))
        logprobs = _all(entries, "logprobs")
        choice = Choice(
            message=_message(items, entries),
            finish_reason=_reason(value),
            logprobs={"content": logprobs} if logprobs else None,
        )
        renamed = {"created" if name == "created_at" else name: item for name, item in value.items()}
        return top(renamed, [choice], claims, _READ)


def _are_items(output: list[Any]) -> bool:
    return bool(output) and all(isinstance(item, Mapping) and "type" in item for item in output)


def _message(items: list[_Item], entries: list[_Item]) -> Message:
    roles = (item.get("role") for item in items if item.get("type") == "message")
    refusals = [entry for item in items for entry in _entries(item, "content", "refusal")]
    thought = [text for text in map(_thought, items) if text is not None]
    return Message(
        role=next((word(role) for role in roles if role), "assistant"),
        content=_joined(entries, "text"),
        reasoning="".join(thought) if thought else None,
        refusal=_joined(refusals, "refusal"),
        tool_calls=tuple(_call(item) for item in items if _is_call(item)),
        parts=tuple(items),
        annotations=tuple(_all(entries, "annotations")),
    )


def _thought(item: _Item) -> str | None:
    """What an item says of the model's thoughts; its summary only where they are not there."""
    text = _joined(_entries(item, "content", "reasoning_text"), "text")
    summary = _joined(_entries(item, "summary", "summary_text"), "text")
    return text if text or summary is None else summary


def _entries(item: _Item, name: str, kind: str) -> list[_Item]:
    held = item.get(name)
    entries = held if isinstance(held, list) else []
    return [entry for entry in entries if isinstance(entry, Mapping) and entry.get("type") == kind]


def _joined(entries: list[_Item], key: str) -> str | None:
    return "".join(word(entry.get(key)) or "" for entry in entries) if entries else None


def _all(entries: Iterable[_Item], key: str) -> list[_Item]:
    found = (entry.get(key) for entry in entries)
    return [one for some in found if isinstance(some, list) for one in some if isinstance(one, Mapping)]


def _reason(value: Mapping[str, Any]) -> str | None:
    """Why it ended: why it is incomplete, else its status. An answer on its way has no reason."""
    details, status = value.get("incomplete_details"), word(value.get("status"))
    reason = word(details.get("reason")) if isinstance(details, Mapping) else None
    return reason or (None if status in _UNFINISHED else status)


def _is_call(item: _Item) -> bool:
    kind, place = item.get("type"), item.get("environment")
    if kind == "shell_call":
        return not (isinstance(place, Mapping) and place.get("type") == "container_reference")
    if kind == "custom_tool_call":
        return not str(item.get("call_id")).startswith("xs_call_")  # a search of xAI's own
    return kind in _TOOLS and (kind != "tool_search_call" or item.get("execution") == "client")


def _call(item: _Item) -> ToolCall:
    name, places = _TOOLS[str(item.get("type"))]
    place = next((place for place in places if item.get(place)), places[0])
    given = item.get(place) or ""
    if not isinstance(given, str):
        given = _json(_present(given) if place in _FILLED else given)
    return ToolCall(
        id=word(item.get("call_id")),
        name=name or word(item.get("name")),
        arguments=given,
        extra={
            key: value for key, value in item.items() if key not in {*_CALL, *places} and value is not None
        },
    )


def _present(value: Any) -> Any:
    """A value without what is null in it."""
    if isinstance(value, Mapping):
        return {key: _present(inner) for key, inner in value.items() if inner is not None}
    return [_present(inner) for inner in value] if isinstance(value, list) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


OPENAI_RESPONSES = _OpenAIResponses()
