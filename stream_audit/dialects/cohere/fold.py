"""Fold Cohere's chat streams: a message that starts, blocks and calls that grow, counts at its end.

Nearly every chunk is a piece of text for the block that the chunk before it
was for. ``CohereFold.add`` recognises just that case and appends; anything
else goes the long way, through the events, which decide all the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.cohere.events import CohereEvents
from stream_audit.dialects.cohere.opened import NOWHERE
from stream_audit.dialects.cohere.usage import neutral_usage
from stream_audit.model import Choice, Folded, Message, Payload, Response

__all__ = ["CohereFold"]


class CohereFold(CohereEvents):
    """A fold of one message in progress."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        noting, spot = self._noting, self._spot
        first = noting.at
        append, index, key = spot.text.append, spot.index, spot.key
        restless, size = self._restless, 3 + len(self._restless)
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        for at, item in enumerate(items, first):
            if item.__class__ is str:
                append(item)
                if self._ended:
                    noting.at = at
                    noting.note("events-out-of-order", "", f"{self._late!r} after 'message-end'")
                continue
            try:
                if item["type"] == "content-delta" and item["index"] is index and len(item) == size:
                    delta = item["delta"]
                    message = delta["message"]
                    content = message["content"]
                    text = content[key]
                    if len(delta) == len(message) == len(content) == 1 and text.__class__ is str:
                        for name in restless:
                            restless[name](item[name])
                        append(text)
                        continue
            except (KeyError, TypeError):
                pass  # not that case; the long way knows what it is
            noting.at, spot.index = at, NOWHERE
            try:
                self._event(item)
            except RecursionError:
                noting.note("unknown-event", "", "nested too deeply")
            if self._ended:
                spot.index = NOWHERE  # every further event is noted
            append, index, key = spot.text.append, spot.index, spot.key
            size = 3 + len(restless)
        noting.at = first + len(items)
        spot.text.compact()

    def response(self) -> Response:
        """The response so far."""
        message = Message(
            role=self._names.get("role", "assistant"),
            content=self._blocks.joined("text"),
            reasoning=self._blocks.joined("thinking", self._plan),
            tool_calls=tuple(call.tool_call() for call in self._calls.opened),
            parts=tuple(block.part() for block in self._blocks.opened),
            annotations=tuple(self._citations),
            extra=self._message_extra.fields(),
        )
        choice = Choice(
            message=message,
            finish_reason=self._names.get("finish_reason"),
            logprobs={"content": list(self._logprobs)} if self._logprobs else None,
        )
        return Response(
            id=self._names.get("id"),
            choices=(choice,),
            usage=None if self._usage is None else neutral_usage(self._usage),
            error=self._error,
            extra=self._extra.fields(),
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done``: its ``[DONE]`` was read, which not everybody records."""
        self._noting.at = -1
        finish = self._names.get("finish_reason")
        self._calls.note_arguments(finish)
        if finish is None:
            self._noting.note(
                "finish-missing", "choices[0].finish_reason", "no finish reason in the whole stream"
            )
        missing = self._missing(done)
        if missing is not None:
            self._noting.note("truncation-undetected", "", missing)
        return Folded(self.response(), missing is None, tuple(self.notes))

    def _missing(self, done: bool) -> str | None:
        """What the stream lacks to be complete."""
        if not self._ended:
            return "no 'message-end'"
        if self._error is not None:
            return "an error"
        return None if done or self._policies.done_marker == "optional" else "no '[DONE]'"
