"""Legacy text completions of OpenAI and everything compatible with them.

The text stands in the choice itself; there are no roles, tool calls or
reasoning. All else is as in ``openai-chat``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from stream_audit.dialects.openai.choice import ChoiceFold
from stream_audit.dialects.openai.chunks import OpenAIChunks, quiet_choice, quiet_top
from stream_audit.dialects.openai.fold import OpenAIFold
from stream_audit.model import Payload, Policies

__all__ = ["OPENAI_COMPLETIONS", "OpenAICompletions"]


class OpenAICompletions(OpenAIChunks):
    """The dialect ``openai-completions``. Stateless."""

    name: ClassVar[str] = "openai-completions"
    title: ClassVar[str] = "Legacy text completions of OpenAI and everything compatible with them"
    chat: ClassVar[bool] = False

    def recognises(self, payload: Payload) -> bool:
        """By ``object``; without it by a first choice with ``text`` and no ``delta``."""
        kind, choices = payload.get("object"), payload.get("choices")
        if kind is not None and kind != "":
            return kind in ("text_completion", "text_completion.chunk")
        first = choices[0] if isinstance(choices, list) and choices else None
        return isinstance(first, dict) and first.get("text") is not None and first.get("delta") is None

    def echo(self, payload: Payload) -> str | None:
        """The text of the chunk's one choice, when all else in it is idempotent."""
        choices = payload.get("choices")
        if choices.__class__ is not list or len(choices) != 1 or not quiet_top(payload):
            return None
        choice = choices[0]
        if not isinstance(choice, dict) or type(choice.get("index")) is not int or not quiet_choice(choice):
            return None
        text = choice.get("text")
        return text if isinstance(text, str) and text else None

    def fold(self, policies: Policies) -> CompletionsFold:
        """A new fold."""
        return CompletionsFold(policies)


class TextChoice(ChoiceFold):
    """One choice of a completions stream, in progress."""

    lists: ClassVar[tuple[str, ...]] = (
        *("content", "refusal", "tokens"),
        *("token_logprobs", "top_logprobs", "text_offset"),
    )
    dropped: ClassVar[frozenset[str]] = frozenset(("delta",))

    def read(self, key: str, value: Any) -> bool | None:
        """Fold the ``text``."""
        if key != "text":
            return None
        if not isinstance(value, str):
            return False
        self.append(value)
        return True


class CompletionsFold(OpenAIFold[TextChoice]):
    """A fold of one completions stream in progress."""

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies, lambda index: TextChoice(index, self.note))
        self._rest: dict[str, Any] | None = None
        """The last chunk's only choice without its ``text``, if folding it again changes
        nothing. ``_append`` appends to its content."""
        self._index = 0
        """The index of that choice."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order. The payloads are taken apart."""
        append, top, stamp = self._append, self._top, self._stamp
        rest, index, restless = self._rest, self._index, self._restless
        for at, item in enumerate(items, self._next):
            if isinstance(item, str):
                append(item)
                continue
            try:
                choices = item.pop("choices", None)
                if restless and choices is not None:
                    self.take_restless(item)
                same = item == top and item.get("created").__class__ is stamp
                if not same:
                    self._at = at
                    top, stamp = self.top(item, choices), self._stamp
                if choices.__class__ is list and len(choices) == 1 and choices[0].__class__ is dict:
                    choice = choices[0]
                    text = choice.pop("text", None)
                    if choice == rest and choice["index"] is index and text.__class__ is str:
                        append(text)
                        continue
                    choice["text"] = text
                self._at = at
                self.choices(choices, same=same)
            except RecursionError:
                self._at = at
                self.forget()
                self.note("unknown-event", "", "nested too deeply to be folded")
            append, top, rest, index = self._append, self._top, self._rest, self._index
        self.end_batch(len(items))

    def forget(self) -> None:
        """No chunk is usual until another one is remembered."""
        self._rest = None

    def remember(self, choice: dict[str, Any], state: TextChoice) -> None:
        """Keep what the next usual chunk's choice must look like."""
        choice.pop("text", None)
        self._rest, self._index = choice, state.index


OPENAI_COMPLETIONS = OpenAICompletions()
"""The one instance."""
