"""Fold Responses streams: items that grow in many ways, and a closing event that shows them all again.

Nearly every chunk is one more delta for the text that the chunk before it was
for, with the next number. ``ResponsesFold.add`` recognises just that case and
appends; anything else goes the long way, through the events, which decide all
the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from stream_audit.dialects.echoed import run_of_echoes
from stream_audit.dialects.openai_responses.calls import is_json, tool_call
from stream_audit.dialects.openai_responses.events import ResponseEvents
from stream_audit.dialects.openai_responses.plain import Likeness, is_plain
from stream_audit.dialects.openai_responses.usage import neutral_usage, oddities
from stream_audit.dialects.text import join_text
from stream_audit.model import Choice, Folded, Message, Payload, Policies, Response

__all__ = ["ResponsesFold"]

Part = Mapping[str, Any]


class ResponsesFold(ResponseEvents):
    """A fold of one response in progress."""

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._like: Likeness | None = None
        self._last: Payload = {}  # the last chunk that was folded the long way

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        first, place = self._noting.at, 0
        while place < len(items):
            begin = place
            if self._like is not None:
                take = self._take_echoes if items[place].__class__ is str else self._take_alike
                place = take(self._like, items, place)
            if place == begin:
                self._noting.at = first + place
                self._long_way(items[place])
                place += 1
        self._noting.at = first + len(items)
        self._numbers.forget()
        if self._like is not None:
            self._like.text.compact()

    def _take_echoes(self, like: Likeness, items: Sequence[Payload | str], place: int) -> int:
        """Append all echoes from a position on; the position of the first chunk that is none."""
        texts = run_of_echoes(items, place)
        like.text.parts += texts
        if like.numbered:
            self._numbers.take_run(like.event, texts)
        return place + len(texts)

    def _take_alike(self, like: Likeness, items: Sequence[Payload | str], place: int) -> int:
        """Append what is like the chunk folded last; the position of the first that is not."""
        text, numbered, common, frame, varying = (
            like.text,
            like.numbered,
            like.common,
            like.frame,
            like.varying,
        )
        append, index, inner_key, inner, size = text.append, like.index, like.inner_key, like.inner, like.size
        due = (self._numbers.highest or 0) + 1
        before = len(text.parts)
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        for item in islice(items, place, None):
            try:
                if (
                    item["output_index"] is not index
                    or item[inner_key] is not inner
                    or len(item) != size
                    or common(item) != frame
                ):
                    break
                delta, number, *_ = varying(item)
            except (KeyError, TypeError):
                break  # the long way knows what it is
            if delta.__class__ is not str or (numbered and (number != due or number.__class__ is not int)):
                break
            append(delta)
            due += 1
        taken = text.parts[before:]
        if numbered and taken:
            self._numbers.take_run(like.event, taken)
        return place + len(taken)

    def _long_way(self, item: Payload | str) -> None:
        event = self._spelt_out(item) if isinstance(item, str) else item
        self._last, noted = event, len(self.notes)
        try:
            self._event(event)
        except RecursionError:
            self._note("unknown-event", "", "nested too deeply")
        self._like = None
        if noted != len(self.notes):
            return  # The same may be to be noted of the next.
        if self._streamed is not None and self._closed is None and is_plain(event):
            grown, where = self._streamed
            self._like = Likeness(event, grown.texts[where].deltas)

    def _spelt_out(self, text: str) -> Payload:
        """An echo as the chunk that it stands for."""
        event = {**self._last, "delta": text}
        if event.get("sequence_number") is not None:
            event["sequence_number"] += 1
        return event

    def response(self) -> Response:
        """The response so far."""
        names = self._names
        parts = [item.shown() for item in self._output.items()]
        calls = [call for part in parts if (call := tool_call(part)) is not None]
        contents = [entry for part in parts for entry in _entries(part, "content")]
        answers = _of_type(contents, "output_text")
        logprobs = _objects(answers, "logprobs")
        message = Message(
            role=names.get("role", "assistant"),
            content=_joined(answers, "text"),
            reasoning=_reasoning(parts),
            refusal=_joined(_of_type(contents, "refusal"), "refusal"),
            tool_calls=tuple(calls),
            parts=tuple(parts),
            annotations=tuple(_objects(answers, "annotations")),
            audio={key: text.text() for key, text in self._audio.items()} or None,
            extra=self._message_extra.fields(),
        )
        choice = Choice(
            message=message,
            finish_reason=names.get("finish_reason"),
            logprobs={"content": logprobs} if logprobs else None,
        )
        return Response(
            id=names.get("id"),
            model=names.get("model"),
            created=names.get("created"),
            choices=(choice,),
            usage=None if self._usage is None else neutral_usage(self._usage),
            service_tier=names.get("service_tier"),
            error=self._error,
            extra={**self._extra.fields(), **self._response_fields},
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done`` says nothing here: this dialect ends with its closing event."""
        self._noting.at = -1
        response = self.response()
        self._note_arguments(response)
        if response.usage is None:
            self._note("usage-absent", "usage", "no usage in the whole stream")
        else:
            for rule, field, detail in oddities(response.usage):
                self._note(rule, field, detail)
        if self._closed is None:
            self._note("finish-missing", "choices[0].finish_reason", "no closing event")
        complete = self._whole and self._error is None
        if not complete:
            missing = "no closing event" if self._closed is None else f"an error, or {self._closed!r}"
            self._note("truncation-undetected", "", missing)
        return Folded(response, complete, tuple(self.notes))

    def _note_arguments(self, response: Response) -> None:
        (choice,) = response.choices
        if not choice.message.tool_calls:
            return
        lost = choice.finish_reason == "completed"
        rule = "tool-args-tail-lost" if lost else "tool-args-truncated-accepted"
        at = 0
        for part in choice.message.parts:
            call = tool_call(part)
            if call is None:
                continue
            field = f"choices[0].message.tool_calls[{at}].arguments"
            at += 1
            kind = part.get("type")
            if kind == "function_call" and call.arguments and not is_json(call.arguments):
                self._note(rule, field, "not JSON")
            key = {"function_call": "arguments", "custom_tool_call": "input"}.get(str(kind), "")
            if part.get(key) is not None and not isinstance(part[key], str):
                self._note("tool-args-object", field, f"a {type(part[key]).__name__}, not a text")


def _entries(part: Part, name: str) -> list[Part]:
    entries = part.get(name)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _of_type(entries: Sequence[Part], kind: str) -> list[Part]:
    return [entry for entry in entries if entry.get("type") == kind]


def _objects(entries: Sequence[Part], key: str) -> list[Part]:
    """The objects in a list that each entry may have."""
    return [one for entry in entries for one in _entries(entry, key)]


def _joined(entries: Sequence[Part], key: str) -> str | None:
    """The texts of entries; ``None`` when there are no entries."""
    return (
        join_text([text for entry in entries if isinstance(text := entry.get(key), str)]) if entries else None
    )


def _reasoning(parts: Sequence[Part]) -> str | None:
    """The reasoning of all items: its text where one was sent, else its summary."""
    said = []
    for part in parts:
        text = _joined(_of_type(_entries(part, "content"), "reasoning_text"), "text")
        if not text:
            summary = _joined(_of_type(_entries(part, "summary"), "summary_text"), "text")
            text = text if summary is None else summary
        if text is not None:
            said.append(text)
    return join_text(said) if said else None
