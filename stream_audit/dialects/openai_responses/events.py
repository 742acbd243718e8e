"""What each event of a Responses stream says about its response.

The wire shows most things several times, and recordings break it in every way:
items that nobody opened, texts closed too early, an output that is empty in the
end. Nothing of that stops the fold; it is noted and what was said is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_audit.dialects.openai_responses.item import LISTS, Item, Place, differ, silent
from stream_audit.dialects.openai_responses.numbers import Numbers
from stream_audit.dialects.openai_responses.output import Output
from stream_audit.dialects.openai_responses.wire import (
    CLOSING,
    KNOWN,
    PARTS,
    SNAPSHOTS,
    TEXTS,
    TextEvent,
)
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import PADDING, Unknown
from stream_audit.dialects.usage_fields import fold_usage
from stream_audit.model import Note, Payload, Policies

__all__ = ["ResponseEvents", "response_id"]

READ = frozenset(
    (
        *("id", "object", "created_at", "model", "service_tier", "status", "incomplete_details"),
        *("output", "usage", "error"),
    )
)
"""Keys of a response that the rules name; all others are kept."""


class ResponseEvents:
    """The state of one response, and the rules by which an event changes it."""

    def __init__(self, policies: Policies) -> None:
        self.notes: list[Note] = []
        self._policies = policies
        self._at = 0  # index of the chunk being folded
        self._numbers = Numbers()
        self._output = Output(self._make)
        self._created = False
        self._running: str | None = None  # id of the last response.created
        self._closed: str | None = None  # type of the first closing event
        self._whole = False  # completed or incomplete was read
        self._names: dict[str, Any] = {}  # id, model, created, role, finish_reason, service_tier
        self._usage: dict[str, Any] | None = None
        self._error: dict[str, Any] | None = None
        self._audio: dict[str, Text] = {}
        self._extra = Unknown()
        self._response_fields: dict[str, Any] = {}  # of the response's snapshots: the last wins
        self._message_extra = Unknown()
        self._streamed: tuple[Item, Place] | None = None  # the text that the event was a delta of

    def _event(self, event: Payload) -> None:
        self._streamed = None
        kind = event.get("type")
        if self._repeated(event):
            return
        if self._closed is not None and kind != "keepalive":
            self._note("events-out-of-order", "", f"{_named(kind)} after {self._closed!r}")
        known = KNOWN.get(kind) if isinstance(kind, str) else None
        if known is None and kind != "error":
            self._stranger(event)
        elif known is not None:
            HANDLERS.get(str(kind), ResponseEvents._nothing)(self, event)
            for key in event:
                if key not in known:
                    self._extra.add(key, event[key])
        self._take_usage(event.get("usage"))
        self._take_error(event, is_error=kind == "error")

    def _repeated(self, event: Payload) -> bool:
        """Take the event's number; whether it was sent again, so that nothing of it is to be folded."""
        number = event.get("sequence_number")
        if type(number) is not int or number < 0:
            self._odd("sequence_number", number)
            return False
        before = self._numbers.highest
        verdict, skipped = self._numbers.take(number, event)
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
            self._note("unknown-event", "", f"type {_named(event.get('type'))}")
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
        identity = response_id(response)
        if kind == "response.created":
            if self._created and identity is not None and identity == self._running:
                self._note("events-duplicated", "", f"a second {kind!r} for {identity!r}")
            self._created, self._running = True, identity
        self._name("id", response.get("id"), "id-changes")
        self._name("model", response.get("model"), "model-changes")
        self._take_created(response.get("created_at"))
        self._take_tier(response.get("service_tier"))
        if kind in CLOSING:
            self._close(kind, response)
        self._take_output(response.get("output"), closing=kind in CLOSING)
        self._take_usage(response.get("usage"))
        self._take_error(response, is_error=False)
        for key, value in response.items():
            if value is not None and key not in READ and key not in PADDING:
                self._response_fields[key] = value

    def _close(self, kind: str, response: dict[str, Any]) -> None:
        details, status = response.get("incomplete_details"), response.get("status")
        reason = details.get("reason") if isinstance(details, dict) else None
        words = (reason, status, kind.rpartition(".")[2])
        word = next(word for word in words if isinstance(word, str) and word)
        self._name("finish_reason", word, "finish-emitted-twice")
        self._whole = self._whole or kind != "response.failed"
        if self._closed is None:
            self._closed = kind
            for item in self._output.items():
                if not item.done:
                    self._tell(item, "block-stop-missing", "", "never done")

    def _take_created(self, value: Any) -> None:
        if value is None or value == 0:
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
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

    def _take_output(self, output: Any, *, closing: bool) -> None:
        if not isinstance(output, list):
            self._odd("output", output)
            return
        items = self._output.items()
        if not output:
            if closing and items:
                self._note("terminal-snapshot-wipes", "choices[0].message.parts", "the output is empty")
            return
        entries = [entry for entry in output if isinstance(entry, dict)]
        for entry in output:
            if not isinstance(entry, dict):
                self._odd("output", entry)
        found = self._output.match(entries)
        for at, (entry, item) in enumerate(zip(entries, found, strict=True)):
            if item is None:
                item = self._never_streamed(at, closing=closing)
            elif differ(item.fields.get("id"), entry.get("id")):
                self._mismatch(item, entry.get("id"))
            self._lay_over(item, entry, closing=closing)
        if closing:
            self._compare_order([item for item in found if item is not None], items)

    def _never_streamed(self, at: int, *, closing: bool) -> Item:
        free = self._output.find(at, None) is None
        item = self._output.open(at if free else self._output.free())
        item.done = closing
        if closing:
            self._tell(item, "terminal-snapshot-disagrees", "", "was never streamed")
        return item

    def _compare_order(self, found: list[Item], items: list[Item]) -> None:
        if len(found) < len(items):
            missing = f"{len(items) - len(found)} of {len(items)} items are not in the output in the end"
            self._note("terminal-snapshot-disagrees", "choices[0].message.parts", missing)
        ranks = {id(item): rank for rank, item in enumerate(items)}
        order = [ranks[id(item)] for item in found]
        if order != sorted(order):
            self._note("terminal-snapshot-disagrees", "choices[0].message.parts", "another order in the end")

    # ------------------------------------------------------------------ items

    def _item_added(self, event: Payload) -> None:
        snapshot = event.get("item")
        if not isinstance(snapshot, dict):
            self._odd("item", snapshot)
            return
        index = self._index(event, "output_index")
        index = self._output.free() if index is None else index
        item = self._output.find(index, _text(snapshot.get("id")))
        another = item is not None and differ(item.fields.get("id"), snapshot.get("id"))
        if item is not None and (another or item.added):
            self._note("events-duplicated", "", f"a second 'response.output_item.added' for index {index}")
        if item is None or another:
            item = self._output.open(index)
        item.added = True
        self._lay_over(item, snapshot, closing=False)

    def _item_done(self, event: Payload) -> None:
        snapshot = event.get("item")
        if not isinstance(snapshot, dict):
            self._odd("item", snapshot)
            return
        index, identity = self._index(event, "output_index"), _text(snapshot.get("id"))
        item = self._output.find(index, identity)
        if item is not None and differ(item.fields.get("id"), identity):
            if item.done:
                self._note("events-duplicated", "", f"another item is done at index {item.index}")
                item = self._output.open(item.index)
            else:
                self._mismatch(item, identity)
        elif item is None:
            item = self._open_missing(index, {}, event)
        self._lay_over(item, snapshot, closing=True)
        item.done = True

    def _part(self, event: Payload) -> None:
        kind, _, step = str(event["type"]).rpartition(".")
        name, key, opens = PARTS[kind]
        part = event.get("part")
        if not isinstance(part, dict):
            self._odd("part", part)
            return
        item, fresh = self._item_of(event, {"type": opens})
        index = self._index(event, key)
        held = item.entries.setdefault(name, {})
        if index is None:
            last = max(held, default=-1)
            index = last + 1 if step == "added" else max(last, 0)
        if index not in held and step == "done" and not fresh:
            self._tell(item, "block-start-missing", f"{name}[{index}]", f"{event['type']!r}")
        item.lay_entry(name, index, part, closing=step == "done")

    def _annotation(self, event: Payload) -> None:
        annotation = event.get("annotation")
        if annotation is None:
            return
        item, fresh = self._item_of(event, {"type": "message"})
        entry = self._entry_of(item, "content", "content_index", event, "output_text", fresh=fresh)
        added = item.annotations.setdefault(entry, {})
        index = self._index(event, "annotation_index")
        if index is None:
            shown = item.entries["content"][entry].get("annotations")
            index = max(len(shown) if isinstance(shown, list) else 0, max(added, default=-1) + 1)
        added[index] = annotation

    # ------------------------------------------------------------------ texts

    def _text_delta(self, event: Payload) -> None:
        text = TEXTS[str(event["type"]).removesuffix(".delta")]
        delta = event.get("delta")
        if not isinstance(delta, str):
            self._odd("delta", delta)
            return
        item, place = self._place(text, event)
        if place in item.finished:
            self._tell(item, "events-out-of-order", "", f"{event['type']!r} after its end")
        item.begin(place)
        if delta:
            item.text(place).deltas.append(delta)
            if place not in item.finished:
                self._streamed = item, place
        logprobs = event.get("logprobs")
        if text.entry == "output_text" and logprobs is not None:
            if isinstance(logprobs, list):
                item.logprobs.setdefault(place[1], []).extend(logprobs)
            else:
                self._odd("logprobs", logprobs)

    def _text_whole(self, event: Payload) -> None:
        kind, _, step = str(event["type"]).rpartition(".")
        text = TEXTS[kind]
        whole = event.get(text.whole)
        if not isinstance(whole, str):
            self._odd(text.whole, whole)
            return
        item, place = self._place(text, event, opens=step == "added")
        item.show(place, whole, closing=step == "done")
        if step == "done":
            item.finished.add(place)
        if text.entry == "output_text":
            self._logprobs_whole(item, place[1], event.get("logprobs"))
        elif text.item == "function_call" and silent(item.fields.get("name")):
            item.fields.update({"name": event["name"]} if _text(event.get("name")) else {})

    def _logprobs_whole(self, item: Item, index: int, logprobs: Any) -> None:
        if not isinstance(logprobs, list):
            self._odd("logprobs", logprobs)
        elif logprobs:
            item.lay_entry("content", index, {"logprobs": logprobs}, closing=True)

    def _output_delta(self, event: Payload) -> None:
        delta = event.get("delta")
        if not isinstance(delta, dict):
            self._odd("delta", delta)
            return
        item, index = self._output_of(event)
        held = item.outputs.setdefault(index, {})
        for key, value in delta.items():
            before = held.get(key)
            if isinstance(value, str) and key not in PADDING:
                held[key] = before + value if isinstance(before, str) else value
            elif value is not None and key not in PADDING:
                held[key] = value

    def _output_whole(self, event: Payload) -> None:
        output = event.get("output")
        if not isinstance(output, list):
            self._odd("output", output)
            return
        item, index = self._output_of(event)
        for at, entry in enumerate(output, index):
            if isinstance(entry, dict):
                item.outputs[at] = dict(entry)
            else:
                self._odd("output", entry)

    def _output_of(self, event: Payload) -> tuple[Item, int]:
        item, _ = self._item_of(event, {"type": "shell_call_output"})
        index = self._index(event, "command_index")
        return item, max(max(item.outputs, default=0), 0) if index is None else index

    def _audio_delta(self, event: Payload) -> None:
        delta = event.get("delta")
        if isinstance(delta, str):
            key = "transcript" if "transcript" in str(event["type"]) else "data"
            self._audio.setdefault(key, Text()).append(delta)
        else:
            self._odd("delta", delta)

    # ------------------------------------------------------------------ where something belongs

    def _place(self, text: TextEvent, event: Payload, *, opens: bool = False) -> tuple[Item, Place]:
        """The text that an event is about; opened if it is not there."""
        item, fresh = self._item_of(event, {"type": text.item})
        if text.index is None:
            return item, (text.where, 0, text.key)
        if text.where in LISTS:
            index = self._entry_of(item, text.where, text.index, event, text.entry, fresh=fresh)
            return item, (text.where, index, text.key)
        held = self._index(event, text.index)
        if held is None:
            last = max(item.commands, default=-1)
            held = last + 1 if opens else max(last, 0)
        if held not in item.commands and not opens and not fresh:
            self._tell(item, "block-start-missing", f"action.commands[{held}]", f"{event['type']!r}")
        return item, (text.where, held, text.key)

    def _entry_of(self, item: Item, name: str, key: str, event: Payload, kind: str, *, fresh: bool) -> int:
        """The entry of a list that an event is about; opened if it is not there."""
        held = item.entries.setdefault(name, {})
        index = self._index(event, key)
        if index is None:
            index = max(held, default=0)
        if index not in held:
            if not fresh:
                self._tell(item, "block-start-missing", f"{name}[{index}]", f"{event['type']!r}")
            held[index] = {"type": kind}
        return index

    def _item_of(self, event: Payload, seed: dict[str, Any]) -> tuple[Item, bool]:
        """The item that an event is about, and whether it had to be opened for it."""
        index = self._index(event, "output_index")
        identity = event.get("item_id")
        if identity is not None and not isinstance(identity, str):
            self._odd("item_id", identity)
        identity = _text(identity)
        item = self._output.find(index, identity)
        if item is None:
            return self._open_missing(
                index, seed if identity is None else {**seed, "id": identity}, event
            ), True
        if differ(item.fields.get("id"), identity):
            self._mismatch(item, identity)
        return item, False

    def _open_missing(self, index: int | None, seed: dict[str, Any], event: Payload) -> Item:
        item = self._output.open(0 if index is None else index)
        item.holed = True
        item.fields.update(seed)
        self._note("block-start-missing", "", f"{event['type']!r} for index {item.index}")
        return item

    def _make(self, index: int) -> Item:
        def tell(rule: str, path: str, detail: str) -> None:
            self._tell(item, rule, path, detail)

        item = Item(index, holed=False, tell=tell, keep=self._misfit)
        return item

    def _lay_over(self, item: Item, snapshot: dict[str, Any], *, closing: bool) -> None:
        item.lay_over(snapshot, closing=closing)
        if item.kind == "message":
            self._name("role", item.fields.get("role"), "role-changes-mid-stream")

    def _mismatch(self, item: Item, identity: Any) -> None:
        if not item.mismatched:
            item.mismatched = True
            self._tell(item, "item-id-mismatch", "", f"{identity!r} for {item.fields.get('id')!r}")

    # ------------------------------------------------------------------ pieces of an event

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
        error = holder.get("error")
        own = error is not None
        if isinstance(error, str):
            error = {"message": error}
        elif not isinstance(error, dict):
            self._odd("error", error)
            own = False
        if is_error:
            rest = {
                key: holder[key] for key in holder if key not in ("type", "sequence_number", "error", "usage")
            }
            if own:
                for key, value in rest.items():
                    self._extra.add(key, value)
            else:
                error = rest
        elif not own:
            return
        if self._error is None:
            self._error = error
        self._note("error-event-ignored", "error", _titled(error))

    def _odd(self, key: str, value: Any) -> None:
        """Keep a value whose type the dialect does not allow there. ``null`` is absent, not odd."""
        if value is not None:
            self._note("unknown-event", key, _kind_of(value))
            self._extra.add(key, value)

    def _misfit(self, key: str, value: Any) -> None:
        """The same for what stands inside an item."""
        self._note("unknown-event", key, _kind_of(value))
        self._message_extra.add(key, value)

    def _tell(self, item: Item, rule: str, path: str, detail: str) -> None:
        at = f"choices[0].message.parts[{self._output.rank(item)}]"
        self._note(rule, f"{at}.{path}" if path else at, detail)

    def _note(self, rule: str, field: str, detail: str) -> None:
        self.notes.append(Note(rule, self._at, field, detail[:200]))


NAMED_FIELDS = {
    "id": "id",
    "model": "model",
    "role": "choices[0].message.role",
    "finish_reason": "choices[0].finish_reason",
}

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


def response_id(response: Any) -> str | None:
    """The id of a snapshot of the response, ``None`` when absent or empty."""
    return _text(response.get("id")) if isinstance(response, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _named(value: Any) -> str:
    """What an event calls itself, spelt out where that is a word."""
    return repr(value) if value is None or isinstance(value, str) else _kind_of(value)


def _titled(error: dict[str, Any]) -> str:
    """What an error says in short."""
    said = (error.get(key) for key in ("message", "code", "type"))
    return next((one for one in said if isinstance(one, str) and one), "unnamed")


def _kind_of(value: Any) -> str:
    return f"a {type(value).__name__} where the dialect has none"
