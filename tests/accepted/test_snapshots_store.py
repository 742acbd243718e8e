"""A store holds what was put into it, whoever is killed, comes at the same time, or has damaged it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from stream_audit.accepted import store as store_module
from stream_audit.accepted import writing as writing_module
from stream_audit.accepted.document import DamagedFile
from stream_audit.accepted.pending import Pending, change_id, pending, pick, read_pending, settle, sync
from stream_audit.accepted.snapshots import Snapshot
from stream_audit.accepted.store import Store, read_store, writing
from stream_audit.errors import UnknownName, UsageError
from stream_audit.model import Finding
from stream_audit.model.change import Change, ChangeKind, Part
from tests.runs import ROOT


def snapshot(recording: str, text: str = "Hello") -> Snapshot:
    return Snapshot(
        recording=recording, dialect="openai-chat", chunks=1, content="c0ffee", response={"id": text}
    )


def quiet(_: str) -> None: ...


def filled(folder: Path, *recordings: str) -> Path:
    with writing(folder, quiet) as store:
        store.found(())
        for recording in recordings:
            store.put(snapshot(recording))
        store.commit()
    return folder


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_what_is_put_is_read_again(tmp_path: Path) -> None:
    store = read_store(filled(tmp_path / "s", "a/b.jsonl", "a/b.jsonl#2", "c.jsonl"))

    assert sorted(store.snapshots) == ["a/b.jsonl", "a/b.jsonl#2", "c.jsonl"]
    assert store.snapshots["c.jsonl"] == snapshot("c.jsonl")
    assert store.masks == ()


def test_a_folder_that_is_not_there_is_an_empty_store(tmp_path: Path) -> None:
    assert read_store(tmp_path / "s") == Store(tmp_path / "s", None, {})


def test_what_is_removed_leaves_no_empty_folder(tmp_path: Path) -> None:
    folder = filled(tmp_path / "s", "a/x/b.jsonl", "a/c.jsonl")
    store = read_store(folder)

    store.remove("a/x/b.jsonl")
    store.remove("a/x/b.jsonl")
    store.commit()

    assert sorted(files(folder)) == ["a/c.jsonl.json", "stream-audit.json"]
    assert not (folder / "a" / "x").exists()


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.jsonl.json", "{", r"s/a\.jsonl\.json is damaged: .* line 1"),
        ("a.jsonl.json", "", r"s/a\.jsonl\.json is damaged"),
        (
            "b.jsonl.json",
            snapshot("a.jsonl").text,
            r"b\.jsonl\.json does not lie where it belongs, .*a\.jsonl\.json",
        ),
        ("x/y.json", "{}", r"x/y\.json is no snapshot"),
        ("stream-audit.json", "{", r"stream-audit\.json is damaged"),
        ("stream-audit.json", '{"schema_version": 9}', r"stream-audit\.json was written by a newer"),
        ("stream-audit.json", '{"schema_version": 1, "x": 1}', "unknown key 'x'"),
        ("stream-audit.json", '{"schema_version": 1, "masks": "id"}', "'masks' is no list of texts"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_written(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    folder = filled(tmp_path / "s", "a.jsonl")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    before = files(folder)

    with pytest.raises(DamagedFile, match=complaint), writing(folder, quiet) as store:
        store.put(snapshot("a.jsonl", "other"))

    assert files(folder) == before


def test_a_folder_with_other_json_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")

    with pytest.raises(DamagedFile, match=r"is no store of snapshots: it holds .*package\.json"):
        read_store(tmp_path)


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("")

    with pytest.raises(DamagedFile, match="is a file"):
        read_store(tmp_path / "s")


def test_what_stands_beside_snapshots_is_left_alone(tmp_path: Path) -> None:
    folder = filled(tmp_path / "s", "a.jsonl")
    for name in ("README.md", ".gitattributes", ".hidden.json"):
        (folder / name).write_text("x")

    assert list(read_store(folder).snapshots) == ["a.jsonl"]


NURSERY = """
import os, sys
from pathlib import Path
from stream_audit.accepted.snapshots import Snapshot
from stream_audit.accepted.store import writing
folder = Path(sys.argv[1])
for line in sys.stdin:
    number, writer = int(line), os.fork()
    while not writer:
        number += 1
        with writing(folder, str) as store:
            store.found(())
            for name in ("a/x.jsonl", "a/y.jsonl", "z.jsonl"):
                store.put(Snapshot(recording=name, dialect="d", chunks=number, content="c",
                                   response={"extra": {"n": [number] * 500}}))
            store.commit()
    print(writer, flush=True)
    os.waitpid(writer, 0)
    print("gone", flush=True)
"""
"""Starts a writer for each line it reads, which counts on from there until it is killed."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_at_any_moment_a_writer_leaves_the_old_store_or_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    chance = random.Random(11)
    nursery = subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    number = changed = 0
    longest = 0.01
    for _ in range(100):
        print(number, file=nursery.stdin, flush=True)
        writer = int(nursery.stdout.readline())
        time.sleep(chance.uniform(0, longest))
        os.kill(writer, signal.SIGKILL)
        assert nursery.stdout.readline() == "gone\n"
        found = read_store(folder).snapshots
        numbers = [one.chunks for one in found.values()]
        for one in found.values():
            assert one.response == {"extra": {"n": [one.chunks] * 500}}
        if number:
            assert len(numbers) == 3
            assert min(numbers) >= number, "an older file came back"
        assert len(set(numbers)) <= 1, "half of the new store and half of the old one"
        new = bool(numbers) and min(numbers) > number
        longest *= 0.93 if new else 1.1  # however fast the machine is, some writers get far and some do not
        changed += new
        number = max(number, *numbers, 0)
    nursery.communicate()
    assert changed > 15, "the writers were killed before they wrote anything"
    filled(folder, "z.jsonl")
    assert sorted(files(folder)) == [
        "a/x.jsonl.json", "a/y.jsonl.json", "stream-audit.json", "z.jsonl.json",
    ]  # fmt: skip


class Killed(BaseException):
    """The writer ends here."""


FILES = ("a/x.jsonl", "a/y.jsonl", "b.jsonl", "gone.jsonl")


@pytest.mark.parametrize("moves", range(5))
def test_killed_between_two_files_a_store_is_read_as_the_new_one_and_the_next_writer_finishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    folder = filled(tmp_path / "s", *FILES)
    left = iter(range(moves))
    kept = writing_module.move

    def move(partial: Path, path: Path) -> None:
        if next(left, None) is None:
            raise Killed
        kept(partial, path)

    monkeypatch.setattr(store_module, "move", move)
    with contextlib.suppress(Killed), writing(folder, quiet) as store:
        for name in FILES[:3]:
            store.put(snapshot(name, "new"))
        store.remove("gone.jsonl")
    monkeypatch.undo()

    found = read_store(folder)
    assert found.unfinished is (moves < 3)
    assert {name: one.response for name, one in found.snapshots.items()} == {
        name: {"id": "new"} for name in FILES[:3]
    }
    said: list[str] = []
    with writing(folder, said.append) as store:
        assert store.snapshots == found.snapshots
    assert len(said) == (moves < 3)
    assert sorted(files(folder)) == sorted([*(f"{name}.json" for name in FILES[:3]), "stream-audit.json"])
    assert not read_store(folder).unfinished


def test_no_file_is_touched_before_all_of_them_are_written_beside_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "s", *FILES)
    before = files(folder)

    def full(path: Path, text: str) -> Path:
        if path.name == "b.jsonl.json":
            raise UsageError("No space left on device")
        return kept(path, text)

    kept = writing_module.beside
    monkeypatch.setattr(store_module, "beside", full)
    store = read_store(folder)
    for name in FILES[:3]:
        store.put(snapshot(name, "new"))
    with pytest.raises(UsageError, match="No space left"):
        store.commit()

    assert files(folder) == before


def test_two_writers_at_once_lose_nothing_and_the_second_says_that_it_waits(tmp_path: Path) -> None:
    folder, said = tmp_path / "s", list[str]()
    waits = threading.Event()

    def tell(text: str) -> None:
        said.append(text)
        waits.set()

    def second() -> None:
        with writing(folder, tell) as store:
            store.found(())
            store.put(snapshot("b.jsonl"))

    other = threading.Thread(target=second)
    with writing(folder, quiet) as store:
        other.start()
        assert waits.wait(30)
        store.found(())
        store.put(snapshot("a.jsonl"))
    other.join()

    assert sorted(read_store(folder).snapshots) == ["a.jsonl", "b.jsonl"]
    assert said == [f"waiting for another run that writes {folder / 'stream-audit.json'}"]


@pytest.mark.parametrize("name", ["../x.json", "/x.json", "a/../../x.json", "x.txt"])
def test_a_journal_that_names_what_is_no_file_of_the_store_is_refused(tmp_path: Path, name: str) -> None:
    folder = filled(tmp_path / "s", "a.jsonl")
    journal = {"schema_version": 1, "files": {name: "{}"}}
    (folder / ".journal.json").write_text(json.dumps(journal))
    before = files(tmp_path)

    for read in (lambda: read_store(folder), lambda: filled(folder, "b.jsonl")):
        with pytest.raises(DamagedFile, match=r"journal of a store .* is damaged"):
            read()
    assert files(tmp_path) == before


# --------------------------------------------------------------------------- pending changes


def waiting(recording: str, old: Snapshot | None, new: Snapshot | None, **more: tuple[str, ...]) -> Pending:
    kind: ChangeKind = "stale" if new is None else "new" if old is None else "changed"
    finding = Finding(
        rule="role-differs", severity="error", kind="difference", recording=recording, path=recording, line=3,
        message="m\x1b", field="id", reference={"a": [1]}, chunk=b'{"\xff": 1}', diagnosis=("x", "y"),
    )  # fmt: skip
    change = Change(
        id=change_id(recording, old, new),
        kind=kind,
        recording=recording,
        parts=(Part(finding=finding, turn="away"),),
    )
    return pending(change, old, new, more.get("masks", ()))


def test_pending_changes_are_read_as_they_were_written_and_are_not_committed(tmp_path: Path) -> None:
    folder = filled(tmp_path / "s", "a.jsonl")
    found = [
        waiting("a.jsonl", snapshot("a.jsonl"), snapshot("a.jsonl", "other")),
        waiting("b.jsonl", None, snapshot("b.jsonl")),
        waiting("c.jsonl", snapshot("c.jsonl"), None),
    ]

    sync(folder, found, ())

    again = read_pending(folder)
    assert [one.new for one in again] == [one.new for one in found]
    assert [one.change.id for one in again] == [one.change.id for one in found]
    part = again[0].change.parts[0]
    assert (part.turn, part.finding.chunk, part.finding.diagnosis) == ("away", rb'{"\xff": 1}', ("x", "y"))
    assert (folder / ".pending" / ".gitignore").read_text() == "*\n"
    assert list(read_store(folder).snapshots) == ["a.jsonl"]


def test_when_nothing_waits_any_more_no_folder_is_left(tmp_path: Path) -> None:
    folder = filled(tmp_path / "s")
    one = waiting("b.jsonl", None, snapshot("b.jsonl"))
    sync(folder, [one], ())

    sync(folder, (), [one.change.id])

    assert sorted(files(folder)) == ["stream-audit.json"]
    assert not (folder / ".pending").exists()


def test_an_id_is_that_of_its_change_and_of_no_other() -> None:
    a, b = snapshot("a"), snapshot("a", "other")

    ids = [change_id("a", a, b), change_id("a", b, a), change_id("a", None, b), change_id("a", a, None)]

    assert len(set(ids)) == 4
    assert ids[0] == change_id("a", snapshot("a"), snapshot("a", "other"))
    assert all(len(one) == 10 for one in ids)


def test_ids_are_picked_by_beginnings_that_fit_one_only() -> None:
    all_of_them = [waiting(name, None, snapshot(name)) for name in "abcdefghijklmnopqrstuvwxyz"]
    first = all_of_them[0].change.id

    assert pick(all_of_them, [first[:9], first]) == all_of_them[:1]
    with pytest.raises(UnknownName, match="Did you mean"):
        pick(all_of_them, [f"{first[:-1]}_"])
    with pytest.raises(UsageError, match="fits 2 pending changes"):
        pick([all_of_them[0], waiting_alike(first)], [first[:4]])
    with pytest.raises(UnknownName):
        pick(all_of_them, [""])
    with pytest.raises(UsageError, match="none is pending"):
        pick([], ["a"])


def waiting_alike(id: str) -> Pending:
    one = waiting("z", None, snapshot("z"))
    change = Change(id=f"{id[:4]}zzzzzz", kind="new", recording="z", parts=one.change.parts)
    return pending(change, None, one.new, ())


def test_a_change_of_what_has_changed_meanwhile_is_refused_and_none_of_the_others_is_made(
    tmp_path: Path,
) -> None:
    folder = filled(tmp_path / "s", "a.jsonl", "b.jsonl")
    changes = [waiting(n, snapshot(n), snapshot(n, "other")) for n in ("a.jsonl", "b.jsonl")]
    with writing(folder, quiet) as store:
        store.put(snapshot("b.jsonl", "a third one"))
    before = files(folder)

    with pytest.raises(UsageError, match=r"snapshot of b\.jsonl is not what it was"):
        settle(read_store(folder), changes)

    assert files(folder) == before


def test_a_change_that_was_made_already_can_be_made_again(tmp_path: Path) -> None:
    folder = filled(tmp_path / "s", "a.jsonl", "c.jsonl")
    changes = [
        waiting("a.jsonl", snapshot("a.jsonl"), snapshot("a.jsonl", "other")),
        waiting("c.jsonl", snapshot("c.jsonl"), None),
    ]
    settle(read_store(folder), changes)
    before = files(folder)

    settle(read_store(folder), changes)

    assert files(folder) == before
    assert sorted(before) == ["a.jsonl.json", "stream-audit.json"]


def test_a_change_found_under_other_masks_is_refused(tmp_path: Path) -> None:
    folder = filled(tmp_path / "s")

    with pytest.raises(UsageError, match="is not what it was"):
        settle(read_store(folder), [waiting("a.jsonl", None, snapshot("a.jsonl"), masks=("id",))])


@pytest.mark.parametrize("text", ["{", '{"schema_version": 1}', '{"schema_version": 1, "parts": [3]}'])
def test_a_damaged_pending_change_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / ".pending").mkdir()
    (tmp_path / ".pending" / "ab.json").write_text(text)

    with pytest.raises(DamagedFile, match=r"pending change .*\.pending/ab\.json is damaged"):
        read_pending(tmp_path)
