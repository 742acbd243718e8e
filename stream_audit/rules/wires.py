"""The dialects that rules speak of, so that no entry misspells one."""

from __future__ import annotations

__all__ = [
    "ANTHROPIC", "BEDROCK", "CHAT", "COHERE", "COMPLETIONS", "GEMINI", "LOGS", "OLLAMA", "RESPONSES", "UI",
    "WRITER",
]  # fmt: skip

CHAT = "openai-chat"
COMPLETIONS = "openai-completions"
RESPONSES = "openai-responses"
ANTHROPIC = "anthropic-messages"
GEMINI = "gemini"
BEDROCK = "bedrock-converse"
COHERE = "cohere-v2"
OLLAMA = "ollama"
UI = "ai-sdk-ui"
WRITER = "ai-sdk-stream-python"
"""What a writer called to make a stream of ``ai-sdk-ui``."""
LOGS = "session-log"
"""Session logs of agents (Claude Code, Codex): many responses, with their usage, in one file."""
