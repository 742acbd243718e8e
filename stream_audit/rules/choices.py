"""Several answers in one stream, and the shape of a chunk."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import CHAT, COMPLETIONS, GEMINI

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="choices-empty-chunk",
        severity="warning",
        family="choices",
        title="A chunk with no choices is legal anywhere in a stream.",
        why=(
            "Usage chunks, Azure's filter results and keep-alives have none. Code that reads "
            "choices[0] without looking dies there; it is the most common crash of all."
        ),
        wrong=('{"choices": [], "usage": {"prompt_tokens": 5}}\n-> IndexError: list index out of range'),
        right="-> usage 5 in",
        dialects=(CHAT, GEMINI),
        sources=(
            "https://github.com/Portkey-AI/gateway/pull/1629",
            "https://github.com/BerriAI/litellm/pull/32519",
            "https://github.com/awslabs/llmeter/pull/34",
        ),
    ),
    Rule(
        slug="choices-n-merged",
        severity="error",
        family="choices",
        title="Each choice is folded by itself.",
        why=(
            "With n > 1 the chunks of all answers alternate. A single buffer makes one text of "
            "them that the model never wrote."
        ),
        wrong=(
            '{"index": 0, "delta": {"content": "A"}}\n'
            '{"index": 1, "delta": {"content": "B"}}\n'
            '-> content "AB"'
        ),
        right='-> choice 0 "A", choice 1 "B"',
        dialects=(CHAT, GEMINI),
        sources=(
            "https://github.com/langfuse/langfuse-python/pull/1864",
            "https://github.com/langchain-ai/langchain/issues/26719",
        ),
    ),
    Rule(
        slug="choices-first-only",
        severity="error",
        family="choices",
        title="Choices behind the first are not dropped in silence.",
        why=(
            "Who asked for n answers paid for n answers. Code that keeps one must say so, or return them all."
        ),
        wrong=('{"index": 1, "delta": {"content": "B"}}\n-> choices ["A"]'),
        right='-> choices ["A", "B"]',
        dialects=(CHAT, GEMINI),
        sources=(
            "https://github.com/openai/openai-agents-python/issues/3313",
            "https://github.com/openai/openai-go/issues/428",
        ),
    ),
    Rule(
        slug="choices-index-as-position",
        severity="warning",
        family="choices",
        title="A choice's index names it; any order of first appearance works.",
        why=(
            "The first chunk of a stream may belong to choice 1. Code that uses the index as a "
            "place in a list crashes, or swaps answers."
        ),
        wrong=(
            '{"index": 1, "delta": {"content": "B"}}\n'
            '{"index": 0, "delta": {"content": "A"}}\n'
            "-> IndexError: list index out of range"
        ),
        right='-> choice 0 "A", choice 1 "B"',
        dialects=(CHAT, GEMINI),
        sources=("https://github.com/openai/openai-python/pull/3709",),
    ),
    Rule(
        slug="choices-index-drifts",
        severity="error",
        family="choices",
        title="A choice keeps its index for the whole stream.",
        why=(
            "A server that counts the index up with each chunk makes one answer look like "
            "hundreds of one word each."
        ),
        wrong=('{"index": 197, "delta": {"content": "Hel"}}\n{"index": 198, "delta": {"content": "lo"}}'),
        right=('{"index": 0, "delta": {"content": "Hel"}}\n{"index": 0, "delta": {"content": "lo"}}'),
        dialects=(CHAT, COMPLETIONS),
        sources=("https://github.com/microsoft/foundry-local/issues/144",),
        seen="A choice cannot be told by its index",
        wire_severity="warning",
    ),
    Rule(
        slug="delta-missing",
        severity="warning",
        family="choices",
        title="A choice without a delta adds no text; the rest of it counts.",
        why=(
            "Azure sends late filter results in choices that have no delta. Code that reads "
            "delta.content there ends with an exception after the answer was complete."
        ),
        wrong=(
            '{"index": 0, "content_filter_results": {"hate": {"filtered": false}}}\n'
            "-> AttributeError: 'NoneType' object has no attribute 'content'"
        ),
        right="-> no text, filter results kept in extra",
        dialects=(CHAT, GEMINI),
        sources=(
            "https://github.com/openai/openai-node/pull/1982",
            "https://github.com/microsoft/autogen/issues/6465",
            "https://github.com/langchain-ai/langchain/issues/18977",
        ),
    ),
    Rule(
        slug="usage-chunk-nonempty-choices",
        severity="warning",
        family="choices",
        title=(
            "A chunk that is there for its usage has no choices, and one that has makes neither "
            "text nor a second end."
        ),
        why=(
            "Gateways invent a choice for the usage chunk. Clients then see an answer that starts"
            " or ends twice."
        ),
        wrong=(
            '{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}], "usage": {}}\n'
            "-> a second, empty message"
        ),
        right='{"choices": [], "usage": {}}',
        dialects=(CHAT,),
        sources=("https://github.com/BerriAI/litellm/issues/28735",),
    ),
)
