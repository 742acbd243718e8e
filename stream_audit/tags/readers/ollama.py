"""What a chunk of ``ollama`` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import ABSENT, Fragment, Said, Saying, object_of, objects_of, pick

__all__ = ["OLLAMA", "Ollama"]

NAME = "ollama"


class Ollama:
    """Reads the chunks of both endpoints. Every call is whole, and so another one."""

    __slots__ = ()

    name = NAME
    aspects = frozenset(
        (
            *("role", "text", "nulls", "mixed", "reasoning", "calls", "call-index"),
            *("finish", "finish-in-delta", "logprobs"),
        )
    )

    tags: tuple[Tag, ...] = (
        Tag("arguments-object", "arguments that are an object", ("tool-args-object",), NAME),
        Tag("call-without-id", "a tool call without an id", ("tool-id-or-name-lost",), NAME),
        Tag("prompt-uncounted", "an end without a count of the prompt", ("usage-absent",), NAME),
        Tag("durations", "durations named like the counts", ("usage-timings-merged",), NAME),
        Tag("context", "tokens that the next request needs", ("extension-fields-dropped",), NAME),
    )

    def read(self, payload: Payload) -> Said:
        """What the chunk says."""
        message = payload.get("message")
        chat = isinstance(message, dict)
        said = object_of(message) if chat else payload
        calls = [*objects_of(said.get("tool_calls"))]
        done = payload.get("done") is True
        saying = Saying(
            role=pick(said, "role") if chat else ABSENT,
            text=pick(said, "content" if chat else "response"),
            reasoning={"thinking": said["thinking"]} if said.get("thinking") else {},
            calls=[_fragment(call) for call in calls],
            finish=pick(payload, "done_reason"),
            logprobs=pick(payload, "logprobs"),
        )
        found = {
            "arguments-object": any(isinstance(_function(call).get("arguments"), dict) for call in calls),
            "call-without-id": any(not call.get("id") for call in calls),
            "prompt-uncounted": done and payload.get("prompt_eval_count") is None,
            "durations": payload.get("eval_duration") is not None,
            "context": payload.get("context") is not None,
        }
        return Said([saying], model=pick(payload, "model"), ends=done, shapes=[*filter(found.get, found)])


def _function(call: Mapping[str, Any]) -> Mapping[str, Any]:
    return object_of(call.get("function"))


def _fragment(call: Mapping[str, Any]) -> Fragment:
    function = _function(call)
    return Fragment(
        object(),
        position=pick(function, "index"),
        id=pick(call, "id"),
        name=pick(function, "name"),
        arguments=pick(function, "arguments"),
        opens=True,
    )


OLLAMA = Ollama()
