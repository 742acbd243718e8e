"""The textbook fold of ``claude-log``: ``docs/folding/session-logs.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload, Response, Usage
from stream_audit.suspects.every_dialect import USAGE_LEVELS, count, is_count, is_name

__all__ = ["TextbookClaudeLog", "larger_counts"]

AGENT = "<synthetic>"


class TextbookClaudeLog:
    """Every answer line is looked at; of each count the greatest is kept."""

    name: ClassVar[str] = "textbook-claude-log"
    dialects: ClassVar[tuple[str, ...]] = ("claude-log",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    def __init__(self) -> None:
        self.id: str | None = None
        self.model: str | None = None
        self.extra: dict[str, Any] = {}
        self.usage: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None

    def add(self, payload: Payload) -> None:
        """Fold one line."""
        if not self.is_answer(payload):
            return
        message = payload["message"]
        self.id = self.id or message["id"]
        if self.model is None and is_name(message.get("model")):
            self.model = message["model"]
        self.remember_ids(payload)
        if payload.get("isApiErrorMessage") is True and self.error is None:
            self.error = {"message": self.said(message)}
        if isinstance(message.get("usage"), dict) and message.get("model") != AGENT:
            self.fold_usage(message["usage"])

    def result(self) -> Response:
        """The response so far."""
        usage = None if self.usage is None else self.neutral(self.usage)
        return Response(id=self.id, model=self.model, usage=usage, error=self.error, extra=dict(self.extra))

    # ---------------------------------------------------------------- the steps

    def is_answer(self, payload: Payload) -> bool:
        """An answer line has a message with an id, and the agent did not write it for itself."""
        message = payload.get("message")
        if not isinstance(message, dict) or not is_name(message.get("id")):
            return False
        role = message.get("role")
        if role is not None and role != "assistant":
            return False
        return message.get("model") != AGENT or payload.get("isApiErrorMessage") is True

    def remember_ids(self, payload: Payload) -> None:
        """The request, the session, and whether it is a side chain."""
        session = payload.get("sessionId")
        if not is_name(session):
            session = payload.get("session_id")
        for key, value in (("requestId", payload.get("requestId")), ("sessionId", session)):
            if key not in self.extra and is_name(value):
                self.extra[key] = value
        if payload.get("isSidechain") is True:
            self.extra["isSidechain"] = True

    def said(self, message: dict[str, Any]) -> str:
        """The texts of the message's content."""
        content = message.get("content")
        pieces = content if isinstance(content, list) else []
        texts = [piece.get("text") for piece in pieces if isinstance(piece, dict)]
        return "".join(text for text in texts if isinstance(text, str))

    def fold_usage(self, report: dict[str, Any]) -> None:
        """Lay one report over those before it."""
        self.usage = larger_counts(self.usage or {}, report)

    def is_placeholder(self, usage: dict[str, Any]) -> bool:
        """An input of nothing: written before the real one was known."""
        cached = (count(usage, "cache_read_input_tokens") or 0) + (
            count(usage, "cache_creation_input_tokens") or 0
        )
        return count(usage, "input_tokens") in (0, 1) and cached == 0

    def neutral(self, usage: dict[str, Any]) -> Usage:
        """The counts in neutral meaning."""
        fresh, output = count(usage, "input_tokens"), count(usage, "output_tokens")
        read, written = (
            count(usage, "cache_read_input_tokens"),
            count(usage, "cache_creation_input_tokens"),
        )
        if self.is_placeholder(usage):
            fresh = read = written = None
            if output in (0, 1):
                output = None
        whole = None if fresh is None else fresh + (read or 0) + (written or 0)
        return Usage(
            input_tokens=whole,
            output_tokens=output,
            cache_read_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=count(usage, "output_tokens_details", "thinking_tokens"),
            raw=usage,
        )


def larger_counts(
    so_far: dict[str, Any], report: dict[str, Any], levels: int = USAGE_LEVELS
) -> dict[str, Any]:
    """One report laid over another: the larger of two counts, and what only one of them says."""
    folded = dict(so_far)
    for key, value in report.items():
        before = folded.get(key)
        if isinstance(value, dict) and levels > 0:
            folded[key] = larger_counts(before if isinstance(before, dict) else {}, value, levels - 1)
        elif is_count(value):
            folded[key] = value if not is_count(before) or value > before else before
        elif value is not None and before is None:
            folded[key] = value
    return folded
