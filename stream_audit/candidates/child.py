"""The program of a candidate's process: ``python child.py REQUEST``.

Run as a script by whichever interpreter the candidate needs, never imported.
The folder ``inside`` beside it is loaded by path and under a private name, so
that no name of ours can stand in the way of one of the candidate's, and the
interpreter need not know stream-audit.
"""

from __future__ import annotations

import importlib.util
import os
import sys

NAME = "stream_audit_inside"


def main() -> None:
    """Load what runs inside, then serve until the parent is gone."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    folder = os.path.join(here, "inside")
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise SystemExit(f"cannot load {folder}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{NAME}.serve").main(sys.argv[1])


if __name__ == "__main__":
    main()
