"""Lines of session logs, short ones, for tests to make files of."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects import dialect
from stream_audit.model import Folded, Payload, Policies

SESSION = "session_meta"


def answer(
    message: Any = "msg_1", request: Any = "req_1", *, usage: Any = None, line: Any = None, **more: Any
) -> Payload:
    """An answer line of Claude Code; ``line`` are keys beside the message, ``more`` keys in it."""
    said = {"id": message, "role": "assistant", "model": "sonnet", "usage": usage, **more}
    return {
        "type": "assistant",
        "uuid": "u",
        "sessionId": "s",
        "requestId": request,
        "message": said,
        **(line or {}),
    }


def used(input: Any = 5, output: Any = 7, read: Any = 100, written: Any = 0, **more: Any) -> dict[str, Any]:
    """A usage object of Claude Code."""
    cached = {"cache_read_input_tokens": read, "cache_creation_input_tokens": written}
    return {"input_tokens": input, "output_tokens": output, **cached, **more}


def prompt(text: str = "Hi") -> Payload:
    """A line of Claude Code that is none of an answer."""
    return {"type": "user", "uuid": "u", "sessionId": "s", "message": {"role": "user", "content": text}}


def tally(input: int, output: int = 0, cached: int = 0, reasoning: int = 0) -> dict[str, int]:
    """A usage object, or a counter, of Codex."""
    return {
        "input_tokens": input,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": input + output,
    }


def event(last: Any, total: Any, moment: str = "07:00") -> Payload:
    """A ``token_count`` event of Codex."""
    info = {"last_token_usage": last, "total_token_usage": total}
    return {"timestamp": moment, "type": "event_msg", "payload": {"type": "token_count", "info": info}}


def record(last: Any, total: Any, response: Any = "resp_1", turn: Any = None) -> Payload:
    """A ``token_usage_record`` of Codex."""
    counts = {"usage": last, "thread_token_usage": total, "turn_token_usage": turn}
    return {"type": "token_usage_record", "payload": {"response_id": response, **counts}}


def meta(session: Any = "P", **more: Any) -> Payload:
    """The line that opens a session of Codex."""
    return {"type": SESSION, "payload": {"id": session, **more}}


def turn(model: Any = "codex") -> Payload:
    """The line that opens a turn of Codex."""
    return {"type": "turn_context", "payload": {"model": model}}


def fold(name: str, *items: Payload | str) -> Folded:
    """What the lines of one response mean."""
    folding = dialect(name).fold(Policies())
    folding.add(items)
    return folding.finish(done=False)


def rules(name: str, *items: Payload) -> list[str]:
    """What is noted about them."""
    return [note.rule for note in fold(name, *items).notes]
