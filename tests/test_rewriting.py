"""What holds of both commands that write recordings anew: all is there, or it is said what is not."""

from __future__ import annotations

import gzip
import json
import random
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stream_audit.corridor.converting import convert
from stream_audit.corridor.redacting import redact
from stream_audit.corridor.rewriting import Asked
from stream_audit.model.rewriting import Rewriting
from stream_audit.redaction import Keeping
from tests.recordings.containers.made import in_har, in_json, in_yaml, interaction, unstreamed
from tests.recordings.doubles import sse
from tests.recordings.framings.aws import event
from tests.runs import HELLO, audit, chunk, write

COMMANDS: dict[str, Callable[[Asked], Rewriting]] = {
    "convert": convert,
    "redact": lambda asked: redact(asked, Keeping(), b"key"),
}


def rewritten(command: str, folder: Path, *paths: Path | str) -> Rewriting:
    return COMMANDS[command](Asked(paths=tuple(map(str, paths)), folder=folder))


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


CHAT = sse(HELLO)
GEMINI = sse(
    [{"candidates": [{"content": {"parts": [{"text": "Tea"}], "role": "model"}, "finishReason": "STOP"}]}]
)
ANTHROPIC = sse(
    [
        {"type": "message_start", "message": {"id": "m1", "role": "assistant", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Green tea"}},
        {"type": "message_stop"},
    ]
)
NOBODYS = sse([{"error": {"message": "overloaded"}}])
ENDED = CHAT + b"data: [DONE]\n\n"
EMPTY = b""
TIMED = {"send": 0, "wait": 250, "receive": 1500}


@given(
    st.lists(st.sampled_from([ENDED, CHAT, ANTHROPIC, GEMINI, NOBODYS, EMPTY]), min_size=1, max_size=4),
    st.sampled_from([in_yaml, in_json, in_har, partial(in_har, timings=TIMED), partial(in_har, indent=None)]),
    st.sampled_from(sorted(COMMANDS)),
)
@example([ANTHROPIC, ENDED], in_har, "redact")
@example([ENDED, EMPTY], in_yaml, "redact")
@example([GEMINI], partial(in_har, timings=TIMED), "convert")
def test_each_stream_of_a_container_is_written_as_it_is_or_said_to_be_missing(
    bodies: list[bytes], kept_in: Callable[..., bytes], command: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a").write_bytes(kept_in(*map(interaction, bodies)))

        made = rewritten(command, Path(folder, "out"), Path(folder, "a"))

    streams = len(bodies) - bodies.count(EMPTY)
    assert [one.unlike for one in made.done] == [()] * bool(streams)
    assert sum(one.recordings for one in made.done) == streams
    assert all(left.reason.endswith("its body holds nothing") for left in made.left_out)
    assert len(made.left_out) == (bodies.count(EMPTY) if streams else 1)
    assert made.exit_code == (3 if EMPTY in bodies else 0)


def test_a_twin_goes_along_with_its_stream_whichever_ends_first(command: str, tmp_path: Path) -> None:
    other = interaction(ANTHROPIC, asked={"model": "other", "stream": True})
    source = tmp_path / "a.har"
    source.write_bytes(in_har(other, interaction(), unstreamed()))

    made = rewritten(command, tmp_path / "out", source)

    assert (made.exit_code, len(made.done[0].twins)) == (0, 1)
    assert audit(tmp_path / "out").summary.twins == audit(source).summary.twins == {"differs": 1}


def test_of_one_chunk_without_an_end_the_first_moment_stays(command: str, tmp_path: Path) -> None:
    source = tmp_path / "a.har"
    source.write_bytes(in_har(interaction(GEMINI), timings=TIMED))
    (began, _) = audit(source).audited[0].recording.times

    made = rewritten(command, tmp_path / "out", source)

    assert made.exit_code == 0
    assert audit(tmp_path / "out").audited[0].recording.times == [began, began]


LONG = [chunk({"content": random.Random(at).randbytes(400).hex()}, id="x-1") for at in range(1500)]
"""So much that a file of it is read in several blocks, however it is packed."""
CONVERSE = event("messageStart", {"role": "assistant"}) + event("messageStop", {"stopReason": "end_turn"})
BROKEN = "its gzip compression ends early; what came before was read"


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.bin", CONVERSE[:-9], "the recording ends in the middle of a message"),
        ("a.json", json.dumps(HELLO, indent=1).encode()[:-40], "the recording ends in the middle of what"),
        ("a.sse.gz", gzip.compress(ENDED)[:-9], BROKEN),
        ("b.sse.gz", gzip.compress(sse(LONG))[:-5000], BROKEN),
    ],
)
def test_what_is_cut_off_is_said_to_be_left_out_and_nothing_else_is_wrong(
    name: str, body: bytes, reason: str, command: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(body)

    made = rewritten(command, tmp_path / "out", tmp_path / name)

    assert (made.exit_code, made.done[0].unlike) == (3, ())
    assert any(left.reason.startswith(reason) for left in made.left_out)


def test_a_packed_file_beside_the_plain_one_is_written_with_the_ending_of_what_is_in_it(
    tmp_path: Path,
) -> None:
    plain = write(tmp_path / "x.jsonl")
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))

    for command in COMMANDS:
        rewritten(command, tmp_path / command, plain, tmp_path / "x.jsonl.gz")

        names = sorted(path.name for path in (tmp_path / command).iterdir())
        assert names == ["x.gz.jsonl", "x.jsonl"]
