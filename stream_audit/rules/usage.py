"""Usage inside one stream: which of several numbers win."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import ANTHROPIC, BEDROCK, CHAT, COHERE, COMPLETIONS, GEMINI, OLLAMA, UI

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="usage-cumulative-summed",
        severity="error",
        family="usage",
        title=(
            "Usage that is sent more than once is a running total: the last report counts, none are added."
        ),
        why=(
            "Some servers report usage with every chunk. Added up, an answer of 200 chunks is "
            "billed a hundredfold."
        ),
        wrong=(
            '{"usage": {"completion_tokens": 1}}\n{"usage": {"completion_tokens": 2}}\n-> output tokens 3'
        ),
        right="-> output tokens 2",
        dialects=(CHAT, COMPLETIONS, OLLAMA, UI),
        sources=(
            "https://github.com/pydantic/pydantic-ai/pull/4056",
            "https://github.com/open-webui/open-webui/issues/29064",
            "https://github.com/mitchross/talos-argocd-proxmox/pull/2019",
            "https://github.com/langfuse/langfuse/issues/8808",
        ),
        seen="Usage is sent several times, as a running total",
        wire_severity="note",
    ),
    Rule(
        slug="usage-gemini-cumulative-summed",
        severity="error",
        family="usage",
        title="Every Gemini chunk repeats the usage so far; the last value of each field counts.",
        why=(
            "Added up, the prompt is billed once per chunk. Ten to seventeen times the true count"
            " has been reported."
        ),
        wrong=(
            '{"usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 5}}\n'
            '{"usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 9}}\n'
            "-> input 200, output 14"
        ),
        right="-> input 100, output 9",
        dialects=(GEMINI,),
        sources=(
            "https://github.com/agno-agi/agno/pull/6624",
            "https://github.com/dotnet/extensions/issues/7409",
            "https://github.com/pydantic/pydantic-ai/issues/1736",
            "https://github.com/langchain-ai/langchainjs/issues/8266",
        ),
        seen="Usage is sent several times, as a running total",
        wire_severity="note",
    ),
    Rule(
        slug="usage-anthropic-output-added",
        severity="error",
        family="usage",
        title="The output count of message_delta is the total and replaces that of message_start.",
        why=(
            "message_start already carries a small output count. Adding it to the later total "
            "bills tokens that do not exist; with several message_delta events it grows further."
        ),
        wrong=(
            '{"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 3}}}\n'
            '{"type": "message_delta", "usage": {"output_tokens": 20}}\n'
            "-> output tokens 23"
        ),
        right="-> output tokens 20",
        dialects=(ANTHROPIC,),
        sources=(
            "https://github.com/tensorzero/tensorzero/issues/5481",
            "https://github.com/traceloop/openllmetry/pull/4377",
            "https://github.com/LibreChat-AI/agents/pull/150",
            "https://github.com/envoyproxy/ai-gateway/pull/2239",
        ),
    ),
    Rule(
        slug="usage-anthropic-cache-doubled",
        severity="error",
        family="usage",
        title="Cache counts that come in message_start and again in message_delta are counted once.",
        why="The two events repeat the same numbers. Added, a long cached prompt is billed twice.",
        wrong=(
            '{"type": "message_start", "message": {"usage": {"cache_read_input_tokens": 900}}}\n'
            '{"type": "message_delta", "usage": {"cache_read_input_tokens": 900, "output_tokens": 7}}\n'
            "-> cache read 1800"
        ),
        right="-> cache read 900",
        dialects=(ANTHROPIC,),
        sources=("https://github.com/langchain-ai/langchainjs/issues/10249",),
    ),
    Rule(
        slug="usage-anthropic-start-ignored",
        severity="error",
        family="usage",
        title="The input count of message_start counts when message_delta has none.",
        why=(
            "Code that reads usage only from message_delta finds output alone, and reports 0 "
            "input tokens for every request."
        ),
        wrong=(
            '{"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}}\n'
            '{"type": "message_delta", "usage": {"output_tokens": 20}}\n'
            "-> input tokens 0"
        ),
        right="-> input tokens 10",
        dialects=(ANTHROPIC,),
        sources=(
            "https://github.com/tghamm/Anthropic.SDK/pull/80",
            "https://github.com/langchain-ai/langchain/pull/35532",
        ),
    ),
    Rule(
        slug="usage-anthropic-delta-ignored",
        severity="error",
        family="usage",
        title="Input and cache counts in message_delta replace those of message_start.",
        why=(
            "Server-side tools read pages during the answer, so the input grows. Code that keeps "
            "the first number under-counts it."
        ),
        wrong=(
            '{"type": "message_start", "message": {"usage": {"input_tokens": 30, "output_tokens": 1}}}\n'
            '{"type": "message_delta", "usage": {"input_tokens": 100, "output_tokens": 20}}\n'
            "-> input tokens 30"
        ),
        right="-> input tokens 100",
        dialects=(ANTHROPIC,),
        sources=(
            "https://github.com/laravel/ai/pull/996",
            "https://github.com/langchain-ai/langchainjs/pull/11195",
            "https://github.com/strands-agents/harness-sdk/pull/3568",
        ),
    ),
    Rule(
        slug="usage-zero-or-null-overwrites",
        severity="error",
        family="usage",
        title="A later null, a missing field or a 0 does not erase a count that was reported.",
        why=(
            "Last events of a stream often carry zeros for what they do not know. Taken at their "
            "word, the request was free."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 12, "completion_tokens": 5}}\n'
            '{"usage": {"prompt_tokens": 0, "completion_tokens": 6}}\n'
            "-> input tokens 0"
        ),
        right="-> input 12, output 6 (unless the policy honours a later zero)",
        sources=(
            "https://github.com/envoyproxy/ai-gateway/pull/1631",
            "https://github.com/pydantic/pydantic-ai/issues/7913",
            "https://github.com/BerriAI/litellm/pull/33054",
        ),
    ),
    Rule(
        slug="usage-field-union",
        severity="error",
        family="usage",
        title="Usage is folded field by field; a count that only some reports carry is kept.",
        why=(
            "Replacing the whole object with the last report loses cached and reasoning counts "
            "that came earlier, and with them the discount."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 8}}}\n'
            '{"usage": {"prompt_tokens": 9, "completion_tokens": 4}}\n'
            "-> cache read null"
        ),
        right="-> input 9, output 4, cache read 8",
        dialects=(CHAT, GEMINI, ANTHROPIC, UI),
        sources=("https://github.com/pydantic/pydantic-ai/issues/5889",),
    ),
    Rule(
        slug="usage-last-frame-only",
        severity="error",
        family="usage",
        title="Usage is found wherever it stands, not only in the last chunk.",
        why=(
            "Gateways send an empty or a cost chunk behind the usage. Code that looks at the last"
            " one bills nothing."
        ),
        wrong=(
            '{"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}\n'
            '{"choices": [], "cost": "0"}\n'
            "-> usage null"
        ),
        right="-> usage 5 in, 2 out",
        dialects=(CHAT,),
        sources=(
            "https://github.com/QuantumNous/new-api/issues/6272",
            "https://github.com/BerriAI/litellm/issues/17136",
        ),
    ),
    Rule(
        slug="usage-preview-first",
        severity="error",
        family="usage",
        title="An early usage report is neither the final count nor the end of the stream.",
        why=(
            "Code that stops at the first usage cuts the answer, and bills the few tokens that "
            "were counted by then."
        ),
        wrong=(
            '{"choices": [{"delta": {"content": "Hi"}}], "usage": {"completion_tokens": 1}}\n'
            '{"choices": [{"delta": {"content": " there"}}], "usage": {"completion_tokens": 2}}\n'
            '-> content "Hi", output tokens 1'
        ),
        right='-> content "Hi there", output tokens 2',
        dialects=(CHAT, GEMINI),
        sources=("https://github.com/vllm-project/semantic-router/issues/2215",),
    ),
    Rule(
        slug="usage-final-chunk-dropped",
        severity="error",
        family="usage",
        title="The usage chunk behind the finish reason is folded.",
        why=(
            "It has no choices, so code that skips chunks without choices, or stops at the finish"
            " reason, never sees a count."
        ),
        wrong=(
            '{"choices": [{"delta": {}, "finish_reason": "stop"}]}\n'
            '{"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}\n'
            "-> usage null"
        ),
        right="-> usage 5 in, 2 out",
        dialects=(CHAT, COHERE),
        sources=(
            "https://github.com/BerriAI/litellm/pull/21011",
            "https://github.com/langchain-ai/langchain/pull/36977",
            "https://github.com/maximhq/bifrost/issues/191",
        ),
    ),
    Rule(
        slug="usage-after-stop-event",
        severity="error",
        family="usage",
        title="Usage counts before and after the stop event.",
        why=("Bedrock sends its metadata behind messageStop. Code that ends at the stop loses all counts."),
        wrong=(
            '{"messageStop": {"stopReason": "end_turn"}}\n'
            '{"metadata": {"usage": {"inputTokens": 5, "outputTokens": 2}}}\n'
            "-> usage null"
        ),
        right="-> usage 5 in, 2 out",
        dialects=(BEDROCK,),
        sources=(
            "https://github.com/Effect-TS/effect/pull/6272",
            "https://github.com/run-llama/llama_index/pull/19369",
        ),
    ),
    Rule(
        slug="usage-in-choice",
        severity="error",
        family="usage",
        title="Usage inside a choice counts when there is none at the top; never both.",
        why=(
            "Some servers put it there. Code that reads the top level alone reports none; code "
            "that adds both counts twice."
        ),
        wrong=(
            '{"choices": [{"delta": {}, "finish_reason": "stop", "usage": {"prompt_tokens": 5}}]}\n'
            "-> usage null"
        ),
        right="-> usage 5 in",
        dialects=(CHAT,),
        sources=(
            "https://github.com/earendil-works/pi/issues/2017",
            "https://github.com/maximhq/bifrost/issues/191",
        ),
        seen="Usage stands in an unusual place",
        wire_severity="note",
    ),
    Rule(
        slug="usage-absent",
        severity="error",
        family="usage",
        title="A stream without usage has unknown usage, not a usage of 0.",
        why=(
            "A zero is added up as if it were true, and nobody notices that whole providers are "
            "missing from the bill. An estimate by characters can be wrong by a factor of thirty."
        ),
        wrong=(
            '{"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}\n'
            "-> input tokens 0, output tokens 0"
        ),
        right="-> usage null; ask for it with stream_options.include_usage",
        sources=(
            "https://github.com/vercel/ai/issues/5736",
            "https://github.com/earendil-works/pi/issues/7259",
            "https://github.com/HKUDS/Vibe-Trading/pull/1225",
        ),
        seen="Usage is unknown",
        wire_severity="note",
    ),
    Rule(
        slug="usage-nan",
        severity="error",
        family="usage",
        title='A missing number stays missing; it never becomes NaN or the text "null".',
        why="undefined + 1 is NaN, and NaN spreads through every sum it meets.",
        wrong=('{"usage": {"prompt_tokens": 5}}\n-> total NaN'),
        right="-> input 5, output null",
        sources=("https://github.com/vercel/ai/issues/2543",),
    ),
    Rule(
        slug="usage-estimate-overrides-provider",
        severity="error",
        family="usage",
        title="The provider's numbers win over any estimate, and an estimate is marked as one.",
        why=(
            "A tokenizer of another model, counting text without its template, cannot know. Where"
            " it overwrites the provider's count the bill is wrong, and looks exact."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 21, "completion_tokens": 9}}\n-> input 12, counted by the client'
        ),
        right="-> input 21, output 9",
        sources=(
            "https://github.com/BerriAI/litellm/pull/37087",
            "https://github.com/QuantumNous/new-api/issues/5671",
            "https://github.com/QuantumNous/new-api/issues/6212",
        ),
    ),
    Rule(
        slug="usage-override-then-count",
        severity="error",
        family="usage",
        title="Once a provider's count is taken, counting chunks adds nothing to it.",
        why=("A counter that runs beside adds to the exact number what the exact number already contains."),
        wrong=(
            '5 characters counted, then {"usage": {"completion_tokens": 3}}, then 6 more characters\n'
            "-> output tokens 9"
        ),
        right="-> output tokens 3",
        sources=(
            "https://github.com/BerriAI/litellm/pull/37087",
            "https://github.com/shloimy-wiesel/ai-sdk-stream-python",
        ),
        seen="More is written behind a count that was set",
        wire_severity="note",
    ),
    Rule(
        slug="usage-rebuilt-loses-details",
        severity="error",
        family="usage",
        title=("Usage is passed on whole; the details (cached, reasoning, the provider's own) stay with it."),
        why=(
            "Copying three numbers into a new object drops the rest. Without its cached count a "
            "prompt is billed at more than twice its price."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 2000, "prompt_tokens_details": {"cached_tokens": 1792}}}\n'
            "-> input 2000, cache read null"
        ),
        right="-> input 2000, cache read 1792",
        sources=(
            "https://github.com/QuantumNous/new-api/issues/6144",
            "https://github.com/BerriAI/litellm/pull/36370",
            "https://github.com/spring-projects/spring-ai/issues/6667",
            "https://github.com/langfuse/langfuse/issues/13811",
        ),
    ),
    Rule(
        slug="usage-timings-merged",
        severity="error",
        family="usage",
        title="Timing counters of a server are no token usage.",
        why=(
            "llama.cpp sends timings with counters of its own. Mixed into usage they replace the "
            "real counts, or are added to them."
        ),
        wrong=(
            '{"usage": {"completion_tokens": 5}, "timings": {"predicted_n": 5, "prompt_n": 1}}\n'
            "-> output tokens 10"
        ),
        right="-> output tokens 5",
        dialects=(CHAT, OLLAMA),
        sources=("https://github.com/open-webui/open-webui/issues/28528",),
    ),
    Rule(
        slug="usage-n-choices",
        severity="error",
        family="usage",
        title="The final output count covers all choices; a count per choice does not.",
        why=(
            "With n > 1 some servers report a running number per choice. Taking the last of these"
            " bills one answer of n."
        ),
        wrong=(
            '{"index": 0, "usage": {"completion_tokens": 5}}\n'
            '{"index": 1, "usage": {"completion_tokens": 7}}\n'
            '{"choices": [], "usage": {"completion_tokens": 12}}\n'
            "-> output tokens 7"
        ),
        right="-> output tokens 12",
        dialects=(CHAT,),
        sources=(
            "https://github.com/vllm-project/vllm/pull/9357",
            "https://github.com/ai-dynamo/dynamo/pull/11708",
        ),
    ),
    Rule(
        slug="usage-lost-on-abort",
        severity="error",
        family="usage",
        title="A stream that was cut short still reports the usage known so far, marked as partial.",
        why=(
            "Tokens that were made are paid for. Code that reports usage only at a regular end "
            "gives broken streams away."
        ),
        wrong=(
            '{"usage": {"prompt_tokens": 800, "completion_tokens": 40}}\n(connection lost)\n-> usage null'
        ),
        right="-> input 800, output 40, incomplete",
        sources=(
            "https://github.com/BerriAI/litellm/pull/33736",
            "https://github.com/bitrouter/bitrouter/pull/537",
            "https://github.com/pollinations/pollinations/issues/5594",
        ),
    ),
)
