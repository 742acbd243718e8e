"""Tool calls: which fragment belongs to which call, and what a call's arguments are."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import ANTHROPIC, BEDROCK, CHAT, COHERE, GEMINI, OLLAMA, RESPONSES, UI, WRITER

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="tool-index-missing",
        severity="error",
        family="tools",
        title=(
            "Without an index, an entry with a new id opens a call and one without an id goes on "
            "with the last."
        ),
        why=(
            "Giving every such entry index 0, or None, merges two calls into one: names and "
            "arguments run into each other, and still the finish reason looks fine."
        ),
        wrong=(
            '{"tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}]}\n'
            '{"tool_calls": [{"id": "c2", "function": {"name": "g", "arguments": "{}"}}]}\n'
            '-> one call "fg" with arguments "{}{}"'
        ),
        right="-> two calls, f({}) and g({})",
        dialects=(CHAT,),
        sources=(
            "https://github.com/openai/openai-python/pull/3246",
            "https://github.com/comet-ml/opik/issues/8362",
            "https://github.com/SamSaffron/term-llm/pull/314",
        ),
        seen="A tool-call entry has no index",
    ),
    Rule(
        slug="tool-index-constant",
        severity="error",
        family="tools",
        title="Calls with different ids are different calls, even when all are sent with index 0.",
        why=(
            "Several servers never count the index up. A fold keyed by index alone squeezes all "
            "calls into one with unreadable arguments."
        ),
        wrong=(
            '{"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{}"}}]}\n'
            '{"tool_calls": [{"index": 0, "id": "c2", "function": {"name": "g", "arguments": "{}"}}]}\n'
            '-> one call with arguments "{}{}"'
        ),
        right="-> two calls, c1 and c2",
        dialects=(CHAT, GEMINI, COHERE, OLLAMA),
        sources=(
            "https://github.com/huggingface/smolagents/pull/1958",
            "https://github.com/BerriAI/litellm/issues/7621",
            "https://github.com/ai-dynamo/dynamo/pull/4723",
        ),
        seen="A new call id comes on an index that another call has",
    ),
    Rule(
        slug="tool-index-duplicate-in-chunk",
        severity="error",
        family="tools",
        title="Two entries with the same index in one chunk are fragments of one call.",
        why=(
            "Servers that emit several tokens at once pack several fragments into one chunk. A "
            "fold that starts its list from the first chunk makes two calls of them, one without "
            "a name."
        ),
        wrong=(
            '{"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{"}},\n'
            '                {"index": 0, "function": {"arguments": "}"}}]}\n'
            '-> two calls, with arguments "{" and "}"'
        ),
        right='-> one call f with arguments "{}"',
        dialects=(CHAT,),
        sources=("https://github.com/openai/openai-python/issues/3201",),
        seen="Two entries of one chunk have the same index",
        wire_severity="warning",
    ),
    Rule(
        slug="tool-index-as-list-position",
        severity="error",
        family="tools",
        title="An index names a call; it is not its place in a list.",
        why=(
            "With gaps, or with index 1 before 0, code that writes to list[index] crashes or "
            "writes into the wrong call."
        ),
        wrong=(
            '{"tool_calls": [{"index": 1, "id": "c2", "function": {"name": "g"}}]}\n'
            "-> IndexError: list index out of range"
        ),
        right="-> one call, c2",
        dialects=(
            CHAT,
            RESPONSES,
        ),
        sources=(
            "https://github.com/openai/openai-python/pull/3245",
            "https://github.com/openai/openai-python/pull/3126",
        ),
    ),
    Rule(
        slug="tool-fragments-interleaved",
        severity="error",
        family="tools",
        title="Fragments of different calls may alternate; each goes to the call it names.",
        why=(
            "Code that appends to the last call seen mixes the arguments of parallel calls. The "
            "result may even be valid JSON, and the wrong action is executed."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "arguments": "[1,"}, {"index": 1, "id": "c2", "arguments": "[2,"}\n'
            '{"index": 0, "arguments": "3]"}, {"index": 1, "arguments": "4]"}\n'
            '-> c1 "[1,", c2 "[2,3]4]"'
        ),
        right='-> c1 "[1,3]", c2 "[2,4]"',
        dialects=(CHAT, COHERE, UI),
        sources=(
            "https://github.com/QwenLM/Qwen-Agent/pull/943",
            "https://github.com/jaseci-labs/jac/issues/7673",
        ),
    ),
    Rule(
        slug="tool-first-fragment-duplicated",
        severity="error",
        family="tools",
        title="Arguments in the chunk that opens a call are counted once.",
        why=(
            "Code that stores the opening entry and then appends its arguments as well doubles "
            "the first fragment, so the arguments no longer parse."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{\\"a\\":1}"}}\n'
            '-> arguments "{\\"a\\":1}{\\"a\\":1}"'
        ),
        right='-> arguments "{\\"a\\":1}"',
        dialects=(CHAT,),
        sources=("https://github.com/simonw/llm/pull/1218",),
    ),
    Rule(
        slug="tool-args-null",
        severity="warning",
        family="tools",
        title="Arguments of null are an empty fragment.",
        why=(
            "Adding null to a string raises, and the whole stream is lost for a fragment that says nothing."
        ),
        wrong=(
            '{"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": null}}]}\n'
            "-> TypeError: can only concatenate str"
        ),
        right='-> arguments ""',
        dialects=(CHAT, GEMINI),
        sources=("https://github.com/simonw/llm/pull/1218",),
    ),
    Rule(
        slug="tool-name-resent",
        severity="error",
        family="tools",
        title="A tool name that is sent again is the same name.",
        why=(
            "Some servers repeat the name in every chunk. Appended, it names a tool that does not"
            " exist, and the call fails."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "function": {"name": "get_time"}}\n'
            '{"index": 0, "function": {"name": "get_time", "arguments": "{}"}}\n'
            '-> name "get_timeget_time"'
        ),
        right='-> name "get_time"',
        dialects=(CHAT, COHERE),
        sources=(
            "https://github.com/NousResearch/hermes-agent/issues/8259",
            "https://github.com/open-webui/open-webui/pull/22235",
            "https://github.com/Sliverkiss/workbuddy2api/issues/82",
        ),
        seen="The tool's name is sent again after it was complete",
        wire_severity="warning",
    ),
    Rule(
        slug="tool-name-fragmented",
        severity="error",
        family="tools",
        title="A tool name that arrives in pieces is their concatenation.",
        why=(
            "The opposite of a resent name, and both occur. Code that always assigns keeps the "
            "last piece, which names no tool. Which of the two it is must be told from the "
            "values."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "function": {"name": "edit_ex"}}\n'
            '{"index": 0, "function": {"name": "isting_file"}}\n'
            '-> name "isting_file"'
        ),
        right='-> name "edit_existing_file"',
        dialects=(
            CHAT,
            GEMINI,
        ),
        sources=("https://github.com/continuedev/continue/pull/5849",),
        seen="The tool's name arrives in pieces",
        wire_severity="warning",
    ),
    Rule(
        slug="tool-id-null-or-empty",
        severity="error",
        family="tools",
        title='An id of null or "" on a later fragment means the same call.',
        why=(
            "Code that opens a call whenever the key is present makes a new one per fragment; "
            "code that assigns it erases the real id, and the tool result cannot be matched."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "function": {"name": "f"}}\n'
            '{"index": 0, "id": "", "function": {"arguments": "{}"}}\n'
            '-> id "", or two calls'
        ),
        right='-> one call, id "c1", arguments "{}"',
        dialects=(CHAT,),
        sources=(
            "https://github.com/anomalyco/opencode/issues/37841",
            "https://github.com/spring-projects/spring-ai/issues/6374",
            "https://github.com/Effect-TS/effect/pull/8333",
        ),
    ),
    Rule(
        slug="tool-id-or-name-lost",
        severity="error",
        family="tools",
        title="Every call keeps the id and the name it was opened with, also with several calls.",
        why=(
            "A relay that rebuilds fragments often keeps them for the first call only. The others"
            " cannot be executed, or their results cannot be sent back."
        ),
        wrong=(
            '{"index": 1, "id": "c2", "function": {"name": "g", "arguments": ""}}\n'
            '{"index": 1, "function": {"arguments": "{}"}}\n'
            '-> second call {"id": null, "name": null, "arguments": "{}"}'
        ),
        right='-> second call {"id": "c2", "name": "g", "arguments": "{}"}',
        dialects=(CHAT, GEMINI, OLLAMA),
        sources=("https://github.com/BerriAI/litellm/issues/39796",),
    ),
    Rule(
        slug="tool-fragments-not-merged",
        severity="error",
        family="tools",
        title="All fragments of one call make one call.",
        why=(
            "An aggregator that collects entries into a list returns as many calls as there were "
            "chunks, most of them without a name."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{"}}\n'
            '{"index": 0, "function": {"arguments": "}"}}\n'
            '-> two calls, with arguments "{" and "}"'
        ),
        right='-> one call with arguments "{}"',
        dialects=(CHAT, GEMINI, COHERE, UI),
        sources=("https://github.com/spring-projects/spring-ai/pull/5854",),
    ),
    Rule(
        slug="tool-calls-omitted-by-aggregator",
        severity="error",
        family="tools",
        title="The folded message has every tool call that was streamed.",
        why=(
            "Without them the caller sees finish reason tool_calls and nothing to call. An agent "
            "loop stops, or asks the model again and again."
        ),
        wrong=(
            '{"delta": {"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "f"}}]}}\n'
            "-> tool_calls []"
        ),
        right="-> tool_calls [c1]",
        dialects=(CHAT, GEMINI, COHERE, OLLAMA, UI),
        sources=(
            "https://github.com/BerriAI/litellm/issues/7364",
            "https://github.com/spring-projects/spring-ai/pull/3548",
        ),
    ),
    Rule(
        slug="tool-only-first-read",
        severity="error",
        family="tools",
        title="Every entry of a chunk's tool_calls list is read.",
        why=(
            "Code that reads tool_calls[0] loses the other entries of the same chunk: whole "
            "calls, or pieces of their arguments."
        ),
        wrong=('{"tool_calls": [{"index": 0, "id": "c1"}, {"index": 1, "id": "c2"}]}\n-> one call, c1'),
        right="-> two calls, c1 and c2",
        dialects=(CHAT, GEMINI, COHERE, OLLAMA, UI),
        sources=(
            "https://github.com/endolith/open-interpreter/issues/315",
            "https://github.com/BerriAI/litellm/pull/27638",
        ),
    ),
    Rule(
        slug="tool-calls-in-finish-chunk-lost",
        severity="error",
        family="tools",
        title="A chunk with both tool calls and a finish reason gives both.",
        why=(
            "Code that returns as soon as it sees the reason never reads the calls beside it. "
            "Servers that send a call in one piece often send it in that chunk."
        ),
        wrong=(
            '{"delta": {"tool_calls": [{"index": 0, "id": "c1"}]}, "finish_reason": "tool_calls"}\n'
            '-> finish reason "tool_calls", no call'
        ),
        right='-> finish reason "tool_calls", one call',
        dialects=(CHAT, GEMINI, OLLAMA),
        sources=(
            "https://github.com/google/adk-python/pull/7200",
            "https://github.com/BerriAI/litellm/pull/27638",
        ),
    ),
    Rule(
        slug="tool-args-empty-string",
        severity="error",
        family="tools",
        title='A call whose fragments add up to "" has no arguments, the same as "{}".',
        why=(
            'Parsing "" as JSON raises, so every call of a tool without parameters fails on '
            "servers that send nothing."
        ),
        wrong=('{"index": 0, "id": "c1", "function": {"name": "now", "arguments": ""}}\n-> JSONDecodeError'),
        right="-> now({})",
        dialects=(CHAT, BEDROCK, COHERE),
        sources=(
            "https://github.com/langchain-ai/langchainjs/pull/11383",
            "https://github.com/Kilo-Org/cloud/pull/4753",
            "https://github.com/openai/openai-python/pull/3502",
        ),
    ),
    Rule(
        slug="tool-args-seed-poison",
        severity="error",
        family="tools",
        title="The empty input of a block's start is not a prefix of the arguments.",
        why=(
            'The start event has "input": {}. Turned into text and appended to, it gives '
            '"{}{...}", which does not parse, or parses as empty: the tool then runs without its '
            "arguments."
        ),
        wrong=(
            '{"content_block": {"type": "tool_use", "id": "t1", "name": "f", "input": {}}}\n'
            '{"delta": {"type": "input_json_delta", "partial_json": "{\\"a\\":1}"}}\n'
            '-> arguments "{}{\\"a\\":1}"'
        ),
        right='-> arguments "{\\"a\\":1}"',
        dialects=(BEDROCK, ANTHROPIC, COHERE),
        sources=("https://github.com/assistant-ui/assistant-ui/pull/5080",),
    ),
    Rule(
        slug="tool-args-object",
        severity="error",
        family="tools",
        title="Arguments sent as a JSON object are taken as that object's JSON.",
        why=(
            'Some servers send the object itself. Joined to a string it becomes "[object Object]"'
            " or raises; a Python repr with single quotes is no JSON either."
        ),
        wrong=('{"function": {"name": "f", "arguments": {"a": 1}}}\n-> arguments "[object Object]"'),
        right='-> arguments "{\\"a\\":1}"',
        dialects=(CHAT, GEMINI, OLLAMA, COHERE),
        sources=("https://github.com/can1357/oh-my-pi/pull/1779",),
        seen="The arguments of a call are of the wrong type",
    ),
    Rule(
        slug="tool-args-cumulative-resend",
        severity="error",
        family="tools",
        title="Arguments that are sent again as a whole are kept once.",
        why=(
            "Some servers send the arguments so far in every chunk, some send the complete value "
            "again at the end. Appended, neither parses."
        ),
        wrong=(
            '{"index": 0, "function": {"arguments": "{\\"a\\""}}\n'
            '{"index": 0, "function": {"arguments": "{\\"a\\":1}"}}\n'
            '-> arguments "{\\"a\\"{\\"a\\":1}"'
        ),
        right='-> arguments "{\\"a\\":1}"',
        dialects=(CHAT,),
        sources=(
            "https://github.com/NousResearch/hermes-agent/pull/35718",
            "https://github.com/lidge-jun/opencodex/issues/361",
            "https://github.com/veryfront/veryfront-code/pull/1079",
        ),
        seen="The arguments so far, or all of them, are sent again",
    ),
    Rule(
        slug="tool-args-tail-lost",
        severity="error",
        family="tools",
        title="When an answer ends to call tools, the arguments of every call are complete JSON.",
        why=(
            "If they are not, the server lost the end of them. The client must not run the call, "
            "and no client can repair it."
        ),
        wrong=('{"function": {"name": "f", "arguments": "{\\"a\\":1"}}\n{"finish_reason": "tool_calls"}'),
        right=('{"function": {"name": "f", "arguments": "{\\"a\\":1}"}}\n{"finish_reason": "tool_calls"}'),
        dialects=(CHAT, RESPONSES, ANTHROPIC, BEDROCK, COHERE),
        sources=(
            "https://github.com/vllm-project/vllm/issues/10781",
            "https://github.com/vllm-project/vllm/issues/32152",
            "https://github.com/vllm-project/vllm/issues/17585",
        ),
        seen="The answer ended in order, but the arguments of a call are incomplete",
    ),
    Rule(
        slug="tool-args-truncated-accepted",
        severity="error",
        family="tools",
        title=("Arguments that were cut off are marked as invalid and never repaired into a call that runs."),
        why=(
            "A lenient JSON parser closes the brackets. The call then runs with whatever arrived,"
            " and what was missing falls back to defaults: a dry run becomes a real one."
        ),
        wrong=(
            '{"function": {"name": "delete", "arguments": "{\\"path\\":\\"/tmp\\""}}\n'
            '{"finish_reason": "length"}\n'
            '-> delete(path="/tmp") is run'
        ),
        right='-> arguments "{\\"path\\":\\"/tmp\\"" as sent, not run',
        sources=("https://github.com/langchain-ai/langchain/issues/39275",),
        seen="The arguments of a call are cut off",
        wire_severity="warning",
    ),
    Rule(
        slug="tool-phantom-nameless",
        severity="error",
        family="tools",
        title="A nameless part that updates arguments goes on with the call before it.",
        why=(
            "Taken as a call of its own it has no name, cannot be run, and leaves the real call incomplete."
        ),
        wrong=(
            '{"functionCall": {"name": "f", "willContinue": true}}\n'
            '{"functionCall": {"partialArgs": [{"jsonPath": "$.a", "numberValue": 1}]}}\n'
            '-> two calls, "f" and ""'
        ),
        right="-> one call, f(a=1)",
        dialects=(GEMINI,),
        sources=("https://github.com/smallmain/vscode-unify-chat-provider/pull/49",),
        seen="A call comes in parts that do not name it",
        wire_severity="note",
    ),
    Rule(
        slug="function-call-legacy-stub",
        severity="warning",
        family="tools",
        title="An empty function_call is no call; a real one folds like one tool call.",
        why=(
            "Compatible servers send the old field as an empty stub beside the new one. Taken "
            "seriously it is a call without a name."
        ),
        wrong=(
            '{"delta": {"content": "Hi", "function_call": {"name": "", "arguments": ""}}}\n'
            '-> a call with the name ""'
        ),
        right='-> content "Hi", no call',
        dialects=(CHAT,),
        sources=("https://github.com/CangShui/workbuddy-gateway/pull/3",),
        seen="A field of the old API says nothing",
        wire_severity="note",
    ),
    Rule(
        slug="block-stop-missing",
        severity="error",
        family="tools",
        title="A block that was never closed still belongs to the answer, and is reported.",
        why=(
            "Code that files a block away only when it is closed returns an empty message if a "
            "proxy drops that event."
        ),
        wrong=(
            '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}\n'
            '{"type": "message_stop"}\n'
            "-> content []"
        ),
        right='-> content "Hi", and a finding that block 0 was not closed',
        dialects=(RESPONSES, ANTHROPIC, BEDROCK, GEMINI, COHERE, UI, WRITER),
        sources=("https://github.com/maximhq/bifrost/issues/4262",),
        seen="A block was left open",
        wire_severity="warning",
    ),
    Rule(
        slug="block-start-missing",
        severity="warning",
        family="tools",
        title="A delta for a block that was never opened is reported, and what it carries is kept.",
        why=(
            "Code that indexes into its list of blocks crashes; code that looks the block up and "
            "finds none drops the text in silence."
        ),
        wrong=(
            '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}\n'
            "-> IndexError: list index out of range"
        ),
        right='-> content "Hi", and a finding at the delta',
        dialects=(RESPONSES, ANTHROPIC, BEDROCK, GEMINI, COHERE, UI, WRITER),
        sources=("https://github.com/anthropics/anthropic-sdk-python/pull/1273",),
        seen="A block is addressed that is not open",
        wire_severity="error",
    ),
)
