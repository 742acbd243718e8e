"""What every answer has around its choices: identity, usage, and the fields that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from stream_audit.candidates.answers.extra import read_extra
from stream_audit.candidates.answers.messages import Claims
from stream_audit.candidates.answers.usage import read_usage
from stream_audit.model import Choice, Response

__all__ = ["READ", "finish", "position_of", "top", "word"]

IDENTITY = ("id", "model", "created", "system_fingerprint", "service_tier", "error")
READ = frozenset((*IDENTITY, "choices", "usage", "extra", "object", "type"))
"""Keys of an answer that ``top`` reads or passes over."""


def top(
    value: Mapping[str, Any], choices: list[Choice], claims: Claims, known: Iterable[str] = ()
) -> Response:
    """The response around the choices.

    Args:
        value: The answer.
        choices: What was read of it.
        claims: Gets every field of identity and usage that is there.
        known: Further keys of the answer that were read; all others are ``extra``.
    """
    claims.update(name for name in IDENTITY if name in value)
    error = value.get("error")
    return Response(
        id=word(value.get("id")),
        model=word(value.get("model")),
        created=_time(value.get("created")),
        choices=tuple(choices),
        usage=read_usage(value["usage"], claims) if "usage" in value else None,
        system_fingerprint=word(value.get("system_fingerprint")),
        service_tier=word(value.get("service_tier")),
        error=error if isinstance(error, Mapping) or error is None else {"message": str(error)},
        extra=read_extra(value, {*READ, *known}, claims, "extra"),
    )


def finish(value: Mapping[str, Any], claims: Claims) -> str | None:
    """The finish reason under its names, claimed where one is there."""
    for name in ("finish_reason", "stop_reason"):
        if name in value:
            claims.add("finish_reason")
            return word(value[name])
    return None


def position_of(entry: Mapping[str, Any], position: int) -> int:
    """The index that an answer gives itself, else its place in the list."""
    index = entry.get("index")
    return index if isinstance(index, int) and not isinstance(index, bool) else position


def _time(value: Any) -> Any:
    """A number as it is (half a second is not rounded away), an infinite one and anything else not at all."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if isinstance(value, int) or isfinite(value) else None


def word(value: Any) -> str | None:
    """A name as text; what is no text is shown as it is, so that it differs visibly."""
    return value if value is None or isinstance(value, str) else repr(value)
