"""The usage steps of the chat textbook: where the counts stand, which win, what they mean."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.every_dialect import count, first_count, fold_usage

__all__ = ["UsageSteps"]

CACHE_READ = (
    ("prompt_tokens_details", "cached_tokens"),
    ("prompt_token_details", "cached_tokens"),
    ("prompt_cache_hit_tokens",),
    ("cached_tokens",),
)
REASONING = (("completion_tokens_details", "reasoning_tokens"), ("reasoning_tokens",))


class UsageSteps:
    """Steps over the usage objects of a stream; a suspect overrides the one it gets wrong."""

    usage: dict[str, Any] | None = None
    """All usage objects so far, folded into one."""

    def usage_of(self, payload: Payload) -> dict[str, Any] | None:
        """The one usage object of a chunk: the top one, else Groq's, else a choice's."""
        places = [payload.get("usage")]
        groq = payload.get("x_groq")
        if isinstance(groq, dict):
            places.append(groq.get("usage"))
        choices = payload.get("choices")
        if isinstance(choices, list):
            places.extend(choice.get("usage") for choice in choices if isinstance(choice, dict))
        return next((place for place in places if isinstance(place, dict)), None)

    def fold_usage(self, usage: dict[str, Any]) -> None:
        """A later usage object over the earlier ones, field by field."""
        self.usage = fold_usage(self.usage or {}, usage)

    def usage_result(self) -> Usage | None:
        """The counts in the neutral meaning: cache inside the input, reasoning inside the output."""
        if self.usage is None:
            return None
        return Usage(
            input_tokens=self.input_tokens(self.usage),
            output_tokens=self.output_tokens(self.usage),
            total_tokens=count(self.usage, "total_tokens"),
            cache_read_tokens=self.cache_read_tokens(self.usage),
            cache_write_tokens=count(self.usage, "prompt_tokens_details", "cache_write_tokens"),
            reasoning_tokens=self.reasoning_tokens(self.usage),
            raw=self.usage,
        )

    def input_tokens(self, usage: dict[str, Any]) -> int | None:
        """The prompt; more cached than prompted proves that the cache is not in it."""
        prompt = count(usage, "prompt_tokens")
        cached = self.cache_read_tokens(usage)
        if prompt is not None and cached is not None and cached > prompt:
            return prompt + cached
        return prompt

    def output_tokens(self, usage: dict[str, Any]) -> int | None:
        """The completion, with the reasoning that the numbers prove to be outside of it."""
        completion = count(usage, "completion_tokens")
        reasoning = self.reasoning_tokens(usage)
        if completion is not None and reasoning and self.reasoning_is_outside(usage, completion, reasoning):
            return completion + reasoning
        return completion

    def reasoning_is_outside(self, usage: dict[str, Any], completion: int, reasoning: int) -> bool:
        """True when the total adds up only with it; with no total to ask, when it cannot fit inside."""
        prompt, total = count(usage, "prompt_tokens"), count(usage, "total_tokens")
        if prompt is None or total is None:
            return reasoning > completion
        return total - prompt - completion == reasoning

    def cache_read_tokens(self, usage: dict[str, Any]) -> int | None:
        """Tokens read from the cache, under the first of its names."""
        return first_count(usage, *CACHE_READ)

    def reasoning_tokens(self, usage: dict[str, Any]) -> int | None:
        """Tokens spent on reasoning, under the first of its names."""
        return first_count(usage, *REASONING)
