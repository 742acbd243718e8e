"""What bad input gets through the command line: an exit code, and one sentence or findings, no traceback."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from stream_audit.cli import main
from tests.runs import HELLO, ROOT, chunk, combiner, write

LINES = [json.dumps(item).encode() + b"\n" for item in HELLO]
WHOLE = b"".join(LINES)


def with_third(line: bytes) -> bytes:
    """A good recording with one more line in its midst."""
    return b"".join((*LINES[:2], line, b"\n", *LINES[2:]))


def content(inner: bytes) -> bytes:
    return b'{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":%b}]}' % inner


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def report(folder: Path, *words: str) -> dict[str, Any]:
    code = main(["replay", *words, "--format", "json", "-o", "report.json"])
    found: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    assert found["exit_code"] == code
    return found


FLAWED = [
    ("not JSON", b"this is not json", "line-not-json"),
    ("half a chunk", LINES[1][:40], "line-not-json"),
    ("NaN", content(b'{"content":"","n":NaN}'), "number-not-json"),
    ("half a surrogate pair", content(b'{"content":"","s":"\\ud83d"}'), "lone-surrogate"),
    ("30 digits", content(b'{"content":"","n":%b}' % (b"9" * 30)), "integer-too-large"),
    ("10,000 digits", content(b'{"content":"","n":%b}' % (b"9" * 10_000)), "integer-too-large"),
    ("a list", b"[1, 2]", "line-not-object"),
    ("a NUL", content(b'{"content":"\0"}'), "line-not-json"),
    ("Latin-1", content(b'{"content":"\xe9"}'), "invalid-utf8"),
    ("deep lists", b"[" * 10_000 + b"]" * 10_000, "nesting-too-deep"),
    ("deep in a chunk", content(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), "nesting-too-deep"),
]


@pytest.mark.parametrize(("line", "rule"), [row[1:] for row in FLAWED], ids=[row[0] for row in FLAWED])
def test_a_flawed_line_is_a_finding_and_everything_else_is_audited(
    folder: Path, line: bytes, rule: str
) -> None:
    (folder / "r.jsonl").write_bytes(with_third(line))

    found = report(folder, "r.jsonl", "--candidate", "textbook", "--strict")

    assert found["exit_code"] == 3
    assert (rule, 3) in [(finding["rule"], finding["line"]) for finding in found["findings"]]
    assert found["counts"]["same"] == 1
    assert found["recordings"][0]["reference"]["choices"][0]["message"]["content"] == "Hello"


def test_a_flawed_line_fails_only_where_everything_must_be_whole(folder: Path) -> None:
    (folder / "r.jsonl").write_bytes(with_third(b"this is not json"))

    assert report(folder, "r.jsonl", "--candidate", "textbook")["exit_code"] == 0


UNREADABLE = [
    ("empty", b"", "source-empty"),
    ("blank lines", b"\n \r\n\t\n", "source-empty"),
    ("binary", b"\x7fELF\x00\x01" * 200, "source-not-text"),
    ("UTF-16", WHOLE.decode().encode("utf-16"), "source-not-text"),
    ("cut off", LINES[0][:40], "line-cut-off"),
    ("gzip that ends early", gzip.compress(WHOLE)[:8], "compression-truncated"),
]


@pytest.mark.parametrize(
    ("data", "rule"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
def test_a_file_of_which_nothing_can_be_read_is_exit_3(folder: Path, data: bytes, rule: str) -> None:
    (folder / "r.jsonl").write_bytes(data)

    found = report(folder, "r.jsonl", "--candidate", "textbook")

    assert found["exit_code"] == 3
    assert [finding["rule"] for finding in found["findings"]] == [rule]
    assert found["counts"]["unreadable"] == 1


def test_an_empty_folder_is_exit_3(folder: Path) -> None:
    (folder / "nothing").mkdir()

    assert report(folder, "nothing", "--candidate", "textbook")["exit_code"] == 3


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--strict",), 3)])
def test_an_empty_folder_beside_a_full_one_is_named_and_counted(
    folder: Path, words: tuple[str, ...], code: int
) -> None:
    for name in ("full", "empty", "notes"):
        (folder / name).mkdir()
    (folder / "full" / "a.jsonl").write_bytes(WHOLE)
    (folder / "notes" / "README.md").write_bytes(b"# Notes\n")

    found = report(folder, "full", "empty", "notes", "--candidate", "textbook", *words)

    assert found["exit_code"] == code
    assert [(one["path"], one["reason"]) for one in found["unreadable"]] == [
        ("empty", "holds no recording"),
        ("notes", "holds no recording"),
    ]
    assert (found["counts"]["same"], found["counts"]["unreadable"]) == (1, 2)
    assert [finding["rule"] for finding in found["findings"]] == ["source-without-recording"] * 2
    assert found["passed_over"] == ["notes/README.md"]


def test_a_log_that_is_no_recording_is_counted_and_not_held(folder: Path) -> None:
    (folder / "a.log").write_bytes(b"2026-01-01 INFO all is well\n" * 5_000)

    found = report(folder, "a.log", "--candidate", "textbook")

    assert len(found["findings"]) == 50
    assert found["findings"][0]["line"] == 1
    assert sum(finding["count"] for finding in found["findings"]) == 5_000


def test_a_recording_behind_much_that_is_none_is_damaged_and_audited(folder: Path) -> None:
    (folder / "a.log").write_bytes(b"2026-01-01 INFO all is well\n" * 1_000 + WHOLE)

    found = report(folder, "a.log", "--candidate", "textbook")

    assert (found["counts"]["same"], found["recordings"][0]["damaged"]) == (1, True)


@pytest.mark.slow
def test_a_line_of_100_megabytes_is_skipped_and_the_rest_audited(folder: Path) -> None:
    (folder / "r.jsonl").write_bytes(with_third(content(b'{"content":"%b"}' % (b"x" * 100_000_000))))

    found = report(folder, "r.jsonl", "--candidate", "textbook")

    assert [(finding["rule"], finding["line"]) for finding in found["findings"]] == [("line-too-long", 3)]
    assert found["counts"]["same"] == 1


REFUSED = [
    (["r.json"], "There is no file or folder 'r.json'. Did you mean 'r.jsonl'?"),
    (["r.jsonl:3-2"], "the line range is empty"),
    (["*.nothing"], "Nothing matches '*.nothing'."),
    (["r.jsonl", "--dialect", "openai-cht"], "Did you mean openai-chat"),
    (["r.jsonl", "--ignore", "role-conca"], "Did you mean role-concat"),
    (["r.jsonl", "--select", "xyz"], "There is no rule 'xyz'. None of the"),
    (["r.jsonl", "--fields", "rol"], "Did you mean role"),
    (["r.jsonl", "--candidate", "opnai"], "There is no candidate 'opnai'. Did you mean openai"),
    (["r.jsonl", "--candidate", "suspect:role-last"], "Did you mean role-last-wins"),
    (["r.jsonl", "--candidate", "nope.py:fold"], "There is no file nope.py."),
    (["r.jsonl", "--timeout", "inf"], "Invalid value for '--timeout'"),
    (["r.jsonl", "-o", "r.jsonl"], "r.jsonl is one of the recordings"),
    (["r.jsonl", "--report", "json=./r.jsonl"], "r.jsonl is one of the recordings"),
    (["r.jsonl", "-o", "/dev/full"], "Cannot write /dev/full: No space left on device."),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_what_cannot_be_done_is_exit_2_and_one_sentence(
    folder: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(folder / "r.jsonl")
    if "/dev/full" in words and not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")

    assert main(["replay", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert (error.count("\n"), len(error) < 250) == (1, True)
    assert path.read_bytes() == WHOLE


def test_a_syntax_error_is_told_with_its_place_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "r.jsonl")
    (folder / "mine.py").write_text("def fold(chunks)\n    return 1\n")

    assert main(["replay", "r.jsonl", "--candidate", "mine.py:fold"]) == 2
    assert capsys.readouterr().err.endswith("SyntaxError: expected ':' (mine.py:1).\n")


def test_a_diagnosis_that_is_not_tried_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "r.jsonl")
    monkeypatch.setattr("stream_audit.corridor.suspecting._CHUNKS", 10)

    found = report(folder, "r.jsonl", "--candidate", "suspect:role-last-wins")

    (finding,) = [one for one in found["findings"] if one["kind"] == "difference"]
    assert finding["diagnosis"] == []
    assert "Not diagnosed: too long" in finding["message"]
    assert finding["chunk"]["line"] == 2


def test_a_culprit_that_cannot_be_searched_for_is_said(folder: Path) -> None:
    write(folder / "r.jsonl")
    body = """
text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
while not chunks[-1].usage: pass
return text + "!"
"""
    found = report(folder, "r.jsonl", "--candidate", combiner(folder, body), "--timeout", "0.5")

    (finding,) = [one for one in found["findings"] if one["kind"] == "difference"]
    assert finding["chunk"] is None
    assert "The chunk is not known" in finding["message"]


@pytest.mark.slow
def test_a_wrong_candidate_on_a_very_long_recording_ends_in_reasonable_time(folder: Path) -> None:
    words = [chunk({"content": f"word{number} "}) for number in range(20_000)]
    write(folder / "r.jsonl", [HELLO[0], *words, *HELLO[3:]])
    body = """
texts = [one.choices[0].delta.content or "" for one in chunks if one.choices]
return "".join(text for text in texts if text != "word16000 ")
"""
    start = time.monotonic()
    found = report(folder, "r.jsonl", "--candidate", combiner(folder, body))

    (finding,) = [one for one in found["findings"] if one["kind"] == "difference"]
    assert finding["chunk"]["line"] == 16_002
    assert time.monotonic() - start < 60


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_audit_that_is_told_to_end_reports_what_it_has_and_leaves_nobody(
    folder: Path, jobs: str, number: signal.Signals
) -> None:
    for name in ("a", "b"):
        write(folder / f"{name}.jsonl")
    body = f"import os, time; open({str(folder / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    words = ["a.jsonl", "b.jsonl", "--candidate", combiner(folder, body), "--timeout", "50", "-j", jobs]
    audit = subprocess.Popen(
        [sys.executable, "-m", "stream_audit", "replay", *words, "--report", "json=report.json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # where the tests run it may be ignored
    )
    until = time.monotonic() + 20
    while not (folder / "pid").exists() or not (folder / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
    audit.send_signal(number)
    _, error = audit.communicate(timeout=20)

    assert (audit.returncode, error) == (130, b"")
    found = json.loads((folder / "report.json").read_text("utf-8"))
    assert (found["complete"], found["exit_code"]) == (False, 130)
    assert _gone(int((folder / "pid").read_text()))
    assert not list(folder.glob("*.partial"))


def _gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
