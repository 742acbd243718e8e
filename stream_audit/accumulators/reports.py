"""Accumulators that look at usage reports as wholes, or at each count by itself without its place in time."""

from __future__ import annotations

from typing import ClassVar

from stream_audit.accumulators.accumulator import Accumulator
from stream_audit.model import Policies
from stream_audit.model.trail import Key, Sighting, is_count

__all__ = ["FirstWins", "LastWins", "Max", "Sum"]


class LastWins(Accumulator):
    """The whole last report counts, and nothing of those before it.

    In the wild: ``usage = chunk.usage or usage``, which is right wherever each report says everything.
    It goes wrong where reports are sent in parts: what only an earlier one says is lost, as the input
    of a stream that tells it at its start and the output at its end.
    """

    name = "last-wins"
    failure = "usage-field-union"
    sources = ("https://github.com/pydantic/pydantic-ai/issues/5889",)

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._last: tuple[int, Key] | None = None

    def report(self, sighting: Sighting) -> None:
        """A value of another report than the last: begin anew."""
        report = (sighting.index, sighting.place)
        if report != self._last:
            self._last = report
            self.held.clear()
        self.set(sighting, "in the last report")


class FirstWins(Accumulator):
    """The whole first report counts, and none after it.

    The reference of codex-log, whose events repeat the report of a response.
    In the wild: ``if usage is None: usage = chunk.usage``. It goes wrong with every server that sends a
    running total: the first one counts a token or none.
    """

    name = "first-wins"
    reference_of: ClassVar[tuple[str, ...]] = ("codex-log",)
    failure = "usage-preview-first"
    sources = ("https://github.com/vllm-project/semantic-router/issues/2215",)

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._first: tuple[int, Key] | None = None

    def report(self, sighting: Sighting) -> None:
        """Only a value of the first report is taken."""
        report = (sighting.index, sighting.place)
        self._first = self._first or report
        if report == self._first:
            self.set(sighting, "in the first report")


class Sum(Accumulator):
    """Every report is added up, count by count.

    In the wild: ``tokens += chunk.usage.completion_tokens``. It is right for one report a stream, and
    for parts that say each count once. It goes wrong with every server that sends a running total:
    each is added to those it already includes.
    """

    name = "sum"
    failure = "usage-cumulative-summed"
    sources = (
        "https://github.com/pydantic/pydantic-ai/pull/4056",
        "https://github.com/open-webui/open-webui/issues/29064",
        "https://github.com/langfuse/langfuse/issues/8808",
    )

    def report(self, sighting: Sighting) -> None:
        """Add a count; a report without any is a report all the same."""
        if is_count(sighting.value):
            several = self.held.get(sighting.key) is not None
            self.add_up(sighting, "every report added up" if several else "the only report")
        else:
            self.touch()


class Max(Accumulator):
    """Of each count the greatest that was ever reported.

    The reference of claude-log, whose lines tell the counts of one response while they grow, in any order.
    In the wild: ``max(tokens, usage.completion_tokens)``, against servers whose last report is worse
    than an earlier one. It is right for running totals, and goes wrong where a provider takes a count
    back: a refusal that ends with an output of 0 is billed.
    """

    name = "max"
    reference_of: ClassVar[tuple[str, ...]] = ("claude-log",)
    sources = ("https://github.com/Wei-Shaw/sub2api/issues/6125",)

    def report(self, sighting: Sighting) -> None:
        """Take a count that is greater than the one so far."""
        self.touch()
        if is_count(sighting.value):
            before = self.count_of(sighting.key)
            if before is None or sighting.value > before:
                self.set(sighting, "the greatest reported")
        elif sighting.value == {} or not self.held.holds(sighting.key):
            self.set(sighting, "no count")
