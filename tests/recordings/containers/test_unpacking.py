"""Streams come out of cassettes and archives as they were; everything else is counted and said once."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Batch, End, Problem
from stream_audit.recordings import Source, read
from stream_audit.recordings.containers import container, pairing
from stream_audit.recordings.containers import interaction as interactions
from tests.recordings.containers.made import (
    ANSWER,
    ASKED,
    ROWS,
    STREAM,
    WRITERS,
    in_har,
    in_json,
    in_yaml,
    interaction,
    unstreamed,
)
from tests.recordings.doubles import DOUBLES, answer, ends, events, jsonl, payloads, problems, sse
from tests.recordings.framings import aws

Write = Callable[..., bytes]
NOTES = ("timing-not-kept", "interactions-not-streamed")

writers = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def bad(found: list[Any]) -> list[tuple[str, int]]:
    return [(rule, line) for rule, line in problems(found) if rule not in NOTES]


def rows(found: list[Any]) -> list[list[Any]]:
    return list(payloads(found).values())


@writers
@pytest.mark.parametrize("block", [7, 1 << 18])
def test_the_streams_of_a_container_are_recordings_and_the_rest_is_counted(
    tmp_path: Path, write: Write, block: int
) -> None:
    other = answer("z", "other")
    picture = interaction(b"\x89PNG", kind="image/png")
    content = write(unstreamed(), interaction(), picture, interaction(sse(other), asked={"x": 1}))

    found = events(tmp_path, content, name="c", block=block)

    assert payloads(found) == {"c#interaction-2": ROWS, "c#interaction-4": other}
    assert [(one.done, one.damaged) for one in ends(found)] == [(True, False), (False, False)]
    assert problems(found) == [("timing-not-kept", 0), ("interactions-not-streamed", 0)]
    assert "2 of 4 interactions" in found[-1].message  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "begins"), [("yaml", "- request:"), ("json", " " * 8 + "{"), ("har", " " * 6 + "{")]
)
def test_every_chunk_has_the_line_on_which_its_interaction_begins(
    tmp_path: Path, name: str, begins: str
) -> None:
    content = WRITERS[name](interaction(), unstreamed(), interaction(sse(answer("z", "other"))))
    found = events(tmp_path, content)
    first, _, third = (
        number for number, line in enumerate(content.decode().split("\n"), 1) if line == begins
    )
    assert [(one.first_line, one.last_line) for one in ends(found)] == [(first, first), (third, third)]
    assert {line for one in found if isinstance(one, Batch) for line in one.lines} == {first, third}


@writers
def test_each_framing_is_told_by_the_body(tmp_path: Path, write: Write) -> None:
    bodies = [
        interaction(jsonl(ROWS), kind="application/x-ndjson"),
        interaction(aws.stream(ROWS), kind="application/vnd.amazon.eventstream"),
        interaction(json.dumps(ROWS, indent=1), kind="application/json; charset=UTF-8"),
    ]
    assert rows(events(tmp_path, write(*bodies))) == [ROWS] * 3


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain", "application/octet-stream"])
def test_a_stream_under_another_type_is_told_by_its_body(tmp_path: Path, kind: str | None) -> None:
    bodies = [STREAM, b": ping\n\n" + STREAM, b"event: a\n" + STREAM, jsonl(ROWS), aws.stream(ROWS)]
    found = events(tmp_path, in_yaml(*(interaction(body, kind=kind) for body in bodies)))
    assert rows(found) == [ROWS] * 5


NO_STREAMS = {
    "an answer": unstreamed(),
    "an indented answer": interaction(json.dumps(ANSWER, indent=2), kind="application/json"),
    "a list": interaction('[{"name": "a"}, {"name": "b"}]', kind="application/json"),
    "a page": interaction(": data: <html>", kind="text/html"),
    "nothing": interaction("", kind="application/json"),
    "no body": interaction(None, kind="application/json"),
    "a text": interaction("It is so.", kind="text/plain"),
}


@writers
@pytest.mark.parametrize("name", NO_STREAMS)
def test_what_is_no_stream_is_no_recording(tmp_path: Path, write: Write, name: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(write(NO_STREAMS[name]))
    assert problems(list(read(Source(str(path)), DOUBLES))) == [("source-without-recording", 0)]
    assert problems(list(read(Source(str(path), explicit=False), DOUBLES))) == [("not-a-recording", 0)]


def test_a_list_is_a_stream_where_the_address_says_so(tmp_path: Path) -> None:
    url = "https://example.com/v1beta/models/gemini:streamGenerateContent?key=x"
    found = events(tmp_path, in_yaml(interaction('[{"x": 1},\n{"x": 2}]', kind="application/json", url=url)))
    assert rows(found) == [[{"x": 1}, {"x": 2}]]


@writers
def test_several_answers_in_one_body_are_told_apart(tmp_path: Path, write: Write) -> None:
    content = write(unstreamed(), interaction(STREAM + sse(answer("z", "y"))))
    found = events(tmp_path, content, name="c")
    assert payloads(found) == {"c#interaction-2": ROWS, "c#interaction-2.2": answer("z", "y")}


@writers
def test_a_stream_without_a_chunk_is_told_with_its_line(tmp_path: Path, write: Write) -> None:
    found = events(tmp_path, write(interaction(": ping\n\n: ping\n\n")))
    ((rule, line),) = problems(found)
    assert (rule, line > 1) == ("source-empty", True)


# ---- where they come from


@writers
def test_compressed_from_a_folder_and_from_standard_input(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cassette"
    path.write_bytes(gzip.compress(write(interaction())))
    assert rows(list(read(Source(str(path), explicit=False), DOUBLES))) == [ROWS]
    with path.open("rb") as file:
        monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": file}))
        found = list(read(Source("-"), DOUBLES))
    assert [recording.id for recording in ends(found)] == ["-#interaction-1"]


@writers
def test_a_range_of_lines_holds_the_interactions_that_have_a_line_in_it(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "c"
    path.write_bytes(write(*(interaction(sse(answer(name, name))) for name in "abc")))
    first, second, third = (one.first_line for one in ends(list(read(Source(str(path)), DOUBLES))))
    for lines, names in (
        ((second, second), ["2"]),
        ((second + 2, third - 2), ["2"]),
        ((first, second), ["1", "2"]),
        ((second, None), ["2", "3"]),
    ):
        found = ends(list(read(Source(str(path), *lines), DOUBLES)))
        assert [one.id.rpartition("-")[2] for one in found] == names
    assert problems(list(read(Source(str(path), 90_000), DOUBLES))) == [("source-empty", 0)]


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"interactions:\n- request:", "vcr_yaml"),
        (b"# mine\n\n---\nversion: 1\ninteractions: # all\n", "vcr_yaml"),
        (b"---\r\nhttp_interactions:\r\n- request:", "vcr_yaml"),
        (b"\xef\xbb\xbfinteractions: []\n", "vcr_yaml"),
        (b'{\n    "version": 1,\n    "interactions": [', "vcr_json"),
        (b'{"http_interactions":[{', "vcr_json"),
        (b'{"log":{"version":"1.2"', "har"),
        (b'\n{\n  "log": {', "har"),
        (b"interactions_of: 3\n", None),
        (b'{"log": "a line of a log"}\n', None),
        (b'{"interactions": 3}\n', None),
        (b'{"id": "interactions"}', None),
        (b"", None),
    ],
)
def test_a_container_is_told_by_its_first_bytes(start: bytes, name: str | None) -> None:
    held = container(start)
    assert (None if held is None else held.__name__.rpartition(".")[2]) == name  # type: ignore[attr-defined]


def test_two_cassettes_one_behind_the_other_are_read(tmp_path: Path) -> None:
    found = events(tmp_path, in_yaml(interaction()) + b"---\n" + in_yaml(interaction()))
    assert rows(found) == [ROWS, ROWS]


@pytest.mark.parametrize("write", [in_yaml, in_json])
def test_rubys_cassettes_are_read_too(tmp_path: Path, write: Write) -> None:
    content = write(interaction()).replace(b"interactions", b"http_interactions").replace(b"version", b"x_ed")
    found = events(tmp_path, content.replace(b'"x_ed"', b'"recorded_with"'))
    assert rows(found) == [ROWS]


# ---- twins


@writers
@pytest.mark.parametrize("order", ["before", "behind"])
def test_a_stream_gets_the_answer_to_the_same_request(tmp_path: Path, write: Write, order: str) -> None:
    asked = {**ASKED, "stream": True, "stream_options": {"include_usage": True}}
    both = [unstreamed({**ASKED, "stream": False}), interaction(asked=asked)]
    content = write(*(both if order == "before" else reversed(both)))

    (recording,) = ends(events(tmp_path, content))

    assert recording.twin is not None
    assert recording.twin.path == recording.path
    assert json.loads(recording.twin.text) == ANSWER
    other = recording.first_line
    assert (recording.twin.line < other) == (order == "before")


def test_the_first_answer_to_a_request_is_the_twin_of_every_stream_of_it(tmp_path: Path) -> None:
    second = interaction(json.dumps({"id": "later"}), kind="application/json", asked=ASKED)
    found = ends(events(tmp_path, in_yaml(interaction(), unstreamed(), second, interaction())))
    assert [json.loads(one.twin.text)["id"] if one.twin else None for one in found] == ["b", "b"]


NO_TWINS = {
    "another request": unstreamed({**ASKED, "model": "other"}),
    "another address": unstreamed(url="https://api.example.com/v1/responses"),
    "an error": unstreamed(status=429),
    "a list": interaction("[1]", kind="application/json", asked=ASKED),
    "no JSON": interaction("sorry", kind="text/plain", asked=ASKED),
    "a damaged body": interaction(gzip.compress(b'{"id": "b"}')[:-9], kind="application/json", asked=ASKED),
}


@pytest.mark.parametrize("name", NO_TWINS)
def test_what_does_not_answer_the_same_request_is_no_twin(tmp_path: Path, name: str) -> None:
    (recording,) = ends(events(tmp_path, in_yaml(interaction(), NO_TWINS[name])))
    assert recording.twin is None


def test_streams_wait_for_their_twins_in_order_and_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "_WAITING", 3 * len(STREAM))
    streams = [interaction(asked={**ASKED, "n": number}) for number in range(9)]
    found = ends(
        events(tmp_path, in_yaml(*streams, unstreamed({**ASKED, "n": 0}), unstreamed({**ASKED, "n": 8})))
    )
    assert [one.id.rpartition("-")[2] for one in found] == list("123456789")
    assert [one.twin is not None for one in found] == [False] * 8 + [True]


# ---- damage


@writers
def test_a_body_that_was_not_kept_is_a_finding(tmp_path: Path, write: Write) -> None:
    found = events(tmp_path, write(interaction(None), interaction()))
    assert [rule for rule, _ in bad(found)] == ["body-not-kept"]
    assert rows(found) == [ROWS]


@writers
def test_an_empty_stream_is_a_finding(tmp_path: Path, write: Write) -> None:
    found = events(tmp_path, write(interaction(""), interaction()))
    assert [rule for rule, _ in bad(found)] == ["source-empty"]
    assert bad(found)[0][1] > 0
    assert rows(found) == [ROWS]


@writers
def test_a_bad_line_of_a_body_is_found_with_its_place(tmp_path: Path, write: Write) -> None:
    body = STREAM.replace(b"data: [DONE]", b"data: {bad\n\ndata: [DONE]")
    found = events(tmp_path, write(unstreamed(), interaction(body)))
    ((rule, line),) = bad(found)
    (recording,) = ends(found)
    assert (rule, line, recording.damaged) == ("line-not-json", recording.first_line, True)
    number = body.split(b"\n").index(b"data: {bad") + 1
    (message,) = (one.message for one in found if isinstance(one, Problem) and one.rule == rule)
    assert message.endswith(f"(line {number} of its body)")


@writers
def test_an_interaction_that_is_too_long_is_skipped(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [
        sys.modules[f"stream_audit.recordings.containers.{name}"] for name in ("json_list", "vcr_yaml")
    ]
    for module in (interactions, *modules):
        monkeypatch.setattr(module, "LONGEST", 10_000)
    content = write(interaction(), interaction("data: " + "x " * 20_000), interaction())
    for block in (100, 1 << 20):
        found = events(tmp_path, content, block=block)
        assert [rule for rule, _ in bad(found)] == ["interaction-too-long"]
        assert rows(found) == [ROWS, ROWS]
        assert [one.id.rpartition("-")[2] for one in ends(found)] == ["1", "3"]


@settings(max_examples=150, deadline=None)
@given(
    write=st.sampled_from(list(WRITERS.values())),
    at=st.floats(0.1, 1, exclude_max=True),
    byte=st.sampled_from([*b"\0\xff\"'{}[]:,-\n \\&*!|a", None]),
    block=st.sampled_from([30, 1 << 18]),
)
def test_damage_anywhere_never_raises_and_costs_one_interaction(
    tmp_path_factory: pytest.TempPathFactory, write: Write, at: float, byte: int | None, block: int
) -> None:
    whole = [interaction(sse(answer(name, name))) for name in "abcd"]
    data = bytearray(write(*whole))
    place = int(at * len(data))
    if byte is None:
        del data[place]
    else:
        data[place] = byte

    found = events(tmp_path_factory.mktemp("c"), bytes(data), block=block)

    good = [row for row in (answer(name, name) for name in "abcd") if row in rows(found)]
    swallows = byte is not None and byte in b"{["  # What one more bracket opens ends with the file.
    assert len(good) >= 2 or swallows
    assert len(good) >= 3 or bad(found)


@settings(max_examples=100, deadline=None)
@given(write=st.sampled_from(list(WRITERS.values())), at=st.floats(0.1, 1, exclude_max=True))
def test_a_file_that_ends_early_keeps_the_interactions_before(
    tmp_path_factory: pytest.TempPathFactory, write: Write, at: float
) -> None:
    data = write(*(interaction(sse(answer(name, name))) for name in "abcd"))
    found = events(tmp_path_factory.mktemp("c"), data[: int(at * len(data))])
    kept = rows(found)
    assert kept[:-1] == [answer(name, name) for name in "abcd"][: len(kept[:-1])]


@settings(max_examples=100, deadline=None)
@given(
    write=st.sampled_from([in_yaml, in_json]),
    path=st.lists(
        st.sampled_from(["request", "response", "body", "headers", "status", "string", "code"]), max_size=3
    ),
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text("ab:[ \n", max_size=5),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["string", "code", "a"]), inner)
        ),
        max_leaves=4,
    ),
)
def test_wrong_types_anywhere_never_raise(
    tmp_path_factory: pytest.TempPathFactory, write: Write, path: list[str], value: Any
) -> None:
    broken: Any = json.loads(json.dumps(interaction(STREAM)))
    if not path:
        broken = value
    here = broken
    for key in path[:-1]:
        here = here.get(key) if isinstance(here, dict) else None
    if path and isinstance(here, dict):
        here[path[-1]] = value
    found = events(tmp_path_factory.mktemp("c"), write(broken, interaction()))
    assert ROWS in rows(found)


def test_batches_name_what_they_belong_to(tmp_path: Path) -> None:
    found = events(tmp_path, in_har(interaction(), indent=None))
    kinds = [type(one) for one in found]
    assert kinds.index(End) > kinds.index(Batch)
