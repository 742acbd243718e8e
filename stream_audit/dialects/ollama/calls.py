"""The tool calls of one Ollama answer: each comes whole, its arguments as an object."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.json_text import compact_json, is_json
from stream_audit.dialects.noting import Noting
from stream_audit.dialects.text import heal
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import ToolCall

__all__ = ["Calls"]

CALL_KEYS = frozenset(("id", "type", "function"))
FUNCTION_KEYS = frozenset(("index", "name", "arguments"))


class Calls:
    """The calls so far, in order of arrival.

    Args:
        noting: Where notes go.
    """

    def __init__(self, noting: Noting) -> None:
        self.calls: list[ToolCall] = []
        self._noting = noting
        self._indexes: set[int] = set()

    def take(self, entries: Any, level: Unknown) -> None:
        """Fold one ``tool_calls``; ``level`` keeps what is no call, where it stood."""
        if not isinstance(entries, list):
            self._noting.odd(level, "tool_calls", entries)
            return
        for entry in entries:
            if isinstance(entry, dict):
                self.calls.append(self._call(entry))
            else:
                self._noting.odd(level, "tool_calls", entry)

    def note_arguments(self) -> None:
        """Note arguments that came as text and are no JSON."""
        for position, call in enumerate(self.calls):
            if call.arguments and not is_json(call.arguments):
                at = f"choices[0].message.tool_calls[{position}].arguments"
                self._noting.note("tool-args-truncated-accepted", at, "not JSON")

    def _call(self, entry: dict[str, Any]) -> ToolCall:
        at = f"choices[0].message.tool_calls[{len(self.calls)}]"
        extra = Unknown()
        kind, function = entry.get("type"), entry.get("function")
        identity = self._name(entry, "id", extra, at)
        if not isinstance(kind, str):
            self._noting.odd(extra, "type", kind, f"{at}.type")
        elif kind not in ("", "function"):
            extra.add("type", kind)
        name, arguments = None, ""
        if isinstance(function, dict):
            name = self._name(function, "name", extra, at)
            self._see_index(function.get("index"), extra, at)
            arguments = self._arguments(function.get("arguments"), extra, f"{at}.arguments")
            extra.keep(function, FUNCTION_KEYS)
        else:
            self._noting.odd(extra, "function", function, f"{at}.function")
        extra.keep(entry, CALL_KEYS)
        return ToolCall(id=identity, name=name, arguments=arguments, extra=extra.fields())

    def _name(self, fields: dict[str, Any], key: str, extra: Unknown, at: str) -> str | None:
        value = fields.get(key)
        if isinstance(value, str):
            return value or None
        self._noting.odd(extra, key, value, f"{at}.{key}")
        return None

    def _see_index(self, index: Any, extra: Unknown, at: str) -> None:
        """Look at a call's number, which says nothing that its place does not say."""
        if type(index) is not int:
            self._noting.odd(extra, "index", index, f"{at}.index")
        elif index in self._indexes:
            self._noting.note("tool-index-constant", at, f"index {index} again, for another call")
        else:
            self._indexes.add(index)

    def _arguments(self, arguments: Any, extra: Unknown, at: str) -> str:
        if isinstance(arguments, str):
            return heal(arguments)
        if not isinstance(arguments, dict):
            self._noting.odd(extra, "arguments", arguments, at)
            return ""
        text = compact_json(arguments) if arguments else ""
        if text is None:
            self._noting.note("unknown-event", at, "nested too deeply to be written")
            extra.add("arguments", arguments)
        return text or ""
