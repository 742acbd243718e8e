"""What a chunk says, one file a dialect.

To add one: an object of the :class:`stream_audit.tags.saying.Reader` protocol,
and its entry in ``READERS``. Of a dialect without one, only what its fold and
its sightings say is told, and the report says so.
"""

from __future__ import annotations

from stream_audit.tags.readers.ai_sdk_stream import AI_SDK_STREAM
from stream_audit.tags.readers.ai_sdk_ui import AI_SDK_UI
from stream_audit.tags.readers.anthropic_messages import ANTHROPIC_MESSAGES
from stream_audit.tags.readers.bedrock_converse import BEDROCK_CONVERSE
from stream_audit.tags.readers.claude_log import CLAUDE_LOG
from stream_audit.tags.readers.codex_log import CODEX_LOG
from stream_audit.tags.readers.cohere_v2 import COHERE_V2
from stream_audit.tags.readers.gemini import GEMINI
from stream_audit.tags.readers.ollama import OLLAMA
from stream_audit.tags.readers.openai_chat import OPENAI_CHAT
from stream_audit.tags.readers.openai_completions import OPENAI_COMPLETIONS
from stream_audit.tags.readers.openai_responses import OPENAI_RESPONSES
from stream_audit.tags.saying import Reader

__all__ = ["READERS", "reader_for"]

READERS: tuple[Reader, ...] = (
    OPENAI_CHAT,
    OPENAI_COMPLETIONS,
    OPENAI_RESPONSES,
    ANTHROPIC_MESSAGES,
    BEDROCK_CONVERSE,
    COHERE_V2,
    GEMINI,
    OLLAMA,
    AI_SDK_STREAM,
    AI_SDK_UI,
    CLAUDE_LOG,
    CODEX_LOG,
)


def reader_for(dialect: str) -> Reader | None:
    """The reader of that dialect, where there is one."""
    return next((reader for reader in READERS if reader.name == dialect), None)
