"""The door: what users type, turned into one call of the corridor, and every error into one sentence.

No logic lives here; one file per command. Rooms and rich are imported inside the
commands, so that ``--version`` and ``--help`` answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; never raises.

    Args:
        arguments: What follows the program's name; ``None`` reads the process's own.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        from stream_audit.cli.app import run

        return run(words)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the door: whatever it is, it becomes a sentence
        from stream_audit.cli.errors import told

        shown = "-v" in words or "--verbose" in words or os.environ.get("STREAM_AUDIT_TRACEBACK") == "1"
        return told(error, traceback=shown)
    finally:
        from stream_audit.cli.output import hang_up

        hang_up()
