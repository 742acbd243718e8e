"""Thinking: one channel under several names, and the signatures that prove it."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import ANTHROPIC, BEDROCK, CHAT, COHERE, GEMINI, OLLAMA, RESPONSES, UI

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="reasoning-field-alias-missed",
        severity="error",
        family="reasoning",
        title="reasoning, reasoning_content and reasoning_text are three names of one channel.",
        why=(
            "Servers disagree on the name. A client that knows only one shows no thinking for the"
            " others, or takes the stream for empty and gives up."
        ),
        wrong=('{"delta": {"reasoning": "Let me see."}}\n-> reasoning null'),
        right='-> reasoning "Let me see."',
        dialects=(CHAT, COHERE, OLLAMA),
        sources=("https://github.com/diegosouzapw/OmniRoute/issues/13620",),
    ),
    Rule(
        slug="reasoning-duplicated",
        severity="error",
        family="reasoning",
        title="The same reasoning under two names in one delta is counted once.",
        why=(
            "Gateways send several names at once to please everybody. Adding them doubles each "
            "word, and the doubled text is stored and sent back as history."
        ),
        wrong=('{"delta": {"reasoning": "Hm", "reasoning_content": "Hm"}}\n-> reasoning "HmHm"'),
        right='-> reasoning "Hm"',
        dialects=(CHAT,),
        sources=(
            "https://github.com/maximhq/bifrost/issues/6427",
            "https://github.com/Alishahryar1/free-claude-code/pull/1274",
        ),
        seen="Which reasoning counts is not clear",
        wire_severity="warning",
    ),
    Rule(
        slug="reasoning-leaks-into-content",
        severity="error",
        family="reasoning",
        title="Reasoning never ends up in the answer, however the chunks cut its tags.",
        why=(
            "Local servers mark thinking with tags in the text. A parser that looks for a whole "
            "tag inside one chunk misses a tag cut in two, and the user reads the thinking as the"
            " answer."
        ),
        wrong=(
            '{"delta": {"content": "<thi"}}\n'
            '{"delta": {"content": "nk>Hm</think>4"}}\n'
            '-> content "<think>Hm</think>4"'
        ),
        right='-> reasoning "Hm", content "4"',
        dialects=(CHAT, GEMINI, COHERE, OLLAMA, UI),
        sources=(
            "https://github.com/waybarrios/vllm-mlx/pull/677",
            "https://github.com/InternLM/lmdeploy/pull/4754",
            "https://github.com/farion1231/cc-switch/pull/6319",
        ),
    ),
    Rule(
        slug="reasoning-only-in-done-event",
        severity="error",
        family="reasoning",
        title="Reasoning that arrives only with the event that closes its item reaches the result.",
        why=(
            "Not every server streams reasoning deltas. Code that listens to deltas alone shows "
            "and stores none."
        ),
        wrong=(
            '{"type": "response.output_item.done",\n'
            ' "item": {"type": "reasoning", "summary": [{"text": "Hm"}]}}\n'
            "-> reasoning null"
        ),
        right='-> reasoning "Hm"',
        dialects=(RESPONSES,),
        sources=("https://github.com/diegosouzapw/OmniRoute/pull/5832",),
    ),
    Rule(
        slug="thinking-signature-dropped",
        severity="error",
        family="reasoning",
        title="A signature delta becomes the signature of its thinking block.",
        why=(
            "The provider checks the signature when the block is sent back with tool results. An "
            "unsigned thinking block is refused, so the next turn fails."
        ),
        wrong=(
            '{"delta": {"type": "thinking_delta", "thinking": "Hm"}}\n'
            '{"delta": {"type": "signature_delta", "signature": "EqQB"}}\n'
            '-> {"type": "thinking", "thinking": "Hm"}'
        ),
        right='-> {"type": "thinking", "thinking": "Hm", "signature": "EqQB"}',
        dialects=(ANTHROPIC, BEDROCK),
        sources=(
            "https://github.com/turnstonelabs/turnstone/pull/214",
            "https://github.com/bitrouter/bitrouter/pull/592",
            "https://github.com/OpenRouterTeam/ai-sdk-provider/pull/427",
        ),
    ),
    Rule(
        slug="thinking-signature-fragment",
        severity="error",
        family="reasoning",
        title="A signature in several pieces is their concatenation in order.",
        why=(
            "Official clients differ: one assigns, one appends. With more than one piece the "
            "first keeps a broken signature, which the provider refuses next turn."
        ),
        wrong=(
            '{"delta": {"type": "signature_delta", "signature": "Eq"}}\n'
            '{"delta": {"type": "signature_delta", "signature": "QB"}}\n'
            '-> signature "QB"'
        ),
        right='-> signature "EqQB", and a note that clients disagree here',
        dialects=(ANTHROPIC, BEDROCK),
        sources=(
            "https://github.com/pensarai/apex/pull/534",
            "https://github.com/anthropics/anthropic-sdk-typescript/pull/997",
        ),
        seen="Clients disagree on this signature",
        wire_severity="note",
    ),
    Rule(
        slug="gemini-thought-signature-lost",
        severity="error",
        family="reasoning",
        title="A later part without a thought signature does not take away the one that was sent.",
        why=(
            "The signature must go back with the same part. If it is overwritten, or shifted to "
            "another part, the next request is refused."
        ),
        wrong=(
            '{"functionCall": {"name": "f"}, "thoughtSignature": "sig"}\n'
            '{"text": ""}\n'
            '-> signatures ["sig", ""] for one part'
        ),
        right='-> signature "sig" on the call\'s part',
        dialects=(GEMINI,),
        sources=(
            "https://github.com/langchain-ai/langchainjs/issues/9624",
            "https://github.com/allenhutchison/obsidian-gemini/pull/230",
            "https://github.com/vertesia/llumiverse/pull/470",
        ),
        seen="A signature comes apart from the text it signs",
        wire_severity="note",
    ),
    Rule(
        slug="extension-fields-dropped",
        severity="error",
        family="reasoning",
        title="Fields that nobody knows survive the fold, on deltas and on tool calls.",
        why=(
            "Providers put things there that must be sent back, such as signatures in "
            "extra_content. A fold that copies only known names loses them without a word."
        ),
        wrong=(
            '{"index": 0, "id": "c1", "extra_content": {"google": {"thought_signature": "s"}}}\n'
            '-> tool call {"id": "c1"}'
        ),
        right='-> tool call {"id": "c1"} with extra_content kept in extra',
        sources=("https://github.com/ServiceNow/eva/pull/206",),
    ),
)
