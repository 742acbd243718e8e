"""Print the page about all rules: ``python -m stream_audit.rules > docs/failures.md``."""

from __future__ import annotations

import sys

from stream_audit.rules.page import page

sys.stdout.buffer.write(page().encode("utf-8"))
