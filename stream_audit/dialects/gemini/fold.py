"""Fold Gemini streams: candidates made of parts, and the usage so far in nearly every chunk.

Nearly every chunk is a piece of text for the part that the chunk before it was
for, with another usage. ``GeminiFold.add`` recognises just that case: all else in
the chunk is as it was in the last chunk that went the long way, and folding that
again would change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from stream_audit.dialects.gemini.parts import TextPart
from stream_audit.dialects.gemini.response import GeminiResponse
from stream_audit.dialects.text import Text
from stream_audit.dialects.values import ABSENT
from stream_audit.model import Payload, Policies

__all__ = ["GeminiFold"]

TEXT_KEYS = frozenset(("text", "thought"))
NEW_EACH_TIME = frozenset(("logprobsResult", "citationMetadata"))
"""What adds to what was there, also when it says the same."""

Look = Callable[[Any], Any]
"""Takes all but some fields out of an object, to be compared."""


class _Usual:
    """What the last chunk was but for its text and usage, where folding that again changes nothing."""

    __slots__ = ("around", "arounds", "beside", "besides", "index", "kind", "reports", "sizes", "top", "tops")

    def __init__(self, item: Payload, candidate: Payload, content: Payload, part: Payload) -> None:
        self.sizes = len(item), len(candidate), len(content), len(part)
        self.index = candidate.get("index", ABSENT)
        self.kind = part.get("thought", ABSENT)
        self.reports = "usageMetadata" in item
        self.top = _all_but(item, "candidates", "usageMetadata")
        self.beside = _all_but(candidate, "content", "index")
        self.around = _all_but(content, "parts")
        self.tops, self.besides, self.arounds = self.top(item), self.beside(candidate), self.around(content)


def _all_but(fields: Payload, *names: str) -> Look:
    rest = [key for key in fields if key not in names]
    return itemgetter(*rest) if rest else _nothing


def _nothing(_: Any) -> None:
    return None


class GeminiFold(GeminiResponse):
    """A fold of one response in progress."""

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies)
        self._text = Text()
        """Where the text of a usual chunk goes: to where the last text went."""
        self._last: Payload = {}
        """The last chunk that went the long way."""
        self._usual: _Usual | None = None

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        first, at = self._noting.at, 0
        while (at := self._run(items, at, first)) < len(items):
            item: Any = items[at]
            if item.__class__ is str:  # An echo of a chunk of which not all is usual: something was noted.
                item = _again(self._last, item)
            self._last = item
            self._noting.at = first + at
            self._text.compact()
            noted = len(self.notes)
            try:
                self._chunk(item)
            except RecursionError:
                self._noting.note("unknown-event", "", "nested too deeply")
            self._usual = self._usual_from(item) if noted == len(self.notes) else None
            at += 1
        self._noting.at = first + len(items)
        self._text.compact()

    def _run(self, items: Sequence[Payload | str], start: int, first: int) -> int:
        """Fold usual chunks from a position on; the position of the first that is not.

        ``first`` is the index of the first of all items.
        """
        usual, append, noting, report_to = self._usual, self._text.append, self._noting, self._usage.add
        if usual is None:
            of_item = -1
        else:
            of_item, of_candidate, of_content, of_part = usual.sizes
            kind, index, reports, top, tops = usual.kind, usual.index, usual.reports, usual.top, usual.tops
            around, arounds, beside, besides = usual.around, usual.arounds, usual.beside, usual.besides
        item: Any  # the checks below are the loop's cost: no calls where a subscript does
        for at in range(start, len(items)):
            item = items[at]
            if item.__class__ is str:
                if usual is None:
                    return at
                append(item)
                continue
            if len(item) != of_item:
                return at
            try:
                (candidate,) = item["candidates"]
                content = candidate["content"]
                (part,) = content["parts"]
                text = part["text"]
                if not (
                    text.__class__ is str
                    and len(candidate) == of_candidate
                    and len(content) == of_content
                    and len(part) == of_part
                    and part.get("thought", ABSENT) is kind
                    and candidate.get("index", ABSENT) is index
                    and ("usageMetadata" in item) is reports
                    and top(item) == tops
                    and around(content) == arounds
                    and beside(candidate) == besides
                ):
                    return at
            except (KeyError, TypeError, ValueError, RecursionError):
                return at  # not that case; the long way knows what it is
            report = item.get("usageMetadata")
            if report.__class__ is dict:
                noting.at = first + at
                report_to(report)
            elif report is not None:
                return at
            append(text)
        return len(items)

    def _usual_from(self, item: Payload) -> _Usual | None:
        """What to expect next, if the chunk was a piece of text for the last part of a candidate."""
        try:
            (candidate,) = item["candidates"]
            content = candidate["content"]
            (part,) = content["parts"]
            if not (part.keys() <= TEXT_KEYS and part["text"].__class__ is str):
                return None
            if not NEW_EACH_TIME.isdisjoint(candidate):
                return None
            index = candidate.get("index")
            last = self._candidates[0 if index is None else index].parts[-1]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return None
        if not isinstance(last, TextPart) or last.is_thought is not (part.get("thought") is True):
            return None
        self._text = last.text
        return _Usual(item, candidate, content, part)


def _again(chunk: Payload, text: str) -> Payload:
    """A chunk of one text once more, with another text."""
    (candidate,) = chunk["candidates"]
    (part,) = candidate["content"]["parts"]
    content = {**candidate["content"], "parts": [{**part, "text": text}]}
    return {**chunk, "candidates": [{**candidate, "content": content}]}
