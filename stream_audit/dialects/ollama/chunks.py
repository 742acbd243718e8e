"""What each chunk of an Ollama stream says about its answer.

A chunk has the shape of the whole answer and a piece of its text; both
endpoints say the same things under different keys. Nothing that a recording
breaks stops the fold: it is noted, and what was said is kept.
"""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.noting import Noting, titled
from stream_audit.dialects.ollama.calls import Calls
from stream_audit.dialects.ollama.usage import COUNTS, usage_in
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown
from stream_audit.dialects.usage_fields import fold_usage
from stream_audit.model import Payload, Policies

__all__ = ["PIECES", "OllamaChunks"]

PIECES = ("message", "response", "thinking", "tool_calls")
"""The keys of a chunk that carry pieces of the answer."""
KNOWN = frozenset((*PIECES, *COUNTS, "model", "created_at", "done", "done_reason", "logprobs", "error"))
MESSAGE_KEYS = frozenset(("role", "content", "thinking", "tool_calls"))

CHANGES = {
    "model": ("model-changes", "model"),
    "role": ("role-changes-mid-stream", "choices[0].message.role"),
    "done_reason": ("finish-emitted-twice", "choices[0].finish_reason"),
}


class OllamaChunks:
    """The state of one answer, and the rules by which a chunk changes it."""

    def __init__(self, policies: Policies) -> None:
        self._noting = Noting()
        self.notes = self._noting.notes
        self._policies = policies
        self._done = False
        self._names: dict[str, str] = {}  # model, role, done_reason
        self._created_at: str | None = None
        self._content = Text()
        self._thinking = Text()
        self._last = self._content  # where the last text went
        self._calls = Calls(self._noting)
        self._logprobs: list[dict[str, Any]] = []
        self._usage: dict[str, Any] | None = None
        self._error: dict[str, Any] | None = None
        self._extra = Unknown()
        self._message_extra = Unknown()

    def _chunk(self, item: Payload) -> None:
        if self._done:
            self._noting.note("events-out-of-order", "", "a chunk after 'done'")
        if not any(item.get(key) is not None for key in KNOWN):
            self._noting.note(
                "unknown-event", "", f"nothing known in a chunk with the keys {sorted(item)[:8]}"
            )
        self._name("model", item.get("model"), self._extra)
        self._stamp(item.get("created_at"))
        self._message(item.get("message"))
        self._append(self._content, "response", item.get("response"), self._extra)
        self._append(self._thinking, "thinking", item.get("thinking"), self._extra)
        self._calls.take(item.get("tool_calls"), self._extra)
        self._end(item)
        self._take_logprobs(item.get("logprobs"))
        self._take_usage(item)
        self._fail(item.get("error"))
        self._extra.keep(item, KNOWN)

    def _message(self, message: Any) -> None:
        if not isinstance(message, dict):
            self._noting.odd(self._extra, "message", message)
            return
        self._name("role", message.get("role"), self._message_extra)
        self._append(self._content, "content", message.get("content"), self._message_extra)
        self._append(self._thinking, "thinking", message.get("thinking"), self._message_extra)
        self._calls.take(message.get("tool_calls"), self._message_extra)
        self._message_extra.keep(message, MESSAGE_KEYS)

    def _append(self, text: Text, key: str, piece: Any, level: Unknown) -> None:
        if not isinstance(piece, str):
            self._noting.odd(level, key, piece)
            return
        text.append(piece)
        text.compact()
        if piece:
            self._last = text

    def _end(self, item: Payload) -> None:
        done, reason = item.get("done"), item.get("done_reason")
        if reason == "":
            self._noting.note("finish-empty-string", CHANGES["done_reason"][1], "a reason of ''")
        self._name("done_reason", reason, self._extra)
        if isinstance(done, bool):
            self._done = self._done or done
        else:
            self._noting.odd(self._extra, "done", done)

    def _take_logprobs(self, logprobs: Any) -> None:
        if not isinstance(logprobs, list):
            self._noting.odd(self._extra, "logprobs", logprobs)
            return
        for entry in logprobs:
            if isinstance(entry, dict):
                self._logprobs.append(entry)
            else:
                self._noting.odd(self._extra, "logprobs", entry)

    def _take_usage(self, item: Payload) -> None:
        report = usage_in(item)
        if report:
            self._usage = {} if self._usage is None else self._usage
            fold_usage(self._usage, report, self._policies.later_zero)

    def _fail(self, error: Any) -> None:
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self._noting.odd(self._extra, "error", error)
            return
        self._error = error if self._error is None else self._error
        self._noting.note("error-event-ignored", "error", titled(error))

    def _stamp(self, moment: Any) -> None:
        if not isinstance(moment, str):
            self._noting.odd(self._extra, "created_at", moment)
        else:
            self._created_at = self._created_at or moment or None

    def _name(self, key: str, value: Any, level: Unknown) -> None:
        """Take a scalar that names something: the first present one counts."""
        if not isinstance(value, str):
            self._noting.odd(level, key, value)
            return
        held = self._names.setdefault(key, value) if value else value
        if held != value:
            rule, field = CHANGES[key]
            self._noting.note(rule, field, f"{value!r} after {held!r}")
            if key == "model" and self._policies.identity == "last":
                self._names[key] = value
