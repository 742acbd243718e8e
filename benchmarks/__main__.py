"""Run the benchmarks: ``python -m benchmarks [fold|replay|memory ...] [--quick]``."""

from __future__ import annotations

import argparse
import platform

from benchmarks import fold, memory, replay
from stream_audit.cli.version import version

BENCHMARKS = {"fold": fold.run, "replay": replay.run, "memory": memory.run}

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument(
    "names", nargs="*", choices=[*BENCHMARKS, []], metavar="name", help="which ones; all by default"
)
parser.add_argument("--quick", action="store_true", help="small inputs, few rounds: for a first look only")
asked = parser.parse_args()

machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
print(f"{version()}, {machine}; read the ratios, not the seconds.")
for name in asked.names or BENCHMARKS:
    BENCHMARKS[name](quick=asked.quick)
