"""The textbook fold of ``cohere-v2``: ``docs/folding/cohere-v2.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong. It keeps no notes: the
reference reports what is odd on the wire, this one only says what it means.

The surprising rule: an event is read by the keys of its ``delta``; its type
says only whether an object opens something or adds to it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.cohere.textbook_message import CohereSoFar
from stream_audit.suspects.cohere.textbook_pieces import Block, Call
from stream_audit.suspects.every_dialect import PADDING, Kept, is_integer, is_name

__all__ = ["TextbookCohere"]

EVENT_KEYS = frozenset({"type", "id", "index", "delta", "logprobs", "error"})
DELTA_KEYS = frozenset({"message", "finish_reason", "usage", "error"})
MESSAGE_KEYS = frozenset({"role", "content", "tool_plan", "tool_calls", "citations"})
BLOCK_KEYS = frozenset({"type", "text", "thinking"})
CALL_KEYS = frozenset({"id", "type", "function"})
FUNCTION_KEYS = frozenset({"name", "arguments"})


class TextbookCohere(CohereSoFar):
    """One message, event by event."""

    name: ClassVar[str] = "textbook-cohere"
    dialects: ClassVar[tuple[str, ...]] = ("cohere-v2",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    # ---------------------------------------------------------------- events

    def add(self, payload: Payload) -> None:
        """Fold one event."""
        self.see_error(payload)
        match payload.get("type"):
            case "message-start":
                self.on_message_start(payload)
            case "message-end":
                self.on_message_end(payload)
            case (
                "content-start"
                | "content-delta"
                | "content-end"
                | "tool-plan-delta"
                | "tool-call-start"
                | "tool-call-delta"
                | "tool-call-end"
                | "citation-start"
                | "citation-end"
            ):
                self.see_answer(payload)
            case "error":
                pass
            case "debug":
                self.extra.keep_unknown(payload, frozenset({"type", "error"}))
            case _:
                self.on_unknown_event(payload)

    def on_message_start(self, payload: Payload) -> None:
        """The message begins; when the running one is announced again, it is not read again."""
        identity = payload.get("id")
        repeated = is_name(identity) and identity == self.running_id
        self.running_id = identity if is_name(identity) else None
        if repeated:
            self.on_repeated_start(payload)
        else:
            self.see_answer(payload)

    def on_repeated_start(self, payload: Payload) -> None:
        """All but its message counts."""
        delta = payload.get("delta")
        if isinstance(delta, dict):
            payload = {**payload, "delta": {key: delta[key] for key in delta if key != "message"}}
        self.see_answer(payload)

    def on_message_end(self, payload: Payload) -> None:
        """The end. Whatever comes after it is folded all the same."""
        self.see_answer(payload)

    def on_unknown_event(self, payload: Payload) -> None:
        """An event nobody has written down: all of it is kept."""
        self.extra.keep_unknown(payload, frozenset({"error"}))

    def see_answer(self, payload: Payload) -> None:
        """Take the piece of the answer that an event carries."""
        self.id = self.first_name(self.id, payload, "id", self.extra)
        index = self.index_of(payload)
        self.see_delta(payload, index)
        self.see_logprobs(payload)
        self.keep_unknown_fields(payload)

    def keep_unknown_fields(self, payload: Payload) -> None:
        """Keep what stands beside the keys of an event that the format has."""
        self.extra.keep_unknown(payload, EVENT_KEYS)

    def see_delta(self, payload: Payload, index: int | None) -> None:
        """A piece of the answer, by its keys."""
        delta = payload.get("delta")
        if not isinstance(delta, dict):
            self.extra.keep("delta", delta)
            return
        message = delta.get("message")
        if isinstance(message, dict):
            self.see_message(message, payload["type"], index)
        else:
            self.extra.keep("message", message)
        self.take_finish_reason(delta)
        self.see_usage(delta)
        self.take_error(delta.get("error"))
        self.extra.keep_unknown(delta, DELTA_KEYS)

    def see_message(self, message: dict[str, Any], kind: str, index: int | None) -> None:
        """A piece of the message, by its keys."""
        self.take_role(message)
        self.see_content(message.get("content"), kind, index)
        self.see_plan(message.get("tool_plan"))
        self.see_tool_calls(message.get("tool_calls"), kind, index)
        self.see_citations(message.get("citations"))
        self.message_extra.keep_unknown(message, MESSAGE_KEYS)

    def take_role(self, message: dict[str, Any]) -> None:
        """Keep the first role that says something."""
        self.role = self.first_name(self.role, message, "role", self.message_extra)

    def take_finish_reason(self, delta: dict[str, Any]) -> None:
        """Keep the first finish reason that says something."""
        self.finish = self.first_name(self.finish, delta, "finish_reason", self.extra)

    def see_usage(self, delta: dict[str, Any]) -> None:
        """Fold the token counts, if there are any."""
        usage = delta.get("usage")
        if isinstance(usage, dict):
            self.fold_usage(usage)
        else:
            self.extra.keep("usage", usage)

    def see_logprobs(self, payload: Payload) -> None:
        """The log probabilities of one delta are one entry."""
        logprobs = payload.get("logprobs")
        if isinstance(logprobs, dict):
            self.logprobs.append(logprobs)
        else:
            self.extra.keep("logprobs", logprobs)

    def see_error(self, payload: Payload) -> None:
        """The error that any event may have; an event of that type is one, whatever it says."""
        error = payload.get("error")
        self.take_error(error)
        if payload.get("type") == "error" and not isinstance(error, str | dict):
            self.take_error({key: payload[key] for key in payload if key not in ("type", "error")})

    def take_error(self, error: Any) -> None:
        """Keep the first error that the stream reports."""
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.extra.keep("error", error)
        elif self.error is None:
            self.error = error

    # ---------------------------------------------------------------- blocks

    def see_content(self, content: Any, kind: str, index: int | None) -> None:
        """A list opens a block for each entry; an object opens one or adds to one, as the event says."""
        if isinstance(content, list):
            for seed in content:
                if isinstance(seed, dict):
                    self.start_block(None, seed)
                else:
                    self.message_extra.keep("content", seed)
        elif not isinstance(content, dict):
            self.message_extra.keep("content", content)
        elif kind == "content-start":
            self.start_block(index, content)
        else:
            self.on_block_delta(index, content)

    def start_block(self, index: int | None, seed: dict[str, Any]) -> None:
        """Open a block with what its start already says."""
        block = self.open_block(index)
        self.type_block(block, seed)
        self.append_texts(block, seed)
        for key, value in seed.items():
            if key not in BLOCK_KEYS | PADDING and value is not None:
                block.fields[key] = value

    def open_block(self, index: int | None) -> Block:
        """Open a block, behind all that were opened before."""
        block = Block()
        self.blocks_by_index[len(self.blocks) if index is None else index] = block
        self.blocks.append(block)
        return block

    def on_block_delta(self, index: int | None, delta: dict[str, Any]) -> None:
        """Apply one delta to the block it belongs to."""
        block = self.block_for(index)
        if block is None:
            block = self.open_missing_block(index or 0, delta)
        if block is not None:
            self.type_block(block, delta)
            self.append_texts(block, delta)
            self.message_extra.keep_unknown(delta, BLOCK_KEYS)

    def block_for(self, index: int | None) -> Block | None:
        """The block of an index; the last one opened when no index is given."""
        if index is not None:
            return self.blocks_by_index.get(index)
        return self.blocks[-1] if self.blocks else None

    def open_missing_block(self, index: int, delta: dict[str, Any]) -> Block | None:
        """Open the block that a delta takes for granted."""
        block = self.open_block(index)
        if not is_name(delta.get("type")):
            block.type = "thinking" if isinstance(delta.get("thinking"), str) else "text"
        return block

    def type_block(self, block: Block, fields: dict[str, Any]) -> None:
        """Keep the first type that says something."""
        block.type = self.first_name(block.type, fields, "type", self.message_extra)

    def append_texts(self, block: Block, fields: dict[str, Any]) -> None:
        """Let the texts of a block grow."""
        for key in ("text", "thinking"):
            piece = fields.get(key)
            if isinstance(piece, str):
                self.append_text(block, key, piece)
            else:
                self.message_extra.keep(key, piece)

    def append_text(self, block: Block, key: str, piece: str) -> None:
        """More of one text."""
        block.texts.setdefault(key, []).append(piece)

    def see_plan(self, plan: Any) -> None:
        """More of what the model plans before it calls tools."""
        if isinstance(plan, str):
            self.append_plan(plan)
        else:
            self.message_extra.keep("tool_plan", plan)

    def append_plan(self, piece: str) -> None:
        """One piece of the plan."""
        self.plan.append(piece)

    def see_citations(self, citations: Any) -> None:
        """One source or several."""
        for citation in citations if isinstance(citations, list) else [citations]:
            if isinstance(citation, dict):
                self.append_citation(citation)
            else:
                self.message_extra.keep("citations", citation)

    def append_citation(self, citation: dict[str, Any]) -> None:
        """One source."""
        self.citations.append(citation)

    # ---------------------------------------------------------------- tool calls

    def see_tool_calls(self, calls: Any, kind: str, index: int | None) -> None:
        """A list opens a call for each entry; an object opens one or adds to one, as the event says."""
        if isinstance(calls, list):
            for entry in calls:
                if isinstance(entry, dict):
                    self.fill_call(self.open_call(None), entry)
                else:
                    self.message_extra.keep("tool_calls", entry)
        elif not isinstance(calls, dict):
            self.message_extra.keep("tool_calls", calls)
        elif kind == "tool-call-start":
            self.on_call_start(index, calls)
        else:
            self.on_call_delta(index, calls)

    def on_call_start(self, index: int | None, entry: dict[str, Any]) -> None:
        """Open a call, unless it is open under this index already."""
        held = None if index is None else self.calls_by_index.get(index)
        if held is None or held.id is None or held.id != entry.get("id"):
            self.fill_call(self.open_call(index), entry)

    def on_call_delta(self, index: int | None, entry: dict[str, Any]) -> None:
        """Add a fragment to the call it belongs to."""
        call = self.call_for(index)
        if call is None:
            call = self.open_missing_call(index or 0)
        if call is not None:
            self.fill_call(call, entry)

    def open_call(self, index: int | None) -> Call:
        """Open a call, behind all that were opened before."""
        call = Call()
        self.calls_by_index[len(self.calls) if index is None else index] = call
        self.calls.append(call)
        return call

    def open_missing_call(self, index: int) -> Call | None:
        """Open the call that a fragment takes for granted."""
        return self.open_call(index)

    def call_for(self, index: int | None) -> Call | None:
        """The call of an index; the last one opened when no index is given."""
        if index is not None:
            return self.calls_by_index.get(index)
        return self.calls[-1] if self.calls else None

    def fill_call(self, call: Call, entry: dict[str, Any]) -> None:
        """Take what an entry says about its call."""
        call.id = self.first_name(call.id, entry, "id", call.extra)
        if entry.get("type") not in ("", "function"):
            call.extra.keep("type", entry.get("type"))
        function = entry.get("function")
        if isinstance(function, dict):
            self.take_name(call, function)
            self.take_arguments(call, function)
            call.extra.keep_unknown(function, FUNCTION_KEYS)
        else:
            call.extra.keep("function", function)
        call.extra.keep_unknown(entry, CALL_KEYS)

    def take_name(self, call: Call, function: dict[str, Any]) -> None:
        """Keep the first name that says something."""
        call.name = self.first_name(call.name, function, "name", call.extra)

    def take_arguments(self, call: Call, function: dict[str, Any]) -> None:
        """Append a fragment of the arguments; an object is the JSON text that spells it."""
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            with suppress(RecursionError):
                arguments = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
        if isinstance(arguments, str):
            self.append_arguments(call, arguments)
        else:
            call.extra.keep("arguments", arguments)

    def append_arguments(self, call: Call, fragment: str) -> None:
        """More of the JSON text."""
        call.fragments.append(fragment)

    # ---------------------------------------------------------------- values

    def index_of(self, payload: Payload) -> int | None:
        """The index of an event, ``None`` when it names none."""
        index = payload.get("index")
        if is_integer(index):
            return int(index)
        self.extra.keep("index", index)
        return None

    def first_name(self, so_far: str | None, fields: dict[str, Any], key: str, level: Kept) -> str | None:
        """``so_far`` if there is one, else the name under ``key`` if there is one."""
        value = fields.get(key)
        if not isinstance(value, str):
            level.keep(key, value)
        return so_far or (str(value) if is_name(value) else None)
