"""Interactions, and the files that hold them as recorders write them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import yaml

from tests.recordings.doubles import answer, sse

ROWS = answer("a", "Hé ", "😀 \u2028", "x: {}")
STREAM = sse(ROWS) + b"data: [DONE]\n\n"
ANSWER = {"id": "b", "object": "chat.completion", "choices": [{"message": {"content": "Hé 😀 \u2028x: {}"}}]}
ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
CHAT = "https://api.example.com/v1/chat/completions"
EVENTS = "text/event-stream; charset=utf-8"


def interaction(
    body: bytes | str | None = STREAM,
    *,
    kind: str | None = EVENTS,
    asked: Any = {**ASKED, "stream": True},  # noqa: B006
    url: str = CHAT,
    status: int = 200,
    **headers: str,
) -> dict[str, Any]:
    """One interaction as vcrpy keeps it; header names have ``_`` for ``-``."""
    named = {name.replace("_", "-"): [value] for name, value in headers.items()}
    if kind is not None:
        named["Content-Type"] = [kind]
    text = body
    if isinstance(body, bytes):
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = body
    return {
        "request": {"method": "POST", "uri": url, "body": json.dumps(asked), "headers": {"Accept": ["*/*"]}},
        "response": {"status": {"code": status, "message": "OK"}, "headers": named, "body": {"string": text}},
    }


def unstreamed(asked: Any = ASKED, **more: Any) -> dict[str, Any]:
    """The same request without streaming."""
    return interaction(json.dumps(ANSWER).encode(), **{"kind": "application/json", "asked": asked, **more})


def in_yaml(*interactions: Any, **options: Any) -> bytes:
    """A cassette as vcrpy writes it."""
    dumper = getattr(yaml, "CDumper", yaml.Dumper)
    data = {"version": 1, "interactions": list(interactions)}
    return bytes(yaml.dump(data, Dumper=dumper, **options).encode())


def in_json(*interactions: Any) -> bytes:
    """A cassette as vcrpy's other serialiser writes it; what is no text as Ruby's VCR does."""
    kept = [_as_text(one) for one in interactions]
    return json.dumps({"version": 1, "interactions": kept}, indent=4).encode() + b"\n"


def _as_text(one: Any) -> Any:
    try:
        data = one["response"]["body"]["string"]
    except (KeyError, TypeError):
        return one
    if not isinstance(data, bytes):
        return one
    return {**one, "response": {**one["response"], "body": {"base64_string": b64encode(data).decode()}}}


def in_har(*interactions: Any, indent: int | None = 2, timings: Any = None) -> bytes:
    """The same interactions as a browser saves them."""
    entries = [_entry(one, timings) for one in interactions]
    log = {"version": "1.2", "creator": {"name": "test", "version": "1"}, "pages": [], "entries": entries}
    return json.dumps({"log": log}, indent=indent).encode()


def _entry(one: dict[str, Any], timings: Any) -> dict[str, Any]:
    request, response = one["request"], one["response"]
    body = response["body"]["string"]
    kind = response["headers"].get("Content-Type", [""])[0]
    content: dict[str, Any] = {"size": len(body or ""), "mimeType": kind}
    if isinstance(body, bytes):
        content |= {"text": b64encode(body).decode(), "encoding": "base64"}
    elif body is not None:
        content["text"] = body
    entry = {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 1,
        "request": {
            "method": request["method"],
            "url": request["uri"],
            "postData": {"mimeType": "application/json", "text": request["body"]},
        },
        "response": {
            "status": response["status"]["code"],
            "headers": _pairs(response["headers"]),
            "content": content,
        },
    }
    return entry if timings is None else {**entry, "timings": timings}


def _pairs(headers: dict[str, Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, values in headers.items() for value in values]


WRITERS = {"yaml": in_yaml, "json": in_json, "har": in_har}
