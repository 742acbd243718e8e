"""Usage of a Gemini stream: the total so far in nearly every chunk, and what its numbers mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stream_audit.dialects.gemini.spelling import USAGE, spelt
from stream_audit.dialects.usage_fields import copy_usage, count, fold_usage
from stream_audit.dialects.values import same
from stream_audit.model import Policies, Usage

__all__ = ["CANDIDATES", "COUNTS", "THOUGHTS", "TOTALS", "UsageFold", "neutral_usage"]

PROMPT, TOOLS = "promptTokenCount", "toolUsePromptTokenCount"
CANDIDATES, THOUGHTS = "candidatesTokenCount", "thoughtsTokenCount"
CACHED, TOTAL = "cachedContentTokenCount", "totalTokenCount"
PARTS = (PROMPT, TOOLS, CANDIDATES, THOUGHTS)
"""What the total is the sum of. The cached tokens are inside the prompt."""
TOTALS = (TOTAL, CANDIDATES, THOUGHTS)
"""What grows from chunk to chunk."""
COUNTS = frozenset((name,) for name in (*PARTS, CACHED, TOTAL))
"""Every place in a usage object that is read as a count."""


class UsageFold:
    """The usage reports of one stream.

    A report that overwrites all of the one before makes that one superfluous. It is so in nearly every
    stream, so the last report is folded only when it is not, or when somebody asks.
    """

    __slots__ = ("_grew", "_held", "_last", "_last_keys", "_last_types", "_later_zero", "_note")

    def __init__(self, policies: Policies, note: Callable[[str, str, str], None]) -> None:
        self._later_zero = policies.later_zero
        self._note = note
        self._held: dict[str, Any] | None = None
        self._last: dict[str, Any] = {}
        """The last report, not folded yet."""
        self._last_keys: list[str] = []
        self._last_types: list[type] = []
        """Of its values: ``1`` and ``true`` are equal, and not the same."""
        self._grew = False

    def add(self, report: dict[str, Any]) -> None:
        """Take the report of one chunk; not changed, and kept."""
        values = report.values()
        if [*map(type, values)] == self._last_types and list(report) == self._last_keys:
            if self._grew and dict not in self._last_types and all(values):
                self._last = report  # each value replaces the one before
                return
            if self._held is not None and same(report, self._last):
                return
        report = spelt(report, USAGE)
        held = self._settled()
        if not self._grew and held is not None:
            self._watch(held, report)
        self._held = {} if held is None else held
        self._last, self._last_keys, self._last_types = report, list(report), [*map(type, report.values())]

    def usage(self) -> Usage | None:
        """The usage so far in neutral meaning, ``None`` when none was reported."""
        held = self._settled()
        return None if held is None else neutral_usage(held)

    def close(self) -> None:
        """Note what is wrong with the usage as a whole."""
        held = self._settled()
        if held is None:
            self._note("usage-absent", "usage", "no chunk has a usageMetadata")
        elif (mismatch := _mismatch(held)) is not None:
            self._note("total-mismatch", "usage.total_tokens", mismatch)

    def _settled(self) -> dict[str, Any] | None:
        """The usage with the last report folded in."""
        if self._held is not None and self._last:
            fold_usage(self._held, self._last, self._later_zero)
        return self._held

    def _watch(self, held: Mapping[str, Any], report: Mapping[str, Any]) -> None:
        for key in (PROMPT, CANDIDATES, THOUGHTS, TOTAL):
            before, after = count(held.get(key)), count(report.get(key))
            if before is not None and after is not None and after > before:
                self._grew = True
                detail = f"{key} {before}, then {after}: a running total"
                self._note("usage-gemini-cumulative-summed", "usage", detail)
                return


def neutral_usage(raw: Mapping[str, Any]) -> Usage:
    """Read the folded usage. Thoughts stand beside the candidates, tool results beside the prompt."""
    prompt, tools, candidates, thoughts = (count(raw.get(name)) for name in PARTS)
    output = None if candidates is None and thoughts is None else (candidates or 0) + (thoughts or 0)
    return Usage(
        input_tokens=None if prompt is None else prompt + (tools or 0),
        output_tokens=output,
        total_tokens=count(raw.get(TOTAL)),
        cache_read_tokens=count(raw.get(CACHED)),
        reasoning_tokens=thoughts,
        raw=copy_usage(raw),
    )


def _mismatch(raw: Mapping[str, Any]) -> str | None:
    """How the total differs from the sum of its parts, and by which; ``None`` if it does not."""
    total = count(raw.get(TOTAL))
    counts = {name: found for name in PARTS if (found := count(raw.get(name))) is not None}
    if total is None or PROMPT not in counts or total == sum(counts.values()):
        return None
    lacks = sum(counts.values()) - total
    left_out = [name for name, number in counts.items() if number == lacks]
    if left_out:
        why = f"it leaves out {left_out[-1]}"
    elif count(raw.get(CACHED)) == -lacks:
        why = f"it adds {CACHED}"
    else:
        why = f"{abs(lacks)} {'too few' if lacks > 0 else 'too many'}"
    return f"{total} is not {' + '.join(f'{name} {number}' for name, number in counts.items())}: {why}"
