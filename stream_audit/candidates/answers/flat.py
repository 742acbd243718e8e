"""One choice: ``message`` that is a mapping, or a flat mapping of ``content``, ``role``, ``usage``..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.candidates.answers.messages import Claims, read_message
from stream_audit.candidates.answers.top import READ, finish, position_of, top
from stream_audit.model import Choice, Response

__all__ = ["FLAT", "WRAPPED"]

_NAMES = frozenset(
    (
        *("content", "role", "finish_reason", "stop_reason", "usage", "tool_calls", "function_call"),
        *("reasoning", "reasoning_content", "reasoning_text", "refusal"),
    )
)
_OF_CHOICE = frozenset(("finish_reason", "stop_reason", "logprobs", "index"))


class _Wrapped:
    def fits(self, value: Mapping[str, Any]) -> bool:
        return isinstance(value.get("message"), Mapping)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update(("role", "content", "tool_calls"))
        inner = value["message"]
        reason = finish({**inner, **value}, claims)
        choice = Choice(message=read_message(inner, claims), finish_reason=reason)
        return top(value, [choice], claims, {"message", "finish_reason", "stop_reason"})


class _Flat:
    def fits(self, value: Mapping[str, Any]) -> bool:
        return not _NAMES.isdisjoint(value)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        for field in ("role", "content", "tool_calls", "logprobs"):
            if field in value:
                claims.add(field)
        if "function_call" in value:
            claims.add("tool_calls")
        logprobs = value.get("logprobs")
        own = {name: item for name, item in value.items() if name not in READ and name not in _OF_CHOICE}
        choice = Choice(
            index=position_of(value, 0),
            message=read_message(own, claims),
            finish_reason=finish(value, claims),
            logprobs=logprobs if isinstance(logprobs, Mapping) else None,
        )
        return top(value, [choice], claims, set(value) - READ)


WRAPPED = _Wrapped()
FLAT = _Flat()
