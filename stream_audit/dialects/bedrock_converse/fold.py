"""Fold Converse streams: blocks that grow, an end, and a report of usage.

Nearly every chunk is a piece of text for the block that the chunk before it
was for. ``ConverseFold.add`` recognises just that case and appends; anything
else goes the long way, through the events, which decide all the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.bedrock_converse.blocks import ReasoningBlock, TextBlock, ToolBlock
from stream_audit.dialects.bedrock_converse.events import ConverseEvents
from stream_audit.dialects.bedrock_converse.usage import neutral_usage, usage_remarks
from stream_audit.dialects.echoed import run_of_echoes
from stream_audit.dialects.text import join_text
from stream_audit.model import Choice, Folded, Message, Payload, Response

__all__ = ["ConverseFold"]


class ConverseFold(ConverseEvents):
    """A fold of one response in progress."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        noting = self._noting
        first = noting.at
        append, index, kind, key = self._text.append, self._index, self._kind, self._key
        place, count = 0, len(items)
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        while place < count:
            item = items[place]
            if item.__class__ is str:
                texts = run_of_echoes(items, place)
                self._text.parts += texts
                if self._late:
                    self._repeat(self._late, range(first + place, first + place + len(texts)))
                place += len(texts)
                continue
            try:
                event = item["contentBlockDelta"]
                if (
                    event["contentBlockIndex"] is index
                    and len(event) == 2 + ("p" in event)
                    and len(item) == 1
                ):
                    said = event["delta"]
                    if len(said) == 1:
                        said = said[kind]
                        if key:
                            said = said[key] if len(said) == 1 else None
                        if said.__class__ is str:
                            append(said)
                            place += 1
                            continue
            except (KeyError, TypeError):
                pass  # not that case; the long way knows what it is
            noting.at = first + place
            self._text.compact()
            try:
                self._chunk(item)
            except RecursionError:
                noting.note("unknown-event", "", "nested too deeply")
            append, index, kind, key = self._text.append, self._index, self._kind, self._key
            place += 1
        noting.at = first + len(items)
        self._text.compact()

    def _repeat(self, late: Sequence[str], echoes: range) -> None:
        """Note of chunks that repeat the one before what was out of order about that one."""
        for at in echoes:
            self._noting.at = at
            for detail in late:
                self._noting.note("events-out-of-order", "", detail)

    def response(self) -> Response:
        """The response so far."""
        blocks = self._blocks
        texts = [block for block in blocks if isinstance(block, TextBlock)]
        thoughts = [
            said
            for block in blocks
            if isinstance(block, ReasoningBlock) and (said := block.said()) is not None
        ]
        message = Message(
            role=self._names.get("role", "assistant"),
            content=join_text(block.said() for block in texts) if texts else None,
            reasoning=join_text(thoughts) if thoughts else None,
            tool_calls=tuple(
                block.call() for block in blocks if isinstance(block, ToolBlock) and block.called
            ),
            parts=tuple(block.part() for block in blocks),
            annotations=tuple(citation for block in texts for citation in block.citations),
            extra=self._message_extra.fields(),
        )
        return Response(
            choices=(Choice(message=message, finish_reason=self._names.get("stopReason")),),
            usage=None if self._usage is None else neutral_usage(self._usage),
            service_tier=self._names.get("service_tier"),
            error=self._error,
            extra=self._extra.fields(),
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done`` says nothing here: this dialect ends with ``messageStop``."""
        self._noting.at = -1
        response = self.response()
        self._note_inputs()
        if self._usage is None:
            self._noting.note("usage-absent", "usage", "no metadata reports usage")
        for remark in usage_remarks(self._usage or {}):
            self._noting.note(*remark)
        if "stopReason" not in self._names:
            self._noting.note(
                "finish-missing", "choices[0].finish_reason", "no stopReason in the whole stream"
            )
        complete = self._stopped and self._error is None
        if not complete:
            self._note_end()
        return Folded(response, complete, tuple(self.notes))

    def _note_end(self) -> None:
        if self._reported and not self._stopped:
            self._noting.note("terminal-not-synced", "", "'metadata' was sent and no 'messageStop'")
        else:
            self._noting.note(
                "truncation-undetected", "", "an exception" if self._stopped else "no 'messageStop'"
            )

    def _note_inputs(self) -> None:
        """Note inputs that are no JSON."""
        lost = self._names.get("stopReason") == "tool_use"
        rule = "tool-args-tail-lost" if lost else "tool-args-truncated-accepted"
        calls = 0
        for block in self._blocks:
            if not isinstance(block, ToolBlock):
                continue
            field = f"parts[{block.position}].toolUse.input"
            if block.called:
                field = f"tool_calls[{calls}].arguments"
                calls += 1
            text = block.arguments()
            # A part shows the text itself only where it is no JSON: parsed, it would have lost its quotes.
            if text and block.part()["toolUse"]["input"] == text:
                self._noting.note(rule, f"choices[0].message.{field}", "not JSON")
            elif block.unwritten(text):
                self._noting.note(
                    "unknown-event", f"choices[0].message.{field}", "nested too deeply to be written"
                )
