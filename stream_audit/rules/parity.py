"""Two ways to the same answer: streamed and not, sync and async, one library and another."""

from __future__ import annotations

from stream_audit.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="stream-vs-nonstream",
        severity="error",
        family="parity",
        title="The folded stream equals the unstreamed answer to the same request.",
        why=(
            "Servers build the two with different code. Text, tool calls, finish reason or usage "
            "then depend on whether one streams."
        ),
        wrong=('unstreamed: finish_reason "tool_calls"\nstreamed:   finish_reason "stop"'),
        right='streamed:   finish_reason "tool_calls"',
        sources=(
            "https://github.com/vllm-project/vllm/issues/47137",
            "https://github.com/NVIDIA-NeMo/Guardrails/issues/1756",
            "https://github.com/BerriAI/litellm/issues/1264",
            "https://github.com/openai/openai-agents-python/pull/4252",
        ),
        seen="The answer to the same request without streaming says something else",
    ),
    Rule(
        slug="twin-other-answer",
        severity="note",
        family="parity",
        title="A twin is the same answer, sampled without chance.",
        why=(
            "Two requests to a model that rolls dice give two answers; one proves nothing about the other. "
            "A request with temperature 0, or with a seed, makes a twin worth more."
        ),
        wrong=("streamed:   Paris is the capital.\nunstreamed: The capital is Paris."),
        right="unstreamed: Paris is the capital.",
        seen="The answer to the same request without streaming is another one",
    ),
    Rule(
        slug="sync-vs-async",
        severity="error",
        family="parity",
        title="The synchronous and the asynchronous combiner give the same response, with the same work.",
        why=(
            "They are usually two copies of one loop. A fix, or a fault, reaches one of them. Where only "
            "the work differs it is as bad as redundant-usage-work."
        ),
        wrong=("sync:  usage 5 in, 2 out\nasync: usage null"),
        right="async: usage 5 in, 2 out",
        sources=(
            "https://github.com/BerriAI/litellm/pull/31721",
            "https://github.com/guardrails-ai/guardrails/pull/1113",
            "https://github.com/run-llama/llama_index/pull/19369",
            "https://github.com/simonw/llm/pull/613",
        ),
    ),
    Rule(
        slug="sdk-vs-sdk",
        severity="error",
        family="parity",
        title="Two libraries for one protocol fold the same stream into the same response.",
        why=(
            "Where official clients disagree, the stored history depends on the language it was written in."
        ),
        wrong=('python: name "get_timeget_time"\nnode:   name "get_time"'),
        right='both:   name "get_time"',
        sources=(
            "https://github.com/strands-agents/harness-sdk/pull/3568",
            "https://github.com/NousResearch/hermes-agent/pull/12230",
        ),
    ),
    Rule(
        slug="batch-vs-incremental",
        severity="error",
        family="parity",
        title="Chunk by chunk, all at once, or with a chunk cut in two: the response is the same.",
        why=(
            "A fold that looks at the number of chunks, or at one chunk as a whole, changes its "
            "answer with the network."
        ),
        wrong=('"Hel", "lo" -> "Hello"\n"H", "ello" -> "H"'),
        right='"H", "ello" -> "Hello"',
        sources=("https://github.com/dotnet/extensions/issues/7017",),
    ),
)
