"""`diff` from the outside: two stores, and two combiners over recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stream_audit.cli import main
from tests.cli.stores import Run, prepare, runner
from tests.runs import write


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepare(monkeypatch, tmp_path)
    Path("rec/b.jsonl").unlink()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner("diff", capsys)


def store(folder: str, spec: str, *more: str) -> str:
    main(["snapshot", "rec", "--candidate", spec, "--store", folder, "--format", "json", *more])
    return folder


def test_two_stores_are_compared_by_field_and_rule(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    old = store("old", "right.py:fold")
    write(Path("rec/b.jsonl"))
    new = store("new", "wrong.py:fold")
    capsys.readouterr()

    code, out, err = run(old, new)

    assert (code, err) == (1, "")
    assert "stream-audit 0.1.0 · old old · new new" in out
    assert "error  role-differs  choices[0].message.role" in out
    assert "rec/a.jsonl                         'assistant'           null" in out
    assert "warning  snapshot-new" in out
    assert "1 changed · 1 new · 0 stale · 0 same" in out
    assert run(new, old)[1].count("snapshot-stale") == 1


def test_a_store_and_itself_are_the_same(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    old = store("old", "right.py:fold")
    capsys.readouterr()

    code, out, _ = run(old, old)

    assert code == 0
    assert out.endswith("0 changed · 0 new · 0 stale · 1 same\nThe stores say the same. Exit code 0.\n")


def test_stores_without_a_snapshot_compare_nothing(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    old = store("old", "right.py:fold")
    Path("old/rec/a.jsonl.json").unlink()
    capsys.readouterr()

    code, out, _ = run(old, old)

    assert code == 3
    assert "Nothing was compared: both stores are empty. Exit code 3." in out


def test_stores_that_mask_otherwise_are_told_apart(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    old = store("old", "right.py:fold")
    new = store("new", "right.py:fold", "--mask", "choices[*].message.role")
    capsys.readouterr()

    code, out, _ = run(old, new, "--format", "json")

    assert code == 1
    assert json.loads(out)["remarks"] == ["The two stores mask different fields."]


OLD, NEW = ("--reference", "old=right.py:fold"), ("--candidate", "new=wrong.py:fold")


@pytest.mark.parametrize("kind", ["table", "concise", "json"])
def test_two_combiners_are_compared_with_the_culprit_chunk(run: Run, kind: str) -> None:
    code, out, _ = run("rec", *OLD, *NEW, "--format", kind)

    assert code == 1
    if kind == "json":
        (finding,) = [one for one in json.loads(out)["findings"] if one["kind"] == "difference"]
        assert (finding["rule"], finding["line"]) == ("role-differs", 2)
        assert (finding["reference"], finding["got"]) == ("assistant", None)
        assert json.loads(out)["command"][0] == "diff"
    else:
        assert "rec/a.jsonl:2" in out
        assert "role-differs" in out


def test_a_combiner_and_itself_are_the_same(run: Run) -> None:
    code, out, _ = run("rec", *OLD, "--candidate", "new=right.py:fold")

    assert code == 0
    assert "1 same · 0 differ" in out


def test_no_recording_is_nothing_compared(run: Run) -> None:
    Path("none").mkdir()

    assert run("none", *OLD, *NEW)[0] == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rec"], "diff takes two stores, or recordings with --reference SPEC and --candidate SPEC."),
        (["rec", "rec"], "rec is no store of snapshots: it has no stream-audit.json."),
        (["nowhere", "rec"], "nowhere is no store of snapshots"),
        (["rec", *OLD], "--candidate SPEC, the new one, is missing"),
        (["rec", *NEW], "--reference SPEC, the old combiner, is missing"),
        (["rec", "rec", "--format", "html"], "There is no format for diff 'html'."),
        (["recs", *OLD, *NEW], "Did you mean 'rec'?"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_2(run: Run, words: list[str], said: str) -> None:
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_damaged_store_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    old = store("old", "right.py:fold")
    Path("old/rec/a.jsonl.json").write_text("{")
    capsys.readouterr()

    code, _, err = run(old, old)

    assert code == 2
    assert "old/rec/a.jsonl.json is damaged" in err
