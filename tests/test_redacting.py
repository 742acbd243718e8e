"""A redacted recording shows the same as the one it was made of, and nothing of what that said."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from stream_audit import suspects
from stream_audit.corridor.redacting import redact
from stream_audit.corridor.rewriting import Asked
from stream_audit.errors import UsageError
from stream_audit.model.rewriting import Rewriting
from stream_audit.redaction import Keeping
from stream_audit.redaction.vocabulary import WORDS
from stream_audit.suspects import SUSPECTS, TEXTBOOKS
from tests.recordings.containers.made import in_har, in_json, in_yaml, interaction, unstreamed
from tests.recordings.framings.aws import message
from tests.runs import FIXTURES, HELLO, audit, chunk, write
from tests.suspects.recorded import payloads


def redacted(folder: Path, *paths: Path | str, force: bool = False, **keeping: Any) -> Rewriting:
    asked = Asked(paths=tuple(map(str, paths)), folder=folder, force=force)
    return redact(asked, Keeping(**keeping), b"key")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every fixture, redacted; what came of it was compared with its source."""
    folder = tmp_path_factory.mktemp("shared")
    made = redacted(folder, FIXTURES)
    assert [(one.source, one.unlike) for one in made.done if one.unlike] == []
    assert (made.exit_code, made.left_out) == (0, ())
    return folder


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value inside, with its place."""
    if isinstance(value, dict) and value:
        for key, inside in value.items():
            yield from places(inside, (*at, key))
    elif isinstance(value, list | tuple) and value:
        for position, inside in enumerate(value):
            yield from places(inside, (*at, position))
    else:
        yield at, value


OWN = ("extra", "input", "args", "data", "providerMetadata")
"""Under these keys stand names that are a user's own."""


def name(at: tuple[str | int, ...]) -> str:
    """A place as far as it is called the same in a redacted response."""
    own = [step for step, key in enumerate(at) if key in OWN]
    return ".".join(map(str, at[: own[0] + 1] if own else at))


def written(shared: Path, path: Path) -> Path:
    """What a fixture became: what is no text becomes JSON lines."""
    own = shared / path.relative_to(FIXTURES)
    return own if own.exists() else own.with_name(f"{own.name}.jsonl")


def held(path: Path) -> list[dict[str, Any]]:
    """The chunks of a fixture, redacted or not."""
    return [row.get("chunk", row) for row in payloads(path) if "format" not in row]


def test_both_references_agree_on_every_redacted_fixture(shared: Path) -> None:
    kept = audit(shared, candidates=["textbook"])

    assert kept.about_candidates() == []
    assert kept.summary.counts.same > 200
    assert kept.summary.counts.skipped == 0


@pytest.mark.parametrize("suspect", SUSPECTS, ids=lambda suspect: suspect.name)
def test_a_bug_shows_in_the_redacted_fixture_where_it_shows_in_the_fixture(
    suspect: type[suspects.Suspect], shared: Path
) -> None:
    def wrong(path: Path, dialect: str) -> list[str] | str:
        faulty, right, chunks = suspects.suspect(suspect.name, dialect), TEXTBOOKS[dialect], held(path)
        try:
            got = suspects.fold(faulty, chunks)
        except Exception as error:  # noqa: BLE001 - some suspects are caught by crashing
            return type(error).__name__
        one, other = (dict(places(asdict(response))) for response in (suspects.fold(right, chunks), got))
        return sorted(
            {name(at) for at in one.keys() | other.keys() if one.get(at, ...) != other.get(at, ...)}
        )

    own = [path for path in FIXTURES.glob(f"*/{suspect.name}.*") if path.parent.name in suspect.dialects]
    found = {path: wrong(path, path.parent.name) for path in own}
    assert any(found.values())
    for path, seen in found.items():
        assert wrong(written(shared, path), path.parent.name) == seen


def test_nothing_that_a_fixture_says_is_left(shared: Path) -> None:
    for audited in audit(FIXTURES).audited:
        path = written(shared, Path(audited.recording.path))
        text = path.read_text("utf-8")
        for choice in audited.reference.choices if audited.reference else ():
            words = re.findall(r"[^\W\d_]{6,}", f"{choice.message.content} {choice.message.reasoning}")
            assert not [word for word in words if word in text and word.lower() not in WORDS], path


def test_a_twin_is_redacted_along_with_its_recording_and_goes_on_agreeing(tmp_path: Path) -> None:
    made = redacted(tmp_path, FIXTURES / "openai-chat" / "plain-answer.sse")

    (one,) = made.done
    assert one.twins == ((tmp_path / "plain-answer.response.json").as_posix(),)
    assert audit(tmp_path).summary.twins == {"agrees": 1}


def test_a_twin_with_an_object_says_what_was_streamed_as_text(tmp_path: Path) -> None:
    source = tmp_path / "call.jsonl"
    write(
        source,
        [
            {"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "content": []}},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}},
            },
            *(
                {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "input_json_delta", "partial_json": piece},
                }
                for piece in ('{"pati', 'ent": "Do', 'e", "age": 4', "7}")
            ),
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
            {"type": "message_stop"},
        ],
    )
    call = {"type": "tool_use", "id": "toolu_2", "name": "find", "input": {"patient": "Doe", "age": 47}}
    answer = {"type": "message", "role": "assistant", "content": [call], "stop_reason": "tool_use"}
    (tmp_path / "call.response.json").write_text(json.dumps(answer), "utf-8")
    assert audit(source).summary.twins == {"agrees": 1}

    made = redacted(tmp_path / "out", source)

    assert made.exit_code == 0
    assert audit(tmp_path / "out").summary.twins == {"agrees": 1}
    assert "Doe" not in (tmp_path / "out" / "call.response.json").read_text("utf-8")


def test_ids_are_the_same_in_every_file_of_a_run(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl")
    write(tmp_path / "b.jsonl")

    redacted(tmp_path / "out", tmp_path / "a.jsonl", tmp_path / "b.jsonl")

    one, other = ((tmp_path / "out" / name).read_text("utf-8") for name in ("a.jsonl", "b.jsonl"))
    assert one == other
    assert "chatcmpl-1" not in one


def test_interleaved_responses_keep_their_arguments_apart(tmp_path: Path) -> None:
    def call(identity: str, piece: str) -> dict[str, Any]:
        delta = {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": piece}}]}
        return {"id": identity, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}

    pieces = [("a", '{"ready":'), ("b", '["a'), ("a", "tr"), ("b", 'b"'), ("a", "ue}"), ("b", "]")]
    write(tmp_path / "r.jsonl", [call(identity, piece) for identity, piece in pieces])

    made = redacted(tmp_path / "out", tmp_path / "r.jsonl")

    assert (made.exit_code, made.done[0].recordings) == (0, 2)
    (ready, _) = (
        a.reference.choices[0].message.tool_calls[0] for a in audit(tmp_path / "out").audited if a.reference
    )
    assert list(json.loads(ready.arguments).values()) == [True]


def test_a_compressed_file_is_written_as_it_is_inside(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.jsonl").read_bytes()
    (tmp_path / "a.jsonl").unlink()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(plain))

    redacted(tmp_path / "out", tmp_path / "a.jsonl.gz")

    assert (tmp_path / "out" / "a.jsonl").read_bytes().count(b"\n") == plain.count(b"\n")


def test_what_is_no_text_is_written_in_the_recording_format(tmp_path: Path) -> None:
    body = message({":event-type": "messageStart"}, b'{"role":"assistant"}')
    body += message({":event-type": "contentBlockDelta"}, b'{"delta":{"text":"Jane"},"contentBlockIndex":0}')
    (tmp_path / "a.bin").write_bytes(body)

    made = redacted(tmp_path / "out", tmp_path / "a.bin")

    (one,) = made.done
    assert one.remarks == ("it is written in the recording format, as its chunks do not stand on lines",)
    text = (tmp_path / "out" / "a.bin.jsonl").read_text("utf-8")
    assert text.startswith('{"format":"stream-audit-recording","version":1}\n')
    assert "Jane" not in text
    assert made.exit_code == 0


@pytest.mark.parametrize("kept_in", [in_yaml, in_json, in_har])
def test_of_a_cassette_or_archive_the_streams_and_their_twins_are_shared(
    kept_in: Callable[..., bytes], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(kept_in(interaction(), interaction(body=None), unstreamed()))

    made = redacted(tmp_path / "out", tmp_path / "a")

    (one,) = made.done
    assert (one.recordings, one.chunks, one.unlike, len(one.twins)) == (1, 5, (), 1)
    assert [(left.line > 0, "was not kept" in left.reason) for left in made.left_out] == [(True, True)]
    assert made.exit_code == 3
    assert audit(tmp_path / "out").summary.twins == audit(tmp_path / "a").summary.twins == {"differs": 1}
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    assert "example.com" not in written
    assert "message" not in written.replace('"message": {', "")


def test_a_file_of_damaged_lines_is_redacted_and_damaged_the_same_way(tmp_path: Path) -> None:
    source = tmp_path / "r.jsonl"
    source.write_bytes(
        json.dumps(HELLO[1]).encode() + b'\n{"content": "for Jane\n[1]\n{"x": NaN, "y": 1e400}\n\xff{}\n'
    )

    made = redacted(tmp_path / "out", source)

    assert (made.exit_code, made.done[0].unlike) == (0, ())
    before, after = (
        [f.rule for f in audit(path).findings] for path in (source, tmp_path / "out" / "r.jsonl")
    )
    assert before == after
    assert {"line-not-json", "line-not-object", "number-not-json", "invalid-utf8"} <= set(before)
    assert "Jane" not in (tmp_path / "out" / "r.jsonl").read_text("utf-8", "surrogateescape")


def test_a_source_that_cannot_be_read_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\0\1\2binary")
    write(tmp_path / "b.jsonl")

    made = redacted(tmp_path / "out", tmp_path / "a.jsonl", tmp_path / "b.jsonl")

    assert [(one.path, one.reason) for one in made.left_out] == [
        (str(tmp_path / "a.jsonl"), "binary, not text")
    ]
    assert made.exit_code == 3
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b.jsonl"]


def test_text_in_which_no_recording_is_is_redacted_and_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Notes for Jane\n\nnot a stream\n")
    write(tmp_path / "b.jsonl")

    made = redacted(tmp_path / "out", tmp_path / "a.md", tmp_path / "b.jsonl")

    assert (made.exit_code, made.reason) == (3, "in 1 of 2 files written is no recording")
    assert "Jane" not in (tmp_path / "out" / "a.md").read_text("utf-8")


def test_nothing_is_written_over_anything(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl")
    redacted(tmp_path / "out", source)

    with pytest.raises(UsageError, match="is there already; --force replaces it"):
        redacted(tmp_path / "out", source)
    assert redacted(tmp_path / "out", source, force=True).exit_code == 0
    with pytest.raises(UsageError, match="is one of the sources"):
        redacted(tmp_path, source, force=True)
    write(tmp_path / "out" / "b.jsonl")
    with pytest.raises(UsageError, match="lies among the sources"):
        redacted(tmp_path / "out", tmp_path / "out" / "b.jsonl", source)


def test_another_run_replaces_otherwise(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", [chunk({"content": "a long and private text"})])
    shown = set()

    for number in range(3):
        redact(Asked(paths=(str(source),), folder=tmp_path / str(number)), Keeping())
        shown.add((tmp_path / str(number) / "a.jsonl").read_text("utf-8"))

    assert len(shown) == 3
