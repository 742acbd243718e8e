"""Everything that can be wrong with a line, and that nothing around it is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from stream_audit.model import Batch, Payload, Problem
from stream_audit.recordings import Source, read
from stream_audit.recordings.lines import LONGEST
from stream_audit.recordings.parsing import DEEPEST
from tests.recordings.doubles import (
    DOUBLES,
    Event,
    answer,
    chat,
    ends,
    events,
    jsonl,
    payloads,
    problems,
    sse,
)
from tests.recordings.framings.aws import stream

GOOD = answer("a", "one", "two")


def nested(depth: int) -> bytes:
    return b'{"x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def items(found: list[Event]) -> list[Payload | str]:
    return [item for event in found if isinstance(event, Batch) for item in event.items]


LOST = {
    "line-not-json": b'{"x": }',
    "line-not-object": b"[1, 2]",
    "invalid-utf8": b'{"x": "\xff"}',
    "nesting-too-deep": nested(10_000),
}
KEPT = {
    "number-not-json": b'{"object": "chat.completion.chunk", "x": NaN}',
    "lone-surrogate": b'{"object": "chat.completion.chunk", "x": "\\ud83d"}',
    "integer-too-large": b'{"object": "chat.completion.chunk", "x": 123456789012345678901234567890}',
    "number-too-large": b'{"object": "chat.completion.chunk", "x": 1e400}',
}


@pytest.mark.parametrize(("rule", "line"), LOST.items())
@pytest.mark.parametrize("form", [jsonl, sse])
def test_a_bad_line_is_a_problem_and_nothing_else_is_lost(
    tmp_path: Path, rule: str, line: bytes, form: object
) -> None:
    assert callable(form)
    middle = line + b"\n" if form is jsonl else b"data: " + line + b"\n\n"
    found = events(tmp_path, form(GOOD[:2]) + middle + form(GOOD[2:]))
    assert problems(found) == [(rule, 3 if form is jsonl else 5)]
    assert list(payloads(found).values()) == [GOOD]
    assert [recording.damaged for recording in ends(found)] == [True]


@pytest.mark.parametrize(("rule", "line"), KEPT.items())
def test_a_value_that_readers_disagree_about_is_kept_and_reported(
    tmp_path: Path, rule: str, line: bytes
) -> None:
    found = events(tmp_path, jsonl(GOOD[:2]) + line + b"\n" + jsonl(GOOD[2:]))
    assert problems(found) == [(rule, 3)]
    (recording,) = ends(found)
    assert (recording.chunks, recording.damaged) == (5, True)
    value = items(found)[2]
    assert isinstance(value, dict)
    assert repr(value["x"]) == repr(json.loads(line)["x"])


@pytest.mark.parametrize(
    "number",
    [
        "18446744073709551615",
        "-9223372036854775808",
        "0.12345678901234567890123",
        '"12345678901234567890123"',
    ],
)
def test_long_digits_that_every_reader_keeps_are_no_problem(tmp_path: Path, number: str) -> None:
    found = events(tmp_path, b'{"object": "chat.completion.chunk", "x": %b}\n' % number.encode())
    assert problems(found) == []
    value = items(found)[0]
    assert isinstance(value, dict)
    assert value["x"] == json.loads(number)


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**25])
@pytest.mark.parametrize("shift", range(7))
def test_an_integer_beyond_64_bits_is_found_wherever_it_stands(
    tmp_path: Path, number: int, shift: int
) -> None:
    found = events(tmp_path, b'{"object":"chat.completion.chunk",%b"x":%d}\n' % (b" " * shift, number))
    assert problems(found) == [("integer-too-large", 1)]
    value = items(found)[0]
    assert isinstance(value, dict)
    assert value["x"] == number


def test_an_integer_of_ten_thousand_digits_is_kept_as_its_text(tmp_path: Path) -> None:
    digits = "9" * 10_000
    found = events(tmp_path, b'{"object": "chat.completion.chunk", "x": %b}\n' % digits.encode())
    assert problems(found) == [("integer-too-large", 1)]
    value = items(found)[0]
    assert isinstance(value, dict)
    assert value["x"] == digits


def test_a_whole_surrogate_pair_is_no_problem(tmp_path: Path) -> None:
    assert problems(events(tmp_path, jsonl([chat("\U0001f600")]))) == []


def test_the_deepest_nesting_allowed_is_read_and_one_more_is_not(tmp_path: Path) -> None:
    first = jsonl(GOOD[:1])
    assert problems(events(tmp_path, first + nested(DEEPEST))) == []
    assert problems(events(tmp_path, first + nested(DEEPEST + 1))) == [("nesting-too-deep", 2)]


def test_many_brackets_in_a_text_are_not_nesting(tmp_path: Path) -> None:
    assert problems(events(tmp_path, jsonl([chat("{[" * 500)]))) == []


@pytest.mark.parametrize("cut", [5, 40, 100])
def test_a_last_line_cut_off_is_called_so(tmp_path: Path, cut: int) -> None:
    line = jsonl([chat("x" * 200)])
    found = events(tmp_path, jsonl(GOOD) + line[:cut])
    assert problems(found) == [("line-cut-off", 5)]
    found = events(tmp_path, sse(GOOD) + b"data: " + line[:cut])
    assert problems(found) == [("line-cut-off", 9)]


def test_a_line_that_is_too_long_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    found = events(tmp_path, jsonl(GOOD[:2]) + jsonl([chat("x" * LONGEST)]) + jsonl(GOOD[2:]))
    assert problems(found) == [("line-too-long", 3)]
    assert list(payloads(found).values()) == [GOOD]
    batches = [event for event in found if isinstance(event, Batch)]
    assert [number for batch in batches for number in batch.lines] == [1, 2, 4, 5]


def test_an_event_whose_data_is_no_json_is_a_comment_in_disguise(tmp_path: Path) -> None:
    found = events(tmp_path, sse(GOOD[:2]) + b"data: keep-alive\n\n" + sse(GOOD[2:]))
    assert problems(found) == [("sse-comment-as-data", 5)]
    assert list(payloads(found).values()) == [GOOD]


@pytest.mark.parametrize("before", [b"data: ", b"data:", b"message "])
def test_an_event_with_an_object_behind_other_text_is_a_lost_chunk_and_no_keep_alive(
    tmp_path: Path, before: bytes
) -> None:
    content = sse(GOOD).replace(b"data: ", b"data: " + before) + b"data: data: [DONE]\n\n"
    found = [event for event in events(tmp_path, content) if isinstance(event, Problem)]
    assert [(one.rule, one.line) for one in found] == [
        *(("line-not-json", line) for line in (1, 3, 5, 7)),
        ("sse-comment-as-data", 9),
    ]
    stands = 'a second "data:" stands' if b"data" in before else "text stands"
    assert found[0].message.endswith(f"; {stands} before an object, and has to be cut off")
    assert found[-1].message == 'data behind a second "data:" is not JSON'


@pytest.mark.parametrize("junk", [b" data: {}", b"hello there", b"daat: {}"])
def test_a_junk_line_loses_no_later_event(tmp_path: Path, junk: bytes) -> None:
    found = events(tmp_path, sse(GOOD[:2]) + junk + b"\n\n" + sse(GOOD[2:]))
    assert problems(found) == [("sse-junk-line", 5)]
    assert list(payloads(found).values()) == [GOOD]


def test_junk_inside_every_event_is_reported_for_every_event(tmp_path: Path) -> None:
    content = sse(answer("a", *"abcdef")).replace(b"data:", b"junk\ndata:")
    assert (
        len(problems(events(tmp_path, content)))
        == len(problems(events(tmp_path, content, echoes=False)))
        == 8
    )


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_problem(tmp_path: Path, content: bytes) -> None:
    assert problems(events(tmp_path, content)) == [("source-empty", 0)]


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (100, 200, "lines 100-200 hold nothing; the file has 8"),
        (9, 9, "line 9 holds nothing; the file has 8"),
        (100, None, "holds nothing from line 100 on; the file has 8"),
        (8, 8, "line 8 holds nothing"),
    ],
)
def test_a_range_in_which_nothing_stands_is_named_with_how_many_lines_there_are(
    tmp_path: Path, first: int, last: int | None, message: str
) -> None:
    path = tmp_path / "r.sse"
    path.write_bytes(sse(GOOD))
    (problem,) = read(Source(str(path), first, last), DOUBLES)
    assert isinstance(problem, Problem)
    assert (problem.rule, problem.message) == ("source-empty", message)


def test_messages_are_not_lines_to_be_counted(tmp_path: Path) -> None:
    path = tmp_path / "r.bin"
    path.write_bytes(stream(GOOD))
    (problem,) = read(Source(str(path), 9, 9), DOUBLES)
    assert isinstance(problem, Problem)
    assert problem.message == "line 9 holds nothing"


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0", "{}".encode("utf-16")])
def test_a_binary_file_is_a_problem(tmp_path: Path, content: bytes) -> None:
    assert problems(events(tmp_path, content)) == [("source-not-text", 0)]


def test_a_folder_is_not_readable_as_a_file(tmp_path: Path) -> None:
    assert problems(read(Source(str(tmp_path)), DOUBLES)) == [("source-unreadable", 0)]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs file permissions that bind")
def test_a_file_without_permission_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(jsonl(GOOD))
    path.chmod(0)
    assert problems(read(Source(str(path)), DOUBLES)) == [("source-unreadable", 0)]


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    assert problems(read(Source(str(tmp_path / "gone")), DOUBLES)) == [("source-unreadable", 0)]
