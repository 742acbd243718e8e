"""Shapes of token counts: how often they are reported, where, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stream_audit.model import Response, Usage
from stream_audit.model.tag import Tag
from stream_audit.model.trail import Key, Sighting
from stream_audit.tags.marks import Marks
from stream_audit.tags.saying import Said

__all__ = ["TAGS", "Counts"]

TAGS: tuple[Tag, ...] = (
    Tag(
        "usage",
        "usage",
        ("usage-estimate-overrides-provider", "usage-nan", "usage-missing-becomes-number"),
        "usage",
    ),
    Tag(
        "usage-in-several-chunks",
        "usage in more than one chunk",
        ("usage-cumulative-summed", "usage-gemini-cumulative-summed", "usage-anthropic-output-added"),
        "usage",
    ),
    Tag(
        "usage-in-several-places",
        "two usage objects in one chunk",
        ("usage-in-choice",),
        "usage",
    ),
    Tag(
        "usage-in-parts",
        "a count that only some reports have",
        ("usage-field-union", "usage-anthropic-start-ignored", "usage-anthropic-delta-ignored"),
        "usage",
    ),
    Tag("usage-zero", "a count of 0", ("usage-zero-falsy",), "usage"),
    Tag(
        "usage-zero-behind-count",
        "a count of 0 behind a higher one",
        ("usage-zero-or-null-overwrites",),
        "usage",
    ),
    Tag(
        "usage-behind-finish",
        "usage behind the finish reason",
        ("usage-final-chunk-dropped", "usage-after-stop-event", "finish-early-exit"),
        "finish",
    ),
    Tag("usage-before-text", "usage before the last text", ("usage-preview-first",), "text"),
    Tag(
        "usage-before-last-chunk",
        "a chunk behind the last usage",
        ("usage-last-frame-only",),
        "usage",
    ),
    Tag(
        "usage-with-choices",
        "usage in a chunk that has a choice",
        ("usage-chunk-nonempty-choices",),
        "choices",
    ),
    Tag("usage-details", "counts inside a count's details", ("usage-rebuilt-loses-details",), "usage"),
    Tag(
        "cached-tokens",
        "tokens read from the cache",
        ("cached-counted-twice", "cached-left-out", "cached-ambiguous"),
        "usage",
    ),
    Tag(
        "cache-writes",
        "tokens written to the cache",
        ("cached-left-out", "cache-ttl-contradiction", "usage-anthropic-cache-doubled"),
        "usage",
    ),
    Tag(
        "reasoning-tokens",
        "tokens spent on thinking",
        ("reasoning-counted-twice", "reasoning-left-out"),
        "usage",
    ),
    Tag("total-tokens", "a total of the provider's own", ("total-recomputed",), "usage"),
    Tag(
        "usage-and-choices-several",
        "usage of several answers",
        ("usage-n-choices",),
        "choices",
    ),
)

_CACHED = {
    "cached-tokens": "cache_read_tokens",
    "cache-writes": "cache_write_tokens",
    "reasoning-tokens": "reasoning_tokens",
}


class Counts:
    """Watches the usage of one recording.

    Args:
        marks: Takes what is seen.
        neutral: Reads a usage object in the provider's names.
    """

    def __init__(self, marks: Marks, neutral: Callable[[Mapping[str, Any]], Usage]) -> None:
        self._marks = marks
        self._neutral = neutral
        self._keys: list[frozenset[Key]] = []
        self._positive: set[Key] = set()
        self._reports = 0
        self._last = self._last_text = self._finish = -1
        self._first_line = 0

    def look(self, said: Said, sightings: Sequence[Sighting]) -> None:
        """A chunk passes by."""
        index, reports = self._marks.index, _reports(sightings)
        if reports:
            self._report(reports, said)
        if any(isinstance(saying.text, str) and saying.text for saying in said.sayings):
            self._last_text = index
        if any(isinstance(saying.finish, str) and saying.finish for saying in said.sayings):
            self._finish = index if self._finish < 0 else self._finish

    def end(self, response: Response) -> None:
        """No further chunk comes."""
        whole, line = self._marks.whole, self._first_line
        if not self._reports:
            return
        if 0 <= self._last < self._last_text:
            whole("usage-before-text", line)
        if self._last < self._marks.index:
            whole("usage-before-last-chunk", line)
        if len(set(self._keys)) > 1:
            whole("usage-in-parts", line)
        if len(response.choices) > 1:
            whole("usage-and-choices-several", line)

    def _report(self, reports: Mapping[Key, Mapping[Key, Any]], said: Said) -> None:
        mark = self._marks.mark
        mark("usage")
        if self._reports:
            mark("usage-in-several-chunks")
        else:
            self._first_line = self._marks.line
        if len(reports) > 1:
            mark("usage-in-several-places")
        if said.choices:
            mark("usage-with-choices")
        if 0 <= self._finish < self._marks.index:
            mark("usage-behind-finish")
        self._reports += 1
        self._last = self._marks.index
        for report in reports.values():
            self._values(report)
        keys = frozenset(key for report in reports.values() for key in report)
        if keys not in self._keys and len(self._keys) < 8:
            self._keys.append(keys)

    def _values(self, report: Mapping[Key, Any]) -> None:
        mark = self._marks.mark
        for key, value in report.items():
            if len(key) > 1:
                mark("usage-details")
            if value == 0 and type(value) is int:
                mark("usage-zero")
                if key in self._positive:
                    mark("usage-zero-behind-count")
            elif type(value) is int and value > 0:
                self._positive.add(key)
        usage = self._neutral(_nested(report))
        for name, field in _CACHED.items():
            if getattr(usage, field):
                mark(name)
        if usage.total_tokens is not None:
            mark("total-tokens")


def _reports(sightings: Sequence[Sighting]) -> dict[Key, dict[Key, Any]]:
    """The usage objects of a chunk that are reports: place to key to value."""
    found: dict[Key, dict[Key, Any]] = {}
    for one in sightings:
        if one.kind == "reported" and one.key:
            found.setdefault(one.place, {})[one.key] = one.value
    return found


def _nested(report: Mapping[Key, Any]) -> dict[str, Any]:
    """The object that values stand in, by their keys; what stands in a list is left out."""
    whole: dict[str, Any] = {}
    for key, value in report.items():
        if any(isinstance(step, int) for step in key):
            continue
        inner: Any = whole
        for step in key[:-1]:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[key[-1]] = value
    return whole
