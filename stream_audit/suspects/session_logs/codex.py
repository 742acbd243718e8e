"""Suspects that get the usage of a response in a session log of Codex wrong.

The trap that they share: beside the usage of each response stands the sum of all
so far, and both are repeated whenever a display is refreshed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stream_audit.model import Usage
from stream_audit.suspects.every_dialect import count, is_count
from stream_audit.suspects.session_logs.textbook_codex import TextbookCodexLog

__all__ = ["CODEX_LOGS"]

COUNTS = (
    "usage.input_tokens", "usage.output_tokens", "usage.total_tokens", "usage.cache_read_tokens",
    "usage.cache_write_tokens", "usage.reasoning_tokens",
)  # fmt: skip


class LogCounterAsUsage(TextbookCodexLog):
    """Takes the counter of the session for the usage of the response.

    Added up over a session it grows with the square of its length.

    In the wild: ``total += event["info"]["total_token_usage"]["total_tokens"]``.
    """

    name = "log-counter-as-usage"
    failure = "log-cumulative-counter"
    kin = ("log-counters-mixed",)
    touches = COUNTS
    sources = ("https://github.com/soulduse/ai-token-monitor/pull/146",)

    def fold_report(
        self, usage: dict[str, Any], counter: dict[str, Any] | None, body: dict[str, Any]
    ) -> None:
        """The counter is read, not the usage beside it."""
        super().fold_report(usage if counter is None else counter, counter, body)


class LogRepeatsAdded(TextbookCodexLog):
    """Adds up the usage of every event, also of those that only repeat it.

    In the wild: ``total += event["info"]["last_token_usage"]["total_tokens"]``; the time of each repeat is
    another, so a set of ``(time, usage)`` finds none of them.
    """

    name = "log-repeats-added"
    failure = "log-cumulative-counter"
    touches = COUNTS
    sources = (
        "https://github.com/ccusage/ccusage/issues/1288",
        "https://github.com/open-telemetry/semantic-conventions-genai/issues/476",
    )

    def __init__(self) -> None:
        super().__init__()
        self.events = 0

    def fold_report(
        self, usage: dict[str, Any], counter: dict[str, Any] | None, body: dict[str, Any]
    ) -> None:
        """Every event is taken for another response."""
        before = self.usage
        super().fold_report(usage, counter, body)
        if body.get("type") != "token_count":
            return
        self.events += 1
        if self.events > 1 and before is not None:
            added = {
                key: value + (count(before, key) or 0) for key, value in usage.items() if is_count(value)
            }
            self.usage = {**before, **added}


class LogCountersMixed(TextbookCodexLog):
    """Reads the input from the response and the output from the session, as each is easiest to get.

    In the wild: ``last["input_tokens"]`` for the context shown, ``total["output_tokens"]`` beside it.
    """

    name = "log-counters-mixed"
    failure = "log-cumulative-counter"
    touches = COUNTS
    kin = ("log-counter-as-usage",)

    def fold_report(
        self, usage: dict[str, Any], counter: dict[str, Any] | None, body: dict[str, Any]
    ) -> None:
        """The output is the counter's."""
        of_session = ("output_tokens", "reasoning_output_tokens")
        mixed = {key: value for key, value in (counter or {}).items() if key in of_session}
        super().fold_report({**usage, **mixed}, counter, body)


class LogLaterEventWins(TextbookCodexLog):
    """Lets a later event with the same counter replace the usage.

    After the context was compacted it is an estimate of what the next request will send.

    In the wild: ``usage_at[counter] = event["info"]["last_token_usage"]``.
    """

    name = "log-later-event-wins"
    failure = "log-cumulative-counter"
    touches = COUNTS
    sources = ("https://github.com/openai/codex/issues/17539",)
    kin = ("log-repeats-added",)

    def fold_report(
        self, usage: dict[str, Any], counter: dict[str, Any] | None, body: dict[str, Any]
    ) -> None:
        """The last report counts."""
        self.usage = None
        super().fold_report(usage, self.counter or counter, body)


class LogTurnAsUsage(TextbookCodexLog):
    """Takes what the turn used so far for the usage of its last response.

    In the wild: ``record["turn_token_usage"]``, because that is what the agent itself shows for a turn.
    """

    name = "log-turn-as-usage"
    failure = "turns-usage-aggregation"
    kin = ("log-counter-as-usage", "log-counters-mixed")
    touches = COUNTS
    sources = ("https://github.com/openai/codex/issues/33189",)

    def fold_report(
        self, usage: dict[str, Any], counter: dict[str, Any] | None, body: dict[str, Any]
    ) -> None:
        """The turn's total is read where there is one."""
        turn = body.get("turn_token_usage")
        super().fold_report(turn if isinstance(turn, dict) else usage, counter, body)


class LogCachedAdded(TextbookCodexLog):
    """Adds the tokens read from a cache to the input, which holds them already.

    In the wild: ``input + cached``, as with providers that count them beside the input.
    """

    name = "log-cached-added"
    failure = "cached-counted-twice"
    touches = ("usage.input_tokens",)
    sources = (
        "https://github.com/blueberrycongee/termcanvas/pull/60",
        "https://github.com/janekbaraniewski/openusage/issues/360",
    )
    widespread = True

    def neutral(self, usage: dict[str, Any]) -> Usage:
        """Input and cache are taken for two things."""
        told = super().neutral(usage)
        if told.input_tokens is None:
            return told
        return replace(told, input_tokens=told.input_tokens + (told.cache_read_tokens or 0))


class LogReasoningAdded(TextbookCodexLog):
    """Adds reasoning to the output, which holds it already.

    In the wild: ``output + reasoning``, as with providers that count it beside the output.
    """

    name = "log-reasoning-added"
    failure = "reasoning-counted-twice"
    touches = ("usage.output_tokens",)
    sources = ("https://github.com/ccusage/ccusage/issues/1460",)
    widespread = True

    def neutral(self, usage: dict[str, Any]) -> Usage:
        """Output and reasoning are taken for two things."""
        told = super().neutral(usage)
        if told.output_tokens is None:
            return told
        return replace(told, output_tokens=told.output_tokens + (told.reasoning_tokens or 0))


CODEX_LOGS: tuple[type[TextbookCodexLog], ...] = (
    LogLaterEventWins,
    LogRepeatsAdded,
    LogCounterAsUsage,
    LogCountersMixed,
    LogTurnAsUsage,
    LogCachedAdded,
    LogReasoningAdded,
)
