"""The top level of an OpenAI stream: what chat and legacy completions have in common.

A dialect's own fold adds the tight loop over chunks, which knows what a
chunk usually looks like; every other chunk comes here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from stream_audit.dialects.openai.choice import ChoiceFold
from stream_audit.dialects.openai.chunks import quiet_choice
from stream_audit.dialects.openai.usage import UsageFold
from stream_audit.dialects.unknown import PADDING, Unknown
from stream_audit.model import Folded, Note, Payload, Policies, Response

__all__ = ["OpenAIFold"]

SCALARS = ("id", "model", "created", "system_fingerprint", "service_tier")
KNOWN = frozenset((*SCALARS, "object", "choices", "usage", "error", "x_groq", *PADDING))
LOUD = ("usage", "error", "x_groq")
"""Top-level fields that must be looked at each time, however often they repeat."""
CHANGES = {"id": "id-changes", "model": "model-changes", "created": "created-changes"}
COMPACTION = 4096
"""Chunks between two compactions."""

ChoiceT = TypeVar("ChoiceT", bound=ChoiceFold)


class OpenAIFold(Generic[ChoiceT]):
    """A fold of one recording in progress.

    Args:
        policies: What to do where the field disagrees.
        open_choice: Makes the fold of a choice, given its index.
    """

    def __init__(self, policies: Policies, open_choice: Callable[[int], ChoiceT]) -> None:
        self.notes: list[Note] = []
        self._policies = policies
        self._open_choice = open_choice
        self._scalars: dict[str, Any] = {}
        self._last_scalars: dict[str, Any] = {}
        self._error: dict[str, Any] | None = None
        self._usage = UsageFold(policies, self.note)
        self._extra = Unknown()
        self._append = [""].append
        """Where an echo's text goes: to where the last text went."""
        self._top: Payload | None = None
        """The last chunk without ``choices`` and padding, if folding it again changes nothing."""
        self._stamp: type = int
        """The type of its ``created``: to a comparison ``1``, ``1.0`` and ``true`` are one."""
        self._restless: dict[str, Callable[[Any], object]] = {}
        """Top-level fields that no rule knows and that keep changing, padding among them, and what
        takes each: ``_top`` leaves them out."""
        self._before: Payload = {}
        """The last chunk without ``choices`` that went the long way."""
        self._choices: dict[int, ChoiceT] = {}
        self._at = -1
        """Index of the chunk that notes are about."""
        self._next = 0
        """Index of the next chunk."""
        self._compacted = 0
        self._noted = 0
        """Number of notes taken, whether or not somebody cleared ``notes``."""

    # ---------------------------------------------------------------- the protocol

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order."""
        raise NotImplementedError

    def response(self) -> Response:
        """The response so far; the fold goes on afterwards."""
        scalars = self._scalars
        return Response(
            id=scalars.get("id"),
            model=scalars.get("model"),
            created=scalars.get("created"),
            choices=tuple(self._choices[index].choice() for index in sorted(self._choices)),
            usage=self._usage.usage(),
            system_fingerprint=scalars.get("system_fingerprint"),
            service_tier=scalars.get("service_tier"),
            error=self._error,
            extra=self._extra.fields(),
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done``: a ``[DONE]`` or an envelope's end was read."""
        self._at = -1
        for index in sorted(self._choices):
            self._choices[index].close()
        self._usage.close()
        complete = self._complete(done)
        if not complete:
            self.note(
                "truncation-undetected", "", "an error" if self._error is not None else "no end was sent"
            )
        return Folded(self.response(), complete, tuple(self.notes))

    # ---------------------------------------------------------------- for the dialects

    def note(self, rule: str, field: str, detail: str) -> None:
        """Note something about the chunk being folded."""
        self._noted += 1
        self.notes.append(Note(rule, self._at, field, detail))

    def unexpected(self, key: str, value: Any) -> None:
        """Note and keep a top-level value of a type that no rule allows."""
        self.note("unknown-event", key, f"a value of type {type(value).__name__}")
        self._extra.add(key, value)

    def top(self, payload: Payload, choices: Any) -> Payload | None:
        """Fold everything of a chunk but its choices.

        Args:
            payload: The chunk without its choices. Kept.
            choices: These; if the usage stands in one of them, it is folded.

        Returns:
            What the next chunk is compared with: the payload if folding it again would change nothing.
        """
        self._top = None
        if self._is_quiet(payload, choices):
            for key in self._restless:
                payload.pop(key, None)
            self._top = payload
            self._stamp = payload.get("created").__class__
        return self._top

    def choices(self, choices: Any, *, same: bool) -> None:
        """Fold the choices of a chunk, of any shape.

        Args:
            choices: Taken apart.
            same: The top level is that of the chunk before, so their usage was not folded yet.
        """
        self.forget()
        if same:
            self._usage_in(choices)
        if isinstance(choices, list):
            for choice in choices:
                if isinstance(choice, dict):
                    noted = self._noted
                    state = self._choice(choice)
                    self._append = state.append
                    if len(choices) == 1 and noted == self._noted and quiet_choice(choice):
                        self.remember(choice, state)
                else:
                    self.unexpected("choices", choice)
        elif choices is not None:
            self.unexpected("choices", choices)

    def forget(self) -> None:
        """No chunk is usual until another one is remembered."""
        raise NotImplementedError

    def remember(self, choice: dict[str, Any], state: ChoiceT) -> None:
        """Keep what the next usual chunk's choice must look like; this one only added text, at most."""
        raise NotImplementedError

    def _is_quiet(self, payload: Payload, choices: Any) -> bool:
        """Fold everything but ``choices``; true if folding it again would change nothing."""
        noted = self._noted
        if choices is None and not any(payload.get(key) is not None for key in KNOWN):
            self.note("unknown-event", "", f"nothing known in a chunk with the keys {sorted(payload)[:8]}")
        loud = False
        before, self._before = self._before, payload
        for key, value in payload.items():
            if value is None:
                continue
            if key in LOUD:
                loud = True
                self._take_loud(key, value)
            elif value.__class__ is not str or value != before.get(key):  # an equal text says nothing new
                self._take(key, value)
        if not (loud and self._take_usage(payload)):
            self._usage_in(choices)
        return noted == self._noted and not loud

    def _take(self, key: str, value: Any) -> None:
        if key in SCALARS:
            self._scalar(key, value)
        elif key not in KNOWN:
            if self._extra.add(key, value):
                self._restless[key] = self._extra.adder(key)
        elif key in PADDING:
            self._restless[key] = _drop
        elif key == "object" and not isinstance(value, str):
            self.unexpected(key, value)

    def _take_loud(self, key: str, value: Any) -> None:
        if key == "error":
            self._take_error(value)
        elif key == "x_groq":
            self._take_groq(value)
        elif not isinstance(value, dict):
            self.unexpected(key, value)

    def _usage_in(self, choices: Any) -> None:
        """Fold the usage that one of the choices carries, if any does."""
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and "usage" in choice and isinstance(choice["usage"], dict):
                self.note("usage-in-choice", "usage", "a choice carries the usage")
                self._usage.add(choice["usage"])
                return

    def _choice(self, choice: Mapping[str, Any]) -> ChoiceT:
        """Fold one entry of ``choices``."""
        index = choice.get("index")
        if type(index) is not int:
            index = 0
            self.note("choices-index-drifts", "choices", "a choice without an index")
        state = self._choices.get(index)
        if state is None:
            state = self._choices[index] = self._open_choice(index)
        state.add(choice)
        return state

    def end_batch(self, chunks: int) -> None:
        """Count the chunks of one ``add`` and keep memory bounded."""
        self._next += chunks
        if self._next - self._compacted >= COMPACTION:
            self._compacted = self._next
            for state in self._choices.values():
                state.compact()

    def take_restless(self, payload: Payload) -> None:
        """Take the fields that keep changing out of a chunk that has choices."""
        for key, take in self._restless.items():
            if key in payload:
                take(payload.pop(key))

    # ---------------------------------------------------------------- the top level's fields

    def _scalar(self, key: str, value: Any) -> None:
        if not (type(value) is int if key == "created" else isinstance(value, str)):
            self.unexpected(key, value)
            return
        if not value:
            return
        held = self._scalars.setdefault(key, value)
        if value not in (held, self._last_scalars.get(key)) and key in CHANGES:
            self.note(CHANGES[key], key, f"{value!r} after {self._last_scalars[key]!r}")
        self._last_scalars[key] = value
        if self._policies.identity == "last":
            self._scalars[key] = value

    def _take_error(self, error: Any) -> None:
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.unexpected("error", error)
            return
        if self._error is None:
            self._error = error
        self.note("error-event-ignored", "error", str(error.get("message", ""))[:200])

    def _take_groq(self, groq: Any) -> None:
        if not isinstance(groq, dict):
            self.unexpected("x_groq", groq)
            return
        usage = groq.get("usage")
        if usage is not None and not isinstance(usage, dict):
            self.unexpected("x_groq", groq)
            return
        others = {key: value for key, value in groq.items() if key != "usage"}
        if others:
            self._extra.add("x_groq", others)

    def _take_usage(self, payload: Payload) -> bool:
        """Fold the usage report of this chunk; ``False`` when the top level has none."""
        usage, groq = payload.get("usage"), payload.get("x_groq")
        if not isinstance(usage, dict):
            usage = groq.get("usage") if isinstance(groq, dict) else None
        if not isinstance(usage, dict):
            return False
        self._usage.add(usage)
        return True

    def _complete(self, done: bool) -> bool:
        if self._error is not None:
            return False
        if done or self._policies.done_marker == "required":
            return done
        if not self._choices:
            return self._usage.sent
        return all(state.finish is not None for state in self._choices.values())


def _drop(padding: Any) -> None:
    """Padding says nothing."""
