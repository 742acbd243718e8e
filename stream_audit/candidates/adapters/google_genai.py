"""google-genai: recorded chunks served to its client, parsed by the SDK, gathered as programs do.

The SDK has no public way to make one answer of a stream. What is the SDK's here is everything up to the
chunks of ``client.models.generate_content_stream``: it reads the event stream, brings each chunk to its
own model (what that does not know is gone), decodes signatures, and raises the errors that come inside
the stream. The loop over the chunks is the usual one: the parts of every candidate one behind the other,
as the SDK's chats keep them for the next turn too, where they stand chunk by chunk; the finish reason
and the metadata that came last; the last usage, of which each chunk has the total so far.

The answer is a ``GenerateContentResponse`` of the SDK's own. A recording of Vertex AI, told by fields
that only that sends, is served to a client for Vertex AI: the SDK reads the two apart. Chunks that were
recorded as the SDK dumps them are read by its own model again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import requires
from typing import Any

from google import genai
from google.genai import types

from ._provider import Provider

# Nothing of its user's own settings may decide what comes out.
for _name in [name for name in os.environ if name.startswith(("GOOGLE_GENAI_", "GOOGLE_CLOUD_"))]:
    os.environ.pop(_name)

DIALECTS = ("gemini",)
MATERIALISED = (types.GenerateContentResponseUsageMetadata,)
_LAST = (
    "finish_reason",
    "finish_message",
    "citation_metadata",
    "grounding_metadata",
    "url_context_metadata",
    "safety_ratings",
    "logprobs_result",
    "avg_logprobs",
    "token_count",
)
_provider = Provider()


def version() -> str:
    """The SDK's version."""
    return genai.__version__


def prepare() -> None:
    """Make the client, which takes a second, before any fold's time runs."""
    _ = _client(False).models.generate_content_stream


def fold(chunks: list[dict[str, Any]], dialect: str) -> types.GenerateContentResponse:
    """Stream the chunks through the client; what the loop gathers of them."""
    answer = types.GenerateContentResponse()
    found: dict[int, types.Candidate] = {}
    for chunk in _stream(chunks, dialect):
        for name in ("response_id", "model_version", "create_time", "prompt_feedback", "usage_metadata"):
            setattr(answer, name, getattr(chunk, name, None) or getattr(answer, name, None))
        for candidate in chunk.candidates or ():
            _add(found.setdefault(candidate.index or 0, types.Candidate(index=candidate.index)), candidate)
    answer.candidates = [found[index] for index in sorted(found)]
    return answer


def _stream(chunks: list[dict[str, Any]], dialect: str) -> Iterable[types.GenerateContentResponse]:
    if any("usage_metadata" in chunk or "model_version" in chunk for chunk in chunks):
        return map(types.GenerateContentResponse.model_validate, chunks)
    _provider.play(chunks, dialect)
    models = _client(any(map(_is_vertex, chunks))).models
    return models.generate_content_stream(model="recorded", contents="", config=_config())


def _add(whole: types.Candidate, candidate: types.Candidate) -> None:
    if candidate.content is not None:
        if whole.content is None:
            whole.content = types.Content(role=candidate.content.role, parts=[])
        assert whole.content.parts is not None
        whole.content.parts.extend(candidate.content.parts or ())
    for name in _LAST:
        value = getattr(candidate, name, None)
        if value is not None:
            setattr(whole, name, value)


def _is_vertex(chunk: Any) -> bool:
    usage = chunk.get("usageMetadata")
    return "createTime" in chunk or (isinstance(usage, dict) and "trafficType" in usage)


@cache
def _client(vertexai: bool) -> genai.Client:
    library = "httpx2" if any(one.startswith("httpx2") for one in requires("google-genai") or ()) else "httpx"
    http, nowhere = _provider.client(library), "http://recorded.invalid"
    if "httpx_client" in types.HttpOptions.model_fields:
        options = types.HttpOptions(base_url=nowhere, httpx_client=http)
        return genai.Client(api_key="none", vertexai=vertexai, http_options=options)
    made = genai.Client(api_key="none", vertexai=vertexai, http_options=types.HttpOptions(base_url=nowhere))
    made._api_client._httpx_client = http  # older versions have no public place for it
    return made


@cache
def _config() -> types.GenerateContentConfig:
    """One request, one answer: no function is called, and nothing is asked for behind the stream."""
    config = types.GenerateContentConfig(
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True)
    )
    if "automatic_continuation" in types.GenerateContentConfig.model_fields:
        config.automatic_continuation = False
    return config
