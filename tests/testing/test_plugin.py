"""A suite that tests its combiner on recordings, by pytest alone."""

from __future__ import annotations

import json
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.runs import HELLO, ROOT

GOOD = """
def fold(chunks):
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return {"role": "assistant", "content": text, "finish_reason": "stop"}
"""
LOADED = any(entry.value == "stream_audit.testing.plugin" for entry in entry_points(group="pytest11"))
ARGUMENTS = ["-p", "no:cacheprovider", *([] if LOADED else ["-p", "stream_audit.testing.plugin"])]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with two recordings, one of them of two responses, and a combiner."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyprojecttoml("[tool.pytest.ini_options]")
    pytester.makepyfile(combine=GOOD, wrong=GOOD.replace('"assistant"', "None"))
    folder = pytester.mkdir("recordings")
    lines = "".join(json.dumps(chunk) + "\n" for chunk in HELLO)
    (folder / "one.jsonl").write_text(lines)
    (folder / "two.jsonl").write_text(lines + lines.replace("chatcmpl-1", "chatcmpl-2"))
    (folder / "README.md").write_text("What these are.")
    pytester.mkdir("empty")
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_subprocess(*ARGUMENTS, *arguments)


def test_every_recording_is_a_test_of_every_candidate(suite: pytest.Pytester) -> None:
    result = run(
        suite, "-v", "--stream-audit", "recordings",
        "--stream-audit-candidate", "combine:fold", "--stream-audit-candidate", "bad=wrong:fold",
    )  # fmt: skip

    result.assert_outcomes(passed=3, failed=3)
    result.stdout.fnmatch_lines(["stream-audit::recordings/two.jsonl#2?combine:fold? PASSED*"])


def test_a_failure_shows_the_table_of_the_command_line(suite: pytest.Pytester) -> None:
    result = run(suite, "--stream-audit", "recordings/one.jsonl", "--stream-audit-candidate", "wrong:fold")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*error  role-null-or-empty  choices?0?.message.role*", "*looks like *role-*"]
    )


@pytest.mark.parametrize("spread", [(), ("-n", "1")])
def test_the_summary_names_the_rule_that_is_broken(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, spread: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    (suite.path / "recordings" / "bad.jsonl").write_text("{half of it\n")

    result = run(suite, *spread, "--stream-audit", "recordings", "--stream-audit-candidate", "wrong:fold")

    result.stdout.fnmatch_lines_random(
        [
            "FAILED *one.jsonl?wrong:fold? - role-null-or-empty choices?0?.message.role",
            "FAILED *bad.jsonl?wrong:fold? - unreadable: *",
        ]
    )


def test_the_candidate_and_its_terms_may_stand_in_the_settings(suite: pytest.Pytester) -> None:
    suite.makepyprojecttoml(
        '[tool.pytest.ini_options]\n[tool.stream-audit]\ncandidate = "wrong:fold"\nfields = "content"\n'
    )

    run(suite, "--stream-audit", "recordings").assert_outcomes(passed=3)


def test_what_a_baseline_accepts_or_the_settings_ignore_does_not_fail(suite: pytest.Pytester) -> None:
    table = '[tool.pytest.ini_options]\n[tool.stream-audit]\ncandidate = "wrong:fold"\n'
    suite.makepyprojecttoml(table)
    run(suite, "--stream-audit", "recordings").assert_outcomes(failed=3)

    suite.makepyprojecttoml(f'{table}per-recording-ignores = {{ "two.jsonl" = "role-null-or-empty" }}\n')
    run(suite, "--stream-audit", "recordings").assert_outcomes(passed=2, failed=1)

    suite.makepyprojecttoml(table)
    words = ["replay", "recordings", "--candidate", "wrong:fold", "--baseline", "known.json"]
    suite.run(sys.executable, "-m", "stream_audit", *words, "--baseline-update")
    suite.makepyprojecttoml(f'{table}baseline = "known.json"\n')
    run(suite, "--stream-audit", "recordings").assert_outcomes(passed=3)


def test_tests_can_be_chosen_and_spread_as_any_others(suite: pytest.Pytester) -> None:
    command = ("--stream-audit", "recordings", "--stream-audit-candidate", "combine:fold")

    run(suite, *command, "-k", "two").assert_outcomes(passed=2, deselected=1)
    run(suite, *command, "-n", "2").assert_outcomes(passed=3)


def test_a_recording_that_cannot_be_read_fails(suite: pytest.Pytester) -> None:
    (suite.path / "recordings" / "bad.jsonl").write_text("{half of it\n")
    (suite.path / "recordings" / "other.jsonl").write_text('{"what": "is this"}\n')

    result = run(suite, "--stream-audit", "recordings", "--stream-audit-candidate", "combine:fold")

    result.assert_outcomes(passed=3, failed=2)
    result.stdout.fnmatch_lines(["*unreadable*", "*bad.jsonl*"])


@pytest.mark.parametrize(
    ("more", "strict", "words"),
    [
        ("{half of it\n", {"failed": 1}, ["*not everything was audited*"]),
        ("[DONE]\n{half of it\n", {"passed": 1, "failed": 1}, ["*one.jsonl (not read)*", "*not JSON*"]),
    ],
    ids=["in a recording", "between recordings"],
)
def test_what_cannot_be_read_fails_where_the_command_line_would(
    suite: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    more: str,
    strict: dict[str, int],
    words: list[str],
) -> None:
    path = suite.path / "recordings" / "one.jsonl"
    path.write_text(path.read_text() + more)
    arguments = ("--stream-audit", "recordings/one.jsonl", "--stream-audit-candidate", "combine:fold")

    run(suite, *arguments).assert_outcomes(passed=1)
    monkeypatch.setenv("CI", "true")
    result = run(suite, *arguments)

    result.assert_outcomes(**strict)
    result.stdout.fnmatch_lines(words)


def test_the_name_of_a_recorded_stream_gives_a_terminal_nothing_to_obey(suite: pytest.Pytester) -> None:
    name = "s\x1b[31m\n::error::x \u202e" + "b" * 5_000
    lines = [{"stream": name, "at": 0.1, "chunk": chunk} for chunk in HELLO]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (suite.path / "recordings" / "one.jsonl").write_text(
        f'{{"format": "stream-audit-recording", "version": 1}}\n{text}'
    )

    result = run(
        suite, "-v", "--color=no",
        "--stream-audit", "recordings/one.jsonl", "--stream-audit-candidate", "wrong:fold",
    )  # fmt: skip

    result.assert_outcomes(failed=1)
    shown = result.stdout.str()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert not any(line.startswith("::") or len(line) > 2_000 for line in result.outlines)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stream-audit", "empty", "--stream-audit-candidate", "combine:fold"], "*no recording in empty*"),
        (["--stream-audit", "recordings"], "*needs --stream-audit-candidate*"),
        (["--stream-audit", "recordigns", "--stream-audit-candidate", "combine:fold"], "*recordigns*"),
        (["--stream-audit", "recordings", "--stream-audit-candidate", "opnai"], "*Did you mean openai*"),
    ],
)
def test_what_does_not_exist_is_a_usage_error(
    suite: pytest.Pytester, arguments: list[str], words: str
) -> None:
    result = run(suite, *arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([words])


def test_an_empty_folder_beside_a_full_one_fails_by_its_name(suite: pytest.Pytester) -> None:
    result = run(
        suite, "-v", "--stream-audit", "recordings", "--stream-audit", "empty",
        "--stream-audit-candidate", "combine:fold",
    )  # fmt: skip

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*empty*combine:fold* FAILED*"])


def test_a_candidate_that_cannot_be_loaded_passes_nothing(suite: pytest.Pytester) -> None:
    result = run(suite, "--stream-audit", "recordings", "--stream-audit-candidate", "combine:flod")

    assert result.ret != pytest.ExitCode.OK
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*Did you mean fold*"])


def test_tests_of_ones_own_fold_and_check_with_the_fixture(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own="""
        import pytest
        from combine import fold
        from wrong import fold as bad

        CHUNKS = [{"id": "a", "object": "chat.completion.chunk", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]}]

        def test_fold(stream_audit):
            assert stream_audit.fold("recordings/one.jsonl").choices[0].message.content == "Hello"
            assert stream_audit.fold(CHUNKS).choices[0].message.content == "Hi"

        def test_check(stream_audit):
            stream_audit.check(fold, "recordings")
            stream_audit.check("combine:fold", CHUNKS)
            with pytest.raises(AssertionError, match="role-"):
                stream_audit.check(bad, "recordings/one.jsonl")
            for fields in (("content",), "content", "content,tool_calls"):
                stream_audit.check(bad, CHUNKS, fields=fields)
            with pytest.raises(AssertionError, match="differs from the reference: role-differs"):
                stream_audit.check(bad, CHUNKS, fields="content,role")
            with pytest.raises(Exception, match="names nothing"):
                stream_audit.check(bad, CHUNKS, fields="")

        def test_errors(stream_audit):
            with pytest.raises(Exception, match="holds 2 recordings, not one"):
                stream_audit.fold("recordings/two.jsonl")
            with pytest.raises(Exception, match="put it at the top of a module"):
                stream_audit.check(lambda chunks: "", CHUNKS)
        """
    )

    run(suite, "test_own.py").assert_outcomes(passed=3)


def test_a_suite_that_does_not_ask_for_it_imports_nothing_of_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own="""
        import sys

        def test_light():
            ours = {name for name in sys.modules if name.startswith("stream_audit.")}
            assert ours <= {"stream_audit.testing", "stream_audit.testing.plugin"}
        """
    )

    run(suite, "test_own.py").assert_outcomes(passed=1)


def test_a_response_is_stored_as_the_json_report_writes_it(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        import pytest
        from stream_audit.testing import StreamSnapshotExtension

        @pytest.fixture
        def snapshot(snapshot):
            return snapshot.use_extension(StreamSnapshotExtension)
        """
    )
    suite.makepyfile(
        test_own="""
        def test_answer(stream_audit, snapshot):
            assert stream_audit.fold("recordings/one.jsonl") == snapshot
        """
    )

    assert run(suite, "test_own.py", "--snapshot-update").ret == 0
    run(suite, "test_own.py").assert_outcomes(passed=1)
    stored = json.loads(Path(suite.path, "__snapshots__", "test_own", "test_answer.json").read_text())
    assert stored["choices"][0]["message"]["content"] == "Hello"
    (suite.path / "recordings" / "one.jsonl").write_text(
        (suite.path / "recordings" / "one.jsonl").read_text().replace("lo", "p")
    )
    run(suite, "test_own.py").assert_outcomes(failed=1)
