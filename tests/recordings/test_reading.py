from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Batch, End, Payload, Problem
from stream_audit.recordings import Source, read
from tests.recordings.doubles import (
    CHAT,
    DOUBLES,
    answer,
    chat,
    described,
    ends,
    enveloped,
    events,
    jsonl,
    payloads,
    problems,
    sse,
    texts,
)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["", "chat.completion.chunk", "a", '"', "\\", '\\"', '","', "content", "\u2028", "\u0085", "😀", '"},']
)


@st.composite
def chunks(draw: st.DrawFn) -> list[Payload]:
    """One answer: a role, texts, perhaps padding, perhaps fields nobody knows, a finish."""
    rows = [chat("", role="assistant")]
    for piece in draw(st.lists(text, max_size=12)):
        more: dict[str, Any] = {}
        if draw(st.booleans()):
            more["obfuscation"] = draw(st.text("aZ0", max_size=4) | text)
        if draw(st.integers(0, 9)) == 0:
            more["other"] = draw(text | st.integers(0, 3))
        rows.append(chat(piece, **more))
    return [*rows, chat(finish="stop")]


@settings(max_examples=60, deadline=None)
@given(
    rows=chunks(),
    form=st.sampled_from([jsonl, sse, enveloped]),
    block=st.integers(1, 700),
    dirt=st.booleans(),
)
def test_any_cutting_into_blocks_reads_the_same(
    rows: list[Payload], form: object, block: int, dirt: bool
) -> None:
    assert callable(form)
    content = b"\xef\xbb\xbf" + form(rows)
    if dirt:
        content += b'\r\n\r\n{"broken": \r\n' + form(rows)
    with tempfile.TemporaryDirectory() as folder:
        whole = events(Path(folder), content)
        assert described(events(Path(folder), content, block=block)) == described(whole)


@settings(max_examples=100, deadline=None)
@given(rows=chunks())
def test_every_form_gives_the_same_payloads_with_and_without_echoes(rows: list[Payload]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for form in (jsonl, sse, enveloped):
            for echoes in (True, False):
                found = events(Path(folder), form(rows), echoes=echoes)
                assert list(payloads(found).values()) == [rows]
                assert problems(found) == []


@settings(max_examples=40, deadline=None)
@given(rows=chunks(), form=st.sampled_from([jsonl, sse]), ending=st.sampled_from([b"\r\n", b"\r"]))
def test_every_line_end_reads_the_same(rows: list[Payload], form: object, ending: bytes) -> None:
    assert callable(form)
    with tempfile.TemporaryDirectory() as folder:
        content = form(rows)
        expected = described(events(Path(folder), content))
        assert described(events(Path(folder), content.replace(b"\n", ending))) == expected
        assert described(events(Path(folder), content.replace(b"\n", ending), block=7)) == expected


def test_a_long_answer_is_read_by_echoes(tmp_path: Path) -> None:
    rows = answer("a", *(f"word {number}" for number in range(50)))
    for content in (jsonl(rows), sse(rows)):
        batches = [event for event in events(tmp_path, content) if isinstance(event, Batch)]
        assert sum(isinstance(item, str) for batch in batches for item in batch.items) == 49


def test_padding_of_any_length_does_not_stop_echoes(tmp_path: Path) -> None:
    rows = [chat(f"{number}", obfuscation="x1" * (number % 7)) for number in range(50)]
    found = events(tmp_path, jsonl(rows))
    assert list(payloads(found).values()) == [rows]
    assert sum(isinstance(item, str) for e in found if isinstance(e, Batch) for item in e.items) == 49


def test_padding_that_is_no_padding_is_read_in_full(tmp_path: Path) -> None:
    rows = [chat(f"{number}", obfuscation="x1") for number in range(9)]
    rows[5]["obfuscation"] = 'a","other":"b'
    content = jsonl(rows) + jsonl(rows).replace(b'"x1"', b'"x","obfuscation2":"y"')
    found = events(tmp_path, content)
    assert payloads(found) == payloads(events(tmp_path, content, echoes=False))


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "a", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": '
        b'{"content": "%b"}, "finish_reason": null}]}' % middle
        for middle in (b'x", "content": "y', b"\\", b'x"', b"\xff", b"\\ud800", b'","', b'"", "', b"\x01")
    ],
)
def test_a_line_that_only_looks_like_an_echo_is_read_as_it_is(tmp_path: Path, line: bytes) -> None:
    rows = jsonl([chat("one"), chat("two"), chat("three")])
    assert b'"content": "one"' in rows
    content = rows + line + b"\n" + rows
    with_echoes, without = (events(tmp_path, content, echoes=echoes) for echoes in (True, False))
    assert problems(with_echoes) == problems(without)
    assert described(with_echoes) == described(without)


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in"
    path.write_bytes(jsonl(answer("a", "x")))
    with path.open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        found = list(read(Source("-"), DOUBLES))
    assert [recording.id for recording in ends(found)] == ["-"]


def test_a_line_range_leaves_out_the_rest_and_keeps_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"not json\n" + jsonl(answer("a", "x", "y")) + b"not json\n")
    for block in (3, 1000):
        found = list(read(Source(str(path), 2, 4), DOUBLES, block=block))
        assert problems(found) == []
        (recording,) = ends(found)
        assert recording.id == f"{path}:2-4"
        assert (recording.first_line, recording.last_line, recording.chunks) == (2, 4, 3)


def test_progress_counts_every_byte_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(jsonl(answer("a", "x", "y")))
    counted: list[int] = []
    list(read(Source(str(path)), DOUBLES, progress=counted.append, block=10))
    assert sum(counted) == path.stat().st_size


def test_a_forced_dialect_needs_no_recognition(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"x": 1}\n')
    found = list(read(Source(str(path)), (), dialect=CHAT))
    assert [recording.dialect for recording in ends(found)] == ["chat"]


def test_a_dialect_is_recognised_by_a_later_chunk(tmp_path: Path) -> None:
    rows = [{"type": "ping"}] * 63 + answer("a", "x")
    found = events(tmp_path, jsonl(rows))
    assert [(recording.dialect, recording.chunks) for recording in ends(found)] == [("chat", 66)]
    assert list(payloads(found).values()) == [rows]


def test_a_stream_nobody_recognises_is_still_read(tmp_path: Path) -> None:
    rows: list[Payload] = [{"x": number} for number in range(200)]
    found = events(tmp_path, jsonl(rows))
    assert problems(found) == [("unknown-dialect", 1)]
    (recording,) = ends(found)
    assert (recording.dialect, recording.chunks, recording.damaged) == (None, 200, False)
    assert all(event.recording is recording for event in found if isinstance(event, Problem))


def test_after_an_end_marker_another_dialect_may_follow(tmp_path: Path) -> None:
    message = {"type": "message_start", "message": {"id": "m"}}
    content = jsonl(answer("a", "x")) + b"[DONE]\n" + jsonl([message, {"type": "message_stop"}])
    found = events(tmp_path, content)
    assert [(recording.dialect, recording.done) for recording in ends(found)] == [
        ("chat", True),
        ("events", False),
    ]


def test_a_million_line_file_would_not_stay_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(jsonl(answer("a", *["x"] * 5000)))
    largest = max(
        len(event.items) for event in read(Source(str(path)), DOUBLES, block=4096) if isinstance(event, Batch)
    )
    assert largest < 100


def test_a_bad_line_between_answers_belongs_to_the_first(tmp_path: Path) -> None:
    content = jsonl(answer("a", "x")) + b"{bad\n" + jsonl(answer("b", "y"))
    found = events(tmp_path, content)
    first, second = ends(found)
    assert (first.damaged, second.damaged) == (True, False)
    assert texts(found) == {"r.jsonl": "x", "r.jsonl#2": "y"}


def test_a_bad_line_before_the_first_answer_belongs_to_it(tmp_path: Path) -> None:
    found = events(tmp_path, b"{bad\n" + jsonl(answer("a", "x")))
    assert [recording.damaged for recording in ends(found)] == [True]


def test_a_problem_comes_before_the_end_of_its_recording(tmp_path: Path) -> None:
    content = jsonl(answer("a", "x")) + b"{bad\n" + jsonl(answer("b", "y")) + b"{bad\n"
    over: set[int] = set()
    for event in events(tmp_path, content):
        if isinstance(event, End):
            over.add(id(event.recording))
        else:
            assert id(event.recording) not in over


def test_raw_texts_are_as_recorded(tmp_path: Path) -> None:
    raw = b'{"object" : "chat.completion.chunk", "n":1.50, "choices":[] }'
    for content in (
        raw,
        b"data:" + raw,
        b'{"stream": 1, "chunk": %b , "at": 2}' % raw,
        b'{"stream":1,"chunk":%b}' % raw,
    ):
        (batch,) = [event for event in events(tmp_path, content) if isinstance(event, Batch)]
        assert batch.raws == [raw]
        assert json.loads(raw) == batch.items[0]


def test_spaces_before_the_last_brace_do_not_stop_echoes(tmp_path: Path) -> None:
    rows = [chat(f"{number}") for number in range(50)]
    lines = [json.dumps(row).encode()[:-1] + b" " * (n % 5 + 1) + b"}" for n, row in enumerate(rows)]
    found = events(tmp_path, b"\n".join([*lines, b""]))
    assert list(payloads(found).values()) == [rows]
    assert sum(isinstance(item, str) for e in found if isinstance(e, Batch) for item in e.items) == 49


@pytest.mark.parametrize("lost", [b"}", b' {"', b"}}  "])
def test_a_lost_brace_before_spaces_is_no_echo(tmp_path: Path, lost: bytes) -> None:
    lines = [json.dumps(chat(f"{number}")).encode()[:-1] + b"  }" for number in range(9)]
    lines[5] = lines[5].removesuffix(b"  }") + lost
    content = b"\n".join(lines)
    with_echoes, without = (events(tmp_path, content, echoes=echoes) for echoes in (True, False))
    assert problems(with_echoes) == problems(without)
    assert described(with_echoes) == described(without)


@pytest.mark.parametrize(
    "odd",
    [
        b'{"broken',
        b"{}",
        b'{"n":123456789012345678901234}',
        b"[]",
        b"",
        b"data: [DONE]",
        b": hello",
        b' {"n":1}',
    ],
)
@pytest.mark.parametrize("place", [1, 2, 9, 64, 70, 149])
def test_an_odd_line_among_chunks_read_at_once_is_told_as_if_alone(
    tmp_path: Path, odd: bytes, place: int
) -> None:
    lines = jsonl(chat(f"{number}", token=number) for number in range(150)).splitlines()
    lines.insert(place, odd)
    content = b"\n".join(lines) + b"\n"
    at_once, alone = (events(tmp_path, content, block=block) for block in (1 << 18, 50))
    assert described(at_once) == described(alone)
    assert problems(at_once) == problems(alone)


@pytest.mark.parametrize("odd", [{"end": True}, {"stream": 5}, {"stream": None}, {"chunk": 7}, {"who": "x"}])
def test_an_odd_envelope_among_many_is_told_as_if_alone(tmp_path: Path, odd: dict[str, object]) -> None:
    rows = [{"stream": "ab"[n % 2], "chunk": chat(f"{n}", id="ab"[n % 2], token=n)} for n in range(100)]
    content = jsonl([*rows[:70], odd | {key: rows[70][key] for key in rows[70].keys() - odd}, *rows[71:]])
    at_once, alone = (events(tmp_path, content, block=block) for block in (1 << 18, 50))
    assert sorted(described(at_once), key=str) == sorted(described(alone), key=str)
    assert problems(at_once) == problems(alone)
