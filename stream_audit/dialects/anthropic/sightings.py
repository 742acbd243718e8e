"""Where the events of an Anthropic stream carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stream_audit.dialects.anthropic.usage import COUNTS
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_events"]

OUTPUT: Key = ("output_tokens",)
THOUGHT: Key = ("output_tokens_details", "thinking_tokens")
METRICS = "amazon-bedrock-invocationMetrics"


def sight_events(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each event: its texts, then its usage."""
    for index, payload in enumerate(payloads):
        yield [*_texts(payload, index), *_reports(payload, index)]


def _reports(payload: Payload, index: int) -> Iterator[Sighting]:
    kind = payload.get("type")
    event = kind if isinstance(kind, str) else ""
    message = payload.get("message")
    if isinstance(message, dict) and event == "message_start":
        yield from sight(message.get("usage"), index, ("message", "usage"), COUNTS, event=event)
    yield from sight(payload.get("usage"), index, ("usage",), COUNTS, event=event)
    unread = "metrics of the gateway, not the message's usage"
    yield from sight(payload.get(METRICS), index, (METRICS,), (), event=event, unread=unread)


def _texts(payload: Payload, index: int) -> Iterator[Sighting]:
    """The answer counts as output, thinking as output and as thinking; seeds of blocks count too."""
    where: dict[str, tuple[str, Any]] = {
        "content_block_start": ("content_block", payload.get("content_block")),
        "content_block_delta": ("delta", payload.get("delta")),
    }
    name, block = where.get(str(payload.get("type")), ("", None))
    if not isinstance(block, dict):
        return
    event = str(payload["type"])
    if block.get("type") in ("text", "text_delta"):
        yield from sight_text(index, (name, "text"), OUTPUT, block.get("text"), event=event)
    elif block.get("type") in ("thinking", "thinking_delta"):
        for key in (OUTPUT, THOUGHT):
            yield from sight_text(index, (name, "thinking"), key, block.get("thinking"), event=event)
