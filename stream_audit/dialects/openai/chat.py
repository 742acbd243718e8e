"""OpenAI Chat Completions and everything compatible with it.

The loop in ``ChatFold.add`` is made for the usual chunk: one choice, a piece of
content, everything else as in the chunk before. Two comparisons of dicts show
that, and they cover unknown fields too; any other chunk takes the full path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from stream_audit.dialects.openai.chunks import OpenAIChunks, quiet_choice, quiet_top
from stream_audit.dialects.openai.fold import OpenAIFold
from stream_audit.dialects.openai.message import REASONING, TAKES, ChatChoice
from stream_audit.model import Payload, Policies

__all__ = ["OPENAI_CHAT", "OpenAIChat"]

QUIET = frozenset((*TAKES, *REASONING, "reasoning_details")) - {"role"}
"""Fields of a delta of which any value but ``null`` makes it unusual."""
ECHOED = ("content", *REASONING)


class OpenAIChat(OpenAIChunks):
    """The dialect ``openai-chat``. Stateless."""

    name: ClassVar[str] = "openai-chat"
    title: ClassVar[str] = "OpenAI Chat Completions and everything compatible with it"

    def recognises(self, payload: Payload) -> bool:
        """By ``object``; without it by ``choices``."""
        kind, choices = payload.get("object"), payload.get("choices")
        if kind is not None and kind != "":
            return bool(kind == "chat.completion.chunk")
        if not isinstance(choices, list):
            return False
        if choices:
            return isinstance(choices[0], dict) and choices[0].get("delta") is not None
        return any(payload.get(key) is not None for key in ("usage", "prompt_filter_results", "id"))

    def echo(self, payload: Payload) -> str | None:
        """The one text of the chunk's one delta, when all else in it is idempotent."""
        choices = payload.get("choices")
        if choices.__class__ is not list or len(choices) != 1:
            return None
        choice = choices[0]
        if choice.__class__ is not dict or choice.get("index").__class__ is not int:
            return None
        delta = choice.get("delta")
        if delta.__class__ is not dict or not quiet_choice(choice):
            return None
        text = delta["content"] if len(delta) == 1 and "content" in delta else _only_text(delta)
        return text if text.__class__ is str and text and quiet_top(payload) else None

    def fold(self, policies: Policies) -> ChatFold:
        """A new fold."""
        return ChatFold(policies)


class ChatFold(OpenAIFold[ChatChoice]):
    """A fold of one chat stream in progress."""

    def __init__(self, policies: Policies) -> None:
        super().__init__(policies, lambda index: ChatChoice(index, policies, self.note))
        self._choice_before = ChatChoice(0, policies, self.note)
        """The choice of which the next two are remembered."""
        self._shell: dict[str, Any] | None = None
        """The last chunk's only choice without its ``delta``, if folding it again changes nothing."""
        self._rest: dict[str, Any] | None = None
        """That delta without its ``content``, likewise."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order. The payloads are taken apart."""
        append, top, state, restless = self._append, self._top, self._choice_before, self._restless
        stamp, shell, rest, write = self._stamp, self._shell, self._rest, state.write
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
                    delta = choice.pop("delta", None)
                    if choice == shell and choice["index"] is state.index and delta.__class__ is dict:
                        text = delta.pop("content", None)
                        if text.__class__ is not str or delta != rest:
                            self._at = at
                            delta["content"] = text
                            state.add_delta(delta)
                            append, write = state.append, state.write
                            rest = None if state.over else _rest(delta)
                        else:
                            append = write
                            append(text)
                        continue
                    choice["delta"] = delta
                self._at = at
                self.choices(choices, same=same)
            except RecursionError:
                self._at = at
                self.forget()
                self.note("unknown-event", "", "nested too deeply to be folded")
            append, state, shell, rest = self._append, self._choice_before, self._shell, self._rest
            top, write = self._top, state.write
        self._append, self._rest = append, rest
        self.end_batch(len(items))

    def forget(self) -> None:
        """No chunk is usual until another one is remembered."""
        self._shell = None

    def remember(self, choice: dict[str, Any], state: ChatChoice) -> None:
        """Keep what the next usual chunk's choice must look like."""
        delta = choice.pop("delta", None)
        self._shell, self._choice_before = choice, state
        self._rest = _rest(delta) if isinstance(delta, dict) and not state.over else None


def _rest(delta: dict[str, Any]) -> dict[str, Any] | None:
    """The delta without its content, if folding that again changes nothing. Takes the delta apart."""
    delta.pop("content", None)
    for key in delta:
        if key in QUIET and delta[key] is not None:
            return None
    role = delta.get("role")
    return delta if role is None or isinstance(role, str) else None


def _only_text(delta: Mapping[str, Any]) -> str | None:
    """The one text of a delta in which nothing else but a role and unknown fields says anything."""
    said = [key for key in delta if key in QUIET and delta[key] is not None]
    role = delta.get("role")
    if len(said) != 1 or not (role is None or isinstance(role, str)):
        return None
    value = delta[said[0]]
    if said[0] == "tool_calls":
        return _only_arguments(value)
    return value if said[0] in ECHOED and isinstance(value, str) and value else None


def _only_arguments(entries: Any) -> str | None:
    """The arguments of the one entry of ``tool_calls`` that has nothing else but its index."""
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        return None
    entry = entries[0]
    function = entry.get("function")
    if type(entry.get("index")) is not int or entry.get("id") not in (None, ""):
        return None
    if not isinstance(function, dict) or not entry.keys() <= {"index", "id", "type", "function"}:
        return None
    arguments = function.get("arguments")
    if function.keys() != {"arguments"} or not isinstance(entry.get("type", ""), str | None):
        return None
    return arguments if isinstance(arguments, str) and arguments else None


OPENAI_CHAT = OpenAIChat()
"""The one instance."""
