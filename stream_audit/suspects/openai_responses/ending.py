"""Suspects that get the response around the items wrong: its end, its failure, its names, and what is new."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Message, Payload
from stream_audit.suspects.openai_responses.textbook import TextbookResponses

__all__ = ["RESPONSES_ENDING"]

FINISH = ("finish_reason",)
USAGE = (
    *("usage.input_tokens", "usage.output_tokens", "usage.total_tokens", "usage.cache_read_tokens"),
    *("usage.cache_write_tokens", "usage.reasoning_tokens"),
)
EVERYTHING = (
    *("content", "refusal", "reasoning", "parts", "tool_calls", "annotations", "logprobs", "finish_reason"),
    *("service_tier", "error", "extra", "role", "audio", "id", "model", "created"),
    *USAGE,
)


class CompletedByDefault(TextbookResponses):
    """Reports ``completed`` when the stream ended without any closing event.

    In the wild: ``status = "completed"`` before the loop. An answer that was cut off passes for a whole one.
    """

    name = "completed-by-default"
    failure = "finish-fabricated-on-truncation"
    kin = ("usage-missing-as-zero",)
    touches = FINISH
    sources = (
        "https://github.com/NVIDIA/TensorRT-LLM/pull/18289",
        "https://github.com/NousResearch/hermes-agent/issues/109988",
    )

    def finish_reason(self) -> str | None:
        return super().finish_reason() or "completed"


class IncompleteAsCompleted(TextbookResponses):
    """Reads ``response.incomplete`` as the end of a whole answer.

    In the wild: ``case "response.completed" | "response.incomplete": return "stop"``. Half an answer is
    stored as all of it.
    """

    name = "incomplete-as-completed"
    failure = "finish-incomplete-mapping"
    kin = ("incomplete-as-failure", "incomplete-without-reason", "usage-of-completed-only")
    touches = FINISH
    sources = ("https://github.com/metabase/metabase/pull/80959",)

    def closing_word(self, kind: str, response: dict[str, Any]) -> str:
        return "completed" if kind == "response.incomplete" else super().closing_word(kind, response)


class IncompleteWithoutReason(TextbookResponses):
    """Says that an answer is incomplete, and not why: for want of tokens, or by a filter.

    In the wild: ``finish_reason = response.status``. One of the two can be asked to go on.
    """

    name = "incomplete-without-reason"
    failure = "finish-not-surfaced"
    kin = ("incomplete-as-completed", "incomplete-as-failure", "usage-of-completed-only")
    touches = FINISH
    sources = (
        "https://github.com/0xPlaygrounds/rig/issues/2248",
        "https://github.com/symfony/ai/issues/2194",
    )

    def closing_word(self, kind: str, response: dict[str, Any]) -> str:
        return self.name_in(response, "status") or kind.rpartition(".")[2]


class IncompleteAsFailure(TextbookResponses):
    """Takes an answer that ran into its limit for a failure, and throws it away.

    In the wild: ``if event.type in ("response.failed", "response.incomplete"): raise APIError``.
    """

    name = "incomplete-as-failure"
    failure = "finish-incomplete-mapping"
    kin = ("incomplete-as-completed", "incomplete-without-reason", "usage-of-completed-only")
    touches = ()
    sources = ("https://github.com/BerriAI/litellm/pull/37710",)

    def on_closing(self, kind: str, response: dict[str, Any]) -> None:
        if kind == "response.incomplete":
            raise RuntimeError("response.incomplete")
        super().on_closing(kind, response)


class ReadsUntilTextDone(TextbookResponses):
    """Stops reading where the first text is done.

    In the wild: ``if event.type == "response.output_text.done": break``. Whatever follows is lost: more
    text, calls, the usage.
    """

    name = "reads-until-text-done"
    failure = "finish-early-exit"
    kin = ("first-part-only",)
    touches = EVERYTHING
    sources = (
        "https://github.com/maximhq/bifrost/issues/191",
        "https://github.com/agentjido/req_llm/issues/781",
    )
    over = False

    def add(self, payload: Payload) -> None:
        if not self.over:
            super().add(payload)
        self.over = self.over or payload.get("type") == "response.output_text.done"


class FailureSwallowed(TextbookResponses):
    """Ignores the failure; what came before it passes for the whole answer.

    In the wild: branches for what an answer consists of. The status was 200, so no exception was due.
    """

    name = "failure-swallowed"
    failure = "error-event-ignored"
    kin = ("usage-of-completed-only",)
    touches = ("error",)
    sources = (
        "https://github.com/farzaa/clicky/issues/132",
        "https://github.com/apache/rocketmq-dashboard/issues/2178",
    )

    def final_error(self) -> dict[str, Any] | None:
        return None


class KeepaliveCrash(TextbookResponses):
    """Fails on ``keepalive``, which no documentation names and long requests are sent.

    In the wild: ``default: throw new Error(`Unhandled response stream event: ...`)``.
    """

    name = "keepalive-crash"
    failure = "unknown-event"
    touches = ()
    sources = (
        "https://github.com/openai/openai-node/issues/1964",
        "https://github.com/openai/openai-java/issues/767",
    )

    def on_keepalive(self, payload: Payload) -> None:
        raise ValueError("unhandled event: keepalive")


class NovelEventCrash(TextbookResponses):
    """Fails on an event type that it does not know; the API gets new ones with every tool.

    In the wild: events are validated against a closed union.
    """

    name = "novel-event-crash"
    failure = "unknown-event"
    touches = ()
    sources = (
        "https://github.com/OpenRouterTeam/python-sdk/issues/266",
        "https://github.com/microsoft/agent-framework/issues/5029",
    )

    def on_unknown_event(self, payload: Payload) -> None:
        raise ValueError(f"unexpected event type {payload.get('type')!r}")


class IdOfLastSnapshot(TextbookResponses):
    """Takes the id of the last event that has one.

    In the wild: ``response_id = event.response.id`` in a branch for all of them. With a gateway that makes
    ids up, the next turn names a response that nobody knows.
    """

    name = "id-of-last-snapshot"
    failure = "id-changes"
    touches = ("id",)
    sources = ("https://github.com/BerriAI/litellm/pull/38106",)

    def take_identity(self, response: dict[str, Any]) -> None:
        self.id = self.name_in(response, "id") or self.id
        super().take_identity(response)


class TierAskedFor(TextbookResponses):
    """Keeps the service tier of ``response.created``, which is the one that was asked for.

    In the wild: the first response object is kept and only its output and usage are updated. ``auto`` has
    no price.
    """

    name = "tier-asked-for"
    failure = "fingerprint-tier-lost"
    touches = ("service_tier",)
    sources = ()

    def take_tier(self, response: dict[str, Any]) -> None:
        self.service_tier = self.service_tier or self.name_in(response, "service_tier")


class ItemRoleRequired(TextbookResponses):
    """Fails when a message names no role.

    In the wild: an item is validated against the full schema of a message.
    """

    name = "item-role-required"
    failure = "role-never-sent"
    touches = ()
    sources = ("https://github.com/BerriAI/litellm/pull/37781",)

    def message(self) -> Message:
        if self.role is None and any(item.type == "message" for item in self.in_order()):
            raise KeyError("role")
        return super().message()


class ResponseFieldsDropped(TextbookResponses):
    """Rebuilds the response from the fields that it knows.

    In the wild: a dataclass with eight fields. ``conversation`` and ``metadata`` are needed to go on.
    """

    name = "response-fields-dropped"
    failure = "extension-fields-dropped"
    touches = ("extra",)
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def on_response(self, payload: Payload, kind: str) -> None:
        super().on_response(payload, kind)
        self.response_fields = {}


RESPONSES_ENDING: tuple[type[TextbookResponses], ...] = (
    CompletedByDefault,
    IncompleteAsCompleted,
    IncompleteWithoutReason,
    IncompleteAsFailure,
    ReadsUntilTextDone,
    FailureSwallowed,
    KeepaliveCrash,
    NovelEventCrash,
    IdOfLastSnapshot,
    TierAskedFor,
    ItemRoleRequired,
    ResponseFieldsDropped,
)
