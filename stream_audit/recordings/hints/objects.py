"""What JSON objects that no dialect recognises look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from stream_audit.model import Payload

__all__ = ["looks_like"]

_FEW = 8
"""Objects looked at, keys of one shown, at most."""
_MANY = 64
"""Keys of one object looked at, at most."""
_SAID = 100
_NAME = 30
"""Characters of what an error says, and of a key, shown at most."""

_SAYING = ("message", "detail", "errorText")
"""Where an error says what happened."""
_PLAIN_ERROR = frozenset({*_SAYING, "code", "status", "statusCode", "__type", "request_id"})
"""Who has no other keys, and says something, reports an error and nothing else."""
_REALTIME = re.compile(r"(session|conversation|response|input_audio_buffer|rate_limits)\.")
_HOLDS_ONE = frozenset({"chunk", "data", "payload", "event", "raw", "line", "log"})
_HOLDS_ALL = re.compile(r"\w*(chunks|events|deltas)", re.ASCII | re.IGNORECASE)
_EVENT_TEXT = re.compile(r"\s*(data|event) ?:")
_BASE64 = "eyJ"
"""How an object begins in base64."""
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def looks_like(payloads: Sequence[Payload]) -> str:
    """What the first objects of a stream of no known dialect seem to be; at least what the first has."""
    for payload in payloads[:_FEW]:
        for kind in _KINDS:
            clause = kind(payload)
            if clause is not None:
                return clause
    return _keys(payloads[0])


def _error(payload: Payload) -> str | None:
    error = payload.get("error")
    inner = error if isinstance(error, dict) else payload
    said = next((inner[key] for key in _SAYING if isinstance(inner.get(key), str)), None)
    if isinstance(error, str):
        said = error
    plain = said is not None and payload.keys() <= _PLAIN_ERROR
    if not error and not plain and "error" not in (payload.get("type"), payload.get("object")):
        return None
    return "an error answer" if not said else f"an error answer, {_quoted(said, _SAID)}"


def _answer(payload: Payload) -> str | None:
    choices, output, message = (payload.get(key) for key in ("choices", "output", "message"))
    first = choices[0] if isinstance(choices, list) and choices else None
    if not (
        (isinstance(first, dict) and isinstance(first.get("message"), dict))
        or (isinstance(output, dict) and isinstance(output.get("message"), dict))
        or (isinstance(message, dict) and "content" in message and "finish_reason" in payload)
        or (payload.get("type") == "message" and isinstance(payload.get("content"), list))
        or payload.get("object") == "response"
    ):
        return None
    return "an answer without streaming; as NAME.response.json beside the stream NAME.jsonl it is compared"


def _batch(payload: Payload) -> str | None:
    response = payload.get("response")
    if "custom_id" not in payload or not (isinstance(response, dict) and "body" in response):
        return None
    return "the output of a batch, which is answers without streaming"


def _realtime(payload: Payload) -> str | None:
    kind = payload.get("type")
    if "event_id" not in payload or not (isinstance(kind, str) and _REALTIME.match(kind)):
        return None
    return "events of a Realtime session, which are not read"


def _envelope(payload: Payload) -> str | None:
    chunk = payload.get("chunk")
    if not isinstance(chunk, dict) or "bytes" in chunk or "stream" in payload:
        return None
    return "with a 'stream' beside 'chunk', which names it, they would be envelopes of the recording format"


def _inside(payload: Payload) -> str | None:
    """Chunks in the midst of something else."""
    for path, value in _values(payload):
        key = path[-1]
        listed = isinstance(value, list) and len(value) > 0 and _HOLDS_ALL.fullmatch(key) is not None
        held = _held(value[0] if listed else value, key, known=listed or key in _HOLDS_ONE)
        if held is None:
            continue
        how, way = held
        where = ".".join(path)
        clause = f"chunks seem to lie{how} under {_quoted(where)}"
        if len(where) > _NAME or not all(map(_PLAIN_KEY.fullmatch, path)):
            return clause
        return f"{clause}; jq {way.format(f'.{where}[]' if listed else f'.{where}')} takes them out"
    return None


def _held(value: Any, key: str, *, known: bool) -> tuple[str, str] | None:
    """How a value seems to hold chunks, and what jq needs; ``known``: its key is one that holds some."""
    if isinstance(value, str) and _EVENT_TEXT.match(value):
        return " as an event stream", "-r '{}'"
    if isinstance(value, str) and known and value.startswith("{"):
        return " as text", "-r '{}'"
    if isinstance(value, str) and key == "bytes" and value.startswith(_BASE64):
        return " in base64", "-r '{} | @base64d'"
    if isinstance(value, dict) and known and "bytes" not in value:
        return "", "-c '{}'"
    return None


def _values(payload: Payload) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The members of an object and of those right below it, with their paths."""
    for key, value in islice(payload.items(), _MANY):
        yield (key,), value
    for key, value in islice(payload.items(), _MANY):
        if isinstance(value, dict):
            for below, inner in islice(value.items(), _MANY):
                yield (key, below), inner


def _keys(payload: Payload) -> str:
    if not payload:
        return "the first is empty"
    keys = ", ".join(map(_quoted, islice(payload, _FEW)))
    more = f" and {len(payload) - _FEW} more" if len(payload) > _FEW else ""
    return f"the first has the key{'s' if len(payload) > 1 else ''} {keys}{more}"


def _quoted(text: str, size: int = _NAME) -> str:
    words = " ".join(text[: 4 * size].split())
    return repr(words if len(words) <= size else f"{words[:size]}…")


_KINDS: tuple[Callable[[Payload], str | None], ...] = (
    _error,
    _answer,
    _batch,
    _realtime,
    _envelope,
    _inside,
)
"""In the order in which they are asked."""
