"""Shapes of answers in parts: pieces that take turns, and parts that are shown whole beside their pieces."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from stream_audit.model.tag import Tag
from stream_audit.tags.marks import Marks
from stream_audit.tags.saying import Said, Saying

__all__ = ["TAGS", "Parts"]

TAGS: tuple[Tag, ...] = (
    Tag(
        "text-whole-beside",
        "the text as a whole beside its pieces",
        ("snapshot-plus-delta-double",),
        "whole",
    ),
    Tag("text-only-whole", "a text that is only shown whole", ("stream-vs-nonstream",), "shown"),
    Tag(
        "reasoning-only-whole",
        "thinking that is only shown whole",
        ("reasoning-only-in-done-event",),
        "shown",
    ),
    Tag("texts-several", "an answer of several texts", ("content-parts-first-only",), "shown"),
    Tag("parts-interleaved", "pieces of several parts that alternate", ("item-id-mismatch",), "shown"),
)


class Parts:
    """Watches the parts of the answers of one recording."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._texts: set[tuple[Any, Hashable]] = set()
        """Parts, each beside its answer, of whose text a piece came."""
        self._thoughts: set[tuple[Any, Hashable]] = set()
        self._begun: set[tuple[Any, Hashable]] = set()
        self._last: tuple[Any, Hashable] | None = None

    def look(self, said: Said) -> None:
        """A chunk passes by."""
        for saying in said.sayings:
            part = (saying.choice, saying.part)
            self._pieces(saying, part)
            if _is_text(saying.whole):
                streamed = bool(self._texts) if said.again else part in self._texts
                self._marks.mark("text-whole-beside" if streamed else "text-only-whole")
            if _is_text(saying.thinking):
                streamed = bool(self._thoughts) if said.again else part in self._thoughts
                if not streamed:
                    self._marks.mark("reasoning-only-whole")

    def _pieces(self, saying: Saying, part: tuple[Any, Hashable]) -> None:
        text = _is_text(saying.text)
        thought = any(map(_is_text, saying.reasoning.values()))
        if text:
            if self._texts and part not in self._texts:
                self._marks.mark("texts-several")
            self._texts.add(part)
        if thought:
            self._thoughts.add(part)
        if text or thought or any(_is_text(fragment.arguments) for fragment in saying.calls):
            if part in self._begun and part != self._last:
                self._marks.mark("parts-interleaved")
            self._begun.add(part)
            self._last = part


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""
