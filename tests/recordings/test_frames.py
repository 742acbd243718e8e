"""A stream is its chunks' frames, end to end, byte for byte: an SDK's own parser reads what was recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.model import Batch, Framed
from stream_audit.recordings import Source, read
from tests.recordings.doubles import answer
from tests.recordings.framings.aws import stream
from tests.runs import FIXTURES

ROWS = [json.dumps(row).encode() for row in answer("a", "one", "two", "three")]
AROUND = (
    *(b": ping\n", b"event: message\n", b"id: 7\n", b"data:\n\n", b"\n", b""),
    *(b'data: {"cut \n\n', b"data: no\n\n", b"junk\n"),
)

between = st.lists(st.sampled_from(AROUND), max_size=3).map(b"".join)


def framed(path: Path, block: int = 256) -> list[Framed]:
    events = read(Source(str(path)), DIALECTS, frames=True, block=block)
    raws = [raw for event in events if isinstance(event, Batch) for raw in event.raws]
    assert all(isinstance(raw, Framed) for raw in raws)
    return [raw for raw in raws if isinstance(raw, Framed)]


@given(
    between=st.lists(between, min_size=len(ROWS) + 1, max_size=len(ROWS) + 1),
    space=st.sampled_from([b"", b" "]),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    last=st.sampled_from([b"", b"data: [DONE]\n\n", b"data: [DONE]", b": bye\n"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    block=st.integers(16, 400),
)
@settings(max_examples=200, deadline=None)
def test_the_frames_of_a_stream_joined_are_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    between: list[bytes],
    space: bytes,
    end: bytes,
    last: bytes,
    mark: bytes,
    block: int,
) -> None:
    events = [b"data:" + space + row + b"\n\n" for row in ROWS]
    body = b"".join(around + event for around, event in zip(between, [*events, last], strict=True))
    path = tmp_path_factory.mktemp("frames") / "r.sse"
    path.write_bytes(mark + body.replace(b"\n", end))

    found = framed(path, block)

    assert [bytes(raw) for raw in found] == ROWS
    assert b"".join(raw.frame for raw in found) == path.read_bytes()
    assert all(raw in found[at].frame for at, raw in enumerate(ROWS))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*.sse")), ids=lambda path: path.stem)
def test_the_frames_of_every_fixture_are_its_bytes(path: Path) -> None:
    assert b"".join(raw.frame for raw in framed(path)) == path.read_bytes()


def test_an_event_that_lacks_its_blank_line_lacks_it_in_its_frame(tmp_path: Path) -> None:
    path = tmp_path / "r.sse"
    path.write_bytes(b"data: %b\ndata: %b\n\n" % (ROWS[0], ROWS[1]))

    assert [raw.frame for raw in framed(path)] == [b"data: %b\n" % ROWS[0], b"data: %b\n\n" % ROWS[1]]


def test_chunks_that_stand_on_lines_of_their_own_have_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\n".join(ROWS))

    events = read(Source(str(path)), DIALECTS, frames=True)

    assert [raw for event in events if isinstance(event, Batch) for raw in event.raws] == ROWS
    events = read(Source(str(path)), DIALECTS, frames=True)
    assert not any(isinstance(raw, Framed) for e in events if isinstance(e, Batch) for raw in e.raws)


def test_the_frames_of_a_binary_event_stream_are_its_messages(tmp_path: Path) -> None:
    path = tmp_path / "r.bin"
    path.write_bytes(stream([json.loads(row) for row in ROWS]))

    found = framed(path)

    assert [json.loads(raw) for raw in found] == [json.loads(row) for row in ROWS]
    assert b"".join(raw.frame for raw in found) == path.read_bytes()
