"""One item of a response while it grows: what snapshots of it say, and the texts that are streamed into it.

A text is a seed and its deltas. Once it has deltas they are what counts, and
every snapshot that shows the text whole is held against them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stream_audit.dialects.openai_responses.findings import Findings
from stream_audit.dialects.openai_responses.values import differ, lay, over, replaced
from stream_audit.dialects.text import Text, heal
from stream_audit.dialects.unknown import PADDING
from stream_audit.dialects.values import same, silent

__all__ = ["LISTS", "Item", "Place", "Streamed"]

Place = tuple[str, int, str]
"""Where a text stands: the list or object of the item (empty: the item), index of the entry, key in it."""

LISTS = ("content", "summary")
"""Lists of entries that are objects."""

OBJECTS = ("action", "operation")

APART = frozenset((*LISTS, *OBJECTS, *PADDING))
"""What a snapshot of an item has beside plain values."""

DIFF: Place = ("operation", 0, "diff")


class Streamed:
    """A text that has deltas."""

    __slots__ = ("deltas", "seed")

    def __init__(self, seed: str) -> None:
        self.seed = seed
        """What a snapshot showed of it before the first delta."""
        self.deltas = Text()

    def said(self) -> str:
        """The text so far."""
        return heal(self.seed + self.deltas.joined())


class Item:
    """An item of the output.

    Args:
        index: Its ``output_index``.
        findings: Takes what is to be noted about it, and what cannot be folded.
    """

    __slots__ = (
        *("_findings", "_rank", "added", "annotations", "commands", "done", "entries", "fields", "finished"),
        *("holed", "index", "logprobs", "mismatched", "outputs", "texts", "told"),
    )

    def __init__(self, index: int, findings: Findings) -> None:
        self.index = index
        self._findings = findings
        self._rank = findings.opened(index)
        self.holed = False
        """Its beginning may be missing in the recording."""
        self.fields: dict[str, Any] = {}
        """Everything but lists of entries, as the snapshots have it."""
        self.entries: dict[str, dict[int, dict[str, Any]]] = {}
        """Of each list that was there its entries by index, likewise."""
        self.commands: dict[int, str] = {}
        """Of a shell call, likewise."""
        self.texts: dict[Place, Streamed] = {}
        """The texts that have deltas; they stand over what snapshots say."""
        self.annotations: dict[int, dict[int, Any]] = {}
        """Of each entry of the content what events added, by index; it stands over the snapshots' lists."""
        self.logprobs: dict[int, list[Any]] = {}
        self.outputs: dict[int, dict[str, Any]] = {}
        """What a shell printed, by command, as far as events say it."""
        self.finished: set[Place] = set()
        """The texts that are done."""
        self.told: set[tuple[str, Place]] = set()
        self.added = False
        self.done = False
        self.mismatched = False

    @property
    def kind(self) -> Any:
        """Its ``type`` as sent."""
        return self.fields.get("type")

    def tell(self, rule: str, path: str, detail: str) -> None:
        """Note a finding about it: rule, path inside it, detail."""
        self._findings.tell(self._rank, rule, path, detail)

    # ------------------------------------------------------------------ texts

    def held(self, place: Place) -> Any:
        """What snapshots have at a text's place."""
        where, index, key = place
        if where == "commands":
            return self.commands.get(index)
        if where in LISTS:
            return self.entries.get(where, {}).get(index, {}).get(key)
        if where:
            inner = self.fields.get(where)
            return inner.get(key) if isinstance(inner, dict) else None
        return self.fields.get(key)

    def hold(self, place: Place, value: Any) -> None:
        """Put it there."""
        where, index, key = place
        if where == "commands":
            self.commands[index] = value
        elif where in LISTS:
            self.entries[where][index][key] = value
        elif where:
            self.fields[where] = replaced(self.fields.get(where), key, value)
        else:
            self.fields[key] = value

    def text(self, place: Place) -> Streamed:
        """The text at a place, for a delta that is not empty."""
        found = self.texts.get(place)
        if found is None:
            seed = self.held(place)
            if not isinstance(seed, str):
                self._findings.keep(place[2], seed)
                seed = ""
            found = self.texts[place] = Streamed(seed)
        return found

    def said(self, place: Place) -> Any:
        """What stands there now: the text, else what the snapshots have."""
        found = self.texts.get(place)
        return self.held(place) if found is None else found.said()

    def show(self, place: Place, value: Any, *, closing: bool) -> None:
        """A snapshot shows a value: a text with deltas is held against it, all else it replaces."""
        text = self.texts.get(place)
        if text is None:
            if not silent(value) or silent(self.held(place)):
                self.hold(place, value)
        elif isinstance(value, str):
            self._compare(place, text, value, closing=closing)
        else:
            self._findings.keep(place[2], value)

    def _compare(self, place: Place, text: Streamed, shown: str, *, closing: bool) -> None:
        said = text.said()
        if shown == said:
            return
        if not shown:
            if closing:
                self._tell_once("terminal-snapshot-wipes", place, "closed with an empty text")
        elif text.seed and shown == heal(text.deltas.joined()):
            text.seed = ""
            self._tell_once("snapshot-plus-delta-double", place, "its beginning was the whole text")
        else:
            self._tell_once("terminal-snapshot-disagrees", place, _apart(said, shown))
            if self.holed:
                del self.texts[place]
                self.hold(place, shown)

    def _tell_once(self, rule: str, place: Place, detail: str) -> None:
        if (rule, place) not in self.told:
            self.told.add((rule, place))
            where, index, key = place
            path = {"": key, "operation": f"operation.{key}", "commands": f"action.commands[{index}]"}
            self.tell(rule, path.get(where, f"{where}[{index}].{key}"), detail)

    # ------------------------------------------------------------------ snapshots

    def lay_over(self, snapshot: Mapping[str, Any], *, closing: bool) -> None:
        """Lay a snapshot of the item over what is held."""
        fields, texts = self.fields, self.texts
        if differ(fields.get("type"), snapshot.get("type")):
            fields = self.fields = {}
        for key, value in snapshot.items():
            if key in APART:
                if key in LISTS:
                    self._lay_list(key, value, closing=closing)
                elif key in OBJECTS:
                    self._lay_object(key, value, closing=closing)
            elif texts and ("", 0, key) in texts:
                self.show(("", 0, key), value, closing=closing)
            else:
                lay(fields, key, value)

    def _lay_list(self, name: str, value: Any, *, closing: bool) -> None:
        if value is None:
            self.fields.setdefault(name, None)
        elif not isinstance(value, list):
            self._findings.keep(name, value)
        else:
            held = self.entries.setdefault(name, {})
            for index, entry in zip(_indexes(held, len(value)), value, strict=True):
                if isinstance(entry, dict):
                    self.lay_entry(name, index, entry, closing=closing)
                else:
                    self._findings.keep(name, entry)

    def lay_entry(self, name: str, index: int, entry: Mapping[str, Any], *, closing: bool) -> None:
        """Lay a snapshot of one entry over what is held of it."""
        entries = self.entries.setdefault(name, {})
        held = entries.setdefault(index, {})
        if differ(held.get("type"), entry.get("type")):
            held = entries[index] = {}
        texts = self.texts
        for key, value in entry.items():
            if texts and (name, index, key) in texts:
                self.show((name, index, key), value, closing=closing)
            elif key not in PADDING:
                lay(held, key, value)
        if name == "content" and (index in self.annotations or index in self.logprobs):
            self._check_lists(index, entry)

    def _lay_object(self, name: str, value: Any, *, closing: bool) -> None:
        if value is not None and not isinstance(value, dict):
            self._findings.keep(name, value)
            return
        if not value:
            lay(self.fields, name, value)
        elif name == "operation":
            diff = self.held(DIFF)
            self.fields[name] = {**value, "diff": diff} if "diff" in value and diff is not None else value
            if "diff" in value:
                self.show(DIFF, value["diff"], closing=closing)
        else:
            self.fields[name] = value
            self._lay_commands(value.get("commands"), closing=closing)

    def _lay_commands(self, shown: Any, *, closing: bool) -> None:
        for index, command in (
            zip(_indexes(self.commands, len(shown)), shown, strict=True) if isinstance(shown, list) else ()
        ):
            if isinstance(command, str):
                self.show(("commands", index, "command"), command, closing=closing)
            else:
                self._findings.keep("commands", command)

    def _check_lists(self, index: int, entry: Mapping[str, Any]) -> None:
        """Hold the lists of a snapshot against those of events."""
        shown: Any = entry.get("annotations")
        added = self.annotations.get(index, {})
        if isinstance(shown, list) and any(
            at < len(shown) and not same(shown[at], added[at]) for at in added
        ):
            place = ("content", index, "annotations")
            self._tell_once("terminal-snapshot-disagrees", place, "another annotation in the end")
        shown, streamed = entry.get("logprobs"), self.logprobs.get(index)
        if streamed and shown and isinstance(shown, list) and not same(shown, streamed):
            place = ("content", index, "logprobs")
            self._tell_once("terminal-snapshot-disagrees", place, "other log probabilities in the end")

    # ------------------------------------------------------------------ the result

    def shown(self) -> dict[str, Any]:
        """The item as the answer would show it had it not been streamed. A new dict."""
        part = dict(self.fields)
        for where, _, key in self.texts:
            if not where:
                part[key] = self.said((where, 0, key))
        if DIFF in self.texts:
            part["operation"] = replaced(part.get("operation"), "diff", self.said(DIFF))
        for name, held in self.entries.items():
            part[name] = [self.shown_entry(name, index) for index in sorted(held)]
        if self.commands:
            texts = [self.said(("commands", index, "command")) for index in sorted(self.commands)]
            part["action"] = replaced(part.get("action"), "commands", texts)
        if self.outputs and silent(part.get("output")):
            part["output"] = [dict(self.outputs[index]) for index in sorted(self.outputs)]
        return part

    def shown_entry(self, name: str, index: int) -> dict[str, Any]:
        """One entry of a list, likewise."""
        entry = dict(self.entries[name][index])
        for place in self.texts:
            if place[0] == name and place[1] == index:
                entry[place[2]] = self.said(place)
        if name == "content":
            if index in self.annotations:
                entry["annotations"] = over(entry.get("annotations"), self.annotations[index])
            streamed = self.logprobs.get(index)
            if streamed and (silent(entry.get("logprobs")) or not self.holed):
                entry["logprobs"] = list(streamed)
        return entry


def _indexes(held: Mapping[int, Any], count: int) -> Sequence[int]:
    """Which entries the members of a snapshot's list are: if they are as many, those there are, in order."""
    return sorted(held) if len(held) == count else range(count)


def _apart(said: str, shown: str) -> str:
    """How two texts are apart, in short."""
    return f"{len(said)} characters streamed, another text of {len(shown)} in the end"
