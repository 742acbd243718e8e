from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from filelock import FileLock

from stream_audit.cli import main
from stream_audit.cli.settings import check_variables
from stream_audit.environments import places
from tests.environments.pretended import made


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREAM_AUDIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_no_environments_are_a_list_without_any(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    assert main(["env", "list"]) == 0
    assert capsys.readouterr().out == f"0 environments, 0.0 MB, in {cache / 'environments'}\n"


def test_the_list_shows_what_is_in_each_and_how_large_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    made("six==1.16.0", "six-b")
    made("idna", "idna-c", finished=False)
    assert main(["env", "list"]) == 0
    blocks = capsys.readouterr().out.split("\n\n")

    assert blocks[0] == "idna-c  (not finished)\n  size    0.0 MB\n  folder  idna-c"
    assert blocks[1].startswith("six==1.16.0  (Python 3.11.7)\n  with    six 1.16.0 and 1 more\n  made    20")
    assert blocks[2].startswith("2 environments, 0.0 MB, in ")


def test_what_a_damaged_file_says_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made("six==1.16.0", "six-b")
    marker = folder / "environment.json"
    marker.write_text(marker.read_text().replace("six==1.16.0", "six\\u001b[31m"))
    assert main(["env", "list"]) == 0

    assert "six\\x1b[31m  (" in capsys.readouterr().out


def test_the_list_as_json_has_every_version(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    folder = made("six==1.16.0", "six-b")
    made("idna", "idna-c", finished=False)
    assert main(["env", "list", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert found["folder"] == str(cache / "environments")
    assert [one["finished"] for one in found["environments"]] == [False, True]
    six = found["environments"][1]
    assert six["installed"] == {"six": "1.16.0", "other": "2"}
    assert (six["requirement"], six["main"], six["folder"]) == ("six==1.16.0", ["six"], str(folder))
    assert six["bytes"] > 1000
    assert six["created"].endswith("+00:00")


def test_clearing_says_what_was_removed(capsys: pytest.CaptureFixture[str]) -> None:
    folders = [made("six==1.16.0", "six-b"), made("idna", "idna-c")]
    assert main(["env", "clear", "six==1.16.0"]) == 0

    assert capsys.readouterr().out == (
        "removed six==1.16.0  (Python 3.11.7)\n1 environment removed, 0.0 MB\n"
    )
    assert [folder.exists() for folder in folders] == [False, True]
    assert main(["env", "clear"]) == 0
    assert not folders[1].exists()


def test_what_another_run_installs_is_not_removed_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    with FileLock(places.lock_file(made("six==1.16.0", "six-b"))):
        code = main(["env", "clear"])
    told = capsys.readouterr()

    assert code == 2
    assert told.out == "0 environments removed, 0.0 MB\n"
    assert "another run uses or installs it: six==1.16.0" in told.err


@pytest.mark.parametrize(("requirement", "stays"), [("six", True), ("six>=1", True), ("six==1.16.0", False)])
def test_the_list_says_what_stays_the_version_it_was_made_with(
    capsys: pytest.CaptureFixture[str], requirement: str, stays: bool
) -> None:
    made(requirement, "six-b")

    assert main(["env", "list"]) == 0
    listed = capsys.readouterr().out
    assert main(["env", "list", "--format", "json"]) == 0

    said = (
        f"  stays   as it is, whatever is newer, until: stream-audit env clear {shlex.quote(requirement)}\n"
    )
    assert (said in listed) is stays
    assert json.loads(capsys.readouterr().out)["environments"][0]["pinned"] is not stays


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["clear", "sx"], "There is no environment 'sx'. Did you mean six?"),
        (["list", "--format", "jsn"], "Did you mean json?"),
        (["lst"], "Did you mean 'list'?"),
        ([], "env needs a command: env list or env clear."),
    ],
)
def test_what_does_not_exist_is_one_sentence_with_the_nearest_name(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made("six", "zzzz")

    assert main(["env", *words]) == 2
    assert said in capsys.readouterr().err
    assert folder.exists()


def test_the_variable_of_the_cache_folder_is_known() -> None:
    check_variables(["STREAM_AUDIT_CACHE"])
