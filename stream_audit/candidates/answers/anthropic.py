"""``content`` that is a list, with ``stop_reason`` or ``type: message`` beside it: an Anthropic message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.candidates.answers.messages import Claims, read_blocks
from stream_audit.candidates.answers.shape import CORE
from stream_audit.candidates.answers.top import top, word
from stream_audit.model import Choice, Response

__all__ = ["ANTHROPIC"]


class _Anthropic:
    def fits(self, value: Mapping[str, Any]) -> bool:
        return isinstance(value.get("content"), list) and (
            "stop_reason" in value or value.get("type") == "message"
        )

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update(CORE)
        message = read_blocks(value["content"], word(value.get("role")), claims)
        choice = Choice(message=message, finish_reason=word(value.get("stop_reason")))
        return top(value, [choice], claims, {"role", "content", "stop_reason"})


ANTHROPIC = _Anthropic()
