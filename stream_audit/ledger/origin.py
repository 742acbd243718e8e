"""By what a recording of a session log is known, so that the copies of one response can be told.

Claude Code copies what was said so far into the file of a session that goes on with
another, Codex into that of a fork or a sub-agent. The rules stand in ``docs/ledger.md``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from stream_audit.model import Recording, Response

__all__ = ["Origin", "Origins"]


class Origin(NamedTuple):
    """How a response can be recognised in another file. All empty: it is nobody's copy."""

    names: tuple[str, ...] = ()
    """Recordings that share one are one response."""
    answers: tuple[str, ...] = ()
    """By what it is found by those that may be a copy of it."""
    seeks: tuple[str, ...] = ()
    """By what it finds the response that it is a copy of, if it is one."""


class Origins:
    """The origins of recordings, which come file by file."""

    def __init__(self) -> None:
        self._sessions: dict[str, list[str]] = {}
        """File to the sessions it is of: its own first, then those it goes on with."""

    def of(self, recording: Recording, response: Response) -> Origin | None:
        """The origin of what a recording holds; ``None`` when it is of no session log."""
        match recording.dialect:
            case "claude-log":
                return _message(response)
            case "codex-log":
                return self._count(recording.path, response)
            case _:
                return None

    def absent(self) -> int:
        """Sessions that several files go on with, and whose own file was not among them."""
        own = {sessions[0] for sessions in self._sessions.values()}
        others = Counter(name for sessions in self._sessions.values() for name in sessions[1:])
        return sum(files > 1 for name, files in others.items() if name not in own)

    def _count(self, path: str, response: Response) -> Origin:
        """A response of Codex: by its id, and by where it left the counter of a session."""
        said = response.extra.get("sessions")
        known = self._sessions.setdefault(path, []) if said else self._sessions.get(path, [])
        known += [name for name in said or () if name not in known]
        names = [f"codex response {response.id}"] if response.id else []
        counter, usage = response.extra.get("counter"), response.usage
        if not known or not isinstance(counter, dict) or usage is None:
            return Origin(tuple(names), tuple(names))
        used = (usage.input_tokens, usage.cache_read_tokens, usage.output_tokens, usage.reasoning_tokens)
        state = f"{_told(counter)} after {used}"
        own, *others = (f"codex session {name} at {state}" for name in known)
        return Origin((*names, own), (*names, own), tuple(others))


def _message(response: Response) -> Origin:
    """A response of Claude Code: by message and request; a sub-agent's copy by the message alone."""
    if response.id is None:
        return Origin()
    message, request = f"claude message {response.id}", response.extra.get("requestId")
    names = (f"{message} of {request}",) if request else ()
    loose = not request or response.extra.get("isSidechain") is True
    return Origin(names, (message,), (message,) if loose else ())


def _told(counter: dict[str, Any]) -> str:
    keys = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
    return " ".join(str(counter.get(key)) for key in keys)
