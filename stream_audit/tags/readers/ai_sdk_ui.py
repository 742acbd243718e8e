"""What a chunk of ``ai-sdk-ui`` says."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import Fragment, Said, Saying, pick

__all__ = ["AISDKUI", "AI_SDK_UI"]

NAME = "ai-sdk-ui"

_STARTS, _PIECE, _WHOLE = "tool-input-start", "tool-input-delta", "tool-input-available"
_CALLS = (_STARTS, _PIECE, _WHOLE, "tool-input-error")


class AISDKUI:
    """Reads the chunks of a message. A tool call is told by its id."""

    __slots__ = ()

    name = NAME
    aspects = frozenset(("text", "reasoning", "calls", "finish", "citations", "done"))
    tags: tuple[Tag, ...] = (
        Tag(
            "tool-input-whole",
            "the whole input of a tool call in one chunk",
            ("snapshot-plus-delta-double", "stream-vs-nonstream"),
            NAME,
        ),
        Tag("dynamic-tool", "a call of a dynamic tool", ("tool-calls-omitted-by-aggregator",), NAME),
        Tag("provider-tool", "a tool that the provider ran itself", ("stream-vs-nonstream",), NAME),
        Tag("output-preliminary", "a preliminary output", ("snapshot-plus-delta-double",), NAME),
        Tag("data-with-id", "data that may replace data", ("snapshot-plus-delta-double",), NAME),
        Tag("data-transient", "data that is only to be shown", ("uncollected-recorded",), NAME),
        Tag(
            "step-end",
            "the end of a step, not of the answer",
            ("finish-early-exit", "item-id-mismatch"),
            NAME,
        ),
        Tag("step-reset", "a step that is done again", ("retry-text-duplicated",), NAME),
        Tag("message-metadata", "metadata of the message", ("extension-fields-dropped",), NAME),
    )

    def read(self, payload: Payload) -> Said:
        """What the chunk says."""
        kind = payload.get("type")
        if not isinstance(kind, str):
            return Said()
        saying = _saying(kind, payload)
        return Said([saying] if saying is not None else [], shapes=tuple(_shapes(kind, payload)))


def _saying(kind: str, payload: Payload) -> Saying | None:
    match kind:
        case "text-delta":
            return Saying(text=pick(payload, "delta"))
        case "reasoning-delta":
            return Saying(reasoning={"delta": payload.get("delta")})
        case "text-end":
            cited = payload.get("citations")
            return Saying(citations=cited if isinstance(cited, list) else [])
        case "source-url" | "source-document":
            return Saying(citations=[payload.get("sourceId")])
        case "finish":
            return Saying(finish=pick(payload, "finishReason"))
    if kind in _CALLS and payload.get("providerExecuted") is not True:
        return Saying(calls=[_fragment(kind, payload)])
    return None


def _fragment(kind: str, payload: Payload) -> Fragment:
    identity = payload.get("toolCallId")
    return Fragment(
        identity if isinstance(identity, str) else None,
        id=identity,
        name=pick(payload, "toolName"),
        arguments=pick(payload, "inputTextDelta"),
        opens={_STARTS: True, _PIECE: False}.get(kind),
    )


def _shapes(kind: str, payload: Payload) -> list[str]:
    is_data = kind.startswith("data-")
    seen: dict[str, Any] = {
        "tool-input-whole": kind == _WHOLE,
        "dynamic-tool": kind in _CALLS and payload.get("dynamic") is True,
        "provider-tool": kind in _CALLS and payload.get("providerExecuted") is True,
        "output-preliminary": kind == "tool-output-available" and payload.get("preliminary") is True,
        "data-with-id": is_data and isinstance(payload.get("id"), str),
        "data-transient": is_data and payload.get("transient") is True,
        "step-end": kind == "finish-step",
        "step-reset": kind == "reset-step",
        "message-metadata": isinstance(payload.get("messageMetadata"), dict),
    }
    return [name for name, has in seen.items() if has]


AI_SDK_UI = AISDKUI()
