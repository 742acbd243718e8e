"""What an event of ``openai-responses`` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.readers.responses_items import entry_saying, fragment, index_of, shapes_of, shown
from stream_audit.tags.saying import Fragment, Said, Saying, object_of, objects_of, pick

__all__ = ["OPENAI_RESPONSES", "OpenAIResponses"]

NAME = "openai-responses"

CLOSING = frozenset(("response.completed", "response.incomplete", "response.failed"))
SNAPSHOTS = CLOSING | {"response.created", "response.queued", "response.in_progress"}
ADDED, ITEM = "response.output_item.added", "response.output_item.done"
PARTS = frozenset(f"response.{kind}_part.done" for kind in ("content", "reasoning", "reasoning_summary"))
THOUGHTS = {"response.reasoning_text": "text", "response.reasoning_summary_text": "summary"}
ARGUMENTS = {
    "response.function_call_arguments": ("arguments", None),
    "response.custom_tool_call_input": ("input", None),
    "response.apply_patch_call_operation_diff": ("diff", False),
    "response.shell_call_command": ("command", False),
}
"""Texts of calls: the key of the whole, and whether one opens a call that was not announced. Only a call's
item says whether a shell is the client's."""


class OpenAIResponses:
    """Reads the events of a response: pieces, and what shows an item, a part or all of it once more."""

    __slots__ = ()

    name = NAME
    aspects = frozenset(
        (
            *("text", "mixed", "whole", "shown", "reasoning", "sealed", "calls", "call-index", "call-pieces"),
            *("server-tool", "finish", "names", "logprobs", "refusal", "audio", "citations"),
        )
    )

    tags: tuple[Tag, ...] = (
        Tag("message-without-role", "a message without a role", ("role-never-sent",), NAME),
        Tag(
            "call-not-a-function",
            "a call for the client that is no function call",
            ("tool-calls-omitted-by-aggregator",),
            NAME,
        ),
        Tag(
            "reasoning-and-summary",
            "an item with both its thinking and a summary of it",
            ("reasoning-duplicated",),
            NAME,
        ),
        Tag("keepalive", "an event that only keeps the connection alive", ("unknown-event",), NAME),
    )

    def read(self, payload: Payload) -> Said:
        """What the event says."""
        kind = payload.get("type")
        if not isinstance(kind, str):
            return Said()
        if kind in SNAPSHOTS:
            return _snapshot(object_of(payload.get("response")), kind)
        if kind in (ADDED, ITEM):
            return _item(object_of(payload.get("item")), payload, kind)
        if kind in PARTS:
            return Said([entry_saying(object_of(payload.get("part")), _place(payload))])
        if kind == "keepalive":
            return Said(shapes=("keepalive",))
        saying = _piece(kind, payload)
        return Said([saying] if saying is not None else [])


def _snapshot(response: Mapping[str, Any], kind: str) -> Said:
    identity, model = pick(response, "id"), pick(response, "model")
    if kind not in CLOSING:
        return Said(id=identity, model=model)
    items = list(objects_of(response.get("output")))
    said = [saying for position, item in enumerate(items) for saying in shown(item, position)]
    told = [fragment(item, position, position, is_shown=True) for position, item in enumerate(items)]
    calls = [call for call in told if call is not None]
    return Said(
        [*said, Saying(calls=calls, finish=_finish(response, kind))],
        id=identity,
        model=model,
        ends=True,
        again=True,
        shapes=sorted({shape for item in items for shape in shapes_of(item)}),
    )


def _finish(response: Mapping[str, Any], kind: str) -> str:
    reason, status = object_of(response.get("incomplete_details")).get("reason"), response.get("status")
    told = [word for word in (reason, status) if isinstance(word, str) and word]
    return told[0] if told else kind.rpartition(".")[2]


def _item(item: Mapping[str, Any], payload: Payload, kind: str) -> Said:
    index = index_of(payload)
    sayings = list(shown(item, index)) if kind == ITEM else []
    key = object() if index is None and kind == ADDED else index
    call = fragment(item, index, key, is_shown=kind == ITEM)
    if call is not None:
        sayings.append(Saying(part=(index,), calls=[call]))
    return Said(sayings, shapes=sorted(shapes_of(item)))


def _piece(kind: str, payload: Payload) -> Saying | None:
    """What an event says that is about one text."""
    base, _, step = kind.rpartition(".")
    is_delta, part = step == "delta", (index_of(payload),)
    if step not in ("delta", "done"):
        if kind == "response.output_text.annotation.added":
            return Saying(citations=list(objects_of([payload.get("annotation")])))
        return None
    if base in THOUGHTS:
        if is_delta:
            return Saying(part=part, reasoning={THOUGHTS[base]: payload.get("delta")})
        return Saying(part=part, thinking=pick(payload, "text"))
    if base in ARGUMENTS:
        return Saying(part=part, calls=[_call(base, payload, is_delta)])
    match base:
        case "response.output_text" if is_delta:
            text, logprobs = pick(payload, "delta"), pick(payload, "logprobs")
            return Saying(part=_place(payload), text=text, logprobs=logprobs)
        case "response.output_text":
            return Saying(part=_place(payload), whole=pick(payload, "text"))
        case "response.refusal":
            return Saying(part=_place(payload), refusal=pick(payload, "delta" if is_delta else "refusal"))
        case "response.audio" | "response.audio.transcript" if is_delta:
            return Saying(audio=pick(payload, "delta"))
    return None


def _call(base: str, payload: Payload, is_delta: bool) -> Fragment:
    whole, opens = ARGUMENTS[base]
    if is_delta:
        arguments, item = pick(payload, "delta"), pick(payload, "item_id")
        return Fragment(index_of(payload), index_of(payload), id=item, arguments=arguments, opens=opens)
    return Fragment(
        index_of(payload),
        index_of(payload),
        name=pick(payload, "name"),
        opens=opens,
        shown=True,
        whole=pick(payload, whole),
    )


def _place(payload: Payload) -> tuple[int | None, Any]:
    content = payload.get("content_index")
    return index_of(payload), content if type(content) is int else None


OPENAI_RESPONSES = OpenAIResponses()
