"""The house rules that tools can check."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.runs import ROOT


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=lambda command: " ".join(command),
)
def test_the_tools_have_nothing_to_say(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout if done.returncode else "") == (0, "")


@pytest.mark.parametrize("module", ["rich", "pydantic", "orjson", "stream_audit.audit", "stream_audit.rules"])
def test_asking_for_the_version_imports_no(module: str) -> None:
    code = (
        "import sys; from stream_audit.cli import main; code = main(['--version']); "
        f"sys.exit(code or {module!r} in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout[:13]) == (0, "stream-audit ")
