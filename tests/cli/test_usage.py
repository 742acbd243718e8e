from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from stream_audit.cli import main
from tests.runs import FIXTURES, ROOT, write

LEDGER = FIXTURES / "ledger"
PAGE = (ROOT / "docs" / "ledger.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("CI", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main(["usage", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def schema() -> Any:
    found = re.search(r"<!-- usage-schema -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_shows_what_the_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```console\n\$ stream-audit usage ([^\n]*)\n(.*?)```", PAGE, re.DOTALL)

    assert len(blocks) == 3
    for line, shown in blocks:
        assert run(capsys, *shlex.split(line)) == (0, shown, "")


@pytest.mark.parametrize(
    "words",
    [
        ["fixtures/ledger", "--by", "tick,phase,entity"],
        ["fixtures/ledger"],
        ["fixtures/ledger", "--by", "nowhere"],
        ["README.md", "--by", "tick"],
        ["fixtures/openai-chat", "README.md", "--strict"],
    ],
)
def test_the_json_is_what_its_schema_says(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())

    code, out, _ = run(capsys, *words, "--format", "json")
    document = json.loads(out)

    jsonschema.validate(document, schema())
    counts = document["counts"]
    assert document["exit_code"] == code
    assert document["rows"][0]["counts"]["requests"] == counts["folded"]
    assert counts["found"] == counts["folded"] + counts["unreadable"] + counts["skipped"]


def test_a_label_without_recordings_is_said_on_stderr_and_all_is_under_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, LEDGER, "--by", "tock", "--format", "csv")

    assert code == 0
    assert [line.split(",")[:3] for line in out.splitlines()[1:]] == [["0", "", "10"], ["1", "(none)", "10"]]
    assert err.startswith(
        "stream-audit: warning: No recording has the label 'tock'. Labels there are: 'tick'"
    )


def test_labels_of_all_three_sources_meet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(f"recording,project\n{LEDGER}/runs/**,tale\n", "utf-8")
    words = (LEDGER, "--path-labels", "runs/{tick}/{phase}/{entity}.jsonl", "--labels", labels)

    _, out, err = run(capsys, *words, "--by", "project,tick", "--format", "csv")

    assert [",".join(line.split(",")[:4]) for line in out.splitlines()[1:]] == [
        "0,,,10", "1,tale,,2", "2,tale,3,2", "1,(none),,8", "2,(none),1,3", "2,(none),2,5",
    ]  # fmt: skip
    assert err == (
        "stream-audit: warning: The label 'project' is not the same in --labels as in its .labels.json, "
        f"which is overruled: {LEDGER}/runs/3/phase1/mira.jsonl.\n"
    )


def test_what_is_left_out_is_said_also_where_the_format_has_only_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.jsonl").write_text("nothing\n", "utf-8")
    write(tmp_path / "a.jsonl")

    for kind in ("csv", "lines"):
        code, _, err = run(capsys, tmp_path, "--format", kind)
        assert code == 0
        assert "1 recording unreadable, so in no sum." in err


@pytest.mark.parametrize("way", ["--strict", "CI"])
def test_strict_fails_what_is_not_whole_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (tmp_path / "b.jsonl").write_text("nothing\n", "utf-8")
    write(tmp_path / "a.jsonl")
    monkeypatch.setenv("CI", "true" if way == "CI" else "")

    code, out, _ = run(capsys, tmp_path, *(["--strict"] if way == "--strict" else []))

    assert code == 3
    assert "Exit code 3: not everything was added up (1 unreadable), and --strict or CI=true" in out
    assert "total         1" in out


def test_nothing_added_up_is_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, tmp_path)
    assert (code, out.splitlines()[-1]) == (3, "Exit code 3: nothing was added up: no recording was found.")

    code, out, _ = run(capsys, "README.md")
    assert (code, out.splitlines()[-1]) == (
        3,
        "Exit code 3: nothing was added up: no recording could be folded.",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--by", "a,b,a"], "--by has the label 'a' twice."),
        (["--format", "tabel"], "There is no format 'tabel'. Did you mean table?"),
        (["--format", "lines", "--by", "user"], "is always by tick, phase, entity; leave --by out."),
        (["--path-labels", "x"], "--path-labels 'x': it names no label"),
        (["--labels", "fixtures/README.md"], "fixtures/README.md:1: labels are a JSON object, or CSV"),
        (["--labels", "nowhere.json"], "Cannot read the labels in nowhere.json: No such file or directory."),
        (["--dialect", "opena-chat"], "Did you mean openai-chat"),
        (["--policy", "later-zero=x"], "There is no value of policy later_zero 'x'."),
        (["--config", "nowhere.toml"], "Cannot read nowhere.toml"),
        (["nowhere"], "There is no file or folder 'nowhere'."),
        (["-o", "fixtures/ledger/two-ticks.jsonl"], "is one of the recordings"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_exit_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "fixtures/ledger", *words)

    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_result_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, LEDGER, "-o", tmp_path / "u.json", "--format", "json") == (0, "", "")

    assert json.loads((tmp_path / "u.json").read_text("utf-8"))["counts"]["folded"] == 10


def test_settings_that_decide_how_to_fold_hold_here_too_and_others_do_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text('[tool.stream-audit]\nformat = "github"\nstrict = true\nfail-on = "note"\n', "utf-8")
    (tmp_path / "b.jsonl").write_text("nothing\n", "utf-8")
    write(tmp_path / "a.jsonl")

    assert run(capsys, tmp_path / "a.jsonl", tmp_path / "b.jsonl")[0] == 0
    assert run(capsys, tmp_path / "a.jsonl", tmp_path / "b.jsonl", "--config", settings)[0] == 3
    monkeypatch.setenv("STREAM_AUDIT_DIALECT", "nowhere")
    assert run(capsys, LEDGER)[0] == 2


@pytest.mark.parametrize("value", ["", ","])
def test_an_empty_by_is_not_taken_for_none(capsys: pytest.CaptureFixture[str], value: str) -> None:
    assert main(["usage", str(FIXTURES / "ledger"), "--by", value]) == 2
    assert "--by names nothing" in capsys.readouterr().err
