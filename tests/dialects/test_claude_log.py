"""Session logs of Claude Code: what is recognised, which lines are one response, and what it used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.session_logs.claude import CLAUDE_LOG
from stream_audit.model import Folded, Payload, Usage
from tests.dialects.log_lines import answer, fold, prompt, used
from tests.dialects.log_lines import rules as noted
from tests.runs import FIXTURES, Kept, audit, write

SUMMARY = {"type": "summary", "summary": "Tea", "leafUuid": "u"}
SYNTHETIC = "<synthetic>"


def folded(*items: Payload) -> Folded:
    return fold("claude-log", *items)


def usage(*items: Payload) -> Usage:
    found = folded(*items).response.usage
    assert found is not None
    return replace(found, raw=None)


def rules(*items: Payload) -> list[str]:
    return noted("claude-log", *items)


@pytest.mark.parametrize(
    "line",
    [
        answer(),
        prompt(),
        SUMMARY,
        {"type": "system", "uuid": "u", "sessionId": "s", "content": "compacted"},
        {"type": "assistant", "session_id": "s", "message": {"id": "m", "content": []}},
        {"requestId": "r", "message": {"usage": {"input_tokens": 1}}},
    ],
)
def test_lines_of_claude_code_are_recognised(line: Payload) -> None:
    assert [one.name for one in DIALECTS if one.recognises(line)] == ["claude-log"]


@pytest.mark.parametrize(
    "line",
    [
        {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 1}}},
        {"type": "assistant", "uuid": "u", "message": {"content": "Hi"}},
        {"type": "summary", "summary": "Tea"},
        {"type": "user", "sessionId": "s"},
        {"type": "user", "uuid": 5, "sessionId": "s"},
        {"uuid": "", "message": {"id": "m"}},
        {},
    ],
)
def test_what_could_be_somebody_else_s_is_not(line: Payload) -> None:
    assert not CLAUDE_LOG.recognises(line)


def test_a_response_is_a_message_of_a_request() -> None:
    assert CLAUDE_LOG.identity(answer("m", "r")) == "m r"
    assert CLAUDE_LOG.identity(answer("m", None)) == "m"
    others = [prompt(), SUMMARY, answer(None), answer("", "r"), answer(role="user"), answer(model=SYNTHETIC)]
    assert [CLAUDE_LOG.identity(line) for line in others] == [None] * 6


def cut(*lines: Payload, folder: Path) -> list[tuple[str | None, int]]:
    """For each recording in a file of these lines: the id of its response, and its number of lines."""
    found = audit(write(folder / "session.jsonl", lines)).audited
    assert {one.recording.dialect for one in found} == {"claude-log"}
    return [(one.reference.id if one.reference else None, one.recording.chunks) for one in found]


def test_a_file_is_cut_where_another_response_begins(tmp_path: Path) -> None:
    lines = [
        prompt(),
        answer("a", "1"),
        answer("a", "1"),
        prompt(),
        answer("b", "2"),
        answer("c", "2"),
        prompt(),
    ]

    assert cut(*lines, folder=tmp_path) == [("a", 4), ("b", 1), ("c", 2)]


def test_a_request_that_was_sent_again_is_another_response(tmp_path: Path) -> None:
    assert cut(answer("a", "1"), answer("a", "2"), folder=tmp_path) == [("a", 1), ("a", 1)]


def test_a_file_without_an_answer_is_a_recording_without_usage(tmp_path: Path) -> None:
    assert cut(SUMMARY, prompt(), folder=tmp_path) == [(None, 2)]
    assert rules(SUMMARY, prompt()) == ["usage-absent"]
    assert not folded(SUMMARY, prompt()).complete


def test_of_each_count_the_greatest_is_taken_wherever_its_line_stands() -> None:
    lines = [answer(usage=used(5, 1, 100)), answer(usage=used(5, 90, 100)), answer(usage=used(5, 40, 0, 8))]

    counted = Usage(input_tokens=113, output_tokens=90, cache_read_tokens=100, cache_write_tokens=8)
    assert usage(*lines) == usage(*reversed(lines)) == counted


def test_what_was_never_sent_is_unknown() -> None:
    assert usage(answer(usage={"output_tokens": 7})) == Usage(output_tokens=7)
    assert usage(answer(usage={"input_tokens": 7})) == Usage(input_tokens=7)
    assert folded(answer()).response.usage is None


def test_thinking_is_part_of_the_output() -> None:
    told = usage(answer(usage=used(output=90, output_tokens_details={"thinking_tokens": 60})))

    assert (told.output_tokens, told.reasoning_tokens) == (90, 60)


@pytest.mark.parametrize("placeholder", [0, 1])
def test_the_input_of_a_request_without_a_prompt_is_a_placeholder(placeholder: int) -> None:
    line = answer(usage=used(placeholder, placeholder, 0))

    assert usage(line) == Usage()
    assert rules(line) == ["log-placeholder-usage"]
    told = folded(line).response.usage
    assert told is not None
    assert (told.raw or {})["input_tokens"] == placeholder


def test_an_input_that_was_all_cached_is_none() -> None:
    line = answer(usage=used(0, 1, 100))

    assert usage(line).input_tokens == 100
    assert usage(line).output_tokens == 1
    assert rules(line) == []


def test_an_output_beside_a_placeholder_that_is_none_itself_counts() -> None:
    assert usage(answer(usage=used(1, 300, 0))).output_tokens == 300


def test_a_line_that_corrects_a_placeholder_does_correct_it() -> None:
    lines = answer(usage=used(0, 0, 0)), answer(usage=used(40, 9, 0))

    assert usage(*lines).input_tokens == 40
    assert "log-placeholder-usage" not in rules(*lines)


def test_counts_that_were_written_before_the_end_are_said_to_be() -> None:
    early, last = answer(usage=used(), stop_reason=None), answer(usage=used(), stop_reason="end_turn")

    assert rules(early) == ["log-placeholder-usage"]
    assert rules(early, last) == rules(last, early) == ["log-lines-duplicated"]
    assert rules(answer(usage=used())) == []
    assert usage(early) == usage(last)


def test_what_the_lines_of_one_response_say_together_is_noted_once() -> None:
    same, more = answer(usage=used(output=7)), answer(usage=used(output=9))

    assert rules(same, same, same) == ["log-lines-duplicated"]
    assert rules(same, more, same) == ["log-lines-duplicated", "log-dedup-first-wins"]
    notes = folded(same, more, same).notes
    assert [note.detail for note in notes] == ["usage stands on 3 lines", "output_tokens 7, then 9"]


def test_a_message_of_the_agent_itself_is_no_answer() -> None:
    line = answer(model=SYNTHETIC, usage=used(0, 0, 0))

    assert folded(line).response.id is None
    assert folded(line).response.usage is None


def test_a_request_that_failed_is_a_response_without_usage() -> None:
    content = [{"type": "text", "text": "API Error: "}, {"type": "text", "text": "busy"}, 5]
    line = answer(model=SYNTHETIC, usage=used(0, 0, 0), content=content, line={"isApiErrorMessage": True})
    found = folded(line)

    assert found.response.error == {"message": "API Error: busy"}
    assert found.response.usage is None
    assert not found.complete
    assert rules(line) == ["error-event-ignored", "usage-absent"]


def test_who_answered_is_kept_and_a_change_is_noted() -> None:
    first = answer(line={"isSidechain": True}, usage=used())
    found = folded(first, answer(model="haiku", usage=used(), line={"isSidechain": False}))

    assert (found.response.id, found.response.model) == ("msg_1", "sonnet")
    assert found.response.extra == {"requestId": "req_1", "sessionId": "s", "isSidechain": True}
    assert found.complete
    assert found.notes[0].rule == "model-changes"
    assert found.notes[0].index == 1


def test_a_session_is_known_by_either_spelling() -> None:
    line = answer(line={"sessionId": None, "session_id": "t"})

    assert folded(line).response.extra["sessionId"] == "t"


@pytest.mark.parametrize("value", [None, 5, [], "text", {"in": {}}, True])
@pytest.mark.parametrize(
    "key", ["message", "requestId", "sessionId", "type", "isSidechain", "isApiErrorMessage"]
)
def test_no_value_of_a_line_raises(key: str, value: Any) -> None:
    folded({**answer(usage=used()), key: value})


def session() -> Kept:
    return audit(FIXTURES / "claude-log" / "plain-session.jsonl")


def test_a_session_is_read_response_by_response() -> None:
    found = [one.reference for one in session().audited if one.reference]

    assert [one.id for one in found] == ["msg_01look", "msg_01why", "msg_01fix", "msg_01done"]
    assert [one.usage.output_tokens for one in found if one.usage] == [74, 41, 96, 4]
    assert sum(one.recording.chunks for one in session().audited) == 11


def test_all_that_is_noted_of_a_session_is_that_lines_repeat_a_response() -> None:
    assert [one.rule for one in session().findings] == ["log-lines-duplicated", "log-dedup-first-wins"]
