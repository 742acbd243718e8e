"""Who speaks: the role of a message is a label, set once."""

from __future__ import annotations

from stream_audit.model import Rule
from stream_audit.rules.wires import CHAT, COHERE, GEMINI, OLLAMA

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="role-concat",
        severity="error",
        family="role",
        title="A role is set once and never appended to, however many chunks repeat it.",
        why=(
            "Many servers send the role with every chunk. A fold that joins strings blindly makes"
            " a role that no API accepts, so the stored message cannot be sent again."
        ),
        wrong=(
            '{"delta": {"role": "assistant", "content": "Hel"}}\n'
            '{"delta": {"role": "assistant", "content": "lo"}}\n'
            '-> role "assistantassistant"'
        ),
        right='-> role "assistant"',
        dialects=(CHAT, OLLAMA),
        sources=(
            "https://github.com/openinterpreter/openinterpreter/issues/244",
            "https://github.com/BerriAI/litellm/pull/9986",
        ),
    ),
    Rule(
        slug="role-null-or-empty",
        severity="error",
        family="role",
        title='A role of null or "" says nothing; the role so far stays.',
        why=(
            'Some servers send a role only once and null or "" ever after. A last-wins fold loses'
            " the role, a strict parser drops the chunk, and the tool calls or the text in it are"
            " gone."
        ),
        wrong=(
            '{"delta": {"role": "assistant", "content": "Hi"}}\n'
            '{"delta": {"role": null, "content": "!"}}\n'
            "-> role null"
        ),
        right='-> role "assistant", content "Hi!"',
        dialects=(CHAT,),
        sources=(
            "https://github.com/langchain-ai/langchainjs/pull/11470",
            "https://github.com/anomalyco/opencode/issues/28427",
            "https://github.com/Effect-TS/effect/pull/8333",
        ),
    ),
    Rule(
        slug="role-lost-with-first-chunk",
        severity="error",
        family="role",
        title=("The role survives when its chunk has no text, or comes after a chunk without choices."),
        why=(
            "Azure opens with a chunk of filter results, and the role chunk often has empty "
            "content. Code that reads the role from chunk 0 only, or skips chunks without text, "
            "never sees it."
        ),
        wrong=(
            '{"choices": [], "prompt_filter_results": []}\n'
            '{"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n'
            "-> role null"
        ),
        right='-> role "assistant"',
        dialects=(CHAT,),
        sources=("https://github.com/BerriAI/litellm/pull/24354",),
    ),
    Rule(
        slug="role-never-sent",
        severity="warning",
        family="role",
        title='A stream without any role folds to the role "assistant" and does not crash.',
        why=(
            "Several servers leave the role out. Code that indexes into the delta, or requires a "
            "role to open a message, ends with an exception and no answer."
        ),
        wrong=('{"delta": {"content": "Hi"}}\n-> KeyError: \'role\''),
        right='-> role "assistant", content "Hi"',
        dialects=(CHAT, GEMINI, COHERE),
        sources=(
            "https://github.com/BerriAI/litellm/pull/37781",
            "https://github.com/lemonade-sdk/lemonade/issues/350",
        ),
    ),
    Rule(
        slug="role-changes-mid-stream",
        severity="error",
        family="role",
        title="One message has one role; another role later in the stream is reported, not merged.",
        why=(
            "A role that changes means that two messages, or two streams, were mixed. Taking the "
            "last role puts words into the user's mouth; joining them makes an invalid one."
        ),
        wrong=(
            '{"delta": {"role": "assistant", "content": "Hi"}}\n'
            '{"delta": {"role": "user", "content": "bye"}}\n'
            '-> role "user"'
        ),
        right='-> role "assistant", and a finding at the second chunk',
        seen="The role changes",
    ),
)
