"""Events of Cohere's chat wire, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.cohere.stream import COHERE_V2
from stream_audit.model import Folded, Message, Payload, Policies

DEFAULT = Policies()
USAGE = {"tokens": {"input_tokens": 10, "output_tokens": 4}}


def event(kind: str, message: Any, index: int | None = None, **fields: Any) -> Payload:
    place = {} if index is None else {"index": index}
    return {"type": kind, **place, "delta": {"message": message}, **fields}


def start(id: str | None = "msg_1", **message: Any) -> Payload:
    return {**event("message-start", {"role": "assistant", **message}), "id": id}


def opened(index: int | None, type: str = "text", **seed: Any) -> Payload:
    return event("content-start", {"content": {"type": type, **seed}}, index)


def delta(index: int | None, **content: Any) -> Payload:
    return event("content-delta", {"content": content}, index)


def plan(piece: Any) -> Payload:
    return event("tool-plan-delta", {"tool_plan": piece})


def call(index: int | None, id: Any = "c1", name: Any = "look", **function: Any) -> Payload:
    entry = {"id": id, "type": "function", "function": {"name": name, **function}}
    return event("tool-call-start", {"tool_calls": entry}, index)


def fragment(index: int | None, arguments: Any) -> Payload:
    return event("tool-call-delta", {"tool_calls": {"function": {"arguments": arguments}}}, index)


def cited(index: int, **citation: Any) -> Payload:
    return event("citation-start", {"citations": citation}, index)


def closed(index: int | None, kind: str = "content") -> Payload:
    return {"type": f"{kind}-end", "index": index}


def ended(finish_reason: Any = "COMPLETE", usage: Any = None, **delta: Any) -> Payload:
    return {"type": "message-end", "delta": {"finish_reason": finish_reason, "usage": usage, **delta}}


def message(*events: Payload, finish_reason: str | None = "COMPLETE", usage: Any = None) -> list[Payload]:
    """A stream around ``events``."""
    return [start(), *events, ended(finish_reason, usage)]


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT, *, done: bool = False) -> Folded:
    folding = COHERE_V2.fold(policies)
    folding.add(items)
    return folding.finish(done=done)


def said(*items: Payload) -> Message:
    """The message that a stream folds into."""
    return fold(items).response.choices[0].message


def rules(*items: Payload) -> list[str]:
    """What is noted about a stream that has a beginning and an end around these."""
    return [note.rule for note in fold(message(*items)).notes]
