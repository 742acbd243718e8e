"""Log probabilities, refusals, audio and citations: lists append, texts join, labels stay."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import (
    ANTHROPIC,
    BEDROCK,
    CHAT,
    COHERE,
    COMPLETIONS,
    GEMINI,
    OLLAMA,
    RESPONSES,
    UI,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="logprobs-last-only",
        severity="error",
        family="extras",
        title="Token log probabilities of all chunks are joined.",
        why=(
            "Each chunk carries those of its own tokens. Code that keeps the last chunk's, or the"
            " first's, returns one token of many."
        ),
        wrong=(
            '{"logprobs": {"content": [{"token": "A", "logprob": -0.1}]}}\n'
            '{"logprobs": {"content": [{"token": "B", "logprob": -0.2}]}}\n'
            '-> logprobs for ["B"]'
        ),
        right='-> logprobs for ["A", "B"]',
        dialects=(CHAT, COMPLETIONS, GEMINI, COHERE, OLLAMA),
        sources=(
            "https://github.com/Menci/Floway/issues/481",
            "https://github.com/ai-dynamo/dynamo/pull/2928",
            "https://github.com/microsoft/autogen/pull/7967",
        ),
    ),
    Rule(
        slug="logprobs-dropped-by-branch",
        severity="error",
        family="extras",
        title=("Log probabilities are there in the stream when they are there in the unstreamed answer."),
        why=(
            "Servers lose them on the path that parses reasoning or tools. Whoever scores answers"
            " by them gets nothing, without an error."
        ),
        wrong=(
            'unstreamed: {"logprobs": {"content": [{"token": "A"}]}}\n'
            'streamed:   {"delta": {"content": "A"}, "logprobs": null}'
        ),
        right='streamed:   {"delta": {"content": "A"}, "logprobs": {"content": [{"token": "A"}]}}',
        dialects=(CHAT,),
        sources=(
            "https://github.com/sgl-project/sglang/pull/28601",
            "https://github.com/ml-explore/mlx-lm/pull/1630",
        ),
    ),
    Rule(
        slug="refusal-dropped",
        severity="error",
        family="extras",
        title="Refusal deltas join into the refusal.",
        why=(
            "A refusal comes in its own field. Code that reads content alone shows an empty "
            "answer and does not know that the model said no."
        ),
        wrong=(
            '{"delta": {"refusal": "I can\'t "}}\n'
            '{"delta": {"refusal": "help."}}\n'
            '-> content "", refusal null'
        ),
        right='-> refusal "I can\'t help."',
        dialects=(
            CHAT,
            RESPONSES,
        ),
        sources=(
            "https://github.com/openai/openai-python/pull/3387",
            "https://github.com/BerriAI/litellm/issues/39203",
        ),
    ),
    Rule(
        slug="audio-overwritten",
        severity="error",
        family="extras",
        title="Audio data and transcript append, its id is set once, its expiry is the last.",
        why=(
            "Assigning the audio object keeps a fraction of a second of sound. The last chunk has"
            " only the expiry and would leave nothing at all."
        ),
        wrong=(
            '{"audio": {"id": "a", "data": "UklG"}}\n'
            '{"audio": {"data": "Rg=="}}\n'
            '{"audio": {"expires_at": 1700000000}}\n'
            '-> audio {"expires_at": 1700000000}'
        ),
        right='-> audio {"id": "a", "data": "UklGRg==", "expires_at": 1700000000}',
        dialects=(CHAT,),
        sources=(
            "https://github.com/openai/openai-node/pull/1991",
            "https://github.com/langfuse/langfuse-python/pull/1831",
        ),
    ),
    Rule(
        slug="citations-dropped",
        severity="error",
        family="extras",
        title="Citations and annotations reach the answer, also when their delta has no text.",
        why=(
            "Code that skips deltas without text skips the sources. The answer then makes claims "
            "that nobody can check."
        ),
        wrong=(
            '{"delta": {"type": "citations_delta", "citation": {"url": "https://example.org"}}}\n'
            "-> annotations []"
        ),
        right='-> annotations [{"url": "https://example.org"}]',
        dialects=(RESPONSES, ANTHROPIC, CHAT, BEDROCK, GEMINI, COHERE, UI),
        sources=(
            "https://github.com/maximhq/bifrost/issues/5061",
            "https://github.com/microsoft/agent-framework/issues/5029",
            "https://github.com/openai/openai-agents-python/pull/4252",
        ),
    ),
    Rule(
        slug="citations-duplicated",
        severity="note",
        family="extras",
        title="A citation that is sent again is one citation.",
        why=(
            "Some gateways repeat the list of sources in every chunk. Appended, ten chunks show "
            "each source ten times."
        ),
        wrong=(
            '{"delta": {"annotations": [{"url": "https://example.org"}]}}\n'
            '{"delta": {"annotations": [{"url": "https://example.org"}]}}\n'
            "-> two annotations"
        ),
        right="-> one annotation",
        dialects=(CHAT, GEMINI),
        sources=("https://github.com/laravel/ai/pull/1012",),
    ),
)
