"""Events of the Converse wire, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE
from stream_audit.model import Folded, Message, Payload, Policies

DEFAULT = Policies()
START: Payload = {"messageStart": {"role": "assistant"}}


def started(index: int | None, **members: Any) -> Payload:
    return {"contentBlockStart": {"contentBlockIndex": index, "start": members}}


def tool(index: int | None, **fields: Any) -> Payload:
    return started(index, toolUse={"toolUseId": "tooluse_1", "name": "look", **fields})


def delta(index: Any, **members: Any) -> Payload:
    return {"contentBlockDelta": {"contentBlockIndex": index, "delta": members}}


def text(index: Any, text: str) -> Payload:
    return delta(index, text=text)


def reasoning(index: Any, **pieces: Any) -> Payload:
    return delta(index, reasoningContent=pieces)


def piece(index: Any, text: str) -> Payload:
    return delta(index, toolUse={"input": text})


def closed(index: int | None) -> Payload:
    return {"contentBlockStop": {"contentBlockIndex": index}}


def ended(reason: str | None = "end_turn", **fields: Any) -> Payload:
    return {"messageStop": {"stopReason": reason, **fields}}


def told(usage: Any = None, **fields: Any) -> Payload:
    return {"metadata": {"usage": usage, "metrics": {"latencyMs": 12}, **fields}}


USAGE = told({"inputTokens": 10, "outputTokens": 2, "totalTokens": 12})


def response(*events: Payload, reason: str | None = "end_turn") -> list[Payload]:
    """A well-formed stream around ``events``."""
    return [START, *events, ended(reason), USAGE]


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT) -> Folded:
    folding = BEDROCK_CONVERSE.fold(policies)
    folding.add(items)
    return folding.finish(done=False)


def said(items: Sequence[Payload | str]) -> Message:
    """The message that a stream folds into."""
    return fold(items).response.choices[0].message


def notes(items: Sequence[Payload | str]) -> list[tuple[str, int, str]]:
    """What is noted of a stream: rule, chunk, field."""
    return [(note.rule, note.index, note.field) for note in fold(items).notes]
