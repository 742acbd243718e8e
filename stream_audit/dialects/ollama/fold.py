"""Fold Ollama's streams: chunks in the shape of the answer, each with a piece of its text.

Every chunk has a clock of its own, so that no two are alike; but without it
and its piece of text nearly every one is the one before. ``OllamaFold.add``
recognises just that; anything else goes the long way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from stream_audit.dialects.echoed import run_of_echoes
from stream_audit.dialects.ollama.chunks import KNOWN, MESSAGE_KEYS, OllamaChunks
from stream_audit.dialects.ollama.usage import neutral_usage
from stream_audit.dialects.values import ABSENT
from stream_audit.model import Choice, Folded, Message, Payload, Policies, Response

__all__ = ["OllamaFold"]

TEXTS = ("content", "thinking")
"""The fields of a message that grow."""
MAYBE_TEXT = (str, type(None), type(ABSENT))


class OllamaFold(OllamaChunks):
    """A fold of one answer in progress."""

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._place = "message"
        """Where the last chunk had its piece: ``message`` in a chat, else ``response``."""
        self._rest: Payload | None = None
        """That chunk without its piece and its clock, if folding it again changes nothing."""
        self._whole: tuple[Payload, Any] = {}, None
        """The last chunk that went the long way, and what it said in its place."""
        self._shell: Payload | None = None
        """Its message without the texts, likewise; ``None`` for ``response``, which is a text."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order. The payloads are taken apart."""
        first, at, count = self._noting.at, 0, len(items)
        content, thinking, last = self._content, self._thinking, self._last
        place, rest, shell = self._place, self._rest, self._shell
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        while at < count:
            item = items[at]
            if item.__class__ is str:
                if rest is not None:
                    texts = run_of_echoes(items, at)
                    last.parts += texts
                    at += len(texts)
                    continue
                item = self._again(item)  # Something was noted of its chunk, and may be of each.
            clock, said = item.pop("created_at", ABSENT), item.pop(place, ABSENT)
            text, thought = said, ABSENT
            try:
                usual = item == rest and item["done"] is False
                if said.__class__ is dict:
                    text, thought = said.pop("content", ABSENT), said.pop("thinking", ABSENT)
                    usual = usual and said == shell
                elif shell is not None:
                    usual = False
            except RecursionError:
                usual = False
            if usual and clock.__class__ is text.__class__ is str and thought.__class__ in MAYBE_TEXT:
                content.append(text)
                last = content
                if thought.__class__ is str:
                    thinking.append(thought)
                    last = thinking if thought else content
                at += 1
                continue
            self._noting.at, self._last = first + at, last
            if said.__class__ is dict:
                said.update(_given(content=text, thinking=thought))
            item.update(_given(created_at=clock, **{place: said}))
            self._long_way(item)
            last, place, rest, shell = self._last, self._place, self._rest, self._shell
            at += 1
        self._noting.at, self._last = first + count, last
        content.compact()
        thinking.compact()

    def response(self) -> Response:
        """The response so far."""
        message = Message(
            role=self._names.get("role", "assistant"),
            content=self._content.text(),
            reasoning=self._thinking.text(),
            tool_calls=tuple(self._calls.calls),
            extra=self._message_extra.fields(),
        )
        choice = Choice(
            message=message,
            finish_reason=self._names.get("done_reason"),
            logprobs={"content": list(self._logprobs)} if self._logprobs else None,
        )
        clock = {} if self._created_at is None else {"created_at": self._created_at}
        return Response(
            model=self._names.get("model"),
            choices=(choice,),
            usage=None if self._usage is None else neutral_usage(self._usage),
            error=self._error,
            extra={**self._extra.fields(), **clock},
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done`` says nothing here: this dialect ends with a chunk that is ``done``."""
        self._noting.at = -1
        self._calls.note_arguments()
        if "done_reason" not in self._names:
            self._noting.note(
                "finish-missing", "choices[0].finish_reason", "no done_reason in the whole stream"
            )
        complete = self._done and self._error is None
        if not complete:
            missing = "an error" if self._done else "no chunk that is 'done'"
            self._noting.note("truncation-undetected", "", missing)
        return Folded(self.response(), complete, tuple(self.notes))

    def _long_way(self, item: Payload) -> None:
        """Fold any chunk, then get ready for others like it."""
        try:
            self._chunk(item)
        except RecursionError:
            self._noting.note("unknown-event", "", "nested too deeply")
        self._rest = self._shell = None
        self._place = "message" if isinstance(item.get("message"), dict) else "response"
        said = item.pop(self._place, None)
        self._whole = {**item}, said
        item.pop("created_at", None)
        late = self._done or item.get("done") is not False
        if late or self._created_at is None or self._says(item, KNOWN - {"done"}):
            return
        if isinstance(said, dict):
            shell = {key: value for key, value in said.items() if key not in TEXTS}
            self._shell = None if self._says(shell, MESSAGE_KEYS) else shell
        if self._shell is not None or isinstance(said, str):
            self._rest = item

    def _says(self, fields: dict[str, Any], known: Collection[str]) -> bool:
        """Whether any of the known fields says what is not known yet: a name that was held is."""
        return any(
            fields[key] is not None and fields[key] != self._names.get(key) for key in fields if key in known
        )

    def _again(self, text: str) -> Payload:
        """The last chunk once more, with another text."""
        item, said = self._whole
        grown = "thinking" if self._last is self._thinking else "content"
        if isinstance(said, dict):
            return {**item, self._place: {**said, grown: text}}
        return {**item, self._place: said, "thinking" if grown == "thinking" else self._place: text}


def _given(**fields: Any) -> dict[str, Any]:
    """The fields that are there."""
    return {key: value for key, value in fields.items() if value is not ABSENT}
