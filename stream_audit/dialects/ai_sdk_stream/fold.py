"""Fold the calls of a writer into what its ``StreamContext`` should have recorded.

Nearly every call writes a piece of text, as the one before it did.
``WriterFold.add`` recognises just that and appends; any other call goes the
long way, through its handler, which decides the rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from stream_audit.dialects.ai_sdk_stream.calls import CALLS, COUNTS, ENDS, FIELD
from stream_audit.dialects.ai_sdk_stream.record import Beside, Writes, neutral_usage
from stream_audit.dialects.ai_sdk_stream.tools import Tools
from stream_audit.dialects.echoed import run_of_echoes
from stream_audit.dialects.noting import Noting
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Choice, Folded, Message, Payload, Policies, Response

__all__ = ["WriterFold"]

NEUTRAL = {"answer_tokens": "usage.output_tokens", "reasoning_tokens": "usage.reasoning_tokens"}

_SHORT = 10**15
"""Numbers below it are shown in a note."""


class WriterFold:
    """A fold of one recording in progress. No policy changes it."""

    def __init__(self, policies: Policies) -> None:
        self._noting = Noting()
        self.notes = self._noting.notes
        self._begun = False
        self._end: str | None = None  # the op that ended it
        self._id: str | None = None
        self._store_exclude: list[str] = []
        self._stream_exclude: list[str] = []
        self._writes = {op: Writes() for op in FIELD}
        self._passed: dict[str, int] = {}  # to set_usage
        self._told: set[str] = set()  # fields of which it is noted that writes came behind a set
        self._steps = 0
        self._step_open = False
        self._beside = Beside()
        self._finish_reason: str | None = None
        self._error: dict[str, Any] | None = None
        self._extra = Unknown()
        self._tools = Tools(self._noting, self._extra)
        # What the next call most probably is: one more plain write like the last.
        self._op = ""
        self._plain: list[str] | None = None

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further calls, in order."""
        noting = self._noting
        first, place, count = noting.at, 0, len(items)
        op, plain = self._op, self._plain
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        while place < count:
            item = items[place]
            if item.__class__ is str:
                if plain is not None:
                    texts = run_of_echoes(items, place)
                    plain += texts
                    place += len(texts)
                    continue
                item = {"op": op, "delta": item}
            elif plain is not None:
                try:
                    if item["op"] == op and len(item) == 2:
                        delta = item["delta"]
                        if delta.__class__ is str and delta:
                            plain.append(delta)
                            place += 1
                            continue
                except KeyError:
                    pass  # not that case; the long way knows what it is
            noting.at = first + place
            self._take(item)
            op, plain = self._op, self._plain
            place += 1
        noting.at = first + count
        for writes in self._writes.values():
            writes.settle()

    def response(self) -> Response:
        """The response so far."""
        message = Message(
            role="assistant",
            content=self._writes["write_text"].text.text(),
            reasoning=self._writes["write_reasoning"].text.text(),
            tool_calls=tuple(call.tool_call() for call in self._tools.calls),
            parts=(*self._beside.files, *self._beside.data),
            annotations=tuple(self._beside.sources),
        )
        counted = {field: self._writes[op].counted for op, field in FIELD.items()}
        return Response(
            id=self._id,
            choices=(Choice(message=message, finish_reason=self._finish_reason),),
            usage=neutral_usage(counted, self._passed),
            error=self._error,
            extra={**self._extra.fields(), **({"step_count": self._steps} if self._steps else {})},
        )

    def finish(self, *, done: bool) -> Folded:
        """End the recording. ``done`` says nothing here: it is whole when ``finish`` was called."""
        self._noting.at = -1
        self._tools.note_unfinished()
        if self._finish_reason is None:
            self._noting.note(
                "finish-missing", "choices[0].finish_reason", "no finish reason in the whole recording"
            )
        if self._end != "finish":
            missing = "no 'finish'" if self._end is None else f"ended by {self._end!r}"
            self._noting.note("truncation-undetected", "", missing)
        return Folded(self.response(), self._end == "finish", tuple(self.notes))

    # ------------------------------------------------------------------ any call

    def _take(self, item: Payload) -> None:
        self._plain = None
        op = item.get("op")
        call = CALLS.get(op) if isinstance(op, str) else None
        if call is None or not isinstance(op, str):
            self._noting.note("unknown-event", "op", repr(op) if isinstance(op, str) else "no call")
            self._extra.keep(item, ())
            return
        first, self._begun = not self._begun, True
        if self._end is not None:
            self._noting.note("events-out-of-order", "", f"{op!r} after {self._end!r}")
        if op in ENDS and self._end is not None:
            self._extra.keep(item, ("op",))
        elif op == "StreamContext" and not first:
            self._noting.note("events-duplicated", "", "a second 'StreamContext'")
            self._extra.keep(item, ("op",))
        elif call.fit(item, "op"):
            HANDLERS[op](self, item)
        elif (name := call.refused(item)) is not None:
            self._noting.note("unknown-event", name, f"{op!r} {_problem(name, item.get(name))}")
            self._extra.keep(item, ("op",))
        else:
            misfits = list(call.misfits(item))
            for name in misfits:
                self._noting.note("unknown-event", name, f"{op!r} {_problem(name, item[name])}")
            passed = call.known.keys() - misfits
            self._extra.keep(item, ("op", *passed))
            HANDLERS[op](self, {"op": op, **{name: item[name] for name in item if name in passed}})
            if "finish_reason" in misfits:  # One was passed, so it is not the default.
                self._finish_reason = None

    # ------------------------------------------------------------------ text and usage

    def _context(self, item: Payload) -> None:
        self._id = item.get("message_id") or None
        self._store_exclude = item.get("store_exclude") or []
        self._stream_exclude = item.get("stream_exclude") or []

    def _write(self, item: Payload) -> None:
        op, delta = item["op"], item["delta"]
        self._op = op
        if _without(delta, self._stream_exclude):
            self._open_step()
        if item.get("collect") is False:
            return
        stored = _without(delta, self._store_exclude)
        tokens = item.get("tokens")
        counted = 0 if not stored else len(stored) if tokens is None else tokens
        self._writes[op].add(stored, counted)
        field = FIELD[op]
        if counted and field in self._passed and field not in self._told:
            self._told.add(field)
            detail = f"{op!r} after {field} was set to {self._passed[field]}"
            self._noting.note("usage-override-then-count", NEUTRAL[field], detail)
        if counted and self._step_open and self._end is None and not self._store_exclude:
            self._plain = self._writes[op].plain

    def _set_usage(self, item: Payload) -> None:
        for field in COUNTS:
            if item.get(field) is not None:
                self._passed[field] = item[field]

    # ------------------------------------------------------------------ steps and ends

    def _begin_call(self, item: Payload) -> None:
        self._open_step()
        self._tools.begin(item)

    def _write_file(self, item: Payload) -> None:
        self._open_step()
        self._beside.take_file(item)

    def _open_step(self) -> None:
        if not self._step_open:
            self._step_open = True
            self._steps += 1

    def _new_step(self, item: Payload) -> None:
        self._step_open = False
        self._open_step()

    def _finish(self, item: Payload) -> None:
        reason = item.get("finish_reason")
        if reason == "":
            self._noting.note("finish-empty-string", "choices[0].finish_reason", "a finish reason of ''")
        self._finish_reason = "stop" if reason is None else reason or None
        self._end, self._step_open = "finish", False

    def _abort(self, item: Payload) -> None:
        self._end = "abort"

    def _fail(self, item: Payload) -> None:
        self._end, self._error = "error", {"message": item["error_text"]}
        self._noting.note("error-event-ignored", "error", item["error_text"] or "unnamed")


HANDLERS: dict[str, Callable[[WriterFold, Payload], None]] = {
    "StreamContext": WriterFold._context,
    "write_text": WriterFold._write,
    "write_reasoning": WriterFold._write,
    "new_step": WriterFold._new_step,
    "begin_tool_call": WriterFold._begin_call,
    "start_tool_input": WriterFold._begin_call,
    "stream_tool_input_delta": lambda fold, item: fold._tools.go_on(item),
    "finish_tool_input": lambda fold, item: fold._tools.go_on(item),
    "complete_tool_call": lambda fold, item: fold._tools.go_on(item),
    "fail_tool_call": lambda fold, item: fold._tools.go_on(item),
    "write_data": lambda fold, item: fold._beside.take_data(item),
    "write_file": WriterFold._write_file,
    "write_source": lambda fold, item: fold._beside.take_source(item),
    "set_usage": WriterFold._set_usage,
    "finish": WriterFold._finish,
    "abort": WriterFold._abort,
    "error": WriterFold._fail,
}


def _without(text: str, excluded: Sequence[str]) -> str:
    for one in excluded:
        text = text.replace(one, "")
    return text


def _problem(name: str, value: Any) -> str:
    if value is None:
        return f"without {name}"
    short = type(value) in (bool, int, float) and abs(value) < _SHORT
    return f"with {json.dumps(value) if short else type(value).__name__} for {name}"
