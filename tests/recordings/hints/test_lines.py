"""What is said, once a file, of lines that hold no chunk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.model import Problem
from stream_audit.recordings.hints import line_looks_like
from tests.recordings.doubles import answer, chat, events, jsonl, sse

CHUNK = json.dumps(chat("Hi")).encode()
CURL_V = "it looks like what curl -v prints; curl -sN alone records the stream"
TWICE = "it holds JSON or events as text, encoded twice"

FILES = {
    "a page": (b"<!DOCTYPE html>\n<html><h1>502 Bad Gateway</h1></html>\n", "it looks like an HTML page"),
    "a page on one line": (b"<html>502</html>\n", "it looks like an HTML page"),
    "XML": (b'<?xml version="1.0"?>\n<Error/>\n', "it looks like XML"),
    "curl -v": (b"* Host api.example.com:443 was resolved.\n> POST /v1 HTTP/2\n" + sse([chat("Hi")]), CURL_V),
    "curl -v, its request": (b"> POST /v1/chat HTTP/2\n> Host: x\n< HTTP/2 200\n", CURL_V),
    "headers further below": (
        b"asking\nHTTP/2 200\ndate: x\n\n",
        "it looks like HTTP headers; curl -sN alone records the stream",
    ),
    "AI SDK 4": (
        b'f:{"messageId":"m"}\n0:"Hello"\nd:{"finishReason":"stop"}\n',
        "it looks like the data stream of AI SDK 4, which is not read",
    ),
    "bytes of Python": (
        b"b'data: " + CHUNK + b"'\nb''\n",
        "it looks like Python's repr of bytes; the bytes themselves are the recording",
    ),
    "a dict of Python": (
        repr(chat("Hi")).encode() + b"\n",
        "it looks like Python's repr of a dict; json.dumps writes it as JSON",
    ),
    "an object of Python": (
        b"ChatCompletionChunk(id='c', choices=[])\n",
        "it looks like Python's repr of an object; its model_dump_json() writes it as JSON",
    ),
    "encoded twice": (json.dumps(CHUNK.decode()).encode() + b"\n", TWICE),
    "events encoded twice": (b'"data: {}\\n"\n', TWICE),
    "data encoded twice": (
        b"data: " + json.dumps(CHUNK.decode()).encode() + b"\n\n",
        TWICE,
    ),
    "a time before each event": (
        b"2026-01-01T00:00:00Z data: " + CHUNK + b"\n",
        'text stands before "data:", and has to be cut off',
    ),
    "colour before each event": (
        b"\x1b[32mdata: " + CHUNK + b"\x1b[0m\n",
        'text stands before "data:", and has to be cut off',
    ),
    "a log": (
        b"[07:00:00] INFO chunk=" + CHUNK + b"\n",
        "text stands before an object, and has to be cut off",
    ),
    "commas": (CHUNK + b",\n" + CHUNK + b"\n", "a comma stands behind an object, and has to be cut off"),
    "base64": (b"AAAAdwAAAFKr" * 20 + b"==\n", "it looks like base64"),
}


def messages(folder: Path, content: bytes) -> list[str]:
    found = [event for event in events(folder, content) if isinstance(event, Problem)]
    return [one.message for one in found if one.rule in ("line-not-json", "line-not-object")]


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES)
def test_a_file_of_another_kind_is_told_by_its_first_line_and_only_once(
    tmp_path: Path, content: bytes, words: str
) -> None:
    said = messages(tmp_path, content * 2)

    assert [message.partition("; ")[2] for message in said if "; " in message] == [words]


def test_a_line_of_which_nothing_is_known_is_said_to_be_no_json_alone(tmp_path: Path) -> None:
    content = jsonl(answer("a", "x")) + b"Internal Server Error\nmetadata: yes\n- a bullet\n* another\n"

    assert set(messages(tmp_path, content)) == {"not JSON: expecting value at column 1"}


@given(st.binary(max_size=300) | st.from_regex(rb"[ -~]{0,40}(data: |\{\"|<html|b')[ -~]{0,9000}"))
def test_a_hint_at_a_line_is_made_of_words_of_our_own(line: bytes) -> None:
    assert re.fullmatch(r"|[\w .,;:\"'()+-]{4,100}", line_looks_like(line))
