"""Session logs of Codex: what is recognised, which reports are one response, and what it used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.session_logs.codex import CODEX_LOG
from stream_audit.model import Folded, Payload, Usage
from tests.dialects.log_lines import event, fold, meta, record, tally, turn
from tests.dialects.log_lines import rules as noted
from tests.runs import FIXTURES, audit, write

SAID: Payload = {"type": "response_item", "payload": {"type": "message"}}
EMPTY = event(None, None)
ONE = event(tally(100, 10), tally(100, 10))


def folded(*items: Payload) -> Folded:
    return fold("codex-log", *items)


def usage(*items: Payload) -> Usage:
    found = folded(*items).response.usage
    assert found is not None
    return replace(found, raw=None)


def rules(*items: Payload) -> list[str]:
    return noted("codex-log", *items)


@pytest.mark.parametrize(
    "line", [meta(), turn(), ONE, EMPTY, SAID, record(None, None), {"type": "compacted", "payload": {}}]
)
def test_lines_of_codex_are_recognised(line: Payload) -> None:
    assert [one.name for one in DIALECTS if one.recognises(line)] == ["codex-log"]


@pytest.mark.parametrize(
    "line",
    [
        {"type": "event_msg"},
        {"type": "event_msg", "payload": "text"},
        {"type": "response.created", "payload": {}},
        {"type": ["event_msg"], "payload": {}},
        {"payload": {"type": "token_count"}},
        {},
    ],
)
def test_what_could_be_somebody_else_s_is_not(line: Payload) -> None:
    assert not CODEX_LOG.recognises(line)


def test_a_response_is_a_state_of_the_counter() -> None:
    assert CODEX_LOG.identity(event(tally(5), tally(100, 10, 80, 3))) == "100/80/10/3"
    assert CODEX_LOG.identity(record(tally(5), tally(100, 10, 80, 3))) == "100/80/10/3"
    assert CODEX_LOG.identity(event(tally(5), None, "07:01")) == "at 07:01"
    assert CODEX_LOG.identity(event(tally(5), None, "")) is None
    others = [
        meta(),
        turn(),
        SAID,
        EMPTY,
        event(None, tally(9)),
        event(tally(9), tally(0)),
        event(5, tally(9)),
    ]
    assert [CODEX_LOG.identity(line) for line in others] == [None] * 7


def cut(*lines: Payload, folder: Path) -> list[tuple[int | None, int]]:
    """For each recording in a file of these lines: its output, and its number of lines."""
    found = audit(write(folder / "rollout.jsonl", lines)).audited
    assert {one.recording.dialect for one in found} == {"codex-log"}
    told = [one.reference.usage if one.reference else None for one in found]
    counted = [None if one is None else one.output_tokens for one in told]
    return list(zip(counted, (one.recording.chunks for one in found), strict=True))


def test_a_file_is_cut_where_the_counter_changes(tmp_path: Path) -> None:
    two = event(tally(150, 20), tally(250, 30))
    lines = [meta(), turn(), EMPTY, SAID, ONE, ONE, SAID, two, SAID]

    assert cut(*lines, folder=tmp_path) == [(10, 7), (20, 2)]


def test_a_record_and_the_event_behind_it_are_one_response(tmp_path: Path) -> None:
    both = record(tally(100, 10), tally(100, 10)), ONE

    assert cut(*both, folder=tmp_path) == [(10, 2)]
    assert folded(*both).response.id == "resp_1"
    assert rules(*both) == []


def test_two_answers_that_used_the_same_are_two(tmp_path: Path) -> None:
    lines = ONE, event(tally(100, 10), tally(200, 20))

    assert cut(*lines, folder=tmp_path) == [(10, 1), (10, 1)]


def test_a_file_in_which_nothing_was_asked_is_a_recording_without_usage(tmp_path: Path) -> None:
    lines = [meta(), EMPTY, event(tally(500), tally(0))]

    assert cut(*lines, folder=tmp_path) == [(None, 3)]
    assert rules(*lines) == ["usage-absent"]
    assert not folded(*lines).complete


def test_the_usage_is_what_the_response_used_and_never_the_counter() -> None:
    line = event(tally(150, 20, 120, 8), tally(10_150, 900, 9000, 100))

    assert usage(line) == Usage(
        input_tokens=150, output_tokens=20, total_tokens=170, cache_read_tokens=120, reasoning_tokens=8
    )
    assert folded(line).response.extra == {"counter": tally(10_150, 900, 9000, 100)}


def test_a_cache_write_is_told_where_it_was() -> None:
    line = event({**tally(150, 20), "cache_write_input_tokens": 40}, None)

    assert usage(line).cache_write_tokens == 40
    assert usage(line).input_tokens == 150


def test_what_was_never_sent_is_unknown() -> None:
    assert usage(event({"output_tokens": 4}, None)) == Usage(output_tokens=4)
    assert usage(event({"output_tokens": "4"}, None)) == Usage()


def test_only_the_first_report_counts_as_later_ones_repeat_or_estimate_it() -> None:
    estimate = event(tally(6000), tally(100, 10))

    assert usage(ONE, ONE, estimate) == usage(ONE)
    assert rules(ONE, ONE, estimate) == ["log-cumulative-counter"]
    assert folded(ONE, ONE, estimate).notes[0].detail == "the same counter stands in 3 events"


def test_what_a_turn_used_is_not_what_its_last_response_did() -> None:
    line = record(tally(150, 20), tally(250, 30), turn=tally(250, 30))

    assert usage(line).output_tokens == 20


def test_the_model_is_that_of_the_turn_before_the_report() -> None:
    assert folded(turn("a"), turn("b"), ONE, turn("c")).response.model == "b"
    assert folded(turn("a"), turn(None), turn(""), ONE).response.model == "a"
    assert folded(ONE, turn("c")).response.model is None


def test_the_sessions_that_a_file_goes_on_with_are_kept() -> None:
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": "grandparent"}}}
    lines = meta("child", forked_from_id="parent", source=spawned), meta("parent", source="cli"), ONE

    assert folded(*lines).response.extra["sessions"] == ["child", "parent", "grandparent"]


@pytest.mark.parametrize("value", [None, 5, [], "text", {"in": {}}, True])
@pytest.mark.parametrize("key", ["type", "payload", "timestamp"])
@pytest.mark.parametrize("line", [meta(), turn(), ONE, record(tally(1), tally(1))])
def test_no_value_of_a_line_raises(line: Payload, key: str, value: Any) -> None:
    folded({**line, key: value})
    CODEX_LOG.identity({**line, key: value})


def test_a_session_is_read_response_by_response() -> None:
    kept = audit(FIXTURES / "codex-log" / "plain-session.jsonl")
    found = [one.reference for one in kept.audited if one.reference]

    assert [one.usage.output_tokens for one in found if one.usage] == [64, 38, 7]
    assert sum(one.recording.chunks for one in kept.audited) == 13
    assert kept.findings == []


def test_the_model_is_known_where_the_turn_began_in_the_response_s_own_lines() -> None:
    kept = audit(FIXTURES / "codex-log" / "plain-session.jsonl")

    assert [one.reference.model for one in kept.audited if one.reference] == ["gpt-5.3-codex", None, None]
