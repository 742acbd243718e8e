"""Fair timing: everything in one run, in turn, medians, and ratios to one floor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def side_by_side(cases: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Run every case once a round, in turn, and return the median seconds of each.

    Interleaving spreads what else the machine does over all cases alike, so the ratios hold when
    the seconds do not.
    """
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        case()
    for _ in range(rounds):
        for name, case in cases.items():
            begin = time.perf_counter()
            case()
            seconds[name].append(time.perf_counter() - begin)
    return {name: statistics.median(times) for name, times in seconds.items()}


def table(title: str, seconds: Mapping[str, float], *, chunks: int) -> None:
    """Print one block: microseconds a chunk and the ratio to the first case."""
    floor = next(iter(seconds.values()))
    print(f"\n{title}")
    print(f"  {'case':<44} {'us/chunk':>9} {'ratio':>7}")
    for name, value in seconds.items():
        print(f"  {name:<44} {value / chunks * 1e6:>9.3f} {value / floor:>7.2f}")
