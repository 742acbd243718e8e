from __future__ import annotations

import json
import shutil
from pathlib import Path

from stream_audit.corridor.survey import survey
from tests.recordings.containers.made import in_har, in_yaml, interaction, unstreamed
from tests.recordings.doubles import sse
from tests.runs import FIXTURES, HELLO, write


def test_recordings_are_told_by_content_not_by_name_or_folder(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "recordings").mkdir()
    write(tmp_path / "data" / "deep" / "odd.txt")
    (tmp_path / "recordings" / "users.jsonl").write_text('{"name": "a"}\n{"name": "b"}\n')
    (tmp_path / "recordings" / "package.json").write_text(json.dumps({"name": "x"}))

    found = survey(tmp_path)

    assert (found.paths, found.files, found.dialects, found.whole) == (
        ("data/deep",),
        1,
        ("openai-chat",),
        True,
    )


def test_a_folder_below_another_is_not_named_again(tmp_path: Path) -> None:
    for folder in ("a", "a/b", "c/d"):
        (tmp_path / folder).mkdir(parents=True)
        write(tmp_path / folder / "r.jsonl")

    assert survey(tmp_path).paths == ("a", "c/d")


def test_recordings_at_the_top_are_named_by_their_ending(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl")
    write(tmp_path / "b.jsonl")

    assert survey(tmp_path).paths == ("*.jsonl",)


def test_many_folders_are_named_by_the_one_above_them(tmp_path: Path) -> None:
    for i in range(12):
        (tmp_path / "all" / str(i)).mkdir(parents=True)
        write(tmp_path / "all" / str(i) / "r.jsonl")

    assert survey(tmp_path).paths == ("all",)


def test_hidden_generated_and_installed_folders_are_left_out(tmp_path: Path) -> None:
    for folder in (".cache", "node_modules/x", "build"):
        (tmp_path / folder).mkdir(parents=True)
        write(tmp_path / folder / "r.jsonl")
    (tmp_path / "envs" / "mine" / "lib").mkdir(parents=True)
    (tmp_path / "envs" / "mine" / "pyvenv.cfg").write_text("")
    write(tmp_path / "envs" / "mine" / "lib" / "r.jsonl")

    assert survey(tmp_path).paths == ()


def test_what_was_not_looked_at_is_said(tmp_path: Path) -> None:
    for name in "abc":
        write(tmp_path / f"{name}.jsonl")

    assert not survey(tmp_path, files=2).whole
    assert survey(tmp_path, files=3).whole
    assert not survey(tmp_path, seconds=-1).whole


def test_a_huge_file_that_is_no_recording_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "big.json").write_text("[" + "1," * 2_000_000 + "1]")

    assert survey(tmp_path).files == 0


def test_the_projects_own_fixtures_are_found_in_every_dialect(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES, tmp_path / "fixtures")

    found = survey(tmp_path)

    folders = {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()}
    assert set(found.dialects) == folders - {"ledger", "sessions"}
    assert {path.partition("/")[0] for path in found.paths} == {"fixtures"}


def test_cassettes_and_archives_are_recordings_where_they_hold_streams(tmp_path: Path) -> None:
    for folder in ("tests/cassettes", "archives", "k8s"):
        (tmp_path / folder).mkdir(parents=True)
    stream = interaction(sse(HELLO))
    (tmp_path / "tests" / "cassettes" / "a.yaml").write_bytes(in_yaml(unstreamed(), stream))
    (tmp_path / "archives" / "b.har").write_bytes(in_har(stream))
    (tmp_path / "k8s" / "c.yaml").write_text("kind: Pod\nspec:\n- a\n")

    assert survey(tmp_path).paths == ("archives", "tests/cassettes")
