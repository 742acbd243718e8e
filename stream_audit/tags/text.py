"""Shapes of what is said: roles, the answer's text, thinking."""

from __future__ import annotations

from typing import Any

from stream_audit.model.tag import Tag
from stream_audit.tags.marks import Marks
from stream_audit.tags.saying import ABSENT, Said, Saying

__all__ = ["TAGS", "Texts"]

TAGS: tuple[Tag, ...] = (
    Tag("role-repeated", "a role in more than one chunk", ("role-concat",), "role"),
    Tag("role-silent", "a role that is null or empty", ("role-null-or-empty",), "role"),
    Tag(
        "role-late",
        "the role behind the first chunk",
        ("role-lost-with-first-chunk",),
        "role",
    ),
    Tag("role-absent", "no role in the whole stream", ("role-never-sent",), "role"),
    Tag("text-blank", "a piece of text that is only blanks", ("content-whitespace-dropped",), "text"),
    Tag("text-starts-empty", "a first piece of text that is empty", ("content-empty-string-start",), "text"),
    Tag("text-null", "a text that is null", ("content-null-vs-empty",), "nulls"),
    Tag(
        "text-repeated",
        "a piece of text that equals the one before",
        ("content-delta-as-cumulative",),
        "text",
    ),
    Tag("text-in-parts", "a text that is a list of parts", ("content-parts-first-only",), "parts"),
    Tag("text-not-ascii", "characters of several bytes", ("utf8-split", "sse-split-reads"), "text"),
    Tag("character-cut", "a character cut in two between chunks", ("utf8-split",), "text"),
    Tag("think-tag", "a think tag in the text", ("reasoning-leaks-into-content", "tail-lost-on-eof"), "text"),
    Tag("mixed-delta", "one delta with several things", ("mixed-delta-field-lost",), "mixed"),
    Tag("reasoning", "thinking", ("reasoning-field-alias-missed",), "reasoning"),
    Tag(
        "reasoning-and-text",
        "thinking, and then the answer",
        ("reasoning-leaks-into-content", "mixed-delta-field-lost"),
        "reasoning",
    ),
    Tag(
        "signature",
        "a signature of thinking",
        ("thinking-signature-dropped", "gemini-thought-signature-lost"),
        "signature",
    ),
    Tag("reasoning-sealed", "reasoning that is sealed", ("thinking-signature-dropped",), "sealed"),
)

_THINK = "<think"
_CLOSE = "</think"


class Texts:
    """Watches what is said in one recording."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._roles: set[Any] = set()
        self._last: dict[Any, str] = {}
        """Answer to its last piece of text."""
        self._tails: dict[Any, str] = {}
        """Answer to the end of its text, in which a tag may begin."""
        self._thought = False

    def look(self, said: Said) -> None:
        """A chunk passes by."""
        for saying in said.sayings:
            self._role(saying)
            self._text(saying)
            self._reasoning(saying)
            if _things(saying) > 1:
                self._marks.mark("mixed-delta")

    def end(self, line: int) -> None:
        """No further chunk comes; ``line`` is that of the first."""
        if not self._roles:
            self._marks.whole("role-absent", line)

    def _role(self, saying: Saying) -> None:
        role, mark = saying.role, self._marks.mark
        if role is ABSENT:
            return
        if role is None or role == "":
            mark("role-silent")
        elif saying.choice in self._roles:
            mark("role-repeated")
        else:
            self._roles.add(saying.choice)
            if self._marks.index and len(self._roles) == 1:
                mark("role-late")

    def _text(self, saying: Saying) -> None:
        text, mark = saying.text, self._marks.mark
        if saying.parts is not None:
            mark("text-in-parts")
        if text is None:
            mark("text-null")
        if not isinstance(text, str):
            return
        before = self._last.get(saying.choice)
        if not text:
            if before is None:
                mark("text-starts-empty")
                self._last[saying.choice] = ""
            return
        if not text.strip():
            mark("text-blank")
        if text == before:
            mark("text-repeated")
        self._last[saying.choice] = text
        self._characters(text, saying.choice)

    def _characters(self, text: str, choice: Any) -> None:
        if not text.isascii():
            self._marks.mark("text-not-ascii")
            if "\ud800" <= text[-1] <= "\udbff" or "\udc00" <= text[0] <= "\udfff" or "\ufffd" in text:
                self._marks.mark("character-cut")
        joined = self._tails.get(choice, "") + text
        if _THINK in joined or _CLOSE in joined:
            self._marks.mark("think-tag")
            joined = ""
        self._tails[choice] = joined[-len(_CLOSE) :]

    def _reasoning(self, saying: Saying) -> None:
        if any(isinstance(text, str) and text for text in (*saying.reasoning.values(), saying.thinking)):
            self._thought = True
            self._marks.mark("reasoning")
        if self._thought and isinstance(saying.text, str) and saying.text:
            self._marks.mark("reasoning-and-text")
        if isinstance(saying.signature, str) and saying.signature:
            self._marks.mark("signature")


def _things(saying: Saying) -> int:
    """How many different things one delta carries."""
    said = (
        isinstance(saying.text, str) and bool(saying.text),
        any(isinstance(text, str) and bool(text) for text in saying.reasoning.values()),
        bool(saying.calls),
        isinstance(saying.refusal, str) and bool(saying.refusal),
        bool(saying.logprobs),
        bool(saying.audio),
        bool(saying.citations),
    )
    return sum(said)
