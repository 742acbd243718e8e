"""``done`` beside a ``message`` or a ``response``: an answer of Ollama's chat or generate.

Its counts of tokens stand at the top, among durations that are named alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.candidates.answers.messages import Claims, read_message
from stream_audit.candidates.answers.shape import CORE
from stream_audit.candidates.answers.top import top, word
from stream_audit.model import Choice, Message, Response

__all__ = ["OLLAMA"]

_COUNTS = frozenset(("prompt_eval_count", "prompt_eval_cached_count", "eval_count"))
_MARKS = frozenset(("done", "done_reason", *_COUNTS))
_READ = ("message", "response", "thinking", "tool_calls", "done", "done_reason", "logprobs", *_COUNTS)


class _Ollama:
    def fits(self, value: Mapping[str, Any]) -> bool:
        said = isinstance(value.get("message"), Mapping) or isinstance(value.get("response"), str)
        return said and not _MARKS.isdisjoint(value)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update((*CORE, "reasoning"))
        logprobs = value.get("logprobs")
        if "logprobs" in value:
            claims.add("logprobs")
        choice = Choice(
            message=_message(value, claims),
            finish_reason=word(value.get("done_reason")),
            logprobs={"content": logprobs} if isinstance(logprobs, list) and logprobs else None,
        )
        counts = {name: value[name] for name in value if name in _COUNTS}
        said = any(count is not None for count in counts.values())
        told = {**value, "usage": counts if said else None} if counts else value
        return top(told, [choice], claims, _READ)


def _message(value: Mapping[str, Any], claims: Claims) -> Message:
    """The message of a chat; of the other endpoint what stands at the top."""
    given = value.get("message")
    if not isinstance(given, Mapping):
        given = {
            "content": value["response"],
            **{name: value.get(name) for name in ("thinking", "tool_calls")},
        }
    kept = {name: item for name, item in given.items() if name != "thinking"}
    calls = given.get("tool_calls")
    if isinstance(calls, list):
        kept["tool_calls"] = [_call(call) for call in calls if isinstance(call, Mapping)]
    role = given.get("role") or "assistant"
    return read_message({**kept, "role": role, "reasoning": given.get("thinking")}, claims)


def _call(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """A call without its number, which says nothing that its place does not say; ``{}`` is no arguments."""
    function = call.get("function")
    if not isinstance(function, Mapping):
        return call
    kept = {name: item for name, item in function.items() if name != "index"}
    return {**call, "function": {**kept, "arguments": function.get("arguments") or ""}}


OLLAMA = _Ollama()
