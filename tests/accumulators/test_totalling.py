"""Accumulators in a run: compared, placed, named and explained like any candidate, in usage alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.candidates import parse_accumulator
from stream_audit.errors import CandidateNotLoaded, UnknownName, UsageError
from stream_audit.model import FIELDS, USAGE, Policies
from tests.accumulators.runs import EVERY, PLAIN, RUNNING, code, statuses, total_usage
from tests.runs import chunk, write

# ------------------------------------------------------------------ what is written behind --accumulator


def test_a_name_a_label_and_code_are_told_apart(tmp_path: Path) -> None:
    mine = code(tmp_path, "def fold(reports): ...")

    assert parse_accumulator("sum", EVERY).name == "accumulator:sum"
    assert parse_accumulator("x = sum", EVERY).name == "x"
    own = parse_accumulator(f"x={mine}", EVERY)
    assert (own.name, own.kind, own.totals) == ("x", "file", True)
    assert parse_accumulator("mine.module:Total", EVERY).kind == "import"


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("summ", UnknownName, "There is no accumulator 'summ'. Did you mean sum"),
        ("", UnknownName, "There is no accumulator ''"),
        ("suspect:usage-first-wins", UsageError, "'suspect:usage-first-wins' is no accumulator"),
        ("nowhere.py:fold", CandidateNotLoaded, "There is no file nowhere.py"),
    ],
)
def test_what_is_no_accumulator_is_refused_in_a_sentence(
    text: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as raised:
        parse_accumulator(text, EVERY)
    assert str(raised.value).startswith(said)


# ------------------------------------------------------------------ named ones in a run


def test_an_accumulator_alone_compares_something() -> None:
    assert total_usage(RUNNING, accumulators=("union",)).summary.exit_code == 0
    assert total_usage(RUNNING, accumulators=("sum",)).summary.exit_code == 1


def test_a_wrong_total_has_its_culprit_and_its_name() -> None:
    kept = total_usage(RUNNING, accumulators=("sum",))

    found = {finding.field: finding for finding in kept.about_candidates()}
    assert set(found) == {"usage.input_tokens", "usage.output_tokens", "usage.total_tokens"}
    output = found["usage.output_tokens"]
    assert (output.reference, output.got, output.line) == (5, 10, 3)
    assert output.candidate == "accumulator:sum"
    assert output.diagnosis == ("usage-cumulative-summed",)


def test_an_accumulator_is_asked_for_usage_alone() -> None:
    kept = total_usage(RUNNING, accumulators=("last-wins",), candidates=("textbook",))
    mine = kept.audited[0].candidates[1]

    assert mine.scope == USAGE
    assert mine.not_covered == ()
    assert "content_characters" not in kept.summary.candidate_totals["accumulator:last-wins"]
    assert "content_characters" in kept.summary.candidate_totals["suspect:textbook"]


def test_fields_are_demanded_of_an_accumulator_only_where_they_are_usage() -> None:
    kept = total_usage(RUNNING, accumulators=("union",), fields=("role", "usage.input_tokens"))

    assert kept.about_candidates() == []
    with pytest.raises(UsageError, match="--fields names no usage"):
        total_usage(RUNNING, accumulators=("union",), fields=("role",))
    assert set(FIELDS) > USAGE


def test_several_under_one_name_get_different_ones() -> None:
    kept = total_usage(RUNNING, accumulators=("x=sum", "x=max", "sum", "sum"))

    assert list(statuses(kept)) == ["x", "x#2", "accumulator:sum", "accumulator:sum#2"]
    assert statuses(kept)["x"] == statuses(kept)["accumulator:sum#2"] == "differ"


def test_a_policy_that_is_broken_is_an_error_of_that_accumulator_with_its_line(tmp_path: Path) -> None:
    recording = tmp_path / "calls.jsonl"
    calls: list[dict[str, Any]] = [
        {"op": "write_text", "delta": "hello"},
        {"op": "set_usage", "answer_tokens": 3},
        {"op": "write_text", "delta": " world"},
        {"op": "finish"},
    ]
    recording.write_text("".join(f"{json.dumps(call)}\n" for call in calls), "utf-8")
    kept = total_usage(recording, accumulators=("advisory", "add-after-override"))

    assert statuses(kept) == {"accumulator:advisory": "refused", "accumulator:add-after-override": "differ"}
    refused, added = kept.about_candidates()
    assert refused.rule == "accumulator-refused"
    assert refused.line == added.line == 3
    assert "write_text in chunk 3 adds to answer_tokens after set_usage in chunk 2" in refused.message
    assert (added.reference, added.got) == (3, 9)
    assert added.rule == "usage-override-then-count"


def test_what_makes_no_sense_for_a_dialect_says_so_and_guesses_nothing() -> None:
    kept = total_usage(RUNNING, PLAIN, accumulators=("start-delta", "union"))

    chat, anthropic = (audited.candidates[0] for audited in kept.audited)
    assert (chat.status, chat.error) == ("unavailable", "start-delta says nothing but of anthropic-messages")
    assert anthropic.status == "same"


def test_without_usage_anywhere_only_counting_differs(tmp_path: Path) -> None:
    recording = write(tmp_path / "a.jsonl", [chunk({"content": "Hi"}), chunk({}, finish_reason="stop")])
    kept = total_usage(recording, accumulators=EVERY)

    counting = ("authoritative", "advisory", "counted", "add-after-override")
    for name, status in statuses(kept).items():
        policy = name.removeprefix("accumulator:")
        expected = "differ" if policy in counting else "unavailable" if policy == "start-delta" else "same"
        assert (policy, status) == (policy, expected)


def test_an_error_stream_keeps_the_usage_sent_before(tmp_path: Path) -> None:
    chunks = [
        chunk({"content": "Hi"}, usage={"prompt_tokens": 3, "completion_tokens": 1}),
        {"error": {"message": "overloaded"}, "usage": {"completion_tokens": 2}},
    ]
    kept = total_usage(write(tmp_path / "a.jsonl", chunks), accumulators=("union", "last-wins"))

    assert statuses(kept) == {"accumulator:union": "same", "accumulator:last-wins": "differ"}


def test_a_stream_of_an_unknown_dialect_is_skipped_and_has_no_trail(tmp_path: Path) -> None:
    recording = tmp_path / "a.jsonl"
    recording.write_text('{"usage_of_what": 3}\n{"usage_of_what": 4}\n', "utf-8")
    kept = total_usage(recording, accumulators=("sum",), explain_usage=True)

    assert kept.summary.exit_code == 3
    assert all(audited.usage_trail is None for audited in kept.audited)


def test_the_run_s_policies_hold_for_the_accumulator_that_is_the_reference(tmp_path: Path) -> None:
    reports = [chunk({}, usage={"completion_tokens": 5}), chunk({}, usage={"completion_tokens": 0})]
    recording = write(tmp_path / "a.jsonl", reports)

    kept = total_usage(recording, accumulators=("union", "max"), policies=Policies(later_zero="honour"))

    assert statuses(kept) == {"accumulator:union": "same", "accumulator:max": "differ"}
