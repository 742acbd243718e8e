"""Fold Anthropic Messages streams: a message that starts, blocks that grow, deltas on top.

Nearly every chunk is a piece of text for the block that the chunk before it
was for. ``AnthropicFold.add`` recognises just that case and appends; anything
else goes the long way, through the events, which decide all the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stream_audit.dialects.anthropic.events import NOWHERE, AnthropicEvents
from stream_audit.dialects.anthropic.usage import neutral_usage, ttl_contradiction
from stream_audit.dialects.text import join_text
from stream_audit.model import Choice, Folded, Message, Payload, Response

__all__ = ["AnthropicFold"]


class AnthropicFold(AnthropicEvents):
    """A fold of one message in progress."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        first = self._at
        append, index, kind, key = self._text.append, self._index, self._kind, self._key
        restless, size = self._restless, 3 + len(self._restless)
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        for at, item in enumerate(items, first):
            if item.__class__ is str:
                append(item)
                if self._stopped:
                    self._at = at
                    self._note("events-out-of-order", "", "'content_block_delta' after 'message_stop'")
                continue
            try:
                if item["type"] == "content_block_delta" and item["index"] is index and len(item) == size:
                    delta = item["delta"]
                    if delta["type"] == kind and len(delta) == 2:
                        text = delta[key]
                        if text.__class__ is str:
                            for name in restless:
                                restless[name](item[name])
                            append(text)
                            continue
            except (KeyError, TypeError):
                pass  # not that case; the long way knows what it is
            self._at = at
            self._text.settle()
            self._index = NOWHERE
            try:
                self._event(item)
            except RecursionError:
                self._note("unknown-event", "", "nested too deeply")
            append, index, kind, key = self._text.append, self._index, self._kind, self._key
            size = 3 + len(restless)
        self._at = first + len(items)
        self._text.settle()

    def response(self) -> Response:
        """The response so far."""
        blocks = self._blocks
        parts = tuple(block.part() for block in blocks)
        message = Message(
            role=self._names.get("role", "assistant"),
            content=self._joined("text"),
            reasoning=self._joined("thinking"),
            tool_calls=tuple(block.tool_call() for block in blocks if block.kind == "tool_use"),
            parts=parts,
            annotations=tuple(
                citation
                for block in blocks
                for citation in block.citations or ()
                if isinstance(citation, dict)
            ),
            extra=self._message_extra.fields(),
        )
        return Response(
            id=self._names.get("id"),
            model=self._names.get("model"),
            choices=(Choice(message=message, finish_reason=self._names.get("stop_reason")),),
            usage=None if self._usage is None else neutral_usage(self._usage),
            error=self._error,
            extra={**self._extra.fields(), **self._message_fields},
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done`` says nothing here: this dialect ends with ``message_stop``."""
        self._at = -1
        response = self.response()
        self._note_inputs(response.choices[0].message.parts)
        if self._usage is not None and (contradiction := ttl_contradiction(self._usage)):
            self._note("cache-ttl-contradiction", "usage.cache_write_tokens", contradiction)
        complete = self._stopped and self._error is None
        if "stop_reason" not in self._names:
            self._note("finish-missing", "choices[0].finish_reason", "no stop_reason in the whole stream")
        if not complete:
            missing = "an error event" if self._stopped else "no 'message_stop'"
            self._note("truncation-undetected", "", missing)
        return Folded(response, complete, tuple(self.notes))

    def _joined(self, key: str) -> str | None:
        """The texts of all blocks of the type that is named like its text."""
        said = [block.said(key) for block in self._blocks if block.kind == key]
        return join_text(said) if said else None

    def _note_inputs(self, parts: Sequence[Mapping[str, Any]]) -> None:
        lost = self._names.get("stop_reason") == "tool_use"
        rule = "tool-args-tail-lost" if lost else "tool-args-truncated-accepted"
        calls = 0
        for position, (block, part) in enumerate(zip(self._blocks, parts, strict=True)):
            field = f"parts[{position}].input"
            if block.kind == "tool_use":
                field = f"tool_calls[{calls}].arguments"
                calls += 1
            text = part.get("input")
            # A part shows the text itself only where it is no JSON: parsed, it would have lost its quotes.
            if isinstance(text, str) and text and text == block.arguments():
                self._note(rule, f"choices[0].message.{field}", "not JSON")
            elif block.fields.get("input") and block.unwritten(block.arguments()):
                self._note("unknown-event", f"choices[0].message.{field}", "nested too deeply to be written")
