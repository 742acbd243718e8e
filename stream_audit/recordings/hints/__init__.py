"""What something that is no recording looks like, and what to do about it: one clause for a message.

A hint is words alone. It never guesses a dialect and never changes what is read. What it shows of
the recorded is short and printable.
"""

from __future__ import annotations

from stream_audit.recordings.hints.binary import bytes_look_like
from stream_audit.recordings.hints.lines import line_looks_like
from stream_audit.recordings.hints.objects import looks_like

__all__ = ["bytes_look_like", "line_looks_like", "looks_like"]
