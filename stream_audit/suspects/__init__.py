"""Folds that are wrong on purpose, one per known failure, and the plain textbook folds they spoil.

A *textbook* is a slow, obviously right fold of one dialect, written from
``docs/folding.md`` alone. A *suspect* is a few lines over a textbook: it
reproduces one bug that real combiners had. When a candidate differs from the
reference, the suspects fold the same recording; those that give exactly the
candidate's value name its bug. The same suspects are demo candidates and a
measure of what a set of recordings would catch.

Nothing here imports ``stream_audit.dialects``, so that the textbooks can judge
it. Standard library only: a suspect may run in a candidate's own interpreter.

To add one: a class in the file of its family, its name in that file's tuple
at the bottom, and a fixture of the same name under ``fixtures/<dialect>/``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import ClassVar, Protocol, cast

from stream_audit.errors import UnknownName
from stream_audit.model import Payload, Response
from stream_audit.suspects.ai_sdk_stream.record import AI_SDK_RECORD
from stream_audit.suspects.ai_sdk_stream.textbook import TextbookWriter
from stream_audit.suspects.ai_sdk_stream.usage import AI_SDK_USAGE
from stream_audit.suspects.ai_sdk_ui.calls import UI_CALLS
from stream_audit.suspects.ai_sdk_ui.messages import UI_MESSAGES
from stream_audit.suspects.ai_sdk_ui.textbook import TextbookUI
from stream_audit.suspects.ai_sdk_ui.texts import UI_TEXTS
from stream_audit.suspects.anthropic.blocks import ANTHROPIC_BLOCKS
from stream_audit.suspects.anthropic.events import ANTHROPIC_EVENTS
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from stream_audit.suspects.anthropic.tools import ANTHROPIC_TOOLS
from stream_audit.suspects.anthropic.usage import ANTHROPIC_USAGE
from stream_audit.suspects.bedrock_converse.blocks import CONVERSE_BLOCKS
from stream_audit.suspects.bedrock_converse.events import CONVERSE_EVENTS
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse
from stream_audit.suspects.bedrock_converse.tools import CONVERSE_TOOLS
from stream_audit.suspects.bedrock_converse.usage import CONVERSE_USAGE
from stream_audit.suspects.cohere.ends import COHERE_ENDS
from stream_audit.suspects.cohere.message import COHERE_MESSAGE
from stream_audit.suspects.cohere.textbook import TextbookCohere
from stream_audit.suspects.cohere.tools import COHERE_TOOLS
from stream_audit.suspects.gemini.calls import GEMINI_CALLS
from stream_audit.suspects.gemini.ends import GEMINI_ENDS
from stream_audit.suspects.gemini.parts import GEMINI_PARTS
from stream_audit.suspects.gemini.textbook import TextbookGemini
from stream_audit.suspects.gemini.usage import GEMINI_USAGE
from stream_audit.suspects.ollama.answer import OLLAMA_ANSWER
from stream_audit.suspects.ollama.calls import OLLAMA_CALLS
from stream_audit.suspects.ollama.counts import OLLAMA_COUNTS
from stream_audit.suspects.ollama.ends import OLLAMA_ENDS
from stream_audit.suspects.ollama.textbook import TextbookOllama
from stream_audit.suspects.openai.arguments import ARGUMENTS
from stream_audit.suspects.openai.attachments import ATTACHMENTS
from stream_audit.suspects.openai.choices import CHOICES
from stream_audit.suspects.openai.content import CONTENT
from stream_audit.suspects.openai.counts import COUNTS
from stream_audit.suspects.openai.deltas import DELTAS
from stream_audit.suspects.openai.finish import FINISH
from stream_audit.suspects.openai.identity import IDENTITY
from stream_audit.suspects.openai.reasoning import REASONING
from stream_audit.suspects.openai.role import ROLE
from stream_audit.suspects.openai.textbook import TextbookChat, TextbookCompletions
from stream_audit.suspects.openai.tool_names import TOOL_NAMES
from stream_audit.suspects.openai.tools import TOOLS
from stream_audit.suspects.openai.usage import USAGE
from stream_audit.suspects.openai_responses.calls import RESPONSES_CALLS
from stream_audit.suspects.openai_responses.ending import RESPONSES_ENDING
from stream_audit.suspects.openai_responses.items import RESPONSES_ITEMS
from stream_audit.suspects.openai_responses.textbook import TextbookResponses
from stream_audit.suspects.openai_responses.texts import RESPONSES_TEXTS
from stream_audit.suspects.openai_responses.usage import RESPONSES_USAGE
from stream_audit.suspects.session_logs.claude import CLAUDE_LOGS
from stream_audit.suspects.session_logs.codex import CODEX_LOGS
from stream_audit.suspects.session_logs.textbook_claude import TextbookClaudeLog
from stream_audit.suspects.session_logs.textbook_codex import TextbookCodexLog

__all__ = [
    "SUSPECTS",
    "TEXTBOOKS",
    "Folder",
    "Suspect",
    "fold",
    "suspect",
    "suspects_for",
]


class Folder(Protocol):
    """A textbook or a suspect at work on one stream. Made without arguments, used once."""

    name: ClassVar[str]
    """Kebab-case; of a suspect: what the code does wrong."""
    dialects: ClassVar[tuple[str, ...]]

    def add(self, payload: Payload) -> None:
        """Fold one more chunk; never changes it. A textbook never raises, a suspect may."""

    def result(self) -> Response:
        """The response after the chunks so far. Without side effects."""


class Suspect(Folder, Protocol):
    """One known bug, runnable. Its docstring says what the bug is and how such code looks."""

    failure: ClassVar[str]
    """Slug of the failure class it reproduces."""
    touches: ClassVar[tuple[str, ...]]
    """Members of ``stream_audit.model.FIELDS`` in which it may differ from the textbook; ``usage`` stands for
    every count, ``extra`` for every level, ``tool_calls`` for all of a call."""
    sources: ClassVar[tuple[str, ...]]
    """Public reports of the failure."""
    kin: ClassVar[tuple[str, ...]]
    """Names of other suspects that fail this one's fixture too, because the bugs overlap."""
    widespread: ClassVar[bool]
    """True when it fails on ordinary streams too, so that failing a fixture says nothing."""


TEXTBOOKS: dict[str, type[Folder]] = {
    "openai-chat": TextbookChat,
    "openai-completions": TextbookCompletions,
    "openai-responses": TextbookResponses,
    "anthropic-messages": TextbookAnthropic,
    "bedrock-converse": TextbookConverse,
    "ai-sdk-stream-python": TextbookWriter,
    "ai-sdk-ui": TextbookUI,
    "cohere-v2": TextbookCohere,
    "gemini": TextbookGemini,
    "ollama": TextbookOllama,
    "claude-log": TextbookClaudeLog,
    "codex-log": TextbookCodexLog,
}
"""Dialect name to its textbook fold."""

SUSPECTS: tuple[type[Suspect], ...] = (
    *ROLE,
    *CONTENT,
    *DELTAS,
    *REASONING,
    *TOOLS,
    *TOOL_NAMES,
    *ARGUMENTS,
    *FINISH,
    *CHOICES,
    *IDENTITY,
    *ATTACHMENTS,
    *USAGE,
    *COUNTS,
    *RESPONSES_TEXTS,
    *RESPONSES_ITEMS,
    *RESPONSES_CALLS,
    *RESPONSES_ENDING,
    *RESPONSES_USAGE,
    *ANTHROPIC_EVENTS,
    *ANTHROPIC_BLOCKS,
    *ANTHROPIC_TOOLS,
    *ANTHROPIC_USAGE,
    *CONVERSE_EVENTS,
    *CONVERSE_BLOCKS,
    *CONVERSE_TOOLS,
    *CONVERSE_USAGE,
    *AI_SDK_USAGE,
    *AI_SDK_RECORD,
    *UI_TEXTS,
    *UI_CALLS,
    *UI_MESSAGES,
    *COHERE_MESSAGE,
    *COHERE_TOOLS,
    *COHERE_ENDS,
    *GEMINI_PARTS,
    *GEMINI_CALLS,
    *GEMINI_ENDS,
    *GEMINI_USAGE,
    *OLLAMA_ANSWER,
    *OLLAMA_CALLS,
    *OLLAMA_COUNTS,
    *OLLAMA_ENDS,
    *CLAUDE_LOGS,
    *CODEX_LOGS,
)
"""Every suspect, family by family."""


def fold(folder: type[Folder], payloads: Iterable[Payload]) -> Response:
    """Fold a whole stream with a textbook or a suspect.

    Args:
        folder: A class of ``TEXTBOOKS`` or one from :func:`suspect`.
        payloads: The parsed chunks of one response, in order. They are not changed.

    Raises:
        Exception: Whatever the bug of a suspect raises; a textbook raises nothing.
    """
    running = folder()
    for payload in payloads:
        running.add(payload)
    return running.result()


def suspect(name: str, dialect: str | None = None) -> type[Suspect]:
    """The suspect of that name, ready for ``dialect`` (its first dialect when ``None``).

    Raises:
        UnknownName: There is no such suspect, or none for that dialect.
    """
    candidates = SUSPECTS if dialect is None else suspects_for(dialect)
    for one in candidates:
        if one.name == name:
            return one
    raise UnknownName("suspect", name, (one.name for one in candidates))


@cache
def suspects_for(dialect: str) -> tuple[type[Suspect], ...]:
    """Every suspect that folds ``dialect``; none for a dialect without a textbook."""
    return tuple(_fitted(one, dialect) for one in SUSPECTS if dialect in one.dialects)


def _fitted(one: type[Suspect], dialect: str) -> type[Suspect]:
    """``one`` over the textbook of ``dialect``.

    A suspect is written over its first dialect's textbook. For a sister dialect, whose textbook
    derives from that one, its overrides are laid over the sister's.
    """
    textbook = TEXTBOOKS[dialect]
    if issubclass(one, textbook) or dialect == one.dialects[0]:
        return one
    both = type(one.__name__, (one, textbook), {"__doc__": one.__doc__, "__module__": one.__module__})
    return cast("type[Suspect]", both)
