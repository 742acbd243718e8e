"""One item of a response while it grows: a piece of the textbook fold of ``openai-responses``."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.every_dialect import join_text

__all__ = ["Item", "Place", "Streamed", "apart", "says_nothing"]

Place = tuple[str, int, str]
"""Where a text stands: in which list or object of the item, in which entry, under which key."""


def says_nothing(value: Any) -> bool:
    """True for null and for everything empty."""
    return value is None or value in ("", [], {})


def apart(one: Any, other: Any) -> bool:
    """True for two names that are not the same name."""
    return isinstance(one, str) and isinstance(other, str) and "" not in (one, other) and one != other


class Streamed:
    """A text that came in deltas.

    Args:
        seed: What snapshots had of it before.
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.deltas: list[str] = []

    def text(self) -> str:
        """All of it."""
        return join_text([self.seed, *self.deltas])


class Item:
    """One item while it grows.

    Args:
        index: Its ``output_index``.
    """

    def __init__(self, index: int) -> None:
        self.index = index
        self.fields: dict[str, Any] = {}
        """What snapshots say, its lists of entries aside."""
        self.lists: dict[str, dict[int, dict[str, Any]]] = {}
        """What they say of the entries of ``content`` and ``summary``, by index."""
        self.commands: dict[int, str] = {}
        self.printed: dict[int, dict[str, Any]] = {}
        """What a shell printed, by command."""
        self.streamed: dict[Place, Streamed] = {}
        """The texts that came in deltas."""
        self.annotations: dict[int, dict[int, Any]] = {}
        """Those that came as events, by entry and index."""
        self.logprobs: dict[int, list[Any]] = {}
        """Those that came with deltas, by entry."""
        self.added = self.done = self.holed = False

    @property
    def type(self) -> str | None:
        """What kind of item it is."""
        kind = self.fields.get("type")
        return kind if isinstance(kind, str) else None

    # ---------------------------------------------------------------- what snapshots say

    def shown(self, place: Place) -> Any:
        """What snapshots have in the place of a text."""
        where, index, key = place
        if where == "commands":
            return self.commands.get(index)
        return self.container(where, index).get(key)

    def show(self, place: Place, value: Any) -> None:
        """Let them have that."""
        where, index, key = place
        if where == "commands":
            self.commands[index] = value
        else:
            self.container(where, index)[key] = value

    def lay(self, place: Place, value: Any) -> None:
        """Let them have that unless it says nothing and they said something."""
        where, index, key = place
        held = self.commands if where == "commands" else self.container(where, index)
        name: Any = index if where == "commands" else key
        if name not in held or not says_nothing(value) or says_nothing(held.get(name)):
            self.show(place, value)

    def container(self, where: str, index: int) -> dict[str, Any]:
        """The object that a text stands in: an entry of a list, the operation, or the item itself."""
        if where in ("content", "summary"):
            return self.lists[where][index]
        if where == "operation":
            held = self.fields.get("operation")
            self.fields["operation"] = dict(held) if isinstance(held, dict) else {}
            inside: dict[str, Any] = self.fields["operation"]
            return inside
        return self.fields

    # ---------------------------------------------------------------- what it is in the end

    def text(self, place: Place) -> Any:
        """A text as it is now."""
        return self.streamed[place].text() if place in self.streamed else self.shown(place)

    def part(self) -> dict[str, Any]:
        """The item as the answer would show it had it not been streamed."""
        part = dict(self.fields)
        for place in self.streamed:
            if place[0] == "":
                part[place[2]] = self.text(place)
            elif place[0] == "operation":
                part["operation"] = {**(part.get("operation") or {}), place[2]: self.text(place)}
        for name in self.lists:
            part[name] = self.entries(name)
        if self.commands:
            action = part.get("action")
            part["action"] = {**(action if isinstance(action, dict) else {}), "commands": self.command_list()}
        if self.printed and says_nothing(part.get("output")):
            part["output"] = [dict(self.printed[index]) for index in sorted(self.printed)]
        return part

    def command_list(self) -> list[str]:
        """The commands of a shell call, in order."""
        return [self.text(("commands", index, "command")) for index in sorted(self.commands)]

    def entries(self, name: str) -> list[dict[str, Any]]:
        """The entries of a list, in order."""
        return [self.entry(name, index) for index in sorted(self.lists.get(name, {}))]

    def entry(self, name: str, index: int) -> dict[str, Any]:
        """One entry, its texts made whole."""
        entry = dict(self.lists[name][index])
        for place in self.streamed:
            if place[:2] == (name, index):
                entry[place[2]] = self.text(place)
        if name == "content" and index in self.annotations:
            entry["annotations"] = self.annotation_list(entry.get("annotations"), index)
        if name == "content" and self.logprobs.get(index):
            entry["logprobs"] = self.logprob_list(entry.get("logprobs"), index)
        return entry

    def logprob_list(self, of_snapshots: Any, index: int) -> Any:
        """Those that came with deltas, unless some of them may be missing."""
        if self.holed and not says_nothing(of_snapshots):
            return of_snapshots
        return list(self.logprobs[index])

    def annotation_list(self, of_snapshots: Any, index: int) -> list[Any]:
        """Those that came as events, at their places among those of snapshots."""
        found = dict(enumerate(of_snapshots)) if isinstance(of_snapshots, list) else {}
        found.update(self.annotations[index])
        return [found[at] for at in sorted(found)]
