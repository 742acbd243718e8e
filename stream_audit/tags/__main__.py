"""Print the page about all trigger shapes: ``python -m stream_audit.tags > docs/trigger-shapes.md``."""

from __future__ import annotations

import sys

from stream_audit.tags.page import page

sys.stdout.buffer.write(page().encode("utf-8"))
