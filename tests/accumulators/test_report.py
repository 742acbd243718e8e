"""What a person and a program see of accumulators and of the trail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from syrupy.assertion import SnapshotAssertion

from stream_audit.cli import main
from stream_audit.reports.schema import schema
from tests.runs import ROOT, chunk, write

CHAT = "fixtures/openai-chat/usage-cumulative-summed.jsonl"
ANTHROPIC = "fixtures/anthropic-messages/usage-delta-zero-erases.jsonl"
CALLS = "fixtures/ai-sdk-stream-python/add-after-override.jsonl"
POLICIES = ("sum", "last-wins", "x=max", "counted", "advisory")


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def replayed(capsys: pytest.CaptureFixture[str], *words: str, policies: tuple[str, ...] = POLICIES) -> str:
    asked = [word for policy in policies for word in ("--accumulator", policy)]
    main(["replay", *words, *asked, "--explain-usage"])
    return capsys.readouterr().out


def tail(text: str) -> str:
    """Everything from the trail on."""
    return text[text.index("\nusage:") :]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_trail_and_the_totals_side_by_side_look_like_this(
    width: int, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion
) -> None:
    text = replayed(capsys, CHAT, CALLS, "--width", str(width))

    assert tail(text) == snapshot
    assert [line for line in tail(text).splitlines() if len(line) > width] == []


def test_a_trail_of_anthropic_looks_like_this(
    capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion
) -> None:
    assert tail(replayed(capsys, ANTHROPIC, policies=("start-delta", "sum"))) == snapshot


def test_a_long_trail_is_cut_unless_all_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chunks = [chunk({}, usage={"completion_tokens": number}) for number in range(30)]
    recording = str(write(tmp_path / "a.jsonl", chunks))

    short = replayed(capsys, recording, policies=("sum",))
    whole = replayed(capsys, recording, "-v", policies=("sum",))

    assert "… 10 more places (all with -v)" in short
    assert "lines 1, 2, 3, 4 … 30  every report added up" in short
    assert whole.count("usage.completion_tokens") == 30


def test_recorded_names_and_values_never_reach_the_terminal_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = {"evil\x1b[31m": 3, "completion_tokens": "\x1b]0;x\x07"}
    recording = str(write(tmp_path / "a.jsonl", [chunk({}, usage=usage)]))

    assert "\x1b" not in replayed(capsys, recording)
    assert "\x07" not in replayed(capsys, recording)


def test_the_json_report_has_the_trail_and_keeps_to_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    report: dict[str, Any] = json.loads(replayed(capsys, CHAT, CALLS, ANTHROPIC, "--format", "json"))

    jsonschema.validate(report, schema())
    trail = report["recordings"][0]["usage_trail"]
    totals = {one["name"]: one for one in trail["totalled"]}
    assert list(totals) == ["reference", *(f"accumulator:{n}" for n in ("sum", "last-wins")), "x",
                            "accumulator:counted", "accumulator:advisory"]  # fmt: skip
    assert totals["x"]["accumulator"] == "max"
    won = {one["key"]: one for one in totals["accumulator:sum"]["won"]}["completion_tokens"]
    assert won["value"] == sum(trail["places"][at]["value"] for at in won["places"]) == 10
    assert totals["accumulator:advisory"]["error"].startswith("it refuses: text in chunk 2")


def test_the_json_report_has_no_trail_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["replay", CHAT, "--accumulator", "sum", "--format", "json"])
    report = json.loads(capsys.readouterr().out)

    assert "usage_trail" not in report["recordings"][0]
    assert report["command"] == ["replay", CHAT, "--accumulator", "sum"]


def test_settings_and_variables_name_accumulators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.stream-audit]\naccumulator = ["sum", "max"]\nexplain-usage = true\n', "utf-8")

    main(["replay", CHAT, "--config", str(settings), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["candidates"] == ["accumulator:sum", "accumulator:max"]
    assert "usage_trail" in report["recordings"][0]

    monkeypatch.setenv("STREAM_AUDIT_ACCUMULATOR", "union")
    main(["replay", CHAT, "--format", "json"])
    assert json.loads(capsys.readouterr().out)["candidates"] == ["accumulator:union"]


def test_an_accumulator_is_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    main(["candidates"])
    listed = capsys.readouterr().out
    assert "authoritative  (the reference of ai-sdk-stream-python)" in listed

    main(["explain", "add-after-override"])
    explained = capsys.readouterr().out
    assert "suspect add-after-override  (" in explained
    assert "\n\naccumulator add-after-override  (a way to total usage)" in explained
    assert "failure   usage-override-then-count" in explained


def test_a_sum_over_fewer_recordings_than_the_reference_s_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    details = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 8}}
    parts = [chunk({}, usage=details), chunk({}, usage={"prompt_tokens": 9, "completion_tokens": 4})]
    one, other = write(tmp_path / "a.jsonl", parts), write(tmp_path / "b.jsonl", parts[:1])

    main(["replay", str(one), str(other), "--accumulator", "last-wins", "--accumulator", "max"])

    text = capsys.readouterr().out
    rows = {
        row.split()[0]: row.split()[1:] for row in text.splitlines() if row.startswith("  ") and row.strip()
    }
    assert rows["reference"] == ["18", "6", "16"]
    assert rows["max"] == ["18", "6", "16", "0"]
    assert rows["last-wins"] == ["18", "6", "8*", "1"]
    assert "* not over all recordings in which the reference has a number" in text


def test_accumulators_alone_agree_in_usage_and_say_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", CHAT, "--accumulator", "union"]) == 0
    assert "No difference of usage in 1 recording. Exit code 0" in capsys.readouterr().out

    assert main(["replay", CHAT, "--accumulator", "union", "--candidate", "textbook"]) == 0
    assert "No difference in 1 recording. Exit code 0" in capsys.readouterr().out


def test_agreement_in_the_fields_that_were_asked_for_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", CHAT, "--candidate", "textbook", "--fields", "role,content"]) == 0
    assert "No difference of role, content in 1 recording. Exit code 0" in capsys.readouterr().out


def test_an_unknown_accumulator_ends_in_one_sentence_and_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", CHAT, "--accumulator", "last-win"]) == 2
    assert "There is no accumulator 'last-win'. Did you mean last-wins" in capsys.readouterr().err
