"""Cassettes and archives through the whole corridor: compared, held against twins, converted, counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.cli import main
from tests.recordings.containers.made import ASKED, WRITERS, in_har, in_yaml, interaction, unstreamed
from tests.recordings.doubles import sse
from tests.runs import HELLO, audit, combiner, write

ANSWER: dict[str, Any] = {
    "id": "chatcmpl-2",
    "object": "chat.completion",
    "created": 1760000001,
    "model": "gpt-4o-mini",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"},
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
}
STREAM = interaction(sse(HELLO) + b"data: [DONE]\n\n")


def whole(answer: dict[str, Any] = ANSWER) -> dict[str, Any]:
    return interaction(json.dumps(answer), kind="application/json", asked=ASKED)


@pytest.mark.parametrize("name", WRITERS)
def test_a_stream_in_a_container_is_compared_like_any_other(tmp_path: Path, name: str) -> None:
    (tmp_path / "cassette").write_bytes(WRITERS[name](whole(), STREAM))
    kept = audit(
        tmp_path / "cassette", candidates=["textbook", combiner(tmp_path, "return {'role': 'assistant'}")]
    )

    (audited,) = kept.audited
    assert audited.recording.id.endswith("cassette#interaction-2")
    assert [result.status for result in audited.candidates] == ["same", "same"]
    assert (audited.twin, audited.complete) == ("agrees", True)
    notes = {found.rule: (found.severity, found.line) for found in kept.findings if found.kind == "wire"}
    assert notes["timing-not-kept"] == notes["interactions-not-streamed"] == ("note", 0)


def test_a_twin_that_says_otherwise_is_found_with_its_line(tmp_path: Path) -> None:
    usage = {**ANSWER["usage"], "completion_tokens": 3}
    (tmp_path / "cassette").write_bytes(in_yaml(STREAM, whole({**ANSWER, "usage": usage})))
    (audited,) = audit(tmp_path / "cassette").audited

    (found,) = [found for found in audited.findings if found.rule == "stream-vs-nonstream"]
    lines = (tmp_path / "cassette").read_text().split("\n")
    second = [number for number, line in enumerate(lines, 1) if line == "- request:"][1]
    assert (audited.twin, found.field) == ("differs", "usage.output_tokens")
    assert f"cassette:{second}" in found.message


def test_the_line_of_a_finding_finds_its_recording_again(tmp_path: Path) -> None:
    path = tmp_path / "cassette"
    path.write_bytes(in_yaml(STREAM, whole(), STREAM))
    mine = combiner(tmp_path, "return {'role': 'nobody'}")
    found = audit(path, candidates=[mine]).about_candidates()
    for one in found:
        again = audit(f"{path}:{one.line}", candidates=[mine]).about_candidates()
        assert [other.recording.rpartition("#")[2] for other in again] == [one.recording.rpartition("#")[2]]
    assert len(found) == 2


def test_a_folder_of_cassettes_without_streams_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "a.yaml").write_bytes(in_yaml(unstreamed()))
    write(tmp_path / "cassettes" / "b.jsonl")
    kept = audit(tmp_path / "cassettes", candidates=["textbook"])
    assert [path.rpartition("/")[2] for path in kept.summary.passed_over] == ["a.yaml"]
    assert (kept.summary.counts.found, kept.summary.counts.same, kept.summary.exit_code) == (1, 1, 0)


def test_a_cassette_without_a_stream_that_is_named_is_exit_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_bytes(in_yaml(unstreamed()))
    assert main(["replay", str(tmp_path / "a.yaml"), "--candidate", "textbook"]) == 3
    assert "none of its interactions (1) is a stream" in capsys.readouterr().out


def test_the_seconds_of_an_archive_are_in_the_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    timings = {"send": 1, "wait": 99, "receive": 2_500}
    (tmp_path / "a.har").write_bytes(in_har(STREAM, timings=timings))
    assert main(["usage", str(tmp_path / "a.har"), "--format", "json"]) == 0
    bill = json.loads(capsys.readouterr().out)
    assert "2.5" in json.dumps(bill)


@pytest.mark.parametrize("name", WRITERS)
def test_a_container_is_converted_without_a_loss(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cassette").write_bytes(WRITERS[name](whole(), STREAM))
    assert main(["convert", str(tmp_path / "cassette"), "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    (audited,) = audit(tmp_path / "out").audited
    assert (audited.recording.chunks, audited.twin) == (len(HELLO), "agrees")
