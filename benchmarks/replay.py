"""A whole ``replay`` without a candidate, as a process: 240,000 chunks in 600 files on one core.

Start-up is measured beside it (``--version`` of the same program) and taken
off, as is the bare interpreter's start-up from the floor.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.streams import anthropic, chat
from benchmarks.timing import side_by_side

FLOOR = """
import sys, pathlib, orjson
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    for line in path.read_bytes().split(b"\\n"):
        if line: orjson.loads(line)
"""


def run(*, quick: bool) -> None:
    files, rounds = (100, 3) if quick else (600, 5)
    program = [sys.executable, "-m", "stream_audit"]
    with tempfile.TemporaryDirectory() as folder:
        for i in range(files):
            stream = anthropic(i, 400) if i % 3 == 0 else chat(i, 400)
            Path(folder, f"{i:03}.jsonl").write_bytes(b"\n".join(stream) + b"\n")
        seconds = side_by_side(
            {
                "floor": lambda: _run([sys.executable, "-c", FLOOR, folder]),
                "interpreter": lambda: _run([sys.executable, "-c", "import sys, pathlib, orjson"]),
                "replay": lambda: _run([*program, "replay", folder, "--no-progress"]),
                "replay --format json": lambda: _run(
                    [*program, "replay", folder, "--no-progress", "--format", "json"]
                ),
                "replay -j 2": lambda: _run([*program, "replay", folder, "--no-progress", "-j", "2"]),
                "start-up (--version)": lambda: _run([*program, "--version"]),
            },
            rounds=rounds,
        )
    floor = seconds["floor"] - seconds["interpreter"]
    print(f"\nreplay of {files * 400:,} chunks in {files} files, whole process, start-up taken off")
    for name in ("replay", "replay --format json", "replay -j 2"):
        value = seconds[name] - seconds["start-up (--version)"]
        print(f"  {name:<24} {value:>7.2f} s   {value / floor:>5.2f} x the floor of {floor:.2f} s")
    print(f"  {'start-up (--version)':<24} {seconds['start-up (--version)'] * 1000:>7.0f} ms")


def _run(command: list[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
