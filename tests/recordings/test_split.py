from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Payload
from stream_audit.recordings.ongoing import RECENT
from stream_audit.recordings.split import AHEAD
from tests.recordings.doubles import (
    answer,
    chat,
    ends,
    enveloped,
    events,
    jsonl,
    payloads,
    problems,
    sse,
    texts,
)

LONG = [str(number % 10) for number in range(AHEAD + 50)]


def chunks(folder: Path, rows: list[Payload]) -> list[int]:
    return [len(found) for found in payloads(events(folder, jsonl(rows))).values()]


def start(id: str) -> Payload:
    return {"type": "message_start", "message": {"id": id}}


STOP: Payload = {"type": "message_stop"}
DELTA: Payload = {"type": "content_block_delta", "delta": {"text": "x"}}


def test_answers_one_behind_the_other_are_told_apart(tmp_path: Path) -> None:
    rows = [row for name in "abc" for row in answer(name, name, name)]
    found = events(tmp_path, jsonl(rows))
    assert texts(found) == {"r.jsonl": "aa", "r.jsonl#2": "bb", "r.jsonl#3": "cc"}
    assert [(recording.first_line, recording.last_line) for recording in ends(found)] == [
        (1, 4),
        (5, 8),
        (9, 12),
    ]


def test_an_answer_is_over_as_soon_as_the_next_one_begins(tmp_path: Path) -> None:
    rows = [row for name in "abc" for row in answer(name, *LONG)]
    found = events(tmp_path, jsonl(rows), block=1000)
    assert texts(found) == dict.fromkeys(("r.jsonl", "r.jsonl#2", "r.jsonl#3"), "".join(LONG))
    names = [(type(event).__name__, event.recording.id[-2:]) for event in found if event.recording]
    assert names.index(("End", "nl")) < names.index(("Batch", "#3"))


def test_ids_that_change_with_every_chunk_are_one_answer(tmp_path: Path) -> None:
    rows = [chat("x", id=f"id-{number}") for number in range(2 * AHEAD)]
    assert chunks(tmp_path, [*rows, chat(id="stub", finish="stop")]) == [2 * AHEAD + 1]


def test_ids_and_roles_that_change_with_every_chunk_are_one_answer(tmp_path: Path) -> None:
    rows = [chat("x", id=f"id-{number}", role="assistant") for number in range(50)]
    assert chunks(tmp_path, rows) == [50]


def test_trailers_with_ever_new_ids_stay_with_their_answer(tmp_path: Path) -> None:
    rows = [chat("x", id=f"id-{number}") for number in range(5)]
    assert chunks(tmp_path, [*rows, chat(id="e", finish="stop"), chat(id="f")]) == [7]


def test_answers_mixed_chunk_by_chunk_are_told_apart(tmp_path: Path) -> None:
    one, two, three = answer("a", *"aaa"), answer("b", *"bbb"), answer("c", *"ccc")
    rows = [row for rows in zip(one, two, three, strict=True) for row in rows]
    assert texts(events(tmp_path, jsonl(rows))) == {"r.jsonl": "aaa", "r.jsonl#2": "bbb", "r.jsonl#3": "ccc"}


def test_a_late_chunk_finds_its_answer_after_another_began(tmp_path: Path) -> None:
    rows = [*answer("a", "x"), *answer("b", "y"), chat(id="a", usage={"total_tokens": 1})]
    assert chunks(tmp_path, rows) == [4, 3]


def test_an_answer_cut_off_by_the_next_one_is_not_merged_with_it(tmp_path: Path) -> None:
    rows = [*answer("a", "x", "y")[:-1], *answer("b", "z")]
    assert texts(events(tmp_path, jsonl(rows))) == {"r.jsonl": "xy", "r.jsonl#2": "z"}


def test_a_new_id_in_the_middle_without_a_start_is_the_same_answer(tmp_path: Path) -> None:
    rows = answer("a", "x", "y")
    rows[2]["id"] = "b"
    rows[3]["id"] = "b"
    assert chunks(tmp_path, rows) == [4]


def test_an_id_that_comes_late_belongs_to_the_answer_that_had_none(tmp_path: Path) -> None:
    assert chunks(tmp_path, [chat(id=""), chat(id=None), *answer("a", "x", "y")]) == [6]


def test_a_nameless_answer_starts_only_after_the_one_before_ended(tmp_path: Path) -> None:
    assert chunks(tmp_path, answer(None, "x") * 2) == [3, 3]
    twice_a_role = [chat("x", id=None, role="assistant")] * 3
    assert chunks(tmp_path, twice_a_role) == [3]


def test_a_finish_long_ago_ends_nothing(tmp_path: Path) -> None:
    rows = [*answer("a"), *[chat("x", id="a")] * RECENT, chat("y", id="b")]
    assert chunks(tmp_path, rows) == [len(rows)]
    rows = [*answer("a"), *[chat("x", id="a")] * (RECENT - 1), chat("y", id="b")]
    assert chunks(tmp_path, rows) == [len(rows) - 1, 1]


@pytest.mark.parametrize("form", [jsonl, sse])
@pytest.mark.parametrize("marker", ["[DONE]", '"[DONE]"', "data: [DONE]\n", "data:[DONE]\n"])
def test_an_end_marker_ends_the_answer_before_it(tmp_path: Path, form: object, marker: str) -> None:
    assert callable(form)
    half = form([chat("x", id=None)] * 3) + marker.encode() + b"\n"
    found = events(tmp_path, half + half)
    assert problems(found) == []
    assert [(recording.chunks, recording.done) for recording in ends(found)] == [(3, True), (3, True)]


def test_end_markers_alone_make_no_recording(tmp_path: Path) -> None:
    found = events(tmp_path, b"[DONE]\n" + jsonl(answer("a", "x")) + b"[DONE]\n[DONE]\n")
    assert [(recording.chunks, recording.done) for recording in ends(found)] == [(3, True)]


def test_only_another_message_start_separates_messages(tmp_path: Path) -> None:
    assert chunks(tmp_path, [start("m"), DELTA, DELTA, STOP, start("n"), DELTA, STOP]) == [4, 3]
    assert chunks(tmp_path, [start("m"), start("m"), DELTA, STOP]) == [4]
    assert chunks(tmp_path, [start("m"), DELTA, start("n"), DELTA, STOP]) == [2, 3]


def test_streams_of_an_envelope_are_kept_apart_and_split_by_themselves(tmp_path: Path) -> None:
    one, two = enveloped(answer(None, "x") * 2, "one"), enveloped(answer(None, "y"), 2)
    mixed = [*zip(one.splitlines(True), two.splitlines(True), strict=False)]
    content = b"".join(line for pair in mixed for line in pair) + b"".join(one.splitlines(True)[3:])
    assert texts(events(tmp_path, content)) == {"r.jsonl#one": "x", "r.jsonl#2": "y", "r.jsonl#one.2": "x"}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_however_answers_are_mixed_each_keeps_its_own_chunks_in_order(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=4, unique=True))
    left = {
        name: answer(name, *(f"{name}{number}" for number in range(data.draw(st.integers(1, 8)))))
        for name in names
    }
    whole = {
        name: "".join(f"{name}{number}" for number in range(len(rows) - 2)) for name, rows in left.items()
    }
    rows: list[Payload] = [left[name].pop(0) for name in names]
    rows += [left[names[0]].pop(0)]  # An id seen before comes back: from here on ids are identities.
    while any(left.values()):
        name = data.draw(st.sampled_from([name for name in names if left[name]]))
        rows.append(left[name].pop(0))
    with tempfile.TemporaryDirectory() as folder:
        found = events(Path(folder), jsonl(rows), block=data.draw(st.sampled_from([50, 500, 10_000])))
        assert sorted(texts(found).values()) == sorted(whole.values())


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(2, 400), min_size=1, max_size=5), block=st.sampled_from([1000, 50_000]))
def test_answers_of_any_length_behind_each_other_are_told_apart(sizes: list[int], block: int) -> None:
    rows = [row for number, size in enumerate(sizes) for row in answer(f"id{number}", *["x"] * size)]
    with tempfile.TemporaryDirectory() as folder:
        found = events(Path(folder), jsonl(rows), block=block)
        assert [recording.chunks for recording in ends(found)] == [size + 2 for size in sizes]
