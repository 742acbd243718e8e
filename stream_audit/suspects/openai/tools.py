"""Suspects that put tool calls together wrongly: whose fragment is it, does it count at all."""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.suspects.every_dialect import is_integer, is_name
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import CallSoFar, ChoiceSoFar

__all__ = ["TOOLS"]

MISSING = (
    "https://github.com/openai/openai-python/pull/3246",
    "https://github.com/comet-ml/opik/issues/8362",
    "https://github.com/SamSaffron/term-llm/pull/314",
)
POSITION = (
    "https://github.com/openai/openai-python/pull/3245",
    "https://github.com/openai/openai-python/pull/3126",
)
INTERLEAVED = (
    "https://github.com/QwenLM/Qwen-Agent/pull/943",
    "https://github.com/jaseci-labs/jac/issues/7673",
)
LEGACY = ("https://github.com/CangShui/workbuddy-gateway/pull/3",)


class ToolSuspect(TextbookChat):
    """What all suspects of this family have in common."""

    touches: ClassVar[tuple[str, ...]] = ("tool_calls",)


class ToolIndexDefaultZero(ToolSuspect):
    """Gives every entry without an index the index 0, so that calls run together.

    In the wild: ``index: int = 0`` in a parsed type, ``entry.get("index", 0)``.
    """

    name = "tool-index-default-zero"
    failure = "tool-index-missing"
    sources = MISSING
    kin = ("tool-first-arguments-twice", "tool-index-required", "tool-only-first-entry")

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        index = entry.get("index") or 0
        if index not in choice.owners:
            choice.owners[index] = self.open_call(choice)
        return choice.owners[index]


class ToolIndexRequired(ToolSuspect):
    """Dies on an entry without an index.

    In the wild: ``calls[entry["index"]]``.
    """

    name = "tool-index-required"
    failure = "tool-index-missing"
    sources = MISSING

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        return super().call_for(choice, {**entry, "index": entry["index"]})


class ToolByPosition(ToolSuspect):
    """Takes the index for an offset into the list of calls, and dies where there is a gap.

    In the wild: ``if index >= len(calls): calls.append(call)``, then ``calls[index]``.
    """

    name = "tool-by-position"
    failure = "tool-index-as-list-position"
    sources = POSITION

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        index = entry.get("index")
        if not is_integer(index):
            return super().call_for(choice, entry)
        if index >= len(choice.calls):
            self.open_call(choice)
        return choice.calls[index]


class ToolByPositionInChunk(ToolSuspect):
    """Numbers the entries of each chunk anew, so that fragments sent alone go to the first call.

    In the wild: ``for index, entry in enumerate(delta.tool_calls):``.
    """

    name = "tool-by-position-in-chunk"
    failure = "tool-index-as-list-position"
    sources = POSITION

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        for position, entry in enumerate(value):
            super().tool_calls(choice, [{**entry, "index": position}])

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        return super().call_for(choice, {"index": entry["index"]})


class ToolLastTouched(ToolSuspect):
    """Appends every fragment to the call opened last, whatever index it carries.

    In the wild: ``if entry.id: calls.append(...)`` ``else: calls[-1].arguments += ...``.
    """

    name = "tool-last-touched"
    failure = "tool-fragments-interleaved"
    sources = INTERLEAVED
    kin = ("tool-only-first-entry",)

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        if is_name(entry.get("id")) and entry["id"] not in [call.id for call in choice.calls]:
            return self.open_call(choice)
        return choice.calls[-1] if choice.calls else self.open_call(choice)


class ToolConstantIndexMerged(ToolSuspect):
    """Tells calls apart by index alone, so that calls which all have index 0 become one.

    In the wild: ``calls.setdefault(entry.index, Call())``.
    """

    name = "tool-constant-index-merged"
    failure = "tool-index-constant"
    sources = (
        "https://github.com/huggingface/smolagents/pull/1958",
        "https://github.com/BerriAI/litellm/issues/7621",
        "https://github.com/ai-dynamo/dynamo/pull/4723",
    )
    kin = ("tool-by-position", "tool-by-position-in-chunk", "tool-id-concatenated", "tool-index-default-zero")

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        index = entry.get("index")
        if index is None or index not in choice.owners:
            return super().call_for(choice, entry)
        return choice.owners[index]


class ToolSameIndexInChunkSplit(ToolSuspect):
    """Takes the first list of entries over as it stands, also where two entries are one call.

    In the wild: ``if snapshot.tool_calls is None: snapshot.tool_calls = delta.tool_calls``.
    """

    name = "tool-same-index-in-chunk-split"
    failure = "tool-index-duplicate-in-chunk"
    sources = ("https://github.com/openai/openai-python/issues/3201",)
    kin = ("tool-by-position-in-chunk", "tool-only-first-entry")

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        if choice.calls:
            super().tool_calls(choice, value)
            return
        for entry in value:
            choice.owners.pop(entry.get("index"), None)
            choice.touched = None
            super().tool_calls(choice, [entry])


class ToolFragmentsAsCalls(ToolSuspect):
    """Makes a call of every fragment.

    In the wild: ``calls.extend(delta.tool_calls)``.
    """

    name = "tool-fragments-as-calls"
    failure = "tool-fragments-not-merged"
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)
    widespread = True

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        return self.open_call(choice)


class ToolCallsOmitted(ToolSuspect):
    """Answers without any tool call.

    In the wild: a combiner that was written for text.
    """

    name = "tool-calls-omitted"
    failure = "tool-calls-omitted-by-aggregator"
    sources = (
        "https://github.com/BerriAI/litellm/issues/7364",
        "https://github.com/spring-projects/spring-ai/pull/3548",
    )
    widespread = True

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        return


class ToolOnlyFirstEntry(ToolSuspect):
    """Reads the first entry of a chunk and forgets the others.

    In the wild: ``delta.tool_calls[0]``.
    """

    name = "tool-only-first-entry"
    failure = "tool-only-first-read"
    sources = (
        "https://github.com/endolith/open-interpreter/issues/315",
        "https://github.com/BerriAI/litellm/pull/27638",
    )

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        super().tool_calls(choice, value[:1] if isinstance(value, list) else value)


class ToolFinishChunkSkipped(ToolSuspect):
    """Ignores tool data in the chunk that brings the finish reason.

    In the wild: ``if choice.finish_reason: return finish()`` before the delta is read.
    """

    name = "tool-finish-chunk-skipped"
    failure = "tool-calls-in-finish-chunk-lost"
    sources = ("https://github.com/google/adk-python/pull/7200",)
    kin = ("tool-first-arguments-twice",)

    def choice(self, entry: dict[str, Any]) -> None:
        self.finishing = bool(entry.get("finish_reason"))
        super().choice(entry)

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        if not self.finishing:
            super().tool_calls(choice, value)


class ToolDataAfterContentSkipped(ToolSuspect):
    """Ignores tool calls once there was text.

    In the wild: the kind of answer is decided by its first delta.
    """

    name = "tool-data-after-content-skipped"
    failure = "mixed-delta-field-lost"
    sources = ("https://github.com/BerriAI/litellm/issues/2716",)

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        if not any(choice.content):
            super().tool_calls(choice, value)


class ToolLegacyIgnored(ToolSuspect):
    """Ignores legacy ``function_call`` answers.

    In the wild: code written after tool calls replaced them, against servers that still send them.
    """

    name = "tool-legacy-ignored"
    failure = "function-call-legacy-stub"
    sources = LEGACY

    def function_call(self, choice: ChoiceSoFar, value: dict[str, Any]) -> None:
        return


TOOLS: tuple[type[TextbookChat], ...] = (
    ToolIndexDefaultZero,
    ToolIndexRequired,
    ToolByPosition,
    ToolByPositionInChunk,
    ToolLastTouched,
    ToolConstantIndexMerged,
    ToolSameIndexInChunkSplit,
    ToolFragmentsAsCalls,
    ToolCallsOmitted,
    ToolOnlyFirstEntry,
    ToolFinishChunkSkipped,
    ToolDataAfterContentSkipped,
    ToolLegacyIgnored,
)
