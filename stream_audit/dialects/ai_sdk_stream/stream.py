"""Calls of a writer of ``ai_sdk_stream_python``, as recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.ai_sdk_stream.calls import CALLS, ENDS, FIELD
from stream_audit.dialects.ai_sdk_stream.fold import WriterFold
from stream_audit.dialects.ai_sdk_stream.sightings import sight_calls, usage_of
from stream_audit.model import Fold, Payload, Policies, Usage, Volatile
from stream_audit.model.trail import Sighting

__all__ = ["AI_SDK_STREAM", "AISDKStream"]


class AISDKStream:
    """The dialect ``ai-sdk-stream-python``. Not a wire format: the writer's side of one."""

    __slots__ = ()

    name: ClassVar[str] = "ai-sdk-stream-python"
    title: ClassVar[str] = "Calls of a writer of ai_sdk_stream_python, as recorded"
    decisive: ClassVar[bool] = True
    volatile: ClassVar[Volatile] = Volatile()

    def recognises(self, payload: Payload) -> bool:
        """True for a call that can only be one of this package."""
        op = payload.get("op")
        if not isinstance(op, str) or op not in CALLS:
            return False
        return op not in ENDS or (op == "error" and isinstance(payload.get("error_text"), str))

    def knows(self, payload: Payload) -> bool:
        """Any call of a writer."""
        op = payload.get("op")
        return isinstance(op, str) and op in CALLS

    def identity(self, payload: Payload) -> str | None:
        """The message's id, which only the constructor is given."""
        if payload.get("op") != "StreamContext":
            return None
        identity = payload.get("message_id")
        return identity if isinstance(identity, str) and identity else None

    def starts(self, payload: Payload) -> bool:
        """True for the constructor."""
        return payload.get("op") == "StreamContext"

    def ends(self, payload: Payload) -> bool:
        """True for ``finish``, ``abort`` and ``error``."""
        op = payload.get("op")
        return isinstance(op, str) and op in ENDS

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the next constructor; whether it is a duplicate is for the reader to tell."""
        for position in range(begin, len(items)):
            item = items[position]
            if not isinstance(item, str) and item.get("op") == "StreamContext":
                return position
        return len(items)

    def echo(self, payload: Payload) -> str | None:
        """The text of a write that says nothing else and is not empty.

        Counting is part of folding it: each echo counts its own characters.
        """
        op = payload.get("op")
        if len(payload) != 2 or not isinstance(op, str) or op not in FIELD:
            return None
        text = payload.get("delta")
        return text if isinstance(text, str) and text else None

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""
        return WriterFold(policies)

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each call: what it counts, or what it sets."""
        return sight_calls(payloads)

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read the three fields of a usage."""
        return usage_of(raw)


AI_SDK_STREAM = AISDKStream()
