"""The plain folds of ``openai-chat`` and ``openai-completions``, written from ``docs/folding.md`` alone.

Slow and obvious, to be checked by eye beside the document. Each rule is one
small method, so that a suspect is a class that gets one of them wrong. The
fold never raises, whatever a chunk contains, and never changes a chunk.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, ClassVar

from stream_audit.model import Choice, Payload, Response
from stream_audit.suspects.every_dialect import Kept, is_integer, is_name
from stream_audit.suspects.openai.textbook_message import MessageSteps
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar
from stream_audit.suspects.openai.textbook_usage import UsageSteps

__all__ = ["TextbookChat", "TextbookCompletions"]

SCALARS = ("id", "model", "system_fingerprint", "service_tier")
TOP_KEYS = frozenset({"object", "created", "choices", "usage", "error", "x_groq", *SCALARS})
CHOICE_KEYS = frozenset({"index", "delta", "finish_reason", "logprobs", "message", "text", "usage"})


class TextbookChat(UsageSteps, MessageSteps):
    """The textbook fold of Chat Completions streams."""

    name: ClassVar[str] = "textbook-chat"
    dialects: ClassVar[tuple[str, ...]] = ("openai-chat",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    choice_keys: ClassVar[frozenset[str]] = CHOICE_KEYS
    logprob_lists: ClassVar[tuple[str, ...]] = ("content", "refusal")

    def __init__(self) -> None:
        self.scalars: dict[str, Any] = {}
        self.by_index: dict[int, ChoiceSoFar] = {}
        self.error: dict[str, Any] | None = None
        self.extra = Kept()

    def add(self, payload: Payload) -> None:
        """Fold one more chunk."""
        self.identity(payload)
        self.choices(payload)
        usage = self.usage_of(payload)
        if usage is not None:
            self.fold_usage(usage)
        self.errors(payload)
        self.unknown(payload)

    # ------------------------------------------------------------- top level

    def identity(self, payload: Payload) -> None:
        """The fields that name the response."""
        for key in SCALARS:
            value = payload.get(key)
            if is_name(value):
                self.scalar(key, value)
            elif value != "":
                self.extra.keep(key, value)
        created = payload.get("created")
        if is_integer(created):
            if created != 0:
                self.scalar("created", created)
        else:
            self.extra.keep("created", created)

    def scalar(self, key: str, value: Any) -> None:
        """The first present value stays."""
        self.scalars.setdefault(key, value)

    def choices(self, payload: Payload) -> None:
        """Every choice of the chunk; an empty list is fine."""
        entries = payload.get("choices")
        if not isinstance(entries, list):
            self.extra.keep("choices", entries)
            return
        for entry in entries:
            if isinstance(entry, dict):
                self.choice(entry)
            else:
                self.extra.keep("choices", entry)

    def errors(self, payload: Payload) -> None:
        """The first error stays."""
        error = payload.get("error")
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self.extra.keep("error", error)
        elif self.error is None:
            self.error = error

    def unknown(self, payload: Payload) -> None:
        """Whatever else the chunk says is kept."""
        self.extra.keep_unknown(payload, TOP_KEYS)
        for key, allowed in (("object", str), ("usage", dict), ("x_groq", dict)):
            if not isinstance(payload.get(key), allowed):
                self.extra.keep(key, payload.get(key))
        groq = payload.get("x_groq")
        if isinstance(groq, dict):
            others = dict(groq)
            if isinstance(others.get("usage"), dict | NoneType):
                others.pop("usage", None)
            if others:
                self.extra.keep("x_groq", others)

    # ------------------------------------------------------------- one choice

    def choice(self, entry: dict[str, Any]) -> None:
        """One entry of ``choices``."""
        so_far = self.choice_for(entry)
        if not is_integer(entry.get("index")):
            so_far.extra.keep("index", entry.get("index"))
        self.said(so_far, entry)
        self.finish(so_far, entry)
        self.logprobs(so_far, entry)
        if not isinstance(entry.get("usage"), dict):
            so_far.extra.keep("usage", entry.get("usage"))
        so_far.extra.keep_unknown(entry, self.choice_keys)

    def choice_for(self, entry: dict[str, Any]) -> ChoiceSoFar:
        """Which choice the entry belongs to: its index, 0 when it has none."""
        index = entry.get("index")
        key: int = index if is_integer(index) else 0
        return self.by_index.setdefault(key, ChoiceSoFar(key))

    def said(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        """The delta, if there is one."""
        delta = entry.get("delta")
        if isinstance(delta, dict):
            self.delta(choice, delta)
        else:
            choice.extra.keep("delta", delta)

    def finish(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        """The first reason stays, except that ``tool_calls`` corrects ``stop``."""
        reason = entry.get("finish_reason")
        if not is_name(reason):
            if reason != "":
                choice.extra.keep("finish_reason", reason)
        elif choice.finish_reason is None or (choice.finish_reason, reason) == ("stop", "tool_calls"):
            choice.finish_reason = reason

    def logprobs(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        """Token lists grow; of anything else the last present value stays."""
        logprobs = entry.get("logprobs")
        if not isinstance(logprobs, dict):
            choice.extra.keep("logprobs", logprobs)
            return
        wrong = {}
        for key, value in logprobs.items():
            if value is None:
                continue
            if key not in self.logprob_lists:
                choice.logprobs[key] = value
            elif isinstance(value, list):
                self.logprob_list(choice, key, value)
            else:
                wrong[key] = value
        choice.extra.keep("logprobs", wrong or None)

    def logprob_list(self, choice: ChoiceSoFar, key: str, tokens: list[Any]) -> None:
        """Further tokens of one list."""
        before = choice.logprobs.get(key)
        choice.logprobs[key] = [*before, *tokens] if isinstance(before, list) else tokens

    # ------------------------------------------------------------- the end

    def result(self) -> Response:
        """The response after the chunks so far."""
        return Response(
            choices=tuple(self.choice_result(self.by_index[index]) for index in sorted(self.by_index)),
            usage=self.usage_result(),
            error=self.error,
            extra=self.extra.result(),
            **self.scalars,
        )

    def choice_result(self, choice: ChoiceSoFar) -> Choice:
        """One finished choice."""
        return Choice(
            index=choice.index,
            message=self.message(choice),
            finish_reason=self.reason_of(choice),
            logprobs=choice.logprobs or None,
            extra=choice.extra.result(),
        )

    def reason_of(self, choice: ChoiceSoFar) -> str | None:
        """The reason; none where the stream gave none."""
        return choice.finish_reason


class TextbookCompletions(TextbookChat):
    """The textbook fold of legacy text completions: chat without roles, tools and reasoning."""

    name: ClassVar[str] = "textbook-completions"
    dialects: ClassVar[tuple[str, ...]] = ("openai-completions",)
    choice_keys: ClassVar[frozenset[str]] = CHOICE_KEYS - {"message"}
    logprob_lists: ClassVar[tuple[str, ...]] = (
        *("content", "refusal"),
        *("tokens", "token_logprobs", "top_logprobs", "text_offset"),
    )

    def said(self, choice: ChoiceSoFar, entry: dict[str, Any]) -> None:
        """The text stands in the choice itself; a delta beside it is dropped."""
        text = entry.get("text")
        if isinstance(text, str):
            self.text(choice, text)
        else:
            choice.extra.keep("text", text)
