"""Where the events of a Converse stream carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stream_audit.dialects.bedrock_converse.usage import COUNTS
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_events"]

OUTPUT: Key = ("outputTokens",)
METRICS = "amazon-bedrock-invocationMetrics"
UNREAD = "metrics of the gateway, not the message's usage"


def sight_events(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each chunk: its texts, then its usage."""
    for index, payload in enumerate(payloads):
        yield [*_texts(payload, index), *_reports(payload, index)]


def _reports(payload: Payload, index: int) -> Iterator[Sighting]:
    metadata = payload.get("metadata")
    if isinstance(metadata, dict):
        yield from sight(metadata.get("usage"), index, ("metadata", "usage"), COUNTS, event="metadata")
    event = next(iter(payload), "")
    yield from sight(payload.get(METRICS), index, (METRICS,), (), event=event, unread=UNREAD)


def _texts(payload: Payload, index: int) -> Iterator[Sighting]:
    """The answer and reasoning count as output, also where the start of a block brings some."""
    for event, inside in (("contentBlockStart", "start"), ("contentBlockDelta", "delta")):
        body = payload.get(event)
        said = body.get(inside) if isinstance(body, dict) else None
        if not isinstance(said, dict):
            continue
        thought: Any = said.get("reasoningContent")
        place: Key = (event, inside)
        yield from sight_text(index, (*place, "text"), OUTPUT, said.get("text"), event=event)
        if isinstance(thought, dict):
            where = (*place, "reasoningContent", "text")
            yield from sight_text(index, where, OUTPUT, thought.get("text"), event=event)
