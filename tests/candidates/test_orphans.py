"""No process is left behind: not the candidate, not what it started, not when the audit itself is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stream_audit.candidates import parse

from .conftest import HELLO, Open

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups are a matter of POSIX")
ROOT = Path(__file__).parents[2]


def gone(pid: int, within: float = 3.0) -> bool:
    """True when no such process runs any more; a zombie runs no more."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def pids(folder: Path, count: int, within: float = 5.0) -> list[int]:
    """The process ids that a candidate wrote down."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        found = [int(file.name) for file in (folder / "pids").iterdir()]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError("the candidate wrote down too few processes")


@pytest.fixture
def family(tmp_path: Path) -> Path:
    (tmp_path / "pids").mkdir()
    (tmp_path / "family.py").write_text(
        f"""
import os, subprocess, sys, time
def note(pid): open({str(tmp_path / "pids")!r} + "/" + str(pid), "w").close()
def start(**options): note(subprocess.Popen(["sleep", "1000"], **options).pid)
def daemon():
    ready, here = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            note(os.getpid())
            os.write(here, b".")
            os.closerange(0, 256)
            time.sleep(1000)
        os._exit(0)
    os.read(ready, 1)
def combine(chunks):
    note(os.getpid())
    start()
    start(start_new_session=True)
    daemon()
    return "x"
def hang(chunks):
    combine(chunks)
    time.sleep(1000)
def stuck(chunks):
    import ctypes
    combine(chunks)
    ctypes.PyDLL(None).sleep(1000)  # no thread of this process can run meanwhile
def leave(chunks):
    combine(chunks)
    os._exit(1)
"""
    )
    return tmp_path


def test_what_a_fold_started_ends_with_the_candidate(family: Path, opened: Open) -> None:
    candidate = opened((family / "family.py").read_text())
    assert candidate.observe(HELLO, "openai-chat").status == "answered"
    started = pids(family, 6)

    candidate.close()

    assert all(gone(pid) for pid in started)


@pytest.mark.parametrize(("name", "status"), [("hang", "timeout"), ("leave", "crashed")])
def test_what_a_fold_started_ends_when_the_fold_is_ended(
    family: Path, opened: Open, name: str, status: str
) -> None:
    candidate = opened((family / "family.py").read_text(), name, timeout=1.0)

    assert candidate.observe(HELLO, "openai-chat").status == status

    assert all(gone(pid) for pid in pids(family, 4))


def test_what_an_import_started_ends_even_if_the_import_fails(family: Path, opened: Open) -> None:
    candidate = opened((family / "family.py").read_text() + "\ncombine([])\nraise ValueError")

    with pytest.raises(Exception, match="ValueError"):
        candidate.load()

    assert all(gone(pid) for pid in pids(family, 4))


AUDIT = """
import sys, time
from stream_audit.candidates import open_candidate, parse
candidate = open_candidate(parse(sys.argv[1] + "/family.py:" + sys.argv[2]), timeout=1000)
candidate.observe([b'{"choices":[]}'], "openai-chat")
"""


@pytest.mark.parametrize("name", ["combine", "hang", "stuck"])
def test_nothing_survives_an_audit_that_is_killed(family: Path, name: str) -> None:
    audit = subprocess.Popen([sys.executable, "-c", AUDIT + "time.sleep(1000)", str(family), name], cwd=ROOT)
    started = pids(family, 4)

    audit.send_signal(signal.SIGKILL)
    audit.wait()

    assert all(gone(pid) for pid in started)


def test_nothing_survives_an_audit_that_ends_without_closing(family: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, str(family), "combine"],
        cwd=ROOT,
        capture_output=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert all(gone(pid) for pid in pids(family, 4))


def test_an_interrupt_of_the_terminal_reaches_the_audit_alone(opened: Open) -> None:
    candidate = opened("def combine(chunks):\n    return 'x'")
    candidate.load()
    process = candidate._process
    assert process is not None

    os.killpg(process.pid, signal.SIGINT)

    assert candidate.observe(HELLO, "openai-chat").status == "answered"


def test_closing_is_idempotent_and_a_closed_candidate_starts_again(opened: Open) -> None:
    candidate = opened("def combine(chunks):\n    return 'x'")
    candidate.close()
    assert candidate.observe(HELLO, "openai-chat").status == "answered"
    candidate.close()
    candidate.close()

    assert candidate.observe(HELLO, "openai-chat").status == "answered"


def test_one_process_serves_many_recordings(opened: Open) -> None:
    candidate = opened("import os\ndef combine(chunks):\n    return str(os.getpid())")

    answers = {
        observation.response.choices[0].message.content
        for observation in (candidate.observe(HELLO, "openai-chat") for _ in range(20))
        if observation.response is not None
    }

    assert len(answers) == 1


def test_nothing_runs_before_the_first_use(tmp_path: Path) -> None:
    from stream_audit.candidates import open_candidate

    (tmp_path / "loud.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\ndef f(c): return ''")
    candidate = open_candidate(parse(f"{tmp_path}/loud.py:f"))
    assert not (tmp_path / "ran").exists()

    candidate.load()

    assert (tmp_path / "ran").exists()
    candidate.close()


def test_a_copy_of_the_pipe_in_another_process_does_not_keep_the_candidate_alive(opened: Open) -> None:
    candidate = opened("def combine(chunks):\n    return 'x'")
    candidate.load()
    process = candidate._process
    assert process is not None
    assert process._popen.stdin is not None
    other = subprocess.Popen(["sleep", "1000"], pass_fds=[process._popen.stdin.fileno()])
    start = time.monotonic()

    candidate.close()

    assert time.monotonic() - start < 2.0
    other.kill()
    other.wait()
