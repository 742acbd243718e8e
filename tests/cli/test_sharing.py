"""``redact`` and ``convert`` on the command line."""

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

ANSWER = FIXTURES / "openai-chat" / "plain-answer-with-usage.sse"
PAGE = (ROOT / "docs" / "sharing.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("CI", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main([*map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_page_shows_what_the_commands_print(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"```console\n\$ stream-audit ([^\n]*)\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures").symlink_to(FIXTURES)

    for line, shown in blocks:
        assert run(capsys, *shlex.split(line)) == (0, shown, "")


def test_the_page_shows_what_becomes_of_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = re.search(r"<!-- redacted -->\n```\n(.*?)\n(.*?)\n```", PAGE)
    assert found
    source = FIXTURES / "openai-chat" / "tool-name-appended.jsonl"

    (tmp_path / "key").write_text("demo", "utf-8")

    assert run(capsys, "redact", source, "-o", tmp_path, "--key", tmp_path / "key")[0] == 0

    assert source.read_text("utf-8").splitlines()[1] == found[1]
    assert (tmp_path / source.name).read_text("utf-8").splitlines()[1] == found[2]


def schema() -> Any:
    found = re.search(r"<!-- rewriting-schema -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("command", ["redact", "convert"])
def test_the_json_is_what_its_schema_says(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    (tmp_path / "a.bin").write_bytes(b"\0\1\2")

    code, out, _ = run(
        capsys, command, FIXTURES / "ledger", tmp_path / "a.bin", "-o", tmp_path / "o", "--format", "json"
    )

    document = json.loads(out)
    jsonschema.validate(document, schema())
    assert (code, document["exit_code"]) == (3, 3)
    assert [one["reason"] for one in document["left_out"]] == ["binary, not text"]
    assert ("replaced" in document) is (command == "redact")


def test_what_is_kept_is_what_was_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", [{"id": "m-1", "x_state": {"mood": "grumpy"}, "name": "find_it"}])

    def shown(*words: str) -> str:
        assert run(capsys, "redact", source, "-o", tmp_path / "o", "--force", *words)[0] == 0
        return (tmp_path / "o" / "a.jsonl").read_text("utf-8")

    assert not re.search("mood|grumpy|find_it", shown())
    assert "find_it" in shown("--keep-names")
    assert re.search("mood", shown("--keep-keys"))
    assert '"x_state": {"mood": "grumpy"}' in shown("--keep", "x_state,other")


def test_a_field_to_be_kept_that_nothing_has_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("redact", ANSWER, "-o", tmp_path, "--force", "--keep")

    assert "--keep nosuch: no field is called that\n" in run(capsys, *words, "usage,nosuch")[1]
    assert "--keep" not in run(capsys, *words, "usage")[1]
    shown = json.loads(run(capsys, *words, "nosuch", "--format", "json")[1])
    jsonschema.validate(shown, schema())
    assert shown["remarks"] == ["--keep nosuch: no field is called that"]


def test_standard_input_is_redacted_into_a_file_of_text(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ANSWER.open("r", encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)

        assert run(capsys, "redact", "-", "-o", tmp_path)[0] == 0

    assert [path.name for path in tmp_path.iterdir()] == ["stdin.txt"]


def test_with_a_key_the_result_is_the_same_each_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("one", "utf-8")
    two.write_text("two", "utf-8")

    def shown(*words: str | Path) -> bytes:
        assert run(capsys, "redact", ANSWER, "-o", tmp_path / "o", "--force", *words)[0] == 0
        return (tmp_path / "o" / ANSWER.name).read_bytes()

    assert shown("--key", one) == shown("--key", one) != shown("--key", two)
    assert shown() != shown()


def test_quiet_says_the_verdict_and_verbose_every_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("convert", FIXTURES / "openai-chat", "-o", tmp_path, "--force")

    assert len(run(capsys, *words, "-q")[1].splitlines()) == 4
    assert "more (all with -v)" in run(capsys, *words)[1]
    assert run(capsys, *words, "-v")[1].count("→") > 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["redact", "nowhere", "-o", "o"], "There is no file or folder 'nowhere'."),
        (["convert", "nowhere", "-o", "o"], "There is no file or folder 'nowhere'."),
        (["redact", str(ANSWER)], "Missing option"),
        (
            ["redact", str(ANSWER), "-o", str(ANSWER.parent)],
            "is one of the sources; write to another folder.",
        ),
        (["convert", str(ANSWER), "-o", str(ROOT / "pyproject.toml")], "Cannot write"),
        (["redact", str(ANSWER), "-o", "o", "--format", "csv"], "There is no format 'csv'."),
        (["redact", str(ANSWER), "-o", "o", "--keep", ""], "--keep names nothing"),
        (["redact", str(ANSWER), "-o", "o", "--key", "nowhere"], "Cannot read the key in nowhere"),
        (["redact", str(ANSWER), "-o", "o", "--key", "/dev/null"], "The key in /dev/null is empty."),
        (["redact", str(ANSWER), "-o", "o", "--dialect", "opena-chat"], "Did you mean openai-chat"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *words)

    assert (code, out) == (2, "")
    assert said in err


def test_a_file_that_shows_something_else_is_named_and_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream_audit.redaction.vocabulary.WORDS", frozenset(), raising=True)
    monkeypatch.setattr("stream_audit.redaction.words.WORDS", frozenset())

    code, out, _ = run(capsys, "redact", ANSWER, "-o", tmp_path)

    assert code == 1
    assert "says something else than its source" in out
    assert "other dialect" in out
