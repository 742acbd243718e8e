"""What the events about items, their entries and their texts say.

Recordings break this wire in every way: items that nobody opened, texts closed
too early, ids that change. Nothing of that stops the fold; it is noted and what
was said is kept.
"""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.openai_responses.item import LISTS, Item, Place
from stream_audit.dialects.openai_responses.state import ResponseState, name_in
from stream_audit.dialects.openai_responses.values import differ
from stream_audit.dialects.openai_responses.wire import PARTS, TEXTS, TextEvent
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import PADDING
from stream_audit.dialects.values import silent
from stream_audit.model import Payload

__all__ = ["ItemEvents"]


class ItemEvents(ResponseState):
    """The rules by which such an event changes a response."""

    def _item_added(self, event: Payload) -> None:
        snapshot = event.get("item")
        if not isinstance(snapshot, dict):
            self._odd("item", snapshot)
            return
        index = self._index(event, "output_index")
        index = self._output.free() if index is None else index
        item = self._output.find(index, name_in(snapshot.get("id")))
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
        index, identity = self._index(event, "output_index"), name_in(snapshot.get("id"))
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
            item.tell("block-start-missing", f"{name}[{index}]", f"{event['type']!r}")
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
            item.tell("events-out-of-order", "", f"{event['type']!r} after its end")
        if delta:
            item.text(place).deltas.append(delta)
            if place not in item.finished:
                self._streamed = item, place
        else:
            item.show(place, "", closing=False)
        logprobs = event.get("logprobs")
        if logprobs is not None and logprobs != [] and text.entry == "output_text":
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
            item.fields.update({"name": event["name"]} if name_in(event.get("name")) else {})

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
            entry = self._entry_of(item, text.where, text.index, event, text.entry, fresh=fresh)
            return item, (text.where, entry, text.key)
        index = self._index(event, text.index)
        if index is None:
            last = max(item.commands, default=-1)
            index = last + 1 if opens else max(last, 0)
        if index not in item.commands:
            if not opens and not fresh:
                item.tell("block-start-missing", f"action.commands[{index}]", f"{event['type']!r}")
            item.commands[index] = ""
        return item, (text.where, index, text.key)

    def _entry_of(self, item: Item, name: str, key: str, event: Payload, kind: str, *, fresh: bool) -> int:
        """The entry of a list that an event is about; opened if it is not there."""
        held = item.entries.setdefault(name, {})
        index = self._index(event, key)
        if index is None:
            index = max(held, default=0)
        if index not in held:
            if not fresh:
                item.tell("block-start-missing", f"{name}[{index}]", f"{event['type']!r}")
            held[index] = {"type": kind}
        return index

    def _item_of(self, event: Payload, seed: dict[str, Any]) -> tuple[Item, bool]:
        """The item that an event is about, and whether it had to be opened for it."""
        index = self._index(event, "output_index")
        identity = event.get("item_id")
        if identity is not None and not isinstance(identity, str):
            self._odd("item_id", identity)
        identity = name_in(identity)
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
