"""``message`` in the words of Cohere's ``/v2/chat``: a list of blocks, a tool plan, citations.

The plan is what a model without blocks of thinking thinks, so it is read as the end of the reasoning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stream_audit.candidates.answers.messages import Claims, read_message
from stream_audit.candidates.answers.shape import CORE
from stream_audit.candidates.answers.top import top, word
from stream_audit.model import Choice, Message, Response

__all__ = ["COHERE"]

_REASONS = frozenset(("COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL", "ERROR", "TIMEOUT"))
_USAGE = frozenset(("tokens", "billed_units"))
_MESSAGE = frozenset(("tool_plan", "citations"))


class _Cohere:
    def fits(self, value: Mapping[str, Any]) -> bool:
        message, usage, reason = value.get("message"), value.get("usage"), value.get("finish_reason")
        if not isinstance(message, Mapping):
            return False
        marked = isinstance(usage, Mapping) and not _USAGE.isdisjoint(usage)
        return marked or "tool_plan" in message or (isinstance(reason, str) and reason in _REASONS)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update((*CORE, "reasoning"))
        logprobs = value.get("logprobs")
        if "logprobs" in value:
            claims.add("logprobs")
        choice = Choice(
            message=_message(value["message"], claims),
            finish_reason=word(value.get("finish_reason")),
            logprobs={"content": logprobs} if isinstance(logprobs, list) and logprobs else None,
        )
        return top(value, [choice], claims, ("message", "finish_reason", "logprobs"))


def _message(value: Mapping[str, Any], claims: Claims) -> Message:
    message = read_message({name: item for name, item in value.items() if name not in _MESSAGE}, claims)
    plan, content = word(value.get("tool_plan")), value.get("content")
    thought = [text for text in (message.reasoning, plan) if text is not None]
    if not isinstance(content, str):
        claims.add("parts")
    if "citations" in value:
        claims.add("annotations")
    cited = value.get("citations")
    return replace(
        message,
        reasoning="".join(thought) if thought else None,
        annotations=tuple(one for one in cited if isinstance(one, Mapping))
        if isinstance(cited, list)
        else (),
    )


COHERE = _Cohere()
