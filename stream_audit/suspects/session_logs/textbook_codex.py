"""The textbook fold of ``codex-log``: ``docs/folding/session-logs.md``, sentence by sentence.

Plain and slow on purpose, to be checked by eye. Every step is a small method,
so that a suspect can get exactly one of them wrong.
"""

from __future__ import annotations

from typing import Any, ClassVar

from stream_audit.model import Payload, Response, Usage
from stream_audit.suspects.every_dialect import count, fold_usage, is_name

__all__ = ["TextbookCodexLog"]

KEYS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")


class TextbookCodexLog:
    """The first report is the usage of the response; the counter of the session is none."""

    name: ClassVar[str] = "textbook-codex-log"
    dialects: ClassVar[tuple[str, ...]] = ("codex-log",)
    failure: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ()
    kin: ClassVar[tuple[str, ...]] = ()
    widespread: ClassVar[bool] = False

    def __init__(self) -> None:
        self.id: str | None = None
        self.model: str | None = None
        self.usage: dict[str, Any] | None = None
        self.counter: dict[str, Any] | None = None
        self.sessions: list[str] = []

    def add(self, payload: Payload) -> None:
        """Fold one line."""
        body = payload.get("payload")
        if not isinstance(body, dict):
            return
        kind = payload.get("type")
        if kind == "session_meta":
            self.remember_sessions(body)
        elif kind == "turn_context" and self.usage is None and is_name(body.get("model")):
            self.model = body["model"]
        elif kind == "token_usage_record":
            if self.take(body.get("usage"), body.get("thread_token_usage"), body):
                self.id = self.id or (body["response_id"] if is_name(body.get("response_id")) else None)
        elif kind == "event_msg" and body.get("type") == "token_count":
            info = body.get("info")
            if isinstance(info, dict):
                self.take(info.get("last_token_usage"), info.get("total_token_usage"), body)

    def result(self) -> Response:
        """The response so far."""
        extra: dict[str, Any] = {}
        if self.counter is not None:
            extra["counter"] = self.counter
        if self.sessions:
            extra["sessions"] = list(self.sessions)
        usage = None if self.usage is None else self.neutral(self.usage)
        return Response(id=self.id, model=self.model, usage=usage, extra=extra)

    # ---------------------------------------------------------------- the steps

    def take(self, usage: Any, counter: Any, body: dict[str, Any]) -> bool:
        """Take what may be a report; whether it is one."""
        if not isinstance(usage, dict):
            return False
        if isinstance(counter, dict) and not any(count(counter, key) for key in KEYS):
            return False
        self.fold_report(usage, counter if isinstance(counter, dict) else None, body)
        return True

    def fold_report(
        self, usage: dict[str, Any], counter: dict[str, Any] | None, body: dict[str, Any]
    ) -> None:
        """Only the first report counts."""
        if self.usage is None:
            self.usage = fold_usage({}, usage, zeros_count=True)
            self.counter = counter

    def remember_sessions(self, meta: dict[str, Any]) -> None:
        """The session's own id, and the ids of those that it goes on with."""
        source: Any = meta.get("source")
        for step in ("subagent", "thread_spawn", "parent_thread_id"):
            source = source.get(step) if isinstance(source, dict) else None
        for name in (meta.get("id"), meta.get("forked_from_id"), meta.get("parent_thread_id"), source):
            if is_name(name) and name not in self.sessions:
                self.sessions.append(name)

    def neutral(self, usage: dict[str, Any]) -> Usage:
        """The counts in neutral meaning."""
        return Usage(
            input_tokens=count(usage, "input_tokens"),
            output_tokens=count(usage, "output_tokens"),
            total_tokens=count(usage, "total_tokens"),
            cache_read_tokens=count(usage, "cached_input_tokens"),
            cache_write_tokens=count(usage, "cache_write_input_tokens"),
            reasoning_tokens=count(usage, "reasoning_output_tokens"),
            raw=usage,
        )
