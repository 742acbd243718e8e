"""The tool calls that a writer of ``ai_sdk_stream_python`` records."""

from __future__ import annotations

import json
from typing import Any

from stream_audit.dialects.noting import Noting
from stream_audit.dialects.text import join_text
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Payload, ToolCall

__all__ = ["RecordedCall", "Tools"]


class RecordedCall:
    """One tool call."""

    __slots__ = ("arguments", "extra", "finished", "fragments", "id", "name")

    def __init__(self, identity: str | None, name: str) -> None:
        self.id = identity
        self.name = name or None
        self.arguments = ""
        self.finished = False
        """Its input is whole."""
        self.fragments: list[str] = []
        self.extra: dict[str, Any] = {}

    def take_input(self, value: dict[str, Any]) -> bool:
        """Take the whole input; whether it could be written as text."""
        self.finished = True
        try:
            self.arguments = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
        except RecursionError:
            self.arguments, self.extra["input"] = "", value
            return False
        self.extra.pop("input", None)
        return True

    def tool_call(self) -> ToolCall:
        """The call as it stands."""
        streamed = {"input_text": join_text(self.fragments)} if self.fragments else {}
        return ToolCall(
            id=self.id, name=self.name, arguments=self.arguments, extra={**streamed, **self.extra}
        )


class Tools:
    """The tool calls of one recording.

    Args:
        noting: Takes what is odd.
        extra: Keeps a call that could not be folded.
    """

    def __init__(self, noting: Noting, extra: Unknown) -> None:
        self.calls: list[RecordedCall] = []
        """In order of their begin."""
        self._by_id: dict[str, RecordedCall | None] = {}
        """The first recorded call of each id; ``None`` where only unrecorded ones have it."""
        self._note = noting.note
        self._keep = extra.keep

    def begin(self, item: Payload) -> None:
        """Fold a ``begin_tool_call`` or a ``start_tool_input``."""
        identity = item.get("tool_call_id") or None
        call = RecordedCall(identity, item["tool_name"])
        recorded = item.get("collect") is not False
        if identity is not None:
            if identity in self._by_id:
                self._note("events-duplicated", "", f"{item['op']!r} again for {identity!r}")
            if self._by_id.get(identity) is None:
                self._by_id[identity] = call if recorded else None
        if recorded:
            self.calls.append(call)
            if item["op"] == "begin_tool_call":
                self._take_input(call, item["tool_input"])

    def go_on(self, item: Payload) -> None:
        """Fold what a writer says of a call that was begun."""
        identity, op = item["tool_call_id"], item["op"]
        call = self._by_id.get(identity)
        if call is None:
            if identity not in self._by_id:
                self._note("block-start-missing", "", f"{op!r} for {identity!r}")
                self._keep(item, ("op",))
        elif op == "stream_tool_input_delta":
            call.fragments.append(item["input_text_delta"])
        elif op == "finish_tool_input":
            if item["tool_name"] and item["tool_name"] != call.name:
                call.extra["tool_name"] = item["tool_name"]
            self._take_input(call, item["input"])
        else:
            key = "output" if op == "complete_tool_call" else "error"
            if item.get(key) is not None:
                call.extra[key] = item[key]

    def note_unfinished(self) -> None:
        """Note the calls whose input never was whole."""
        for position, call in enumerate(self.calls):
            if not call.finished:
                at = f"choices[0].message.tool_calls[{position}]"
                self._note("block-stop-missing", at, "'finish_tool_input' was never called")

    def _take_input(self, call: RecordedCall, value: dict[str, Any]) -> None:
        if not call.take_input(value):
            at = f"choices[0].message.tool_calls[{self.calls.index(call)}].arguments"
            self._note("unknown-event", at, "nested too deeply to be written")
