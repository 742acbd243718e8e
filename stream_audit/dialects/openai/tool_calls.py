"""Tool calls of one chat choice: which call a fragment belongs to, and what the call is in the end.

The wire ``index`` is an identity, not a list position. Some servers never send
it, send 0 for every call, repeat the id or the name in each fragment, or send
the arguments so far instead of what is new; the rules here are those of
``docs/folding.md``, in its order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from stream_audit.dialects.json_text import is_json
from stream_audit.dialects.text import Fragments, join_text
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Policies, ToolCall

__all__ = ["Call", "Calls", "NoteDown"]

NoteDown = Callable[[str, str, str], None]
"""Takes rule, field and detail of a note about the chunk being folded."""


class Call:
    """One tool call in progress; ``order`` is its place among the calls of its choice."""

    __slots__ = ("arguments", "extra", "id", "name", "order", "resent")

    def __init__(self, order: int = 0) -> None:
        self.order = order
        self.id: str | None = None
        self.name: str | None = None
        self.arguments = Fragments(longer=False)
        self.extra = Unknown()
        self.resent = False
        """A repeated name was noted."""

    @property
    def empty(self) -> bool:
        """True when neither a name nor arguments were sent so far."""
        return self.name is None and not self.arguments.joined()

    def cut_off(self) -> bool:
        """True when there are arguments and they are no JSON."""
        arguments = self.text()
        return bool(arguments) and not is_json(arguments)

    def resend(self) -> str | None:
        """The last fragment when it is the whole arguments, sent again; else ``None``."""
        last, chain = self.arguments.last(), self.arguments.chain()
        joined = self.arguments.joined()
        if last and len(joined) == 2 * len(last) and joined.startswith(last) and is_json(last):
            return last
        if chain >= 3 and not is_json(joined) and is_json(last):
            return last
        return None

    def text(self) -> str:
        """The arguments so far, once."""
        resend = self.resend()
        return (self.arguments.text() or "") if resend is None else join_text((resend,))

    def tool_call(self) -> ToolCall:
        """The call so far."""
        return ToolCall(id=self.id, name=self.name, arguments=self.text(), extra=self.extra.fields())


class Calls:
    """The tool calls of one choice, in order of first appearance.

    Args:
        policies: ``tool_name`` is used.
        note: Where notes go.
        field: The path of ``tool_calls``, for notes.
    """

    def __init__(self, policies: Policies, note: NoteDown, field: str) -> None:
        self._policy = policies.tool_name
        self._note = note
        self._field = field
        self._by_index: dict[int, Call] = {}
        self._by_id: dict[str, Call] = {}
        self.calls: list[Call] = []
        self.last: Call | None = None
        """The call touched last."""

    def add(self, entry: Mapping[str, Any], indexes: set[int]) -> Call:
        """Fold one entry of ``delta.tool_calls``.

        Args:
            entry: The entry.
            indexes: Indexes met before in the same chunk; the entry's is added.
        """
        index, id_ = entry.get("index"), entry.get("id")
        if type(index) is int:
            call = self._at_index(index, id_ if isinstance(id_, str) else "", indexes)
        else:
            call = self._without_index(id_ if isinstance(id_, str) else "")
        self.last = call
        for key, value in entry.items():
            if value is not None:
                self._take(call, key, value)
        return call

    def add_function(self, call: Call, function: Mapping[str, Any]) -> None:
        """Fold the ``function`` of an entry, or a legacy ``function_call``, into ``call``."""
        for key, value in function.items():
            if value is None:
                continue
            if key == "name" and isinstance(value, str):
                self._name(call, value)
            elif key == "arguments" and isinstance(value, str):
                call.arguments.append(value)
            elif key == "arguments" and isinstance(value, dict):
                self._note("tool-args-object", f"{self._field}.arguments", "an object, not JSON text")
                call.arguments.append(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
            else:
                if key in ("name", "arguments"):
                    self._unexpected(f"function.{key}", value)
                call.extra.add(key, value)

    def compact(self) -> None:
        """Give memory back when there are many fragments."""
        for call in self.calls:
            call.arguments.compact()

    def _take(self, call: Call, key: str, value: Any) -> None:
        if key == "function" and isinstance(value, dict):
            self.add_function(call, value)
        elif key == "id" and isinstance(value, str):
            if value and call.id is None:
                call.id = value
                if call.order <= self._by_id.setdefault(value, call).order:
                    self._by_id[value] = call
        elif not (key == "index" and type(value) is int) and not (key == "type" and isinstance(value, str)):
            if key in ("function", "id", "index", "type"):
                self._unexpected(key, value)
            call.extra.add(key, value)

    def _at_index(self, index: int, id_: str, indexes: set[int]) -> Call:
        if index in indexes:
            self._note("tool-index-duplicate-in-chunk", self._field, f"index {index} twice in one chunk")
        indexes.add(index)
        call = self._by_index.get(index)
        if call is not None and id_ and call.id not in (None, id_):
            self._note("tool-index-constant", self._field, f"index {index} of {call.id!r} also for {id_!r}")
            call = None
        if call is None:
            call = self._by_index[index] = self._open()
        return call

    def _without_index(self, id_: str) -> Call:
        self._note(
            "tool-index-missing", self._field, f"id {id_!r} without an index" if id_ else "no index, no id"
        )
        call = self._by_id.get(id_) if id_ else self.last
        return self._open() if call is None else call

    def _open(self) -> Call:
        call = Call(len(self.calls))
        self.calls.append(call)
        return call

    def _name(self, call: Call, name: str) -> None:
        held = call.name
        if not name:
            return
        if held is None:
            call.name = name
            return
        if not name.startswith(held):
            self._note("tool-name-fragmented", f"{self._field}.name", f"{name!r} after {held!r}")
        elif not call.resent:
            call.resent = True
            self._note("tool-name-resent", f"{self._field}.name", f"{name!r} after {held!r}")
        if self._policy == "append" or (self._policy == "auto" and not name.startswith(held)):
            call.name = held + name
        elif self._policy != "first":
            call.name = name

    def _unexpected(self, key: str, value: Any) -> None:
        self._note("unknown-event", f"{self._field}.{key}", f"{key} is of type {type(value).__name__}")
