"""The tool calls of one Cohere message, while their fragments arrive."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.cohere.opened import Opened
from stream_audit.dialects.json_text import compact_json, is_json
from stream_audit.dialects.text import Text, heal
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import ToolCall

__all__ = ["Call", "Calls"]

CALL_KEYS = frozenset(("id", "type", "function"))
FUNCTION_KEYS = frozenset(("name", "arguments"))
CHANGES = {"id": "item-id-mismatch", "name": "tool-name-resent"}
"""What it is when a later one differs."""


class Call:
    """One tool call."""

    __slots__ = ("arguments", "extra", "id", "name", "position", "stopped")

    def __init__(self, position: int) -> None:
        self.position = position
        self.id: str | None = None
        self.name: str | None = None
        self.arguments = Text()
        self.extra = Unknown()
        self.stopped = False

    def tool_call(self) -> ToolCall:
        """The call so far."""
        arguments = heal(self.arguments.joined())
        return ToolCall(id=self.id, name=self.name, arguments=arguments, extra=self.extra.fields())


class Calls(Opened[Call]):
    """The calls of one message."""

    field = "choices[0].message.tool_calls"

    def take(self, calls: Any, kind: str, index: int | None) -> None:
        """Fold the ``tool_calls`` of an event of this kind: one call or a piece of one, despite the name."""
        if isinstance(calls, list):
            for entry in self._entries("tool_calls", calls):
                self._fill(self._open(None), entry)
        elif not isinstance(calls, dict):
            self._noting.odd(self._extra, "tool_calls", calls)
        elif kind == "tool-call-start":
            self._start(index, calls)
        else:
            call = self._meant(index)
            if call is None:
                self._note_missing(kind, index)
                call = self._open(index or 0)
            self._fill(call, calls)

    def note_arguments(self, finish: str | None) -> None:
        """Note arguments that are no JSON, now that no more of them come."""
        rule = "tool-args-tail-lost" if finish == "TOOL_CALL" else "tool-args-truncated-accepted"
        for call in self.opened:
            text = call.arguments.joined()
            if text and not is_json(text):
                self._noting.note(rule, f"{self.field}[{call.position}].arguments", "not JSON")

    def _open(self, index: int | None) -> Call:
        return self._place(Call(len(self.opened)), index)

    def _start(self, index: int | None, entry: dict[str, Any]) -> None:
        held = None if index is None else self._by_index.get(index)
        if held is not None:
            at = f"{self.field}[{held.position}]"
            if held.id is not None and entry.get("id") == held.id:
                self._noting.note("events-duplicated", at, f"a second 'tool-call-start' for {held.id!r}")
                return
            self._noting.note("tool-index-constant", at, f"index {index} of {held.id!r} for another call")
        self._fill(self._open(index), entry)

    def _fill(self, call: Call, entry: dict[str, Any]) -> None:
        at = f"{self.field}[{call.position}]"
        kind, function = entry.get("type"), entry.get("function")
        call.id = self._first(call, call.id, entry, "id", at)
        if not isinstance(kind, str):
            self._noting.odd(call.extra, "type", kind, f"{at}.type")
        elif kind not in ("", "function"):
            call.extra.add("type", kind)
        if isinstance(function, dict):
            call.name = self._first(call, call.name, function, "name", at)
            self._take_arguments(call, function.get("arguments"), f"{at}.arguments")
            self._keep(call, function, FUNCTION_KEYS)
        else:
            self._noting.odd(call.extra, "function", function, f"{at}.function")
        self._keep(call, entry, CALL_KEYS)

    def _first(self, call: Call, held: str | None, fields: dict[str, Any], key: str, at: str) -> str | None:
        """What a name is after one more was sent, if one was."""
        value = fields.get(key)
        if not isinstance(value, str):
            self._noting.odd(call.extra, key, value, f"{at}.{key}")
            return held
        if value and held not in (None, value):
            self._noting.note(CHANGES[key], f"{at}.{key}", f"{value!r} after {held!r}")
        return held or value or None

    def _take_arguments(self, call: Call, arguments: Any, at: str) -> None:
        if isinstance(arguments, str):
            self._spot.put(arguments, call.arguments)
        elif isinstance(arguments, dict):
            self._write(call, arguments, at)
        else:
            self._noting.odd(call.extra, "arguments", arguments, at)

    def _keep(self, call: Call, fields: dict[str, Any], known: frozenset[str]) -> None:
        for key, value in fields.items():
            if key not in known:
                call.extra.add(key, value)

    def _write(self, call: Call, arguments: dict[str, Any], at: str) -> None:
        text = compact_json(arguments)
        if text is None:
            self._noting.note("unknown-event", at, "nested too deeply to be written")
            call.extra.add("arguments", arguments)
        else:
            self._noting.note("tool-args-object", at, "an object, not JSON text")
            self._spot.put(text, call.arguments)
