"""A combiner that gives no answer, or another one each time, is never green in ``snapshot`` by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stream_audit.cli import main
from tests.cli.stores import RIGHT, Run, files, ids, over, prepare, reviewed, runner
from tests.runs import combiner

CRASH = "raise ValueError('no')"
PARTLY = f"if chunks[1].choices[0].delta.content == 'Bye':\n    {CRASH}\n{RIGHT}"
"""Of the two recordings it answers the first."""
ASKED = """import itertools
if not hasattr(fold, "asked"):
    fold.asked = itertools.count()
times = next(fold.asked)
"""
"""Every recording is asked about twice, so ``times`` is even, then odd."""
DICE = f"{ASKED}return {{'content': f'Hello {{times % 2}}', 'created': 1}}"
"""The first answer is always the same."""


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepare(monkeypatch, tmp_path)
    combiner(tmp_path, CRASH, "crash.py")
    combiner(tmp_path, PARTLY, "partly.py")
    combiner(tmp_path, DICE, "dice.py")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner("snapshot", capsys)


# --------------------------------------------------------------------------- no answer


def test_a_failure_is_not_stored_unasked(run: Run) -> None:
    code, out, _ = run(*over("crash.py:fold"))

    assert code == 1
    assert "error  candidate-crashed  2 recordings" in out
    assert "It is not stored yet. ValueError: no" in out
    said = "Nothing was written; not written: 2 fail (--accept-failures stores that). Exit code 1."
    assert said in " ".join(out.split())
    assert files() == {}


def test_what_is_answered_is_stored_beside_what_fails(run: Run) -> None:
    code, out, _ = run(*over("partly.py:fold"))

    assert code == 1
    assert "1 snapshot was written; not written: 1 fails" in out
    assert sorted(files()) == ["rec/a.jsonl.json", "stream-audit.json"]
    assert run(*over("partly.py:fold", "--check"))[0] == 1


def test_a_stored_answer_is_not_overwritten_by_a_failure(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()

    assert run(*over("crash.py:fold"))[0] == 1
    assert files() == before


def test_a_failure_that_is_accepted_is_stored_and_counted_as_one(run: Run) -> None:
    assert run(*over("partly.py:fold", "--accept-failures"))[0] == 0
    assert json.loads(Path("kept/rec/b.jsonl.json").read_text("utf-8"))["error"] == "ValueError: no"

    code, out, _ = run(*over("partly.py:fold", "--check"))

    assert code == 0
    assert "0 changed · 0 new · 0 stale · 1 same · 1 failed as stored" in out


def test_one_failure_is_accepted_by_its_id(run: Run) -> None:
    run(*over("right.py:fold"))
    assert run(*over("partly.py:fold", "--list"))[0] == 1

    code, out, _ = run("--store", "kept", "--accept", ids()[0])

    assert (code, "accepted" in out) == (0, True)
    assert run(*over("partly.py:fold", "--check"))[0] == 0
    assert run(*over("right.py:fold", "--check"))[0] == 1


def test_nothing_but_failures_is_nothing_compared(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(*over("crash.py:fold", "--accept-failures"))
    assert code == 3
    assert "2 snapshots were written, and nothing was compared: crash.py:fold answers no" in out

    for mode in ((), ("--check",), ("--list",)):
        code, out, _ = run(*over("crash.py:fold", *mode))
        assert (code, "0 same · 2 failed as stored" in out) == (3, True)
    assert main(["diff", "kept", "kept"]) == 3
    assert "failures" in capsys.readouterr().out


def test_a_stored_failure_that_is_mended_is_written_as_any_answer(run: Run) -> None:
    run(*over("partly.py:fold", "--accept-failures"))

    assert run(*over("right.py:fold"))[0] == 0
    assert run(*over("right.py:fold", "--check"))[0] == 0


def test_an_error_is_stored_without_a_machines_paths(run: Run) -> None:
    combiner(Path(), f"open({str(Path.cwd() / 'nowhere' / 'x')!r})", "crash.py")

    run(*over("crash.py:fold", "--accept-failures"))

    kept = json.loads(Path("kept/rec/a.jsonl.json").read_text("utf-8"))
    assert kept["error"] == "FileNotFoundError: [Errno 2] No such file or directory: '…/x'"
    assert "response" not in kept
    code, out, _ = run(*over("right.py:fold", "--check"))
    assert code == 1
    assert "candidate-crashed  response  2 recordings" in out


def test_a_recording_that_fails_keeps_a_store_from_being_masked_anew(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()

    code, _, err = run(*over("partly.py:fold", "--mask", "choices[*].message.role"))

    assert (code, "Mask it anew with all its recordings" in err) == (2, True)
    assert files() == before


@pytest.mark.parametrize("mode", ["--check", "--list", "--review"])
def test_failures_are_accepted_at_once_only_where_something_is_written(run: Run, mode: str) -> None:
    code, _, err = run(*over("crash.py:fold", "--accept-failures", mode))

    assert (code, "is for a run that writes" in err) == (2, True)


def test_no_setting_and_no_variable_accepts_failures(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_AUDIT_ACCEPT_FAILURES", "1")
    assert run(*over("crash.py:fold"))[0] == 2

    monkeypatch.delenv("STREAM_AUDIT_ACCEPT_FAILURES")
    Path("pyproject.toml").write_text("[tool.stream-audit]\naccept-failures = true\n")
    assert run(*over("crash.py:fold"))[0] == 2
    assert files() == {}


# --------------------------------------------------------------------------- another answer each time


def test_an_answer_that_wavers_fails_the_check_though_the_first_one_is_as_stored(run: Run) -> None:
    combiner(Path(), "return {'content': 'Hello 0', 'created': 1}", "steady.py")
    run(*over("steady.py:fold"))

    code, out, err = run(*over("dice.py:fold", "--check"))

    assert code == 1
    assert "error  candidate-nondeterministic  choices[0].message.content  2 recordings" in out
    assert '"Hello 0" => "Hello 1"' in " ".join(out.split())
    assert "0 changed · 0 new · 0 stale · 2 unsteady · 0 same" in out
    assert "mask what changes" in err


def test_an_answer_that_wavers_is_never_written_and_never_waits(run: Run) -> None:
    for mode in ((), ("--accept-failures",), ("--list",)):
        code, out, _ = run(*over("dice.py:fold", *mode))
        assert (code, "2 unsteady" in out) == (1, True)
    assert "unsteady  rec/a.jsonl" in out
    assert files(pending=True) == {}


def test_a_review_ends_with_1_as_long_as_an_answer_wavers(run: Run) -> None:
    wavering = DICE.replace("\n", "\n    ")
    combiner(Path(), f"if chunks[1].choices[0].delta.content == 'Bye':\n    {wavering}\n{RIGHT}", "mixed.py")

    code, shown = reviewed("a", "rec", "--candidate", "mixed.py:fold")

    assert (code, "1 accepted · 0 rejected · 0 pending" in shown) == (1, True)
    assert "rec/b.jsonl" in shown


def test_an_answer_that_fails_the_second_time_wavers(run: Run) -> None:
    combiner(Path(), f"{ASKED}if times % 2:\n    {CRASH}\nreturn 'Hi'", "dice.py")

    code, out, _ = run(*over("dice.py:fold"))

    assert (code, "2 unsteady" in out) == (1, True)
    assert '"an answer" => "ValueError: no"' in " ".join(out.split())


def test_what_wavers_under_a_mask_is_steady(run: Run) -> None:
    assert run(*over("dice.py:fold", "--mask", "choices[*].message.content"))[0] == 0
    assert run(*over("dice.py:fold", "--check"))[0] == 0


def test_what_no_rule_compares_may_waver_too(run: Run) -> None:
    combiner(Path(), f"{ASKED}return {{'content': 'Hi', 'stamp': times}}", "dice.py")

    assert run(*over("dice.py:fold"))[0] == 1
