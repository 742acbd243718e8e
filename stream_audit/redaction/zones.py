"""What holds for all that stands in an object or a list, to judge by the fields on the way to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stream_audit.redaction.fields import FREE, is_counted
from stream_audit.redaction.scan import Box

__all__ = ["FORMAT", "OWN_KEYS", "Keeping", "Zone", "Zones"]

FORMAT = "stream-audit-recording"
OWN_KEYS = ("stream", "chunk", "at", "end", "format", "version")
"""Keys of the recording format's lines that are no labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What the user wants to be left as it is."""

    names: bool = False
    """Names that a user chose: of tools, of their arguments, of models."""
    keys: bool = False
    """Names of fields that are not known."""
    fields: frozenset[str] = frozenset()
    """Fields that stay with all that is in them."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An object or a list."""

    kept: bool = False
    """The user wants it to be left as it is."""
    free: bool = False
    """It is a user's own: no name, word or number in it belongs to the wire."""
    counted: bool = False
    """Its numbers are counts."""
    labels: bool = False
    """It is a line of the recording format, or in a label of one."""


_WIRE = Zone()


class Zones:
    """The zones of one text.

    Args:
        kept: Fields that the user wants to be left as they are.
    """

    def __init__(self, kept: frozenset[str]) -> None:
        self._kept = kept
        self._zones: dict[Box, Zone] = {}

    def of(self, box: Box) -> Zone:
        """What holds in an object or a list."""
        found = self._zones.get(box)
        if found is not None:
            return found
        new = []
        for one in box.around():
            found = self._zones.get(one)
            if found is not None:
                break
            new.append(one)
        zone = found or _WIRE
        for one in reversed(new):
            zone = self._zones[one] = self._within(zone, one)
        return zone

    def owned(self, box: Box) -> Box | None:
        """The outermost object around that is a user's own, if one is."""
        root = None
        for one in box.around():
            if not self.of(one).free:
                break
            root = one
        return root

    def _within(self, zone: Zone, box: Box) -> Zone:
        if box.parent is None:
            return zone
        if box.name in self._kept:
            zone = replace(zone, kept=True)
        if box.parent.parent is None and _is_envelope(box):
            return replace(zone, labels=True)
        if zone.labels:
            is_chunk = box.name == "chunk" and not zone.free
            return replace(zone, labels=False) if is_chunk else replace(zone, free=True)
        if box.name in FREE and not _is_wire(box):
            zone = replace(zone, free=True)
        return replace(zone, counted=True) if is_counted(box.name) else zone


def _is_wire(box: Box) -> bool:
    """Whether what is called like a user's own is the wire's: a list of messages, a report of usage."""
    if box.name == "metadata":
        return not box.marks.keys().isdisjoint(("usage", "metrics"))
    return box.name == "input" and box.listed


def _is_envelope(box: Box) -> bool:
    """Whether an object is a line of the recording format."""
    if "stream" in box.marks and not box.marks.keys().isdisjoint(("chunk", "end")):
        return True
    return box.marks.get("format") == f'"{FORMAT}"'
