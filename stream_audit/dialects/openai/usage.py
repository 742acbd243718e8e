"""Usage of the OpenAI dialects: one running report per stream, and what its numbers mean.

The names are the same everywhere, the meanings are not: some servers count
cached tokens outside ``prompt_tokens`` and reasoning outside
``completion_tokens``. The numbers themselves give that away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.openai.tool_calls import NoteDown
from stream_audit.dialects.usage_fields import copy_usage, count, fold_usage
from stream_audit.model import Policies, Usage

__all__ = ["COUNTS", "UsageFold", "neutral_usage"]

CACHE_READ = (
    ("prompt_tokens_details", "cached_tokens"),
    ("prompt_token_details", "cached_tokens"),
    ("prompt_cache_hit_tokens",),
    ("cached_tokens",),
)
"""Where the tokens read from the cache may stand; the first that is present counts."""
CACHE_WRITE = (("prompt_tokens_details", "cache_write_tokens"),)
REASONING = (("completion_tokens_details", "reasoning_tokens"), ("reasoning_tokens",))
RUNNING = ("prompt_tokens", "completion_tokens", "total_tokens")
COUNTS = frozenset((*((name,) for name in RUNNING), *CACHE_READ, *CACHE_WRITE, *REASONING))
"""Every place in a usage object that is read as a count."""


class UsageFold:
    """The usage reports of one stream.

    Args:
        policies: ``later_zero`` is used.
        note: Where notes go.
    """

    def __init__(self, policies: Policies, note: NoteDown) -> None:
        self._later_zero = policies.later_zero
        self._note = note
        self._held: dict[str, Any] | None = None
        self._grew = False

    @property
    def sent(self) -> bool:
        """True when there was any report."""
        return self._held is not None

    def add(self, report: Mapping[str, Any]) -> None:
        """Fold the report of one chunk."""
        if self._held is None:
            self._held = {}
        elif not self._grew:
            self._watch(self._held, report)
        fold_usage(self._held, report, self._later_zero)

    def usage(self) -> Usage | None:
        """The usage so far in neutral meaning, ``None`` when none was reported."""
        return None if self._held is None else neutral_usage(self._held)

    def close(self) -> None:
        """Note what is wrong with the usage as a whole."""
        if self._held is None:
            self._note("usage-absent", "usage", "no chunk reports usage")
            return
        remarks: list[tuple[str, str, str]] = []
        usage = neutral_usage(self._held, remarks)
        for remark in remarks:
            self._note(*remark)
        parts = (usage.input_tokens, usage.output_tokens)
        if usage.total_tokens is not None and None not in parts:
            total = sum(part for part in parts if part is not None)
            if usage.total_tokens != total:
                self._note(
                    "total-mismatch",
                    "usage.total_tokens",
                    f"{usage.total_tokens} is not {parts[0]} + {parts[1]}",
                )

    def _watch(self, held: Mapping[str, Any], report: Mapping[str, Any]) -> None:
        for key in RUNNING:
            before, after = count(held.get(key)), count(report.get(key))
            if before is not None and after is not None and after > before:
                self._grew = True
                self._note(
                    "usage-cumulative-summed", "usage", f"{key} {before}, then {after}: a running total"
                )
                return


def _first(held: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> int | None:
    """The first of the places in which a count of tokens stands."""
    for path in paths:
        value: Any = held
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        found = count(value)
        if found is not None:
            return found
    return None


def neutral_usage(held: Mapping[str, Any], remarks: list[tuple[str, str, str]] | None = None) -> Usage:
    """Read the folded usage object.

    Args:
        held: It, in OpenAI's names.
        remarks: Takes the rule, the field and the detail of what is odd about the numbers.
    """
    remarks = [] if remarks is None else remarks
    prompt, output = count(held.get("prompt_tokens")), count(held.get("completion_tokens"))
    total = count(held.get("total_tokens"))
    read, reasoning = _first(held, CACHE_READ), _first(held, REASONING)
    inputs = prompt
    if prompt is not None and read is not None and read > prompt:
        inputs = prompt + read
        detail = f"{read} cached tokens exceed {prompt} prompt tokens"
        remarks.append(("cached-ambiguous", "usage.input_tokens", detail))
    if output is not None and reasoning:
        outside = reasoning > output
        if outside:
            detail = f"{reasoning} reasoning exceed {output} completion tokens"
            remarks.append(("reasoning-exceeds-completion", "usage.reasoning_tokens", detail))
        if prompt is not None and total is not None:
            outside = total == prompt + output + reasoning
        if outside:
            detail = f"{output} completion tokens leave out {reasoning} reasoning tokens"
            remarks.append(("reasoning-left-out", "usage.output_tokens", detail))
            output += reasoning
    return Usage(
        input_tokens=inputs,
        output_tokens=output,
        total_tokens=total,
        cache_read_tokens=read,
        cache_write_tokens=_first(held, CACHE_WRITE),
        reasoning_tokens=reasoning,
        raw=copy_usage(held),
    )
