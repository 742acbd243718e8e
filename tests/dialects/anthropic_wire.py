"""Events of the Anthropic Messages wire, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.anthropic.messages import ANTHROPIC_MESSAGES
from stream_audit.model import Folded, Message, Payload, Policies

DEFAULT = Policies()
USAGE = {"input_tokens": 10, "output_tokens": 1}
PING: Payload = {"type": "ping"}
STOP: Payload = {"type": "message_stop"}


def start(id: str | None = "msg_1", **message: Any) -> Payload:
    fields = {"type": "message", "role": "assistant", "model": "claude", "content": [], "usage": USAGE}
    return {"type": "message_start", "message": {**fields, "id": id, **message}}


def opened(index: int | None, type: str, **block: Any) -> Payload:
    seeds: dict[str, dict[str, Any]] = {
        "text": {"text": ""},
        "thinking": {"thinking": "", "signature": ""},
        "tool_use": {"id": "toolu_1", "name": "look", "input": {}},
        "server_tool_use": {"id": "srv_1", "name": "web_search", "input": {}},
    }
    seed = {"type": type, **seeds.get(type, {}), **block}
    return {"type": "content_block_start", "index": index, "content_block": seed}


def delta(index: Any, type: str, **fields: Any) -> Payload:
    return {"type": "content_block_delta", "index": index, "delta": {"type": type, **fields}}


def text(index: int, text: str) -> Payload:
    return delta(index, "text_delta", text=text)


def thinking(index: int, text: str) -> Payload:
    return delta(index, "thinking_delta", thinking=text)


def json_piece(index: int, text: str) -> Payload:
    return delta(index, "input_json_delta", partial_json=text)


def signature(index: int, text: str) -> Payload:
    return delta(index, "signature_delta", signature=text)


def closed(index: int | None) -> Payload:
    return {"type": "content_block_stop", "index": index}


def ended(stop_reason: str | None = "end_turn", usage: Any = None, **fields: Any) -> Payload:
    event: Payload = {"type": "message_delta", "delta": {"stop_reason": stop_reason, **fields}}
    return event if usage is None else {**event, "usage": usage}


def block(index: int, type: str, *deltas: Payload, **seed: Any) -> list[Payload]:
    return [opened(index, type, **seed), *deltas, closed(index)]


def message(*events: Payload, stop_reason: str | None = "end_turn", usage: Any = None) -> list[Payload]:
    """A well-formed stream around ``events``."""
    return [start(), *events, ended(stop_reason, usage), STOP]


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT) -> Folded:
    folding = ANTHROPIC_MESSAGES.fold(policies)
    folding.add(items)
    return folding.finish(done=False)


def said(items: Sequence[Payload | str]) -> Message:
    """The message that a stream folds into."""
    return fold(items).response.choices[0].message


def rules(folded: Folded) -> list[str]:
    return [note.rule for note in folded.notes]
