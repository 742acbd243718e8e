"""`snapshot` from the outside: what is written, what is found, what is decided, and what is never done."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.stores import OTHER, RIGHT, Run, files, ids, over, prepare, reviewed, runner
from tests.runs import HELLO, chunk, combiner, write


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepare(monkeypatch, tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner("snapshot", capsys)


def test_one_readable_file_a_recording_is_written(run: Run) -> None:
    code, out, err = run(*over("right.py:fold"))

    assert (code, err) == (0, "")
    assert "0 changed · 2 new · 0 stale · 0 same\n2 snapshots were written. Exit code 0.\n" in out
    assert sorted(files()) == ["rec/a.jsonl.json", "rec/b.jsonl.json", "stream-audit.json"]
    kept = Path("kept/rec/a.jsonl.json").read_text("utf-8")
    assert list(json.loads(kept)) == [
        "schema_version",
        "recording",
        "dialect",
        "chunks",
        "content",
        "response",
    ]
    assert json.loads(kept)["response"] == {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}}],
        "usage": {"output_tokens": 2, "raw": {"completion_tokens": 2}},
    }
    assert str(Path.cwd()) not in kept


def test_a_second_run_writes_nothing(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()

    code, out, _ = run(*over("right.py:fold"))

    assert (code, files()) == (0, before)
    assert out.endswith("0 changed · 0 new · 0 stale · 2 same\nNothing had to be written. Exit code 0.\n")


def test_a_check_after_writing_is_clean(run: Run) -> None:
    run(*over("right.py:fold"))

    code, out, err = run(*over("right.py:fold", "--check"))

    assert (code, err) == (0, "")
    assert "0 changed · 0 new · 0 stale · 2 same" in out


def test_a_check_names_recording_field_and_both_values_and_which_way_it_went(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()

    code, out, _ = run(*over("wrong.py:fold", "--check"))

    assert (code, files()) == (1, before)
    assert "no longer as the reference has it" in out
    assert "error  role-null-or-empty  choices[0].message.role  2 recordings" in out
    assert "rec/a.jsonl:2                       'assistant'           null" in out
    assert "2 changed · 0 new · 0 stale · 0 same\n2 recordings are not as stored. Exit code 1.\n" in out


def test_a_field_of_a_tool_call_that_is_lost_is_told_and_one_that_comes_is_no_mend_for_sure(
    run: Run, tmp_path: Path
) -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{}"}, "extra_content": {"s": 1}}
    for name in ("a", "b"):
        write(Path(f"rec/{name}.jsonl"), [chunk({"tool_calls": [call]}, finish_reason="tool_calls")])
    calls = "calls = [c.to_dict() for chunk in chunks for c in chunk.choices[0].delta.tool_calls]\n"
    combiner(tmp_path, f'{calls}return {{"tool_calls": calls}}', "keeps.py")
    combiner(
        tmp_path, f'{calls}for c in calls: c.pop("extra_content")\nreturn {{"tool_calls": calls}}', "loses.py"
    )
    run(*over("keeps.py:fold"))

    lost = run(*over("loses.py:fold", "--check"))[1]
    run(*over("loses.py:fold"))
    mended = run(*over("keeps.py:fold", "--check"))[1]

    path = "choices[0].message.tool_calls[0].extra.extra_content"
    assert "no longer as the reference has it" in lost
    assert "as the reference has it" not in mended
    assert path in lost
    assert path in mended


def test_a_mend_is_shown_as_one(run: Run) -> None:
    run(*over("wrong.py:fold"))

    code, out, _ = run(*over("right.py:fold", "--check"))

    assert code == 1
    assert "now as the reference has it" in out
    assert "note  role-differs  choices[0].message.role  2 recordings" in out
    assert "no longer as" not in out


def test_only_what_is_changed_or_new_is_written(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()
    write(Path("rec/b.jsonl"), HELLO)
    write(Path("rec/c.jsonl"), HELLO)

    code, out, _ = run(*over("right.py:fold"))

    assert code == 0
    assert "1 changed · 1 new · 0 stale · 1 same\n2 snapshots were written." in out
    assert "snapshot-recording-changed" in out
    after = files()
    assert after["rec/a.jsonl.json"] == before["rec/a.jsonl.json"]
    assert after["rec/b.jsonl.json"] != before["rec/b.jsonl.json"]
    assert "rec/c.jsonl.json" in after


def test_what_is_stale_is_named_and_goes_only_with_prune(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("rec/b.jsonl").unlink()

    code, out, _ = run(*over("right.py:fold"))
    assert code == 0
    assert "snapshot-stale" in out
    assert "Its recording is gone." in out
    assert "0 changed · 0 new · 1 stale · 1 same\nWhat is stale stays; --prune removes it." in out
    assert "rec/b.jsonl.json" in files()

    assert run(*over("right.py:fold", "--check"))[0] == 1
    assert run(*over("right.py:fold", "--prune"))[0] == 0
    assert sorted(files()) == ["rec/a.jsonl.json", "stream-audit.json"]
    assert run(*over("right.py:fold", "--check"))[0] == 0


def test_snapshots_of_other_paths_are_not_stale(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("rec/b.jsonl").unlink()

    code, out, _ = run(*over("right.py:fold", "--check", paths=("rec/a.jsonl",)))

    assert code == 0
    assert "0 stale" in out


def test_a_recording_that_cannot_be_read_any_more_is_stale_and_not_pruned(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("rec/b.jsonl").write_text("{{{\n")

    code, out, _ = run(*over("right.py:fold", "--check"))
    assert code == 1
    assert "Its file cannot be read." in out
    assert "1 unreadable" in out

    run(*over("right.py:fold", "--prune"))
    assert "rec/b.jsonl.json" in files()


def test_a_recording_that_the_candidate_cannot_be_asked_about_is_stale_and_not_pruned(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("rec/b.jsonl").write_text('{"no": "dialect"}\n{"that": "is known"}\n')

    code, out, _ = run(*over("right.py:fold", "--check"))
    assert code == 1
    assert "It was not run: no dialect recognises its chunks." in out
    assert "1 not run" in out

    run(*over("right.py:fold", "--prune"))
    assert "rec/b.jsonl.json" in files()


def test_an_answer_that_became_a_crash_is_a_change_with_its_chunk(run: Run) -> None:
    run(*over("right.py:fold"))
    combiner(Path(), f"for chunk in chunks:\n    chunk.usage and chunk.usage.nothing\n{RIGHT}", "crash.py")

    code, out, _ = run(*over("crash.py:fold", "--check", "--format", "concise"))

    assert code == 1
    assert 'rec/a.jsonl:5: candidate-crashed response: "an answer" => "AttributeError: ' in out
    assert "(away)" in out


# --------------------------------------------------------------------------- deciding


def test_changes_are_listed_and_wait_and_are_accepted_without_another_run(run: Run) -> None:
    run(*over("right.py:fold"))

    code, out, _ = run(*over("wrong.py:fold", "--list"))
    assert code == 1
    assert ids() == [line.split()[0] for line in out.splitlines() if "  changed  " in line]
    assert len(ids()) == 2
    Path("wrong.py").rename("new.py")
    code, out, _ = run("--store", "kept", *(word for one in ids() for word in ("--accept", one[:6])))

    assert code == 0
    assert out.endswith("2 accepted · 0 rejected · 0 pending\n")
    assert run(*over("new.py:fold", "--check"))[0] == 0
    assert not Path("kept/.pending").exists()


def test_accepting_one_leaves_the_others_as_they_were(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()
    run(*over("wrong.py:fold", "--list"))

    code, out, _ = run("--store", "kept", "--accept", ids()[0])

    assert (code, len(ids())) == (0, 1)
    assert out.endswith("1 accepted · 0 rejected · 1 pending\n")
    after = files()
    assert {name for name in before if after[name] != before[name]} == {"rec/a.jsonl.json"}


def test_rejecting_leaves_the_store_byte_for_byte(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()
    run(*over("wrong.py:fold", "--list"))

    code, out, _ = run("--store", "kept", *(word for one in ids() for word in ("--reject", one)))

    assert (code, ids(), files()) == (0, [], before)
    assert out.endswith("0 accepted · 2 rejected · 0 pending\n")
    assert run(*over("wrong.py:fold", "--check"))[0] == 1


def test_new_and_stale_ones_are_accepted_too(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("rec/b.jsonl").rename("rec/c.jsonl")
    run(*over("right.py:fold", "--list"))

    run("--store", "kept", *(word for one in ids() for word in ("--accept", one)))

    assert sorted(files()) == ["rec/a.jsonl.json", "rec/c.jsonl.json", "stream-audit.json"]
    assert run(*over("right.py:fold", "--check"))[0] == 0


def test_the_same_change_has_the_same_id_and_one_that_is_gone_does_not_wait(run: Run) -> None:
    run(*over("right.py:fold"))
    run(*over("wrong.py:fold", "--list"))
    first = ids()

    run(*over("wrong.py:fold", "--list"))
    assert ids() == first
    code, out, _ = run("--store", "kept", "--list")
    assert (code, [one for one in first if one not in out]) == (1, [])
    code, _, _ = run(*over("right.py:fold", "--list"))
    assert (code, ids()) == (0, [])


def test_a_change_of_a_snapshot_that_changed_meanwhile_is_refused(run: Run) -> None:
    run(*over("right.py:fold"))
    run(*over("wrong.py:fold", "--list"))
    kept = Path("kept/rec/b.jsonl.json")
    kept.write_text(kept.read_text("utf-8").replace("Bye", "Good-bye"), "utf-8")
    before = files()

    code, out, err = run("--store", "kept", *(word for one in ids() for word in ("--accept", one)))

    assert (code, out, files()) == (2, "", before)
    assert "The snapshot of rec/b.jsonl is not what it was" in err


def test_an_id_that_nothing_has_is_told_the_nearest(run: Run) -> None:
    run(*over("right.py:fold"))
    run(*over("wrong.py:fold", "--list"))
    near = ids()[0]

    code, _, err = run("--store", "kept", "--accept", near[:-1] + "_")

    assert code == 2
    assert f"Did you mean {near}" in err


def test_writing_everything_ends_what_waits(run: Run) -> None:
    run(*over("right.py:fold"))
    run(*over("wrong.py:fold", "--list"))

    run(*over("wrong.py:fold"))

    assert ids() == []


# --------------------------------------------------------------------------- reviewing


RUN = ("rec", "--candidate", "wrong.py:fold")


def test_a_review_goes_through_the_changes(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()

    code, shown = reviewed("ra", *RUN)

    assert code == 0
    assert "1 of 2" in shown
    assert "2 of 2" in shown
    assert "1 accepted · 1 rejected · 0 pending" in shown
    after = files()
    assert {name for name in before if after[name] != before[name]} == {"rec/b.jsonl.json"}


def test_a_review_shows_the_whole_difference_and_explains(run: Run) -> None:
    run(*over("right.py:fold"))

    code, shown = reviewed("de?s", *RUN)

    assert '-          "role": "assistant",' in shown
    assert "rule role-null-or-empty  (error, role)" in shown
    assert shown.count("a accept · r reject · s skip") == 5
    assert (code, len(ids())) == (1, 2)


@pytest.mark.parametrize(("key", "changed"), [("A", 2), ("R", 0)])
def test_all_changes_of_a_rule_are_decided_at_once(run: Run, key: str, changed: int) -> None:
    run(*over("right.py:fold"))
    before = files()

    code, shown = reviewed(key, *RUN)

    assert code == 0
    assert "A/R all 2 of role-null-or-empty" in shown
    after = files()
    assert sum(after[name] != before[name] for name in before) == changed


@pytest.mark.parametrize("keys", ["aq", "a"])
def test_quitting_or_the_end_of_input_loses_nothing(run: Run, keys: str) -> None:
    run(*over("right.py:fold"))

    code, shown = reviewed(keys, *RUN)

    assert "1 accepted · 0 rejected · 1 pending" in shown
    assert (code, len(ids())) == (1, 1)
    assert reviewed("a")[0] == 0
    assert run(*over("wrong.py:fold", "--check"))[0] == 0


def test_a_review_off_a_terminal_says_what_else_there_is_and_runs_nothing(run: Run) -> None:
    code, out, err = run(*over("right.py:fold", "--review"))

    assert (code, out) == (2, "")
    assert "--review needs a terminal; elsewhere there are --list, --accept ID and --reject ID." in err
    assert not Path("kept").exists()


# --------------------------------------------------------------------------- masks


def test_a_masked_field_never_differs_and_the_store_remembers_its_masks(run: Run) -> None:
    body = "import itertools, os\nreturn {'id': os.environ['WHO'], 'content': ''.join(" + (
        "choice.delta.content or '' for chunk in chunks for choice in chunk.choices)}"
    )
    combiner(Path(), body, "who.py")
    os.environ["WHO"] = "one"
    try:
        assert run(*over("who.py:fold", "--mask", "id"))[0] == 0
        os.environ["WHO"] = "two"
        assert run(*over("who.py:fold", "--check"))[0] == 0
        assert run(*over("who.py:fold", "--check", "--mask", "id"))[0] == 0
        code, _, err = run(*over("who.py:fold", "--check", "--mask", "created"))
    finally:
        del os.environ["WHO"]

    assert code == 2
    assert "The store kept masks id, not created." in err
    assert json.loads(Path("kept/rec/a.jsonl.json").read_text())["response"]["id"] == "(masked)"
    assert json.loads(Path("kept/stream-audit.json").read_text()) == {"schema_version": 1, "masks": ["id"]}


def test_a_store_is_masked_anew_with_all_its_recordings_or_not_at_all(run: Run) -> None:
    run(*over("right.py:fold"))
    before = files()

    code, _, err = run(*over("right.py:fold", "--mask", "id", paths=("rec/a.jsonl",)))

    assert code == 2
    assert "1 of its snapshots are not of this run" in err
    assert files() == before
    assert run(*over("right.py:fold", "--mask", "id"))[0] == 0


def test_a_mask_that_matches_nothing_is_reported(run: Run) -> None:
    code, out, err = run(*over("right.py:fold", "--mask", "created", "--mask", "choices[*].message.role"))

    assert code == 0
    assert "2 new · 0 stale · 0 same · 1 mask unused" in out
    assert err == "stream-audit: note: The mask created matches nothing in this run.\n"


# --------------------------------------------------------------------------- nothing, and what cannot be


def test_nothing_stored_and_nothing_found_is_never_green(run: Run) -> None:
    code, out, _ = run(*over("right.py:fold", "--check"))
    assert code == 3
    assert "Nothing was compared: nothing is stored in kept. Exit code 3." in out

    run(*over("right.py:fold"))
    Path("empty").mkdir()
    for mode in ((), ("--check",), ("--list",), ("--prune",)):
        code, out, _ = run(*over("right.py:fold", *mode, paths=("empty",)))
        assert code == 3
        assert "Nothing was compared: no recording was found. Exit code 3." in out
    assert len(files()) == 3


def test_strict_fails_what_is_not_whole(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("rec/z.jsonl").write_text("{{{\n")

    assert run(*over("right.py:fold", "--check"))[0] == 0
    code, out, err = run(*over("right.py:fold", "--check", "--strict"))

    assert "stream-audit: note: Not read: rec/z.jsonl: " in err
    assert code == 3
    assert "1 unreadable" in out


def deny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be made, moved or removed, also where the user may do anything."""

    def denied(path: object, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "replace", denied)
    monkeypatch.setattr(Path, "mkdir", denied)
    monkeypatch.setattr(Path, "unlink", denied)


def test_a_check_works_on_a_store_that_cannot_be_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*over("right.py:fold"))
    before = files(pending=True)
    deny(monkeypatch)

    assert run(*over("right.py:fold", "--check"))[0] == 0
    assert run(*over("wrong.py:fold", "--check"))[0] == 1
    assert files(pending=True) == before


@pytest.mark.parametrize("way", ["--accept", "--reject"])
def test_a_decision_that_cannot_be_carried_out_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    run(*over("right.py:fold"))
    run(*over("wrong.py:fold", "--list"))
    before = files(pending=True)
    with monkeypatch.context() as patch:
        make = Path.mkdir  # the folder of locks is made, and that is somewhere else
        deny(patch)
        patch.setattr(Path, "mkdir", make)

        code, out, err = run("--store", "kept", way, ids()[0])

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "Permission denied" in err
    after = files(pending=True)  # what could not be moved could not be removed either
    assert {name: content for name, content in after.items() if not name.endswith(".partial")} == before


def test_an_interrupted_run_writes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stream_audit.audit.Auditor.audit", interrupt)

    for mode in ((), ("--check",), ("--list",)):
        assert run(*over("right.py:fold", *mode))[0] == 130
    assert not Path("kept").exists()


def test_a_store_whose_writer_was_killed_says_so_and_is_finished_by_the_list(run: Run) -> None:
    run(*over("right.py:fold"))
    old = Path("kept/rec/a.jsonl.json").read_text("utf-8")
    texts = {"rec/a.jsonl.json": old.replace("Hello", "Hullo"), "rec/b.jsonl.json": None}
    Path("kept/.journal.json").write_text(json.dumps({"schema_version": 1, "files": texts}))
    before = files()

    code, out, err = run(*over("right.py:fold", "--check"))

    assert (code, files()) == (1, before)
    assert "1 changed · 1 new" in out
    assert "A run was killed while it wrote kept" in err
    assert "To finish it: stream-audit snapshot --store kept --list" in err

    code, out, err = run("--store", "kept", "--list")

    assert (code, "Nothing is pending" in out) == (0, True)
    assert "finishing what another run was writing into kept when it was killed" in err
    assert sorted(files()) == ["rec/a.jsonl.json", "stream-audit.json"]
    assert "Hullo" in Path("kept/rec/a.jsonl.json").read_text("utf-8")


def test_a_store_among_recordings_is_refused_unless_it_is_hidden(run: Run) -> None:
    code, _, err = run("rec", "--candidate", "right.py:fold", "--store", "rec/kept")
    assert code == 2
    assert "The store rec/kept lies among the recordings; put it beside them." in err

    for _ in range(2):
        assert run("rec", "--candidate", "right.py:fold", "--store", "rec/.kept")[0] == 0


def test_a_damaged_store_is_named_and_nothing_is_overwritten(run: Run) -> None:
    run(*over("right.py:fold"))
    Path("kept/rec/b.jsonl.json").write_text("{")
    before = files()

    for mode in ((), ("--check",), ("--list",), ("--prune",)):
        code, out, err = run(*over("wrong.py:fold", *mode))
        assert (code, out) == (2, "")
        assert "The snapshot kept/rec/b.jsonl.json is damaged: " in err
    assert files(pending=True) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rec", "--candidate", "right.py:fold"], "--store DIR names the folder"),
        (["rec", "--store", "kept"], "--candidate SPEC names the combiner"),
        (["--store", "kept", "--candidate", "right.py:fold"], "Missing argument 'PATH...'"),
        (over("right.py:fold", "--candidate", "wrong.py:fold"), "one candidate; 2 were given: right.py:fold"),
        (over("right.py:fold", "--check", "--list"), "--check and --list cannot be asked for at once"),
        (over("right.py:fold", "--check", "--prune"), "--check and --prune cannot be asked for at once"),
        (over("right.py:fold", "--mask", "a..b"), "--mask 'a..b' is no path"),
        (over("right.py:fold", "--format", "junit"), "There is no format for snapshot 'junit'"),
        (over("nowhere.py:fold"), "nowhere.py"),
        (over("right.py:fold", paths=("recs",)), "Did you mean 'rec'?"),
        (["--store", "kept", "--accept", "ab"], "There is no store kept."),
        (["rec", "--candidate", "right.py:fold", "--store", "right.py"], "The store right.py is a file"),
        (["rec", "--candidate", "right.py:fold", "--store", "rec"], "The store rec lies among the"),
        (over("llm==0.0.1", "--no-install"), "llm==0.0.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_exit_2(run: Run, words: list[str], said: str) -> None:
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not Path("kept").exists()


def test_recordings_that_would_share_a_file_are_both_named(run: Run) -> None:
    write(Path("rec/A.jsonl"))

    code, _, err = run(*over("right.py:fold"))

    assert code == 2
    assert "'rec/A.jsonl' and 'rec/a.jsonl' would get one file" in err


def test_several_recordings_of_one_file_have_a_file_each(run: Run) -> None:
    Path("rec/a.jsonl").unlink()
    second = [{**one, "id": "chatcmpl-2"} for one in OTHER]
    write(Path("rec/b.jsonl"), [*HELLO, *second])

    run(*over("right.py:fold"))

    assert sorted(files()) == ["rec/b.jsonl#2.json", "rec/b.jsonl.json", "stream-audit.json"]


def test_what_is_shown_of_a_hostile_text_is_inert(run: Run) -> None:
    run(*over("right.py:fold"))
    write(Path("rec/a.jsonl"), [*HELLO[:1], chunk({"content": "\x1b[2J\u202e[red]</script>]]>"}), *HELLO[3:]])

    for kind in ("table", "concise", "json"):
        _, out, _ = run(*over("right.py:fold", "--check", "--format", kind))
        assert all(line.isprintable() for line in out.splitlines())
    _, out, _ = run(*over("right.py:fold", "--list"))
    assert "\\x1b[2J\\u202e[red]</script>]]>" in out
    assert all(line.isprintable() for line in out.splitlines())


def test_the_json_says_all_that_the_table_says(run: Run) -> None:
    run(*over("right.py:fold"))
    write(Path("rec/c.jsonl"))

    code, out, _ = run(*over("wrong.py:fold", "--check", "--format", "json"))

    document: dict[str, Any] = json.loads(out)
    assert document["exit_code"] == code == 1
    assert document["counts"] == {
        **{"changed": 2, "new": 1, "stale": 0, "unsteady": 0, "same": 0},
        "left_out": {},
    }
    assert [change["kind"] for change in document["changes"]] == ["changed", "changed", "new"]
    part = document["changes"][0]["parts"][0]
    assert (part["turn"], part["finding"]["reference"], part["finding"]["got"]) == ("away", "assistant", None)
    assert part["finding"]["chunk"]["line"] == 2
    assert document["command"] == [
        "snapshot", "rec", "--candidate", "wrong.py:fold", "--store", "kept",
    ]  # fmt: skip


def test_several_processes_write_the_same_store(run: Run) -> None:
    run(*over("right.py:fold"))
    before = {name: content for name, (content, _) in files().items()}

    assert run("rec", "--candidate", "right.py:fold", "--store", "other", "-j", "2")[0] == 0

    assert {name: content for name, (content, _) in files("other").items()} == before


def test_settings_and_variables_hold_here_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text(
        '[tool.stream-audit]\ncandidate = "right.py:fold"\nstore = "kept"\n'
        'mask = ["choices[*].message.role"]\n'
    )

    assert run("rec")[0] == 0
    assert run("rec", "--candidate", "wrong.py:fold", "--check")[0] == 1  # a null is not there to be masked
    monkeypatch.setenv("STREAM_AUDIT_STORE", "other")
    assert run("rec")[0] == 0
    assert files("other").keys() == files("kept").keys()
    assert "(masked)" in Path("other/rec/a.jsonl.json").read_text("utf-8")
