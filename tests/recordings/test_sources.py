from __future__ import annotations

import os
from pathlib import Path

import pytest

from stream_audit.errors import SourceNotFound
from stream_audit.recordings import Source, find


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "b.jsonl",
        "a.sse",
        "deep/er/c.jsonl.gz",
        ".hidden/x.jsonl",
        "deep/.y.jsonl",
        "a.response.json",
        "odd:3",
        "we[i]rd.jsonl",
    ):
        path = tmp_path / "d" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def paths(*asked: str) -> list[str]:
    return [source.path for source in find(asked)]


WALKED = ["d/a.sse", "d/b.jsonl", "d/odd:3", "d/we[i]rd.jsonl", "d/deep/er/c.jsonl.gz"]


def test_a_folder_is_walked_in_order_without_what_is_hidden_and_without_twins(tree: Path) -> None:
    assert paths("d") == WALKED
    assert not any(source.explicit for source in find(["d"]))


def test_a_file_named_is_explicit_and_keeps_its_spelling(tree: Path) -> None:
    assert find(["d/b.jsonl"]) == [Source("d/b.jsonl")]
    assert find([str(tree / "d" / "b.jsonl")])[0].path == str(tree / "d" / "b.jsonl")


def test_a_twin_named_is_taken(tree: Path) -> None:
    assert paths("d/a.response.json") == ["d/a.response.json"]


def test_globs_reach_into_folders(tree: Path) -> None:
    assert paths("d/*.jsonl") == ["d/b.jsonl", "d/we[i]rd.jsonl"]
    assert paths("d/**/*.gz") == ["d/deep/er/c.jsonl.gz"]


def test_a_name_that_looks_like_a_glob_is_taken_as_it_is(tree: Path) -> None:
    assert paths("d/we[i]rd.jsonl") == ["d/we[i]rd.jsonl"]


def test_line_ranges(tree: Path) -> None:
    assert find(["d/b.jsonl:10-30"]) == [Source("d/b.jsonl", 10, 30)]
    assert find(["d/b.jsonl:10"]) == [Source("d/b.jsonl", 10, 10)]
    assert find(["d/b.jsonl:10-"]) == [Source("d/b.jsonl", 10, None)]


def test_a_file_whose_name_looks_like_a_range_wins(tree: Path) -> None:
    assert find(["d/odd:3"]) == [Source("d/odd:3")]
    assert find(["d/odd:3:1-2"]) == [Source("d/odd:3", 1, 2)]


def test_nothing_is_read_twice(tree: Path) -> None:
    assert paths("d/b.jsonl", "d", "./d/b.jsonl", "-", "-") == ["d/b.jsonl", "d/a.sse", *WALKED[2:], "-"]
    assert [source.explicit for source in find(["d", "d/b.jsonl"])] == [False, True, False, False, False]


@pytest.mark.parametrize(
    "asked",
    ["d/c.jsonl", "d/b.json", "x*", "d/**/*.nothing", "d/b.jsonl:0", "d/b.jsonl:9-3", "d:1-3", "gone:3", ""],
)
def test_what_is_not_there_is_said_in_one_sentence(tree: Path, asked: str) -> None:
    with pytest.raises(SourceNotFound) as error:
        find([asked])
    assert "\n" not in str(error.value)


def test_a_near_name_is_offered(tree: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"Did you mean 'd/b\.jsonl'"):
        find(["d/b.jsnl"])


def test_paths_are_written_with_slashes(tree: Path) -> None:
    assert os.sep == "\\" or all("\\" not in path for path in paths("d"))


def test_a_folder_that_cannot_be_listed_is_not_passed_over(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir

    def refusing(path: str) -> object:
        if os.fspath(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)

    assert paths("d") == ["d/a.sse", "d/b.jsonl", "d/odd:3", "d/we[i]rd.jsonl", "d/deep"]
    assert paths("d/deep") == ["d/deep"]
    assert find(["d"])[-1].explicit


@pytest.mark.parametrize("asked", ["empty", "empty/*", "notes", "notes/**", "e*"])
def test_a_folder_or_glob_without_a_recording_stands_for_itself(tree: Path, asked: str) -> None:
    (tree / "empty" / "folder").mkdir(parents=True)
    (tree / "notes").mkdir()
    (tree / "notes" / "README.md").write_text("# Notes\n")
    (tree / "notes" / "a.response.json").write_text("{}\n")

    barren = [source for source in find(["d", asked, asked]) if source.barren]

    assert barren == ([] if asked == "notes/**" else [Source(asked, barren=True)])


def test_a_folder_whose_recordings_were_named_already_is_not_without_any(tree: Path) -> None:
    assert not any(source.barren for source in find(["d/deep/er/c.jsonl.gz", "d/deep", "d"]))
