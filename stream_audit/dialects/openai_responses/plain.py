"""The commonest event of all: one more piece of a text, and nothing besides."""

from __future__ import annotations

from stream_audit.dialects.openai_responses.wire import KNOWN, TEXTS
from stream_audit.dialects.unknown import PADDING
from stream_audit.model import Payload

__all__ = ["is_plain"]

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
    return (
        payload.keys() <= allowed
        and isinstance(payload.get("delta"), str)
        and payload["delta"] != ""
        and all(type(payload.get(key)) is int and payload[key] >= 0 for key in indexes)
        and payload.get("logprobs", []) == []
        and isinstance(payload.get("item_id", ""), str)
        and ("sequence_number" not in payload or _counts(payload["sequence_number"]))
    )


def _counts(number: object) -> bool:
    return type(number) is int and number >= 0


_NONE: tuple[frozenset[str], tuple[str, ...]] = (frozenset(), ())
