"""Suspects that get the fields about the response as a whole wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload, Response, ToolCall
from stream_audit.suspects.openai.textbook import TextbookChat
from stream_audit.suspects.openai.textbook_state import CallSoFar

__all__ = ["IDENTITY"]

CONCATENATED = (
    "https://github.com/langchain-ai/langchain/issues/38366",
    "https://github.com/langchain-ai/langchain/issues/36993",
)


class IdentitySuspect(TextbookChat):
    """What all suspects of this family have in common."""

    dialects: ClassVar[tuple[str, ...]] = ("openai-chat", "openai-completions")


class IdLastWins(IdentitySuspect):
    """Takes the id of the last chunk.

    In the wild: ``response.id = chunk.id`` in the loop.
    """

    name = "id-last-wins"
    failure = "id-changes"
    touches = ("id",)
    sources = (
        "https://github.com/BerriAI/litellm/pull/38106",
        "https://github.com/sgl-project/sglang/issues/39864",
    )

    def scalar(self, key: str, value: Any) -> None:
        super().scalar(key, value)
        if key == "id":
            self.scalars["id"] = value


class IdEmptyWins(IdentitySuspect):
    """Takes the empty id and model of a preamble, because they came first.

    In the wild: ``Response(id=chunks[0].id, model=chunks[0].model)``.
    """

    name = "id-empty-wins"
    failure = "id-empty-preamble"
    touches = ("id", "model")
    sources = (
        "https://github.com/openai/openai-node/pull/1982",
        "https://github.com/BerriAI/litellm/pull/11006",
    )

    def identity(self, payload: Payload) -> None:
        for key in ("id", "model"):
            if isinstance(payload.get(key), str):
                self.scalars.setdefault(key, payload[key])
        super().identity(payload)


class ModelLastWins(IdentitySuspect):
    """Takes the model of the last chunk.

    In the wild: ``response.model = chunk.model`` in the loop.
    """

    name = "model-last-wins"
    failure = "model-changes"
    touches = ("model",)

    def scalar(self, key: str, value: Any) -> None:
        super().scalar(key, value)
        if key == "model":
            self.scalars["model"] = value


class CreatedLastWins(IdentitySuspect):
    """Takes the time of the last chunk.

    In the wild: ``response.created = chunk.created`` in the loop.
    """

    name = "created-last-wins"
    failure = "created-changes"
    touches = ("created",)
    sources = ("https://github.com/sgl-project/sglang/issues/39864",)

    def scalar(self, key: str, value: Any) -> None:
        super().scalar(key, value)
        if key == "created":
            self.scalars["created"] = value


class CreatedSummed(IdentitySuspect):
    """Adds up the times of all chunks.

    In the wild: a generic merge that adds up every number of a chunk.
    """

    name = "created-summed"
    failure = "metadata-int-summed"
    touches = ("created",)
    widespread = True

    def scalar(self, key: str, value: Any) -> None:
        if key == "created":
            self.scalars[key] = self.scalars.get(key, 0) + value
        else:
            super().scalar(key, value)


class MetadataConcatenated(IdentitySuspect):
    """Appends model, fingerprint and tier of every chunk: ``gpt-4ogpt-4o``.

    In the wild: a generic merge that adds up every string of a chunk.
    """

    name = "metadata-concatenated"
    failure = "metadata-string-concat"
    touches = ("model", "system_fingerprint", "service_tier")
    sources = CONCATENATED
    widespread = True

    def scalar(self, key: str, value: Any) -> None:
        if key in ("model", "system_fingerprint", "service_tier"):
            self.scalars[key] = self.scalars.get(key, "") + value
        else:
            super().scalar(key, value)


class FingerprintTierLost(IdentitySuspect):
    """Answers without fingerprint and tier.

    In the wild: a result type that has no fields for them.
    """

    name = "fingerprint-tier-lost"
    failure = "fingerprint-tier-lost"
    touches = ("system_fingerprint", "service_tier")

    def scalar(self, key: str, value: Any) -> None:
        if key in ("id", "model", "created"):
            super().scalar(key, value)


class UnknownFieldsDropped(IdentitySuspect):
    """Drops every field it does not know: citations, signatures, filter results.

    In the wild: a parsed type that ignores what it has no field for.
    """

    name = "unknown-fields-dropped"
    failure = "extension-fields-dropped"
    touches = ("extra",)
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def result(self) -> Response:
        self.extra.runs.clear()
        for choice in self.by_index.values():
            choice.extra.runs.clear()
            choice.message_extra.runs.clear()
        return super().result()

    def tool_call(self, call: CallSoFar) -> ToolCall:
        call.extra.runs.clear()
        return super().tool_call(call)


class ErrorIgnored(IdentitySuspect):
    """Passes over an error that comes inside the stream, as if the answer had ended well.

    In the wild: ``if "choices" not in chunk: continue``.
    """

    name = "error-ignored"
    failure = "error-event-ignored"
    touches = ("error",)
    sources = (
        "https://github.com/farzaa/clicky/issues/132",
        "https://github.com/apache/rocketmq-dashboard/issues/2178",
    )
    kin = ("finish-fabricated-stop",)

    def errors(self, payload: Payload) -> None:
        return


IDENTITY: tuple[type[TextbookChat], ...] = (
    IdLastWins,
    IdEmptyWins,
    ModelLastWins,
    CreatedLastWins,
    CreatedSummed,
    MetadataConcatenated,
    FingerprintTierLost,
    UnknownFieldsDropped,
    ErrorIgnored,
)
