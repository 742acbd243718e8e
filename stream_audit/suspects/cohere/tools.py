"""Suspects that get the tool calls of a Cohere message wrong.

The traps they share: ``tool_calls`` is an object where the name, and every other provider, says a list; its
index counts calls and not blocks; and a call without arguments sends none at all.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Message, Payload, ToolCall
from stream_audit.suspects.cohere.textbook import TextbookCohere
from stream_audit.suspects.cohere.textbook_pieces import Block, Call

__all__ = ["COHERE_TOOLS"]

CALLS = ("tool_calls",)
WITHOUT_ARGUMENTS = "https://github.com/vercel/ai/pull/4755"


class ToolObjectIterated(TextbookCohere):
    """Loops over ``tool_calls`` as over a list, and meets the keys of the object.

    In the wild: ``for call in event.delta.message.tool_calls: call["function"]``.
    """

    name = "tool-object-iterated"
    failure = "tool-only-first-read"
    touches = ()
    sources = (
        "https://github.com/maximhq/bifrost/pull/1180",
        "https://github.com/endolith/open-interpreter/issues/315",
    )

    widespread = True

    def see_tool_calls(self, calls: Any, kind: str, index: int | None) -> None:
        for entry in calls or ():
            _ = entry["function"]
        super().see_tool_calls(calls, kind, index)


class ToolListExpected(TextbookCohere):
    """Reads ``tool_calls`` where it is a list, and so never in a delta: the answer calls no tool.

    In the wild: ``if isinstance(tool_calls, list)`` in a reader that serves several providers.
    """

    name = "tool-list-expected"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = (
        "https://github.com/ortus-boxlang/bx-ai/pull/281",
        "https://github.com/rmusser01/tldw_chatbook/pull/690",
    )
    kin = (
        "tool-deltas-as-calls",
        "tool-start-only",
    )

    widespread = True

    def see_tool_calls(self, calls: Any, kind: str, index: int | None) -> None:
        if isinstance(calls, list):
            super().see_tool_calls(calls, kind, index)


class ToolStartOnly(TextbookCohere):
    """Takes the call from ``tool-call-start`` and never its arguments, which come after it.

    In the wild: ``case "tool-call-start": calls.append(event.delta.message.tool_calls)``, and no other case.
    """

    name = "tool-start-only"
    failure = "tool-args-tail-lost"
    touches = CALLS
    sources = ("https://github.com/vllm-project/vllm/issues/10781",)
    kin = ("tool-deltas-as-calls",)

    def on_call_delta(self, index: int | None, entry: dict[str, Any]) -> None:
        """Nothing to add."""


class ToolFragmentReplaced(TextbookCohere):
    """Assigns each fragment of the arguments instead of appending it.

    In the wild: ``call.function.arguments = delta.function.arguments``.
    """

    name = "tool-fragment-replaced"
    failure = "tool-args-tail-lost"
    touches = CALLS
    sources = ("https://github.com/vllm-project/vllm/issues/32152",)
    kin = (
        "tool-deltas-as-calls",
        "tool-start-only",
    )

    def append_arguments(self, call: Call, fragment: str) -> None:
        call.fragments = [fragment]


class ToolDeltasAsCalls(TextbookCohere):
    """Adds a call for every fragment.

    In the wild: one branch for ``tool-call-start`` and ``tool-call-delta`` that pushes to the list.
    """

    name = "tool-deltas-as-calls"
    failure = "tool-fragments-not-merged"
    touches = CALLS
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)
    kin = (
        "tool-fragment-replaced",
        "tool-start-only",
    )

    def on_call_delta(self, index: int | None, entry: dict[str, Any]) -> None:
        self.fill_call(self.open_call(index), entry)


class ToolLastCallOnly(TextbookCohere):
    """Keeps one call in the making; each start forgets the one before.

    In the wild: ``pending_tool_call = {...}`` at ``tool-call-start``; what is pending at the end is taken.
    """

    name = "tool-last-call-only"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = ("https://github.com/BerriAI/litellm/issues/7364",)
    kin = ("tool-first-call-only",)

    def open_call(self, index: int | None) -> Call:
        self.calls = []
        return super().open_call(index)


class ToolFirstCallOnly(TextbookCohere):
    """Reads ``tool_calls[0]`` of the whole answer.

    In the wild: ``response.message.tool_calls[0]``, from an example with one tool.
    """

    name = "tool-first-call-only"
    failure = "tool-only-first-read"
    touches = CALLS
    sources = ("https://github.com/endolith/open-interpreter/issues/315",)
    kin = ("tool-last-call-only",)

    def message(self) -> Message:
        every, self.calls = self.calls, self.calls[:1]
        try:
            return super().message()
        finally:
            self.calls = every


class ToolDeltasByLastStart(TextbookCohere):
    """Adds every fragment to the call that was started last, whatever its index says.

    In the wild: ``current_call.arguments += ...``. Calls that are open at the same time mix.
    """

    name = "tool-deltas-by-last-start"
    failure = "tool-fragments-interleaved"
    touches = CALLS
    sources = (
        "https://github.com/QwenLM/Qwen-Agent/pull/943",
        "https://github.com/jaseci-labs/jac/issues/7673",
    )
    kin = (
        "tool-deltas-as-calls",
        "tool-first-call-only",
        "tool-fragment-replaced",
        "tool-last-call-only",
        "tool-start-only",
    )

    def call_for(self, index: int | None) -> Call | None:
        return super().call_for(None)


class ToolIndexAsBlockIndex(TextbookCohere):
    """Keeps blocks and calls in one map by index; both count from 0, and a call takes a block's place.

    In the wild: ``items[event.index] = ...``, as it is right for providers whose calls are blocks.
    """

    name = "tool-index-as-block-index"
    failure = "item-id-mismatch"
    touches = ("content", "reasoning", "parts")
    sources = (
        "https://github.com/Wei-Shaw/sub2api/pull/6118",
        "https://github.com/openai/openai-python/pull/3126",
    )

    def open_call(self, index: int | None) -> Call:
        held = self.blocks_by_index.pop(len(self.calls) if index is None else index, None)
        self.blocks = [block for block in self.blocks if block is not held]
        return super().open_call(index)


class ToolUnendedDropped(TextbookCohere):
    """Adds a call to the answer at its ``tool-call-end``; one that never ends is lost.

    In the wild: ``calls.append(current)`` in the branch for ``tool-call-end``, when its arguments are whole.
    """

    name = "tool-unended-dropped"
    failure = "block-stop-missing"
    touches = CALLS
    sources = ("https://github.com/maximhq/bifrost/issues/4262",)

    def __init__(self) -> None:
        super().__init__()
        self.whole: list[Call] = []

    def add(self, payload: Payload) -> None:
        super().add(payload)
        call = self.call_for(payload.get("index")) if payload.get("type") == "tool-call-end" else None
        self.whole += [] if call is None else [call]

    def message(self) -> Message:
        every, self.calls = self.calls, [call for call in self.calls if call in self.whole]
        try:
            return super().message()
        finally:
            self.calls = every


class ToolUnstartedDropped(TextbookCohere):
    """Ignores fragments of a call whose start was not seen.

    In the wild: ``call = calls.get(index)`` and ``if call is None: return``.
    """

    name = "tool-unstarted-dropped"
    failure = "block-start-missing"
    touches = CALLS
    sources = ("https://github.com/anthropics/anthropic-sdk-python/pull/1273",)
    kin = (
        "tool-deltas-as-calls",
        "tool-fragment-replaced",
        "tool-start-only",
    )

    def open_missing_call(self, index: int) -> Call | None:
        return None


class BlockUnstartedDropped(TextbookCohere):
    """Ignores deltas of a block whose start was not seen; a relay that sends no starts leaves nothing.

    In the wild: ``block = blocks.get(event.index)`` and ``if block is None: continue``.
    """

    name = "block-unstarted-dropped"
    failure = "block-start-missing"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/anthropics/anthropic-sdk-python/pull/1273",)

    def open_missing_block(self, index: int, delta: dict[str, Any]) -> Block | None:
        return None


class ToolArgumentsRequired(TextbookCohere):
    """Parses the arguments of every call; those of a tool without parameters were never sent.

    In the wild: ``json.loads(call.function.arguments)`` at ``tool-call-end``.
    """

    name = "tool-arguments-required"
    failure = "tool-args-empty-string"
    touches = ()
    sources = (WITHOUT_ARGUMENTS, "https://github.com/langchain-ai/langchainjs/pull/11383")
    kin = ("tool-arguments-null",)

    def tool_call(self, call: Call) -> ToolCall:
        json.loads(self.arguments(call))
        return super().tool_call(call)


class ToolArgumentsNull(TextbookCohere):
    """Hands on ``null`` for arguments that were never sent, and the tool is refused.

    In the wild: ``json.dumps(arguments or None)``; Cohere's whole answers have ``null`` there at times.
    """

    name = "tool-arguments-null"
    failure = "tool-args-empty-string"
    touches = CALLS
    sources = (WITHOUT_ARGUMENTS, "https://github.com/Kilo-Org/cloud/pull/4753")
    kin = ("tool-arguments-required",)

    def arguments(self, call: Call) -> str:
        return super().arguments(call) or "null"


class ToolSeededWithBraces(TextbookCohere):
    """Begins the arguments with ``{}`` and appends to it.

    In the wild: ``arguments = "{}"`` at the start, so that a call without any is valid JSON.
    """

    name = "tool-seeded-with-braces"
    failure = "tool-args-seed-poison"
    touches = CALLS
    sources = ("https://github.com/assistant-ui/assistant-ui/pull/5080",)

    widespread = True

    def arguments(self, call: Call) -> str:
        return "{}" + super().arguments(call)


COHERE_TOOLS: tuple[type[TextbookCohere], ...] = (
    ToolObjectIterated,
    ToolListExpected,
    ToolStartOnly,
    ToolFragmentReplaced,
    ToolDeltasAsCalls,
    ToolLastCallOnly,
    ToolFirstCallOnly,
    ToolDeltasByLastStart,
    ToolIndexAsBlockIndex,
    ToolUnendedDropped,
    ToolUnstartedDropped,
    BlockUnstartedDropped,
    ToolArgumentsRequired,
    ToolArgumentsNull,
    ToolSeededWithBraces,
)
