"""One choice of an OpenAI stream: what chat and legacy completions have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from stream_audit.dialects.openai.joined import Logprobs
from stream_audit.dialects.openai.tool_calls import NoteDown
from stream_audit.dialects.text import Fragments, join_text
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Choice, Message

__all__ = ["ChoiceFold"]

REPEATED = 4
"""From this many deltas on, each repeating the one before it and more, they are not deltas."""


class ChoiceFold:
    """A choice in progress.

    Args:
        index: Its wire index.
        note: Where notes go.
    """

    lists: ClassVar[tuple[str, ...]] = ()
    """The keys of ``logprobs`` that hold one entry per token."""
    dropped: ClassVar[frozenset[str]] = frozenset()
    """Keys of the choice that are known and never read."""

    append: Callable[[str], None]
    """Appends to the text that the last chunk with text appended to."""
    write: Callable[[str], None]
    """Appends to the content."""

    def __init__(self, index: int, note: NoteDown) -> None:
        self.index = index
        self.content = Fragments(longer=True)
        self.append = self.write = self.content.append
        self._note = note
        self._extra = Unknown()
        self._logprobs = Logprobs(self.lists)
        self.finish: str | None = None
        self.over = False
        """The reason to finish came in an earlier chunk."""

    def add(self, choice: Mapping[str, Any]) -> None:
        """Fold one entry of ``choices``, but for its ``usage``."""
        self.over = self.finish is not None
        for key, value in choice.items():
            if value is None or key in self.dropped:
                continue
            if not self._known(key, value):
                self._extra.add(key, value)

    def choice(self) -> Choice:
        """The choice so far."""
        return Choice(
            index=self.index,
            message=self.message(),
            finish_reason=self.finish,
            logprobs=self._logprobs.logprobs(),
            extra=self._extra.fields(),
        )

    def message(self) -> Message:
        """The message so far."""
        return Message(role="assistant", content=self.text())

    def text(self) -> str | None:
        """The content so far."""
        if self.content.chain() >= REPEATED:
            return join_text((self.content.last(),))
        return self.content.text()

    def close(self) -> None:
        """Note what is wrong with the choice as a whole."""
        chain = self.content.chain()
        if chain >= REPEATED:
            self.note(
                "content-cumulative-as-delta", "message.content", f"each of {chain} deltas repeats all before"
            )
        if self.finish is None:
            self.note("finish-missing", "finish_reason", "no chunk gives a reason")

    def compact(self) -> None:
        """Give memory back when there are many deltas."""
        self.content.compact()

    def note(self, rule: str, field: str, detail: str) -> None:
        """Note something about a field of this choice."""
        self._note(rule, f"choices[{self.index}].{field}", detail)

    def unexpected(self, field: str, value: Any) -> None:
        """Note a value of a type that no rule allows."""
        self.note("unknown-event", field, f"a value of type {type(value).__name__}")

    def read(self, key: str, value: Any) -> bool | None:
        """Fold the part of the choice that carries the answer; ``None`` when ``key`` is no such part.

        ``False`` when the value is of no type a rule allows.
        """
        raise NotImplementedError

    def _known(self, key: str, value: Any) -> bool:
        """Fold a field if a rule names it; ``False`` when it belongs to ``extra``."""
        allowed = self.read(key, value)
        if allowed is None:
            if key == "finish_reason":
                allowed = isinstance(value, str) and self._finish(value)
            elif key == "logprobs":
                allowed = isinstance(value, dict) and self._join_logprobs(value)
            elif key == "index":
                allowed = type(value) is int
            elif key == "usage":
                allowed = isinstance(value, dict)
            else:
                return False
        if not allowed:
            self.unexpected(key, value)
        return allowed

    def _finish(self, reason: str) -> bool:
        held = self.finish
        if not reason:
            self.note("finish-empty-string", "finish_reason", "an empty string is no reason")
        elif held is None:
            self.finish = reason
        elif reason != held:
            self.note("finish-emitted-twice", "finish_reason", f"{reason!r} after {held!r}")
            if (held, reason) == ("stop", "tool_calls"):
                self.finish = reason
        return True

    def _join_logprobs(self, logprobs: Mapping[str, Any]) -> bool:
        unexpected = self._logprobs.add(logprobs)
        if unexpected:
            self.unexpected("logprobs", next(iter(unexpected.values())))
            self._extra.add("logprobs", unexpected)
        return True
