"""What a recorded call of ``ai-sdk-stream-python`` says."""

from __future__ import annotations

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import Fragment, Said, Saying, pick

__all__ = ["AI_SDK_STREAM", "AISDKStream"]

_UNCOLLECTED = "write-uncollected"
_OPENS = ("begin_tool_call", "start_tool_input")
_GOES_ON = ("stream_tool_input_delta", "finish_tool_input", "complete_tool_call", "fail_tool_call")


class AISDKStream:
    """Reads what a writer called. A tool call is told by its id."""

    __slots__ = ()

    name = "ai-sdk-stream-python"
    aspects = frozenset(("text", "reasoning", "calls", "finish", "citations"))
    tags: tuple[Tag, ...] = (
        Tag(_UNCOLLECTED, "a write that is not to be recorded", ("uncollected-recorded",), name),
    )

    def read(self, payload: Payload) -> Said:
        """What the call says."""
        shapes = (_UNCOLLECTED,) if payload.get("collect") is False else ()
        return Said(self._sayings(payload), shapes=shapes)

    def _sayings(self, payload: Payload) -> list[Saying]:
        op = payload.get("op")
        if op == "write_text":
            return [Saying(text=pick(payload, "delta"))]
        if op == "write_reasoning":
            return [Saying(reasoning={"delta": payload.get("delta")})]
        if isinstance(op, str) and op in (*_OPENS, *_GOES_ON):
            identity = payload.get("tool_call_id")
            key = identity if isinstance(identity, str) and identity else None
            name = pick(payload, "tool_name")
            arguments = pick(payload, "input_text_delta")
            call = Fragment(key, id=identity, name=name, arguments=arguments, opens=op in _OPENS)
            return [Saying(calls=[call])]
        if op == "write_source":
            return [Saying(citations=[payload.get("source_id")])]
        if op == "finish":
            return [Saying(finish=payload.get("finish_reason") or "stop")]
        return []


AI_SDK_STREAM = AISDKStream()
