"""ollama: recorded chunks served to its client, parsed by the SDK, gathered as its documentation does.

The SDK has no fold of its own. What is the SDK's here is everything up to the chunks of
``client.chat(stream=True)`` and ``client.generate(stream=True)``: it reads the lines, raises an error that
one of them is, and brings each chunk to its own model (what that does not know is gone: the id of a tool
call, the tokens that were in the cache). The loop over the chunks is the one of Ollama's guides to
streaming and to tools: thinking and text are added up, the tool calls of all chunks collected. All else is
that of the last chunk, where the counts are.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version as installed
from typing import Any

import ollama

from ._provider import Provider

# Nothing of its user's own settings may decide what comes out.
for _name in ("OLLAMA_HOST", "OLLAMA_API_KEY"):
    os.environ.pop(_name, None)

DIALECTS = ("ollama",)
_provider = Provider()


def version() -> str:
    """The SDK's version."""
    return installed("ollama")


def prepare() -> None:
    """Make the client before any fold's time runs."""
    _client()


def fold(chunks: list[dict[str, Any]], dialect: str) -> dict[str, Any]:
    """Stream the chunks through the client; what the loop gathers of them."""
    _provider.play(chunks, dialect)
    chat = any("message" in chunk for chunk in chunks)
    text, thinking = "", ""
    calls: list[Any] = []
    last: Any = None
    for last in _stream(chat):
        said = last["message"] if chat else last
        text += said.get("content" if chat else "response") or ""
        thinking += said.get("thinking") or ""
        calls += said.get("tool_calls") or []
    gathered: dict[str, Any] = {"thinking": thinking or None}
    if not chat:
        return {**dict(last), **gathered, "response": text}
    message = {**gathered, "role": last["message"]["role"], "content": text, "tool_calls": calls or None}
    return {**dict(last), "message": message}


def _stream(chat: bool) -> Iterable[Any]:
    if chat:
        return _client().chat(model="recorded", messages=[], stream=True)
    return _client().generate(model="recorded", prompt="", stream=True)


@cache
def _client() -> ollama.Client:
    return ollama.Client(host="http://recorded.invalid", transport=_provider.transport())
