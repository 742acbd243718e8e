"""Which requests ask for the same, apart from whether the answer is to be streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stream_audit.recordings.containers.interaction import Interaction
from stream_audit.recordings.containers.requests import request_key

GEMINI = "https://example.com/v1beta/models/gemini-2.5-pro"
BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude%3A0"
BODY = {"model": "m", "messages": [{"role": "user", "content": "é"}]}


def key(url: str = "https://example.com/v1/x", body: Any = BODY, method: str = "POST") -> bytes | None:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return request_key(Interaction(number=1, line=1, last_line=1, method=method, url=url, request=text))


@pytest.mark.parametrize(
    ("streamed", "whole"),
    [
        (f"{GEMINI}:streamGenerateContent?alt=sse", f"{GEMINI}:generateContent"),
        (f"{GEMINI}:streamGenerateContent?key=k&alt=sse", f"{GEMINI}:generateContent?key=k"),
        (f"{GEMINI}:streamGenerateContent?alt=sse&key=k", f"{GEMINI}:generateContent?key=k"),
        (f"{GEMINI}:streamGenerateContent", f"{GEMINI}:generateContent"),
        (f"{GEMINI}:streamRawPredict", f"{GEMINI}:rawPredict"),
        (f"{BEDROCK}/converse-stream", f"{BEDROCK}/converse"),
        (f"{BEDROCK}/invoke-with-response-stream", f"{BEDROCK}/invoke"),
    ],
)
def test_the_flag_may_stand_in_the_address(streamed: str, whole: str) -> None:
    assert key(streamed) == key(whole) is not None


@pytest.mark.parametrize(
    "flags",
    [{"stream": True}, {"stream": False}, {"stream": True, "stream_options": {"include_usage": True}}],
)
def test_the_flag_may_stand_in_the_body(flags: dict[str, Any]) -> None:
    assert key(body={**flags, **BODY}) == key() is not None


def test_the_order_of_keys_and_the_spelling_of_text_say_nothing() -> None:
    other = '{ "messages":[{"content":"\\u00e9","role":"user"}],\n"model":"m" }'
    assert key(body=other.encode()) == key()


OTHERS: list[dict[str, Any]] = [
    {"url": "https://example.com/v1/y"},
    {"url": "https://example.com/v1/x?page=2"},
    {"method": "GET"},
    {"body": {**BODY, "model": "n"}},
    {"body": {**BODY, "streams": True}},
    {"body": {**BODY, "messages": []}},
    {"url": f"{BEDROCK}/converse-streams"},
]


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_anything_else_makes_it_another_request(other: dict[str, Any]) -> None:
    assert key(**other) not in (key(), None)


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"{", b"a=b", b"\xff", b'{"a": "\\ud83d"}', b'{"a": %d}' % 10**30]
)
def test_a_request_that_is_no_json_object_has_no_twin(body: bytes) -> None:
    assert key(body=body) is None
