"""What was asked for, apart from whether the answer was to be streamed."""

from __future__ import annotations

import re
from hashlib import blake2b

import orjson

from stream_audit.recordings.containers.interaction import Interaction
from stream_audit.recordings.parsing import parse

__all__ = ["request_key"]

_FLAGS = ("stream", "stream_options", "streamOptions")
_PATHS = (
    (re.compile(r":streamGenerateContent\b"), ":generateContent"),
    (re.compile(r":streamRawPredict\b"), ":rawPredict"),
    (re.compile(r"/converse-stream(?=$|\?)"), "/converse"),
    (re.compile(r"/invoke-with-response-stream(?=$|\?)"), "/invoke"),
)
"""How providers spell the flag in an address: Gemini, Vertex AI, Amazon Bedrock."""
_QUERY = re.compile(r"(?<=[?&])(?:alt=sse|stream=(?:true|false))(?:&|$)")


def request_key(interaction: Interaction) -> bytes | None:
    """Equal for two requests that differ in the flag alone; ``None`` where the request is no JSON object."""
    value, _ = parse(interaction.request.strip())
    if not isinstance(value, dict) or not interaction.url:
        return None
    asked = {key: given for key, given in value.items() if key not in _FLAGS}
    try:
        body = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):  # Half a surrogate pair, or an integer beyond 64 bits.
        return None
    place = f"{interaction.method} {_address(interaction.url)}\n"
    return blake2b(place.encode("utf-8", "surrogatepass") + body, digest_size=16).digest()


def _address(url: str) -> str:
    for pattern, plain in _PATHS:
        url = pattern.sub(plain, url)
    return _QUERY.sub("", url).rstrip("?&")
