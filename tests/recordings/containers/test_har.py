"""HTTP archives: bodies are there unpacked, and when they began and ended is known."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from stream_audit.model import Batch
from tests.recordings.containers.made import ROWS, STREAM, in_har, interaction
from tests.recordings.containers.test_unpacking import bad
from tests.recordings.doubles import ends, events, payloads

TIMINGS = {"blocked": 10, "dns": -1, "connect": 20, "ssl": 15, "send": 1, "wait": 300.5, "receive": 2_000}


def changed(**of_entry: Any) -> bytes:
    archive = json.loads(in_har(interaction()))
    archive["log"]["entries"][0] |= of_entry
    return json.dumps(archive).encode()


def content(**given: Any) -> bytes:
    archive = json.loads(in_har(interaction()))
    archive["log"]["entries"][0]["response"]["content"] = given
    return json.dumps(archive).encode()


def test_a_body_in_base64_is_read(tmp_path: Path) -> None:
    text = b64encode(STREAM).decode()
    found = events(tmp_path, content(mimeType="text/event-stream", text=text, encoding="base64"))
    assert list(payloads(found).values()) == [ROWS]


def test_headers_that_say_how_it_was_sent_are_passed_over(tmp_path: Path) -> None:
    packed = interaction(content_encoding="br", transfer_encoding="chunked")
    found = events(tmp_path, in_har(packed))
    assert (list(payloads(found).values()), bad(found)) == ([ROWS], [])


def test_the_type_may_stand_beside_the_text_only(tmp_path: Path) -> None:
    archive = json.loads(in_har(interaction("data: 3\n\n")))
    archive["log"]["entries"][0]["response"]["headers"] = []
    found = events(tmp_path, json.dumps(archive).encode())
    assert [rule for rule, _ in bad(found)] == ["line-not-object"]


def test_when_the_body_began_and_ended_are_the_times_of_the_recording(tmp_path: Path) -> None:
    (recording,) = ends(events(tmp_path, in_har(interaction(), timings=TIMINGS)))
    started = 1_767_323_045.678
    assert recording.times == pytest.approx([started + 0.3315, started + 2.3315])


NO_TIMES: list[Any] = [
    None,
    {},
    {"send": 1, "receive": 2},
    {**TIMINGS, "wait": "long"},
    {**TIMINGS, "receive": True},
    {**TIMINGS, "wait": None},
]


@pytest.mark.parametrize("timings", NO_TIMES)
def test_without_the_timings_that_count_no_time_is_made_up(tmp_path: Path, timings: Any) -> None:
    (recording,) = ends(events(tmp_path, in_har(interaction(), timings=timings)))
    assert recording.times == []


@pytest.mark.parametrize("moment", ["yesterday", "", None, 3])
def test_a_moment_that_is_none_says_nothing(tmp_path: Path, moment: Any) -> None:
    (recording,) = ends(events(tmp_path, changed(startedDateTime=moment, timings=TIMINGS)))
    assert recording.times == []


EVENTS = "text/event-stream"
BROKEN = {
    "no request": (changed(request=None), "interaction-broken"),
    "no response": (changed(response=[]), "interaction-broken"),
    "a text that is none": (content(mimeType=EVENTS, text=[1]), "interaction-broken"),
    "an encoding that is none": (content(mimeType=EVENTS, text="x", encoding="rot13"), "body-not-decoded"),
    "base64 that is none": (content(mimeType=EVENTS, text="&", encoding="base64"), "body-not-decoded"),
    "no text": (content(mimeType=EVENTS, size=0), "body-not-kept"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_entry_that_cannot_be_read_is_a_finding(tmp_path: Path, name: str) -> None:
    data, rule = BROKEN[name]
    assert rule in [found for found, _ in bad(events(tmp_path, data))]


def test_half_a_surrogate_pair_costs_its_chunk(tmp_path: Path) -> None:
    text = STREAM.decode().replace("x: {}", "\ud83d")
    found = events(tmp_path, content(mimeType="text/event-stream", text=text))
    assert [rule for rule, _ in bad(found)] == ["invalid-utf8"]
    assert sum(len(one.items) for one in found if isinstance(one, Batch)) == len(ROWS) - 1
