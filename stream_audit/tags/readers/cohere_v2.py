"""What an event of ``cohere-v2`` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import Fragment, Said, Saying, object_of, pick

__all__ = ["COHERE_V2", "CohereV2"]

NAME = "cohere-v2"
UNITS = ("input_tokens", "output_tokens")


class CohereV2:
    """Reads the events of a message. Calls are numbered by themselves, beside the blocks."""

    __slots__ = ()

    name = NAME
    aspects = frozenset(
        ("text", "nulls", "reasoning", "calls", "call-pieces", "finish", "logprobs", "citations")
    )

    tags: tuple[Tag, ...] = (
        Tag(
            "tool-plan",
            "a plan that is no part of the answer",
            ("reasoning-leaks-into-content", "reasoning-field-alias-missed"),
            NAME,
        ),
        Tag("billed-units-differ", "billed units that are not the tokens", ("usage-billed-as-tokens",), NAME),
    )

    def read(self, payload: Payload) -> Said:
        """What the event says."""
        delta = object_of(payload.get("delta"))
        message = object_of(delta.get("message"))
        content, call = object_of(message.get("content")), object_of(message.get("tool_calls"))
        plan = message.get("tool_plan")
        thought = {"thinking": content.get("thinking"), "tool_plan": plan}
        cited = message.get("citations")
        saying = Saying(
            text=pick(content, "text"),
            reasoning={name: text for name, text in thought.items() if isinstance(text, str) and text},
            calls=[_fragment(payload, call)] if call else (),
            finish=pick(delta, "finish_reason"),
            logprobs=pick(payload, "logprobs"),
            citations=[cited] if isinstance(cited, dict) else (),
        )
        shapes = ["tool-plan"] if isinstance(plan, str) and plan else []
        shapes += ["billed-units-differ"] if _differ(object_of(delta.get("usage"))) else []
        return Said(
            [saying], id=pick(payload, "id"), ends=payload.get("type") == "message-end", shapes=shapes
        )


def _fragment(payload: Payload, call: Mapping[str, Any]) -> Fragment:
    index, function = payload.get("index"), object_of(call.get("function"))
    return Fragment(
        index if type(index) is int else None,
        id=pick(call, "id"),
        name=pick(function, "name"),
        arguments=pick(function, "arguments"),
        opens=payload.get("type") == "tool-call-start",
    )


def _differ(usage: Mapping[str, Any]) -> bool:
    billed, tokens = object_of(usage.get("billed_units")), object_of(usage.get("tokens"))
    return bool(billed and tokens) and any(billed.get(name) != tokens.get(name) for name in UNITS)


COHERE_V2 = CohereV2()
