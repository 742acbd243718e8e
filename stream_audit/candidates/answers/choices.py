"""``choices``: a chat completion, a text completion, or the neutral response as the JSON report prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.candidates.answers.extra import read_extra
from stream_audit.candidates.answers.messages import Claims, read_message
from stream_audit.candidates.answers.shape import CORE, UnknownShape
from stream_audit.candidates.answers.top import position_of, top, word
from stream_audit.model import Choice, Response

__all__ = ["CHOICES"]


class _Choices:
    def fits(self, value: Mapping[str, Any]) -> bool:
        return isinstance(value.get("choices"), list)

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.add("choices")
        entries = value["choices"]
        given = [entry for entry in entries if isinstance(entry, Mapping)]
        if len(given) != len(entries):
            raise UnknownShape("choices holds something that is no mapping")
        is_text = bool(given) and all("text" in entry and "message" not in entry for entry in given)
        claims.update(("content", "finish_reason") if is_text else CORE)
        choices = [_choice(entry, position, claims) for position, entry in enumerate(given)]
        return top(value, sorted(choices, key=lambda choice: choice.index), claims)


def _choice(entry: Mapping[str, Any], position: int, claims: Claims) -> Choice:
    message = entry.get("message", entry.get("delta"))
    if message is None and "text" in entry:
        message = {"content": entry["text"]}
    if "logprobs" in entry:
        claims.add("logprobs")
    logprobs = entry.get("logprobs")
    known = {"index", "message", "delta", "text", "finish_reason", "logprobs"}
    return Choice(
        index=position_of(entry, position),
        message=read_message(message if isinstance(message, Mapping) else {}, claims),
        finish_reason=word(entry.get("finish_reason")),
        logprobs=logprobs if isinstance(logprobs, Mapping) else None,
        extra=read_extra(entry, known, claims, "choices.extra"),
    )


CHOICES = _Choices()
