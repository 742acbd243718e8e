"""What the numbers mean: what is inside input and output, and what stands beside them."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import (
    ANTHROPIC,
    BEDROCK,
    CHAT,
    CLAUDE_LOG,
    CODEX_LOG,
    COHERE,
    GEMINI,
    RESPONSES,
    UI,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="cached-counted-twice",
        severity="error",
        family="usage",
        title="Cached tokens inside the prompt count are not added to it.",
        why=(
            "OpenAI and Gemini count cached tokens as part of the prompt, Anthropic does not. One"
            " rule for all doubles the input of the former."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 1000, "prompt_tokens_details": {"cached_tokens": 900}}}\n'
            "-> input tokens 1900"
        ),
        right="-> input tokens 1000, of which 900 read from cache",
        sources=(
            "https://github.com/langfuse/langfuse/issues/10592",
            "https://github.com/earendil-works/pi/pull/2148",
            "https://github.com/askui/python-sdk/pull/303",
            "https://github.com/BerriAI/litellm/pull/26919",
        ),
    ),
    Rule(
        slug="cached-left-out",
        severity="error",
        family="usage",
        title=("Input is input_tokens and both cache counts together, where the wire keeps them apart."),
        why=(
            "Anthropic's input_tokens has only what was not cached. Taken alone, most of a long "
            "conversation is missing."
        ),
        wrong=(
            '{"input_tokens": 3, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 40}\n'
            "-> input tokens 3"
        ),
        right="-> input tokens 943",
        dialects=(ANTHROPIC, BEDROCK, GEMINI, COHERE, CLAUDE_LOG),
        sources=(
            "https://github.com/future-agi/future-agi/pull/1122",
            "https://github.com/QuantumNous/new-api/issues/5440",
        ),
    ),
    Rule(
        slug="cached-ambiguous",
        severity="error",
        family="usage",
        title="Whoever shows a cached count says whether it is part of the input.",
        why=(
            "The two conventions look alike until the cached count exceeds the prompt. Read with "
            "the wrong one, the uncached part is negative, or the bill is wrong."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 900}}}\n'
            "-> input tokens 3, of which 900 cached"
        ),
        right="-> input tokens 903, of which 900 cached, and a note",
        sources=(
            "https://github.com/github/copilot-sdk/issues/1160",
            "https://github.com/langchain-ai/langchain/issues/32818",
        ),
        seen="The cached count is larger than the prompt count, so it cannot be part of it",
        wire_severity="note",
    ),
    Rule(
        slug="usage-billed-as-tokens",
        severity="error",
        family="usage",
        title="What is billed and what was used are two counts, and neither is the other.",
        why=(
            "Cohere reports both under the same names. What is billed leaves out what the provider puts in "
            "front of every prompt, so it is smaller, plausible, and wrong for a context limit. Whoever "
            "wants the bill, as OpenTelemetry's convention does, takes that pair alone and says so."
        ),
        wrong=(
            '{"usage": {"billed_units": {"input_tokens": 46}, "tokens": {"input_tokens": 1445}}}\n'
            "-> input tokens 46, or 1491"
        ),
        right="-> input tokens 1445, of which 46 are billed",
        dialects=(COHERE,),
        sources=(
            "https://github.com/open-telemetry/semantic-conventions-genai/issues/13",
            "https://github.com/open-telemetry/semantic-conventions-genai/pull/211",
            "https://github.com/ankit373/hydra/issues/859",
            "https://github.com/pydantic/genai-prices/pull/326",
        ),
    ),
    Rule(
        slug="cache-ttl-contradiction",
        severity="error",
        family="usage",
        title="Cache writes of all lifetimes together are no more than all cache writes.",
        why=(
            "If they are more, one of the numbers is left over from an earlier report, and both "
            "lifetimes are billed."
        ),
        wrong=(
            '{"cache_creation_input_tokens": 100,\n'
            ' "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 100}}'
        ),
        right=(
            '{"cache_creation_input_tokens": 100,\n'
            ' "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 100}}'
        ),
        dialects=(ANTHROPIC, BEDROCK),
        sources=("https://github.com/Wei-Shaw/sub2api/issues/6125",),
        seen="The cache writes by lifetime add up to more than all cache writes",
        wire_severity="warning",
    ),
    Rule(
        slug="reasoning-counted-twice",
        severity="error",
        family="usage",
        title="Reasoning tokens inside the output count are not added to it.",
        why=(
            "OpenAI and Anthropic count reasoning as output. Added again, the answers of a "
            "thinking model cost up to twice as much."
        ),
        wrong=(
            '{"usage": {"completion_tokens": 100, "completion_tokens_details": {"reasoning_tokens": 80}}}\n'
            "-> output tokens 180"
        ),
        right="-> output tokens 100, of which 80 reasoning",
        dialects=(
            CHAT,
            ANTHROPIC,
            RESPONSES,
            CLAUDE_LOG,
            CODEX_LOG,
            UI,
        ),
        sources=(
            "https://github.com/browser-use/browser-use/pull/4075",
            "https://github.com/theopenco/llmgateway/pull/3486",
            "https://github.com/hugalafutro/model-hotel/pull/991",
        ),
    ),
    Rule(
        slug="reasoning-left-out",
        severity="error",
        family="usage",
        title="Reasoning tokens that stand beside the output count are added to it.",
        why=(
            "Gemini, and xAI's chat API, keep them apart. Taken alone the output count shows 5 "
            "tokens for a request that cost 348."
        ),
        wrong=(
            '{"prompt_tokens": 41, "completion_tokens": 5, "total_tokens": 389,\n'
            ' "completion_tokens_details": {"reasoning_tokens": 343}}\n'
            "-> output tokens 5"
        ),
        right="-> output tokens 348",
        dialects=(
            CHAT,
            GEMINI,
        ),
        sources=(
            "https://github.com/langchain-ai/langchainjs/pull/11423",
            "https://github.com/langchain-ai/langchain/pull/34603",
        ),
        seen="Reasoning tokens stand beside the output count, not in it",
        wire_severity="note",
    ),
    Rule(
        slug="reasoning-exceeds-completion",
        severity="error",
        family="usage",
        title="Where reasoning is part of the output it cannot be more than the output.",
        why=(
            "A larger number shows that this server counts in another way; its total, where there is "
            "one, tells whether the reasoning is in the output. Subtracting gives a negative answer length."
        ),
        wrong=(
            '{"completion_tokens": 64, "completion_tokens_details": {"reasoning_tokens": 79}}\n'
            "-> output 64, text tokens -15"
        ),
        right="-> output 143, of which 79 reasoning, and a finding",
        dialects=(CHAT, RESPONSES),
        sources=("https://github.com/BerriAI/litellm/pull/24546",),
        seen="There are more reasoning tokens than output tokens",
        wire_severity="warning",
    ),
    Rule(
        slug="tool-use-prompt-left-out",
        severity="error",
        family="usage",
        title="Tokens of tool results that Gemini counts apart are input.",
        why=(
            "toolUsePromptTokenCount is paid for like the prompt. Left out, requests with search "
            "or code tools look cheap."
        ),
        wrong=('{"promptTokenCount": 20, "toolUsePromptTokenCount": 300}\n-> input tokens 20'),
        right="-> input tokens 320",
        dialects=(GEMINI,),
        sources=(
            "https://github.com/simstudioai/sim/pull/3039",
            "https://github.com/CultivateLabs/raif/pull/470",
        ),
    ),
    Rule(
        slug="total-mismatch",
        severity="error",
        family="usage",
        title="The total is input plus output, or it is known which part is missing.",
        why=(
            "A difference means that a part (reasoning, tool prompts) is counted apart, or that a"
            " number is wrong. Either way a bill made from the parts is off."
        ),
        wrong='{"prompt_tokens": 41, "completion_tokens": 5, "total_tokens": 389}',
        right='{"prompt_tokens": 41, "completion_tokens": 348, "total_tokens": 389}',
        sources=(
            "https://github.com/langchain-ai/langchainjs/pull/11423",
            "https://github.com/theopenco/llmgateway/pull/3486",
        ),
        seen="The total is not the sum of input and output",
        wire_severity="warning",
    ),
    Rule(
        slug="total-recomputed",
        severity="error",
        family="usage",
        title="The provider's total is kept as sent; a computed one is marked as computed.",
        why=(
            "The total is the only witness when parts are missing. Replaced by their sum, the gap"
            " can never be seen again."
        ),
        wrong=('{"prompt_tokens": 41, "completion_tokens": 5, "total_tokens": 389}\n-> total 46'),
        right="-> total 389",
        sources=(
            "https://github.com/simstudioai/sim/pull/3039",
            "https://github.com/langchain-ai/langchain/pull/36500",
        ),
    ),
    Rule(
        slug="usage-zero-falsy",
        severity="error",
        family="usage",
        title="A count of 0 is a count.",
        why=(
            "Fallbacks by truth (or, ||, > 0) take a reported 0 for a missing number, and put "
            "another in its place."
        ),
        wrong=('{"usage": {"prompt_tokens": 0, "input_tokens": 7}}\n-> prompt_tokens or input_tokens: 7'),
        right="-> prompt tokens 0, as reported",
        sources=(
            "https://github.com/langchain-ai/langchain/pull/36500",
            "https://github.com/yuki-uix/agent-cost-lab/issues/64",
        ),
    ),
    Rule(
        slug="usage-missing-becomes-number",
        severity="note",
        family="usage",
        title="What is missing is not tokenized: None is not a text of one token.",
        why="Counting str(None) gives 1, or 4, for an answer that is not there.",
        wrong=("completion: None\n-> output tokens 1"),
        right="-> output tokens null",
        sources=("https://github.com/run-llama/llama_index/pull/22781",),
    ),
)
