"""Usage across requests, agents and log files: what is counted once, and what is added."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import CLAUDE_LOG, CODEX_LOG

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="log-lines-duplicated",
        severity="error",
        family="usage",
        title="One response is counted once, however many log lines repeat its usage.",
        why=(
            "Agents log a line for each block of an answer, all with the same usage. Summed by "
            "line, spend is shown up to four times too high."
        ),
        wrong=(
            '{"message": {"id": "m1", "usage": {"output_tokens": 10}}, "requestId": "r1"}\n'
            '{"message": {"id": "m1", "usage": {"output_tokens": 10}}, "requestId": "r1"}\n'
            "-> output tokens 20"
        ),
        right="-> output tokens 10",
        dialects=(CLAUDE_LOG,),
        sources=(
            "https://github.com/anthropics/claude-code/issues/6805",
            "https://github.com/tddworks/ClaudeBar/issues/207",
            "https://github.com/ccusage/ccusage/issues/994",
        ),
        seen="One response is told on several lines",
        wire_severity="note",
    ),
    Rule(
        slug="log-dedup-first-wins",
        severity="error",
        family="usage",
        title="Of the lines of one response the last, largest count is the one that counts.",
        why=(
            "The lines are written while the answer grows. Keeping the first of each group loses "
            "most of the output."
        ),
        wrong=(
            '{"message": {"id": "m1", "usage": {"output_tokens": 1}}}\n'
            '{"message": {"id": "m1", "usage": {"output_tokens": 27}}}\n'
            "-> output tokens 1"
        ),
        right="-> output tokens 27",
        dialects=(CLAUDE_LOG,),
        sources=(
            "https://github.com/ccusage/ccusage/issues/938",
            "https://github.com/titeya/dms-claudecode/issues/52",
        ),
        seen="The lines of one response tell different counts",
        wire_severity="note",
    ),
    Rule(
        slug="log-replayed-history",
        severity="error",
        family="usage",
        title="A response that several log files repeat is counted once over all of them.",
        why=(
            "A resumed or forked session copies its parent's lines into a new file. Counting each"
            " file for itself counts the past again."
        ),
        wrong=(
            'a.jsonl: {"message": {"id": "m1", "usage": {"output_tokens": 10}}}\n'
            'b.jsonl: {"message": {"id": "m1", "usage": {"output_tokens": 10}}}\n'
            "-> output tokens 20"
        ),
        right="-> output tokens 10",
        dialects=(CLAUDE_LOG, CODEX_LOG),
        sources=(
            "https://github.com/ccusage/ccusage/issues/1762",
            "https://github.com/ccusage/ccusage/issues/950",
        ),
    ),
    Rule(
        slug="log-placeholder-usage",
        severity="error",
        family="usage",
        title="A count that was written before the answer existed is marked, not trusted.",
        why=(
            "Some logs freeze the numbers of the first event, with input 0 or 1. They look like "
            "counts and are none."
        ),
        wrong=(
            '{"message": {"id": "m1", "usage": {"input_tokens": 1, "output_tokens": 1}}}\n'
            "-> input 1, output 1"
        ),
        right="-> usage unknown, marked as a placeholder",
        dialects=(CLAUDE_LOG,),
        sources=("https://github.com/ccusage/ccusage/issues/866",),
        seen="A count was written before there was one",
        wire_severity="warning",
    ),
    Rule(
        slug="log-cumulative-counter",
        severity="error",
        family="usage",
        title=("A running counter and the count of the last call are not mixed, nor is the former added up."),
        why=(
            "A log may carry both in every event, and repeat events. The sum of running totals "
            "grows with the square of the session."
        ),
        wrong=(
            '{"total_token_usage": 100, "last_token_usage": 100}\n'
            '{"total_token_usage": 150, "last_token_usage": 50}\n'
            "-> 250 tokens"
        ),
        right="-> 150 tokens",
        dialects=(CODEX_LOG,),
        sources=(
            "https://github.com/PixelPaw-Labs/codex-trace/issues/154",
            "https://github.com/open-telemetry/semantic-conventions-genai/issues/476",
        ),
        seen="A counter is told more than once",
        wire_severity="note",
    ),
    Rule(
        slug="retry-usage-policy",
        severity="error",
        family="usage",
        title=(
            "A failed attempt that reported usage was paid for; a report says whether it counts attempts."
        ),
        why=(
            "Counting only what succeeded hides what retries cost. Counting attempts as "
            "operations hides how many answers there were."
        ),
        wrong=("attempt 1: error, usage 500; attempt 2: answer, usage 500\n-> 500 tokens"),
        right="-> 1000 tokens in 2 attempts, 1 answer",
        sources=(
            "https://github.com/open-telemetry/semantic-conventions-genai/issues/476",
            "https://github.com/Upsonic/Upsonic/pull/595",
        ),
    ),
    Rule(
        slug="turns-usage-aggregation",
        severity="error",
        family="usage",
        title="Usage is added across requests, and last-wins inside one.",
        why=(
            "A loop with tools makes several requests. One merge rule for both either loses "
            "rounds or multiplies running totals."
        ),
        wrong=("request 1: usage 10, 20 (running); request 2: usage 5\n-> 35, or 5"),
        right="-> 25",
        sources=(
            "https://github.com/spring-projects/spring-ai/issues/6996",
            "https://github.com/open-webui/open-webui/issues/28528",
            "https://github.com/open-webui/open-webui/issues/29064",
        ),
    ),
    Rule(
        slug="subagent-usage",
        severity="error",
        family="usage",
        title="The usage of a nested agent is counted exactly once.",
        why="Lost if only the outer agent reports, doubled if both do.",
        wrong=("outer: 100 of its own, inner: 55\n-> 100, or 210"),
        right="-> 155",
        sources=(
            "https://github.com/kagent-dev/kagent/issues/946",
            "https://github.com/pensarai/apex/pull/831",
        ),
    ),
    Rule(
        slug="cache-hit-charged",
        severity="error",
        family="usage",
        title="An answer served from a local cache is not new spend.",
        why=(
            "Its usage object is a copy of the first one's. Summed, a cache that saves money "
            "appears to cost it."
        ),
        wrong=("answer from cache, usage 500\n-> 500 tokens spent"),
        right="-> 0 tokens spent, 500 saved",
        sources=("https://github.com/langfuse/langfuse/issues/2112",),
    ),
    Rule(
        slug="forward-vs-bill-divergence",
        severity="error",
        family="usage",
        title="A gateway bills the usage that it forwards.",
        why="If the two are made by different code, customers see one number and pay another.",
        wrong="forwarded: 1792 cached; billed: 0 cached",
        right="forwarded: 1792 cached; billed: 1792 cached",
        sources=("https://github.com/QuantumNous/new-api/issues/6144",),
    ),
)
