"""The textbook fold of ``ai-sdk-stream-python``: ``docs/folding.md``, sentence by sentence.

Plain on purpose, to be checked by eye. Every step is a small method, so that a
suspect can get exactly one of them wrong.

The surprising rule: a count that was passed to ``set_usage`` is final until the
next one is passed. Counting goes on beside it, unseen.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.ai_sdk_stream.textbook_state import RecordSoFar
from stream_audit.suspects.ai_sdk_stream.textbook_table import ARGUMENTS, is_right

__all__ = ["TextbookWriter"]

USAGE = ("prompt_tokens", "reasoning_tokens", "answer_tokens")


class TextbookWriter(RecordSoFar):
    """One message, call by call."""

    name: ClassVar[str] = "textbook-ai-sdk-stream"
    dialects: ClassVar[tuple[str, ...]] = ("ai-sdk-stream-python",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    def add(self, payload: Payload) -> None:
        """Fold one call, or keep what is none."""
        op = payload.get("op")
        if not isinstance(op, str) or op not in ARGUMENTS:
            self.extra.keep_unknown(payload, frozenset())
            return
        first, self.begun = not self.begun, True
        if op == "StreamContext" and not first:
            self.keep_all(payload)
        elif op in ("finish", "abort", "error") and self.ended_by is not None:
            self.on_another_end(payload)
        elif not all(is_right(op, name, payload.get(name)) for name in ARGUMENTS[op][0]):
            self.keep_all(payload)
        else:
            self.on_call(op, self.passed(op, payload))
            if op == "finish" and not is_right(op, "finish_reason", payload.get("finish_reason", "")):
                self.on_odd_reason(payload)

    def passed(self, op: str, payload: Payload) -> dict[str, Any]:
        """The arguments that were passed and are of a right type; every other key is kept aside."""
        arguments = {}
        for key, value in payload.items():
            if key in (*ARGUMENTS[op][0], *ARGUMENTS[op][1]) and (value is None or is_right(op, key, value)):
                arguments[key] = value
            elif key != "op":
                self.extra.keep(key, value)
        return arguments

    def keep_all(self, payload: Payload) -> None:
        """A call that does nothing: what it was given is kept."""
        self.extra.keep_unknown(payload, frozenset({"op"}))

    def on_call(self, op: str, given: dict[str, Any]) -> None:
        """Do what the call asks for."""
        match op:
            case "StreamContext":
                self.on_context(given)
            case "write_text" | "write_reasoning":
                self.on_write(op, given)
            case "new_step":
                self.on_new_step()
            case "begin_tool_call" | "start_tool_input":
                self.open_step()
                self.on_tool_begin(given)
            case "write_data" | "write_file" | "write_source":
                self.on_beside(op, given)
            case "set_usage":
                self.on_set_usage(given)
            case "finish" | "abort" | "error":
                self.on_end(op, given)
            case _:
                self.on_tool_progress(op, given)

    def on_context(self, given: dict[str, Any]) -> None:
        """The constructor."""
        self.id = given.get("message_id") or None
        self.store_exclude = given.get("store_exclude") or []
        self.stream_exclude = given.get("stream_exclude") or []

    # ---------------------------------------------------------------- text and counts

    def on_write(self, op: str, given: dict[str, Any]) -> None:
        """Text or reasoning."""
        if self.without(given["delta"], self.stream_exclude) != "":
            self.open_step()
        if self.is_recorded(given):
            self.record_write(op, given)
        if self.is_counted(given):
            self.count_write(op, given)

    def is_recorded(self, given: dict[str, Any]) -> bool:
        """False for what is only streamed."""
        return given.get("collect") is not False

    def is_counted(self, given: dict[str, Any]) -> bool:
        """What is not recorded is not counted either."""
        return given.get("collect") is not False

    def record_write(self, op: str, given: dict[str, Any]) -> None:
        """Append the delta to its text."""
        (self.text if op == "write_text" else self.reasoning).append(self.stored(given["delta"]))

    def count_write(self, op: str, given: dict[str, Any]) -> None:
        """Count the delta in the field of its text."""
        field = "answer_tokens" if op == "write_text" else "reasoning_tokens"
        self.add_count(field, self.tokens_of(given))

    def add_count(self, field: str, tokens: int) -> None:
        """Count beside whatever was set."""
        self.counted[field] += tokens

    def tokens_of(self, given: dict[str, Any]) -> int:
        """What the writer's counter gave for a delta; its characters where it gave nothing."""
        stored = self.stored(given["delta"])
        if stored == "":
            return 0
        tokens = given.get("tokens")
        return len(stored) if tokens is None else int(tokens)

    def stored(self, delta: str) -> str:
        """What is left of a delta for the record."""
        return self.without(delta, self.store_exclude)

    def without(self, delta: str, excluded: list[str]) -> str:
        """Take texts out of a delta, in their order."""
        for one in excluded:
            delta = delta.replace(one, "")
        return delta

    def on_set_usage(self, given: dict[str, Any]) -> None:
        """Take the counts that are passed."""
        for field in USAGE:
            if given.get(field) is not None:
                self.set_field(field, given[field])

    def set_field(self, field: str, value: int) -> None:
        """The last value set is the final one."""
        self.set_to[field] = value

    # ---------------------------------------------------------------- steps and ends

    def open_step(self) -> None:
        """Open a step unless one is open."""
        if not self.step_open:
            self.step_open = True
            self.steps += 1

    def on_new_step(self) -> None:
        """Close the step and open another."""
        self.step_open = False
        self.open_step()

    def on_end(self, op: str, given: dict[str, Any]) -> None:
        """The first end is the one that counts."""
        self.ended_by = op
        if op == "finish":
            self.step_open = False
            self.finish_reason = (
                "stop" if given.get("finish_reason") is None else given["finish_reason"] or None
            )
        elif op == "error":
            self.error = {"message": given["error_text"]}

    def on_odd_reason(self, payload: Payload) -> None:
        """A finish reason that is no text: there is one, but nobody can say which."""
        if payload["finish_reason"] is not None:
            self.finish_reason = None

    def on_another_end(self, payload: Payload) -> None:
        """An end behind the end."""
        self.keep_all(payload)

    # ---------------------------------------------------------------- tools and what stands beside

    def on_tool_begin(self, given: dict[str, Any]) -> None:
        """Record a tool call."""
        identity = given.get("tool_call_id") or None
        self.begun_ids.add(identity)
        if self.is_recorded(given):
            self.record_tool(identity, given["tool_name"], given.get("tool_input"))

    def on_tool_progress(self, op: str, given: dict[str, Any]) -> None:
        """More about a tool call that was begun."""
        call = self.call_with(given["tool_call_id"])
        if call is None:
            if given["tool_call_id"] not in self.begun_ids:
                self.extra.keep_unknown(given, frozenset())
            return
        match op:
            case "stream_tool_input_delta":
                call.fragments.append(given["input_text_delta"])
            case "finish_tool_input":
                self.on_tool_input(call.id, given)
            case "complete_tool_call" if given.get("output") is not None:
                call.extra["output"] = given["output"]
            case "fail_tool_call":
                call.extra["error"] = given["error"]

    def on_tool_input(self, identity: str | None, given: dict[str, Any]) -> None:
        """The whole input of a call that was started without."""
        call = self.call_with(identity)
        if call is not None:
            if given["tool_name"] not in ("", call.name):
                call.extra["tool_name"] = given["tool_name"]
            call.input = given["input"]

    def on_beside(self, op: str, given: dict[str, Any]) -> None:
        """A file, a data part or a source."""
        if op == "write_file":
            self.open_step()
        if not self.is_recorded(given) or given.get("transient") is True:
            return
        known = {
            key: value
            for key, value in given.items()
            if key not in ("collect", "transient") and value is not None
        }
        if op == "write_file":
            self.files.append({"type": "file", **known})
        elif op == "write_source":
            self.cited.append(known)
        else:
            self.data.append({"type": "data", "data": None, **known})
