"""HTTP archives (HAR 1.2), as browsers and proxies save them, one entry at a time.

An answer stands there unpacked, as text or in base64, and the archive knows when it began and ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from stream_audit.recordings.containers.base64_text import unpacked
from stream_audit.recordings.containers.interaction import Damage, Interaction
from stream_audit.recordings.containers.json_list import listed

__all__ = ["LOSES", "interactions", "recognises"]

LOSES = "an archive keeps when a body began and ended: not when each event came, nor how reads cut it"

_START = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{')
_KEYS = ((b"log", b"entries"),)
_BEFORE = ("blocked", "dns", "connect", "send", "wait")
"""What passes before the body, in milliseconds; -1 is nothing. ``ssl`` is part of ``connect``."""

_ALWAYS = ("send", "wait", "receive")
"""Without these an archive does not say when the body came."""


def recognises(start: bytes) -> bool:
    """Whether a file that begins like this is an archive."""
    return _START.match(start) is not None


def interactions(blocks: Iterable[bytes]) -> Iterator[Interaction | Damage]:
    """Every entry, in order, one that cannot be read as ``lost``; and damage between them."""
    return listed(blocks, _KEYS, _described)


def _described(value: Any, number: int, line: int, last_line: int) -> Interaction:
    interaction = Interaction(number=number, line=line, last_line=last_line)
    request, response = (_mapping(_mapping(value).get(name)) for name in ("request", "response"))
    if not request or not response:
        what = "response" if request else "request"
        interaction.damage.append(Damage("interaction-broken", f"it has no {what} that is an object"))
        interaction.lost = True
        return interaction
    interaction.method = _text(request.get("method")).upper()
    interaction.url = _text(request.get("url"))
    interaction.request = _bytes(_text(_mapping(request.get("postData")).get("text")))
    status = response.get("status")
    interaction.status = status if type(status) is int else None
    content = _mapping(response.get("content"))
    interaction.headers = _headers(response.get("headers"), content)
    interaction.body = _body(content, interaction.damage)
    interaction.times = _times(_mapping(value))
    return interaction


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _headers(value: Any, content: Mapping[str, Any]) -> dict[str, str]:
    """Headers by their name in small letters; none says how the body is packed, for it no longer is."""
    headers: dict[str, str] = {}
    for one in value if isinstance(value, list) else ():
        name, text = _text(_mapping(one).get("name")).lower(), _text(_mapping(one).get("value"))
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    if not headers.get("content-type"):
        headers["content-type"] = _text(content.get("mimeType"))
    for packed in ("content-encoding", "transfer-encoding"):
        headers.pop(packed, None)
    return headers


def _body(content: Mapping[str, Any], damage: list[Damage]) -> bytes | None:
    text, encoding = content.get("text"), content.get("encoding")
    if text is None:
        return None
    if not isinstance(text, str):
        damage.append(Damage("interaction-broken", "the text of its answer is no text"))
        return None
    if not encoding:
        return _bytes(text)
    if encoding != "base64":
        damage.append(
            Damage("body-not-decoded", f"its text is encoded as {str(encoding)[:40]!r}, not base64")
        )
        return None
    data, complaint = unpacked(text)
    if complaint is not None:
        damage.append(Damage("body-not-decoded", complaint))
    return data


def _times(entry: Mapping[str, Any]) -> tuple[float, ...]:
    """When the body began and ended, in seconds since 1970; empty if the archive does not say."""
    timings = _mapping(entry.get("timings"))
    parts = [timings.get(name, None if name in _ALWAYS else -1) for name in (*_BEFORE, "receive")]
    if any(type(part) not in (int, float) for part in parts):
        return ()
    try:
        started = datetime.fromisoformat(_text(entry.get("startedDateTime")))
        moment = (started if started.tzinfo else started.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return ()
    *before, receive = (max(0.0, float(part)) / 1000 for part in parts)
    first = moment + sum(before)
    last = first + receive
    return (first, last) if last < float("inf") else ()
