"""What each event of a Cohere stream says about its message.

An event carries a piece of the answer as it would stand without streaming, and
is read by its keys wherever they stand; its type only says what starts and
ends. Nothing that a recording breaks stops the fold: it is noted, and what was
said is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.dialects.cohere.blocks import Blocks
from stream_audit.dialects.cohere.calls import Calls
from stream_audit.dialects.cohere.opened import Spot
from stream_audit.dialects.noting import Noting, named, titled
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown
from stream_audit.dialects.usage_fields import fold_usage
from stream_audit.model import Payload, Policies

__all__ = ["ANSWERING", "CohereEvents", "started_id"]

ANSWERING = frozenset(
    (
        *("message-start", "message-end", "content-start", "content-delta", "content-end"),
        *("tool-plan-delta", "tool-call-start", "tool-call-delta", "tool-call-end"),
        *("citation-start", "citation-end"),
    )
)
"""Types of the events that say anything about the answer; ``debug`` and ``error`` do not."""
EVENT_KEYS = frozenset(("type", "id", "index", "delta", "logprobs", "error"))
DELTA_KEYS = frozenset(("message", "finish_reason", "usage", "error"))
MESSAGE_KEYS = frozenset(("role", "content", "tool_plan", "tool_calls", "citations"))

NAMED_FIELDS = {
    "id": "id",
    "role": "choices[0].message.role",
    "finish_reason": "choices[0].finish_reason",
}


class CohereEvents:
    """The state of one message, and the rules by which an event changes it."""

    def __init__(self, policies: Policies) -> None:
        self._noting = Noting()
        self.notes = self._noting.notes
        self._policies = policies
        self._running: str | None = None  # id of the last message-start
        self._started = self._ended = False
        self._late = ""  # type of the last event behind the end
        self._names: dict[str, str] = {}  # id, role, finish_reason
        self._extra = Unknown()
        self._restless: dict[str, Callable[[Any], object]] = {}  # of ``_extra``: what keeps changing
        self._message_extra = Unknown()
        self._spot = Spot()
        self._blocks = Blocks(self._noting, self._message_extra, self._spot)
        self._calls = Calls(self._noting, self._message_extra, self._spot)
        self._plan = Text()
        self._citations: list[dict[str, Any]] = []
        self._logprobs: list[dict[str, Any]] = []
        self._usage: dict[str, Any] | None = None
        self._error: dict[str, Any] | None = None

    def _event(self, item: Payload) -> None:
        kind = item.get("type")
        self._take_error(item, kind)
        if isinstance(kind, str) and (kind in ANSWERING or kind == "error"):
            if self._ended:
                self._late = kind
                self._noting.note("events-out-of-order", "", f"{kind!r} after 'message-end'")
            if kind != "error":
                self._answer(item, kind)
        else:
            self._stranger(item, kind)

    def _answer(self, item: Payload, kind: str) -> None:
        repeated = kind == "message-start" and self._is_repeated(item)
        self._name("id", item.get("id"), "id-changes")
        index = self._index_of(item)
        self._delta(item.get("delta"), kind, index, repeated=repeated)
        self._take_logprobs(item.get("logprobs"))
        if kind == "content-end":
            self._blocks.close(kind, index)
        elif kind == "tool-call-end":
            self._calls.close(kind, index)
        elif kind == "message-end":
            self._end()
        for key in item:
            if key not in EVENT_KEYS and self._extra.add(key, item[key]):
                self._restless[key] = self._extra.adder(key)

    def _stranger(self, item: Payload, kind: Any) -> None:
        """An event of no known type, or one that is not about the answer: all but its error is kept."""
        known = kind == "debug"
        if not known and item.get("error") is None:
            self._noting.note("unknown-event", "", f"type {named(kind)}")
        for key, value in item.items():
            if key != "error" and not (known and key == "type"):
                self._extra.add(key, value)

    def _is_repeated(self, item: Payload) -> bool:
        """Whether the running message is announced again."""
        identity = started_id(item)
        if self._started and identity is not None and identity == self._running:
            self._noting.note("events-duplicated", "", f"a second 'message-start' for {identity!r}")
            return True
        self._started, self._running = True, identity
        return False

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._blocks.note_unclosed()
            self._calls.note_unclosed()

    # ------------------------------------------------------------------ a piece of the answer

    def _delta(self, delta: Any, kind: str, index: int | None, *, repeated: bool) -> None:
        if not isinstance(delta, dict):
            self._noting.odd(self._extra, "delta", delta)
            return
        if not repeated:
            self._message(delta.get("message"), kind, index)
        reason = delta.get("finish_reason")
        if reason == "":
            self._noting.note("finish-empty-string", NAMED_FIELDS["finish_reason"], "a finish reason of ''")
        self._name("finish_reason", reason, "finish-emitted-twice")
        self._take_usage(delta.get("usage"))
        self._fail(delta.get("error"))
        self._keep(self._extra, delta, DELTA_KEYS)

    def _message(self, message: Any, kind: str, index: int | None) -> None:
        if not isinstance(message, dict):
            self._noting.odd(self._extra, "message", message)
            return
        self._name("role", message.get("role"), "role-changes-mid-stream")
        self._blocks.take(message.get("content"), kind, index)
        self._take_plan(message.get("tool_plan"))
        self._calls.take(message.get("tool_calls"), kind, index)
        self._cite(message.get("citations"))
        self._keep(self._message_extra, message, MESSAGE_KEYS)

    def _keep(self, level: Unknown, fields: dict[str, Any], known: frozenset[str]) -> None:
        for key, value in fields.items():
            if key not in known:
                level.add(key, value)

    def _take_plan(self, plan: Any) -> None:
        if isinstance(plan, str):
            self._spot.put(plan, self._plan)
        else:
            self._noting.odd(self._message_extra, "tool_plan", plan)

    def _cite(self, citations: Any) -> None:
        for citation in citations if isinstance(citations, list) else [citations]:
            if isinstance(citation, dict):
                self._citations.append(citation)
            else:
                self._noting.odd(self._message_extra, "citations", citation)

    def _take_logprobs(self, logprobs: Any) -> None:
        if isinstance(logprobs, dict):
            self._logprobs.append(logprobs)
        else:
            self._noting.odd(self._extra, "logprobs", logprobs)

    def _take_usage(self, report: Any) -> None:
        if isinstance(report, dict):
            self._usage = {} if self._usage is None else self._usage
            fold_usage(self._usage, report, self._policies.later_zero)
        else:
            self._noting.odd(self._extra, "usage", report)

    # ------------------------------------------------------------------ failures and names

    def _take_error(self, item: Payload, kind: Any) -> None:
        """Take the error of any event; an event that is one has failed, whatever it says."""
        error = item.get("error")
        if kind == "error" and not isinstance(error, str | dict):
            self._noting.odd(self._extra, "error", error)
            error = {key: value for key, value in item.items() if key not in ("type", "error")}
        self._fail(error)

    def _fail(self, error: Any) -> None:
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self._noting.odd(self._extra, "error", error)
            return
        self._error = error if self._error is None else self._error
        self._noting.note("error-event-ignored", "error", titled(error))

    def _index_of(self, item: Payload) -> int | None:
        index = item.get("index")
        if type(index) is int:
            return index
        self._noting.odd(self._extra, "index", index)
        return None

    def _name(self, key: str, value: Any, changed: str) -> None:
        """Take a scalar that names something: the first present one counts."""
        if not isinstance(value, str):
            self._noting.odd(self._message_extra if key == "role" else self._extra, key, value)
            return
        held = self._names.setdefault(key, value) if value else value
        if held != value:
            self._noting.note(changed, NAMED_FIELDS[key], f"{value!r} after {held!r}")
            if key == "id" and self._policies.identity == "last":
                self._names[key] = value


def started_id(item: Payload) -> str | None:
    """The id that a ``message-start`` gives its message, ``None`` when it is absent or empty."""
    identity = item.get("id")
    return identity if isinstance(identity, str) and identity else None
