"""One writer at a time, whoever they are and wherever they run, and nothing left behind."""

from __future__ import annotations

import contextlib
import datetime
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream_audit.accepted import Baseline, locking
from stream_audit.accepted.locking import locked
from stream_audit.accepted.store import writing
from stream_audit.errors import UsageError
from tests.runs import ROOT

HOLDER = """
import sys
from pathlib import Path
from stream_audit.accepted import locking
if "file" in sys.argv:
    locking._folder_held = lambda *_: None
with locking.locked(Path(sys.argv[1]), print):
    print("mine", flush=True)
    sys.stdin.read()
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="there folders cannot be held")


@contextlib.contextmanager
def held(path: Path, *more: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the right to write there."""
    command = [sys.executable, "-c", HOLDER, str(path), *more]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, cwd=ROOT, env={**os.environ, **environment}
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        try:
            yield holder
        finally:
            holder.kill()


def refused(path: Path) -> list[str]:
    """What is said while it is waited for, in vain."""
    said: list[str] = []
    with (
        pytest.raises(UsageError, match="written by another run; nothing was changed"),
        locked(path, said.append, patience=0.1),
    ):
        pytest.fail("two writers at once")
    return said


@posix
def test_who_shares_nothing_but_the_folder_waits_and_says_so_and_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "a.json"
    (tmp_path / "elsewhere").mkdir()
    elsewhere = str(tmp_path / "elsewhere")
    (tmp_path / "mounted").symlink_to(tmp_path / "kept")

    with held(path, TMPDIR=elsewhere, HOME=elsewhere, USER="other"):
        assert refused(path) == [f"waiting for another run that writes {path}"]
        assert refused(tmp_path / "mounted" / "a.json") != []

    with locked(path, print, patience=5):  # whoever was killed holds nothing
        pass
    assert list((tmp_path / "elsewhere").iterdir()) == []


class Waited(Exception):
    """Somebody would have waited."""


def waits(_: str) -> None:
    raise Waited


@posix
def test_stores_and_baselines_are_held_by_their_folder(tmp_path: Path) -> None:
    today = datetime.date(2026, 1, 1)

    with held(tmp_path / "anything", TMPDIR=str(tmp_path.parent)):
        with pytest.raises(Waited), writing(tmp_path, waits):
            pytest.fail("two writers at once")
        with pytest.raises(Waited):
            Baseline(tmp_path / "baseline.json", (), today).save(update=True, prune=False, say=waits)


@posix
def test_a_lock_leaves_nothing_behind(tmp_path: Path) -> None:
    with locked(tmp_path / "new" / "folder" / "a.json", print):
        assert list((tmp_path / "new" / "folder").iterdir()) == []
    assert list(tmp_path.iterdir()) == []

    with locked(tmp_path / "new" / "a.json", print):
        (tmp_path / "new" / "a.json").write_text("{}")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.json"]


@posix
def test_a_folder_that_cannot_be_written_can_be_held(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with held(tmp_path / "a.json"):
            refused(tmp_path / "a.json")
    finally:
        tmp_path.chmod(0o755)


@posix
def test_who_waited_for_a_folder_that_went_holds_the_one_that_is_there(tmp_path: Path) -> None:
    folder, waits, done = tmp_path / "kept", threading.Event(), threading.Event()
    there: list[bool] = []

    def second() -> None:
        with locked(folder / "a.json", lambda _: waits.set(), patience=10):
            there.append(folder.exists())
            done.wait(10)

    other = threading.Thread(target=second)
    with locked(folder / "a.json", print):
        other.start()
        assert waits.wait(10)
    while not there and other.is_alive():
        other.join(0.01)
    try:
        assert there == [True]
        refused(folder / "a.json")
    finally:
        done.set()
        other.join()


def test_where_folders_cannot_be_held_a_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_folder_held", lambda *_: None)

    with held(tmp_path / "a.json", "file"):
        assert refused(tmp_path / "a.json") != []
    with locked(tmp_path / "a.json", print, patience=5):
        assert list(tmp_path.iterdir()) == []


@posix
def test_a_file_system_that_cannot_hold_folders_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_: int) -> bool:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(locking, "_is_ours", unsupported)

    with held(tmp_path / "a.json", "file"):
        refused(tmp_path / "a.json")


@posix
@pytest.mark.parametrize("kind", ["a file", "a link"])
def test_no_lock_is_put_where_somebody_else_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(locking, "_folder_held", lambda *_: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place = tmp_path / f"stream-audit-{os.getuid()}"
    (tmp_path / "elsewhere").mkdir()
    if kind == "a file":
        place.write_text("")
    else:
        place.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match=r"Cannot lock .*kept\.json"), locked(tmp_path / "kept.json", print):
        pytest.fail("locked")

    assert list((tmp_path / "elsewhere").iterdir()) == []
