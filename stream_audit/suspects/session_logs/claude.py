"""Suspects that get the usage of a response in a session log of Claude Code wrong.

The trap that most share: a response is written on several lines, one for each
block of its answer, and every line has a usage object that looks complete.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.every_dialect import count, is_count
from stream_audit.suspects.session_logs.textbook_claude import AGENT, TextbookClaudeLog

__all__ = ["CLAUDE_LOGS"]

INPUT = ("usage.input_tokens",)
OUTPUT = ("usage.output_tokens",)
CACHE = ("usage.cache_read_tokens", "usage.cache_write_tokens")
EVERY_COUNT = (*INPUT, *OUTPUT, *CACHE, "usage.reasoning_tokens")


class LogLinesAdded(TextbookClaudeLog):
    """Adds up the usage of every line, so that each block of an answer is paid for as a whole answer.

    In the wild: ``for line in log: total += line["message"]["usage"]["output_tokens"]``.
    """

    name = "log-lines-added"
    failure = "log-lines-duplicated"
    touches = EVERY_COUNT
    sources = (
        "https://github.com/anthropics/claude-code/issues/6805",
        "https://github.com/sirmalloc/ccstatusline/issues/549",
    )

    def fold_usage(self, report: dict[str, Any]) -> None:
        """Every report is taken for another request."""
        so_far = self.usage or {}
        added = {key: (count(so_far, key) or 0) + value for key, value in report.items() if is_count(value)}
        self.usage = {**so_far, **report, **added}


class LogFirstLineKept(TextbookClaudeLog):
    """Keeps the first line of each response and calls the others duplicates.

    It was written when hardly a token of the answer was there.

    In the wild: ``if key in seen: continue``, then ``seen.add(key)``.
    """

    name = "log-first-line-kept"
    failure = "log-dedup-first-wins"
    kin = ("log-lines-added",)
    touches = EVERY_COUNT
    sources = (
        "https://github.com/ccusage/ccusage/issues/938",
        "https://github.com/ccusage/ccusage/issues/901",
    )

    def fold_usage(self, report: dict[str, Any]) -> None:
        """Only the first report is read."""
        if self.usage is None:
            super().fold_usage(report)


class LogLaterLineWins(TextbookClaudeLog):
    """Lets each line replace the one before.

    A session that was resumed copies its lines, and the copy of an early one stands behind the last.

    In the wild: ``by_key[key] = line["message"]["usage"]``.
    """

    name = "log-later-line-wins"
    failure = "log-lines-duplicated"
    kin = ("log-lines-added",)
    touches = EVERY_COUNT
    sources = ("https://github.com/ccusage/ccusage/pull/826",)

    def fold_usage(self, report: dict[str, Any]) -> None:
        """The last report stands alone."""
        self.usage = None
        super().fold_usage(report)


class LogPlaceholderCounted(TextbookClaudeLog):
    """Counts the 0 or 1 that is written before the input is known as if it were the input.

    In the wild: ``input += usage["input_tokens"]``, without a look at what a prompt of one token could be.
    """

    name = "log-placeholder-counted"
    failure = "log-placeholder-usage"
    touches = (*INPUT, *OUTPUT, *CACHE)
    sources = ("https://github.com/ccusage/ccusage/issues/866",)

    def is_placeholder(self, usage: dict[str, Any]) -> bool:
        """Every count is taken at its word."""
        return False


class LogSyntheticCounted(TextbookClaudeLog):
    """Takes a message that the agent wrote itself, for a request that failed, for an answer that cost 0.

    In the wild: every line of ``type`` ``assistant`` is a request, whatever ``message.model`` says.
    """

    name = "log-synthetic-counted"
    failure = "usage-absent"
    touches = EVERY_COUNT
    sources = ("https://github.com/ccusage/ccusage/issues/866",)

    def add(self, payload: Payload) -> None:
        """The agent's own usage counts like a provider's."""
        super().add(payload)
        message = payload.get("message")
        if isinstance(message, dict) and message.get("model") == AGENT and self.is_answer(payload):
            self.fold_usage(message.get("usage") or {})

    def is_placeholder(self, usage: dict[str, Any]) -> bool:
        """The agent's zeros are taken at their word; a provider's own are not."""
        return self.model != AGENT and super().is_placeholder(usage)


class LogThinkingAdded(TextbookClaudeLog):
    """Adds the tokens of thinking to the output, which holds them already.

    In the wild: ``output + thinking``, as with providers that count it beside the output.
    """

    name = "log-thinking-added"
    failure = "reasoning-counted-twice"
    touches = OUTPUT

    def neutral(self, usage: dict[str, Any]) -> Usage:
        """Output and thinking are taken for two things."""
        told = super().neutral(usage)
        if told.output_tokens is None:
            return told
        return replace(told, output_tokens=told.output_tokens + (told.reasoning_tokens or 0))


class LogCacheLeftOut(TextbookClaudeLog):
    """Shows ``input_tokens`` as the input; of a session almost all of it stands in the cache beside it.

    In the wild: ``input = usage["input_tokens"]``.
    """

    name = "log-cache-left-out"
    failure = "cached-left-out"
    touches = INPUT
    sources = ("https://github.com/anthropics/claude-code/issues/28197",)
    widespread = True

    def neutral(self, usage: dict[str, Any]) -> Usage:
        """Only what was not cached counts as input."""
        told = super().neutral(usage)
        return told if told.input_tokens is None else replace(told, input_tokens=count(usage, "input_tokens"))


CLAUDE_LOGS: tuple[type[TextbookClaudeLog], ...] = (
    LogFirstLineKept,
    LogLaterLineWins,
    LogLinesAdded,
    LogPlaceholderCounted,
    LogSyntheticCounted,
    LogThinkingAdded,
    LogCacheLeftOut,
)
