"""What a line of ``codex-log`` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import Said, object_of

__all__ = ["CODEX_LOG", "CodexLog"]

NAME = "codex-log"


class CodexLog:
    """Reads the lines of one response.

    A log is told by its usage alone: of what an answer says nothing is read. That events repeat a counter,
    the fold notes.
    """

    __slots__ = ()

    name = NAME
    aspects: frozenset[str] = frozenset()
    noted = frozenset(("usage-absent",))

    tags: tuple[Tag, ...] = (
        Tag(
            "counter-beside-usage",
            "a counter of the session beside the usage of a response",
            ("log-cumulative-counter",),
            NAME,
        ),
        Tag(
            "counter-of-the-turn",
            "a counter of the turn",
            ("log-cumulative-counter", "turns-usage-aggregation"),
            NAME,
        ),
        Tag(
            "session-goes-on",
            "a session that begins with what another one had",
            ("log-replayed-history",),
            NAME,
        ),
        Tag("session-of-a-sub-agent", "a session that another one started", ("subagent-usage",), NAME),
    )

    def read(self, payload: Payload) -> Said:
        """What the line says."""
        inner = object_of(payload.get("payload"))
        kind = payload.get("type")
        if kind == "session_meta":
            return Said(shapes=list(_origin(inner)))
        if kind == "token_usage_record":
            usage, counter = inner.get("usage"), inner.get("thread_token_usage")
        elif kind == "event_msg" and inner.get("type") == "token_count":
            info = object_of(inner.get("info"))
            usage, counter = info.get("last_token_usage"), info.get("total_token_usage")
        else:
            return Said()
        shapes = ["counter-beside-usage"] if object_of(usage) and object_of(counter) else []
        shapes += ["counter-of-the-turn"] if object_of(inner.get("turn_token_usage")) else []
        return Said(shapes=shapes)


def _origin(meta: Mapping[str, Any]) -> Iterator[str]:
    source = object_of(meta.get("source"))
    spawn = object_of(object_of(source.get("subagent")).get("thread_spawn"))
    if meta.get("forked_from_id"):
        yield "session-goes-on"
    if meta.get("parent_thread_id") or spawn.get("parent_thread_id"):
        yield "session-of-a-sub-agent"


CODEX_LOG = CodexLog()
