"""Fold UI message streams: parts that are opened, grow and end.

Nearly every chunk is a piece of text for the part that the chunk before it was
for. ``UIFold.add`` recognises just that case and appends; any other chunk goes
the long way, through its handler, which decides the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.ai_sdk_ui.chunks import kind_of_chunk
from stream_audit.dialects.ai_sdk_ui.message import HANDLERS, UIMessage
from stream_audit.dialects.ai_sdk_ui.metadata import neutral_usage
from stream_audit.dialects.ai_sdk_ui.parts import CallPart, TextPart
from stream_audit.dialects.echoed import run_of_echoes
from stream_audit.dialects.keys import Keys
from stream_audit.dialects.noting import kind_of, named
from stream_audit.dialects.text import join_text
from stream_audit.dialects.usage_fields import copy_usage
from stream_audit.model import Choice, Folded, Message, Payload, Policies, Response

__all__ = ["UIFold"]

TEXT_KEYS = {
    "text-delta": ("id", "delta"),
    "reasoning-delta": ("id", "delta"),
    "tool-input-delta": ("toolCallId", "inputTextDelta"),
}
"""Type of a chunk that makes a text longer, to the keys of the text's id and of the piece."""

_NOWHERE = object()


class UIFold(UIMessage):
    """A fold of one message in progress."""

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._last: Payload = {}
        """The last chunk of which echoes may follow, without its text."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        noting = self._noting
        first = noting.at
        parts, kind, name, identity, key = self._likely()
        place, count = 0, len(items)
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        while place < count:
            item = items[place]
            if item.__class__ is str:
                if parts is not None:
                    texts = run_of_echoes(items, place)
                    parts += texts
                    place += len(texts)
                    continue
                item = {**self._last, TEXT_KEYS[self._last["type"]][1]: item}
            elif parts is not None:
                try:
                    if item["type"] == kind and item[name] == identity and len(item) == 3:
                        text = item[key]
                        if text.__class__ is str:
                            parts.append(text)
                            place += 1
                            continue
                except (KeyError, TypeError):
                    pass  # not that case; the long way knows what it is
            noting.at = first + place
            self._settle()
            try:
                self._take(item)
            except RecursionError:
                noting.note("unknown-event", "", "nested too deeply")
            parts, kind, name, identity, key = self._likely()
            place += 1
        noting.at = first + len(items)
        self._settle(forget=False)

    def _likely(self) -> tuple[Any, ...]:
        """How the next chunk most probably looks, and what takes its text; nothing where each is noted."""
        if self._text is None or self._behind:
            return None, _NOWHERE, "", _NOWHERE, ""
        kind = self._last["type"]
        name, key = TEXT_KEYS[kind]
        return self._text.parts, kind, name, self._last[name], key

    def _settle(self, *, forget: bool = True) -> None:
        if self._text is not None:
            self._text.compact()
            if forget:
                self._text = None

    def _take(self, item: Payload) -> None:
        name, kind = kind_of_chunk(item)
        if kind is None:
            self._noting.note("unknown-event", "", f"type {named(item.get('type'))}")
            self._extra.keep(item, ())
            return
        if kind.fit(item, "type"):
            said = {key: value for key, value in item.items() if key != "type"}
        elif (refused := kind.refused(item)) is not None:
            self._noting.note("unknown-event", refused, f"{name!r}: {_odd(item.get(refused))}")
            self._extra.keep(item, ("type",))
            return
        else:
            said = self._fitting(kind, name, item)
        if self._behind:
            self._late(name)
        if name in TEXT_KEYS:
            self._last = {"type": name, TEXT_KEYS[name][0]: said[TEXT_KEYS[name][0]]}
        HANDLERS.get(name, UIMessage._data)(self, name, said)

    def _fitting(self, kind: Keys, name: str, item: Payload) -> Payload:
        """What a chunk says by the table; all else is kept, and noted where it is of a wrong type."""
        misfits = list(kind.misfits(item))
        for key in misfits:
            self._noting.note("unknown-event", key, f"{name!r}: {_odd(item[key])}")
        told = kind.known.keys() - misfits
        self._extra.keep(item, ("type", *told))
        return {key: value for key, value in item.items() if key in told and value is not None}

    def response(self) -> Response:
        """The response so far."""
        parts = tuple(part.shown() for part in self._parts)
        message = Message(
            role="assistant",
            content=self._joined("text"),
            reasoning=self._joined("reasoning"),
            tool_calls=tuple(part.tool_call() for part in self._asked()),
            parts=parts,
            annotations=tuple(one for part in parts for one in _cited(part)),
        )
        metadata = {} if self._metadata is None else {"metadata": copy_usage(self._metadata)}
        return Response(
            id=self._id,
            choices=(Choice(message=message, finish_reason=self._finish_reason),),
            usage=None if self._usage is None else neutral_usage(self._usage),
            error=self._error,
            extra={**self._extra.fields(), **metadata},
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done``: its ``[DONE]`` was read, which not everybody records."""
        note = self._noting.note
        self._noting.at = -1
        for position, part in enumerate(self._parts):
            if isinstance(part, TextPart) and part.fields["state"] == "streaming":
                note("block-stop-missing", f"choices[0].message.parts[{position}]", f"a {part.kind} part")
            elif isinstance(part, CallPart):
                self._note_input(part, f"choices[0].message.parts[{position}].input")
        if not self._finished:
            note("finish-missing", "choices[0].finish_reason", "no 'finish' in the whole stream")
        missing = self._missing(done)
        if missing is not None:
            note("truncation-undetected", "", missing)
        return Folded(self.response(), missing is None, tuple(self.notes))

    def _note_input(self, part: CallPart, field: str) -> None:
        if not part.whole:
            self._noting.note("block-stop-missing", field, "the input never was whole")
        if part.cut:
            self._noting.note("tool-args-truncated-accepted", field, "not JSON")
        if part.unwritten:
            self._noting.note("unknown-event", field, "nested too deeply to be written")

    def _missing(self, done: bool) -> str | None:
        """What the stream lacks to be complete."""
        if self._aborted:
            return "ended by 'abort'"
        if not self._behind:
            return "no 'finish' after the last 'start'" if self._finished else "no 'finish'"
        if self._error is not None:
            return "an error"
        return None if done or self._policies.done_marker == "optional" else "no '[DONE]'"

    def _joined(self, kind: str) -> str | None:
        """The texts of all parts of a kind."""
        texts = [part.joined() for part in self._parts if isinstance(part, TextPart) and part.kind == kind]
        return join_text(texts) if texts else None

    def _asked(self) -> list[CallPart]:
        """The calls that are not the provider's own."""
        calls = [part for part in self._parts if isinstance(part, CallPart)]
        return [part for part in calls if part.fields.get("providerExecuted") is not True]


def _cited(part: dict[str, Any]) -> list[Any]:
    """A part that is a source, or the citations that stand in it."""
    if part["type"] in ("source-url", "source-document"):
        return [part]
    found = part.get("citations", ()) if part["type"] == "text" else ()
    return [one for one in found if isinstance(one, dict)]


def _odd(value: Any) -> str:
    return "absent" if value is None else kind_of(value)
