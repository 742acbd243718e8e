"""What a chunk of ``openai-chat`` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import ABSENT, Fragment, Said, Saying, object_of, objects_of, pick

__all__ = ["OPENAI_CHAT", "OpenAIChat"]

REASONING = ("reasoning_content", "reasoning", "reasoning_text")


class OpenAIChat:
    """Reads chat completion chunks, and those of everything compatible."""

    __slots__ = ()

    name = "openai-chat"
    aspects = frozenset(
        (
            *("role", "text", "parts", "whole", "reasoning", "calls", "call-index", "call-pieces", "finish"),
            *("finish-in-delta", "done", "choices", "names", "logprobs", "refusal", "audio", "citations"),
            *("nulls", "mixed"),
        )
    )

    tags: tuple[Tag, ...] = (
        Tag("usage-timings", "timings beside usage", ("usage-timings-merged",), "openai-chat"),
    )

    def read(self, payload: Payload) -> Said:
        """What the chunk says."""
        choices = payload.get("choices")
        return Said(
            sayings=[_saying(choice, position) for position, choice in enumerate(objects_of(choices))],
            choices=len(choices) if isinstance(choices, list) else None,
            id=pick(payload, "id"),
            model=pick(payload, "model"),
            shapes=("usage-timings",) if isinstance(payload.get("timings"), dict) else (),
        )


def _saying(choice: Mapping[str, Any], position: int) -> Saying:
    delta = object_of(choice.get("delta"))
    content = pick(delta, "content")
    parts = [part.get("text") for part in objects_of(content)] if isinstance(content, list) else None
    index = choice.get("index", position)
    return Saying(
        choice=index if isinstance(index, int) else position,
        role=pick(delta, "role"),
        text=content if parts is None else "".join(text for text in parts if isinstance(text, str)),
        parts=None if parts is None else len(parts),
        whole=object_of(choice.get("message")).get("content", ABSENT),
        reasoning={name: delta[name] for name in REASONING if name in delta},
        refusal=pick(delta, "refusal"),
        calls=[_fragment(call) for call in objects_of(delta.get("tool_calls"))],
        finish=pick(choice, "finish_reason"),
        logprobs=pick(choice, "logprobs"),
        audio=pick(delta, "audio"),
        citations=list(objects_of(delta.get("annotations"))),
        bare="delta" not in choice,
    )


def _fragment(call: Mapping[str, Any]) -> Fragment:
    function = object_of(call.get("function"))
    index, identity = call.get("index"), call.get("id")
    key = index if type(index) is int else identity if isinstance(identity, str) and identity else None
    return Fragment(
        key=key,
        position=pick(call, "index"),
        id=pick(call, "id"),
        name=pick(function, "name"),
        arguments=pick(function, "arguments"),
    )


OPENAI_CHAT = OpenAIChat()
