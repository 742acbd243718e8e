"""Chunks of the UI message stream, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.ai_sdk_ui.stream import AI_SDK_UI
from stream_audit.model import Folded, Message, Note, Payload, Policies

DEFAULT = Policies()


def chunk(kind: str, /, **fields: Any) -> Payload:
    return {"type": kind, **fields}


def start(identity: str | None = "msg-1", **fields: Any) -> Payload:
    return chunk("start", **({} if identity is None else {"messageId": identity}), **fields)


def ended(reason: str | None = "stop", **fields: Any) -> Payload:
    return chunk("finish", **({} if reason is None else {"finishReason": reason}), **fields)


def opened(identity: str = "0", kind: str = "text", **fields: Any) -> Payload:
    return chunk(f"{kind}-start", id=identity, **fields)


def delta(piece: str, identity: str = "0", kind: str = "text", **fields: Any) -> Payload:
    return chunk(f"{kind}-delta", id=identity, delta=piece, **fields)


def closed(identity: str = "0", kind: str = "text", **fields: Any) -> Payload:
    return chunk(f"{kind}-end", id=identity, **fields)


def text(*pieces: str, identity: str = "0", kind: str = "text") -> list[Payload]:
    """A text from its start to its end."""
    return [
        opened(identity, kind),
        *(delta(piece, identity, kind) for piece in pieces),
        closed(identity, kind),
    ]


def calling(identity: str = "c1", name: str = "look", **fields: Any) -> Payload:
    return chunk("tool-input-start", toolCallId=identity, toolName=name, **fields)


def piece(text: str, identity: str = "c1") -> Payload:
    return chunk("tool-input-delta", toolCallId=identity, inputTextDelta=text)


def called(value: Any, identity: str = "c1", name: str = "look", **fields: Any) -> Payload:
    return chunk("tool-input-available", toolCallId=identity, toolName=name, input=value, **fields)


def wrong(error: str, identity: str = "c1", name: str = "look", **fields: Any) -> Payload:
    return chunk("tool-input-error", toolCallId=identity, toolName=name, errorText=error, **fields)


def output(value: Any, identity: str = "c1", **fields: Any) -> Payload:
    return chunk("tool-output-available", toolCallId=identity, output=value, **fields)


def told(**metadata: Any) -> Payload:
    return chunk("message-metadata", messageMetadata=metadata)


STEP = chunk("start-step")
STEP_END = chunk("finish-step")
RESET = chunk("reset-step")


def message(*chunks: Payload) -> list[Payload]:
    """A stream around ``chunks``."""
    return [start(), *chunks, ended()]


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT, *, done: bool = False) -> Folded:
    folding = AI_SDK_UI.fold(policies)
    folding.add(items)
    return folding.finish(done=done)


def said(*chunks: Payload) -> Message:
    """The message that a stream around these folds into."""
    return fold(message(*chunks)).response.choices[0].message


def parts(*chunks: Payload) -> list[dict[str, Any]]:
    """The parts of that message."""
    return [dict(part) for part in said(*chunks).parts]


def notes(*chunks: Payload) -> list[Note]:
    """What is noted about that stream."""
    return list(fold(message(*chunks)).notes)


def rules(*chunks: Payload) -> list[str]:
    """By which rules."""
    return [note.rule for note in notes(*chunks)]
