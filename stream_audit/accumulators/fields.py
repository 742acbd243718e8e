"""Accumulators in which each count of a later report replaces the same count of those before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from stream_audit.accumulators.accumulator import Accumulator
from stream_audit.model import Policies
from stream_audit.model.trail import Award, Key, Sighting, is_count

__all__ = ["StartDelta", "Union"]


class Union(Accumulator):
    """Of each count the value reported last; a 0 never replaces a positive number.

    The reference of most dialects (rule 9 of docs/folding.md; under ``later_zero=honour`` a 0 does replace).
    It holds against running totals and against reports in parts. A value that is no count replaces one too,
    and then the count is unknown. It goes wrong only where a provider means its 0.
    """

    name = "union"
    reference_of: ClassVar[tuple[str, ...]] = (
        "openai-chat",
        "openai-completions",
        "openai-responses",
        "ai-sdk-ui",
        "bedrock-converse",
        "cohere-v2",
        "gemini",
        "ollama",
    )
    sources: ClassVar[tuple[str, ...]] = ("https://github.com/Wei-Shaw/sub2api/issues/6125",)

    def report(self, sighting: Sighting) -> None:
        """Take a value unless it is a 0 that erases."""
        self.lay_over(sighting, zero_erases=self.policies.later_zero == "honour")

    def lay_over(self, sighting: Sighting, *, zero_erases: bool) -> None:
        """Let a value replace the one before, or say beside that one that a 0 did not."""
        before = self.held.get(sighting.key)
        if before is None:
            self.set(sighting, "the only report")
        elif not zero_erases and _is_zero(sighting.value) and _is_positive(before.value):
            self.held.put(replace(before, why="a later 0 does not replace it"))
        else:
            self.set(sighting, "reported last")


class StartDelta(Union):
    """The counts of ``message_start``; those of each ``message_delta`` replace them, field by field.

    The reference of anthropic-messages. The last output always counts, also 0. A report that has an
    input above 0 restates the request, so its zeros count; in any other a 0 is a gateway's filler and
    replaces nothing. Code that goes wrong here adds the two events up, or reads only one of them.
    """

    name = "start-delta"
    dialects = ("anthropic-messages",)
    reference_of: ClassVar[tuple[str, ...]] = ("anthropic-messages",)

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._report: tuple[int, Key] | None = None
        self._sent: list[Sighting] = []
        """The values of the report that is being read: whether its zeros count is known at its end."""

    def report(self, sighting: Sighting) -> None:
        """Collect the values of one report, then lay them over those so far."""
        report = (sighting.index, sighting.place)
        if report != self._report:
            self._close()
            self._report = report
        self._sent.append(sighting)

    def awards(self) -> list[Award]:
        """What each key got so far."""
        self._close()
        return super().awards()

    def raw(self) -> dict[str, Any] | None:
        """The usage object so far."""
        self._close()
        return super().raw()

    def _close(self) -> None:
        """Lay the report over those so far, now that all of it is known."""
        sent, self._sent = self._sent, []
        if not sent:
            return
        self.touch()
        event = sent[0].event
        if event != "message_start" and self.policies.message_delta_input == "ignore":
            sent = [one for one in sent if not _is_input(one.key)]
        delta = event == "message_delta"
        honours = self.policies.later_zero == "honour" or (delta and any(map(_restates, sent)))
        for one in sent:
            self.lay_over(one, zero_erases=honours or (delta and one.key == ("output_tokens",)))


def _restates(sighting: Sighting) -> bool:
    """Whether the value says that its report restates the whole request: an input above 0."""
    return sighting.key == ("input_tokens",) and is_count(sighting.value) and sighting.value > 0


def _is_input(key: Key) -> bool:
    return bool(key) and (key[0] == "input_tokens" or str(key[0]).startswith("cache_"))


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
