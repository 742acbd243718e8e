"""The textbook fold of ``ollama``: ``docs/folding/ollama.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong. It keeps no notes: the
reference reports what is odd on the wire, this one only says what it means.

The surprising rule: a call is never put together; every one that comes is whole.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from stream_audit.model import Payload, ToolCall
from stream_audit.suspects.every_dialect import Kept, is_integer, is_name, join_text
from stream_audit.suspects.ollama.textbook_answer import OllamaSoFar

__all__ = ["TextbookOllama"]

COUNTS = ("prompt_eval_count", "prompt_eval_cached_count", "eval_count")
CHUNK_KEYS = frozenset(
    {
        *COUNTS,
        *("model", "created_at", "message", "response", "thinking", "tool_calls"),
        *("done", "done_reason", "logprobs", "error"),
    }
)
MESSAGE_KEYS = frozenset({"role", "content", "thinking", "tool_calls"})
CALL_KEYS = frozenset({"id", "type", "function"})
FUNCTION_KEYS = frozenset({"index", "name", "arguments"})


class TextbookOllama(OllamaSoFar):
    """One answer, chunk by chunk."""

    name: ClassVar[str] = "textbook-ollama"
    dialects: ClassVar[tuple[str, ...]] = ("ollama",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    def add(self, payload: Payload) -> None:
        """Fold one chunk."""
        self.take_model(payload)
        self.take_created_at(payload)
        self.see_message(payload)
        self.see_text(payload, "response", self.extra)
        self.see_thinking(payload, self.extra)
        self.see_tool_calls(payload, self.extra)
        self.take_done(payload)
        self.see_logprobs(payload)
        self.see_counts(payload)
        self.see_error(payload)
        self.keep_unknown_fields(payload)

    def keep_unknown_fields(self, payload: Payload) -> None:
        """Keep what stands beside the keys of a chunk that the format has."""
        self.extra.keep_unknown(payload, CHUNK_KEYS)

    # ---------------------------------------------------------------- names

    def take_model(self, payload: Payload) -> None:
        """Keep the first model that says something."""
        self.model = self.first_name(self.model, payload, "model", self.extra)

    def take_created_at(self, payload: Payload) -> None:
        """Keep the clock of the first chunk that has one."""
        self.created_at = self.first_name(self.created_at, payload, "created_at", self.extra)

    def take_role(self, message: dict[str, Any]) -> None:
        """Keep the first role that says something."""
        self.role = self.first_name(self.role, message, "role", self.message_extra)

    def take_done(self, payload: Payload) -> None:
        """See whether this is the end, and why."""
        self.take_reason(payload)
        done = payload.get("done")
        if isinstance(done, bool):
            self.done = self.done or done
        else:
            self.extra.keep("done", done)

    def take_reason(self, payload: Payload) -> None:
        """Keep the first reason that says something."""
        self.reason = self.first_name(self.reason, payload, "done_reason", self.extra)

    # ---------------------------------------------------------------- the message

    def see_message(self, payload: Payload) -> None:
        """The piece of a message that a chunk of a chat has."""
        message = payload.get("message")
        if not isinstance(message, dict):
            self.extra.keep("message", message)
            return
        self.take_role(message)
        self.see_text(message, "content", self.message_extra)
        self.see_thinking(message, self.message_extra)
        self.see_tool_calls(message, self.message_extra)
        self.message_extra.keep_unknown(message, MESSAGE_KEYS)

    def see_text(self, fields: dict[str, Any], key: str, level: Kept) -> None:
        """More of the answer, under the name that the endpoint has for it."""
        piece = fields.get(key)
        if isinstance(piece, str):
            self.append_text(piece)
        else:
            level.keep(key, piece)

    def append_text(self, piece: str) -> None:
        """One piece of the answer."""
        self.text.append(piece)

    def see_thinking(self, fields: dict[str, Any], level: Kept) -> None:
        """More of what the model thinks."""
        piece = fields.get("thinking")
        if isinstance(piece, str):
            self.append_thinking(piece)
        else:
            level.keep("thinking", piece)

    def append_thinking(self, piece: str) -> None:
        """One piece of the thinking."""
        self.thought.append(piece)

    def see_tool_calls(self, fields: dict[str, Any], level: Kept) -> None:
        """Every entry is a call."""
        entries = fields.get("tool_calls")
        if not isinstance(entries, list):
            level.keep("tool_calls", entries)
            return
        for entry in entries:
            if isinstance(entry, dict):
                self.append_call(self.read_call(entry))
            else:
                level.keep("tool_calls", entry)

    def append_call(self, call: ToolCall) -> None:
        """One more call."""
        self.calls.append(call)

    def read_call(self, entry: dict[str, Any]) -> ToolCall:
        """The call that an entry is."""
        extra = Kept()
        identity = self.first_name(None, entry, "id", extra)
        if entry.get("type") not in ("", "function"):
            extra.keep("type", entry.get("type"))
        function = entry.get("function")
        name, arguments = None, ""
        if isinstance(function, dict):
            name = self.first_name(None, function, "name", extra)
            if not is_integer(function.get("index")):
                extra.keep("index", function.get("index"))
            arguments = self.read_arguments(function, extra)
            extra.keep_unknown(function, FUNCTION_KEYS)
        else:
            extra.keep("function", function)
        extra.keep_unknown(entry, CALL_KEYS)
        return ToolCall(id=identity, name=name, arguments=arguments, extra=extra.result())

    def read_arguments(self, function: dict[str, Any], extra: Kept) -> str:
        """The arguments as JSON text, empty for none."""
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            return join_text([arguments])
        if isinstance(arguments, dict):
            try:
                return self.write_arguments(arguments)
            except RecursionError:
                pass
        extra.keep("arguments", arguments)
        return ""

    def write_arguments(self, arguments: dict[str, Any]) -> str:
        """The JSON text that spells an object."""
        return json.dumps(arguments, ensure_ascii=False, separators=(",", ":")) if arguments else ""

    # ---------------------------------------------------------------- counts and errors

    def see_logprobs(self, payload: Payload) -> None:
        """The log probabilities of the tokens of one chunk."""
        logprobs = payload.get("logprobs")
        if not isinstance(logprobs, list):
            self.extra.keep("logprobs", logprobs)
            return
        for entry in logprobs:
            if isinstance(entry, dict):
                self.logprobs.append(entry)
            else:
                self.extra.keep("logprobs", entry)

    def see_counts(self, payload: Payload) -> None:
        """The token counts, if the chunk has any."""
        counts = {key: payload[key] for key in COUNTS if payload.get(key) is not None}
        if counts:
            self.fold_counts(counts)

    def see_error(self, payload: Payload) -> None:
        """Keep the first error that the stream reports."""
        error = payload.get("error")
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.extra.keep("error", error)
        elif self.error is None:
            self.error = error

    def first_name(self, so_far: str | None, fields: dict[str, Any], key: str, level: Kept) -> str | None:
        """``so_far`` if there is one, else the name under ``key`` if there is one."""
        value = fields.get(key)
        if not isinstance(value, str):
            level.keep(key, value)
        return so_far or (str(value) if is_name(value) else None)
