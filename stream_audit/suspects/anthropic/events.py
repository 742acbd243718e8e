"""Suspects that get the events of an Anthropic message wrong: its start, its end, and what is new.

The families beside it: ``anthropic_blocks`` (text, thinking, citations),
``anthropic_tools`` and ``anthropic_usage``.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Message, Payload
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic

__all__ = ["ANTHROPIC_EVENTS"]

FINISH = ("finish_reason",)


class StopReasonNullResets(TextbookAnthropic):
    """Assigns the stop reason of every ``message_delta``, also a null one.

    Such code says ``message.stop_reason = delta.stop_reason``; a second ``message_delta`` that only
    corrects usage erases the reason.
    """

    name = "stop-reason-null-resets"
    failure = "finish-emitted-twice"
    kin = ("usage-last-report-only",)
    touches = FINISH
    sources = ("https://github.com/RayBytes/ChatMock/pull/114",)

    def take_stop_reason(self, fields: dict[str, Any]) -> None:
        """Null is taken for a reason."""
        super().take_stop_reason(fields)
        if fields.get("stop_reason", "") is None:
            self.stop_reason = None


class StopReasonFabricated(TextbookAnthropic):
    """Reports ``end_turn`` when the stream ended without any reason.

    Such code says ``stop_reason or "end_turn"``. An answer that was cut off passes for a whole one.
    """

    name = "stop-reason-fabricated"
    failure = "finish-fabricated-on-truncation"
    touches = FINISH
    sources = (
        "https://github.com/NVIDIA/TensorRT-LLM/pull/18289",
        "https://github.com/NousResearch/hermes-agent/issues/109988",
    )

    def finish_reason(self) -> str | None:
        """All is well."""
        return self.stop_reason or "end_turn"


class StopReasonDefaulted(TextbookAnthropic):
    """Reads every stop reason that it does not know as ``end_turn``.

    Such code maps with a table: ``REASONS.get(reason, "end_turn")``. ``refusal`` and ``pause_turn`` are
    younger than most tables.
    """

    name = "stop-reason-defaulted"
    failure = "finish-incomplete-mapping"
    touches = FINISH
    sources = (
        "https://github.com/BerriAI/litellm/pull/37710",
        "https://github.com/metabase/metabase/pull/80959",
    )

    def finish_reason(self) -> str | None:
        """One of the first four."""
        known = ("end_turn", "max_tokens", "stop_sequence", "tool_use", None)
        return self.stop_reason if self.stop_reason in known else "end_turn"


class StopReasonNotSurfaced(TextbookAnthropic):
    """Looks for the stop reason in the first ``message_delta`` only.

    Such code takes that event for the one at the end. Where a server reports usage on the way, the
    reason comes with a later one.
    """

    name = "stop-reason-not-surfaced"
    failure = "finish-not-surfaced"
    touches = FINISH
    sources = (
        "https://github.com/0xPlaygrounds/rig/issues/2248",
        "https://github.com/symfony/ai/issues/2194",
    )
    deltas = 0

    def on_message_delta(self, payload: Payload) -> None:
        """Count them."""
        self.deltas += 1
        super().on_message_delta(payload)

    def take_stop_reason(self, fields: dict[str, Any]) -> None:
        """At the start and in the first delta."""
        if self.deltas <= 1:
            super().take_stop_reason(fields)


class ReadsUntilStopReason(TextbookAnthropic):
    """Stops reading at the first stop reason, and misses the usage that follows.

    Such code has a ``break`` where the reason arrives.
    """

    name = "reads-until-stop-reason"
    failure = "finish-early-exit"
    touches = (
        "content",
        "parts",
        "error",
        "extra",
        "usage.input_tokens",
        "usage.output_tokens",
        "usage.cache_read_tokens",
        "usage.cache_write_tokens",
        "usage.reasoning_tokens",
    )
    sources = (
        "https://github.com/maximhq/bifrost/issues/191",
        "https://github.com/agentjido/req_llm/issues/781",
    )

    def add(self, payload: Payload) -> None:
        """Nothing once there is a reason."""
        if self.stop_reason is None:
            super().add(payload)


class PingCrash(TextbookAnthropic):
    """Fails on ``ping``: every event is expected to carry a message, a delta or an index.

    Such code says ``event["index"]`` before it looks at the type.
    """

    name = "ping-crash"
    failure = "unknown-event"
    touches = ()
    sources = ("https://github.com/Effect-TS/effect/pull/8333",)

    def on_ping(self, payload: Payload) -> None:
        """Look for what is not there."""
        raise KeyError("index")


class UnknownEventCrash(TextbookAnthropic):
    """Fails on an event type it does not know; the format promises that new ones will come.

    Such code ends its switch with ``throw new Error(...)`` or validates against a closed union.
    """

    name = "unknown-event-crash"
    failure = "unknown-event"
    touches = ()
    sources = (
        "https://github.com/Effect-TS/effect/pull/8333",
        "https://github.com/microsoft/agent-framework/issues/5029",
    )

    def on_unknown_event(self, payload: Payload) -> None:
        """Refuse it."""
        raise ValueError(f"unexpected event type {payload.get('type')!r}")


class ErrorSwallowed(TextbookAnthropic):
    """Ignores the ``error`` event; what came before it passes for the whole answer.

    Such code handles the events of a message. The status was 200, so no exception was due.
    """

    name = "error-swallowed"
    failure = "error-event-ignored"
    kin = (
        "stop-reason-fabricated",
        "usage-lost-without-stop",
    )
    touches = ("error",)
    sources = (
        "https://github.com/farzaa/clicky/issues/132",
        "https://github.com/apache/rocketmq-dashboard/issues/2178",
    )

    def final_error(self) -> dict[str, Any] | None:
        """None that anybody heard of."""
        return None


class RepeatedStartWipes(TextbookAnthropic):
    """Begins a new message at every ``message_start``, also when the running one is announced again.

    Such code says ``message = event.message``. A proxy that repeats the event loses what came before.
    """

    name = "repeated-start-wipes"
    failure = "events-duplicated"
    touches = ("content", "reasoning", "tool_calls", "parts", "annotations")
    sources = ("https://github.com/maximhq/bifrost/pull/1257",)

    def on_repeated_start(self, message: dict[str, Any]) -> None:
        """Everything from the beginning."""
        super().on_repeated_start(message)
        self.blocks, self.by_index = [], {}


class MessageRoleRequired(TextbookAnthropic):
    """Fails when the message names no role.

    Such code validates ``message_start`` against the full schema of a message.
    """

    name = "message-role-required"
    failure = "role-never-sent"
    touches = ()
    sources = (
        "https://github.com/BerriAI/litellm/pull/37781",
        "https://github.com/lemonade-sdk/lemonade/issues/350",
    )

    def message(self) -> Message:
        """Insist."""
        if self.role is None:
            raise KeyError("role")
        return super().message()


class MessageExtrasDropped(TextbookAnthropic):
    """Takes the stop reason out of ``message_delta`` and drops the rest of it.

    Such code knows two of its fields. ``container`` is needed to go on with the same files,
    ``stop_sequence`` to know where the answer stopped.
    """

    name = "message-extras-dropped"
    failure = "extension-fields-dropped"
    touches = ("extra",)
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def set_message_fields(self, fields: dict[str, Any], known: frozenset[str]) -> None:
        """Not asked for."""


ANTHROPIC_EVENTS: tuple[type[TextbookAnthropic], ...] = (
    StopReasonNullResets,
    StopReasonFabricated,
    StopReasonDefaulted,
    StopReasonNotSurfaced,
    ReadsUntilStopReason,
    PingCrash,
    UnknownEventCrash,
    ErrorSwallowed,
    RepeatedStartWipes,
    MessageRoleRequired,
    MessageExtrasDropped,
)
