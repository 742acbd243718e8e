"""``lint``: the gate for who makes streams. What it says of a stream, what fails, what is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit import rules
from stream_audit.cli import main
from tests.runs import FIXTURES, HELLO, write

NO_INDEX = FIXTURES / "openai-chat" / "tool-index-default-zero.jsonl"
RESENT = FIXTURES / "openai-chat" / "tool-name-appended.jsonl"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The JSON report of a lint."""
    code = main(["lint", *map(str, words), "--format", "json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == code
    return told


def test_a_clean_stream_passes(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    told = report(capsys, str(write(folder / "a.jsonl")))

    counts = {
        "found": 1,
        "compared": 1,
        "same": 1,
        "differ": 0,
        "baselined": 0,
        "unreadable": 0,
        "skipped": 0,
    }
    assert (told["exit_code"], told["findings"], told["counts"]) == (0, [], counts)
    assert (told["subject"], told["command"]) == ("streams", ["lint", str(folder / "a.jsonl")])


def test_a_finding_says_how_bad_where_what_and_whom_it_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    told = report(capsys, str(NO_INDEX))

    (found,) = [one for one in told["findings"] if one["rule"] == "tool-index-missing"]
    assert told["exit_code"] == 1
    assert (found["severity"], found["kind"], found["line"]) == ("error", "wire", 2)
    assert found["breaks"] == list(rules.rule("tool-index-missing").breaks) != []
    assert found["id"]
    assert json.loads(found["chunk"]["text"])["choices"][0]["delta"]["tool_calls"]


def test_the_table_says_why_and_whom_it_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(NO_INDEX), "--width", "200"]) == 1

    table = capsys.readouterr().out
    assert rules.rule("tool-index-missing").why in table
    assert "breaks      openai-python (#3246), opik (#8362), term-llm (#314)" in table
    assert "1 found · 1 linted · 0 clean · 1 with findings" in table
    assert "--candidate" not in table


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_the_threshold_decides(level: str, code: int) -> None:
    assert main(["lint", str(RESENT), "--fail-on", level]) == code


def test_a_note_alone_passes_until_notes_are_asked_for(folder: Path) -> None:
    path = str(write(folder / "a.jsonl", HELLO[:-1]))  # no usage

    assert (main(["lint", path]), main(["lint", path, "--fail-on", "note"])) == (0, 1)


def test_rules_are_selected_and_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    assert {one["rule"] for one in report(capsys, str(RESENT), "--select", "tools")["findings"]} == {
        "tool-name-resent"
    }
    assert report(capsys, str(RESENT), "--ignore", "tools")["exit_code"] == 0


def test_a_rule_is_left_out_for_some_recordings() -> None:
    words = ["lint", str(RESENT), str(NO_INDEX), "--per-recording-ignores"]

    assert main([*words, "*appended.jsonl=tool-name-resent"]) == 1
    assert main([*words, "*.jsonl=tool-name-resent,tool-index-missing"]) == 0


@pytest.mark.parametrize("content", [b"", b"\n\n", b"not json\n", b"[1]\n", b'{"foo": 1}\n'])
def test_what_cannot_be_linted_is_no_pass(
    content: bytes, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.jsonl").write_bytes(content)
    told = report(capsys, "a.jsonl")

    assert told["exit_code"] == 3
    assert told["exit_reason"] == "nothing was linted: no recording could be linted"
    assert told["findings"]


def test_an_empty_folder_is_no_pass(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "none").mkdir()

    assert report(capsys, "none")["exit_reason"] == "nothing was linted: no recording was found"


def test_a_broken_file_beside_a_clean_one_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "a.jsonl")
    (folder / "b.jsonl").write_text("not json\n")

    told = report(capsys, ".")
    assert (told["exit_code"], told["counts"]["unreadable"], told["counts"]["same"]) == (1, 1, 1)
    main(["lint", "."])
    assert "line-not-json" in capsys.readouterr().out.partition("unreadable")[0]
    assert main(["lint", ".", "--ignore", "input"]) == 0
    assert main(["lint", ".", "--ignore", "input", "--strict"]) == 3


def test_a_path_that_is_not_there_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "nowhere"]) == 2
    assert main(["lint"]) == 2
    assert "Missing argument 'PATH...'" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--dialect", "--policy", "--select", "--format", "--fail-on"])
def test_a_name_nobody_knows_is_a_usage_error(option: str, folder: Path) -> None:
    write(folder / "a.jsonl")

    assert main(["lint", "a.jsonl", option, "nothing=such"]) == 2


def test_a_baseline_lets_only_new_findings_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(NO_INDEX), "--baseline", "known.json"]

    assert main(["lint", *words, "--baseline-update"]) == 0
    capsys.readouterr()
    known = report(capsys, *words)
    assert (known["exit_code"], known["counts"]["baselined"]) == (0, 1)
    assert all(one["baselined"] for one in known["findings"])
    new = report(capsys, *words, str(RESENT))
    assert (new["exit_code"], new["counts"]["differ"]) == (1, 2)
    assert [one["rule"] for one in new["findings"] if not one["baselined"]] == [
        *("tool-name-resent", "usage-absent"),
    ]


def test_what_is_no_longer_found_is_told_and_pruned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(folder / "a.jsonl", HELLO[:-1])
    words = [str(path), "--baseline", "known.json"]
    main(["lint", *words, "--baseline-update"])
    entry = json.loads((folder / "known.json").read_text())["findings"][0]
    gone = {**entry, "id": "0" * 16, "rule": "finish-missing"}
    (folder / "known.json").write_text(json.dumps({"schema_version": 1, "findings": [entry, gone]}))
    capsys.readouterr()

    assert report(capsys, *words)["baseline"]["stale"] == [f"{path}: finish-missing usage"]
    assert main(["lint", *words, "--baseline-prune"]) == 0
    assert json.loads((folder / "known.json").read_text())["findings"] == [entry]


def test_lint_and_replay_share_a_baseline_and_leave_each_others_entries(folder: Path) -> None:
    shared = [str(NO_INDEX), "--baseline", "known.json"]
    replay = ["replay", *shared, "--candidate", "suspect:tool-index-default-zero"]
    assert main([*replay, "--baseline-update"]) == 0
    candidates = len(json.loads((folder / "known.json").read_text())["findings"])

    assert main(["lint", *shared, "--baseline-update"]) == 0
    both = json.loads((folder / "known.json").read_text())["findings"]
    assert 0 < candidates < len(both)
    for words in (replay, ["lint", *shared]):
        assert main([*words, "--baseline-prune"]) == 0
        assert json.loads((folder / "known.json").read_text())["findings"] == both
        assert main(words) == 0


def test_settings_come_from_the_file_then_the_environment_then_flags(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text(
        f'[tool.stream-audit]\npaths = ["{RESENT}"]\nfail-on = "error"\ncandidate = "nobody:fold"\n'
    )

    assert main(["lint"]) == 0
    monkeypatch.setenv("STREAM_AUDIT_FAIL_ON", "note")
    assert main(["lint"]) == 1
    assert main(["lint", "--fail-on", "never"]) == 0
    monkeypatch.setenv("STREAM_AUDIT_PATHS", str(NO_INDEX))
    capsys.readouterr()
    assert report(capsys)["recordings"][0]["path"] == str(NO_INDEX)


def test_several_processes_give_the_same_report(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["lint", str(FIXTURES / "openai-chat"), "--format", "json"]

    assert main(words) == main([*words, "-j", "2"])
    one, two = capsys.readouterr().out.split('{"schema_version"')[1:]
    assert one == two


def test_a_stream_on_standard_input_is_linted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io
    import sys

    with NO_INDEX.open("rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        told = report(capsys, "-")
    assert (told["exit_code"], told["counts"]["found"]) == (1, 1)


def test_one_run_writes_every_kind_of_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ("table", "concise", "json", "ndjson", "junit", "sarif", "gitlab", "github", "markdown", "html")

    assert (
        main(["lint", str(NO_INDEX), *(word for kind in kinds for word in ("--report", f"{kind}={kind}"))])
        == 1
    )

    for kind in kinds:
        text = (folder / kind).read_text("utf-8")
        assert "tool-index-missing" in text, kind
        assert "openai-python (#3246)" in text, kind


def test_pipelines_see_a_finding_as_bad_as_it_is(folder: Path) -> None:
    kinds = ("junit", "sarif", "gitlab", "github")
    main(["lint", str(NO_INDEX), *(word for kind in kinds for word in ("--report", f"{kind}={kind}"))])

    assert '<testsuite name="streams" tests="1" failures="1"' in (folder / "junit").read_text()
    levels = [one["level"] for one in json.loads((folder / "sarif").read_text())["runs"][0]["results"]]
    assert levels == ["error", "note"]
    severities = [one["severity"] for one in json.loads((folder / "gitlab").read_text())]
    assert severities == ["critical", "minor"]
    assert "::error file=" in (folder / "github").read_text()


def test_concise_is_a_line_a_finding_also_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(NO_INDEX), "--format", "concise", "-q"])

    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{NO_INDEX}:2: tool-index-missing error: A tool-call entry has no index")
    assert first.endswith("(2 times) [breaks openai-python (#3246), opik (#8362), term-llm (#314)]")


def test_a_damaged_recording_is_linted_and_its_damage_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(folder / "a.jsonl")
    path.write_bytes(path.read_bytes() + b'{"cut')

    told = report(capsys, str(path))
    assert (told["exit_code"], told["damaged"], told["counts"]["differ"]) == (1, 1, 1)
    assert [one["rule"] for one in told["findings"]] == ["line-cut-off"]


def test_the_same_findings_are_found_as_replay_shows(capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(FIXTURES / "openai-chat")
    linted = report(capsys, folder)
    main(["replay", folder, "--format", "json"])
    replayed = json.loads(capsys.readouterr().out)

    def said(told: dict[str, Any]) -> list[tuple[Any, ...]]:
        keys = ("rule", "severity", "kind", "path", "line", "field", "count", "message")
        return [tuple(one[key] for key in keys) for one in told["findings"]]

    assert said(linted) == said(replayed) != []


def test_what_was_asked_for_again_by_the_line_that_reproduces(capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(RESENT), "--policy", "tool_name=append", "--width", "250"])

    assert f"stream-audit lint {RESENT} --policy tool_name=append" in capsys.readouterr().out
