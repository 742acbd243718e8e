"""What an event of ``anthropic-messages`` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import ABSENT, Fragment, Said, Saying, object_of, pick

__all__ = ["ANTHROPIC_MESSAGES", "AnthropicMessages"]


class AnthropicMessages:
    """Reads the events of a message. A call is a block of its own, told by the block's index."""

    __slots__ = ()

    name = "anthropic-messages"
    aspects = frozenset(("text", "reasoning", "signature", "calls", "call-pieces", "finish", "citations"))

    tags: tuple[Tag, ...] = ()

    def read(self, payload: Payload) -> Said:
        """What the event says."""
        kind = payload.get("type")
        if kind == "content_block_start":
            return Said([_opened(object_of(payload.get("content_block")), _key(payload))])
        if kind == "content_block_delta":
            return Said([_grown(object_of(payload.get("delta")), _key(payload))])
        if kind == "message_delta":
            return Said([Saying(finish=pick(object_of(payload.get("delta")), "stop_reason"))])
        return Said(ends=kind == "message_stop")


def _key(payload: Payload) -> Any:
    index = payload.get("index")
    return index if type(index) is int else None


def _opened(block: Mapping[str, Any], key: Any) -> Saying:
    kind = block.get("type")
    if kind == "tool_use":
        arguments = block.get("input") or ABSENT
        call = Fragment(key, id=pick(block, "id"), name=pick(block, "name"), arguments=arguments, opens=True)
        return Saying(calls=[call])
    if kind == "text":
        return Saying(text=pick(block, "text"))
    if kind == "thinking":
        return Saying(reasoning={"thinking": block.get("thinking")}, signature=pick(block, "signature"))
    return Saying()


def _grown(delta: Mapping[str, Any], key: Any) -> Saying:
    kind = delta.get("type")
    if kind == "text_delta":
        return Saying(text=pick(delta, "text"))
    if kind == "thinking_delta":
        return Saying(reasoning={"thinking": delta.get("thinking")})
    if kind == "signature_delta":
        return Saying(signature=pick(delta, "signature"))
    if kind == "input_json_delta":
        return Saying(calls=[Fragment(key, arguments=pick(delta, "partial_json"), opens=False)])
    if kind == "citations_delta":
        return Saying(citations=[delta.get("citation")])
    return Saying()


ANTHROPIC_MESSAGES = AnthropicMessages()
