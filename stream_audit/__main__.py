"""``python -m stream_audit``: the same as the command ``stream-audit``."""

from __future__ import annotations

import sys

from stream_audit.cli import main

if __name__ == "__main__":
    sys.exit(main())
