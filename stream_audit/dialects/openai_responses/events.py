"""What each event of a Responses stream says about its response.

The wire shows most things several times; in the end an event shows all of them
at once, or should. What it shows is held against what was streamed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.dialects.noting import named
from stream_audit.dialects.openai_responses.item import Item
from stream_audit.dialects.openai_responses.item_events import ItemEvents
from stream_audit.dialects.openai_responses.numbers import is_number
from stream_audit.dialects.openai_responses.state import name_in
from stream_audit.dialects.openai_responses.values import differ
from stream_audit.dialects.openai_responses.wire import ANYWHERE, CLOSING, KNOWN, PARTS, SNAPSHOTS, TEXTS
from stream_audit.dialects.unknown import PADDING
from stream_audit.model import Payload

__all__ = ["ResponseEvents", "response_id"]

READ = frozenset(
    (
        *("id", "object", "created_at", "model", "service_tier", "status", "incomplete_details"),
        *("output", "usage", "error"),
        *PADDING,
    )
)
"""Keys of a response that the rules name, or that say nothing; all others are kept."""


class ResponseEvents(ItemEvents):
    """The rules by which an event changes a response."""

    def _event(self, event: Payload) -> None:
        self._streamed = None
        if not self._numbers.take_due(event) and self._repeated(event):
            return
        kind = event.get("type")
        if self._closed is not None and kind != "keepalive":
            self._note("events-out-of-order", "", f"{named(kind)} after {self._closed!r}")
        rule = RULES.get(kind) if isinstance(kind, str) else None
        if rule is not None:
            handle, own = rule
            handle(self, event)
            if event.keys() <= own:
                return
            for key in event:
                if key not in own and key not in ANYWHERE:
                    self._extra.add(key, event[key])
        elif kind != "error":
            self._stranger(event)
        if "usage" in event:
            self._take_usage(event["usage"])
        if "error" in event or kind == "error":
            self._take_error(event, is_error=kind == "error")

    def _repeated(self, event: Payload) -> bool:
        """Take the event's number; whether it was sent again, so that nothing of it is to be folded."""
        number, before = event.get("sequence_number"), self._numbers.highest
        if not is_number(number):
            self._odd("sequence_number", number)
            return False
        verdict, skipped = self._numbers.take(event)
        if skipped:
            self._note("events-out-of-order", "sequence_number", f"{number} after {before}")
            for item in self._output.items():
                item.holed = item.holed or not item.done
        elif verdict == "late":
            self._note("events-out-of-order", "sequence_number", f"{number} after {before}")
        elif verdict == "again":
            self._note("events-duplicated", "sequence_number", f"{number} again")
        return verdict == "again"

    def _stranger(self, event: Payload) -> None:
        """An event of an unknown type. Its error and usage count, all else is kept."""
        if event.get("error") is None and event.get("usage") is None:
            self._note("unknown-event", "", f"type {named(event.get('type'))}")
        for key, value in event.items():
            if key not in ("error", "usage", "sequence_number"):
                self._extra.add(key, value)

    def _nothing(self, event: Payload) -> None:
        """Signs of progress, previews, signs of life."""

    # ------------------------------------------------------------------ snapshots of the response

    def _response(self, event: Payload) -> None:
        kind = str(event["type"])
        response = event.get("response")
        if not isinstance(response, dict):
            self._odd("response", response)
            response = {}
        if kind == "response.created":
            identity = response_id(response)
            if self._created and identity is not None and identity == self._running:
                self._note("events-duplicated", "", f"a second {kind!r} for {identity!r}")
            self._created, self._running = True, identity
        self._name("id", response.get("id"), "id-changes")
        self._name("model", response.get("model"), "model-changes")
        self._take_created(response.get("created_at"))
        if response.get("service_tier") is not None:
            self._take_tier(response["service_tier"])
        if kind in CLOSING:
            self._close(kind, response)
        self._take_output(response.get("output"), closing=kind in CLOSING)
        if response.get("usage") is not None:
            self._take_usage(response["usage"])
        if response.get("error") is not None:
            self._take_error(response, is_error=False)
        for key, value in response.items():
            if value is not None and key not in READ:
                self._response_fields[key] = value

    def _close(self, kind: str, response: dict[str, Any]) -> None:
        details, status = response.get("incomplete_details"), response.get("status")
        reason = details.get("reason") if isinstance(details, dict) else None
        word = name_in(reason) or name_in(status) or kind.rpartition(".")[2]
        self._name("finish_reason", word, "finish-emitted-twice")
        self._whole = self._whole or kind != "response.failed"
        if self._closed is None:
            self._closed = kind
            for item in self._output.items():
                if not item.done:
                    item.tell("block-stop-missing", "", "never done")

    def _take_output(self, output: Any, *, closing: bool) -> None:
        if not isinstance(output, list):
            self._odd("output", output)
            return
        items = self._output.items()
        if not output:
            if closing and items:
                self._note("terminal-snapshot-wipes", "choices[0].message.parts", "the output is empty")
            return
        entries = []
        for entry in output:
            if isinstance(entry, dict):
                entries.append(entry)
            else:
                self._odd("output", entry)
        found = self._output.match(entries)
        for at, (entry, item) in enumerate(zip(entries, found, strict=True)):
            if item is None:
                item = self._never_streamed(at, closing=closing)
            elif differ(item.fields.get("id"), entry.get("id")):
                self._mismatch(item, entry.get("id"))
            self._lay_over(item, entry, closing=closing)
        if closing and found is not items:
            self._compare_order([item for item in found if item is not None], items)

    def _never_streamed(self, at: int, *, closing: bool) -> Item:
        free = self._output.find(at, None) is None
        item = self._output.open(at if free else self._output.free())
        item.done = closing
        if closing:
            item.tell("terminal-snapshot-disagrees", "", "was never streamed")
        return item

    def _compare_order(self, found: list[Item], items: list[Item]) -> None:
        if len(found) < len(items):
            missing = f"{len(items) - len(found)} of {len(items)} items are not in the output in the end"
            self._note("terminal-snapshot-disagrees", "choices[0].message.parts", missing)
        ranks = {id(item): rank for rank, item in enumerate(items)}
        order = [ranks[id(item)] for item in found]
        if order != sorted(order):
            self._note("terminal-snapshot-disagrees", "choices[0].message.parts", "another order in the end")


HANDLERS: dict[str, Callable[[ResponseEvents, Payload], None]] = {
    **dict.fromkeys(SNAPSHOTS, ResponseEvents._response),
    "response.output_item.added": ResponseEvents._item_added,
    "response.output_item.done": ResponseEvents._item_done,
    **{f"{kind}.{step}": ResponseEvents._part for kind in PARTS for step in ("added", "done")},
    **{f"{kind}.delta": ResponseEvents._text_delta for kind in TEXTS},
    **{f"{kind}.done": ResponseEvents._text_whole for kind in TEXTS},
    "response.shell_call_command.added": ResponseEvents._text_whole,
    "response.shell_call_output_content.delta": ResponseEvents._output_delta,
    "response.shell_call_output_content.done": ResponseEvents._output_whole,
    "response.output_text.annotation.added": ResponseEvents._annotation,
    "response.audio.delta": ResponseEvents._audio_delta,
    "response.audio.transcript.delta": ResponseEvents._audio_delta,
}
"""What to do for an event; nothing for the others that are known."""

RULES = {
    kind: (HANDLERS.get(kind, ResponseEvents._nothing), (keys - {"usage", "error"}) | PADDING)
    for kind, keys in KNOWN.items()
}
"""The same for every known event, and the keys that need no more than that."""


def response_id(response: Any) -> str | None:
    """The id of a snapshot of the response, ``None`` when absent or empty."""
    return name_in(response.get("id")) if isinstance(response, dict) else None
