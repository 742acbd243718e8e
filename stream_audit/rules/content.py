"""The answer's text: what is joined, and what must not be touched."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import ANTHROPIC, CHAT, COHERE, COMPLETIONS, GEMINI, RESPONSES, UI, WRITER

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="content-cumulative-as-delta",
        severity="error",
        family="content",
        title="Where every chunk holds the whole text so far, the last one is the text.",
        why=(
            'Appending snapshots makes the answer grow with the square of its length: "H", "Hel",'
            ' "Hello" becomes "HHelHello", and so does the history that is sent next.'
        ),
        wrong=(
            '{"delta": {"content": "Hel"}}\n'
            '{"delta": {"content": "Hello"}}\n'
            '{"delta": {"content": "Hello you"}}\n'
            '-> content "HelHelloHello you"'
        ),
        right='-> content "Hello you", if the whole stream is like that and not just one pair of chunks',
        dialects=(CHAT, COMPLETIONS, GEMINI),
        sources=(
            "https://github.com/QwenLM/qwen-code/pull/3896",
            "https://github.com/tashfeenahmed/freellmapi/pull/1007",
        ),
        seen="Every chunk repeats the text so far instead of adding to it",
    ),
    Rule(
        slug="content-delta-as-cumulative",
        severity="error",
        family="content",
        title=("Text that repeats itself is kept; a delta is never dropped because it was seen before."),
        why=(
            "Repair code that looks for overlaps cannot tell a resend from a real repetition. It "
            "eats digits and words: 1500 is shown as 150."
        ),
        wrong=('{"delta": {"content": "150"}}\n{"delta": {"content": "0"}}\n-> content "150"'),
        right='-> content "1500": the text is the concatenation of its deltas',
        sources=(
            "https://github.com/d-kuro/kirocc/issues/112",
            "https://github.com/agno-agi/agent-ui/pull/151",
            "https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/pull/1205",
        ),
    ),
    Rule(
        slug="content-whitespace-dropped",
        severity="error",
        family="content",
        title="A delta of only spaces or newlines is text.",
        why=(
            "Stripping deltas, or testing them for truth after stripping, glues words together "
            "and flattens code and lists."
        ),
        wrong=(
            '{"delta": {"content": "one"}}\n'
            '{"delta": {"content": " "}}\n'
            '{"delta": {"content": "two"}}\n'
            '-> content "onetwo"'
        ),
        right='-> content "one two"',
        sources=(
            "https://github.com/BerriAI/litellm/issues/14106",
            "https://github.com/waybarrios/vllm-mlx/issues/431",
            "https://github.com/microsoft/Agents-for-js/pull/997",
        ),
    ),
    Rule(
        slug="content-empty-string-start",
        severity="warning",
        family="content",
        title=("An empty first content delta starts the text; it is not the same as no content at all."),
        why=(
            "Translators to formats with blocks open the text block when content first appears. "
            'If "" counts as absent there, the block is opened late or never and the client sees '
            "deltas without a block."
        ),
        wrong=('{"delta": {"role": "assistant", "content": ""}}\n-> content null, no block opened'),
        right='-> content "", the text block is open',
        dialects=(
            CHAT,
            ANTHROPIC,
        ),
        sources=("https://github.com/Gitlawb/openclaude/pull/48",),
    ),
    Rule(
        slug="content-null-vs-empty",
        severity="error",
        family="content",
        title=('Content that was never sent is null, content sent as "" is "", and neither becomes a word.'),
        why=(
            "The first two mean different things next turn: a message of tool calls alone has "
            'null content, and some APIs reject "" beside calls. Code that makes text of null '
            "puts the word None into the answer."
        ),
        wrong=('{"delta": {"content": null}}\n{"delta": {"content": "Hi"}}\n-> content "NoneHi"'),
        right='-> content "Hi"',
    ),
    Rule(
        slug="mixed-delta-field-lost",
        severity="error",
        family="content",
        title="Every field of a delta counts, also when one delta carries several.",
        why=(
            'Code of the form "if content, elif tool_calls" applies the first field and drops the'
            " rest. A dropped tool-call fragment breaks the call; dropped text is simply missing."
        ),
        wrong=(
            '{"delta": {"content": "Let me look.", "tool_calls": [{"index": 0, "id": "c1"}]}}\n'
            '-> content "Let me look.", no tool call'
        ),
        right='-> content "Let me look.", one tool call "c1"',
        sources=(
            "https://github.com/BerriAI/litellm/issues/2716",
            "https://github.com/vllm-project/vllm/pull/34754",
            "https://github.com/microsoft/autogen/pull/7967",
        ),
    ),
    Rule(
        slug="content-parts-first-only",
        severity="error",
        family="content",
        title="When content is a list of parts, every part counts.",
        why=(
            "Reading only the first part loses everything behind it; with Mistral-like lists that"
            " is often the answer itself, behind the thinking."
        ),
        wrong=(
            '{"delta": {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}}\n'
            '-> content "a"'
        ),
        right='-> content "ab"',
        dialects=(CHAT, ANTHROPIC, GEMINI, COHERE, UI),
        sources=("https://github.com/LibreChat-AI/agents/pull/350",),
    ),
    Rule(
        slug="snapshot-plus-delta-double",
        severity="error",
        family="content",
        title="Where a stream sends both deltas and whole texts, only one of the two is counted.",
        why=(
            "Event streams end an item with its full text. Adding that to the deltas shows every "
            "answer twice."
        ),
        wrong=(
            '{"type": "response.output_text.delta", "delta": "Hi"}\n'
            '{"type": "response.output_text.done", "text": "Hi"}\n'
            '-> content "HiHi"'
        ),
        right='-> content "Hi"',
        dialects=(
            RESPONSES,
            UI,
        ),
        sources=(
            "https://github.com/get-convex/agent/pull/281",
            "https://github.com/zhukunpenglinyutong/jetbrains-cc-gui/pull/1205",
        ),
        seen="A text that is streamed stands in the item already when it begins",
        wire_severity="warning",
    ),
    Rule(
        slug="terminal-snapshot-wipes",
        severity="error",
        family="content",
        title="A closing event with an empty output does not erase what was streamed.",
        why=(
            'Gateways close with "output": []. Taking the closing object as the truth throws the '
            "whole answer away at the last moment."
        ),
        wrong=(
            '{"type": "response.output_text.delta", "delta": "Hi"}\n'
            '{"type": "response.completed", "response": {"output": []}}\n'
            '-> content ""'
        ),
        right='-> content "Hi", and a finding at the closing event',
        dialects=(RESPONSES,),
        sources=(
            "https://github.com/open-webui/open-webui/pull/27800",
            "https://github.com/QuantumNous/new-api/issues/4362",
            "https://github.com/BerriAI/litellm/pull/41014",
        ),
        seen="In the end nothing is shown of what was streamed",
        wire_severity="warning",
    ),
    Rule(
        slug="terminal-snapshot-disagrees",
        severity="error",
        family="content",
        title="A closing snapshot equals the fold of the deltas before it.",
        why=(
            "When the two differ (another order, another id, a missing item) clients that trust "
            "one of them store another conversation than clients that trust the other."
        ),
        wrong=(
            '{"type": "response.output_text.delta", "delta": "Hello"}\n'
            '{"type": "response.completed", "response": {"output": [{"content": [{"text": "Hullo"}]}]}}'
        ),
        right='{"type": "response.completed", "response": {"output": [{"content": [{"text": "Hello"}]}]}}',
        dialects=(
            RESPONSES,
            ANTHROPIC,
        ),
        sources=(
            "https://github.com/Wei-Shaw/sub2api/pull/6118",
            "https://github.com/ENTERPILOT/GoModel/pull/831",
        ),
        seen="What is shown in the end is not what was streamed",
        wire_severity="warning",
    ),
    Rule(
        slug="retry-text-duplicated",
        seen="Another answer seems to begin inside this one",
        severity="error",
        family="content",
        title="After a retry in mid-stream the text of the broken attempt is discarded or marked.",
        why=(
            "A fallback that starts again behind the first half leaves the half in place. The "
            "user reads the beginning twice, and it goes into the history."
        ),
        wrong=(
            '{"id": "a", "delta": {"content": "The answer"}}\n'
            '{"id": "b", "delta": {"role": "assistant", "content": "The answer is 4."}}\n'
            '-> content "The answerThe answer is 4."'
        ),
        right='-> content "The answer is 4.", the first attempt reported as cut off',
        sources=(
            "https://github.com/HKUDS/nanobot/issues/4038",
            "https://github.com/ducks/claux/issues/15",
            "https://github.com/NuGuardAI/nuguard/issues/455",
        ),
    ),
    Rule(
        slug="tail-lost-on-eof",
        severity="error",
        family="content",
        title=("Text held back while a tag or a word might be completed is given out when the stream ends."),
        why=(
            "Filters for thinking tags and smooth output keep a few characters back. Without a "
            "last flush the end of the answer is missing."
        ),
        wrong=('{"delta": {"content": "a <"}}\n(end of stream)\n-> content "a "'),
        right='-> content "a <"',
        sources=("https://github.com/linshenkx/prompt-optimizer/pull/348",),
    ),
    Rule(
        slug="uncollected-recorded",
        severity="error",
        family="content",
        title="What is streamed without being collected is neither recorded nor counted.",
        why=(
            "A notice to the user (searching, one moment) becomes part of the stored answer, of the next "
            "request, and of the bill."
        ),
        wrong=(
            '{"op": "write_text", "delta": "One moment. ", "collect": false}\n'
            '{"op": "write_text", "delta": "It rains."}\n'
            '-> content "One moment. It rains.", output tokens 21'
        ),
        right='-> content "It rains.", output tokens 9',
        dialects=(WRITER, UI),
    ),
)
