"""Suspects that get the tool calls of an Ollama answer wrong.

The traps they share: a call comes whole and its arguments are an object, where other streams have fragments
of text; several chunks may have calls; and no word at the end says that there are any.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Payload, ToolCall
from stream_audit.suspects.every_dialect import Kept
from stream_audit.suspects.ollama.textbook import TextbookOllama

__all__ = ["OLLAMA_CALLS"]

CALLS = ("tool_calls",)
AS_OBJECT = "https://github.com/can1357/oh-my-pi/pull/1779"


class CallsOfLastChunkOnly(TextbookOllama):
    """Assigns the calls of a chunk; those of chunks before are lost.

    In the wild: ``tool_calls = chunk.message.tool_calls`` where it should say ``extend``.
    """

    name = "calls-of-last-chunk-only"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = (
        "https://github.com/ollama/ollama/issues/11633",
        "https://github.com/google/adk-python/pull/7200",
    )
    kin = ("call-arguments-as-repr",)

    def see_tool_calls(self, fields: dict[str, Any], level: Kept) -> None:
        if fields.get("tool_calls"):
            self.calls = []
        super().see_tool_calls(fields, level)


class CallsOfFinalChunkOnly(TextbookOllama):
    """Looks for calls in the chunk that is ``done``, which has none.

    In the wild: the last chunk's ``message.tool_calls``, as in the answer without streaming.
    """

    name = "calls-of-final-chunk-only"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = (
        "https://github.com/ollama/ollama-python/issues/279",
        "https://github.com/langchain-ai/langchain/pull/28654",
    )
    widespread = True
    at_end = False

    def add(self, payload: Payload) -> None:
        self.at_end = payload.get("done") is True
        super().add(payload)

    def append_call(self, call: ToolCall) -> None:
        if self.at_end:
            super().append_call(call)


class CallsFirstOfChunkOnly(TextbookOllama):
    """Reads ``tool_calls[0]`` of a chunk.

    In the wild: ``call = chunk.message.tool_calls[0]``, from an example with one tool.
    """

    name = "calls-first-of-chunk-only"
    failure = "tool-only-first-read"
    touches = CALLS
    sources = (
        "https://github.com/endolith/open-interpreter/issues/315",
        "https://github.com/BerriAI/litellm/pull/27638",
    )

    def see_tool_calls(self, fields: dict[str, Any], level: Kept) -> None:
        entries = fields.get("tool_calls")
        super().see_tool_calls({**fields, "tool_calls": entries[:1]} if entries else fields, level)


class CallsMergedByIndex(TextbookOllama):
    """Takes ``function.index`` for what OpenAI's is: calls of one number are one. Older servers number all 0.

    In the wild: one accumulator for both formats; the arguments of the second replace those of the first.
    """

    name = "calls-merged-by-index"
    failure = "tool-index-constant"
    touches = CALLS
    sources = (
        "https://github.com/huggingface/smolagents/pull/1958",
        "https://github.com/BerriAI/litellm/issues/7621",
    )
    kin = ("calls-first-of-chunk-only",)

    def __init__(self) -> None:
        super().__init__()
        self.by_index: dict[int, int] = {}

    def read_call(self, entry: dict[str, Any]) -> ToolCall:
        index = entry["function"].get("index")
        held = self.by_index.get(index)
        if held is not None:
            del self.calls[held]
        self.by_index[index] = len(self.calls)
        return super().read_call(entry)


class CallsOfOneToolMerged(TextbookOllama):
    """Keeps calls by id, or by the name of the tool where there is none: two calls of one tool are one.

    In the wild: ``calls[call.get("id") or call["function"]["name"]] = call``.
    """

    name = "calls-of-one-tool-merged"
    failure = "tool-index-constant"
    touches = CALLS
    sources = ("https://github.com/deepset-ai/haystack-core-integrations/pull/1906",)
    kin = (
        "call-arguments-as-repr",
        "calls-first-of-chunk-only",
    )

    def append_call(self, call: ToolCall) -> None:
        key = call.id or call.name
        self.calls = [one for one in self.calls if (one.id or one.name) != key]
        super().append_call(call)


class CallsWithoutIdDropped(TextbookOllama):
    """Drops calls that have no id; most servers send none.

    In the wild: ``if tool_call.id:`` where the pieces of a call are put together.
    """

    name = "calls-without-id-dropped"
    failure = "tool-id-or-name-lost"
    touches = CALLS
    sources = ("https://github.com/BerriAI/litellm/issues/11262",)
    widespread = True

    def append_call(self, call: ToolCall) -> None:
        if call.id is not None:
            super().append_call(call)


class CallArgumentsAsRepr(TextbookOllama):
    """Turns the object of the arguments into text that is no JSON.

    In the wild: ``str(call.function.arguments)``; in JavaScript ``[object Object]``.
    """

    name = "call-arguments-as-repr"
    failure = "tool-args-object"
    touches = CALLS
    sources = (AS_OBJECT, "https://github.com/langchain-ai/langchainjs/pull/11188")

    def write_arguments(self, arguments: dict[str, Any]) -> str:
        return str(arguments) if arguments else ""


class CallArgumentsDecoded(TextbookOllama):
    """Parses the arguments as JSON text, which they are not: the fold dies.

    In the wild: ``json.loads(call["function"]["arguments"])``, as for every other provider.
    """

    name = "call-arguments-decoded"
    failure = "tool-args-object"
    touches = ()
    sources = (AS_OBJECT, "https://github.com/ollama/ollama/issues/6155")
    kin = ("call-arguments-as-repr",)
    widespread = True

    def read_arguments(self, function: dict[str, Any], extra: Kept) -> str:
        json.loads(function.get("arguments") or "{}")
        return super().read_arguments(function, extra)


class CallArgumentsTextDropped(TextbookOllama):
    """Takes arguments for none when they are text: some models and relays send them so.

    In the wild: ``arguments if isinstance(arguments, dict) else {}``.
    """

    name = "call-arguments-text-dropped"
    failure = "tool-args-object"
    touches = CALLS
    sources = (
        "https://github.com/openclaw/openclaw/pull/57455",
        "https://github.com/ollama/ollama/pull/12413",
    )

    def read_arguments(self, function: dict[str, Any], extra: Kept) -> str:
        return "" if isinstance(function.get("arguments"), str) else super().read_arguments(function, extra)


class CallsDroppedOnStop(TextbookOllama):
    """Takes calls only if the reason says that there are any; here it is always ``stop``.

    In the wild: ``if done_reason == "tool_calls": run(calls)``.
    """

    name = "calls-dropped-on-stop"
    failure = "finish-stop-with-tool-calls"
    touches = CALLS
    sources = (
        "https://github.com/ollama/ollama/pull/7963",
        "https://github.com/ollama/ollama/pull/5995",
    )
    widespread = True

    def tool_calls(self) -> tuple[ToolCall, ...]:
        return super().tool_calls() if self.reason == "tool_calls" else ()


OLLAMA_CALLS: tuple[type[TextbookOllama], ...] = (
    CallsOfLastChunkOnly,
    CallsOfFinalChunkOnly,
    CallsFirstOfChunkOnly,
    CallsMergedByIndex,
    CallsOfOneToolMerged,
    CallsWithoutIdDropped,
    CallArgumentsAsRepr,
    CallArgumentsDecoded,
    CallArgumentsTextDropped,
    CallsDroppedOnStop,
)
