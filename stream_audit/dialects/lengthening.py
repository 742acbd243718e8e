"""Chunks that may be added to a stream any number of times and only make its answer longer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stream_audit.model import Dialect, Payload

__all__ = ["lengthening"]

_BLANKS = " " * 32
"""What is added to a call's arguments: behind their end, JSON lets blanks stand."""


def lengthening(dialect: Dialect, payloads: Iterable[Any]) -> list[tuple[int, Payload]]:
    """Find what a recording can be made longer with.

    Args:
        dialect: The recording's.
        payloads: Its chunks.

    Returns:
        At most two: the first chunk of text, to be repeated behind itself, and a chunk of blanks to stand
        behind the last fragment of a call's arguments. Each with the index it stands behind, and without
        its number where chunks are numbered: the same number again would be the same chunk again.
    """
    counter = dialect.volatile.counter
    text: tuple[int, Payload] | None = None
    arguments: tuple[int, Payload] | None = None
    for index, payload in enumerate(payloads):
        if not isinstance(payload, dict):
            continue
        blanks = _blanks(payload)
        if blanks is not None:
            arguments = (index, _unnumbered(blanks, counter))
        elif text is None and dialect.echo(payload) is not None:
            text = (index, _unnumbered(payload, counter))
    return [found for found in (text, arguments) if found is not None]


def _unnumbered(payload: Payload, counter: str | None) -> Payload:
    return {**payload, counter: None} if counter is not None and counter in payload else payload


def _blanks(payload: Payload) -> Payload | None:
    """The chunk with blanks in place of its fragment of arguments; ``None`` when it has no such."""
    delta = payload.get("delta")
    if isinstance(delta, dict) and delta.get("type") == "input_json_delta":
        return {**payload, "delta": {**delta, "partial_json": _BLANKS}} if delta.get("partial_json") else None
    if payload.get("type") == "response.function_call_arguments.delta":
        return {**payload, "delta": _BLANKS} if isinstance(delta, str) and delta else None
    if payload.get("type") == "tool-input-delta":
        return {**payload, "inputTextDelta": _BLANKS} if payload.get("inputTextDelta") else None
    if payload.get("type") == "tool-call-delta":
        return _blank_fragment(payload, delta)
    if "contentBlockDelta" in payload:
        return _blank_piece(payload["contentBlockDelta"])
    choice = _only(payload.get("choices"))
    delta = choice.get("delta")
    call = _only(delta.get("tool_calls")) if isinstance(delta, dict) else {}
    function = call.get("function")
    if not isinstance(function, dict) or not function.get("arguments") or type(call.get("index")) is not int:
        return None
    more = {"index": call["index"], "function": {"arguments": _BLANKS}}
    further = {"index": choice.get("index", 0), "delta": {"tool_calls": [more]}, "finish_reason": None}
    return {**payload, "choices": [further], "usage": None}


def _blank_fragment(payload: Payload, delta: Any) -> Payload | None:
    """The same for Cohere's, whose ``tool_calls`` is one call."""
    place = delta
    for step in ("message", "tool_calls", "function"):
        place = place.get(step) if isinstance(place, dict) else None
    if not isinstance(place, dict) or not place.get("arguments") or type(payload.get("index")) is not int:
        return None
    return {**payload, "delta": {"message": {"tool_calls": {"function": {"arguments": _BLANKS}}}}}


def _blank_piece(event: Any) -> Payload | None:
    """The same for Converse's, whose piece of input stands in a member of the delta."""
    delta = event.get("delta") if isinstance(event, dict) else None
    tool = delta.get("toolUse") if isinstance(delta, dict) else None
    if not isinstance(tool, dict) or not tool.get("input") or type(event.get("contentBlockIndex")) is not int:
        return None
    return {"contentBlockDelta": {**event, "delta": {"toolUse": {"input": _BLANKS}}}}


def _only(items: Any) -> Payload:
    """The one object of a list of one; empty for anything else."""
    alone = items[0] if isinstance(items, list) and len(items) == 1 else None
    return alone if isinstance(alone, dict) else {}
