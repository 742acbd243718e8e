"""Where the events of a Responses stream carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stream_audit.dialects.openai_responses.numbers import Numbers
from stream_audit.dialects.openai_responses.usage import COUNTS
from stream_audit.dialects.openai_responses.wire import SNAPSHOTS
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_events"]

OUTPUT: Key = ("output_tokens",)
THOUGHT: Key = ("output_tokens_details", "reasoning_tokens")
COUNTED: dict[str, tuple[Key, ...]] = {
    "response.output_text.delta": (OUTPUT,),
    "response.refusal.delta": (OUTPUT,),
    "response.reasoning_text.delta": (OUTPUT, THOUGHT),
    "response.reasoning_summary_text.delta": (OUTPUT, THOUGHT),
}
"""Deltas of the answer count as output, those of reasoning as reasoning too."""
AGAIN = "an event that was sent again"
ELSEWHERE = "not the response's usage"
"""A gateway's own bill, and what tools used."""


def sight_events(payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
    """One list of sightings for each event: its text, then its usage."""
    numbers = Numbers()
    for index, payload in enumerate(payloads):
        kind = payload.get("type")
        event = kind if isinstance(kind, str) else ""
        if numbers.take(payload)[0] == "again":
            yield list(_reports(payload, index, event, unread=AGAIN))
        else:
            yield [*_texts(payload, index, event), *_reports(payload, index, event)]
        numbers.forget()


def _reports(payload: Payload, index: int, event: str, unread: str = "") -> Iterator[Sighting]:
    response = payload.get("response")
    inner = response if isinstance(response, dict) and event in SNAPSHOTS else {}
    at_top, inside = ("usage",), ("response", "usage")
    yield from sight(inner.get("usage"), index, inside, COUNTS, event=event, unread=unread)
    yield from sight(payload.get("usage"), index, at_top, COUNTS, event=event, unread=unread)
    yield from sight(
        payload.get("copilot_usage"), index, ("copilot_usage",), (), event=event, unread=ELSEWHERE
    )
    tools = ("response", "tool_usage")
    yield from sight(inner.get("tool_usage"), index, tools, (), event=event, unread=ELSEWHERE)


def _texts(payload: Payload, index: int, event: str) -> Iterator[Sighting]:
    for key in COUNTED.get(event, ()):
        yield from sight_text(index, ("delta",), key, payload.get("delta"), event=event)
