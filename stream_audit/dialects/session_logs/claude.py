"""The session logs of Claude Code: several lines for each response, and each repeats its usage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from stream_audit.dialects.session_logs.logged import LogFold, SessionLog, text
from stream_audit.dialects.sighted import sight
from stream_audit.dialects.usage_fields import DEPTH, copy_usage, count
from stream_audit.model import Fold, Payload, Policies, Response, Usage
from stream_audit.model.trail import Key, Sighting

__all__ = ["CLAUDE_LOG", "ClaudeLog"]

SYNTHETIC = "<synthetic>"
"""What the agent gives as the model of a message that it wrote itself."""
OWN = ("uuid", "sessionId", "session_id", "requestId")
COUNTS: tuple[Key, ...] = (
    ("input_tokens",),
    ("output_tokens",),
    ("cache_read_input_tokens",),
    ("cache_creation_input_tokens",),
    ("output_tokens_details", "thinking_tokens"),
)
PLACEHOLDERS = (0, 1)
"""Counts that are written before the real ones are known."""


def answer(payload: Payload) -> dict[str, Any] | None:
    """The message of an answer line; ``None`` for any other line."""
    message = payload.get("message")
    if not isinstance(message, dict) or text(message.get("id")) is None:
        return None
    if message.get("role") not in (None, "assistant"):
        return None
    return message if message.get("model") != SYNTHETIC or is_error(payload) else None


def is_error(payload: Payload) -> bool:
    """Whether a line stands for a request that failed."""
    return payload.get("isApiErrorMessage") is True


class ClaudeLog(SessionLog):
    """The dialect ``claude-log``. Stateless."""

    __slots__ = ()

    name: ClassVar[str] = "claude-log"
    title: ClassVar[str] = (
        "The session logs of Claude Code: several lines for each response, and each repeats its usage"
    )

    def recognises(self, payload: Payload) -> bool:
        """By a message beside the ids of a session, or by these ids alone."""
        message = payload.get("message")
        if isinstance(message, dict) and (text(message.get("id")) or isinstance(message.get("usage"), dict)):
            return any(text(payload.get(key)) for key in OWN)
        kind = text(payload.get("type"))
        if kind == "summary":
            return text(payload.get("leafUuid")) is not None
        return kind is not None and all(text(payload.get(key)) for key in ("uuid", "sessionId"))

    def identity(self, payload: Payload) -> str | None:
        """The ids of the message and of the request, of an answer line."""
        message = answer(payload)
        if message is None:
            return None
        request = text(payload.get("requestId"))
        return f"{message['id']} {request}" if request else str(message["id"])

    def fold(self, policies: Policies) -> Fold:
        """A new fold; no policy changes it."""
        return ClaudeLogFold()

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each line its report of usage."""
        for index, payload in enumerate(payloads):
            message = answer(payload)
            if message is None or message.get("model") == SYNTHETIC:
                yield []
            else:
                place: Key = ("message", "usage")
                yield list(sight(message.get("usage"), index, place, COUNTS, event="assistant"))

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object."""
        fresh, output = count(raw.get("input_tokens")), count(raw.get("output_tokens"))
        read = count(raw.get("cache_read_input_tokens"))
        written = count(raw.get("cache_creation_input_tokens"))
        details = raw.get("output_tokens_details")
        if is_placeholder(raw):
            fresh = read = written = None
            output = None if output in PLACEHOLDERS else output
        return Usage(
            input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
            output_tokens=output,
            cache_read_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=count(details.get("thinking_tokens")) if isinstance(details, dict) else None,
            raw=copy_usage(raw),
        )


def is_placeholder(raw: Mapping[str, Any]) -> bool:
    """Whether the input is that of a request without a prompt, which there is none of."""
    cached = [count(raw.get(f"cache_{kind}_input_tokens")) or 0 for kind in ("read", "creation")]
    return count(raw.get("input_tokens")) in PLACEHOLDERS and not any(cached)


class ClaudeLogFold(LogFold):
    """A fold of the lines of one response in progress."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        """``id`` and ``model``."""
        self._extra: dict[str, Any] = {}
        self._usage: dict[str, Any] | None = None
        self._reports = 0
        self._ended: bool | None = None
        """Whether a line says why the response ended; ``None`` while none has a place for it."""
        self._outputs: list[Any] = []
        """What the reports say of ``output_tokens``, each value once."""
        self._error: dict[str, Any] | None = None

    def line(self, item: Payload) -> None:
        """Fold one line; all but answer lines say nothing."""
        message = answer(item)
        if message is None:
            return
        self.answered = True
        self._names.setdefault("id", message["id"])
        self._name(message.get("model"))
        self._identify(item)
        if is_error(item):
            self._fail(message)
        usage = message.get("usage")
        if isinstance(usage, dict) and message.get("model") != SYNTHETIC:
            self._report(usage)
            if "stop_reason" in message:
                self._ended = bool(self._ended) or text(message["stop_reason"]) is not None

    def response(self) -> Response:
        """The response so far."""
        return Response(
            id=self._names.get("id"),
            model=self._names.get("model"),
            usage=None if self._usage is None else CLAUDE_LOG.usage(self._usage),
            error=self._error,
            extra=dict(self._extra),
        )

    def close(self) -> None:
        """Note what the lines say together."""
        if self._reports > 1:
            self.note("log-lines-duplicated", "usage", f"usage stands on {self._reports} lines")
        if len(self._outputs) > 1:
            told = ", then ".join(map(str, self._outputs[:4]))
            self.note("log-dedup-first-wins", "usage.output_tokens", f"output_tokens {told}")
        if self._usage is not None and is_placeholder(self._usage):
            told = f"input_tokens {self._usage['input_tokens']}, and no cache"
            self.note("log-placeholder-usage", "usage.input_tokens", told)
        if self._ended is False:
            told = "written before the response ended: no line says why it did"
            self.note("log-placeholder-usage", "usage.output_tokens", told)

    def _name(self, model: Any) -> None:
        name = text(model)
        if name is None:
            return
        held = self._names.setdefault("model", name)
        if name != held:
            self.note("model-changes", "model", f"{name!r} after {held!r}")

    def _identify(self, item: Payload) -> None:
        request, session = text(item.get("requestId")), text(item.get("sessionId"))
        for key, value in (("requestId", request), ("sessionId", session or text(item.get("session_id")))):
            if value is not None:
                self._extra.setdefault(key, value)
        if item.get("isSidechain") is True:
            self._extra["isSidechain"] = True

    def _fail(self, message: dict[str, Any]) -> None:
        content = message.get("content")
        parts = content if isinstance(content, list) else []
        said = [part.get("text") for part in parts if isinstance(part, dict)]
        error = {"message": "".join(one for one in said if isinstance(one, str))}
        self.note("error-event-ignored", "error", error["message"][:200])
        if self._error is None:
            self._error = error

    def _report(self, usage: dict[str, Any]) -> None:
        self._reports += 1
        if self._usage is None:
            self._usage = {}
        greatest(self._usage, usage)
        output = count(usage.get("output_tokens"))
        if output is not None and output not in self._outputs:
            self._outputs.append(output)


def greatest(held: dict[str, Any], new: Mapping[str, Any], depth: int = DEPTH) -> None:
    """Fold one report over those before it, in place: of each count the greatest.

    Args:
        held: The usage so far; shares no object with any report.
        new: The next report; not changed.
        depth: Levels of objects to fold.
    """
    for key, value in new.items():
        before = held.get(key)
        if isinstance(value, dict) and depth:
            if not isinstance(before, dict):
                held[key] = before = {}
            greatest(before, value, depth - 1)
        elif count(value) is not None:
            if count(before) is None or value > before:
                held[key] = value
        elif value is not None and before is None:
            held[key] = value


CLAUDE_LOG = ClaudeLog()
"""The one instance."""
