"""What each event of a Converse stream says about its response.

A chunk is an object with the event's name as its key. The end of the message
and the report of its usage are two events, and come in either order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.dialects.bedrock_converse.message import ConverseMessage
from stream_audit.dialects.bedrock_converse.opened import NOWHERE
from stream_audit.dialects.noting import kind_of, titled
from stream_audit.dialects.unknown import PADDING
from stream_audit.dialects.usage_fields import fold_usage
from stream_audit.model import Payload, Policies

__all__ = ["EVENTS", "ConverseEvents", "is_exception"]

EVENTS: dict[str, tuple[str, ...]] = {
    "messageStart": ("role",),
    "contentBlockStart": ("contentBlockIndex", "start"),
    "contentBlockDelta": ("contentBlockIndex", "delta"),
    "contentBlockStop": ("contentBlockIndex",),
    "messageStop": ("stopReason",),
    "metadata": ("usage", "serviceTier"),
}
"""Every event to the keys of it that a rule names."""

NAMED_FIELDS = {"role": "choices[0].message.role", "stopReason": "choices[0].finish_reason"}


class ConverseEvents(ConverseMessage):
    """The state of one response, and the rules by which an event changes it."""

    def __init__(self, policies: Policies) -> None:
        super().__init__()
        self._policies = policies
        self._started = False
        self._reported = False  # metadata was read
        self._names: dict[str, str] = {}  # role, stopReason, service_tier
        self._usage: dict[str, Any] | None = None
        self._error: dict[str, Any] | None = None

    def _chunk(self, item: Payload) -> None:
        """Fold one chunk."""
        self._index = NOWHERE
        self._late = []
        known = False
        for key, value in item.items():
            if value is None:
                continue
            if key in EVENTS:
                self._event(key, value)
            elif is_exception(key):
                self._fail({key: value}, f"{key}: {_said(value)}")
            elif key == "error":
                self._take_error(value)
            else:
                self._extra.add(key, value)
                continue
            known = True
        if not known:
            self._noting.note(
                "unknown-event", "", "no event: " + (", ".join(map(repr, item)) or "an empty object")
            )

    def _event(self, name: str, event: Any) -> None:
        if self._stopped and name != "metadata":
            self._out_of_order(f"{name!r} after 'messageStop'")
        if not isinstance(event, dict):
            self._noting.odd(self._extra, name, event)
            return
        HANDLERS[name](self, event)
        for key, value in event.items():
            if key not in EVENTS[name]:
                self._extra.add(key, value)

    def _message_start(self, event: dict[str, Any]) -> None:
        if self._started:
            self._noting.note("events-duplicated", "", "a second 'messageStart'")
        self._started = True
        self._name("role", event.get("role"), "role-changes-mid-stream")

    def _block_start(self, event: dict[str, Any]) -> None:
        index, start = self._index_of(event), event.get("start")
        if not isinstance(start, dict):
            self._noting.odd(self._extra, "start", start)
            start = {}
        if index is None:
            index = len(self._blocks)
        self._start(index, start)

    def _block_delta(self, event: dict[str, Any]) -> None:
        index, delta = self._index_of(event), event.get("delta")
        if isinstance(delta, dict):
            self._delta(index, delta)
        else:
            self._noting.odd(self._extra, "delta", delta)

    def _block_stop(self, event: dict[str, Any]) -> None:
        index = self._index_of(event)
        block = self._last if index is None else self._by_index.get(index)
        if block is None:
            self._noting.note("block-start-missing", "", f"'contentBlockStop' for index {index}")
        else:
            block.stopped = True

    def _message_stop(self, event: dict[str, Any]) -> None:
        self._name("stopReason", event.get("stopReason"), "finish-emitted-twice")
        if self._stopped:
            return
        self._stopped = True
        for block in self._blocks:
            if not block.stopped:
                at = f"choices[0].message.parts[{block.position}]"
                self._noting.note("block-stop-missing", at, "never stopped")

    def _metadata(self, event: dict[str, Any]) -> None:
        self._reported = True
        usage = event.get("usage")
        if isinstance(usage, dict):
            self._usage = {} if self._usage is None else self._usage
            fold_usage(self._usage, usage, self._policies.later_zero)
        else:
            self._noting.odd(self._extra, "usage", usage)
        self._take_tier(event.get("serviceTier"))

    def _take_tier(self, tier: Any) -> None:
        if not isinstance(tier, dict):
            self._noting.odd(self._extra, "serviceTier", tier)
            return
        name = tier.get("type")
        if name is not None and not isinstance(name, str):
            self._noting.odd(self._extra, "type", name)
        elif name:
            self._names.setdefault("service_tier", name)
        rest = {
            key: value
            for key, value in tier.items()
            if key != "type" and value is not None and key not in PADDING
        }
        if rest:
            self._extra.add("serviceTier", rest)

    def _index_of(self, event: dict[str, Any]) -> int | None:
        index = event.get("contentBlockIndex")
        if type(index) is int:
            return index
        self._noting.odd(self._extra, "contentBlockIndex", index)
        return None

    def _name(self, key: str, value: Any, changed: str) -> None:
        """Take a scalar that names something: the first present one counts."""
        if value is None or value == "":
            return
        if not isinstance(value, str):
            self._noting.odd(self._extra, key, value)
            return
        held = self._names.setdefault(key, value)
        if held != value:
            self._noting.note(changed, NAMED_FIELDS[key], f"{value!r} after {held!r}")

    def _take_error(self, error: Any) -> None:
        if isinstance(error, str):
            error = {"message": error}
        if isinstance(error, dict):
            self._fail(error, titled(error))
        else:
            self._noting.odd(self._extra, "error", error)

    def _fail(self, error: dict[str, Any], said: str) -> None:
        if self._error is None:
            self._error = error
        self._noting.note("error-event-ignored", "error", said)


HANDLERS: dict[str, Callable[[ConverseEvents, dict[str, Any]], None]] = {
    "messageStart": ConverseEvents._message_start,
    "contentBlockStart": ConverseEvents._block_start,
    "contentBlockDelta": ConverseEvents._block_delta,
    "contentBlockStop": ConverseEvents._block_stop,
    "messageStop": ConverseEvents._message_stop,
    "metadata": ConverseEvents._metadata,
}


def is_exception(key: str) -> bool:
    """True for the name of an event that says that the stream failed."""
    return key.endswith("Exception")


def _said(error: Any) -> str:
    """What a failure says in short."""
    if isinstance(error, dict):
        return titled({"message": error.get("originalMessage"), **error})
    return error if isinstance(error, str) else kind_of(error)
