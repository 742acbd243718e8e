"""Chunks of the Gemini wire, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.model import Folded, Message, Payload, Policies, ToolCall, Usage

DEFAULT = Policies()
LABELS = {"modelVersion": "gemini-3-flash", "responseId": "r1"}


def chunk(*parts: Any, finish: str | None = None, index: int | None = 0, **top: Any) -> Payload:
    """A chunk about one candidate; without parts it has no content."""
    candidate: Payload = {"content": {"parts": list(parts), "role": "model"}} if parts else {}
    if finish is not None:
        candidate["finishReason"] = finish
    if index is not None:
        candidate["index"] = index
    return {"candidates": [candidate], **LABELS, **top}


def text(said: str, **fields: Any) -> Payload:
    return {"text": said, **fields}


def thought(said: str, **fields: Any) -> Payload:
    return {"text": said, "thought": True, **fields}


def call(name: str | None = None, **fields: Any) -> Payload:
    """A part that calls a function, or goes on with a call."""
    return {"functionCall": {**({} if name is None else {"name": name}), **fields}}


def leaf(path: str, *, more: bool | None = True, **value: Any) -> Payload:
    """A fragment of a call: one leaf of its arguments."""
    going_on: Payload = {} if more is None else {"willContinue": more}
    return call(partialArgs=[{"jsonPath": path, **value}], **going_on)


def told(**fields: Any) -> Payload:
    """A chunk that says something about candidate 0, and nothing else."""
    return {"candidates": [{"index": 0, **fields}], **LABELS}


def used(**counts: Any) -> Payload:
    """A chunk of usage alone."""
    return {"candidates": [], "usageMetadata": counts, **LABELS}


STOP = chunk(text(""), finish="STOP")


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT) -> Folded:
    folding = GEMINI.fold(policies)
    folding.add(items)
    return folding.finish(done=False)


def said(*parts: Any) -> Message:
    """The message of a stream with one of these parts in each chunk."""
    return fold([*(chunk(part) for part in parts), STOP]).response.choices[0].message


def calls(*parts: Any) -> tuple[ToolCall, ...]:
    return said(*parts).tool_calls


def usage(*reports: Payload, policies: Policies = DEFAULT) -> Usage:
    found = fold([used(**report) for report in reports], policies).response.usage
    assert found is not None
    return found


def rules(folded: Folded) -> list[str]:
    """The rules of all notes, but for those of streams that are short on purpose."""
    return [note.rule for note in folded.notes if note.rule not in ("usage-absent",)]
