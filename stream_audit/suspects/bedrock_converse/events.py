"""Suspects that get the events of a Converse stream wrong: its beginning, its end, its failures.

The trap they share: the end of the message and its usage are two events, and
which of them comes last depends on the relay.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stream_audit.model import Message, Payload
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse

__all__ = ["CONVERSE_EVENTS"]

FINISH = ("finish_reason",)
USAGE = (
    *("usage.input_tokens", "usage.output_tokens", "usage.total_tokens"),
    *("usage.cache_read_tokens", "usage.cache_write_tokens"),
)


class ReadsUntilMessageStop(TextbookConverse):
    """Stops reading at ``messageStop`` and misses the usage that follows.

    In the wild: ``break`` where the reason arrives, or a last event that is sent there with whatever usage
    is known by then: none.
    """

    name = "reads-until-message-stop"
    failure = "usage-after-stop-event"
    touches = ("content", "parts", "extra", "error", "service_tier", *USAGE)
    widespread = True
    sources = (
        "https://github.com/Effect-TS/effect/pull/6272",
        "https://github.com/lastmile-ai/mcp-agent/pull/634",
    )
    stopped = False

    def add(self, payload: Payload) -> None:
        if not self.stopped:
            super().add(payload)
        self.stopped = self.stopped or "messageStop" in payload


class MetadataEndsStream(TextbookConverse):
    """Takes ``metadata`` for the end: what comes behind it is not read.

    In the wild: ``if "metadata" in event: ...; return``, as Bedrock itself sends it last. Behind a relay
    that sends it earlier the answer has no reason to have stopped.
    """

    name = "metadata-ends-stream"
    failure = "terminal-not-synced"
    touches = ("content", "parts", "extra", "error", *FINISH, *USAGE)
    sources = ("https://github.com/anomalyco/opencode/pull/46065",)
    told = False

    def add(self, payload: Payload) -> None:
        if not self.told:
            super().add(payload)
        self.told = self.told or "metadata" in payload


class EndTurnFabricated(TextbookConverse):
    """Reports ``end_turn`` when the stream ended without any reason.

    In the wild: ``stop_reason = "end_turn"`` before the loop. An answer that was cut off passes for a whole
    one.
    """

    name = "end-turn-fabricated"
    failure = "finish-fabricated-on-truncation"
    touches = FINISH
    sources = (
        "https://github.com/NousResearch/hermes-agent/pull/109989",
        "https://github.com/anomalyco/opencode/pull/46065",
    )

    def finish_reason(self) -> str | None:
        return self.stop_reason or "end_turn"


class EndTurnByDefault(TextbookConverse):
    """Reads every reason that it does not know as ``end_turn``.

    In the wild: ``REASONS.get(reason, "stop")`` with three or four of Amazon's nine. An answer that a
    guardrail replaced passes for the model's own.
    """

    name = "end-turn-by-default"
    failure = "finish-incomplete-mapping"
    touches = FINISH
    sources = (
        "https://github.com/mozilla-ai/any-llm/pull/1358",
        "https://github.com/camel-ai/camel/issues/4261",
    )

    def finish_reason(self) -> str | None:
        known = ("end_turn", "max_tokens", "stop_sequence", "tool_use", None)
        return self.stop_reason if self.stop_reason in known else "end_turn"


class ExceptionSwallowed(TextbookConverse):
    """Ignores an exception inside the stream; what came before it passes for the whole answer.

    In the wild: ``_ => {}`` behind the events of a message, or a reader of frames that lets only those
    through whose ``:message-type`` is ``event``. The status was 200 long before.
    """

    name = "exception-swallowed"
    failure = "error-event-ignored"
    kin = ("end-turn-fabricated", "no-metadata-as-zero", "unstopped-block-dropped")
    touches = ("error",)
    sources = (
        "https://github.com/anomalyco/opencode/pull/38712",
        "https://github.com/aaif-goose/goose/pull/9579",
    )

    def final_error(self) -> dict[str, Any] | None:
        return None


class UnknownMemberCrash(TextbookConverse):
    """Fails on an event that it does not know; Amazon adds to the union as it goes.

    In the wild: ``else: raise ValueError(event)``, or a match over a closed union.
    """

    name = "unknown-member-crash"
    failure = "unknown-event"
    touches = ()
    sources = ("https://github.com/Effect-TS/effect/pull/8333",)

    def on_unknown(self, key: str, value: Any) -> None:
        raise ValueError(f"unexpected event {key!r}")


class MessageStartRequired(TextbookConverse):
    """Has no role when no ``messageStart`` named one.

    In the wild: ``message["role"] = event["messageStart"]["role"]``, and nowhere else. Recorders and relays
    begin with the first block, and a message without a role is refused in the next turn.
    """

    name = "message-start-required"
    failure = "role-never-sent"
    touches = ("role",)
    sources = (
        "https://github.com/BerriAI/litellm/pull/37781",
        "https://github.com/lemonade-sdk/lemonade/issues/350",
    )

    def message(self) -> Message:
        return replace(super().message(), role=self.role)


class AdditionalFieldsDropped(TextbookConverse):
    """Takes the reason out of ``messageStop`` and drops the rest of it.

    In the wild: ``reason = event["messageStop"]["stopReason"]``. The fields that the request asked for,
    which sequence stopped the answer say, stand beside it.
    """

    name = "additional-fields-dropped"
    failure = "extension-fields-dropped"
    touches = ("extra",)
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def keep_event_fields(self, event: dict[str, Any], known: frozenset[str]) -> None:
        if "stopReason" not in known:
            super().keep_event_fields(event, known)


class TierObjectLost(TextbookConverse):
    """Looks for a name of the tier and finds an object.

    In the wild: ``tier = metadata.get("serviceTier")`` and ``if isinstance(tier, str)``. The tier changes
    the price.
    """

    name = "tier-object-lost"
    failure = "fingerprint-tier-lost"
    touches = ("service_tier",)
    sources = (
        "https://github.com/maximhq/bifrost/issues/1056",
        "https://github.com/envoyproxy/ai-gateway/pull/1811",
    )

    def take_tier(self, event: dict[str, Any]) -> None:
        pass


CONVERSE_EVENTS: tuple[type[TextbookConverse], ...] = (
    ReadsUntilMessageStop,
    MetadataEndsStream,
    EndTurnFabricated,
    EndTurnByDefault,
    ExceptionSwallowed,
    UnknownMemberCrash,
    MessageStartRequired,
    AdditionalFieldsDropped,
    TierObjectLost,
)
