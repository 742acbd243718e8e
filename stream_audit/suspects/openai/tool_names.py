"""Suspects that get the names and ids of tool calls wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.suspects.every_dialect import is_integer
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import CallSoFar, ChoiceSoFar

__all__ = ["TOOL_NAMES"]


class NamesSuspect(TextbookChat):
    """What all suspects of this family have in common."""

    touches: ClassVar[tuple[str, ...]] = ("tool_calls",)


class ToolNameAppended(NamesSuspect):
    """Appends a name that is sent again: ``get_weatherget_weather``.

    In the wild: ``call.name += entry.function.name or ""``.
    """

    name = "tool-name-appended"
    failure = "tool-name-resent"
    sources = (
        "https://github.com/NousResearch/hermes-agent/issues/8259",
        "https://github.com/open-webui/open-webui/pull/22235",
    )

    def call_name(self, call: CallSoFar, function: dict[str, Any]) -> None:
        call.name = (call.name or "") + (function.get("name") or "") or None


class ToolNameLastFragment(NamesSuspect):
    """Keeps only the last piece of a name that comes in pieces.

    In the wild: ``if entry.function.name: call.name = entry.function.name``.
    """

    name = "tool-name-last-fragment"
    failure = "tool-name-fragmented"
    sources = ("https://github.com/continuedev/continue/pull/5849",)
    kin = ("tool-name-first-fragment",)

    def call_name(self, call: CallSoFar, function: dict[str, Any]) -> None:
        call.name = function.get("name") or call.name


class ToolNameFirstFragment(NamesSuspect):
    """Keeps only the first piece of a name that comes in pieces.

    In the wild: ``call.name = call.name or entry.function.name``.
    """

    name = "tool-name-first-fragment"
    failure = "tool-name-fragmented"
    sources = ToolNameLastFragment.sources
    kin = ("tool-name-last-fragment",)

    def call_name(self, call: CallSoFar, function: dict[str, Any]) -> None:
        call.name = call.name or function.get("name") or None


class ToolNameOverwrittenByEmpty(NamesSuspect):
    """Lets a later empty name erase the name.

    In the wild: ``if entry.function.name is not None: call.name = entry.function.name``.
    """

    name = "tool-name-overwritten-by-empty"
    failure = "tool-id-or-name-lost"
    sources = ("https://github.com/BerriAI/litellm/issues/39796",)

    def call_name(self, call: CallSoFar, function: dict[str, Any]) -> None:
        if call.name and function.get("name") == "":
            call.name = ""
        else:
            super().call_name(call, function)


class ToolIdOverwrittenByEmpty(NamesSuspect):
    """Lets a later empty id erase the id.

    In the wild: ``if entry.id is not None: call.id = entry.id``.
    """

    name = "tool-id-overwritten-by-empty"
    failure = "tool-id-null-or-empty"
    sources = (
        "https://github.com/anomalyco/opencode/issues/37841",
        "https://github.com/spring-projects/spring-ai/issues/6374",
    )
    kin = ("tool-id-empty-opens-call",)

    def call_id(self, call: CallSoFar, entry: dict[str, Any]) -> None:
        if entry.get("id") is not None:
            call.id = entry["id"]


class ToolIdEmptyOpensCall(NamesSuspect):
    """Opens a new call for an empty id.

    In the wild: ``if entry.id is not None: calls.append(...)``.
    """

    name = "tool-id-empty-opens-call"
    failure = "tool-id-null-or-empty"
    sources = ToolIdOverwrittenByEmpty.sources
    kin = ("tool-id-overwritten-by-empty",)

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        if entry.get("id") != "":
            return super().call_for(choice, entry)
        call = self.open_call(choice)
        if is_integer(entry.get("index")):
            choice.owners[entry["index"]] = call
        return call


class ToolIdConcatenated(NamesSuspect):
    """Appends an id that is sent again.

    In the wild: a generic merge that adds up every string of an entry.
    """

    name = "tool-id-concatenated"
    failure = "metadata-string-concat"
    sources = ("https://github.com/langchain-ai/langchain/issues/36993",)

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        index = entry.get("index")
        return choice.owners[index] if index in choice.owners else super().call_for(choice, entry)

    def call_id(self, call: CallSoFar, entry: dict[str, Any]) -> None:
        call.id = (call.id or "") + (entry.get("id") or "") or None


TOOL_NAMES: tuple[type[TextbookChat], ...] = (
    ToolNameAppended,
    ToolNameLastFragment,
    ToolNameFirstFragment,
    ToolNameOverwrittenByEmpty,
    ToolIdOverwrittenByEmpty,
    ToolIdEmptyOpensCall,
    ToolIdConcatenated,
)
