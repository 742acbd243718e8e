"""Shapes of tool calls: how many there are, how they are told apart, in what pieces they come."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

from stream_audit.model import Response
from stream_audit.model.tag import Tag
from stream_audit.tags.marks import Marks
from stream_audit.tags.saying import Fragment, Said, Saying

__all__ = ["TAGS", "Calls"]

TAGS: tuple[Tag, ...] = (
    Tag(
        "tool-call",
        "a tool call",
        ("tool-calls-omitted-by-aggregator", "tool-fragments-not-merged"),
        "calls",
    ),
    Tag(
        "tool-calls-parallel",
        "two tool calls or more in one answer",
        ("tool-id-or-name-lost", "tool-only-first-read"),
        "calls",
    ),
    Tag("tool-calls-in-one-chunk", "several tool calls in one chunk", ("tool-only-first-read",), "calls"),
    Tag(
        "tool-calls-interleaved",
        "pieces of several tool calls that alternate",
        ("tool-fragments-interleaved",),
        "calls",
    ),
    Tag(
        "tool-index-not-in-order",
        "a tool call whose index is not its place",
        ("tool-index-as-list-position",),
        "call-index",
    ),
    Tag(
        "tool-opens-with-arguments",
        "arguments in the first piece of a tool call",
        ("tool-first-fragment-duplicated",),
        "call-pieces",
    ),
    Tag("tool-arguments-null", "arguments that are null", ("tool-args-null",), "call-pieces"),
    Tag(
        "tool-id-silent",
        "a later piece of a tool call with an empty id",
        ("tool-id-null-or-empty",),
        "call-pieces",
    ),
    Tag(
        "tool-without-arguments",
        "a tool call without arguments",
        ("tool-args-empty-string", "tool-args-seed-poison"),
        "calls",
    ),
    Tag(
        "tool-arguments-unfinished",
        "arguments that never became JSON",
        ("tool-args-truncated-accepted", "tool-args-tail-lost"),
        "calls",
        noted=("tool-args-truncated-accepted", "tool-args-tail-lost"),
    ),
    Tag(
        "tool-in-finish-chunk",
        "a tool call in the chunk with the finish reason",
        ("tool-calls-in-finish-chunk-lost",),
        "call-pieces",
    ),
    Tag("tool-call-and-text", "text and a tool call in one answer", ("mixed-delta-field-lost",), "calls"),
    Tag(
        "tool-arguments-whole-beside",
        "all arguments of a tool call beside their pieces",
        ("tool-args-cumulative-resend", "snapshot-plus-delta-double"),
        "shown",
    ),
    Tag(
        "tool-arguments-only-whole",
        "arguments that are only shown whole",
        ("stream-vs-nonstream",),
        "shown",
    ),
    Tag("server-tool", "a tool that the server ran itself", ("stream-vs-nonstream",), "server-tool"),
)


class Calls:
    """Watches the tool calls of one recording."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._opened: dict[Any, dict[Hashable, int]] = {}
        """Answer to its calls, each with the line that opened it."""
        self._last: dict[Any, Hashable] = {}
        self._text: set[Any] = set()
        self._pieced: set[tuple[Any, Hashable]] = set()
        """Calls, each beside its answer, of whose arguments a piece came."""
        self._free: set[str] = set()
        """Names of tools that take a text of any kind."""

    def look(self, said: Said) -> None:
        """A chunk passes by."""
        for saying in said.sayings:
            if isinstance(saying.text, str) and saying.text:
                self._text.add(saying.choice)
            if saying.calls and not (said.again and self._shown_again(saying)):
                self._answer(saying)

    def end(self, response: Response, line: int) -> None:
        """No further chunk comes; ``response`` is what all fold into."""
        lines = [line for opened in self._opened.values() for line in opened.values()]
        calls = [call for choice in response.choices for call in choice.message.tool_calls]
        placed = len(lines) == len(calls)
        for position, call in enumerate(calls):
            name = _arguments_shape(call.arguments)
            if name and call.name not in self._free:
                self._marks.whole(name, lines[position] if placed else line)

    def _answer(self, saying: Saying) -> None:
        opened = self._opened.setdefault(saying.choice, {})
        keys = [
            key for fragment in saying.calls if (key := self._fragment(fragment, saying, opened)) is not None
        ]
        if not keys:
            return
        mark = self._marks.mark
        mark("tool-call")
        if len(set(keys)) > 1:
            mark("tool-calls-in-one-chunk")
        if isinstance(saying.finish, str) and saying.finish:
            mark("tool-in-finish-chunk")
        if saying.choice in self._text:
            mark("tool-call-and-text")

    def _fragment(self, fragment: Fragment, saying: Saying, opened: dict[Hashable, int]) -> Hashable:
        """Take a piece in; the key of its call, ``None`` where it belongs to no call."""
        last = self._last.get(saying.choice)
        key = fragment.key if fragment.key is not None else 0 if last is None else last
        if fragment.free and isinstance(fragment.name, str):
            self._free.add(fragment.name)
        if fragment.shown and key in opened:
            self._whole(fragment, (saying.choice, key) in self._pieced)
            return None
        if key in opened and not fragment.opens:
            if fragment.id is None or fragment.id == "":
                self._marks.mark("tool-id-silent")
            if last != key:
                self._marks.mark("tool-calls-interleaved")
        elif fragment.opens is False:
            return None
        else:
            self._opens(fragment, len(opened))
            opened[key] = self._marks.line
        self._last[saying.choice] = key
        if fragment.arguments is None:
            self._marks.mark("tool-arguments-null")
        if fragment.arguments:
            self._pieced.add((saying.choice, key))
        if fragment.shown:
            self._whole(fragment, pieced=False)
        return key

    def _shown_again(self, saying: Saying) -> bool:
        """Take calls in that are shown once more; whether any was there before."""
        if not self._opened.get(saying.choice):
            return False
        pieced = any(choice == saying.choice for choice, _ in self._pieced)
        for fragment in saying.calls:
            self._whole(fragment, pieced)
        return True

    def _whole(self, fragment: Fragment, pieced: bool) -> None:
        if isinstance(fragment.whole, str) and fragment.whole:
            self._marks.mark("tool-arguments-whole-beside" if pieced else "tool-arguments-only-whole")

    def _opens(self, fragment: Fragment, before: int) -> None:
        if before:
            self._marks.mark("tool-calls-parallel")
        if type(fragment.position) is int and fragment.position != before:
            self._marks.mark("tool-index-not-in-order")
        if fragment.arguments:
            self._marks.mark("tool-opens-with-arguments")


def _arguments_shape(arguments: str) -> str:
    """The shape of a call's arguments when all of them are there; empty for plain ones."""
    if arguments.strip() in ("", "{}"):
        return "tool-without-arguments"
    try:
        json.loads(arguments)
    except (ValueError, RecursionError):
        return "tool-arguments-unfinished"
    return ""
