"""The wire formats: how each is recognised, cut into responses, and folded.

One folder per dialect; what a dialect says is written in ``docs/folding/``.
To add one, write its folder and add its object to ``DIALECTS``.
"""

from __future__ import annotations

from stream_audit.dialects.ai_sdk_stream.stream import AI_SDK_STREAM
from stream_audit.dialects.ai_sdk_ui.stream import AI_SDK_UI
from stream_audit.dialects.anthropic.messages import ANTHROPIC_MESSAGES
from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE
from stream_audit.dialects.cohere.stream import COHERE_V2
from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.dialects.lengthening import lengthening
from stream_audit.dialects.ollama.stream import OLLAMA
from stream_audit.dialects.openai.chat import OPENAI_CHAT
from stream_audit.dialects.openai.completions import OPENAI_COMPLETIONS
from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.dialects.session_logs.claude import CLAUDE_LOG
from stream_audit.dialects.session_logs.codex import CODEX_LOG
from stream_audit.errors import UnknownName
from stream_audit.model import Dialect

__all__ = ["DIALECTS", "dialect", "lengthening"]

DIALECTS: tuple[Dialect, ...] = (
    OPENAI_CHAT,
    OPENAI_COMPLETIONS,
    OPENAI_RESPONSES,
    ANTHROPIC_MESSAGES,
    AI_SDK_STREAM,
    AI_SDK_UI,
    COHERE_V2,
    BEDROCK_CONVERSE,
    GEMINI,
    OLLAMA,
    CLAUDE_LOG,
    CODEX_LOG,
)
"""Every wire format, in the order in which they are asked whether they recognise a chunk."""


def dialect(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        UnknownName: There is none.
    """
    for known in DIALECTS:
        if known.name == name:
            return known
    raise UnknownName("dialect", name, [known.name for known in DIALECTS])
