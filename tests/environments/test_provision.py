"""Real installations of a tiny real package; what cannot be installed is tried as well."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from stream_audit.environments import (
    Companion,
    Environment,
    NotProvisioned,
    Wanted,
    environment,
    installers,
    listing,
    places,
    plan,
    provision,
)
from stream_audit.environments.interpreters import choose
from tests.environments.pretended import HANGING, program
from tests.runs import ROOT

SIX = Wanted(requirement="six==1.16.0")
PROVISION = """
import sys
from stream_audit.environments import Wanted, provision
print(provision(Wanted(requirement="six==1.16.0"), say=lambda line: print(line, flush=True)).python)
"""

pytestmark = pytest.mark.packages


def place(wanted: Wanted = SIX) -> Path:
    return places.folder() / plan.folder_name(wanted, choose(wanted, None))


def in_it(made: Environment, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([made.python, "-I", "-c", code], capture_output=True, text=True, check=False)


def another_run() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROVISION], cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
    )


@contextmanager
def answering_everything() -> Iterator[None]:
    """Standard input that has an answer for whoever asks."""
    before = os.dup(0)
    read, write = os.pipe()
    os.write(write, b"yes\n")
    os.dup2(read, 0)
    try:
        yield
    finally:
        os.dup2(before, 0)
        for descriptor in (before, read, write):
            os.close(descriptor)


@pytest.fixture
def uv_hangs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = program(tmp_path / "bin" / "uv", HANGING)
    monkeypatch.setattr(installers, "find_uv", lambda: path)


def test_a_requirement_gets_an_environment_with_just_that_in_it(said: list[str]) -> None:
    made = provision(SIX, say=said.append)

    assert said == ["installing six==1.16.0 (uv) ..."]
    assert (made.requirement, made.installed, made.main) == ("six==1.16.0", {"six": "1.16.0"}, ("six",))
    assert in_it(made, "import six; print(six.__version__)").stdout == "1.16.0\n"
    assert listing() == [made]


def test_nothing_of_ours_is_in_it(said: list[str]) -> None:
    made = provision(SIX, say=said.append)

    for module in ("typer", "orjson", "stream_audit", "pytest"):
        assert f"No module named '{module}'" in in_it(made, f"import {module}").stderr


def test_a_second_time_installs_nothing(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = provision(SIX, say=said.append)
    monkeypatch.setattr(installers, "find_uv", lambda: "/nowhere/uv")
    second = provision(Wanted(requirement="Six == 1.16.0"), install=False, say=said.append)

    assert second == first
    assert len(said) == 1


@pytest.mark.slow
def test_without_uv_venv_and_pip_do_it(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installers, "find_uv", lambda: None)
    monkeypatch.setenv("PIP_USER", "1")
    made = provision(SIX, say=said.append)

    assert said == ["installing six==1.16.0 (pip) ..."]
    assert made.installed["six"] == "1.16.0"
    assert in_it(made, "import six; print(six.__version__)").stdout == "1.16.0\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "requirement", "words"),
    [("uv", "six==99.9", "no version of six"), ("pip", "dataclasses==0.8", "Requires-Python")],
)
def test_a_failed_install_names_the_requirement_and_what_the_installer_said(
    name: str, requirement: str, words: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "pip":
        monkeypatch.setattr(installers, "find_uv", lambda: None)
    with pytest.raises(NotProvisioned) as caught:
        provision(Wanted(requirement=requirement), say=said.append)

    assert caught.value.requirement == requirement
    assert caught.value.reason == f"{name} failed with exit code 1"
    assert any(words in line for line in caught.value.tail)
    assert any(requirement in line for line in caught.value.tail)
    assert caught.value.tail[-1].strip() in str(caught.value)
    assert listing() == []


def test_companions_for_some_versions_come_once_the_version_is_known(said: list[str]) -> None:
    companions = (Companion("idna==3.6", "<1.17"), Companion("toml", ">=1.17"))
    made = provision(Wanted(requirement="six<1.17", companions=companions), say=said.append)

    assert said == [
        "installing six<1.17 (uv) ...",
        "installing idna==3.6 beside six==1.16.0 (uv) ...",
        "six<1.17 is 1.16.0 from now on, whatever is newer, until: stream-audit env clear 'six<1.17'",
    ]
    assert made.installed == {"six": "1.16.0", "idna": "3.6"}
    assert made.main == ("six", "idna")


def test_companions_of_a_pin_come_with_it(said: list[str]) -> None:
    companions = (Companion("idna==3.6", "<1.17"), Companion("toml", ">=1.17"))
    made = provision(Wanted(requirement="six==1.16.0", companions=companions), say=said.append)

    assert said == ["installing six==1.16.0 (uv) ..."]
    assert made.installed == {"six": "1.16.0", "idna": "3.6"}


def test_what_must_not_be_installed_is_only_looked_for(said: list[str], cache: Path) -> None:
    with pytest.raises(NotProvisioned, match="none may be made"):
        provision(SIX, install=False, say=said.append)

    assert (said, cache.exists()) == ([], False)


@pytest.mark.parametrize("damage", ["no marker", "half a marker", "a folder elsewhere", "no interpreter"])
def test_an_environment_that_is_not_whole_is_made_again(damage: str, said: list[str]) -> None:
    first = provision(SIX, say=said.append)
    marker = first.folder / environment.MARKER
    if damage == "no marker":
        marker.unlink()
    elif damage == "half a marker":
        marker.write_bytes(marker.read_bytes()[:40])
    elif damage == "a folder elsewhere":
        inner = json.loads(marker.read_text())["inner"]
        elsewhere = f"../{first.folder.name}/{inner}"
        marker.write_text(marker.read_text().replace(inner, elsewhere))
    else:
        Path(first.python).unlink()
    second = provision(SIX, say=said.append)

    assert len(said) == 2
    assert second.python != first.python
    assert listing() == [second]
    assert not Path(first.python).parent.exists()


def test_of_two_runs_at_once_one_installs_and_the_other_waits() -> None:
    places.folder().mkdir(parents=True)
    with FileLock(places.lock_file(place())):
        runs = [another_run(), another_run()]
        waiting = [run.stdout.readline() for run in runs if run.stdout]
    told = [run.communicate()[0].splitlines() for run in runs]

    assert waiting == ["waiting for another run that installs six==1.16.0 ...\n"] * 2
    assert sorted(len(lines) for lines in told) == [1, 2]
    assert told[0][-1] == told[1][-1] == listing()[0].python
    assert len(listing()) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the installer is made up as a shell script")
def test_a_run_killed_in_the_middle_leaves_nothing_that_is_taken_for_complete(
    said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = program(tmp_path / "bin" / "uv", HANGING)
    code = f"from stream_audit.environments import installers\ninstallers.find_uv = lambda: {hanging!r}\n"
    run = subprocess.Popen([sys.executable, "-c", code + PROVISION], cwd=ROOT, stdout=subprocess.DEVNULL)
    while not (left := list(place().glob("venv-*/pid"))) or not left[0].read_text():
        assert run.poll() is None
        time.sleep(0.01)
    orphan = int(left[0].read_text())
    run.kill()
    run.wait()
    try:
        unfinished = listing()
        made = provision(SIX, say=said.append)
        (left[0].parent / "bin").mkdir(parents=True)  # what the installer that was left behind goes on to do
        again = provision(SIX, say=said.append)
    finally:
        os.kill(orphan, signal.SIGKILL)

    assert [(one.created, one.requirement) for one in unfinished] == [(None, place().name)]
    assert said == ["installing six==1.16.0 (uv) ..."]
    assert again == made


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the installer is made up as a shell script")
@pytest.mark.usefixtures("uv_hangs")
def test_an_installer_that_never_ends_is_ended(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    end = installers._end

    def note_then_end(process: subprocess.Popen[bytes]) -> None:
        begun.append(process.pid)
        end(process)

    monkeypatch.setattr("stream_audit.environments.build.SECONDS", 1.0)
    monkeypatch.setattr(installers, "_end", note_then_end)
    with pytest.raises(NotProvisioned, match="uv took too long and was ended"):
        provision(SIX, say=said.append)

    with pytest.raises(ProcessLookupError):
        os.kill(begun[0], 0)
    assert listing() == []


@pytest.mark.skipif(sys.platform == "win32", reason="the installer is made up as a shell script")
def test_what_an_installer_says_last_is_shown_harmless_and_it_cannot_ask(
    said: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    talking = (
        "#!/bin/sh\nseq 20\nread answer || echo nobody answers\nprintf '\\033[31mred\\a\\n\\n'\nexit 3\n"
    )
    path = program(tmp_path / "uv", talking)
    monkeypatch.setattr(installers, "find_uv", lambda: path)
    with answering_everything(), pytest.raises(NotProvisioned) as caught:
        provision(SIX, say=said.append)

    assert caught.value.tail == ("15", "16", "17", "18", "19", "20", "nobody answers", r"\x1b[31mred\x07")
    assert str(caught.value).isprintable()


def test_an_installer_that_cannot_be_started_is_a_reason(
    said: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installers, "find_uv", lambda: str(tmp_path / "nothing"))

    with pytest.raises(NotProvisioned, match="uv cannot be started"):
        provision(SIX, say=said.append)


def test_a_cache_folder_that_cannot_be_made_is_named(said: list[str], cache: Path) -> None:
    cache.write_text("a file")

    with pytest.raises(NotProvisioned) as caught:
        provision(SIX, say=said.append)
    assert caught.value.reason.startswith(f"the cache folder {cache / 'environments'} cannot be used (")


def test_a_disk_that_is_full_at_the_last_moment_leaves_nothing_and_is_named(
    said: list[str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("stream_audit.environments.environment.os.replace", full)
        with pytest.raises(NotProvisioned, match=r"cannot be used \(No space left on device\)"):
            provision(SIX, say=said.append)

    assert [one.created for one in listing()] in ([], [None])
    assert provision(SIX, say=said.append).created is not None


def test_an_interrupted_run_leaves_nothing(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stream_audit.environments.build._installed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        provision(SIX, say=said.append)

    assert listing() == []


@pytest.mark.skipif(sys.platform == "win32", reason="the installer is made up as a shell script")
@pytest.mark.parametrize(
    ("lines", "tail"),
    [
        (["WARNING: Retrying", "WARNING: Retrying", "ERROR: none found"], ("ERROR: none found",)),
        (["WARNING: Retrying"], ("WARNING: Retrying",)),
    ],
)
def test_warnings_of_an_installer_do_not_hide_its_reason(
    said: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: list[str], tail: tuple[str, ...]
) -> None:
    path = program(tmp_path / "uv", "#!/bin/sh\n" + "".join(f"echo '{one}'\n" for one in lines) + "exit 3\n")
    monkeypatch.setattr(installers, "find_uv", lambda: path)

    with pytest.raises(NotProvisioned) as caught:
        provision(SIX, say=said.append)

    assert caught.value.tail == tail
