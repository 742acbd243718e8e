"""What differs between two stored answers: the smallest places, each with its path and both values.

Stored answers are compared exactly. That two values mean the same is a matter
of the reference; here a combiner is held to what it returned before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.accepted.document import written
from stream_audit.accepted.snapshots import Snapshot

__all__ = ["ANSWER", "RECORDING", "differences", "field_of"]

ANSWER = "response"
"""The path of an answer as a whole, where one side has none."""
RECORDING = "recording"
"""The path of what is said of the recording itself."""

Place = tuple[str, Any, Any]
"""A path, the old value and the new one; ``None`` where there is none."""

_ABSENT = "(absent)"
_CHOICE = re.compile(r"choices\[\d+\](?:\.message)?\.?")
_EXTRA = re.compile(r"(choices\[\d+\]\.(?:message\.(tool_calls\[\d+\]\.)?)?)?extra(?![^.])")


def differences(old: Snapshot, new: Snapshot) -> Iterator[Place]:
    """Every place in which two snapshots of one recording differ, in the order of the file."""
    if (old.content, old.dialect) != (new.content, new.dialect):
        yield RECORDING, _told(old), _told(new)
    if old.response is None or new.response is None:
        if (old.response, old.error) != (new.response, new.error):
            yield ANSWER, old.error or "an answer", new.error or "an answer"
        return
    places = list(_walk("", old.response, new.response))
    if not places and written(old.response) != written(new.response):  # -0.0 and 0.0
        places = [(ANSWER, "an answer", "the same, written otherwise")]
    counts = [place[1:] for place in places if place[0].startswith("usage.") and "raw" not in place[0]]
    for place in places:
        if not (place[0].startswith("usage.raw.") and place[1:] in counts):  # the same count, told already
            yield place


def field_of(path: str) -> str:
    """The member of ``FIELDS`` (or ``usage``) that a path belongs to; ``extra`` for what has no other.

    Example:
        >>> field_of("choices[0].message.tool_calls[1].id")
        'tool_calls'
    """
    level = _EXTRA.match(path)
    if level is not None:
        return "tool_calls.extra" if level[2] else "choices.extra" if level[1] else "extra"
    rest = _CHOICE.sub("", path, count=1) if path.startswith("choices[") else path
    if rest.startswith("usage."):
        return "usage" if rest.startswith("usage.raw") else rest
    return re.split(r"[.\[]", rest, maxsplit=1)[0] if rest and rest not in ("index", "message") else "choices"


def _told(snapshot: Snapshot) -> str:
    return f"{snapshot.chunks} chunks of {snapshot.dialect}, {snapshot.content[:8]}"


def _walk(path: str, old: Any, new: Any) -> Iterator[Place]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            below = f"{path}.{key}" if path else key
            if (key in old) is not (key in new) and old.get(key) is new.get(key):  # null, and nothing at all
                yield below, old.get(key, _ABSENT), new.get(key, _ABSENT)
            elif key == "extra" and _EXTRA.fullmatch(below):  # an empty one is left out
                yield from _walk(below, old.get(key, {}), new.get(key, {}))
            else:
                yield from _walk(below, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        left, right = _numbered(path, old), _numbered(path, new)
        for number in sorted(left.keys() | right.keys()):
            yield from _walk(f"{path}[{number}]", left.get(number), right.get(number))
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _numbered(path: str, items: list[Any]) -> dict[int, Any]:
    """The items by position; choices by their own index, where each has one."""
    if path == "choices":
        indexes = [item.get("index") if isinstance(item, Mapping) else None for item in items]
        if len(set(indexes)) == len(items) and all(type(index) is int for index in indexes):
            return {index: item for index, item in zip(indexes, items, strict=True) if index is not None}
    return dict(enumerate(items))
