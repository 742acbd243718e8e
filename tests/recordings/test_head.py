"""The head of an HTTP answer stands above what ``curl -i`` recorded, and is no part of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.model import Batch, Framed
from stream_audit.recordings import Source, raw_lines, read
from stream_audit.recordings.head import without_head
from tests.recordings.doubles import DOUBLES, answer, ends, events, jsonl, payloads, problems, sse
from tests.recordings.framings.aws import stream

ROWS = answer("a", "one", "two")
HEAD = b"HTTP/2 200 \r\ndate: Mon, 01 Jan 2026 00:00:00 GMT\r\ncontent-type: text/event-stream\r\n\r\n"
HEADS = {
    "one": HEAD,
    "none but its first line": b"HTTP/1.1 200 OK\n\n",
    "behind a proxy and a redirection": (
        b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 307 Moved\r\nlocation: /v1\r\n\r\n" + HEAD
    ),
}
BODIES = {
    "events": sse(ROWS),
    "lines": jsonl(ROWS),
    "an array": json.dumps(ROWS, indent=1).encode(),
    "a cut": sse(ROWS)[:-30],
}


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_below_a_head_is_read_as_it_is_alone_with_the_lines_of_the_file(
    tmp_path: Path, head: bytes, body: bytes
) -> None:
    alone, below = events(tmp_path, body), events(tmp_path, head + body, name="answer.http")
    above = head.count(b"\n")

    assert list(payloads(below).values()) == list(payloads(alone).values())
    assert problems(below) == [(rule, line + above) for rule, line in problems(alone)]
    assert [(one.first_line, one.last_line) for one in ends(below)] == [
        (one.first_line + above, one.last_line + above) for one in ends(alone)
    ]


@pytest.mark.parametrize("block", [1, 7, 100, 1 << 18])
def test_a_head_is_told_however_the_blocks_are_cut_and_compressed(tmp_path: Path, block: int) -> None:
    found = events(
        tmp_path, gzip.compress(HEADS["behind a proxy and a redirection"] + sse(ROWS)), block=block
    )

    assert (list(payloads(found).values()), problems(found)) == ([ROWS], [])


def test_a_binary_body_below_a_head_keeps_the_numbers_of_its_messages(tmp_path: Path) -> None:
    found = events(tmp_path, HEAD + stream(ROWS))

    assert [line for event in found if isinstance(event, Batch) for line in event.lines] == [1, 2, 3, 4]


def test_the_bytes_that_a_library_is_answered_with_hold_no_head(tmp_path: Path) -> None:
    path = tmp_path / "answer.http"
    path.write_bytes(HEAD + sse(ROWS))

    found = read(Source(str(path)), DOUBLES, frames=True)

    frames = [raw for event in found if isinstance(event, Batch) for raw in event.raws]
    assert b"".join(raw.frame for raw in frames if isinstance(raw, Framed)).lstrip() == sse(ROWS)


def test_whoever_writes_the_lines_anew_gets_none_of_the_head(tmp_path: Path) -> None:
    path = tmp_path / "answer.http"
    path.write_bytes(HEAD + jsonl(ROWS))

    texts = [text for text, _ in raw_lines(Source(str(path)))]

    assert texts == [b"", b"", b"", b"", *jsonl(ROWS).splitlines()]


def test_a_head_alone_holds_nothing(tmp_path: Path) -> None:
    assert problems(events(tmp_path, b"HTTP/2 204 \r\n\r\n")) == [("source-empty", 0)]


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/2 200 \r\ndate: x\r\n",
        b"HTTP/2 is new\n\n",
        b"HTTP/2 200 \r\nno header\r\n\r\n",
        b"HT",
        b"HTTP/",
    ],
)
def test_what_only_begins_like_a_head_is_left_as_it_is(start: bytes) -> None:
    assert b"".join(without_head(pieces(start + b"x", 3))) == start + b"x"


@given(st.binary(max_size=200), st.integers(1, 50))
def test_anything_else_is_left_as_it_is(content: bytes, size: int) -> None:
    assert b"".join(without_head(pieces(content, size))) == content
