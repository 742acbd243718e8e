"""The neutral response: what a stream folds into, in no provider's dialect, and the words for its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "EVERYTHING",
    "FIELDS",
    "USAGE",
    "Choice",
    "Message",
    "Payload",
    "Response",
    "ToolCall",
    "Usage",
    "Varied",
]

Payload = dict[str, Any]
"""One wire chunk, parsed: a JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts of one response, in OpenTelemetry GenAI meaning. ``None`` is *never sent*, not 0."""

    input_tokens: int | None = None
    """All tokens of the request: cache reads and cache writes are included, whatever the wire does."""
    output_tokens: int | None = None
    """All tokens of the answer: reasoning is included, whatever the wire does."""
    total_tokens: int | None = None
    """The provider's own total, kept as sent. ``None`` where the dialect has none (Anthropic)."""
    cache_read_tokens: int | None = None
    """Read from the prompt cache. Included in ``input_tokens``."""
    cache_write_tokens: int | None = None
    """Written to the prompt cache. Included in ``input_tokens``."""
    reasoning_tokens: int | None = None
    """Spent on reasoning. Included in ``output_tokens``."""
    raw: Mapping[str, Any] | None = None
    """The provider's own usage object after the fold, in the provider's own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call the model asks its client to make."""

    id: str | None = None
    name: str | None = None
    arguments: str = ""
    """JSON text exactly as streamed; ``""`` means no arguments and compares equal to ``"{}"``."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the call that no dialect rule knows (``extra_content``, signatures)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the model said in one choice."""

    role: str | None = None
    content: str | None = None
    """The answer's text, all text parts joined; ``None`` when no text was sent at all."""
    reasoning: str | None = None
    """Reasoning text under whichever of its names, joined; ``None`` when none was sent."""
    refusal: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    """Calls the *client* must make, in order of first appearance. Server-side tools are ``parts``."""
    parts: tuple[Mapping[str, Any], ...] = ()
    """The ordered blocks, in the provider's own shape, where the answer has any (Anthropic blocks,
    content lists, Gemini parts). Empty where the dialect streams plain strings."""
    annotations: tuple[Mapping[str, Any], ...] = ()
    """Citations and annotations, in order of arrival. OpenAI's each once, because servers resend them;
    Anthropic's all of them, because each belongs to the text beside it."""
    audio: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One alternative answer. A dialect with a single answer has a single choice with index 0."""

    index: int = 0
    message: Message = Message()
    finish_reason: str | None = None
    """The provider's own word (``stop``, ``end_turn``); ``None`` when the stream never gave one."""
    logprobs: Mapping[str, Any] | None = None
    """Token log probabilities in the provider's shape, lists joined over all chunks."""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What one recorded stream folds into, in no provider's dialect."""

    id: str | None = None
    model: str | None = None
    created: int | None = None
    """Seconds since 1970 as sent (some servers send milliseconds; kept as sent)."""
    choices: tuple[Choice, ...] = ()
    """Sorted by ``index``."""
    usage: Usage | None = None
    """``None`` when the stream reported no usage: unknown, not zero."""
    system_fingerprint: str | None = None
    service_tier: str | None = None
    error: Mapping[str, Any] | None = None
    """The provider's error object when the stream reported a failure; what came before is kept."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Top-level fields that no dialect rule knows, so that nothing recorded is lost."""


@dataclass(frozen=True, slots=True)
class Varied:
    """An unknown field that changed its value during the stream; nobody knows how to fold it.

    The first values are kept, then only the last and how many distinct runs there were, so that
    memory stays bounded. A field that never changed is stored as its plain value instead.
    """

    first: tuple[Any, ...]
    last: Any
    count: int


FIELDS: tuple[str, ...] = (
    "id", "model", "created", "system_fingerprint", "service_tier", "error",
    "choices", "choices.extra", "role", "content", "reasoning", "refusal", "tool_calls", "tool_calls.extra",
    "parts", "annotations", "audio", "finish_reason", "logprobs",
    "usage.input_tokens", "usage.output_tokens", "usage.total_tokens", "usage.cache_read_tokens",
    "usage.cache_write_tokens", "usage.reasoning_tokens",
    "extra",
)  # fmt: skip
"""The words for what is compared and for what a candidate covers; ``usage`` stands for all ``usage.*``.

``choices`` means: the candidate returns every choice, not just the first. ``extra`` is the fields that no
rule knows at the top, ``choices.extra`` those of choices and their messages, ``tool_calls.extra`` those of
tool calls. Each name but ``usage`` stands for itself alone.
"""

EVERYTHING = frozenset(FIELDS)

USAGE = frozenset(name for name in FIELDS if name.startswith("usage."))
