"""Trigger shapes: what in a stream sets combiners wrong.

Most failure classes need a shape in the stream to be set off: a role in two
chunks, pieces of two tool calls that alternate, usage behind the finish reason.
Recordings without the shape can never show that a combiner fails there. What a
shape is, is written once, in no dialect's words; a dialect plugs in with one
file in ``readers/``, which says what a chunk of it says.
"""

from __future__ import annotations

from stream_audit.tags.readers import READERS, reader_for
from stream_audit.tags.tagger import EVERY, TAGS, Tagger, aspects_of, can_note

__all__ = ["EVERY", "READERS", "TAGS", "Tagger", "aspects_of", "can_note", "reader_for"]
