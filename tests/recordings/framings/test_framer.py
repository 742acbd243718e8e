from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Batch, Payload
from stream_audit.recordings import Source, read
from tests.recordings.doubles import (
    CHAT,
    Event,
    answer,
    chat,
    described,
    ends,
    events,
    jsonl,
    payloads,
    problems,
    sse,
)

ROWS = answer("a", "one", "two")
FIRST = json.dumps(ROWS[0]).encode()


def read_all(folder: Path, content: bytes) -> list[Any]:
    """Payloads of a file in one forced dialect; end markers and empty data give none."""
    path = folder / "r"
    path.write_bytes(content)
    found = list(read(Source(str(path)), (), dialect=CHAT))
    assert problems(found) in ([], [("source-empty", 0)])
    batches = [event for event in found if isinstance(event, Batch)]
    return [json.loads(raw) for batch in batches for raw in batch.raws]


@pytest.mark.parametrize(
    "event",
    [
        b"data:%b\n\n" % FIRST,
        b"\xef\xbb\xbfdata: %b\n\n" % FIRST,
        b": comment\nevent: message\nid: 7\nretry: 10\ndata: %b\n\n" % FIRST,
        b"data: %b\nevent: late\n\n" % FIRST,
        b"data: %b\n\n" % FIRST.replace(b", ", b",\ndata: "),
        b"data: %b" % FIRST,
        b"data: %b\n\n\n\n: bye\n" % FIRST,
        b"data\n\ndata:\n\ndata: \n\ndata: %b  \n\n" % FIRST,
        b"event: error\ndata: %b\n\n" % FIRST,
        b"\n\ndata: %b\r\r" % FIRST,
    ],
)
def test_every_way_to_write_an_event_is_read(tmp_path: Path, event: bytes) -> None:
    found = events(tmp_path, event)
    assert problems(found) == []
    assert list(payloads(found).values()) == [ROWS[:1]]


def test_the_line_of_an_event_is_that_of_its_data(tmp_path: Path) -> None:
    found = events(tmp_path, b": hello\n\nevent: x\n" + sse(ROWS))
    assert [number for event in found if isinstance(event, Batch) for number in event.lines] == [4, 6, 8, 10]


def test_events_with_names_are_read_by_echoes_too(tmp_path: Path) -> None:
    rows: list[Payload] = [{"type": "message_start", "message": {"id": "m"}}]
    rows += [
        {"type": "content_block_delta", "index": 0, "delta": {"text": f"t{number}"}} for number in range(40)
    ]
    content = b"".join(b"event: %b\n" % str(row["type"]).encode() + sse([row]) for row in rows)
    found = events(tmp_path, content)
    assert list(payloads(found).values()) == [rows]
    assert sum(isinstance(item, str) for e in found if isinstance(e, Batch) for item in e.items) == 39
    other_name = content.replace(b"event: content_block_delta\n", b"event: other\n", 7)
    assert list(payloads(events(tmp_path, other_name)).values()) == [rows]


def test_data_lines_without_blank_lines_between_are_events_of_their_own(tmp_path: Path) -> None:
    content = sse(ROWS).replace(b"\n\n", b"\n") + b"data: [DONE]\n"
    found = events(tmp_path, content)
    assert problems(found) == []
    assert list(payloads(found).values()) == [ROWS]
    assert [recording.done for recording in ends(found)] == [True]


DATA = [b"data: " + json.dumps(chat(piece)).encode() for piece in ("x", "y")]
ODD = [
    json.dumps(chat("z")).encode(),
    b"retry: 1",
    b"event: e",
    b": c",
    b"data: [DONE]",
    b"data: no",
    b"data: {",
]
LINES = st.sampled_from([*DATA, b""]) | st.sampled_from([*DATA, b"", *ODD])
ROUNDS = st.tuples(st.lists(LINES, min_size=1, max_size=6), st.integers(1, 5))


def told(found: list[Event]) -> tuple[list[object], list[object]]:
    """The chunks, and all else: a problem comes behind its batch, however large that is."""
    batches = [event for event in found if isinstance(event, Batch)]
    return described(batches), described([event for event in found if not isinstance(event, Batch)])


@settings(max_examples=150, deadline=None)
@given(st.lists(ROUNDS, max_size=4), st.booleans())
def test_lines_in_any_order_are_told_as_if_each_came_alone(
    rounds: list[tuple[list[bytes], int]], echoes: bool
) -> None:
    lines = [json.dumps(chat("", role="assistant")).encode()]
    lines += [line for lines, times in rounds for line in lines * times]
    with tempfile.TemporaryDirectory() as folder:
        content = b"\n".join(lines)
        alone = told(events(Path(folder), content, block=1))
        assert told(events(Path(folder), content, echoes=echoes)) == alone


@pytest.mark.parametrize("mark", [b":", b"id:", b"event: ", b"retry:{"])
def test_a_damaged_line_among_json_lines_is_no_comment(tmp_path: Path, mark: bytes) -> None:
    first, second, third, *_ = jsonl(ROWS).splitlines(keepends=True)
    damaged = mark + (second[1:] if mark == b":" else second)
    found = events(tmp_path, first + b": a comment\n" + damaged + third)
    ((_, line),) = problems(found)
    assert line == 3


def test_a_log_that_mixes_both_forms_loses_nothing(tmp_path: Path) -> None:
    for content in (jsonl(ROWS[:2]) + sse(ROWS[2:]), sse(ROWS[:2]) + jsonl(ROWS[2:])):
        found = events(tmp_path, content)
        assert problems(found) == []
        assert list(payloads(found).values()) == [ROWS]


def test_a_json_line_inside_every_event_is_read_every_time(tmp_path: Path) -> None:
    content = b"".join(jsonl([chat("x")]) + sse([chat("y")]) for _ in range(20))
    assert [len(rows) for rows in payloads(events(tmp_path, content)).values()] == [40]


def test_unusual_line_separators_are_text(tmp_path: Path) -> None:
    rows = [chat("a\u2028b\u0085c\x0bd\x0ce")]
    for content in (sse(rows), json.dumps(rows[0], ensure_ascii=False).encode()):
        assert list(payloads(events(tmp_path, content)).values()) == [rows]


@pytest.mark.parametrize("between", [b"\n", b"  \n", b"\t\n\n"])
def test_blank_lines_and_indentation_in_jsonl_are_nothing(tmp_path: Path, between: bytes) -> None:
    content = between.join(b"  " + line for line in jsonl(ROWS).splitlines(True))
    found = events(tmp_path, content)
    assert problems(found) == []
    assert list(payloads(found).values()) == [ROWS]


_value = st.dictionaries(st.sampled_from("ab"), st.text(max_size=4) | st.integers(0, 9), max_size=2)
_field = st.one_of(
    st.builds(
        lambda value, space: b"data:" + space + json.dumps(value).encode(),
        _value,
        st.sampled_from([b"", b" "]),
    ),
    st.builds(
        lambda value: b"data: " + json.dumps(value, indent=1).replace("\n", "\ndata: ").encode(), _value
    ),
    st.sampled_from([b"event: x", b"id: 1", b"retry: 5", b": note", b":", b"event", b"data: "]),
)
_stream = st.lists(st.tuples(_field, st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=8)


@settings(max_examples=150, deadline=None)
@given(stream=_stream, data=st.data())
def test_events_are_those_that_an_independent_parser_finds(
    stream: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    httpx_sse = pytest.importorskip("httpx_sse")
    httpx = pytest.importorskip("httpx")
    content = b""
    for field, ending in stream:
        blank = field.startswith(b"data") or data.draw(st.booleans())
        content += field.replace(b"\n", ending) + ending + (ending if blank else b"")
    response = httpx.Response(200, content=content, headers={"content-type": "text/event-stream"})
    theirs = [
        json.loads(event.data) for event in httpx_sse.EventSource(response).iter_sse() if event.data.strip()
    ]
    with tempfile.TemporaryDirectory() as folder:
        assert read_all(Path(folder), content) == theirs
