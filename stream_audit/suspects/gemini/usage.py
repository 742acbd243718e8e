"""Suspects that get the token counts of a Gemini answer wrong.

The traps they share: every chunk has the counts so far; thoughts stand beside the candidates and tool
results beside the prompt, while cached tokens are inside it; and a field may come late, vanish, or fall.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload, Usage
from stream_audit.suspects.every_dialect import count, is_count
from stream_audit.suspects.gemini.textbook import TextbookGemini
from stream_audit.suspects.gemini.textbook_names import as_sent, is_reason

__all__ = ["GEMINI_USAGE"]

INPUT = ("usage.input_tokens",)
OUTPUT = ("usage.output_tokens",)
TOTAL = ("usage.total_tokens",)


class UsageChunksSummed(TextbookGemini):
    """Adds up the counts of all chunks; each has the total so far.

    In the wild: ``usage += chunk.usage_metadata``, as in any other provider's loop.
    """

    name = "usage-chunks-summed"
    failure = "usage-gemini-cumulative-summed"
    touches = ("usage",)
    widespread = True
    sources = (
        "https://github.com/agno-agi/agno/pull/6624",
        "https://github.com/dotnet/extensions/issues/7409",
        "https://github.com/pydantic/pydantic-ai/issues/1736",
    )

    def fold_report(self, report: dict[str, Any]) -> None:
        before = self.usage
        super().fold_report(report)
        for key in report:
            if is_count(before.get(key)) and is_count(report[key]):
                self.usage[key] = before[key] + report[key]


class UsageLargestKept(TextbookGemini):
    """Keeps the largest value of each count; the provider may correct one downwards.

    In the wild: ``prompt = max(prompt, chunk.usage_metadata.prompt_token_count or 0)``.
    """

    name = "usage-largest-kept"
    failure = "usage-gemini-cumulative-summed"
    touches = ("usage",)
    sources = ("https://github.com/langchain-ai/langchainjs/issues/8266",)

    def fold_report(self, report: dict[str, Any]) -> None:
        before = self.usage
        super().fold_report(report)
        for key, held in before.items():
            if is_count(held) and is_count(self.usage.get(key)):
                self.usage[key] = max(held, self.usage[key])


class UsageOfFirstChunk(TextbookGemini):
    """Keeps the first usage, which is that of the first few words.

    In the wild: ``if usage is None: usage = chunk.usage_metadata``.
    """

    name = "usage-of-first-chunk"
    failure = "usage-preview-first"
    touches = ("usage",)
    widespread = True
    sources = ("https://github.com/ankit373/hydra/pull/858",)

    def fold_report(self, report: dict[str, Any]) -> None:
        if not self.reported:
            super().fold_report(report)


class UsageOfLastChunk(TextbookGemini):
    """Keeps the last usage object whole; what only an earlier one said is gone.

    In the wild: ``usage = chunk.usage_metadata or usage``.
    """

    name = "usage-of-last-chunk"
    failure = "usage-field-union"
    kin = ("usage-of-finish-chunk",)
    touches = ("usage",)
    sources = ("https://github.com/pydantic/pydantic-ai/issues/5889",)

    def fold_report(self, report: dict[str, Any]) -> None:
        self.usage = {}
        super().fold_report(report)


class UsageNullErases(TextbookGemini):
    """Lets a null take a count away; in chunks that the Python SDK dumped, what was not sent is null.

    In the wild: ``usage.update(chunk["usage_metadata"])``.
    """

    name = "usage-null-erases"
    failure = "usage-zero-or-null-overwrites"
    kin = ("usage-of-finish-chunk", "usage-of-last-chunk")
    touches = ("usage",)
    sources = ("https://github.com/pydantic/pydantic-ai/issues/7913",)

    def fold_report(self, report: dict[str, Any]) -> None:
        super().fold_report(report)
        self.usage.update({key: None for key, value in report.items() if value is None})


class UsageOfFinishChunk(TextbookGemini):
    """Reads usage off the chunk with the finish reason alone; a stream that breaks off has none.

    In the wild: ``if candidate.finishReason: usage = event.usageMetadata``.
    """

    name = "usage-of-finish-chunk"
    failure = "usage-lost-on-abort"
    kin = ("stop-fabricated",)
    touches = ("usage",)
    sources = (
        "https://github.com/NousResearch/hermes-agent/pull/15264",
        "https://github.com/NousResearch/hermes-agent/pull/15449",
    )

    def see_usage(self, chunk: Payload) -> None:
        entries = [one for one in chunk.get("candidates") or [] if isinstance(one, dict)]
        if any(is_reason(as_sent(one, "candidate").get("finishReason"), "FINISH") for one in entries):
            super().see_usage(chunk)


class UsageNeedsCandidates(TextbookGemini):
    """Passes over a report without ``candidatesTokenCount``: of an answer that was all thinking, all of them.

    In the wild: ``if usage and usage["candidatesTokenCount"]:``.
    """

    name = "usage-needs-candidates"
    failure = "usage-field-union"
    kin = ("thoughts-not-output", "total-of-prompt-and-answer")
    touches = ("usage",)
    sources = ("https://github.com/janeapp/riffer/pull/309",)

    def fold_report(self, report: dict[str, Any]) -> None:
        if report.get("candidatesTokenCount"):
            super().fold_report(report)


class UsageNoneAsZero(TextbookGemini):
    """Reports zeros for an answer of which no usage was sent.

    In the wild: ``prompt_tokens = completion_tokens = 0`` above the loop.
    """

    name = "usage-none-as-zero"
    failure = "usage-absent"
    touches = ("usage",)
    sources = ("https://github.com/NousResearch/hermes-agent/issues/15253",)

    def final_usage(self) -> Usage | None:
        return super().final_usage() or Usage(input_tokens=0, output_tokens=0, total_tokens=0)


class ThoughtsNotOutput(TextbookGemini):
    """Reports ``candidatesTokenCount`` as the output, which leaves the thoughts out.

    In the wild: ``completion_tokens=usage.candidates_token_count``.
    """

    name = "thoughts-not-output"
    failure = "reasoning-left-out"
    kin = ("total-of-prompt-and-answer",)
    touches = OUTPUT
    sources = (
        "https://github.com/langchain-ai/langchainjs/pull/11423",
        "https://github.com/crewAIInc/crewAI/pull/5699",
        "https://github.com/Portkey-AI/gateway/pull/1458",
    )

    def output_tokens(self) -> int | None:
        return count(self.usage, "candidatesTokenCount")


class ToolResultsNotInput(TextbookGemini):
    """Reports ``promptTokenCount`` as the input, which leaves out what the provider's own tools read.

    In the wild: ``prompt_tokens=usage.prompt_token_count``.
    """

    name = "tool-results-not-input"
    failure = "tool-use-prompt-left-out"
    kin = ("total-of-prompt-and-answer",)
    touches = INPUT
    sources = (
        "https://github.com/simstudioai/sim/pull/3039",
        "https://github.com/CultivateLabs/raif/pull/470",
    )

    def input_tokens(self) -> int | None:
        return count(self.usage, "promptTokenCount")


class CachedAddedToPrompt(TextbookGemini):
    """Adds the cached tokens to a prompt that has them.

    In the wild: ``input = prompt_token_count + cached_content_token_count``, as Anthropic counts.
    """

    name = "cached-added-to-prompt"
    failure = "cached-counted-twice"
    kin = ("cached-out-of-prompt",)
    touches = INPUT
    sources = (
        "https://github.com/zed-industries/zed/pull/31885",
        "https://github.com/Arize-ai/openinference/pull/3016",
    )

    def input_tokens(self) -> int | None:
        prompt = super().input_tokens()
        return None if prompt is None else prompt + (self.cache_read_tokens() or 0)


class CachedOutOfPrompt(TextbookGemini):
    """Takes the cached tokens out of the input, and calls the rest the input.

    In the wild: ``input = prompt_token_count - cached_content_token_count``, for a bill that
    prices the two apart.
    """

    name = "cached-out-of-prompt"
    failure = "cached-left-out"
    kin = ("cached-added-to-prompt",)
    touches = INPUT
    sources = (
        "https://github.com/getomnico/omni/pull/431",
        "https://github.com/ding113/claude-code-hub/pull/338",
    )

    def input_tokens(self) -> int | None:
        prompt = super().input_tokens()
        return None if prompt is None else prompt - (self.cache_read_tokens() or 0)


class TotalOfPromptAndAnswer(TextbookGemini):
    """Computes the total of prompt and answer; thoughts and tool results are in the provider's and not in it.

    In the wild: ``total = prompt_tokens + completion_tokens``.
    """

    name = "total-of-prompt-and-answer"
    failure = "total-recomputed"
    touches = TOTAL
    sources = ("https://github.com/simstudioai/sim/pull/3039",)

    def total_tokens(self) -> int | None:
        parts = [count(self.usage, name) for name in ("promptTokenCount", "candidatesTokenCount")]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None


GEMINI_USAGE: tuple[type[TextbookGemini], ...] = (
    UsageChunksSummed,
    UsageLargestKept,
    UsageOfFirstChunk,
    UsageOfLastChunk,
    UsageNullErases,
    UsageOfFinishChunk,
    UsageNeedsCandidates,
    UsageNoneAsZero,
    ThoughtsNotOutput,
    ToolResultsNotInput,
    CachedAddedToPrompt,
    CachedOutOfPrompt,
    TotalOfPromptAndAnswer,
)
