"""What a line of ``claude-log`` says."""

from __future__ import annotations

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import Said, object_of

__all__ = ["CLAUDE_LOG", "ClaudeLog"]

NAME = "claude-log"
SYNTHETIC = "<synthetic>"


class ClaudeLog:
    """Reads the lines of one response.

    A log is told by its usage alone: of what an answer says nothing is read. That lines repeat a response,
    and with what counts, its fold notes; that files repeat it, only several recordings together can tell.
    """

    __slots__ = ()

    name = NAME
    aspects: frozenset[str] = frozenset()
    noted = frozenset(("usage-absent", "model-changes", "error-event-ignored"))

    tags: tuple[Tag, ...] = (
        Tag(
            "answer-without-request",
            "an answer that names no request, only its message",
            ("log-lines-duplicated",),
            NAME,
        ),
        Tag("line-of-a-sub-agent", "a line of a sub-agent's", ("subagent-usage",), NAME),
        Tag(
            "answer-of-the-agent",
            "a message that the agent wrote itself, with counts of its own",
            ("log-placeholder-usage",),
            NAME,
        ),
    )

    def read(self, payload: Payload) -> Said:
        """What the line says."""
        message = object_of(payload.get("message"))
        is_own = message.get("model") == SYNTHETIC
        is_answer = bool(message.get("id")) and message.get("role") in (None, "assistant") and not is_own
        seen = {
            "answer-without-request": is_answer and not payload.get("requestId"),
            "line-of-a-sub-agent": is_answer and payload.get("isSidechain") is True,
            "answer-of-the-agent": is_own and isinstance(message.get("usage"), dict),
        }
        return Said(shapes=[name for name, has in seen.items() if has])


CLAUDE_LOG = ClaudeLog()
