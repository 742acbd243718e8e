"""Fair timing: everything in one run, in turn, processor time, medians, and ratios to one floor."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

Clock = Callable[[], float]


def side_by_side(
    cases: Mapping[str, Callable[[], object]], *, rounds: int, clock: Clock = time.process_time
) -> dict[str, list[float]]:
    """Run every case once a round, in turn, and return the seconds of each in each round.

    Interleaving spreads what else the machine does over all cases alike, and processor time leaves
    out what others took: so the ratios hold when the seconds do not.
    """
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        case()
    for _ in range(rounds):
        for name, case in cases.items():
            begin = clock()
            case()
            seconds[name].append(clock() - begin)
    return seconds


def ratio(seconds: Sequence[float], floor: Sequence[float]) -> float:
    """The median of the ratios of each round: what slows a whole round down cancels out."""
    return statistics.median(one / other for one, other in zip(seconds, floor, strict=True))


def children() -> float:
    """Processor time of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def python(command: list[str]) -> None:
    """Run a Python command to its end, as an installed program runs: with its bytecode compiled."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": os.path.join(tempfile.gettempdir(), "benchmarks-bytecode")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(
        [sys.executable, *command],
        check=False,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def table(title: str, seconds: Mapping[str, list[float]], *, chunks: Mapping[str, int]) -> None:
    """Print one block: microseconds a chunk and the ratio to the first case."""
    names = [*seconds]
    floor = [value / chunks[names[0]] for value in seconds[names[0]]]
    print(f"\n{title}")
    print(f"  {'case':<44} {'us/chunk':>9} {'ratio':>7}")
    for name in names:
        each = [value / chunks[name] for value in seconds[name]]
        print(f"  {name:<44} {statistics.median(each) * 1e6:>9.3f} {ratio(each, floor):>7.2f}", flush=True)
