"""Which answers are streams: by their content type, and where that does not say, by their body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stream_audit.model import Dialect
from stream_audit.recordings.containers.interaction import Interaction
from stream_audit.recordings.elements import elements
from stream_audit.recordings.framings import aws_event_stream, framing, json_values
from stream_audit.recordings.parsing import NOTHING, parse

__all__ = ["asks_for_stream", "is_streamed"]

_STREAMS = frozenset(
    (
        "text/event-stream",
        "application/vnd.amazon.eventstream",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/stream+json",
    )
)
_BODILESS = frozenset((204, 304))
"""Answers that have no body, whatever their type."""
_OTHERS = re.compile(r"(image|audio|video|font|multipart)/|.*(html|css|javascript|xml|pdf|zip)$")
"""Types of answers that are none, whatever they begin with. All others do not say."""
_EVENT = re.compile(rb"(\xef\xbb\xbf)?\s*((event|id|retry)[ \t]*:[^\r\n]*[\r\n]\s*)*(data:|:)")
_STREAMED_PATH = re.compile(r":streamGenerateContent\b|stream=true", re.IGNORECASE)
_STREAMING_PATH = re.compile(r"/(converse-stream|invoke-with-response-stream)\b")
_ASKED = re.compile(rb'"stream"\s*:\s*true\b')


def is_streamed(interaction: Interaction, start: bytes, dialects: Sequence[Dialect]) -> bool:
    """Whether an answer is a stream.

    Args:
        interaction: Says what its type is, and what was asked.
        start: The beginning of its body, unpacked.
        dialects: One chunk that a dialect recognises makes a JSON array a stream.
    """
    kind = interaction.media_type
    if interaction.method.upper() == "HEAD" or interaction.status in _BODILESS:
        return False
    if kind in _STREAMS:
        return True
    if not start or _OTHERS.match(kind):
        return False
    framed = framing(start)
    if framed is aws_event_stream or _EVENT.match(start):
        return True
    if framed is json_values:
        return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") and (
            _STREAMED_PATH.search(interaction.url) is not None or _is_recognised(start, dialects)
        )
    first, _, second = start.strip().partition(b"\n")
    return second.lstrip().startswith(b"{") and isinstance(parse(first.strip())[0], dict)


def asks_for_stream(interaction: Interaction) -> bool:
    """Whether a request is one for a stream, whatever was answered."""
    url = interaction.url
    if _STREAMED_PATH.search(url) or _STREAMING_PATH.search(url):
        return True
    if not _ASKED.search(interaction.request):
        return False
    asked, _ = parse(interaction.request.strip())
    return isinstance(asked, dict) and asked.get("stream") is True


def _is_recognised(start: bytes, dialects: Sequence[Dialect]) -> bool:
    element = next(elements([start]), None)
    value = NOTHING if element is None else parse(element.text)[0]
    return isinstance(value, dict) and any(dialect.recognises(value) for dialect in dialects)
