"""The dialects that rules speak of, so that no entry misspells one."""

from __future__ import annotations

__all__ = [
    "ANTHROPIC", "BEDROCK", "CHAT", "CLAUDE_LOG", "CODEX_LOG", "COHERE", "COMPLETIONS", "GEMINI",
    "OLLAMA", "RESPONSES", "UI", "WRITER",
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
CLAUDE_LOG = "claude-log"
"""Session logs of Claude Code: several lines a response, each with its usage."""
CODEX_LOG = "codex-log"
"""Session logs of Codex: the usage of each response, and a counter of the session."""
