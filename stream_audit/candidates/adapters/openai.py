"""The OpenAI SDK: recorded chunks served to its client, folded by its own streams for chat and Responses.

Versions before the one that came with ``responses.stream`` fold chat alone.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import openai
from openai.types import CompletionUsage

from ._provider import NOWHERE, Provider

DIALECTS: tuple[str, ...] = ("openai-chat",)
MATERIALISED: tuple[type, ...] = (CompletionUsage,)
if find_spec("openai.lib.streaming.responses"):
    from openai.types.responses import ResponseUsage

    DIALECTS = (*DIALECTS, "openai-responses")
    MATERIALISED = (*MATERIALISED, ResponseUsage)
_provider = Provider()


def version() -> str:
    """The SDK's version."""
    return openai.__version__


def prepare() -> None:
    """Make the client and load its types, which takes seconds, before any fold's time runs."""
    _ = _client().chat.completions.stream


def fold(chunks: list[dict[str, Any]], dialect: str) -> object:
    """Stream the chunks through the client; the SDK's final completion or response."""
    _provider.play(chunks, dialect)
    if dialect == "openai-responses":
        with _client().responses.stream(model="recorded", input=[]) as events:
            return events.get_final_response()
    with _client().chat.completions.stream(model="recorded", messages=[]) as stream:
        return stream.get_final_completion()


@cache
def _client() -> openai.OpenAI:
    return openai.OpenAI(max_retries=0, http_client=_provider.http("openai"), **NOWHERE)
