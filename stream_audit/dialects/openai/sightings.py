"""Where the chunks of the OpenAI dialects carry usage, and which of their texts a counter would count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stream_audit.dialects.openai.usage import COUNTS
from stream_audit.dialects.sighted import sight, sight_text
from stream_audit.model import Payload
from stream_audit.model.trail import Key, Sighting

__all__ = ["sight_chunks"]

REASONING = ("reasoning_content", "reasoning", "reasoning_text")
OUTPUT: Key = ("completion_tokens",)
THOUGHT: Key = ("completion_tokens_details", "reasoning_tokens")
ANOTHER = "another place of the chunk is read"


def sight_chunks(payloads: Iterable[Payload], *, chat: bool) -> Iterator[list[Sighting]]:
    """One list of sightings for each chunk: its texts, then its usage.

    Args:
        payloads: The chunks of one response, in order.
        chat: Texts stand in ``delta``; otherwise in ``text``.
    """
    for index, payload in enumerate(payloads):
        choices = payload.get("choices")
        choices = choices if isinstance(choices, list) else []
        found: list[Sighting] = []
        for position, choice in enumerate(choices):
            if isinstance(choice, dict):
                found += _texts(choice, index, ("choices", position), chat=chat)
        yield [*found, *_reports(payload, choices, index)]


def _reports(payload: Payload, choices: list[Any], index: int) -> Iterator[Sighting]:
    """The usage objects of a chunk; of several the first is read."""
    groq = payload.get("x_groq")
    places: list[tuple[Key, Any]] = [(("usage",), payload.get("usage"))]
    if isinstance(groq, dict):
        places.append((("x_groq", "usage"), groq.get("usage")))
    for position, choice in enumerate(choices):
        if isinstance(choice, dict):
            places.append((("choices", position, "usage"), choice.get("usage")))
    read = False
    for place, report in places:
        if isinstance(report, dict):
            yield from sight(report, index, place, COUNTS, unread=ANOTHER if read else "")
            read = True


def _texts(choice: Mapping[str, Any], index: int, place: Key, *, chat: bool) -> Iterator[Sighting]:
    """The answer counts as output, reasoning as output and as reasoning."""
    if not chat:
        yield from sight_text(index, (*place, "text"), OUTPUT, choice.get("text"))
        return
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        return
    place = (*place, "delta")
    for name in REASONING:
        text = delta.get(name)
        if isinstance(text, str) and text:
            yield from sight_text(index, (*place, name), OUTPUT, text)
            yield from sight_text(index, (*place, name), THOUGHT, text)
            break
    for name in ("content", "refusal"):
        value = delta.get(name)
        if isinstance(value, list):
            for position, part in enumerate(value):
                if isinstance(part, dict) and part.get("type") == "text":
                    inside = (*place, name, position, "text")
                    yield from sight_text(index, inside, OUTPUT, part.get("text"))
        else:
            yield from sight_text(index, (*place, name), OUTPUT, value)
