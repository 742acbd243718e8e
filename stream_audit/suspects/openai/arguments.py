"""Suspects that get the arguments of tool calls wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.suspects.every_dialect import join_text
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import CallSoFar

__all__ = ["ARGUMENTS"]


class ArgumentsSuspect(TextbookChat):
    """What all suspects of this family have in common."""

    touches: ClassVar[tuple[str, ...]] = ("tool_calls",)


class ToolFirstArgumentsTwice(ArgumentsSuspect):
    """Counts the arguments of a call's opening chunk twice.

    In the wild: ``calls[index] = entry`` followed by ``calls[index].arguments += entry.arguments``.
    """

    name = "tool-first-arguments-twice"
    failure = "tool-first-fragment-duplicated"
    sources = ("https://github.com/simonw/llm/pull/1218",)

    def call_arguments(self, call: CallSoFar, function: dict[str, Any]) -> None:
        opening = not call.fragments
        super().call_arguments(call, function)
        if opening:
            super().call_arguments(call, function)

    def arguments_of(self, call: CallSoFar) -> str:
        return "".join(call.fragments)


class ToolArgumentsNullCrash(ArgumentsSuspect):
    """Dies when arguments that began as null are added to.

    In the wild: ``calls[index].arguments += entry.arguments`` with null on either side.
    """

    name = "tool-arguments-null-crash"
    failure = "tool-args-null"
    sources = ("https://github.com/simonw/llm/pull/1218",)
    kin = ("tool-first-arguments-twice",)

    def call_arguments(self, call: CallSoFar, function: dict[str, Any]) -> None:
        if "arguments" in function and function["arguments"] is None:
            raise TypeError("unsupported operand type(s) for +=: 'NoneType' and 'str'")
        super().call_arguments(call, function)


class ToolArgumentsObjectStr(ArgumentsSuspect):
    """Writes arguments that came as an object in the language's own notation.

    In the wild: ``str(arguments)``; ``[object Object]`` elsewhere.
    """

    name = "tool-arguments-object-str"
    failure = "tool-args-object"
    sources = ("https://github.com/can1357/oh-my-pi/pull/1779",)
    kin = ("tool-first-arguments-twice",)

    def call_arguments(self, call: CallSoFar, function: dict[str, Any]) -> None:
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            arguments = str(arguments)
        super().call_arguments(call, {"arguments": arguments})


class ToolArgsCumulativeAppended(ArgumentsSuspect):
    """Appends fragments that each repeat all the arguments so far.

    In the wild: any combiner that trusts that a fragment is a fragment.
    """

    name = "tool-args-cumulative-appended"
    failure = "tool-args-cumulative-resend"
    sources = (
        "https://github.com/NousResearch/hermes-agent/pull/35718",
        "https://github.com/lidge-jun/opencodex/issues/361",
        "https://github.com/veryfront/veryfront-code/pull/1079",
    )
    kin = ("tool-first-arguments-twice",)

    def arguments_of(self, call: CallSoFar) -> str:
        return "".join(call.fragments)


class ToolArgumentsLastFragment(ArgumentsSuspect):
    """Assigns the fragment instead of appending it, so that only the last one survives.

    In the wild: ``if entry.function.arguments: call.arguments = entry.function.arguments``.
    """

    name = "tool-arguments-last-fragment"
    failure = "tool-fragments-not-merged"
    sources = ("https://github.com/spring-projects/spring-ai/pull/5854",)
    widespread = True

    def arguments_of(self, call: CallSoFar) -> str:
        return join_text([fragment for fragment in call.fragments if fragment][-1:])


class ToolArgsSeededWithBraces(ArgumentsSuspect):
    """Begins arguments as ``{}`` and appends to that.

    In the wild: ``arguments = entry.function.arguments or "{}"`` in the opening chunk.
    """

    name = "tool-args-seeded-with-braces"
    failure = "tool-args-seed-poison"
    sources = ("https://github.com/assistant-ui/assistant-ui/pull/5080",)
    widespread = True

    def call_arguments(self, call: CallSoFar, function: dict[str, Any]) -> None:
        if not call.fragments:
            function = {"arguments": function.get("arguments") or "{}"}
        super().call_arguments(call, function)


class ToolArgsRepaired(ArgumentsSuspect):
    """Closes the quotes and brackets of arguments that were cut off, and makes them runnable.

    In the wild: a lenient JSON parser also used on the last chunk.
    """

    name = "tool-args-repaired"
    failure = "tool-args-truncated-accepted"
    sources = ("https://github.com/langchain-ai/langchain/issues/39275",)
    kin = ("finish-length-as-stop",)

    def arguments_of(self, call: CallSoFar) -> str:
        arguments = super().arguments_of(call)
        open_brackets: list[str] = []
        in_text = escaped = False
        for character in arguments:
            if in_text:
                in_text = escaped or character != '"'
                escaped = character == "\\" and not escaped
            elif character == '"':
                in_text = True
            elif character in "{[":
                open_brackets.append("}" if character == "{" else "]")
            elif character in "}]" and open_brackets:
                open_brackets.pop()
        return arguments + '"' * in_text + "".join(reversed(open_brackets))


class ToolArgsWhitespaceDropped(ArgumentsSuspect):
    """Drops argument fragments that are only spaces, also inside a text value.

    In the wild: ``if entry.function.arguments.strip():``.
    """

    name = "tool-args-whitespace-dropped"
    failure = "content-whitespace-dropped"
    sources = ("https://github.com/BerriAI/litellm/issues/14106",)

    def call_arguments(self, call: CallSoFar, function: dict[str, Any]) -> None:
        arguments = function.get("arguments")
        if not isinstance(arguments, str) or arguments.strip():
            super().call_arguments(call, function)


ARGUMENTS: tuple[type[TextbookChat], ...] = (
    ToolFirstArgumentsTwice,
    ToolArgumentsNullCrash,
    ToolArgumentsObjectStr,
    ToolArgsCumulativeAppended,
    ToolArgumentsLastFragment,
    ToolArgsSeededWithBraces,
    ToolArgsRepaired,
    ToolArgsWhitespaceDropped,
)
