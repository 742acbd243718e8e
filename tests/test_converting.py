"""What was converted and is read again is what it was made of."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.corridor.converting import convert
from stream_audit.corridor.looks import look
from stream_audit.corridor.rewriting import Asked
from stream_audit.errors import UsageError
from stream_audit.model import Policies
from stream_audit.model.rewriting import Rewriting
from stream_audit.recordings import Source
from tests.recordings.containers.made import in_har, in_json, in_yaml, interaction, unstreamed
from tests.recordings.doubles import answer, sse
from tests.runs import FIXTURES, HELLO, audit, chunk, write


def converted(folder: Path, *paths: Path | str, **asked: Any) -> Rewriting:
    return convert(Asked(paths=tuple(map(str, paths)), folder=folder, **asked))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_fixture_says_the_same_when_it_was_converted(tmp_path: Path) -> None:
    made = converted(tmp_path, FIXTURES)

    assert [one for one in made.done if one.unlike] == []
    assert (made.exit_code, made.left_out) == (0, ())
    assert len(made.done) > 230
    before, after = audit(FIXTURES), audit(tmp_path)
    assert after.summary.reference_totals == before.summary.reference_totals
    assert after.summary.twins == before.summary.twins


def test_each_line_holds_the_text_of_its_chunk_and_the_end_is_said_once(tmp_path: Path) -> None:
    texts = [
        '{"id":"c1","object":"chat.completion.chunk" , "choices":[]}',
        '{"id":"c1","choices":[],"x":"\\u00e9"}',
    ]
    (tmp_path / "a.sse").write_text(
        "".join(f"data: {text}\n\n" for text in texts) + "data: [DONE]\n\n", "utf-8"
    )

    converted(tmp_path / "out", tmp_path / "a.sse")

    assert (tmp_path / "out" / "a.sse.jsonl").read_text("utf-8").splitlines() == [
        '{"format":"stream-audit-recording","version":1}',
        f'{{"stream":"1","chunk":{texts[0]}}}',
        f'{{"stream":"1","chunk":{texts[1]}}}',
        '{"stream":"1","end":true}',
    ]


def test_labels_moments_and_ids_of_streams_stay(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"stream": "req-1", "at": 0.5, "user": "u1", "chunk": HELLO[0]},
        {"stream": 2, "at": 0.75, "chunk": HELLO[0]},
        {"stream": "req-1", "at": 1.25, "tick": 3, "chunk": HELLO[3]},
        {"stream": 2, "chunk": HELLO[3]},
        {"stream": "req-1", "at": 2.0, "end": True},
    ]
    source = write(tmp_path / "a.jsonl", rows)

    made = converted(tmp_path / "out", source)

    assert (made.exit_code, made.done[0].recordings, made.done[0].unlike) == (0, 2, ())
    found = [{**row, "chunk": None} for row in lines(tmp_path / "out" / "a.jsonl")[1:]]
    assert found == [
        {"stream": "req-1", "at": 0.5, "user": "u1", "tick": 3, "chunk": None},
        {"stream": "req-1", "at": 1.25, "chunk": None},
        {"stream": "req-1", "at": 2.0, "end": True, "chunk": None},
        {"stream": "2", "at": 0.75, "chunk": None},
        {"stream": "2", "chunk": None},
    ]
    assert [a.recording.times for a in audit(tmp_path / "out").audited] == [[0.5, 2.0], [0.75, 0.75]]


def test_several_responses_in_a_file_become_streams_called_like_they_were(tmp_path: Path) -> None:
    first = [
        chunk({"role": "assistant", "content": "a"}, id="x-1"),
        chunk({}, id="x-1", finish_reason="stop"),
    ]
    second = [
        chunk({"role": "assistant", "content": "b"}, id="x-2"),
        chunk({}, id="x-2", finish_reason="stop"),
    ]
    source = write(tmp_path / "a.jsonl", [*first, *second])
    assert [a.recording.id.rpartition("#")[2] for a in audit(source).audited] == [str(source), "2"]

    made = converted(tmp_path / "out", source)

    assert made.exit_code == 0
    assert [row["stream"] for row in lines(tmp_path / "out" / "a.jsonl")[1:]] == ["1", "1", "2", "2"]


def test_data_over_several_lines_goes_on_one(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_text(
        'data: {"object":"chat.completion.chunk",\ndata: "choices":[]}\n\n', "utf-8"
    )

    made = converted(tmp_path / "out", tmp_path / "a.sse")

    assert (made.exit_code, made.done[0].chunks) == (0, 1)


def test_a_twin_lies_beside_under_the_name_of_its_stream(tmp_path: Path) -> None:
    made = converted(tmp_path, FIXTURES / "openai-chat" / "plain-answer.sse")

    assert made.done[0].twins == ((tmp_path / "plain-answer.sse.1.response.json").as_posix(),)
    assert audit(tmp_path).summary.twins == {"agrees": 1}


@pytest.mark.parametrize("kept_in", [in_yaml, in_json, in_har])
def test_the_streams_of_a_cassette_or_archive_keep_their_names_and_twins(
    kept_in: Callable[..., bytes], tmp_path: Path
) -> None:
    other = interaction(asked={"model": "other", "stream": True})
    (tmp_path / "a").write_bytes(kept_in(interaction(), unstreamed(), other))

    made = converted(tmp_path / "out", tmp_path / "a")

    (one,) = made.done
    assert (one.recordings, one.chunks, one.unlike, made.exit_code) == (2, 10, (), 0)
    assert one.twins == ((tmp_path / "out" / "a.interaction-1.response.json").as_posix(),)
    names = [found.recording.id.rpartition("#")[2] for found in audit(tmp_path / "out").audited]
    assert names == ["interaction-1", "interaction-3"]
    assert audit(tmp_path / "out").summary.twins == audit(tmp_path / "a").summary.twins == {"differs": 1}


def test_an_archive_keeps_when_its_streams_began_and_ended(tmp_path: Path) -> None:
    timings = {"send": 0, "wait": 250, "receive": 1500}
    other = interaction(sse(answer("c", "Hi")), asked={"model": "other", "stream": True})
    (tmp_path / "a.har").write_bytes(in_har(interaction(), other, timings=timings))

    made = converted(tmp_path / "out", tmp_path / "a.har")

    assert [one.unlike for one in made.done] == [()]
    found = [one.recording.times for one in audit(tmp_path / "out").audited]
    assert found == [one.recording.times for one in audit(tmp_path / "a.har").audited]
    assert [round(ended - began, 3) for began, ended in found] == [1.5, 1.5]


def test_a_stream_that_a_cassette_did_not_keep_is_said_and_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(in_yaml(interaction(), interaction(body=None)))

    made = converted(tmp_path / "out", tmp_path / "a.yaml")

    assert [left.reason for left in made.left_out] == [
        "interaction 2: the body of its stream was not kept",
    ]
    assert made.exit_code == 3


def test_labels_that_lie_beside_a_source_go_along(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl.labels.json").write_text('{"tick": 1}', "utf-8")

    made = converted(tmp_path / "out", source)

    assert "its labels were copied" in made.done[0].remarks[0]
    assert (tmp_path / "out" / "a.jsonl.labels.json").read_text("utf-8") == '{"tick": 1}'


def test_a_line_that_cannot_be_read_is_said_and_fails_the_run(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join([json.dumps(HELLO[0]), "no json", json.dumps(HELLO[3])]), "utf-8")

    made = converted(tmp_path / "out", source)

    assert [(one.line, one.reason) for one in made.left_out] == [(2, "not JSON: expecting value at column 1")]
    assert (made.exit_code, made.done[0].chunks) == (3, 2)


def test_what_is_odd_about_a_number_is_no_loss(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"object":"chat.completion.chunk","choices":[],"x":NaN,"y":1e400}\n', "utf-8")

    made = converted(tmp_path / "out", source)

    assert (made.exit_code, made.left_out) == (0, ())
    assert "NaN" in (tmp_path / "out" / "a.jsonl").read_text("utf-8")


def test_a_source_that_is_no_recording_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0\1\2")

    made = converted(tmp_path / "out", tmp_path / "a.bin")

    assert (made.exit_code, made.reason) == (3, "nothing was written: no recording could be read")
    assert [one.reason for one in made.left_out] == ["binary, not text"]
    assert not (tmp_path / "out").exists()


def test_names_tell_where_a_file_came_from_and_never_meet(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep" / "a.sse")

    made = converted(tmp_path / "out", f"{tmp_path / 'a.jsonl'}:1-2", tmp_path)

    names = sorted(Path(one.output).relative_to(tmp_path / "out").as_posix() for one in made.done)
    assert names == ["a.1-2.jsonl", "a.gz.jsonl", "a.jsonl", "deep/a.sse.jsonl"]
    assert made.exit_code == 0


def test_standard_input_is_read_once_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(json.dumps(item) + "\n" for item in HELLO).encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text)))

    made = converted(tmp_path, "-")

    assert (made.exit_code, made.done[0].source, made.done[0].chunks) == (0, "-", len(HELLO))
    assert (tmp_path / "stdin.jsonl").is_file()


def test_nothing_is_written_over_anything_without_force(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl")
    converted(tmp_path / "out", source)

    with pytest.raises(UsageError, match="--force"):
        converted(tmp_path / "out", source)
    assert converted(tmp_path / "out", source, force=True).exit_code == 0


STREAMS = st.sampled_from(["a", "b", "a.2", "#", 'é"chunk":', 7])
LABELS = st.dictionaries(
    st.sampled_from(["user", "tick", "chunks", "ü"]),
    st.none() | st.integers() | st.text() | st.just({"chunk": {"x": 1}}),
    max_size=2,
)
ROWS = st.lists(
    st.builds(
        lambda stream, labels, at, payload, end: {
            "stream": stream,
            **labels,
            **({"at": at} if at is not None else {}),
            **({"end": True} if end else {}),
            "chunk": payload,
        },
        STREAMS,
        LABELS,
        st.none() | st.floats(0, 100),
        st.sampled_from(
            [
                *HELLO,
                {"type": "message_start", "message": {"id": "m1"}},
                {"type": "ping"},
                {"other": "\u2028"},
            ]
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@given(ROWS, st.sampled_from(["\n", "\r\n"]))
def test_any_recording_of_streams_is_the_same_after_it_was_converted(
    rows: list[dict[str, Any]], end: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "a.jsonl")
        source.write_text("".join(json.dumps(row) + end for row in rows), "utf-8", newline="")

        made = converted(Path(folder, "out"), source)

        (one,) = made.done
        assert one.unlike == ()
        before, after = (look(Source(path), Policies(), None).looks for path in (str(source), one.output))
        assert sorted(found.content for found in before) == sorted(found.content for found in after)


def test_what_is_no_recording_by_itself_stays_in_one_stream_with_what_tells_what_it_is(
    tmp_path: Path,
) -> None:
    source = write(
        tmp_path / "a.jsonl", [{"type": "ping"}, {"type": "message_start", "message": {"id": "m1"}}]
    )

    made = converted(tmp_path / "out", source)

    assert (made.exit_code, made.done[0].recordings, made.done[0].unlike) == (0, 2, ())
    assert made.done[0].remarks == ("its recordings are one stream, as one of them cannot be told by itself",)
