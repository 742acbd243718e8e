"""Why an answer ended: one reason per choice, neither lost nor invented."""

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
        slug="finish-stop-with-tool-calls",
        severity="error",
        family="finish",
        title="Tool calls count whatever the finish reason says.",
        why=(
            "Some servers say stop although calls were streamed; with a forced tool the official "
            "API does so too. A client that looks at the reason alone throws the calls away."
        ),
        wrong=(
            '{"delta": {"tool_calls": [{"index": 0, "id": "c1"}]}}\n'
            '{"finish_reason": "stop"}\n'
            "-> no tool call"
        ),
        right='-> one tool call, finish reason "stop" as sent',
        dialects=(CHAT, GEMINI, OLLAMA),
        sources=(
            "https://github.com/vllm-project/vllm/pull/9209",
            "https://github.com/BerriAI/litellm/issues/12862",
            "https://github.com/ollama/ollama/pull/7963",
        ),
        seen="The finish reason does not fit the answer",
        wire_severity="warning",
    ),
    Rule(
        slug="finish-emitted-twice",
        severity="error",
        family="finish",
        title="A choice ends for one reason; a later stop does not replace tool_calls.",
        why=(
            "With two reasons the client decides by accident. One that takes the last sees stop, "
            "and does not run the tools."
        ),
        wrong=('{"finish_reason": "tool_calls"}\n{"finish_reason": "stop"}\n-> finish reason "stop"'),
        right='-> finish reason "tool_calls"',
        dialects=(CHAT, COMPLETIONS, RESPONSES, ANTHROPIC, BEDROCK, GEMINI, COHERE, OLLAMA, UI),
        sources=("https://github.com/RayBytes/ChatMock/pull/114",),
        seen="The answer ends for two reasons",
    ),
    Rule(
        slug="finish-empty-string",
        severity="error",
        family="finish",
        title='A finish reason of "" is no reason.',
        why=(
            'Some servers fill the field with "" on every chunk. Code that tests only for null '
            "takes the first chunk for the last."
        ),
        wrong=(
            '{"delta": {"content": "Hi"}, "finish_reason": ""}\n'
            '{"delta": {"content": "!"}, "finish_reason": "stop"}\n'
            '-> content "Hi", finish reason ""'
        ),
        right='-> content "Hi!", finish reason "stop"',
        dialects=(CHAT, GEMINI, COHERE, OLLAMA, UI),
        sources=("https://github.com/CangShui/workbuddy-gateway/pull/3",),
        seen="A finish reason says nothing",
        wire_severity="warning",
    ),
    Rule(
        slug="finish-missing",
        severity="warning",
        family="finish",
        title="A stream that gave no finish reason folds to null, which is not the same as stop.",
        why=(
            "Nobody can tell a finished answer from a cut one if the reason is made up. Clients "
            "that insist on one retry for ever."
        ),
        wrong=('{"delta": {"content": "Hi"}}\ndata: [DONE]\n-> finish reason "stop"'),
        right="-> finish reason null, and a finding",
        sources=(
            "https://github.com/anomalyco/opencode/issues/43379",
            "https://github.com/earendil-works/pi/pull/7441",
            "https://github.com/can1357/oh-my-pi/issues/9433",
        ),
        seen="Why the answer ended is unknown",
    ),
    Rule(
        slug="finish-chunk-dropped-by-relay",
        severity="warning",
        family="finish",
        title="A relay forwards the chunk with the finish reason, also when it takes the usage out.",
        why=(
            "Reason and usage often share a chunk. A relay that drops the chunk because of the "
            "usage leaves the client waiting for an end."
        ),
        wrong=('{"delta": {}, "finish_reason": "stop", "usage": {"total_tokens": 9}}\n-> forwarded: nothing'),
        right='-> forwarded: {"delta": {}, "finish_reason": "stop"}',
        dialects=(CHAT,),
        sources=("https://github.com/QuantumNous/new-api/issues/7489",),
    ),
    Rule(
        slug="finish-not-surfaced",
        severity="error",
        family="finish",
        title="The folded answer says why it ended.",
        why=(
            "Without the reason a caller cannot tell a complete answer from one cut by the token "
            "limit or a filter, and stores half a sentence as the whole."
        ),
        wrong=('{"delta": {"content": "and so"}, "finish_reason": "length"}\n-> content "and so"'),
        right='-> content "and so", finish reason "length"',
        sources=(
            "https://github.com/0xPlaygrounds/rig/issues/2248",
            "https://github.com/symfony/ai/issues/2194",
        ),
    ),
    Rule(
        slug="finish-early-exit",
        severity="error",
        family="finish",
        title="Reading goes on after the finish reason until the stream ends.",
        why=(
            "Usage, metadata and late text come behind the reason. Code that stops there bills 0 "
            "tokens, and leaves the connection unread."
        ),
        wrong=(
            '{"finish_reason": "stop"}\n'
            '{"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}\n'
            "-> usage null"
        ),
        right="-> usage 5 in, 2 out",
        dialects=(CHAT, BEDROCK, UI, GEMINI, COHERE, OLLAMA),
        sources=(
            "https://github.com/maximhq/bifrost/issues/191",
            "https://github.com/agentjido/req_llm/issues/781",
            "https://github.com/BerriAI/litellm/pull/27139",
        ),
    ),
    Rule(
        slug="finish-fabricated-on-truncation",
        severity="error",
        family="finish",
        title="A stream that broke off is never given a finish reason of the reader's own.",
        why=(
            "A made-up stop turns half an answer, or half a tool call, into a complete one. It is"
            " stored, billed and executed."
        ),
        wrong=('{"delta": {"content": "The dose is 5"}}\n(connection lost)\n-> finish reason "stop"'),
        right="-> finish reason null, incomplete",
        sources=(
            "https://github.com/NVIDIA/TensorRT-LLM/pull/18289",
            "https://github.com/NousResearch/hermes-agent/issues/109988",
            "https://github.com/anomalyco/opencode/pull/46065",
        ),
    ),
    Rule(
        slug="finish-incomplete-mapping",
        severity="error",
        family="finish",
        title=("Running into the token limit or a filter is told as such, not as an error and not as stop."),
        why=(
            "An answer that ended for want of tokens is usable and must say so. As an error it is"
            " thrown away, as stop it is taken for whole."
        ),
        wrong=(
            '{"type": "response.incomplete",\n'
            ' "response": {"incomplete_details": {"reason": "max_output_tokens"}}}\n'
            "-> error, no answer"
        ),
        right="-> the answer so far, finish reason for the token limit",
        dialects=(RESPONSES, GEMINI, BEDROCK, COHERE, OLLAMA),
        sources=(
            "https://github.com/BerriAI/litellm/pull/37710",
            "https://github.com/metabase/metabase/pull/80959",
        ),
    ),
)
