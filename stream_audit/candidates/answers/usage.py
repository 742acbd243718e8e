"""Usage in a candidate's result, in whichever names, as neutral counts and claims.

A table of its own, apart from the reference's. The names tell the family:

- OpenAI: ``prompt_tokens``, ``completion_tokens``;
- ``ai_sdk_stream_python``: ``answer_tokens``, with the reasoning beside it;
- Gemini: ``promptTokenCount``, ``prompt_token_count``, with thoughts and tool results beside;
- Cohere: ``tokens`` beside ``billed_units``, which are no counts;
- Ollama: ``prompt_eval_count``, ``eval_count``;
- the AI SDK: ``inputTokens`` beside its own details, which the input includes;
- Converse: ``inputTokens`` beside its cache names, which it leaves out of the input;
- Anthropic: ``input_tokens`` beside its own cache names, which it leaves out of the input;
- Codex: ``input_tokens`` beside ``cached_input_tokens`` or ``reasoning_output_tokens``, as its logs have it;
- neutral: ``input_tokens`` and the names of the neutral response, or the details of OpenAI's Responses.

With neither cache names nor details the last three mean the same. Libraries that keep
neutral counts under names of their own (LangChain, Pydantic AI) are rows of the neutral table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stream_audit.candidates.answers.messages import Claims
from stream_audit.model import FIELDS, Usage

__all__ = ["FAMILIES", "Family", "read_usage"]

_ALL = frozenset(field for field in FIELDS if field.startswith("usage."))
_Paths = dict[str, tuple[str, ...]]
"""Where each count may be, best first. Dots lead into mappings; counts joined by ``+`` are added up."""
_TIERS = ("", "priority_", "flex_")
"""What LangChain writes before the names of details when the answer was served in such a tier."""

_OPENAI: _Paths = {
    "input_tokens": ("prompt_tokens",),
    "output_tokens": ("completion_tokens",),
    "total_tokens": ("total_tokens",),
    "cache_read_tokens": (
        "prompt_tokens_details.cached_tokens",
        "prompt_token_details.cached_tokens",
        "prompt_cache_hit_tokens",
        "cached_tokens",
    ),
    "cache_write_tokens": (
        "prompt_tokens_details.cache_write_tokens",
        "prompt_tokens_details.cache_creation_tokens",
    ),
    "reasoning_tokens": ("completion_tokens_details.reasoning_tokens", "reasoning_tokens"),
}
_ANTHROPIC: _Paths = {
    "input_tokens": ("input_tokens",),
    "output_tokens": ("output_tokens",),
    "cache_read_tokens": ("cache_read_input_tokens",),
    "cache_write_tokens": ("cache_creation_input_tokens",),
    "reasoning_tokens": ("output_tokens_details.thinking_tokens",),
}
_PARTS = ("cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
_CODEX: _Paths = {
    "input_tokens": ("input_tokens",),
    "output_tokens": ("output_tokens",),
    "total_tokens": ("total_tokens",),
    "cache_read_tokens": ("cached_input_tokens",),
    "cache_write_tokens": ("cache_write_input_tokens",),
    "reasoning_tokens": ("reasoning_output_tokens",),
}
_CONVERSE: _Paths = {
    "input_tokens": ("inputTokens",),
    "output_tokens": ("outputTokens",),
    "total_tokens": ("totalTokens",),
    "cache_read_tokens": ("cacheReadInputTokens", "cacheReadInputTokenCount"),
    "cache_write_tokens": ("cacheWriteInputTokens", "cacheWriteInputTokenCount"),
}
_AI_SDK: _Paths = {
    "input_tokens": ("inputTokens",),
    "output_tokens": ("outputTokens",),
    "total_tokens": ("totalTokens",),
    "cache_read_tokens": ("inputTokenDetails.cacheReadTokens", "cachedInputTokens"),
    "cache_write_tokens": ("inputTokenDetails.cacheWriteTokens",),
    "reasoning_tokens": ("outputTokenDetails.reasoningTokens", "reasoningTokens"),
}
_WRITER: _Paths = {
    "input_tokens": ("prompt_tokens",),
    "output_tokens": ("answer_tokens+reasoning_tokens",),
    "reasoning_tokens": ("reasoning_tokens",),
}
_GEMINI: _Paths = {
    name: (path, re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", path))
    for name, path in (
        ("input_tokens", "promptTokenCount+toolUsePromptTokenCount"),
        ("output_tokens", "candidatesTokenCount+thoughtsTokenCount"),
        ("total_tokens", "totalTokenCount"),
        ("cache_read_tokens", "cachedContentTokenCount"),
        ("reasoning_tokens", "thoughtsTokenCount"),
    )
}
_COHERE: _Paths = {
    "input_tokens": ("tokens.input_tokens",),
    "output_tokens": ("tokens.output_tokens",),
    "cache_read_tokens": ("cached_tokens",),
}
_OLLAMA: _Paths = {
    "input_tokens": ("prompt_eval_count",),
    "output_tokens": ("eval_count",),
    "cache_read_tokens": ("prompt_eval_cached_count",),
}
_NEUTRAL: _Paths = {
    "input_tokens": ("input_tokens",),
    "output_tokens": ("output_tokens",),
    "total_tokens": ("total_tokens",),
    "cache_read_tokens": (
        "cache_read_tokens",
        "input_tokens_details.cached_tokens",
        *(f"input_token_details.{tier}cache_read" for tier in _TIERS),
    ),
    "cache_write_tokens": (
        "cache_write_tokens",
        "input_tokens_details.cache_write_tokens",
        "input_token_details.cache_creation+ephemeral_5m_input_tokens+ephemeral_1h_input_tokens",
        *(f"input_token_details.{tier}cache_creation" for tier in _TIERS),
    ),
    "reasoning_tokens": (
        "reasoning_tokens",
        "output_reasoning_tokens",
        "output_tokens_details.reasoning_tokens",
        "details.reasoning_tokens",
        *(f"output_token_details.{tier}reasoning" for tier in _TIERS),
    ),
}


def read_usage(value: Any, claims: Claims) -> Usage | None:
    """Read a usage object.

    Args:
        value: The object; ``None`` claims that there was none.
        claims: Gets ``usage.*`` for each count whose source is there.

    Returns:
        Neutral counts, with the object itself as ``raw``; ``None`` for anything that is no mapping.
    """
    if not isinstance(value, Mapping):
        claims.update(_ALL)
        return None
    family = next(one for one in FAMILIES if one.fits(value))
    counts: dict[str, int | None] = {}
    for name, paths in family.paths.items():
        found = [_look(value, path) for path in paths]
        if any(present for present, _ in found):
            claims.add(f"usage.{name}")
        counts[name] = next((count for _, count in found if count is not None), None)
    family.settle(counts)
    raw = value.get("raw")
    return Usage(**counts, raw=raw if isinstance(raw, Mapping) else None if "raw" in value else dict(value))


def _look(value: Mapping[str, Any], path: str) -> tuple[bool, int | None]:
    """Whether the count's place is there, and the count. A null on the way is a count of ``None``."""
    *steps, last = path.split(".")
    here: Any = value
    for step in steps:
        if here is None:
            return True, None
        if not isinstance(here, Mapping) or step not in here:
            return False, None
        here = here[step]
    if not isinstance(here, Mapping):
        return here is None, None
    found = [here[name] for name in last.split("+") if name in here]
    counts = [count for count in map(_count, found) if count is not None]
    return bool(found), sum(counts) if counts else None


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return (
        int(value)
        if value == value and value not in (float("inf"), float("-inf")) and value == int(value)
        else None
    )


def _add_cache(counts: dict[str, int | None]) -> None:
    """Anthropic and Converse count the cache beside the input."""
    fresh = counts["input_tokens"]
    if fresh is not None:
        counts["input_tokens"] = (
            fresh + (counts["cache_read_tokens"] or 0) + (counts["cache_write_tokens"] or 0)
        )


def _take_in(counts: dict[str, int | None]) -> None:
    """Some servers count the cache beside the prompt, or reasoning beside the completion."""
    prompt, completion = counts["input_tokens"], counts["output_tokens"]
    cached, reasoning = counts["cache_read_tokens"], counts["reasoning_tokens"]
    if completion is not None and reasoning:
        total = counts["total_tokens"]
        unsaid = total is None or prompt is None
        if reasoning > completion if unsaid else total == (prompt or 0) + completion + reasoning:
            counts["output_tokens"] = completion + reasoning
    if prompt is not None and cached is not None and cached > prompt:
        counts["input_tokens"] = prompt + cached


def _is_openai(value: Mapping[str, Any]) -> bool:
    return any(name.startswith(("prompt_", "completion_")) for name in value)


def _is_gemini(value: Mapping[str, Any]) -> bool:
    return any(name.endswith(("TokenCount", "_token_count")) for name in value)


def _is_cohere(value: Mapping[str, Any]) -> bool:
    return "billed_units" in value or isinstance(value.get("tokens"), Mapping)


def _is_ollama(value: Mapping[str, Any]) -> bool:
    return not {"prompt_eval_count", "prompt_eval_cached_count", "eval_count"}.isdisjoint(value)


def _is_ai_sdk(value: Mapping[str, Any]) -> bool:
    own = {"cachedInputTokens", "reasoningTokens", "inputTokenDetails", "outputTokenDetails"}
    return not own.isdisjoint(value)


def _is_converse(value: Mapping[str, Any]) -> bool:
    return not {*_CONVERSE["input_tokens"], *_CONVERSE["output_tokens"]}.isdisjoint(value)


def _is_anthropic(value: Mapping[str, Any]) -> bool:
    if "cache_read_input_tokens" in value or "cache_creation_input_tokens" in value:
        return True
    details = value.get("output_tokens_details")
    return isinstance(details, Mapping) and "thinking_tokens" in details


def _is_codex(value: Mapping[str, Any]) -> bool:
    return any(_CODEX[name][0] in value for name in _PARTS)


def _as_they_are(_: dict[str, int | None]) -> None:
    """The counts mean what the neutral ones do."""


@dataclass(frozen=True, slots=True)
class Family:
    """A provider's way to write usage: how it is told, where its counts stand, what they include."""

    fits: Callable[[Mapping[str, Any]], bool]
    paths: _Paths
    settle: Callable[[dict[str, int | None]], None] = _as_they_are
    """Brings the counts to the neutral meaning, in place."""


FAMILIES: tuple[Family, ...] = (
    Family(lambda value: "answer_tokens" in value, _WRITER),
    Family(_is_ai_sdk, _AI_SDK),
    Family(_is_converse, _CONVERSE, _add_cache),
    Family(_is_gemini, _GEMINI),
    Family(_is_cohere, _COHERE),
    Family(_is_ollama, _OLLAMA),
    Family(_is_openai, _OPENAI, _take_in),
    Family(_is_anthropic, _ANTHROPIC, _add_cache),
    Family(_is_codex, _CODEX),
    Family(lambda _: True, _NEUTRAL),
)
"""Every way to write usage, in the order in which they are asked; the last takes what is left."""
