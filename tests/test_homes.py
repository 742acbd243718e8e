"""Where a candidate runs is settled once, and what cannot be installed is a state, not a crash."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from stream_audit import environments
from stream_audit.candidates import parse
from stream_audit.corridor.homes import Home, find_homes
from stream_audit.errors import CandidateNotLoaded, NotProvisioned, UsageError
from tests.runs import audit, combiner, write


class Shelf:
    """Stands in for the environments: keeps what was wanted, installs nothing."""

    def __init__(self) -> None:
        self.wanted: list[tuple[environments.Wanted, str | None]] = []

    def provision(self, wanted: environments.Wanted, *, base: str | None, **_: Any) -> Any:
        self.wanted.append((wanted, base))
        if "99" in wanted.requirement:
            raise NotProvisioned(wanted.requirement, "uv failed", ("no version 99",))
        return type("Environment", (), {"python": f"/envs/{wanted.requirement}/python"})


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(environments, "provision", shelf.provision)
    return shelf


def homes(*texts: str, python: str | None = None) -> list[Home]:
    specs = [parse(text) for text in texts]
    with ExitStack() as hold:
        found = find_homes(specs, python=python, install=True, say=lambda _: None, hold=hold)
    return [found[spec] for spec in specs]


def test_code_of_ones_own_and_an_installed_library_run_in_this_interpreter(shelf: Shelf) -> None:
    assert homes("a.b:f", "openai", "suspect:role-last-wins") == [Home(), Home(), Home()]
    assert shelf.wanted == []


def test_a_version_gets_an_environment_and_all_parts_of_it_the_same(shelf: Shelf) -> None:
    first, second, other = homes("llm==0.27.1:Chat", "x=llm==0.27.1:AsyncChat", "llm==0.36:Chat")

    assert first == second == Home("/envs/llm==0.27.1/python")
    assert other.python != first.python
    assert [wanted.requirement for wanted, _ in shelf.wanted] == ["llm==0.27.1", "llm==0.36"]
    assert shelf.wanted[0][0].companions


def test_a_library_that_is_not_installed_gets_the_newest(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream_audit.corridor.homes.find_spec", lambda name: None)

    assert homes("openai") == [Home("/envs/openai/python")]


def test_an_interpreter_that_is_named_runs_what_has_no_version_and_makes_the_environments(
    shelf: Shelf,
) -> None:
    mine, theirs, pinned, suspect = homes(
        "a.b:f", "llm", "llm==0.36", "suspect:role-last-wins", python=sys.executable
    )

    assert mine == theirs == Home(sys.executable)
    assert suspect == Home()
    assert pinned == Home("/envs/llm==0.36/python")
    assert [base for _, base in shelf.wanted] == [sys.executable]


def test_code_of_ones_own_can_run_in_the_environment_of_a_requirement(shelf: Shelf) -> None:
    mine, pinned = homes("a.b:f", "llm==0.36", python="six>=1.16")

    assert (mine, pinned) == (Home("/envs/six>=1.16/python"), Home("/envs/llm==0.36/python"))
    assert {base for _, base in shelf.wanted} == {None}
    assert homes("a.b:f", python="ai-sdk-stream-python") == [Home("/envs/ai-sdk-stream-python/python")]
    assert shelf.wanted[-1][0].python


@pytest.mark.parametrize("python", ["/nowhere/python", "pyhton3", "six"])
def test_an_interpreter_that_does_not_exist_is_refused(shelf: Shelf, python: str) -> None:
    with pytest.raises(UsageError, match=f"no interpreter {python}"):
        homes("a.b:f", python=python)


@pytest.mark.parametrize("inside", ["bin/python", "Scripts/python.exe"])
def test_the_folder_of_an_environment_is_refused_with_its_interpreter(
    shelf: Shelf, tmp_path: Path, inside: str
) -> None:
    program = tmp_path / "app" / inside
    program.parent.mkdir(parents=True)
    program.write_text("")

    with pytest.raises(UsageError) as caught:
        homes("a.b:f", python=str(tmp_path / "app"))

    assert str(caught.value) == f"{tmp_path / 'app'} is a folder (--python); its interpreter is {program}."


def test_what_cannot_be_installed_is_not_run_and_says_why_and_the_others_go_on(
    shelf: Shelf, tmp_path: Path
) -> None:
    mine = combiner(tmp_path, "return 'Hello'")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=["new=llm==99:Chat", mine])

    missing, there = kept.audited[0].candidates
    assert (missing.status, there.status) == ("unavailable", "same")
    assert "no version 99" in (missing.error or "")
    assert kept.summary.exit_code == 0


def test_a_reference_that_cannot_be_installed_stops_the_run(shelf: Shelf, tmp_path: Path) -> None:
    mine = combiner(tmp_path, "return 'Hello'")

    with pytest.raises(CandidateNotLoaded, match=r"The reference llm==99 cannot be run: .*no version 99"):
        audit(write(tmp_path / "a.jsonl"), candidates=[mine], reference="llm==99")


def test_a_run_in_which_nothing_could_be_installed_ends_with_exit_code_2(
    shelf: Shelf, tmp_path: Path
) -> None:
    kept = audit(write(tmp_path / "a.jsonl"), candidates=["llm==99"])

    assert {result.status for result in kept.audited[0].candidates} == {"unavailable"}
    assert kept.summary.exit_code == 2


def test_a_run_that_is_interrupted_while_it_installs_is_reported_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stream_audit.corridor.auditor.find_homes", interrupt)

    kept = audit(write(tmp_path / "a.jsonl"), candidates=["llm==0.27.1"])

    assert kept.run is not None
    assert kept.run.candidates == ("llm==0.27.1",)
    assert (kept.summary.complete, kept.summary.stop_reason) == (False, "interrupted")
    assert kept.summary.exit_code == 130
