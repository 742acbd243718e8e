from __future__ import annotations

from pathlib import Path

import pytest

from stream_audit.model import Batch, Payload
from tests.recordings.doubles import answer, chat, ends, enveloped, events, jsonl, payloads, problems

HEADER = b'{"format": "stream-audit-recording", "version": 1}\n'


def test_a_header_is_optional_and_no_chunk(tmp_path: Path) -> None:
    rows = answer("a", "x")
    for content in (
        enveloped(rows),
        HEADER + enveloped(rows),
        HEADER + enveloped(rows[:1]) + HEADER + enveloped(rows[1:]),
    ):
        found = events(tmp_path, content)
        assert problems(found) == []
        assert payloads(found) == {"r.jsonl#s": rows}


def test_a_number_of_any_length_beside_a_chunk_is_a_label_or_said(tmp_path: Path) -> None:
    rows = answer("a", "x")
    found = events(tmp_path, enveloped(rows).replace(b"{", b'{"n": 1' + b"0" * 5000 + b", ", 1))
    assert problems(found) == [("integer-too-large", 1)]
    assert payloads(found) == {"r.jsonl#s": rows}


def test_a_newer_version_is_refused_as_a_whole(tmp_path: Path) -> None:
    found = events(tmp_path, HEADER.replace(b"1", b"2") + enveloped(answer("a", "x")))
    assert problems(found) == [("recording-format-newer", 1)]
    assert len(found) == 1


def test_an_end_line_ends_its_stream_and_no_other(tmp_path: Path) -> None:
    end = jsonl([{"stream": "s", "end": True}])
    content = enveloped(answer("a", "x"), "t") + enveloped(answer("b", "y"), "s") + end
    found = events(tmp_path, content)
    assert [(r.id.rpartition("#")[2], r.done) for r in ends(found)] == [("s", True), ("t", False)]
    content = enveloped([chat("x", id=None)]) + end + enveloped([chat("y", id=None)])
    assert [r.id.rpartition("#")[2] for r in ends(events(tmp_path, content))] == ["s", "s.2"]


def test_other_keys_are_labels_and_the_first_value_wins(tmp_path: Path) -> None:
    rows: list[Payload] = [
        {"stream": "s", "chunk": chat("x"), "user": "ann", "at": 1.5},
        {"stream": "s", "chunk": chat("y"), "user": "bob", "tick": 7},
        {"stream": "t", "chunk": chat("z")},
    ]
    found = events(tmp_path, jsonl(rows))
    assert [recording.labels for recording in ends(found)] == [{"user": "ann", "tick": 7}, {}]


@pytest.mark.parametrize(
    "line",
    [
        b'{"chunk": {}}',
        b'{"stream": null, "chunk": {}}',
        b'{"stream": [1], "chunk": {}}',
        b'{"stream": true, "chunk": {}}',
        b'{"stream": "s"}',
        b'{"stream": "s", "chunk": "text"}',
        b'{"stream": "s", "chunk": []}',
        b'{"stream": "s", "chunk": {}, "end": 1}',
        b'{"format": "stream-audit-recording"}',
        b'{"stream": "s", "x \\"chunk": {"object": "chat.completion.chunk"}}',
    ],
)
def test_a_broken_envelope_is_a_problem_with_its_line(tmp_path: Path, line: bytes) -> None:
    found = events(tmp_path, HEADER + enveloped([chat("x")]) + line + b"\n" + enveloped([chat("y")]))
    assert problems(found) == [("envelope-broken", 3)]
    assert payloads(found) == {"r.jsonl#s": [chat("x"), chat("y")]}
    assert [recording.damaged for recording in ends(found)] == [True]


def test_a_stream_that_is_called_like_another_s_second_answer_has_an_id_of_its_own(tmp_path: Path) -> None:
    content = enveloped([*answer("1", "x"), *answer("2", "y")], "a") + enveloped(answer("3", "z"), "a.2")
    names = [recording.id for recording in ends(events(tmp_path, content))]
    assert len(set(names)) == len(names) == 3


@pytest.mark.parametrize(
    "line",
    [
        b'{"stream":"s","chunk":{"object":"chat.completion.chunk","x":"\\"chunk\\":{}}"}}',
        b'{"note":"\\"chunk\\":","stream":"s","chunk":{"object":"chat.completion.chunk","chunk":{"a":1}}}',
        b'{"chunk":{"object":"chat.completion.chunk","chunk":{}},"stream":"s"}',
        b'{"note":{"chunk":{}},"stream":"s","chunk":{"object":"chat.completion.chunk"}}',
        b'{"stream":"s","chunk":{"object":"no"},"chunk":{"object":"chat.completion.chunk"}}',
        b'{"stream":"s","chunk" :{"object":"chat.completion.chunk"},"x \\"chunk":{"object":"no"}}',
    ],
)
def test_the_text_of_a_chunk_is_found_wherever_it_stands(tmp_path: Path, line: bytes) -> None:
    (batch,) = [event for event in events(tmp_path, line) if isinstance(event, Batch)]
    assert batch.recording.dialect == "chat"
    assert payloads([batch])
    assert line.count(batch.raws[0]) == 1


def test_a_flaw_in_a_chunk_damages_its_own_stream(tmp_path: Path) -> None:
    bad = b'{"stream":"s","chunk":{"object":"chat.completion.chunk","x":NaN}}\n'
    found = events(tmp_path, enveloped([chat("x")], "t") + bad + enveloped([chat("y")], "t"))
    assert problems(found) == [("number-not-json", 2)]
    assert {recording.id.rpartition("#")[2]: recording.damaged for recording in ends(found)} == {
        "s": True,
        "t": False,
    }


def test_the_first_and_the_last_moment_of_a_stream_are_known_in_whatever_order_they_come(
    tmp_path: Path,
) -> None:
    rows: list[Payload] = [
        {"stream": "s", "at": at, "chunk": chat("x")}
        for at in (3, 7, 2.5, 5, True, "9", 10**400, float("nan"))
    ]
    found = events(tmp_path, jsonl([*rows, {"stream": "t", "chunk": chat("z")}]))
    assert [recording.times for recording in ends(found)] == [[2.5, 7.0], []]
