"""Peak memory and time of ``replay`` on large files: flat, and linear.

One stream of up to a million chunks (time per chunk must not grow) and a file
of 1 GB, as one stream and as many (peak memory must not grow).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.streams import chat

MEASURE = """
import resource, subprocess, sys
command = [sys.executable, "-m", "stream_audit", "replay", sys.argv[1], "--no-progress"]
subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def run(*, quick: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "one.jsonl")
        print("\nmemory, summary: whole process of a replay, start-up included")
        for chunks in (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000):
            _write(path, chat(1, chunks), None)
            seconds, peak = _measure(path)
            each = seconds / chunks * 1e6
            print(f"  {chunks:>9,} chunks  {seconds:>7.2f} s  {each:>6.2f} us/chunk  {peak:>5.0f} MiB")
        size = 100_000_000 if quick else 1_000_000_000
        for title, stream in (
            ("one stream", chat(1, 4_000_000)),
            ("many streams", (line for i in range(100_000) for line in chat(i, 300))),
        ):
            _write(path, stream, size)
            seconds, peak = _measure(path)
            print(f"  {size / 1e9:.1f} GB, {title:<14} {seconds:>7.2f} s  {peak:>5.0f} MiB")


def _write(path: Path, stream: Iterator[bytes], size: int | None) -> None:
    written = 0
    with path.open("wb") as file:
        while block := list(islice(stream, 10_000)):
            written += file.write(b"\n".join(block) + b"\n")
            if size is not None and written >= size:
                return


def _measure(path: Path) -> tuple[float, float]:
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - begin, int(done.stdout) / 1024
