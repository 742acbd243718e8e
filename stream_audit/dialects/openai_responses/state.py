"""What is known of a response so far, and how single values enter it: names, counts, errors, what is odd."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.noting import Noting
from stream_audit.dialects.openai_responses.findings import Findings
from stream_audit.dialects.openai_responses.item import Item, Place
from stream_audit.dialects.openai_responses.numbers import Numbers
from stream_audit.dialects.openai_responses.output import Output
from stream_audit.dialects.openai_responses.wire import ANYWHERE
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown
from stream_audit.dialects.usage_fields import fold_usage
from stream_audit.model import Payload, Policies

__all__ = ["ResponseState", "name_in"]


class ResponseState:
    """The state of one response."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._noting = Noting()
        self.notes, self._note = self._noting.notes, self._noting.note
        self._extra = Unknown()
        self._message_extra = Unknown()
        self._numbers = Numbers()
        self._output = Output(Findings(self._noting, self._message_extra))
        self._created = False
        self._running: str | None = None  # id of the last response.created
        self._closed: str | None = None  # type of the first closing event
        self._whole = False  # completed or incomplete was read
        self._names: dict[str, Any] = {}  # id, model, created, role, finish_reason, service_tier
        self._usage: dict[str, Any] | None = None
        self._error: dict[str, Any] | None = None
        self._audio: dict[str, Text] = {}
        self._response_fields: dict[str, Any] = {}  # of the response's snapshots: the last wins
        self._streamed: tuple[Item, Place] | None = None  # the text that the event was a delta of

    # ------------------------------------------------------------------ values

    def _index(self, event: Payload, key: str) -> int | None:
        index = event.get(key)
        if type(index) is int and index >= 0:
            return index
        self._odd(key, index)
        return None

    def _name(self, key: str, value: Any, changed: str) -> None:
        """Take a scalar that names something: the first present one counts."""
        if value is None or value == "":
            return
        if not isinstance(value, str):
            if key != "role":
                self._odd(key, value)
            return
        held = self._names.setdefault(key, value)
        if held != value:
            self._note(changed, NAMED_FIELDS[key], f"{value!r} after {held!r}")
            if self._policies.identity == "last" and key in ("id", "model"):
                self._names[key] = value

    def _take_usage(self, report: Any) -> None:
        if isinstance(report, dict):
            self._usage = {} if self._usage is None else self._usage
            fold_usage(self._usage, report, self._policies.later_zero)
        else:
            self._odd("usage", report)

    def _take_error(self, holder: dict[str, Any], *, is_error: bool) -> None:
        """Take the error of an event, or of a snapshot of the response."""
        said = holder.get("error")
        error: dict[str, Any] | None = {"message": said} if isinstance(said, str) else None
        if isinstance(said, dict):
            error = said
        elif error is None:
            self._odd("error", said)
        if is_error:
            rest = {key: holder[key] for key in holder if key != "type" and key not in ANYWHERE}
            for key, value in ({} if error is None else rest).items():
                self._extra.add(key, value)
            error = rest if error is None else error
        if error is None:
            return
        if self._error is None:
            self._error = error
        self._note("error-event-ignored", "error", _titled(error))

    def _take_created(self, value: Any) -> None:
        if value is None or value == 0:
            return
        if type(value) not in (int, float) or value % 1:
            self._odd("created_at", value)
            return
        held = self._names.setdefault("created", value)
        if held != value:
            self._note("created-changes", "created", f"{value} after {held}")
            if self._policies.identity == "last":
                self._names["created"] = value

    def _take_tier(self, value: Any) -> None:
        if isinstance(value, str) and value:
            self._names["service_tier"] = value
        elif value != "":
            self._odd("service_tier", value)

    # ------------------------------------------------------------------ items

    def _lay_over(self, item: Item, snapshot: dict[str, Any], *, closing: bool) -> None:
        item.lay_over(snapshot, closing=closing)
        fields = item.fields
        if fields.get("type") == "message":
            self._name("role", fields.get("role"), "role-changes-mid-stream")

    def _mismatch(self, item: Item, identity: Any) -> None:
        if not item.mismatched:
            item.mismatched = True
            item.tell("item-id-mismatch", "", f"{identity!r} for {item.fields.get('id')!r}")

    # ------------------------------------------------------------------ what is odd

    def _odd(self, key: str, value: Any) -> None:
        """Note and keep a value whose type the dialect does not allow there."""
        self._noting.odd(self._extra, key, value)


NAMED_FIELDS = {
    "id": "id",
    "model": "model",
    "role": "choices[0].message.role",
    "finish_reason": "choices[0].finish_reason",
}


def name_in(value: Any) -> str | None:
    """A text that names something, ``None`` for anything else."""
    return value if isinstance(value, str) and value else None


def _titled(error: dict[str, Any]) -> str:
    """What an error says in short."""
    said = (error.get(key) for key in ("message", "code", "type"))
    return next((one for one in said if isinstance(one, str) and one), "unnamed")
