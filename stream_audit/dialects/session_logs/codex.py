"""The session logs of Codex: after each response its usage, and beside it the counter of the session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from stream_audit.dialects.session_logs.logged import LogFold, SessionLog, text
from stream_audit.dialects.sighted import sight
from stream_audit.dialects.usage_fields import copy_usage, count, fold_usage
from stream_audit.model import Fold, Payload, Policies, Response, Usage
from stream_audit.model.trail import Key, Sighting

__all__ = ["CODEX_LOG", "CodexLog"]

LINES = frozenset(
    ("session_meta", "turn_context", "event_msg", "response_item", "compacted", "token_usage_record")
)
COUNTER_KEYS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
COUNTS: tuple[Key, ...] = tuple((key,) for key in (*COUNTER_KEYS, "cache_write_input_tokens", "total_tokens"))
RECORD, EVENT = "token_usage_record", "token_count"
PLACES: dict[str, tuple[Key, Key]] = {
    RECORD: (("payload", "usage"), ("payload", "thread_token_usage")),
    EVENT: (("payload", "info", "last_token_usage"), ("payload", "info", "total_token_usage")),
}
"""Kind of a report to where its usage stands and where the counter does."""
TURN: Key = ("payload", "turn_token_usage")
SPAWN: Key = ("source", "subagent", "thread_spawn", "parent_thread_id")
RUNNING = "a running total, not what the response used"
NOTHING_YET = "its counter says that nothing was asked yet"


class Report(NamedTuple):
    """A line that tells what a response used."""

    kind: str
    usage: dict[str, Any]
    counter: dict[str, Any] | None


def inside(value: Any, key: Key) -> Any:
    """What stands at a place; ``None`` where there is nothing."""
    for step in key:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def kind_of(payload: Payload) -> str | None:
    """What kind of report a line may be."""
    kind = payload.get("type")
    if kind == "event_msg":
        kind = inside(payload, ("payload", "type"))
    return kind if isinstance(kind, str) and kind in PLACES else None


def counted(counter: Mapping[str, Any]) -> list[int]:
    """The counts that tell one state of a counter from others."""
    return [count(counter.get(key)) or 0 for key in COUNTER_KEYS]


def report(payload: Payload) -> Report | None:
    """The report that a line is; ``None`` when it is none."""
    kind = kind_of(payload)
    if kind is None:
        return None
    usage, counter = (inside(payload, place) for place in PLACES[kind])
    counter = counter if isinstance(counter, dict) else None
    if not isinstance(usage, dict) or (counter is not None and not any(counted(counter))):
        return None
    return Report(kind, usage, counter)


class CodexLog(SessionLog):
    """The dialect ``codex-log``. Stateless."""

    __slots__ = ()

    name: ClassVar[str] = "codex-log"
    title: ClassVar[str] = (
        "The session logs of Codex: after each response its usage, and beside it the counter of the session"
    )

    def recognises(self, payload: Payload) -> bool:
        """By the kind of the line and its payload."""
        kind = payload.get("type")
        return isinstance(kind, str) and kind in LINES and isinstance(payload.get("payload"), dict)

    def identity(self, payload: Payload) -> str | None:
        """The state of the counter behind the response; without one the moment of the report."""
        found = report(payload)
        if found is None:
            return None
        if found.counter is not None:
            return "/".join(map(str, counted(found.counter)))
        moment = text(payload.get("timestamp"))
        return None if moment is None else f"at {moment}"

    def fold(self, policies: Policies) -> Fold:
        """A new fold; no policy changes it."""
        return CodexLogFold()

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each line its report of usage, and the counters, which say nothing about the response."""
        for index, payload in enumerate(payloads):
            kind = kind_of(payload)
            yield [] if kind is None else list(_sighted(payload, index, kind))

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a usage object."""
        return Usage(
            input_tokens=count(raw.get("input_tokens")),
            output_tokens=count(raw.get("output_tokens")),
            total_tokens=count(raw.get("total_tokens")),
            cache_read_tokens=count(raw.get("cached_input_tokens")),
            cache_write_tokens=count(raw.get("cache_write_input_tokens")),
            reasoning_tokens=count(raw.get("reasoning_output_tokens")),
            raw=copy_usage(raw),
        )


def _sighted(payload: Payload, index: int, kind: str) -> Iterator[Sighting]:
    usage, counter = PLACES[kind]
    unread = "" if report(payload) is not None else NOTHING_YET
    yield from sight(inside(payload, usage), index, usage, COUNTS, event=kind, unread=unread)
    for place in (counter, TURN):
        yield from sight(inside(payload, place), index, place, COUNTS, event=kind, unread=RUNNING)


class CodexLogFold(LogFold):
    """A fold of the lines of one response in progress."""

    def __init__(self) -> None:
        super().__init__()
        self._id: str | None = None
        self._model: str | None = None
        self._first: Report | None = None
        self._events = 0
        """Reports that are ``token_count`` events."""
        self._sessions: dict[str, None] = {}

    def line(self, item: Payload) -> None:
        """Fold one line."""
        kind = item.get("type")
        if kind == "session_meta":
            self._meet(item)
        elif kind == "turn_context" and self._first is None:
            self._model = text(inside(item, ("payload", "model"))) or self._model
        found = report(item)
        if found is None:
            return
        self.answered = True
        self._events += found.kind == EVENT
        if found.kind == RECORD and self._id is None:
            self._id = text(inside(item, ("payload", "response_id")))
        if self._first is None:
            usage: dict[str, Any] = {}
            fold_usage(usage, found.usage, "honour")
            self._first = found._replace(usage=usage)

    def response(self) -> Response:
        """The response so far."""
        extra: dict[str, Any] = {}
        if self._first is not None and self._first.counter is not None:
            extra["counter"] = copy_usage(self._first.counter)
        if self._sessions:
            extra["sessions"] = list(self._sessions)
        return Response(
            id=self._id,
            model=self._model,
            usage=None if self._first is None else CODEX_LOG.usage(self._first.usage),
            extra=extra,
        )

    def close(self) -> None:
        """Note what the lines say together."""
        if self._events > 1:
            self.note("log-cumulative-counter", "usage", f"the same counter stands in {self._events} events")

    def _meet(self, item: Payload) -> None:
        meta = item.get("payload")
        for key in (("id",), ("forked_from_id",), ("parent_thread_id",), SPAWN):
            name = text(inside(meta, key))
            if name is not None:
                self._sessions[name] = None


CODEX_LOG = CodexLog()
"""The one instance."""
