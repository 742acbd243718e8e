"""Suspects that get the calls of a response wrong.

The trap they share: calls are items among others. Some of those that are called
calls are the provider's own, some that the client must answer have types of
their own, and each has two ids.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import ToolCall
from stream_audit.suspects.openai_responses.textbook import TextbookResponses
from stream_audit.suspects.openai_responses.textbook_item import Item, Place, Streamed
from stream_audit.suspects.openai_responses.textbook_response import CALL_ITEMS

__all__ = ["RESPONSES_CALLS"]

CALLS = ("tool_calls",)
CALLS_AND_PARTS = ("tool_calls", "parts")
ARGUMENTS: Place = ("", 0, "arguments")


class WholeArgumentsAppended(TextbookResponses):
    """Appends the arguments of ``response.function_call_arguments.done`` to the deltas that they repeat.

    In the wild: ``call.arguments += event.delta or event.arguments``. Two objects in a row are no JSON, or
    only the first is read.
    """

    name = "whole-arguments-appended"
    failure = "snapshot-plus-delta-double"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/lidge-jun/opencodex/issues/361",)

    def see_whole_text(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        if place[0] == "":
            self.append(item, place, whole)
        else:
            super().see_whole_text(item, place, whole, closing=closing)


class WholeArgumentsIgnored(TextbookResponses):
    """Builds arguments from deltas alone; some servers send them only whole.

    In the wild: a branch for ``response.function_call_arguments.delta`` and none for its end. The tool runs
    without arguments.
    """

    name = "whole-arguments-ignored"
    failure = "tool-args-tail-lost"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/vllm-project/vllm/issues/17585",)

    def lay_value(self, item: Item, place: Place, value: Any, *, closing: bool) -> None:
        super().lay_value(item, place, "" if place == ARGUMENTS else value, closing=closing)


class ArgumentsSeeded(TextbookResponses):
    """Appends deltas to the ``{}`` that a call without arguments would have.

    In the wild: ``arguments = item.arguments or "{}"`` where an item is added. The result is
    ``{}{"city":...``, which a lenient parser reads as no arguments.
    """

    name = "arguments-seeded"
    failure = "tool-args-seed-poison"
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/assistant-ui/assistant-ui/pull/5080",)

    def begin_text(self, item: Item, place: Place) -> Streamed:
        text = super().begin_text(item, place)
        if place == ARGUMENTS and item.type == "function_call":
            text.seed = text.seed or "{}"
        return text


class ArgumentsOfLastDelta(TextbookResponses):
    """Assigns the delta instead of appending it.

    In the wild: ``call.arguments = event.delta``, copied from where they are done.
    """

    name = "arguments-of-last-delta"
    failure = "tool-fragments-not-merged"
    kin = ("arguments-seeded",)
    touches = CALLS_AND_PARTS
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)

    def append(self, item: Item, place: Place, delta: str) -> None:
        if place == ARGUMENTS and delta:
            item.streamed.pop(place, None)
        super().append(item, place, delta)


class ArgumentsCompleted(TextbookResponses):
    """Closes the open string and brackets of arguments that were cut off.

    In the wild: a parser for partial JSON, meant for showing progress, is used at the end too. A path that
    was cut in the middle becomes another path.
    """

    name = "arguments-completed"
    failure = "tool-args-truncated-accepted"
    touches = CALLS
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)

    def arguments(self, part: dict[str, Any], places: tuple[str, ...]) -> str | None:
        text = super().arguments(part, places)
        if part.get("type") != "function_call" or not text:
            return text
        endings = ("", '"', "}", '"}', "]}", '"]}', "}}", '"}}')
        return next((text + ending for ending in endings if is_json(text + ending)), text)


class ItemIdAsCallId(TextbookResponses):
    """Answers a call under the id of its item; the provider waits for its ``call_id``.

    In the wild: ``tool_call_id = item.id``, as in chat completions, where a call has but one id.
    """

    name = "item-id-as-call-id"
    failure = "tool-id-or-name-lost"
    touches = CALLS
    widespread = True
    sources = ("https://github.com/BerriAI/litellm/issues/39796",)

    def call_id(self, part: dict[str, Any]) -> str | None:
        return self.name_in(part, "id") or super().call_id(part)


class CustomCallsDropped(TextbookResponses):
    """Knows functions, and not custom tools, whose input is any text.

    In the wild: ``[item for item in output if item.type == "function_call"]``. The model waits for a tool
    that nobody runs.
    """

    name = "custom-calls-dropped"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = ("https://github.com/spring-projects/spring-ai/pull/3548",)

    def is_client_call(self, part: dict[str, Any]) -> bool:
        return super().is_client_call(part) and part.get("type") != "custom_tool_call"


class TypedCallsDropped(TextbookResponses):
    """Knows functions and custom tools; shell, patches and computer use have types of their own.

    In the wild: ``if item.type in ("function_call", "custom_tool_call")``.
    """

    name = "typed-calls-dropped"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = ("https://github.com/BerriAI/litellm/issues/7364",)

    def is_client_call(self, part: dict[str, Any]) -> bool:
        return super().is_client_call(part) and part.get("type") in ("function_call", "custom_tool_call")


class ServedCallsHandedOut(TextbookResponses):
    """Hands the provider's own tools to the client as calls to run.

    In the wild: ``if item.type.endswith("_call")``. The client looks for a tool ``web_search`` that it does
    not have, or runs the search a second time.
    """

    name = "served-calls-handed-out"
    failure = "stream-vs-nonstream"
    touches = CALLS
    sources = ("https://github.com/vllm-project/vllm/issues/47137",)

    def is_client_call(self, part: dict[str, Any]) -> bool:
        return super().is_client_call(part) or str(part.get("type")).endswith("_call")

    def tool_call(self, part: dict[str, Any]) -> ToolCall:
        if part.get("type") in CALL_ITEMS:
            return super().tool_call(part)
        return ToolCall(id=self.name_in(part, "id"), name=self.name_in(part, "type"))


class LaterCallsDropped(TextbookResponses):
    """Returns the first call of several.

    In the wild: ``next(item for item in output if item.type == "function_call")``.
    """

    name = "later-calls-dropped"
    failure = "tool-only-first-read"
    touches = CALLS
    sources = ("https://github.com/BerriAI/litellm/pull/27638",)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        return super().tool_calls()[:1]


class CallsBesideTextOmitted(TextbookResponses):
    """Leaves the calls out when the answer has text.

    In the wild: ``if response.output_text: return response.output_text`` before anybody looks for calls.
    """

    name = "calls-beside-text-omitted"
    failure = "tool-calls-omitted-by-aggregator"
    touches = CALLS
    sources = ("https://github.com/BerriAI/litellm/issues/7364",)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        return () if self.content() else super().tool_calls()


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


RESPONSES_CALLS: tuple[type[TextbookResponses], ...] = (
    WholeArgumentsAppended,
    WholeArgumentsIgnored,
    ArgumentsSeeded,
    ArgumentsOfLastDelta,
    ArgumentsCompleted,
    ItemIdAsCallId,
    CustomCallsDropped,
    TypedCallsDropped,
    ServedCallsHandedOut,
    LaterCallsDropped,
    CallsBesideTextOmitted,
)
