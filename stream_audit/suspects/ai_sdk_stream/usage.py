"""Suspects that get the token counts of a record wrong: what was counted against what was set.

Each is one step of the textbook done otherwise. The trap they share: a context
counts while it streams, and is told the exact numbers at any time.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.suspects.ai_sdk_stream.textbook import USAGE, TextbookWriter

__all__ = ["AI_SDK_USAGE"]

COUNTS = ("usage.output_tokens", "usage.total_tokens", "usage.reasoning_tokens")
EVERY_COUNT = ("usage.input_tokens", *COUNTS)
LITELLM = "https://github.com/BerriAI/litellm/pull/37087"


class UsageSuspect(TextbookWriter):
    """What all suspects of this family have in common."""

    touches: ClassVar[tuple[str, ...]] = COUNTS


class AddAfterOverride(UsageSuspect):
    """Goes on adding what it counts to a number that was set.

    In the wild: ``record.answer_tokens = exact`` here, ``record.answer_tokens += count(delta)`` there.
    """

    name = "add-after-override"
    failure = "usage-override-then-count"
    sources = ("https://github.com/shloimy-wiesel/ai-sdk-stream-python", LITELLM)
    kin = ("counted-only", "set-usage-added")

    def add_count(self, field: str, tokens: int) -> None:
        if field in self.set_to:
            self.set_to[field] += tokens
        super().add_count(field, tokens)


class CountedOnly(UsageSuspect):
    """Reports what it counted, whatever was set.

    In the wild: ``answer_tokens = len(record.text)`` when the record is stored.
    """

    name = "counted-only"
    failure = "usage-estimate-overrides-provider"
    touches = EVERY_COUNT
    sources = (LITELLM,)
    kin = ("set-usage-added",)

    def set_field(self, field: str, value: int) -> None:
        """It is not for numbers that it did not count."""


class OverrideFirstWins(UsageSuspect):
    """Keeps the first number that was set; a later, better one is not taken.

    In the wild: ``if record.answer_tokens_set: return``.
    """

    name = "override-first-wins"
    failure = "usage-preview-first"
    touches = EVERY_COUNT
    kin = ("counted-only", "set-usage-added", "sets-summed")

    def set_field(self, field: str, value: int) -> None:
        self.set_to.setdefault(field, value)


class OverrideLocksAllFields(UsageSuspect):
    """Stops counting everything once anything was set.

    In the wild: one flag, ``self._usage_set = True``, where there are three fields.
    """

    name = "override-locks-all-fields"
    failure = "usage-field-union"
    kin = ("counted-only",)

    def add_count(self, field: str, tokens: int) -> None:
        if not self.set_to:
            super().add_count(field, tokens)


class SetUsageAdded(UsageSuspect):
    """Adds a number that is set to what is already there, counted or set.

    In the wild: ``record.answer_tokens += answer_tokens``.
    """

    name = "set-usage-added"
    failure = "usage-cumulative-summed"
    touches = EVERY_COUNT
    kin = ("counted-only",)

    def set_field(self, field: str, value: int) -> None:
        self.set_to[field] = (self.final(field) or 0) + value


class SetsSummed(UsageSuspect):
    """Adds up the numbers that are set; a number that is set again is counted again.

    In the wild: ``total += usage`` in a callback that the last chunk calls and the end calls too.
    """

    name = "sets-summed"
    failure = "usage-cumulative-summed"
    touches = EVERY_COUNT
    kin = ("counted-only", "set-usage-added")

    def set_field(self, field: str, value: int) -> None:
        self.set_to[field] = self.set_to.get(field, 0) + value


class OverrideNullErases(UsageSuspect):
    """Takes a field that was not passed for one that is unknown from now on.

    In the wild: ``record.prompt_tokens = prompt_tokens``, without asking for ``None``.
    """

    name = "override-null-erases"
    failure = "usage-zero-or-null-overwrites"
    touches = EVERY_COUNT
    kin = ("counted-only", "set-usage-added")

    def on_set_usage(self, given: dict[str, Any]) -> None:
        for field in USAGE:
            if given.get(field) is None:
                self.set_to.pop(field, None)
        super().on_set_usage(given)


class OverrideZeroFalsy(UsageSuspect):
    """Takes a field that was set to 0 for one that was not set.

    In the wild: ``if reasoning_tokens: record.reasoning_tokens = reasoning_tokens``.
    """

    name = "override-zero-falsy"
    failure = "usage-zero-falsy"
    touches = EVERY_COUNT
    kin = ("counted-only", "set-usage-added")

    def set_field(self, field: str, value: int) -> None:
        if value:
            super().set_field(field, value)


class ReasoningNotInOutput(UsageSuspect):
    """Reports the tokens of the answer as the whole output.

    In the wild: ``output_tokens = record.answer_tokens``.
    """

    name = "reasoning-not-in-output"
    failure = "reasoning-left-out"
    touches = ("usage.output_tokens", "usage.total_tokens")

    def output_tokens(self) -> int:
        return self.final("answer_tokens") or 0


class UncollectedCounted(UsageSuspect):
    """Counts what is streamed without being collected.

    In the wild: counting in front of ``if not collect: return``.
    """

    name = "uncollected-counted"
    failure = "uncollected-recorded"
    kin = ("uncollected-recorded",)

    def is_counted(self, given: dict[str, Any]) -> bool:
        return True


AI_SDK_USAGE: tuple[type[TextbookWriter], ...] = (
    AddAfterOverride,
    CountedOnly,
    OverrideFirstWins,
    OverrideLocksAllFields,
    SetUsageAdded,
    SetsSummed,
    OverrideNullErases,
    OverrideZeroFalsy,
    ReasoningNotInOutput,
    UncollectedCounted,
)
