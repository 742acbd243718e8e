"""The commonest event of all: one more piece of a text, and nothing besides."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from stream_audit.dialects.openai_responses.numbers import is_number
from stream_audit.dialects.openai_responses.wire import KNOWN, TEXTS
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import PADDING
from stream_audit.model import Payload

__all__ = ["Likeness", "is_plain"]

_KEYS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    f"{kind}.delta": (
        (KNOWN[f"{kind}.delta"] - {"usage", "error"}) | PADDING,
        ("output_index",) if text.index is None else ("output_index", text.index),
    )
    for kind, text in TEXTS.items()
}
"""Type of event to the keys that such an event may have, and those that must be indexes."""


def is_plain(payload: Payload) -> bool:
    """Whether an event is a delta that says where it belongs and has nothing else to say."""
    kind = payload.get("type")
    allowed, indexes = _KEYS.get(kind, _NONE) if isinstance(kind, str) else _NONE
    if not payload.keys() <= allowed:
        return False
    for key in indexes:
        if not is_number(payload.get(key)):
            return False
    return (
        isinstance(payload.get("delta"), str)
        and payload["delta"] != ""
        and payload.get("logprobs", []) == []
        and isinstance(payload.get("item_id", ""), str)
        and ("sequence_number" not in payload or is_number(payload["sequence_number"]))
    )


_NONE: tuple[frozenset[str], tuple[str, ...]] = (frozenset(), ())


_VARYING = ("sequence_number", *sorted(PADDING))
"""Keys whose values differ from chunk to chunk, besides the text; the number first."""
_INNER = ("content_index", "summary_index", "command_index")


class Likeness:
    """What chunks have in common that do nothing but add to one text.

    Args:
        event: A plain one, folded already.
        text: What it was added to.
    """

    __slots__ = (
        *("common", "event", "frame", "index", "inner", "inner_key", "numbered", "size", "text", "varying"),
    )

    def __init__(self, event: Payload, text: Text) -> None:
        varying = ["delta", *[key for key in _VARYING if event.get(key) is not None]]
        self.event = event
        self.text = text
        self.size = len(event)
        self.common = itemgetter("type", *[key for key in event if key not in varying])
        self.frame: tuple[Any, ...] = self.common(event)
        """What does not vary, as ``common`` gets it. Equal is not enough for the two indexes below."""
        self.varying = itemgetter(*varying, "type")
        self.numbered = "sequence_number" in varying
        self.index = event["output_index"]
        self.inner_key = "output_index"
        for key in _INNER:
            if key in event:
                self.inner_key = key
        self.inner = event[self.inner_key]
