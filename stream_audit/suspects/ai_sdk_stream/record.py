"""Suspects that get the rest of a record wrong: its text, its tool calls, its end."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload
from stream_audit.suspects.ai_sdk_stream.textbook import TextbookWriter

__all__ = ["AI_SDK_RECORD"]


class UncollectedRecorded(TextbookWriter):
    """Records what was to be streamed only.

    In the wild: a record made of the events that went to the browser.
    """

    name = "uncollected-recorded"
    failure = "uncollected-recorded"
    touches = ("content", "reasoning", "tool_calls", "parts", "annotations")

    def is_recorded(self, given: dict[str, Any]) -> bool:
        return True


class StoreExcludeIgnored(TextbookWriter):
    """Records, and counts, the marks that were to be left out of the record.

    In the wild: the same again, a record made of what was streamed.
    """

    name = "store-exclude-ignored"
    failure = "uncollected-recorded"
    touches = ("content", "reasoning", "usage.output_tokens", "usage.total_tokens", "usage.reasoning_tokens")

    def stored(self, delta: str) -> str:
        return delta


class FinishedInputOpensCall(TextbookWriter):
    """Takes the whole input of a call that was started without for another call.

    In the wild: ``calls.append(...)`` for each event that carries a tool's name.
    """

    name = "finished-input-opens-call"
    failure = "tool-fragments-not-merged"
    touches = ("tool_calls",)

    def on_tool_input(self, identity: str | None, given: dict[str, Any]) -> None:
        self.record_tool(identity, given["tool_name"], given["input"])


class LateFinishWins(TextbookWriter):
    """Takes the finish reason of the last ``finish``, though the first one ended the stream.

    In the wild: ``finally: await ctx.finish()``, with its default reason, over whatever was said before.
    """

    name = "late-finish-wins"
    failure = "finish-emitted-twice"
    touches = ("finish_reason",)

    def on_another_end(self, payload: Payload) -> None:
        super().on_another_end(payload)
        if payload.get("op") == "finish":
            self.finish_reason = payload.get("finish_reason") or "stop"


class AbortAsFinish(TextbookWriter):
    """Gives an answer that was aborted the finish reason of a whole one.

    In the wild: ``finish_reason: str = "stop"`` as the default of the record's field.
    """

    name = "abort-as-finish"
    failure = "finish-fabricated-on-truncation"
    touches = ("finish_reason",)

    def final_reason(self) -> str | None:
        return self.finish_reason or "stop"


AI_SDK_RECORD: tuple[type[TextbookWriter], ...] = (
    UncollectedRecorded,
    StoreExcludeIgnored,
    FinishedInputOpensCall,
    LateFinishWins,
    AbortAsFinish,
)
