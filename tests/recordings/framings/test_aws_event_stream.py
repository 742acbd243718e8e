"""Binary event streams: read as Amazon's own parser reads them, and read on where that one gives up."""

from __future__ import annotations

import gzip
import json
import tempfile
from base64 import b64encode
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer, EventStreamMessage, ParserError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.model import Batch, Problem
from stream_audit.recordings import Source, read
from stream_audit.recordings.framings import aws_messages
from stream_audit.recordings.framings.aws_messages import Damage, Message, messages
from tests.recordings.doubles import answer, chat, ends, events, payloads, problems, texts
from tests.recordings.framings.aws import Value, chunk, event, header, message, raw_message, stream

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
ROWS = answer("a", *"abcdefgh")
GOOD = stream(ROWS)

values: st.SearchStrategy[Value] = st.one_of(
    st.text(max_size=9),
    st.binary(max_size=9),
    st.booleans(),
    st.sampled_from([2, 3, 4, 5, 8]).flatmap(lambda kind: st.tuples(st.integers(-128, 127), st.just(kind))),
)
sent = st.lists(st.tuples(st.dictionaries(st.text(max_size=9), values, max_size=4), st.binary(max_size=40)))


def theirs(data: bytes) -> list[EventStreamMessage]:
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return list(buffer)


def raws(found: list[Any]) -> list[Any]:
    return [json.loads(raw) for one in found if isinstance(one, Batch) for raw in one.raws]


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@settings(max_examples=100, deadline=None)
@given(sent=sent, size=st.integers(1, 99))
def test_what_is_read_is_what_amazons_parser_reads(
    sent: list[tuple[dict[str, Value], bytes]], size: int
) -> None:
    data = b"".join(message(headers, payload) for headers, payload in sent)
    read = list(messages(cut(data, size)))
    assert all(isinstance(one, Message) for one in read)
    assert [(one.number, one.payload) for one in read if isinstance(one, Message)] == [
        (number, one.payload) for number, one in enumerate(theirs(data), 1)
    ]
    for mine, other in zip(read, theirs(data), strict=True):
        assert isinstance(mine, Message)
        assert mine.headers.keys() == other.headers.keys()
        strings = {name: value for name, value in other.headers.items() if isinstance(value, str)}
        assert strings == {name: value for name, value in mine.headers.items() if isinstance(value, str)}


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(GOOD) - 1), flip=st.integers(1, 255), size=st.sampled_from([1, 50, 10_000]))
def test_a_byte_that_is_wrong_is_a_finding_and_costs_one_message(at: int, flip: int, size: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] ^= flip
    with pytest.raises(ParserError):
        theirs(bytes(damaged))
    found = list(messages(cut(bytes(damaged), size)))
    assert [type(one) for one in found].count(Damage) == 1
    assert [type(one) for one in found].count(Message) == len(ROWS) - 1


@settings(max_examples=100, deadline=None)
@given(start=st.integers(13, len(GOOD) - 1), size=st.integers(1, 300))
def test_bytes_that_are_missing_cost_no_message_they_do_not_touch(start: int, size: int) -> None:
    left = GOOD[:start] + GOOD[start + size :]
    found = list(messages([left]))
    bounds = [len(stream(ROWS[:count])) for count in range(len(ROWS) + 1)]
    untouched = [GOOD[a:b] for a, b in pairwise(bounds) if b <= start or a >= start + size]
    read = [one.payload for one in found if isinstance(one, Message)]
    assert {theirs(one)[0].payload for one in untouched} <= set(read)
    whole = sum(len(message(one.headers, one.payload)) for one in found if isinstance(one, Message))
    assert len(found) - len(read) in ((0,) if whole == len(left) else (1, 2)), "what is left of two messages"


@settings(max_examples=200, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 3), st.binary(max_size=3)), max_size=6
    ),
    size=st.sampled_from([1, 7, 30, 300]),
)
@example(edits=[(GOOD.index(b"}", at) + 3, 0, b"x") for at in (100, 400, 700)], size=30)
def test_damage_is_told_alike_however_the_blocks_are_cut(
    edits: list[tuple[int, int, bytes]], size: int
) -> None:
    data = GOOD
    for at, lost, more in edits:
        data = data[:at] + more + data[at + lost :]
    assert list(messages(cut(data, size))) == list(messages([data]))


@settings(max_examples=100, deadline=None)
@given(stop=st.integers(12, len(GOOD)), size=st.sampled_from([1, 7, 10_000]))
@example(stop=len(GOOD) - 1, size=1)
def test_a_file_that_ends_early_is_read_up_to_its_last_whole_message(stop: int, size: int) -> None:
    whole = len(theirs(GOOD[:stop]))
    with tempfile.TemporaryDirectory() as folder:
        found = events(Path(folder), GOOD[:stop], block=size)
    cut_off = stop not in [len(stream(ROWS[:count])) for count in range(len(ROWS) + 1)]
    assert problems(found) == ([("message-cut-off", whole + 1)] if cut_off else [])
    assert raws(found) == ROWS[:whole]


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400), front=st.booleans())
def test_nothing_that_a_file_holds_raises(data: bytes, front: bool) -> None:
    content = event("a", {}) + data if front else data + event("a", {}) + data
    found = list(messages(cut(content, 33)))
    assert any(isinstance(one, Message) and one.payload == b"{}" for one in found)


def test_an_event_is_named_by_its_header(tmp_path: Path) -> None:
    sent = event("messageStart", {"role": "assistant"}) + event("messageStop", {"stopReason": "end_turn"})
    assert raws(events(tmp_path, sent)) == [
        {"messageStart": {"role": "assistant"}},
        {"messageStop": {"stopReason": "end_turn"}},
    ]


def test_an_event_without_a_payload_says_no_more_than_its_name(tmp_path: Path) -> None:
    sent = message({":message-type": "event", ":event-type": "messageStop"})
    assert raws(events(tmp_path, sent)) == [{"messageStop": {}}]


def test_the_chunk_of_another_provider_is_handed_on_as_it_was(tmp_path: Path) -> None:
    found = events(tmp_path, GOOD, name="answer.bin")
    assert payloads(found) == {"answer.bin": ROWS}
    assert texts(found) == {"answer.bin": "abcdefgh"}


def test_what_stands_beside_the_chunk_of_another_provider_is_a_finding(tmp_path: Path) -> None:
    wrapped = b64encode(json.dumps(ROWS[0]).encode()).decode()
    found = events(tmp_path, event("chunk", {"bytes": wrapped, "p": "ab", "error": {"message": "lost"}}))
    assert problems(found) == [("message-broken", 1)]
    assert raws(found) == [ROWS[0]]


@pytest.mark.parametrize("payload", [{"bytes": "bm8ganNvbg=="}, {"bytes": 1}, {"text": "x"}])
def test_a_chunk_that_holds_no_object_is_handed_on_as_it_is(tmp_path: Path, payload: Any) -> None:
    assert raws(events(tmp_path, event("chunk", payload))) == [{"chunk": payload}]


EXCEPTION = {":message-type": "exception", ":exception-type": "throttlingException"}


def test_an_exception_is_a_chunk_of_its_name_and_an_error_is_an_error(tmp_path: Path) -> None:
    error: dict[str, Value] = {
        ":message-type": "error", ":error-code": "InternalError", ":error-message": 'a "bad" day'
    }  # fmt: skip
    start = event("messageStart", {"role": "assistant"})
    found = events(tmp_path, start + message(EXCEPTION, b'{"message": "Slow down"}') + message(error))
    assert raws(found)[1:] == [
        {"throttlingException": {"message": "Slow down"}},
        {"error": {"code": "InternalError", "message": 'a "bad" day'}},
    ]


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b'{"message": "Slow down"} ', {"message": "Slow down", "type": "throttlingException"}),
        (b"{}", {"type": "throttlingException"}),
        (b'{"type": "x"}', {"type": "throttlingException"}),
    ],
)
def test_an_exception_behind_chunks_of_another_provider_is_an_error_in_its_format(
    tmp_path: Path, payload: bytes, error: Any
) -> None:
    assert raws(events(tmp_path, GOOD + message(EXCEPTION, payload)))[-1] == {"error": error}
    assert raws(events(tmp_path, GOOD + message(EXCEPTION, b"[]")))[-1] == {"throttlingException": []}


BROKEN = {
    "no headers": (message({}, b"{}"), "message-broken"),
    "no event type": (message({":message-type": "event"}, b"{}"), "message-broken"),
    "type of message unknown": (message({":message-type": "x", ":x-type": "y"}, b"{}"), "message-broken"),
    "name that is no text": (message({":message-type": "event", ":event-type": b"a"}), "message-broken"),
    "header twice": (raw_message(2 * header(":event-type", "a"), b"{}"), "message-broken"),
    "header of no known type": (raw_message(b"\1a\x63"), "message-broken"),
    "header cut off": (raw_message(b"\1a\7\0\x09abc"), "message-broken"),
    "header name cut off": (raw_message(b"\x20a"), "message-broken"),
    "header not UTF-8": (raw_message(b"\1\xff\0"), "message-broken"),
    "lengths that cannot be": (raw_message(b"", total=15)[:12], "message-broken"),
    "payload not JSON": (message({":event-type": "a"}, b'{"a":'), "line-not-json"),
    "payload not UTF-8": (message({":event-type": "a"}, b'{"a":"\xff"}'), "invalid-utf8"),
    "payload nested too deep": (message({":event-type": "a"}, b"[" * 300 + b"]" * 300), "nesting-too-deep"),
    "payload that goes on behind itself": (message({":event-type": "a"}, b'{},"b":{}'), "line-not-json"),
    "base64 that is none": (event("chunk", {"bytes": "e30"}), "message-broken"),
    "base64 with a stranger in it": (event("chunk", {"bytes": "e3!0="}), "message-broken"),
    "base64 with letters of none": (event("chunk", {"bytes": "é==="}), "message-broken"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_message_that_cannot_be_understood_is_a_finding_and_costs_itself(tmp_path: Path, name: str) -> None:
    bad, rule = BROKEN[name]
    for block in (1, 10_000):
        found = events(tmp_path, chunk(ROWS[0]) + bad + stream(ROWS[1:]), block=block)
        assert problems(found) == [(rule, 2)]
        assert raws(found) == ROWS
        assert [recording.damaged for recording in ends(found)] == [True]


def test_a_name_of_an_event_stays_a_name(tmp_path: Path) -> None:
    assert raws(events(tmp_path, event('a":1,"b', {"x": 1}))) == [{'a":1,"b': {"x": 1}}]


def test_a_message_longer_than_any_is_skipped_without_being_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_messages, "_PAYLOAD", 1_000)
    long = raw_message(b"", b"x" * 1_001)
    first, second = messages(cut(long + event("a", {}), 7))
    assert isinstance(first, Damage)
    assert (first.rule, first.number) == ("line-too-long", 1)
    assert isinstance(second, Message)

    held = aws_messages._Held(cut(long, 7))
    held.drop(900)
    assert len(held._data) < 7


def test_the_search_for_the_next_message_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_messages, "_SEARCHED", 10_000)
    drawn = 0

    def endless() -> Any:
        nonlocal drawn
        while True:
            drawn += 1
            yield b"\0\0\1\0" * 250

    (damage,) = messages(endless())
    assert isinstance(damage, Damage)
    assert "no other message was found" in damage.message
    assert drawn < 20


def test_messages_that_claim_each_other_take_no_more_time_than_their_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aws_messages, "_SEARCHED", 50_000)
    claim = raw_message(b"", total=20_000)[:12]
    found = list(messages([claim * 20_000]))
    assert all(isinstance(one, Damage) for one in found)
    assert len(found) < 50


def test_the_first_message_may_be_damaged(tmp_path: Path) -> None:
    for at in range(len(chunk(ROWS[0]))):
        damaged = bytearray(GOOD)
        damaged[at] ^= 1
        found = events(tmp_path, bytes(damaged))
        assert [rule for rule, _ in problems(found)] == ["message-checksum-wrong"], at
        assert raws(found) == ROWS[1:]


def test_a_compressed_one_is_read_too_and_its_end_may_be_missing(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD)
    assert raws(events(tmp_path, packed, name="a.bin.gz")) == ROWS
    found = events(tmp_path, packed[:-30], name="a.bin.gz")
    assert {rule for rule, _ in problems(found)} <= {"compression-truncated", "message-cut-off"}
    assert ("compression-truncated", 0) in problems(found)


def test_a_range_of_lines_is_one_of_messages(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(stream([*answer("a", "x"), *answer("b", "y"), chat("z", id="c")]))
    found = list(read(Source(str(path), 4, 6), DIALECTS))
    (recording,) = ends(found)
    assert (recording.id, recording.first_line, recording.last_line) == (f"{path}:4-6", 4, 6)
    assert [row["id"] for row in raws(found)] == ["b", "b", "b"]
    nothing = list(read(Source(str(path), 40, 60), DIALECTS))
    assert problems(nothing) == [("source-empty", 0)]


def test_it_is_told_while_walking_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(GOOD)
    assert raws(list(read(Source(str(path), explicit=False), DIALECTS))) == ROWS


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of recorded streams at {CORPUS}")
def test_every_recorded_body_holds_the_chunks_of_its_normalised_form() -> None:
    bodies = sorted((CORPUS / "body").glob("*/*.eventstream.bin"))
    assert len(bodies) == 19
    for body in bodies:
        found = list(read(Source(str(body)), DIALECTS))
        name = body.name.removesuffix(".eventstream.bin")
        lines = (CORPUS / "jsonl" / body.parent.name / f"{name}.jsonl").read_bytes().splitlines()
        assert [raw for one in found if isinstance(one, Batch) for raw in one.raws] == lines, name
        assert {one.rule for one in found if isinstance(one, Problem)} <= {"unknown-dialect"}
