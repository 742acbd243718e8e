"""What an event of ``bedrock-converse`` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import ABSENT, Fragment, Said, Saying, object_of, pick

__all__ = ["BEDROCK_CONVERSE", "BedrockConverse"]

NAME = "bedrock-converse"


class BedrockConverse:
    """Reads the events of a response. A call is a block of its own, told by the block's index."""

    __slots__ = ()

    name = NAME
    aspects = frozenset(
        ("text", "reasoning", "signature", "sealed", "calls", "server-tool", "finish", "citations")
    )

    tags: tuple[Tag, ...] = (
        Tag(
            "cache-spelt-otherwise",
            "cache counts that end in TokenCount",
            ("cached-left-out", "cached-counted-twice"),
            NAME,
        ),
    )

    def read(self, payload: Payload) -> Said:
        """What the event says."""
        start, delta, end, metadata = (
            object_of(payload.get(name))
            for name in ("contentBlockStart", "contentBlockDelta", "messageStop", "metadata")
        )
        if start:
            return _opened(object_of(start.get("start")), _key(start))
        if delta:
            return _grown(object_of(delta.get("delta")), _key(delta))
        if end:
            return Said([Saying(finish=pick(end, "stopReason"))])
        counts = [name for name in object_of(metadata.get("usage")) if name.endswith("InputTokenCount")]
        return Said(shapes=("cache-spelt-otherwise",) if counts else ())


def _key(event: Mapping[str, Any]) -> Any:
    index = event.get("contentBlockIndex")
    return index if type(index) is int else None


def _opened(start: Mapping[str, Any], key: Any) -> Said:
    tool = object_of(start.get("toolUse"))
    if "toolResult" in start or tool.get("type") == "server_tool_use":
        return Said(shapes=("server-tool",))
    if not tool:
        return Said([Saying(text=pick(start, "text"))])
    arguments = tool.get("input") or ABSENT
    call = Fragment(key, id=pick(tool, "toolUseId"), name=pick(tool, "name"), arguments=arguments, opens=True)
    return Said([Saying(calls=[call])])


def _grown(delta: Mapping[str, Any], key: Any) -> Said:
    thought, tool = object_of(delta.get("reasoningContent")), object_of(delta.get("toolUse"))
    saying = Saying(
        text=pick(delta, "text"),
        reasoning={"reasoningContent": thought["text"]} if "text" in thought else {},
        signature=pick(thought, "signature"),
        calls=[Fragment(key, arguments=pick(tool, "input"), opens=False)] if tool else (),
        citations=[delta["citation"]] if "citation" in delta else (),
    )
    return Said([saying], shapes=("reasoning-sealed",) if "redactedContent" in thought else ())


BEDROCK_CONVERSE = BedrockConverse()
