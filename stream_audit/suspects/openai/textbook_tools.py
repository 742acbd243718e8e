"""The tool-call steps of the chat textbook: whose is this entry, and what does it add."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, NoReturn

from stream_audit.model import ToolCall
from stream_audit.suspects.every_dialect import is_integer, is_name, join_text
from stream_audit.suspects.openai.textbook_state import CallSoFar, ChoiceSoFar

__all__ = ["ToolSteps", "is_json"]

ENTRY_KEYS = frozenset({"index", "id", "type", "function"})
FUNCTION_KEYS = frozenset({"name", "arguments"})


class ToolSteps:
    """Steps over one choice; a suspect overrides the one it gets wrong."""

    def tool_calls(self, choice: ChoiceSoFar, value: Any) -> None:
        """``delta.tool_calls``: a list of entries; a single object is a list of one."""
        entries = value if isinstance(value, list) else [value]
        for entry in entries:
            if isinstance(entry, dict):
                self.entry(choice, entry)
            else:
                choice.message_extra.keep("tool_calls", entry)

    def entry(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        """One entry: find its call, add what it says."""
        call = self.call_for(choice, entry)
        choice.touched = call
        self.call_id(call, entry)
        call.extra.keep_unknown(entry, ENTRY_KEYS)
        index = entry.get("index")
        if not is_integer(index):
            call.extra.keep("index", index)
        if not isinstance(entry.get("type"), str):
            call.extra.keep("type", entry.get("type"))
        function = entry.get("function")
        if isinstance(function, dict):
            self.function(call, function)
        else:
            call.extra.keep("function", function)

    def call_for(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> CallSoFar:
        """Which call the entry belongs to: by index and id, by index, by id, or the last one touched."""
        index, id = entry.get("index"), entry.get("id")
        if is_integer(index):
            owner = choice.owners.get(index)
            if owner is None or (is_name(id) and owner.id not in (None, id)):
                owner = choice.owners[index] = self.open_call(choice)
            return owner
        if is_name(id):
            for call in choice.calls:
                if call.id == id:
                    return call
            return self.open_call(choice)
        return choice.touched or self.open_call(choice)

    def open_call(self, choice: ChoiceSoFar) -> CallSoFar:
        """A further call, behind those before it."""
        call = CallSoFar()
        choice.calls.append(call)
        return call

    def call_id(self, call: CallSoFar, entry: dict[str, Any]) -> None:
        """The first non-empty id stays."""
        id = entry.get("id")
        if is_name(id):
            call.id = call.id or id
        elif id != "":
            call.extra.keep("id", id)

    def function(self, call: CallSoFar, function: dict[str, Any]) -> None:
        """The ``function`` object of an entry, or a legacy ``function_call``."""
        self.call_name(call, function)
        self.call_arguments(call, function)
        call.extra.keep_unknown(function, FUNCTION_KEYS)

    def call_name(self, call: CallSoFar, function: dict[str, Any]) -> None:
        """The first name; again or extended it is a resend, anything else continues it."""
        name = function.get("name")
        if not is_name(name):
            if name != "":
                call.extra.keep("name", name)
        elif call.name is None or name.startswith(call.name):
            call.name = name
        else:
            call.name += name

    def call_arguments(self, call: CallSoFar, function: dict[str, Any]) -> None:
        """A string is a fragment, an object is its JSON, null is nothing."""
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call.fragments.append(arguments)
        elif isinstance(arguments, dict):
            call.fragments.append(compact(arguments))
        else:
            call.extra.keep("arguments", arguments)

    def function_call(self, choice: ChoiceSoFar, value: dict[str, Any]) -> None:
        """The legacy form: one call, without index and id."""
        choice.legacy = choice.legacy or CallSoFar()
        self.function(choice.legacy, value)

    # ------------------------------------------------------------- the end

    def calls_of(self, choice: ChoiceSoFar) -> list[CallSoFar]:
        """All calls of a choice; the legacy one is last, and none at all when it stayed empty."""
        legacy = choice.legacy
        if legacy is None or (legacy.name is None and not "".join(legacy.fragments)):
            return choice.calls
        return [*choice.calls, legacy]

    def tool_call(self, call: CallSoFar) -> ToolCall:
        """The finished call."""
        return ToolCall(
            id=call.id,
            name=call.name,
            arguments=self.arguments_of(call),
            extra=call.extra.result(),
        )

    def arguments_of(self, call: CallSoFar) -> str:
        """The fragments joined, unless they are one value sent again and again."""
        fragments = [fragment for fragment in call.fragments if fragment]
        joined = join_text(fragments)
        if len(fragments) < 2 or not is_json(fragments[-1]):
            return joined
        last = join_text(fragments[-1:])
        grows = all(later.startswith(before) for before, later in pairwise(fragments))
        if grows and len(fragments) >= 3 and not is_json(joined):
            return last
        if last == join_text(fragments[:-1]):
            return last
        return joined


def compact(value: dict[str, Any]) -> str:
    """JSON without spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_json(text: str) -> bool:
    """True when ``text`` is one JSON value; ``NaN`` and its like are none."""
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
