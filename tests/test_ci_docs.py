"""A project goes from nothing to a gate with the lines of ``docs/ci.md`` and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from stream_audit.cli import main
from tests.runs import FIXTURES, ROOT
from tests.scaffold.schemas import complaints

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
RECORDINGS = ("plain-answer-with-usage.sse", "usage-cumulative-summed.jsonl")
PYPROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.11"

[tool.setuptools]
py-modules = ["combine"]

"""


def block(marker: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"docs/ci.md has no block <!-- {marker} -->"
    return found[1]


def loaded(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def project(folder: Path, remote: str = "") -> None:
    """A repository with recordings and a combiner that is wrong in two ways."""
    (folder / "recordings").mkdir(parents=True)
    for name in RECORDINGS:
        shutil.copy(FIXTURES / "openai-chat" / name, folder / "recordings")
    shutil.copy(ROOT / "examples" / "combine.py", folder)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    if remote:
        subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", remote], check=True)


def mend(folder: Path) -> None:
    path = folder / "combine.py"
    text = path.read_text()
    mended = text.replace("role = choice.delta.role\n", "role = choice.delta.role or role\n")
    mended = mended.replace("tokens += chunk.usage", "tokens = chunk.usage")
    assert mended != text
    path.write_text(mended)


@pytest.mark.parametrize(
    ("remote", "written", "shown"),
    [
        ("", ".github/workflows/stream-audit.yml", "workflow"),
        ("git@gitlab.com:a/b", ".gitlab-ci.yml", "gitlab"),
    ],
)
def test_init_writes_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: str, written: str, shown: str
) -> None:
    project(tmp_path, remote)
    monkeypatch.chdir(tmp_path)
    line = block("start").splitlines()[1]

    assert main(line.split()[1:]) == 0
    assert (tmp_path / written).read_text() == block(shown)
    assert (tmp_path / "pyproject.toml").read_text() == PYPROJECT + "\n" + block("settings")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("marker", "schema"),
    [("workflow", "github-workflows"), ("action", "github-workflows"), ("gitlab", "gitlab-ci")],
)
def test_every_pipeline_of_the_page_passes_the_published_schema(
    tmp_path: Path, marker: str, schema: str
) -> None:
    path = tmp_path / "pipeline.yml"
    path.write_text(block(marker))

    assert complaints(schema, path) == ""


@pytest.mark.slow
def test_the_action_passes_the_published_schema() -> None:
    assert complaints("github-actions", ROOT / "action.yml") == ""


def action() -> Any:
    return loaded((ROOT / "action.yml").read_text("utf-8"))


def test_no_input_of_the_action_is_part_of_a_commands_text() -> None:
    scripts = [step["run"] for step in action()["runs"]["steps"] if "run" in step]

    assert len(scripts) == 2
    assert [script for script in scripts if "${{" in script or "eval" in script] == []


def test_the_page_gives_the_action_only_what_it_takes() -> None:
    (step,) = [
        step
        for step in loaded(block("action"))["jobs"]["stream-audit"]["steps"]
        if "stream-audit@" in step.get("uses", "")
    ]

    assert set(step["with"]) <= set(action()["inputs"])
    assert set(re.findall(r"steps\.audit\.outputs\.([\w-]+)", block("action"))) <= set(action()["outputs"])


def test_the_hooks_of_the_page_are_the_hooks_of_the_repository() -> None:
    hooks = {hook["id"]: hook for hook in loaded((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    (repository,) = loaded(block("pre-commit"))["repos"]

    assert {hook["id"] for hook in repository["hooks"]} == set(hooks)
    assert set(repository) == {"repo", "rev", "hooks"}
    for hook in hooks.values():
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert hook["language"] == "python"


@pytest.mark.parametrize(
    ("hook", "files"), [("stream-audit", ["recordings/" + RECORDINGS[0]]), ("stream-audit-all", [])]
)
def test_a_hook_runs_with_the_settings_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str, files: list[str]
) -> None:
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(block("settings"))
    (entry,) = [
        one["entry"]
        for one in loaded((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
        if one["id"] == hook
    ]

    broken = main([*entry.split()[1:], *files])
    mend(tmp_path)

    assert (broken, main([*entry.split()[1:], *files])) == (1, 0)


def test_the_hook_takes_recordings_by_the_endings_of_recordings() -> None:
    hooks = loaded((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    pattern = hooks[0]["files"]

    names = ("a.jsonl", "b.sse.gz", "c.ndjson.zst", "d.json", "e.py")
    assert [name for name in names if re.search(pattern, name)] == ["a.jsonl", "b.sse.gz", "c.ndjson.zst"]


class Ran(NamedTuple):
    code: int
    out: str


class Job:
    """A job of a pipeline: a Python of its own, the variables of its host, lines for its shell."""

    def __init__(self, place: Path, wheels: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(place / "python")], check=True)
        self.folder = place / "app"
        self.summary = place / "summary.md"
        self.outputs = place / "outputs"
        (place / "temp").mkdir()
        self._variables = {
            "PATH": f"{place / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": os.environ.get("HOME", str(place)),
            "CI": "true",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.outputs),
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(place / "temp"),
            "PIP_FIND_LINKS": str(wheels),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_"))},
        }
        self._variables["PIP_FIND_LINKS"] = str(wheels)

    def run(self, line: str, more: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line],
            cwd=self.folder,
            env={**self._variables, **(more or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout + done.stderr)

    def prepare(self, lines: Sequence[str]) -> None:
        for line in lines:
            done = self.run(line)
            assert done.code == 0, f"{line}\n{done.out}"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as an index would offer it."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def job(tmp_path: Path, wheels: Path) -> Job:
    return Job(tmp_path, wheels)


@pytest.mark.slow
@pytest.mark.packages
def test_a_fresh_repository_gets_a_gate_on_github_that_fails_and_then_passes(job: Job) -> None:
    project(job.folder)
    install, init, replay = block("start").splitlines()
    job.prepare([install, init])
    assert job.run(replay).code == 1

    workflow = loaded((job.folder / ".github" / "workflows" / "stream-audit.yml").read_text())
    *before, gate = [step["run"] for step in workflow["jobs"]["stream-audit"]["steps"] if "run" in step]
    job.prepare(before)
    broken = job.run(gate)
    page = job.summary.read_text()
    mend(job.folder)
    mended = job.run(gate)

    assert broken.code == 1
    assert (
        "::error file=recordings/usage-cumulative-summed.jsonl,line=3,title=usage-cumulative-summed"
        in broken.out
    )
    assert "❌ stream-audit" in page
    assert mended.code == 0, mended.out
    assert "::error" not in mended.out
    assert job.summary.read_text().startswith(page)
    assert "✅ stream-audit" in job.summary.read_text().removeprefix(page)


@pytest.mark.slow
@pytest.mark.packages
def test_a_fresh_repository_gets_a_gate_on_gitlab_that_fails_and_then_passes(job: Job) -> None:
    project(job.folder, "git@gitlab.com:a/b")
    job.prepare(block("start").splitlines()[:2])

    pipeline = loaded((job.folder / ".gitlab-ci.yml").read_text())["stream-audit"]
    *before, gate = pipeline["script"]
    job.prepare(before)
    files = [job.folder / pipeline["artifacts"]["reports"][name] for name in ("codequality", "junit")]
    broken = job.run(gate)
    quality, suite = json.loads(files[0].read_text()), ElementTree.parse(files[1]).getroot()
    mend(job.folder)
    mended = job.run(gate)

    assert (broken.code, mended.code) == (1, 0), mended.out
    assert {entry["severity"] for entry in quality} > {"info"}
    assert {entry["check_name"] for entry in quality} >= {"role-null-or-empty", "usage-cumulative-summed"}
    assert suite.get("failures") == "2"
    assert {entry["severity"] for entry in json.loads(files[0].read_text())} <= {
        "info"
    }  # the streams themselves
    assert ElementTree.parse(files[1]).getroot().get("failures") == "0"


@pytest.mark.slow
@pytest.mark.packages
def test_the_action_fails_and_then_passes_and_runs_nothing_that_an_input_says(job: Job) -> None:
    project(job.folder)
    install, replay = [step for step in action()["runs"]["steps"] if "run" in step]
    job.prepare([install["run"]])

    def ran(**inputs: str) -> Ran:
        values = {name: entry["default"] for name, entry in action()["inputs"].items()} | inputs
        expressions = {
            name: re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text) for name, text in replay["env"].items()
        }
        return job.run(
            replay["run"], {name: values[found[1]] for name, found in expressions.items() if found}
        )

    broken = ran(paths="recordings", candidate="combine.py:fold", args="--baseline-update\n--baseline=b.json")
    broken_alone = ran(
        paths="recordings/*.sse\nrecordings/*.jsonl",
        candidate="mine=combine.py:fold\nsuspect:role-concatenated",
    )
    evil = ran(
        paths="$(touch pwned)\n`touch pwned`", candidate='"; touch pwned; "', args="--ignore=$(touch pwned)"
    )
    mend(job.folder)
    mended = ran(paths="recordings", candidate="combine.py:fold")

    assert broken.code == 0, broken.out  # it was asked to accept what is found
    assert broken_alone.code == 1
    assert "::error" in broken_alone.out
    assert evil.code == 2
    assert not (job.folder / "pwned").exists()
    assert mended.code == 0, mended.out
    outputs = dict(line.split("=", 1) for line in job.outputs.read_text().splitlines()[-2:])
    assert outputs["exit-code"] == "0"
    assert json.loads(Path(outputs["sarif"]).read_text())["version"] == "2.1.0"


def test_what_stands_for_something_else_is_explained_before_it_is_used() -> None:
    used = block("action") + block("pre-commit")

    assert set(re.findall(r"\b[A-Z]{4,}\b", used)) == {"OWNER"}
    assert PAGE.index("| `OWNER` |") < PAGE.index(block("action"))


def test_the_package_brings_the_action_and_the_hooks_into_its_source() -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert {"action.yml", ".pre-commit-hooks.yaml"} <= set(
        content["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    )
