"""What an interaction of a VCR cassette says, in any of the shapes that its writers gave it.

vcrpy, pytest-recording and Ruby's VCR write the same mappings with small
differences, and older versions of vcrpy others: a body is a text, or a mapping
with ``string`` or ``base64_string``, or ``content``; some keep JSON bodies
parsed, as ``parsed_body``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from stream_audit.recordings.containers.base64_text import unpacked
from stream_audit.recordings.containers.interaction import Damage, Interaction

__all__ = ["LOSES", "described"]

LOSES = "a cassette keeps whole bodies: not when each event came, nor how reads cut them"


def described(value: Any, number: int, line: int, last_line: int) -> Interaction:
    """The interaction that a value of a cassette is.

    Args:
        value: What stands there, as plain data.
        number: Which one of its file, from 1.
        line: The file line on which it begins.
        last_line: The one on which it ends.
    """
    interaction = Interaction(number=number, line=line, last_line=last_line)
    request = value.get("request") if isinstance(value, Mapping) else None
    response = value.get("response") if isinstance(value, Mapping) else None
    if not isinstance(request, Mapping) or not isinstance(response, Mapping):
        what = "request" if not isinstance(request, Mapping) else "response"
        interaction.damage.append(Damage("interaction-broken", f"it has no {what} that is a mapping"))
        interaction.lost = True
        return interaction
    interaction.method = _text(request.get("method")).upper()
    interaction.url = _text(request.get("uri", request.get("url")))
    interaction.request = _body(request, [])[0] or b""
    interaction.status = _status(response)
    interaction.headers = _headers(response.get("headers"))
    interaction.body, interaction.body_line = _body(response, interaction.damage)
    return interaction


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _status(response: Mapping[str, Any]) -> int | None:
    status = response.get("status", response.get("status_code"))
    if isinstance(status, Mapping):
        status = status.get("code")
    if isinstance(status, str) and status.isdecimal() and len(status) == 3:
        return int(status)
    return status if type(status) is int else None


def _headers(value: Any) -> dict[str, str]:
    """Headers by their name in small letters. What is no text says nothing."""
    headers: dict[str, str] = {}
    for name, given in value.items() if isinstance(value, Mapping) else ():
        texts = [
            one for one in (given if isinstance(given, list) else [given]) if isinstance(one, str | bytes)
        ]
        decoded = [one.decode("latin-1") if isinstance(one, bytes) else one for one in texts]
        headers[str(name).lower()] = ", ".join(decoded)
    return headers


def _body(message: Mapping[str, Any], damage: list[Damage]) -> tuple[bytes | None, int]:
    """The body of a request or an answer, and the file line of its first line, if its lines are such."""
    body = message.get("body", message.get("content"))
    if isinstance(body, Mapping):
        if isinstance(body.get("base64_string"), str):
            data, complaint = unpacked(body["base64_string"])
            if complaint is not None:
                damage.append(Damage("body-not-decoded", complaint))
            return data, 0
        body = body.get("string")
    if isinstance(body, str):
        return _encoded(body), getattr(body, "line", 0)
    if isinstance(body, bytes):
        return body, 0
    if "parsed_body" in message:
        return orjson.dumps(message["parsed_body"], default=_unknown), 0
    if body is not None:
        damage.append(Damage("interaction-broken", "its body is neither text nor bytes"))
    return None, 0


def _encoded(text: str) -> bytes:
    """A text as the bytes it was; those that were no UTF-8 are so again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _unknown(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
