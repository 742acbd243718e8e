"""cohere: recorded events served to its ``ClientV2``, parsed by the SDK, gathered as its documentation says.

The SDK has no fold of its own. What is the SDK's here is everything up to the events of
``client.chat_stream``: it reads the event stream, passes over events that it cannot read (with a warning),
ends at ``[DONE]``, and makes an object of each event, of the class that its type has. The loop over the
events does with each type what Cohere's guides to streaming and to tools say that it is for: a start opens
a block or a call at its index, a delta grows it, citations are collected, the end has the finish reason and
the usage. What it returns has the shape of the answer without streaming.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

import cohere

from ._provider import NOWHERE, Provider

# Nothing of its user's own settings may decide what comes out.
for _name in [name for name in os.environ if name.startswith("CO_API_")]:
    os.environ.pop(_name)

DIALECTS = ("cohere-v2",)
MATERIALISED = (cohere.Usage,)
_provider = Provider()


def version() -> str:
    """The SDK's version."""
    return str(cohere.__version__)


def prepare() -> None:
    """Make the client, which imports most of the SDK, before any fold's time runs."""
    _ = _client().chat_stream


def fold(chunks: list[dict[str, Any]], dialect: str) -> dict[str, Any]:
    """Stream the events through the client; what the loop keeps of them."""
    _provider.play(chunks, dialect)
    loop = Loop()
    for event in _client().chat_stream(model="recorded", messages=[]):
        loop.take(event)
    return loop.answer()


class Loop:
    """What a program keeps of the events."""

    def __init__(self) -> None:
        self.whole: dict[str, Any] = {"id": None, "finish_reason": None, "usage": None}
        self.message: dict[str, Any] = {"role": None, "tool_plan": None, "citations": []}
        self.blocks: dict[int, dict[str, Any]] = {}
        self.calls: dict[int, dict[str, Any]] = {}
        self.logprobs: list[Any] = []

    def take(self, event: Any) -> None:
        """Take one event."""
        told: Any = getattr(getattr(event, "delta", None), "message", None)
        if event.type == "message-start":
            self.whole["id"], self.message["role"] = event.id, told.role
        elif event.type == "content-start":
            self.blocks[event.index] = told.content.dict()
        elif event.type == "content-delta":
            _grow(self.blocks[event.index], told.content, ("text", "thinking"))
            told_of = getattr(event, "logprobs", None)
            self.logprobs += [told_of] if told_of else []
        elif event.type == "tool-plan-delta":
            _grow(self.message, told, ("tool_plan",))
        elif event.type == "tool-call-start":
            self.calls[event.index] = told.tool_calls.dict()
        elif event.type == "tool-call-delta":
            _grow(self.calls[event.index]["function"], told.tool_calls.function, ("arguments",))
        elif event.type == "citation-start":
            self.message["citations"].append(told.citations)
        elif event.type == "message-end":
            self.whole["finish_reason"], self.whole["usage"] = event.delta.finish_reason, event.delta.usage

    def answer(self) -> dict[str, Any]:
        """All of it."""
        parts = {"content": _in_order(self.blocks), "tool_calls": _in_order(self.calls)}
        return {**self.whole, "message": {**self.message, **parts}, "logprobs": self.logprobs}


def _grow(whole: dict[str, Any], piece: Any, names: Iterable[str]) -> None:
    for name in names:
        text = getattr(piece, name, None)
        if text is not None:
            whole[name] = (whole.get(name) or "") + text


def _in_order(parts: dict[int, Any]) -> list[Any]:
    return [parts[index] for index in sorted(parts)]


@cache
def _client() -> Any:
    return cohere.ClientV2(
        **NOWHERE, httpx_client=_provider.client(), log_warning_experimental_features=False
    )
