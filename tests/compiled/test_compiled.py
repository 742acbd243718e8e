"""A compiled build is the same program: it reads and folds everything as the sources do."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest

from stream_audit import recordings
from stream_audit.cli.version import version
from tests.compiled.telling import WAYS, telling
from tests.runs import FIXTURES, ROOT

CORPUS = ROOT.parent / "shared" / "corpus"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 1.5, 1e300, 2**63, 2**64, "", "x", "é\ud83d"),
    *([], {}, [1], [[]], [{}], {"a": 1}, {"type": "text"}),
)
"""Values to put where another one was: code that is compiled believes in its types."""
DAMAGED = 12
"""Copies of each fixture in which values were replaced."""


def spoilt(value: Any, rng: random.Random) -> Any:
    """The same value, but for one inside it."""
    if not isinstance(value, dict | list) or not value or rng.random() < 0.1:
        return rng.choice(ODD)
    keys = list(value) if isinstance(value, dict) else range(len(value))
    at: Any = rng.choice(keys)
    changed: Any = value.copy()
    changed[at] = spoilt(changed[at], rng)
    return changed


def spoilt_line(line: bytes, rng: random.Random) -> bytes:
    start = line.find(b"{")
    if start < 0 or rng.random() < 0.7:
        return line
    try:
        return line[:start] + json.dumps(spoilt(json.loads(line[start:]), rng)).encode()
    except ValueError:
        return line


def spoil(fixtures: Path, into: Path) -> None:
    """Write copies of all lines of text in a folder, with values replaced, lines lost, repeated or moved."""
    for number, path in enumerate(sorted(fixtures.rglob("*"))):
        if path.suffix not in (".jsonl", ".sse", ".ndjson"):
            continue
        lines = path.read_bytes().split(b"\n")
        for copy in range(DAMAGED):
            rng = random.Random(1000 * number + copy)
            changed = [
                spoilt_line(line, rng) for line in lines for _ in range(rng.choice((1,) * 30 + (0, 2)))
            ]
            if rng.random() < 0.2:
                rng.shuffle(changed)
            (into / f"{number}-{copy}{path.suffix}").write_bytes(b"\n".join(changed))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled wheel, built as docs/extending.md says and unpacked."""
    compiler = (sysconfig.get_config_var("CC") or "cl").split()[0]
    if shutil.which(compiler) is None:
        pytest.skip(f"no C compiler ({compiler})")
    folder = tmp_path_factory.mktemp("compiled")
    quick = folder / "quick.cfg"  # As many at a time as there are processors.
    quick.write_text(f"[build_ext]\nparallel = {os.cpu_count()}\n")
    # Flags that stand for those of the interpreter: what they change is the time that building takes.
    flags = {"CFLAGS": "-DNDEBUG -fwrapv", "DIST_EXTRA_CONFIG": str(quick)}
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--python", sys.executable]
    env = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_MYPYC": "1", **flags}
    subprocess.run([*command, "--out-dir", str(folder), str(ROOT)], check=True, env=env)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "wheel")
    return folder / "wheel"


def run(program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of a folder of the program; what is not closed is said on stderr."""
    paths = os.pathsep.join([str(program), str(ROOT)])
    env = {**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1", "PYTHONWARNINGS": "always::ResourceWarning"}
    command = [sys.executable, "-P", "-m", *words]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


# One test and not several, so that one worker builds.
@pytest.mark.slow
@pytest.mark.packages
def test_a_compiled_build_is_the_same_program(compiled: Path, tmp_path: Path) -> None:
    spoil(FIXTURES, tmp_path)
    folders = [str(path) for path in (FIXTURES, CORPUS, tmp_path) if path.is_dir()]
    program, *told = run(compiled, "tests.compiled.telling", *folders).stdout.splitlines()
    interpreted = [*telling(folders)]
    differ = [one for one, other in zip(interpreted, told, strict=True) if one != other]

    assert program.startswith(str(compiled))
    assert program.endswith(tuple(EXTENSION_SUFFIXES))
    assert recordings.__file__.endswith(".py"), "the checkout holds what a build left there"
    assert len(interpreted) > len(WAYS) * DAMAGED * 100
    assert [one.partition(": [")[0] for one in differ] == []

    assert run(compiled, "stream_audit", "--version").stdout == f"{version()} (compiled)\n"
    lint = ("stream_audit", "lint", "fixtures", "--format", "json", "-j", "2")
    here, there = run(ROOT, *lint), run(compiled, *lint)
    assert (there.stdout, there.stderr, there.returncode) == (here.stdout, here.stderr, here.returncode)
    assert there.returncode == 1
