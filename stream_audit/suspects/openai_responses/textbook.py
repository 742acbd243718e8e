"""The textbook fold of ``openai-responses``: ``docs/folding/openai-responses.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong. It keeps no notes: the
reference reports what is odd on the wire, this one only says what it means.

The surprising rule: whole texts are sent after the deltas, up to four times,
and are not the answer. They fill what no delta gave.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from stream_audit.model import Payload
from stream_audit.suspects.every_dialect import is_integer, is_name, is_number, join_text
from stream_audit.suspects.openai_responses.textbook_item import Item, Place, Streamed, apart, says_nothing
from stream_audit.suspects.openai_responses.textbook_response import ResponseSoFar, without_padding
from stream_audit.suspects.openai_responses.textbook_table import (
    CLOSING,
    EVERYWHERE,
    KEYS,
    PARTS,
    RESPONSES,
    TEXTS,
    TextEvent,
)

__all__ = ["TextbookResponses"]

RESPONSE_KEYS = frozenset(
    {"id", "model", "created_at", "service_tier", "object", "status", "output", "usage", "error"}
    | {"incomplete_details"}
)
KNOWN_AGAIN = 4096
"""How far below the highest number an event is still known again."""


class TextbookResponses(ResponseSoFar):
    """One response, event by event."""

    name: ClassVar[str] = "textbook-responses"
    dialects: ClassVar[tuple[str, ...]] = ("openai-responses",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.highest: int | None = None
        self.numbered: dict[int, str | None] = {}
        """What each event said, by its number."""
        self.proof = True
        """Numbers tell what is sent again."""

    # ---------------------------------------------------------------- events

    def add(self, payload: Payload) -> None:
        """Fold one event, unless it is sent again."""
        if not self.is_sent_again(payload):
            self.on_event(payload)
            self.see_usage(payload.get("usage"))
            self.see_error(payload)

    def on_event(self, payload: Payload) -> None:
        """Do what the type of the event asks for."""
        kind = payload.get("type")
        if kind == "error":
            return
        if not isinstance(kind, str) or kind not in KEYS:
            self.on_unknown_event(payload)
            return
        stem, _, step = kind.rpartition(".")
        if kind in RESPONSES:
            self.on_response(payload, kind)
        elif stem in PARTS:
            self.on_part(payload, stem, step)
        elif stem in TEXTS and step == "delta":
            self.on_delta(payload, stem)
        elif stem in TEXTS:
            self.on_whole_text(payload, stem, step)
        else:
            self.on_other_event(payload, kind)
        self.extra.keep_unknown(payload, KEYS[kind])

    def on_other_event(self, payload: Payload, kind: str) -> None:
        """Do what the types ask for that are about neither the response nor entries and texts."""
        match kind:
            case "response.output_item.added":
                self.on_item_added(payload)
            case "response.output_item.done":
                self.on_item_done(payload)
            case "response.output_text.annotation.added":
                self.on_annotation(payload)
            case "response.shell_call_output_content.delta":
                self.on_printed(payload)
            case "response.shell_call_output_content.done":
                self.on_all_printed(payload)
            case "response.audio.delta":
                self.on_audio(payload, "data")
            case "response.audio.transcript.delta":
                self.on_audio(payload, "transcript")
            case "keepalive":
                self.on_keepalive(payload)

    def on_unknown_event(self, payload: Payload) -> None:
        """An event nobody has written down: all of it is kept."""
        self.extra.keep_unknown(payload, EVERYWHERE)

    def on_keepalive(self, payload: Payload) -> None:
        """A sign of life, nothing more."""

    def see_usage(self, usage: Any) -> None:
        """Fold a report of token counts, if there is one."""
        if isinstance(usage, dict):
            self.fold_report(usage)
        else:
            self.misfit("usage", usage)

    def see_error(self, payload: Payload) -> None:
        """Keep the first error that the stream reports."""
        error = self.error_in(payload)
        if payload.get("type") == "error":
            rest = {key: payload[key] for key in payload if key not in EVERYWHERE and key != "type"}
            if error is None:
                error = rest
            else:
                self.extra.keep_unknown(rest, frozenset())
        if self.error is None:
            self.error = error

    def error_in(self, fields: dict[str, Any]) -> dict[str, Any] | None:
        """The error of an event, or of the response."""
        error = fields.get("error")
        if isinstance(error, str):
            return {"message": error}
        if isinstance(error, dict):
            return error
        self.misfit("error", error)
        return None

    # ---------------------------------------------------------------- numbers

    def is_sent_again(self, payload: Payload) -> bool:
        """Look at the number of an event: whether it was read before, or events are missing before it."""
        number = payload.get("sequence_number")
        if not is_integer(number) or number < 0:
            self.misfit("sequence_number", number)
            return False
        said, highest = self.what_is_said(payload), self.highest
        if highest is None or number > highest:
            self.highest = number
            self.numbered[number] = said
            if highest is not None and number > highest + 1:
                self.on_missing_events()
            return False
        if number < highest - KNOWN_AGAIN:
            return False
        if number not in self.numbered:
            self.numbered[number] = said
            return False
        if said is None or said != self.numbered[number]:
            self.proof = False
        return self.proof

    def what_is_said(self, payload: Payload) -> str | None:
        """The whole event as text, its number and padding aside."""
        said = without_padding({key: payload[key] for key in payload if key != "sequence_number"})
        try:
            return json.dumps(said, sort_keys=True)
        except RecursionError:
            return None

    def on_missing_events(self) -> None:
        """Numbers were skipped: whatever is not done may lack something."""
        for item in self.in_order():
            if not item.done:
                item.holed = True

    # ---------------------------------------------------------------- the response

    def on_response(self, payload: Payload, kind: str) -> None:
        """A snapshot of the response."""
        response = payload.get("response")
        if not isinstance(response, dict):
            self.misfit("response", response)
            response = {}
        self.take_identity(response)
        if kind in CLOSING:
            self.on_closing(kind, response)
        self.take_output(response, closing=kind in CLOSING)
        self.see_usage(response.get("usage"))
        error = self.error_in(response)
        if self.error is None:
            self.error = error
        for key, value in without_padding(response).items():
            if key not in RESPONSE_KEYS and value is not None:
                self.response_fields[key] = value

    def take_identity(self, response: dict[str, Any]) -> None:
        """Keep the first id, model and time that say something, and the last tier."""
        for key in ("id", "model", "service_tier"):
            if not isinstance(response.get(key), str):
                self.misfit(key, response.get(key))
        self.id = self.id or self.name_in(response, "id")
        self.model = self.model or self.name_in(response, "model")
        self.take_tier(response)
        moment: Any = response.get("created_at")
        if is_number(moment) and moment % 1 == 0:
            self.created = self.created or moment or None
        else:
            self.misfit("created_at", moment)

    def take_tier(self, response: dict[str, Any]) -> None:
        """The last one is the one that served."""
        self.service_tier = self.name_in(response, "service_tier") or self.service_tier

    def on_closing(self, kind: str, response: dict[str, Any]) -> None:
        """The end. Whatever comes after it is folded all the same."""
        self.closed = True
        self.reason = self.reason or self.closing_word(kind, response)

    def closing_word(self, kind: str, response: dict[str, Any]) -> str:
        """Why it ended: the reason for being incomplete, else the status, else what the event is called."""
        details = response.get("incomplete_details")
        reason = self.name_in(details, "reason") if isinstance(details, dict) else None
        return reason or self.name_in(response, "status") or kind.rpartition(".")[2]

    def take_output(self, response: dict[str, Any], *, closing: bool) -> None:
        """The items as the response shows them."""
        output = response.get("output")
        if not isinstance(output, list):
            self.misfit("output", output)
            return
        entries = [entry for entry in output if isinstance(entry, dict)]
        for entry in output:
            if not isinstance(entry, dict):
                self.misfit("output", entry)
        self.lay_output(entries, self.matched(entries), closing=closing)

    def lay_output(self, entries: list[dict[str, Any]], matched: dict[int, Item], *, closing: bool) -> None:
        """Lay each entry over its item, or open one."""
        for at, entry in enumerate(entries):
            item = matched.get(at)
            if item is None:
                item = self.open_item(at if at not in self.items else self.next_index())
                item.done = closing
            self.lay_item(item, entry, closing=closing)

    def matched(self, entries: list[dict[str, Any]]) -> dict[int, Item]:
        """Which item each entry of an output is."""
        found: dict[int, Item] = {}
        items = self.in_order()
        for way in (self.same("id"), self.same("call_id"), self.in_place(len(entries)), self.same("type")):
            for at, entry in enumerate(entries):
                for item in items:
                    free = at not in found and all(item is not other for other in found.values())
                    fits = not apart(item.type, entry.get("type")) and way(item, at, entry, items)
                    if free and fits:
                        found[at] = item
        return found

    def same(self, key: str) -> Any:
        """Whether an item and an entry have the same name under a key."""
        return lambda item, at, entry, items: (
            is_name(entry.get(key)) and item.fields.get(key) == entry.get(key)
        )

    def in_place(self, length: int) -> Any:
        """Whether an item stands in the place of an entry."""
        return lambda item, at, entry, items: item is items[at] if len(items) == length else item.index == at

    # ---------------------------------------------------------------- items

    def open_item(self, index: int) -> Item:
        """Open an item, behind all that were opened under its index."""
        self.last = item = Item(index)
        self.items.setdefault(index, []).append(item)
        return item

    def next_index(self) -> int:
        """The index behind all that are taken."""
        return max(self.items, default=-1) + 1

    def on_item_added(self, payload: Payload) -> None:
        """An item begins."""
        snapshot = payload.get("item")
        if not isinstance(snapshot, dict):
            self.misfit("item", snapshot)
            return
        index = self.index_in(payload, "output_index")
        index = self.next_index() if index is None else index
        item = self.item_under(index, self.name_in(snapshot, "id"))
        if item is None or apart(item.fields.get("id"), snapshot.get("id")):
            item = self.open_item(index)
        item.added = True
        self.lay_item(item, snapshot, closing=False)

    def on_item_done(self, payload: Payload) -> None:
        """An item is whole."""
        snapshot = payload.get("item")
        if not isinstance(snapshot, dict):
            self.misfit("item", snapshot)
            return
        index = self.index_in(payload, "output_index")
        item = self.find_item(index, self.name_in(snapshot, "id"))
        if item is None:
            item = self.open_unannounced(index, {})
        elif item.done and apart(item.fields.get("id"), snapshot.get("id")):
            item = self.open_item(item.index)
        self.lay_item(item, snapshot, closing=True)
        item.done = True

    def item_for(self, payload: Payload, kind: str) -> Item:
        """The item that an event means; one of that type is opened if there is none."""
        index = self.index_in(payload, "output_index")
        identity = self.item_id_in(payload)
        item = self.find_item(index, identity)
        if item is None:
            seed = {"type": kind} if identity is None else {"type": kind, "id": identity}
            item = self.open_unannounced(index, seed)
        return item

    def item_id_in(self, payload: Payload) -> str | None:
        """The id of the item that an event names."""
        if not isinstance(payload.get("item_id"), str):
            self.misfit("item_id", payload.get("item_id"))
        return self.name_in(payload, "item_id")

    def find_item(self, index: int | None, identity: str | None) -> Item | None:
        """The item of an index; without one that of an id, else the last."""
        if index is not None:
            return self.item_under(index, identity)
        named = [item for item in self.in_order() if identity and item.fields.get("id") == identity]
        return named[0] if named else self.last

    def item_under(self, index: int, identity: str | None) -> Item | None:
        """The item of an index; of several the one of that id, else the last."""
        under = self.items.get(index, [])
        named = [item for item in under if identity and item.fields.get("id") == identity]
        return named[0] if named else under[-1] if under else None

    def open_unannounced(self, index: int | None, seed: dict[str, Any]) -> Item:
        """Open an item that nothing announced; what came before may be missing."""
        item = self.open_item(0 if index is None else index)
        item.holed = True
        item.fields = dict(seed)
        return item

    # ---------------------------------------------------------------- snapshots of items

    def lay_item(self, item: Item, snapshot: dict[str, Any], *, closing: bool) -> None:
        """Lay a snapshot over an item, key by key."""
        if apart(item.fields.get("type"), snapshot.get("type")):
            item.fields = {}
        for key, value in without_padding(snapshot).items():
            if key in ("content", "summary"):
                self.lay_list(item, key, value, closing=closing)
            elif key in ("action", "operation"):
                self.lay_object(item, key, value, closing=closing)
            else:
                self.lay_value(item, ("", 0, key), value, closing=closing)
        if item.type == "message":
            self.role = self.role or self.name_in(item.fields, "role")

    def lay_value(self, item: Item, place: Place, value: Any, *, closing: bool) -> None:
        """Lay one value over what is held; a text that has deltas is not held but streamed."""
        if place not in item.streamed:
            item.lay(place, value)
        elif isinstance(value, str):
            self.compare(item, place, value, closing=closing)
        else:
            self.message_misfit(place[2], value)

    def compare(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        """Hold a whole text against the deltas that came before it."""
        text = item.streamed[place]
        if whole == "" or whole == text.text():
            return
        if whole == join_text(text.deltas):
            text.seed = ""
        else:
            self.on_disagreement(item, place, whole, closing=closing)

    def on_disagreement(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        """The deltas win, unless some of them may be missing."""
        if item.holed:
            del item.streamed[place]
            item.show(place, whole)

    def lay_list(self, item: Item, name: str, value: Any, *, closing: bool) -> None:
        """Lay the entries of a list over those that are held."""
        if value is None:
            item.fields.setdefault(name, None)
        elif not isinstance(value, list):
            self.message_misfit(name, value)
        else:
            held = item.lists.setdefault(name, {})
            for index, entry in zip(indexes(held, value), value, strict=True):
                if isinstance(entry, dict):
                    self.lay_entry(item, name, index, entry, closing=closing)
                else:
                    self.message_misfit(name, entry)

    def lay_entry(self, item: Item, name: str, index: int, entry: dict[str, Any], *, closing: bool) -> None:
        """Lay one entry over the one that is held."""
        held = item.lists.setdefault(name, {})
        if index not in held or apart(held[index].get("type"), entry.get("type")):
            held[index] = {}
        for key, value in without_padding(entry).items():
            self.lay_value(item, (name, index, key), value, closing=closing)

    def lay_object(self, item: Item, name: str, value: Any, *, closing: bool) -> None:
        """Lay an action or an operation over the one that is held, its texts by themselves."""
        if value is not None and not isinstance(value, dict):
            self.message_misfit(name, value)
        elif not value:
            item.lay(("", 0, name), value)
        elif name == "action":
            item.fields[name] = value
            self.lay_commands(item, value.get("commands"), closing=closing)
        else:
            self.lay_operation(item, value, closing=closing)

    def lay_operation(self, item: Item, operation: dict[str, Any], *, closing: bool) -> None:
        """An operation, of which the diff may be streamed."""
        held = item.fields.get("operation")
        before = held.get("diff") if isinstance(held, dict) else None
        item.fields["operation"] = dict(operation)
        if "diff" in operation:
            if before is not None:
                item.fields["operation"]["diff"] = before
            self.lay_value(item, ("operation", 0, "diff"), operation["diff"], closing=closing)

    def lay_commands(self, item: Item, commands: Any, *, closing: bool) -> None:
        """The commands of an action, each a text of its own."""
        commands = commands if isinstance(commands, list) else []
        for index, command in zip(indexes(item.commands, commands), commands, strict=True):
            if isinstance(command, str):
                self.lay_value(item, ("commands", index, "command"), command, closing=closing)
            else:
                self.message_misfit("commands", command)

    # ---------------------------------------------------------------- entries

    def on_part(self, payload: Payload, stem: str, step: str) -> None:
        """An entry as a whole, at its beginning or at its end."""
        name, key, opens = PARTS[stem]
        part = payload.get("part")
        if not isinstance(part, dict):
            self.misfit("part", part)
            return
        item = self.item_for(payload, opens)
        held = item.lists.setdefault(name, {})
        index = self.index_in(payload, key)
        if index is None:
            index = max(held, default=-1) + 1 if step == "added" else max(held, default=0)
        self.lay_entry(item, name, index, part, closing=step == "done")

    def entry_for(self, item: Item, payload: Payload, name: str, key: str, kind: str) -> int:
        """The index of the entry that an event means; one of that type is opened if there is none."""
        held = item.lists.setdefault(name, {})
        index = self.index_in(payload, key)
        if index is None:
            index = max(held, default=0)
        held.setdefault(index, {"type": kind})
        return index

    def on_annotation(self, payload: Payload) -> None:
        """One more source of a text."""
        annotation = payload.get("annotation")
        if annotation is None:
            return
        item = self.item_for(payload, "message")
        entry = self.entry_for(item, payload, "content", "content_index", "output_text")
        held = item.annotations.setdefault(entry, {})
        index = self.index_in(payload, "annotation_index")
        if index is None:
            shown = item.lists["content"][entry].get("annotations")
            index = max(len(shown) if isinstance(shown, list) else 0, max(held, default=-1) + 1)
        held[index] = annotation

    # ---------------------------------------------------------------- texts

    def on_delta(self, payload: Payload, stem: str) -> None:
        """A piece of a text."""
        text = TEXTS[stem]
        delta = payload.get("delta")
        if not isinstance(delta, str):
            self.misfit("delta", delta)
            return
        item = self.item_for(payload, text.item)
        place = self.place_for(item, payload, text)
        self.append(item, place, delta)
        if text.entry == "output_text":
            self.take_logprobs(item, place[1], payload.get("logprobs"))

    def append(self, item: Item, place: Place, delta: str) -> None:
        """Let a text grow."""
        if delta == "":
            self.lay_value(item, place, "", closing=False)
            return
        if place not in item.streamed:
            item.streamed[place] = self.begin_text(item, place)
        item.streamed[place].deltas.append(delta)

    def begin_text(self, item: Item, place: Place) -> Streamed:
        """The first delta of a text: what snapshots had of it is its seed."""
        seed = item.shown(place)
        if not isinstance(seed, str):
            self.message_misfit(place[2], seed)
        return Streamed(seed if isinstance(seed, str) else "")

    def take_logprobs(self, item: Item, entry: int, logprobs: Any) -> None:
        """The log probabilities of one delta."""
        if isinstance(logprobs, list):
            item.logprobs.setdefault(entry, []).extend(logprobs)
        else:
            self.misfit("logprobs", logprobs)

    def on_whole_text(self, payload: Payload, stem: str, step: str) -> None:
        """A text as a whole; at its end, or a command at its beginning."""
        text = TEXTS[stem]
        whole = payload.get(text.whole)
        if not isinstance(whole, str):
            self.misfit(text.whole, whole)
            return
        item = self.item_for(payload, text.item)
        place = self.place_for(item, payload, text, opening=step == "added")
        self.see_whole_text(item, place, whole, closing=step == "done")
        if text.entry == "output_text":
            self.see_whole_logprobs(item, place[1], payload.get("logprobs"))
        if text.item == "function_call":
            self.see_name(item, payload)

    def see_name(self, item: Item, payload: Payload) -> None:
        """Some servers name the function again where its arguments end."""
        if says_nothing(item.fields.get("name")) and is_name(payload.get("name")):
            item.fields["name"] = payload["name"]

    def see_whole_text(self, item: Item, place: Place, whole: str, *, closing: bool) -> None:
        """A snapshot of just this text."""
        self.lay_value(item, place, whole, closing=closing)

    def see_whole_logprobs(self, item: Item, entry: int, logprobs: Any) -> None:
        """The log probabilities of a whole text."""
        if not isinstance(logprobs, list):
            self.misfit("logprobs", logprobs)
        elif logprobs:
            self.lay_entry(item, "content", entry, {"logprobs": logprobs}, closing=True)

    def place_for(self, item: Item, payload: Payload, text: TextEvent, *, opening: bool = False) -> Place:
        """Where the text of an event stands."""
        if text.index is None:
            return text.where, 0, text.key
        if text.where != "commands":
            return text.where, self.entry_for(item, payload, text.where, text.index, text.entry), text.key
        index = self.index_in(payload, text.index)
        if index is None:
            index = max(item.commands, default=-1) + 1 if opening else max(item.commands, default=0)
        item.commands.setdefault(index, "")
        return text.where, index, text.key

    # ---------------------------------------------------------------- what is no text of the model

    def on_printed(self, payload: Payload) -> None:
        """A piece of what a shell printed."""
        delta = payload.get("delta")
        if not isinstance(delta, dict):
            self.misfit("delta", delta)
            return
        item, index = self.printed_in(payload)
        held = item.printed.setdefault(index, {})
        for key, value in without_padding(delta).items():
            if isinstance(value, str) and isinstance(held.get(key), str):
                held[key] += value
            elif value is not None:
                held[key] = value

    def on_all_printed(self, payload: Payload) -> None:
        """All that a shell printed."""
        output = payload.get("output")
        if not isinstance(output, list):
            self.misfit("output", output)
            return
        item, index = self.printed_in(payload)
        for at, entry in enumerate(output):
            if isinstance(entry, dict):
                item.printed[index + at] = dict(entry)
            else:
                self.misfit("output", entry)

    def printed_in(self, payload: Payload) -> tuple[Item, int]:
        """The item and the command that something was printed by."""
        item = self.item_for(payload, "shell_call_output")
        index = self.index_in(payload, "command_index")
        return item, max(item.printed, default=0) if index is None else index

    def on_audio(self, payload: Payload, key: str) -> None:
        """A piece of speech, or of its words."""
        delta = payload.get("delta")
        if isinstance(delta, str):
            self.audio.setdefault(key, []).append(delta)
        else:
            self.misfit("delta", delta)

    # ---------------------------------------------------------------- values of the wrong type

    def misfit(self, key: str, value: Any) -> None:
        """Keep a value of a type that the format does not allow, without folding it."""
        self.extra.keep(key, value)

    def message_misfit(self, key: str, value: Any) -> None:
        """The same for what stands inside an item."""
        self.message_extra.keep(key, value)

    def index_in(self, payload: Payload, key: str) -> int | None:
        """An index of an event, ``None`` when it has none."""
        index = payload.get(key)
        if is_integer(index) and index >= 0:
            return int(index)
        self.misfit(key, index)
        return None


def indexes(held: dict[int, Any], shown: list[Any]) -> list[int]:
    """Which entries a list means: those there are if it has as many, else those of its positions."""
    return sorted(held) if len(held) == len(shown) else list(range(len(shown)))
