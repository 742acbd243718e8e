"""What tests of stored answers have in common: a project of two recordings, and what lies in its store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stream_audit.cli import main
from stream_audit.corridor import snapshotting
from tests.runs import HELLO, ROOT, chunk, combiner, write

RIGHT = """
text, role, total = "", None, 0
for chunk in chunks:
    total = chunk.usage.completion_tokens if chunk.usage else total
    for choice in chunk.choices:
        role = choice.delta.role or role
        text += choice.delta.content or ""
return {"role": role, "content": text, "usage": {"completion_tokens": total}}
"""
WRONG = RIGHT.replace("choice.delta.role or role", "choice.delta.role")
OTHER = [*HELLO[:1], chunk({"content": "Bye"}), *HELLO[3:]]

Run = Callable[..., tuple[int, str, str]]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Two recordings in ``rec``, a right and a wrong combiner, and nothing of the environment."""
    monkeypatch.chdir(folder)
    for name in ("CI", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    (folder / "rec").mkdir()
    write(Path("rec/a.jsonl"))
    write(Path("rec/b.jsonl"), OTHER)
    combiner(folder, RIGHT, "right.py")
    combiner(folder, WRONG, "wrong.py")


def runner(command: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: its exit code, and what it prints."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main([command, *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def over(spec: str, *more: str, paths: tuple[str, ...] = ("rec",)) -> tuple[str, ...]:
    return (*paths, "--candidate", spec, "--store", "kept", *more)


def files(folder: str = "kept", *, pending: bool = False) -> dict[str, tuple[bytes, int]]:
    """Every file with its content and the time of its last change."""
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in found
        if pending or ".pending" not in path.parts
    }


def ids() -> list[str]:
    return [one.change.id for one in snapshotting.waiting(Path("kept"))]


def reviewed(keys: str, *words: str) -> tuple[int, str]:
    """Run a review in a terminal of its own, typing these keys, then nothing more."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "stream_audit", "snapshot", *words, "--store", "kept", "--review"]
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    os.write(ours, "".join(f"{key}\n" for key in keys).encode() + b"\x04")
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # the program is gone, and its terminal with it
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return program.wait(60), shown.decode("utf-8").replace("\r\n", "\n")
