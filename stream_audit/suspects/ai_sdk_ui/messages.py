"""Suspects that get a UI message's frame wrong: its end, its id, its metadata, its counts."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.ai_sdk_ui.textbook import TextbookUI

__all__ = ["UI_MESSAGES"]


class StopByDefault(TextbookUI):
    """Gives an answer that has no reason to have ended the reason ``stop``.

    In the wild: ``finish_reason: str = "stop"`` as the default of the record's field.
    """

    name = "ui-stop-by-default"
    failure = "finish-fabricated-on-truncation"
    touches = ("finish_reason",)
    sources = ("https://github.com/NousResearch/hermes-agent/issues/109988",)

    def final_reason(self) -> str | None:
        return self.finish_reason or "stop"


class FinishNotSurfaced(TextbookUI):
    """Gives no reason: the message of the SDK has no place for one.

    In the wild: a ``UIMessage`` is kept and nothing else.
    """

    name = "ui-finish-not-surfaced"
    failure = "finish-not-surfaced"
    touches = ("finish_reason",)
    widespread = True
    sources = ("https://github.com/0xPlaygrounds/rig/issues/2248",)

    def final_reason(self) -> str | None:
        return None


class LastFinishWins(TextbookUI):
    """Takes the reason of the last ``finish``, also where nothing began behind the one before.

    In the wild: ``finish_reason = chunk.get("finishReason")``; the SDK's own state does it too.
    """

    name = "ui-last-finish-wins"
    failure = "finish-emitted-twice"
    touches = ("finish_reason",)
    sources = ("https://github.com/RayBytes/ChatMock/pull/114",)

    def on_finish(self, said: dict[str, Any]) -> None:
        self.finish_reason = None if said.get("finishReason") else self.finish_reason
        super().on_finish(said)


class EndsAtFinish(TextbookUI):
    """Reads nothing behind ``finish``.

    In the wild: ``if chunk["type"] == "finish": break``; data may follow, or a stream that was merged.
    """

    name = "ui-ends-at-finish"
    failure = "finish-early-exit"
    touches = (
        *("id", "error", "content", "reasoning", "tool_calls", "parts", "annotations", "finish_reason"),
        *("usage", "extra"),
    )
    sources = ("https://github.com/maximhq/bifrost/issues/191",)

    over = False

    def add(self, payload: Payload) -> None:
        if not self.over:
            super().add(payload)
        self.over = self.over or payload.get("type") == "finish"


class EndsAtFirstStep(TextbookUI):
    """Takes the end of the first step for the end of the answer.

    In the wild: ``if chunk["type"].startswith("finish"): break``; what the tools were called for comes later.
    """

    name = "ui-ends-at-first-step"
    failure = "finish-early-exit"
    touches = (
        *("id", "error", "content", "reasoning", "tool_calls", "parts", "annotations", "finish_reason"),
        *("usage", "extra"),
    )
    sources = ("https://github.com/BerriAI/litellm/pull/27139",)
    widespread = True

    over = False

    def add(self, payload: Payload) -> None:
        if not self.over:
            super().add(payload)
        self.over = self.over or payload.get("type") == "finish-step"


class ErrorSwallowed(TextbookUI):
    """Overlooks an error: the message looks whole.

    In the wild: the SDK hands it to ``onError``, and the message says nothing of it.
    """

    name = "ui-error-swallowed"
    failure = "error-event-ignored"
    touches = ("error",)
    sources = ("https://github.com/farzaa/clicky/issues/132",)

    def on_error(self, said: dict[str, Any]) -> None:
        pass


class LastIdWins(TextbookUI):
    """Takes the id of the last ``start``.

    In the wild: the SDK itself, when streams are merged that were not told to leave theirs out.
    """

    name = "ui-last-id-wins"
    failure = "id-changes"
    touches = ("id",)

    def on_start(self, said: dict[str, Any]) -> None:
        self.id = None if said.get("messageId") else self.id
        super().on_start(said)


class MetadataReplaced(TextbookUI):
    """Lets later metadata replace what was there, instead of laying it over.

    In the wild: ``message["metadata"] = chunk["messageMetadata"]``; the model was in that of ``start``.
    """

    name = "ui-metadata-replaced"
    failure = "extension-fields-dropped"
    touches = ("extra",)
    sources = ("https://github.com/ServiceNow/eva/pull/206",)

    def with_metadata(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return metadata


class UnknownFieldsDropped(TextbookUI):
    """Drops what the protocol does not have.

    In the wild: a message made of known keys.
    """

    name = "ui-unknown-fields-dropped"
    failure = "extension-fields-dropped"
    touches = ("extra",)

    def add(self, payload: Payload) -> None:
        kept = dict(self.extra.runs)
        super().add(payload)
        self.extra.runs = kept


class LastUsageOnly(TextbookUI):
    """Takes the last usage as a whole, though it has not all counts.

    In the wild: ``usage = metadata["usage"]`` whenever there is one.
    """

    name = "ui-last-usage-only"
    failure = "usage-field-union"
    touches = ("usage",)
    sources = ("https://github.com/pydantic/pydantic-ai/issues/5889",)

    def with_usage(self, report: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in report.items() if value is not None}


class UsageSummed(TextbookUI):
    """Adds up usage that is reported more than once.

    In the wild: ``total += metadata["usage"]["outputTokens"]`` for each metadata.
    """

    name = "ui-usage-summed"
    failure = "usage-cumulative-summed"
    touches = ("usage",)
    sources = ("https://github.com/open-webui/open-webui/issues/29064",)

    def with_usage(self, report: dict[str, Any]) -> dict[str, Any]:
        before, folded = self.usage or {}, super().with_usage(report)
        for key, value in report.items():
            if type(value) is int and type(before.get(key)) is int:
                folded[key] = before[key] + value
        return folded


class ReasoningAdded(TextbookUI):
    """Adds the tokens of thinking to those of the answer, which include them.

    In the wild: ``outputTokens + reasoningTokens``.
    """

    name = "ui-reasoning-tokens-added"
    failure = "reasoning-counted-twice"
    touches = ("usage.output_tokens",)
    sources = ("https://github.com/browser-use/browser-use/pull/4075",)

    def final_usage(self) -> Usage | None:
        return _with(super().final_usage(), "output_tokens", "reasoning_tokens")


class CachedAdded(TextbookUI):
    """Adds the tokens that the cache read to the input, which includes them.

    In the wild: ``inputTokens + cachedInputTokens``.
    """

    name = "ui-cached-tokens-added"
    failure = "cached-counted-twice"
    touches = ("usage.input_tokens",)
    sources = ("https://github.com/langfuse/langfuse/issues/10592",)

    def final_usage(self) -> Usage | None:
        return _with(super().final_usage(), "input_tokens", "cache_read_tokens")


def _with(usage: Usage | None, field: str, more: str) -> Usage | None:
    """The counts, one of them with another one added."""
    if usage is None or getattr(usage, field) is None or getattr(usage, more) is None:
        return usage
    counts = {name: getattr(usage, name) for name in Usage.__dataclass_fields__}
    counts[field] += counts[more]
    return Usage(**counts)


UI_MESSAGES: tuple[type[TextbookUI], ...] = (
    StopByDefault,
    FinishNotSurfaced,
    LastFinishWins,
    EndsAtFinish,
    EndsAtFirstStep,
    ErrorSwallowed,
    LastIdWins,
    MetadataReplaced,
    UnknownFieldsDropped,
    LastUsageOnly,
    UsageSummed,
    ReasoningAdded,
    CachedAdded,
)
