"""A whole ``replay`` without a candidate, as a process: 240,000 chunks in 600 files on one core.

Processor time of the whole process, less that of its start-up: the same program
on one file of one chunk; for the floor, the interpreter with the same imports.
With two jobs the wall clock counts, and is compared with that of one.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.streams import anthropic, chat, jsonl
from benchmarks.timing import children, python, ratio, side_by_side

FLOOR = """
import sys, pathlib, orjson
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    for line in path.read_bytes().split(b"\\n"):
        if line: orjson.loads(line)
"""


PROGRAM = ["-m", "stream_audit"]


def run(*, quick: bool) -> None:
    files, rounds = (100, 3) if quick else (600, 5)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        for i in range(files):
            stream = anthropic(i, 400) if i % 3 == 0 else chat(i, 400)
            Path(folder, f"{i:03}.jsonl").write_bytes(jsonl(stream))
        one = Path(other, "one.jsonl")
        one.write_bytes(jsonl([next(chat(1, 4))]))
        cases = {
            "floor": ["-c", FLOOR, folder],
            "interpreter": ["-c", "import sys, pathlib, orjson"],
            "table": _replay(folder),
            "table, start-up": _replay(str(one)),
            "json": _replay(folder, "--format", "json"),
            "json, start-up": _replay(str(one), "--format", "json"),
            "--version": [*PROGRAM, "--version"],
        }
        seconds = side_by_side(
            {name: partial(python, command) for name, command in cases.items()},
            rounds=rounds,
            clock=children,
        )
        jobs = side_by_side(
            {n: partial(python, _replay(folder, "-j", n)) for n in ("1", "2")},
            rounds=rounds,
            clock=time.perf_counter,
        )
        version = side_by_side(
            {"version": lambda: python([*PROGRAM, "--version"])}, rounds=rounds, clock=time.perf_counter
        )
    floor = _less(seconds["floor"], seconds["interpreter"])
    print(f"\nreplay, summary: {files * 400:,} chunks in {files} files, whole process, start-up taken off")
    for name in ("table", "json"):
        work = _less(seconds[name], seconds[f"{name}, start-up"])
        times = ratio(work, floor)
        print(f"  {name:<24} {statistics.median(work):>7.2f} s   {times:>5.2f} x the floor", flush=True)
    for name in ("1", "2"):
        print(f"  {'-j ' + name:<24} {statistics.median(jobs[name]):>7.2f} s on the clock, start-up included")
    print(f"  {'start-up of a replay':<24} {statistics.median(seconds['table, start-up']) * 1000:>7.0f} ms")
    print(f"  {'--version':<24} {statistics.median(version['version']) * 1000:>7.0f} ms on the clock")


def _replay(path: str, *options: str) -> list[str]:
    return [*PROGRAM, "replay", path, "--no-progress", *options]


def _less(seconds: list[float], start: list[float]) -> list[float]:
    """Take the median start-up off each."""
    return [value - statistics.median(start) for value in seconds]
