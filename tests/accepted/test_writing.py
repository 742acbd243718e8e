"""A file is the old one or the new one, whoever is killed and whoever comes at the same time."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stream_audit.accepted.writing import write
from stream_audit.errors import UsageError
from tests.runs import ROOT

NURSERY = """
import os, sys
from pathlib import Path
from stream_audit.accepted.writing import write
path = Path(sys.argv[1])
for line in sys.stdin:
    number, writer = int(line), os.fork()
    while not writer:
        number += 1
        write(path, "[" + ",".join([str(number)] * 30_000) + "]")
    print(writer, flush=True)
    os.waitpid(writer, 0)
    print("gone", flush=True)
"""
"""Starts a writer for each line it reads, which counts on from there until it is killed."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_at_any_moment_a_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    chance = random.Random(7)
    write(path, "[0]")
    changed = halfway = number = 0
    longest = 0.012
    nursery = subprocess.Popen(
        [sys.executable, "-S", "-c", NURSERY, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    for _ in range(100):
        print(number, file=nursery.stdin, flush=True)
        writer = int(nursery.stdout.readline())
        time.sleep(chance.uniform(0, longest))
        os.kill(writer, signal.SIGKILL)
        assert nursery.stdout.readline() == "gone\n"
        halfway += any(entry != path for entry in tmp_path.iterdir())
        numbers = json.loads(path.read_text("utf-8"))
        assert len(set(numbers)) == 1
        assert numbers[0] >= number, "an older file came back"
        longest *= 0.95 if numbers[0] > number else 1.1  # some get far, some do not, on any machine
        changed += numbers[0] > number
        number = numbers[0]
    nursery.communicate()
    assert changed > 20, "the writers were killed before they wrote anything"
    assert halfway > 20, "no writer was killed while it wrote"
    write(path, "[1]")
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]


def test_a_place_that_cannot_be_written_is_named_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")

    with pytest.raises(UsageError, match=r"Cannot write .*file/x\.json"):
        write(tmp_path / "file" / "x.json", "new")

    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"
