from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

from stream_audit.environments import clear, folder, listing, places
from stream_audit.environments.use import alone, share
from stream_audit.errors import UnknownName, UsageError
from tests.environments.pretended import made


def test_there_is_nothing_before_the_first(cache: Path) -> None:
    assert listing() == []
    assert clear().removed == ()
    assert not cache.exists()


def test_the_folder_is_the_platforms_unless_a_variable_names_one(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = folder()
    monkeypatch.setenv("STREAM_AUDIT_CACHE", "")

    assert named == cache / "environments"
    assert folder().is_absolute()
    assert folder().parent.name.startswith("stream-audit") or folder().parent.parent.name == "stream-audit"
    assert cache not in folder().parents


def test_a_relative_folder_stays_the_same_wherever_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STREAM_AUDIT_CACHE", "here")

    assert folder() == tmp_path / "here" / "environments"


def test_all_are_listed_by_requirement_with_their_size_and_unfinished_ones_too() -> None:
    made("six==1.17.0", "six-b")
    made("six==1.16.0", "six-c")
    made("six==1.15.0", "six-a", finished=False)

    found = listing()

    assert [(one.requirement, one.created is None) for one in found] == [
        ("six-a", True),
        ("six==1.16.0", False),
        ("six==1.17.0", False),
    ]
    assert found[0].size == 1000
    assert 1000 < found[1].size < 2000


def test_one_is_removed_by_requirement_in_any_spelling_or_by_folder() -> None:
    one, two, three = made("six==1.17.0", "six-b"), made("six==1.16.0", "six-c"), made("idna", "idna-d")

    cleared = clear(["Six == 1.17.0", "six-c"])

    assert [found.folder for found in cleared.removed] == [two, one]
    assert cleared.freed > 2000
    assert [path.exists() for path in (one, two, three)] == [False, False, True]


def test_a_requirement_stands_for_its_environments_of_every_interpreter() -> None:
    made("six", "six-a")
    made("six", "six-b")

    assert len(clear(["six"]).removed) == 2


def test_all_are_removed_unfinished_ones_too() -> None:
    made("six==1.17.0", "six-b")
    made("six==1.16.0", "six-c", finished=False)

    assert len(clear().removed) == 2
    assert listing() == []


def test_an_unknown_name_removes_nothing_and_offers_the_nearest() -> None:
    made("six==1.17.0", "six-b")

    with pytest.raises(UnknownName, match=r"no environment 'six==1.17.1'. Did you mean six==1.17.0"):
        clear(["six==1.17.0", "six==1.17.1"])
    assert len(listing()) == 1


def test_what_another_run_works_on_is_left_alone() -> None:
    held, free = made("six==1.17.0", "six-b"), made("six==1.16.0", "six-c")

    with FileLock(places.lock_file(held)):
        cleared = clear()

    assert [one.folder for one in cleared.held] == [held]
    assert [one.folder for one in cleared.removed] == [free]
    assert held.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there the system keeps what runs")
def test_what_a_run_uses_is_left_alone_until_the_run_ends() -> None:
    used, free = made("six==1.17.0", "six-b"), made("six==1.16.0", "six-c")

    with ExitStack() as first, ExitStack() as second:
        assert share(used, first)
        assert share(used, second)
        first.close()
        cleared = clear()
        assert [one.folder for one in cleared.held] == [used]
        assert [one.folder for one in cleared.removed] == [free]
        assert used.exists()
    assert [one.folder for one in clear().removed] == [used]


@pytest.mark.skipif(sys.platform == "win32", reason="there folders cannot be held")
def test_what_is_being_removed_is_used_by_nobody_new() -> None:
    folder = made("six==1.17.0", "six-b")

    with alone(folder) as free, ExitStack() as hold:
        assert free
        assert not share(folder, hold)


def test_a_folder_that_is_not_ours_is_neither_listed_nor_removed(tmp_path: Path) -> None:
    ours = made("six", "six-b")
    foreign = ours.with_name("photographs")
    foreign.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = ours.with_name("link")
    link.symlink_to(elsewhere)
    places.lock_file(link).touch()

    assert [one.folder for one in listing()] == [ours]
    clear()
    assert foreign.exists()
    assert elsewhere.exists()


def test_a_removal_cut_short_leaves_nothing_that_is_taken_for_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made("six", "six-b")

    def fails(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", fails)
    with pytest.raises(UsageError, match=r"Cannot remove .*six-b: Permission denied"):
        clear()
    assert [one.created for one in listing()] == [None]
