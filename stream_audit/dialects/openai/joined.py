"""Join what the chunks of a choice say beside its text: token log probabilities, sound, annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_audit.dialects.text import Text

__all__ = ["Annotations", "Audio", "Logprobs"]


class Logprobs:
    """Token log probabilities: lists are joined, of anything else the last value counts.

    Args:
        lists: The keys whose values are lists with an entry per token.
    """

    __slots__ = ("_held", "_lists")

    def __init__(self, lists: tuple[str, ...]) -> None:
        self._lists = lists
        self._held: dict[str, Any] = {}

    def add(self, logprobs: Mapping[str, Any]) -> dict[str, Any]:
        """Fold the ``logprobs`` of one chunk; return the fields that are of no type a rule allows."""
        unexpected = {}
        for key, value in logprobs.items():
            if value is None:
                continue
            if key not in self._lists:
                self._held[key] = value
            elif isinstance(value, list):
                self._held.setdefault(key, []).extend(value)
            else:
                unexpected[key] = value
        return unexpected

    def logprobs(self) -> dict[str, Any] | None:
        """The log probabilities so far, ``None`` when there were none."""
        held = self._held
        return {key: held[key][:] if key in self._lists else held[key] for key in held} or None


class Audio:
    """A spoken answer: ``data`` and ``transcript`` are joined, the first ``id`` counts."""

    __slots__ = ("_held", "_texts")

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}
        self._texts: dict[str, Text] = {}

    def add(self, audio: Mapping[str, Any]) -> dict[str, Any]:
        """Fold the ``audio`` of one delta; return the fields that are of no type a rule allows."""
        unexpected = {}
        for key, value in audio.items():
            if value is None:
                continue
            if key in ("data", "transcript", "id") and not isinstance(value, str):
                unexpected[key] = value
            elif key == "id":
                if value:
                    self._held.setdefault(key, value)
            elif key in ("data", "transcript"):
                text = self._texts.setdefault(key, Text())
                text.append(value)
                text.compact()
            else:
                self._held[key] = value
        return unexpected

    def audio(self) -> dict[str, Any]:
        """The audio so far."""
        return {**self._held, **{key: text.text() for key, text in self._texts.items()}}


class Annotations:
    """Citations in order of arrival, each once, however often it is repeated."""

    __slots__ = ("_items", "_met")

    def __init__(self) -> None:
        self._items: list[Mapping[str, Any]] = []
        self._met: set[object] = set()

    def add(self, item: Mapping[str, Any]) -> None:
        """Take one annotation."""
        frozen = _freeze(item)
        if frozen not in self._met:
            self._met.add(frozen)
            self._items.append(item)

    def annotations(self) -> tuple[Mapping[str, Any], ...]:
        """The annotations so far."""
        return tuple(self._items)


def _freeze(value: Any) -> object:
    """Something hashable that is equal exactly when the JSON values are."""
    if isinstance(value, dict):
        return frozenset((key, _freeze(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(_freeze(item) for item in value)
    return value
