"""Accepted findings stay accepted, and hide nothing that is new."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stream_audit.accepted import Baseline
from stream_audit.audit import Accepting
from stream_audit.errors import UsageError
from tests.runs import HELLO, Kept, audit, combiner, write

NO_ROLE = "return {'role': None, 'content': 'Hello', 'finish_reason': 'stop'}"
TODAY = datetime.date(2026, 11, 21)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "baseline.json"


def run(path: Path, body: str, place: Path, plan: Mapping[str, Any] = {}, **accepting: Any) -> Kept:
    mine = combiner(place.parent, body)
    return audit(
        path, candidates=[f"mine={mine}"], accepting=Accepting(baseline=str(place), **accepting), **plan
    )


def entries(place: Path) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(place.read_text("utf-8"))["findings"]
    return listed


def change(place: Path, **values: str) -> None:
    document = json.loads(place.read_text("utf-8"))
    for entry in document["findings"]:
        entry.update(values)
    place.write_text(json.dumps(document))


def test_what_was_accepted_no_longer_fails_and_is_counted(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    first = run(path, NO_ROLE, place, update=True)
    again = run(path, NO_ROLE, place)

    assert (first.summary.exit_code, first.summary.baseline_written) == (0, 1)
    assert again.summary.exit_code == 0
    assert (again.summary.counts.differ, again.summary.counts.baselined) == (1, 1)
    assert again.summary.accepted == 1
    assert again.summary.severities.get("difference:error", 0) == 0


def test_a_new_wrong_value_at_an_accepted_place_fails(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, NO_ROLE, place, update=True)

    worse = run(path, NO_ROLE.replace("None", "'user'"), place)

    assert worse.summary.exit_code == 1
    assert worse.summary.counts.baselined == 0
    assert len(worse.summary.stale) == 1


def test_a_recording_that_moves_stays_accepted(tmp_path: Path, place: Path) -> None:
    here = write(tmp_path / "a.jsonl")
    run(here, NO_ROLE, place, update=True)
    there = tmp_path / "renamed" / "b.jsonl"
    there.parent.mkdir()
    there.write_bytes(b"\n" + here.read_bytes())

    assert run(there, NO_ROLE, place).summary.exit_code == 0


def test_an_entry_is_stale_only_if_its_recording_was_audited(tmp_path: Path, place: Path) -> None:
    one, other = write(tmp_path / "a.jsonl"), write(tmp_path / "b.jsonl", [*HELLO[:2], *HELLO[1:]])
    run(one, NO_ROLE, place, update=True)
    good = "return {'role': 'assistant', 'content': 'Hello', 'finish_reason': 'stop'}"

    assert run(other, good, place).summary.stale == []
    assert len(run(one, good, place).summary.stale) == 1
    pruned = run(one, good, place, prune=True).summary
    assert (pruned.baseline_written, pruned.stale) == (0, [])
    assert entries(place) == []


def test_an_update_keeps_reasons_and_first_days_and_what_other_runs_accepted(
    tmp_path: Path, place: Path
) -> None:
    one, other = write(tmp_path / "a.jsonl"), write(tmp_path / "b.jsonl", HELLO[1:])
    run(one, NO_ROLE, place, update=True)
    change(place, reason="waits for 2.0", first_seen="2026-01-01", last_seen="2026-01-01")

    run(one, NO_ROLE, place, update=True)
    run(other, NO_ROLE, place, update=True)

    assert len(entries(place)) > 1
    (kept,) = [entry for entry in entries(place) if entry["reason"]]
    assert kept["first_seen"] == "2026-01-01"
    assert kept["last_seen"] > "2026-01-01"


@pytest.mark.parametrize(
    "plan", [{"select": ("content-differs",)}, {"ignore": ("role-*",)}, {"fields": ("content",)}]
)
def test_what_was_not_looked_for_is_not_gone(tmp_path: Path, place: Path, plan: dict[str, Any]) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, NO_ROLE, place, update=True)
    before = entries(place)

    kept = run(path, NO_ROLE, place, plan, prune=True)

    assert [entry["rule"] for entry in before] == ["role-null-or-empty"]
    assert kept.summary.stale == []
    assert entries(place) == before


def test_pruning_accepts_nothing_so_what_is_new_still_fails(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, NO_ROLE, place, update=True)

    other = run(path, NO_ROLE.replace("None", "'user'"), place, prune=True)

    assert (other.summary.exit_code, entries(place)) == (1, [])


@pytest.mark.parametrize("body", ["raise KeyError('x')", "import os; os._exit(3)"])
def test_who_gives_no_answer_has_shown_nothing_to_be_gone(tmp_path: Path, place: Path, body: str) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, NO_ROLE, place, update=True)
    before = entries(place)

    failed = run(path, body, place, prune=True)

    assert failed.summary.stale == []
    assert entries(place) == before


def test_what_an_ignore_drops_is_not_gone(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, NO_ROLE, place, update=True)
    before = entries(place)

    kept = run(path, NO_ROLE, place, prune=True, ignores={"*.jsonl": [before[0]["rule"]]})

    assert kept.summary.stale == []
    assert entries(place) == before


def test_what_was_accepted_by_one_reference_is_not_by_another(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    says_user = combiner(tmp_path, NO_ROLE.replace("None", "'user'"), "other.py")
    run(path, NO_ROLE, place, {"reference": says_user}, update=True)

    assert run(path, NO_ROLE, place, {"reference": says_user}).summary.exit_code == 0
    assert run(path, NO_ROLE, place).summary.exit_code == 1


def test_a_crash_of_another_kind_is_another_finding(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, "raise KeyError('x')", place, update=True)

    moved = run(path, "\n\nraise KeyError('another message')", place)
    other = run(path, "raise ZeroDivisionError", place)

    assert (moved.summary.accepted, moved.summary.exit_code) == (1, 3)  # no answer, nothing compared
    assert (other.summary.accepted, other.summary.exit_code) == (0, 1)


def test_an_expired_entry_accepts_nothing_until_it_is_accepted_anew(tmp_path: Path, place: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    run(path, NO_ROLE, place, update=True)
    change(place, expires="2026-01-31")

    late = run(path, NO_ROLE, place)
    run(path, NO_ROLE, place, update=True)

    assert late.summary.exit_code == 1
    assert "accepted until 2026-01-31" in late.summary.expired[0]
    assert run(path, NO_ROLE, place).summary.exit_code == 0


def test_several_processes_know_the_same_findings(tmp_path: Path, place: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for number in range(6):
        write(folder / f"{number}.jsonl", [*HELLO[:2], *[HELLO[1]] * number, *HELLO[2:]])
    run(folder, NO_ROLE, place, update=True)

    one, two = run(folder, NO_ROLE, place), run(folder, NO_ROLE, place, plan={"jobs": 2})

    assert one.summary == two.summary
    assert two.summary.counts.baselined == 6


def test_the_file_is_sorted_and_the_same_however_often_it_is_written(tmp_path: Path, place: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in ("b", "a"):
        write(folder / f"{name}.jsonl", HELLO if name == "a" else HELLO[1:])
    run(folder, NO_ROLE, place, update=True)
    first = place.read_bytes()
    run(folder, NO_ROLE, place, update=True)

    assert place.read_bytes() == first
    places = [entry["recording"] for entry in entries(place)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is damaged"),
        ('{"schema_version": 1, "findings": [', "is damaged"),
        ("[" * 100_000, "is damaged"),
        ("[]", "is no baseline"),
        ('{"schema_version": 1}', "is no baseline"),
        ('{"schema_version": 2, "findings": []}', "newer stream-audit"),
        ('{"schema_version": true, "findings": []}', "is no baseline"),
        ('{"schema_version": 1, "findings": [], "note": "x"}', "unknown key 'note'"),
        ('{"schema_version": 1, "findings": [], "findings": []}', "'findings' stands there twice"),
        ('{"schema_version": 1, "findings": [{"id": "x"}, {"id": "x"}]}', r"the id of findings\[0\]"),
        ('{"schema_version": 1, "findings": [{"rule": "x"}]}', r"findings\[0\].*has no id"),
        ('{"schema_version": 1, "findings": [{"id": "x", "line": "3"}]}', "unknown key 'line'"),
        ('{"schema_version": 1, "findings": [{"id": "x", "rule": 3}]}', "rule of findings"),
        ('{"schema_version": 1, "findings": [{"id": "x", "expires": "soon"}]}', "'soon', which is no date"),
        ('{"schema_version": 1, "findings": [{"id": "x", "expires": "20260101"}]}', "is no date"),
    ],
)
def test_a_damaged_baseline_is_refused_by_name_and_left_alone(place: Path, text: str, words: str) -> None:
    place.write_text(text)

    for missing in (False, True):
        with pytest.raises(UsageError, match=words) as caught:
            Baseline.read(place, TODAY, missing=missing)
        assert str(place) in str(caught.value)
    assert place.read_text() == text


def test_a_baseline_that_is_not_there_is_an_error_unless_it_is_about_to_be_written(place: Path) -> None:
    with pytest.raises(UsageError, match="--baseline-update writes it"):
        Baseline.read(place, TODAY)
    assert Baseline.read(place, TODAY, missing=True).stale() == []


def test_a_baseline_that_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it is no file"):
        Baseline.read(tmp_path, TODAY)


def test_a_baseline_that_is_a_link_stays_one(tmp_path: Path, place: Path) -> None:
    (tmp_path / "shared").mkdir()
    place.symlink_to(tmp_path / "shared" / "known.json")

    run(write(tmp_path / "a.jsonl"), NO_ROLE, place, update=True)

    assert place.is_symlink()
    assert len(entries(tmp_path / "shared" / "known.json")) == 1


def test_writing_without_a_file_to_write_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="need --baseline FILE"):
        audit(write(tmp_path / "a.jsonl"), accepting=Accepting(update=True))
