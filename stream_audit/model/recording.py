"""What is read: recordings, their chunks in batches, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_audit.model.response import Payload

__all__ = ["Batch", "End", "Framed", "Problem", "Recording", "Twin"]


@dataclass(frozen=True, slots=True)
class Twin:
    """The answer to the same request without streaming."""

    path: str
    """The file that holds it."""
    line: int
    """Where it begins, from 1."""
    text: bytes
    """The answer's JSON text as recorded."""


@dataclass(slots=True, eq=False)
class Recording:
    """One recorded response stream and where it stands. Filled in while it is being read."""

    id: str
    """The path as the user gave it; with ``#name`` or ``#2`` behind it where a file holds several."""
    path: str
    """The file, as given; ``-`` for standard input."""
    dialect: str | None
    """Name of the wire format, or ``None`` when no dialect recognises the chunks."""
    first_line: int
    last_line: int = 0
    chunks: int = 0
    done: bool = False
    """An end-of-stream marker outside the payloads was read (``[DONE]``, an envelope's ``end``)."""
    damaged: bool = False
    """At least one line of it could not be read as sent."""
    labels: dict[str, Any] = field(default_factory=dict)
    """The envelope's free labels (project, user, tick, ...), first value of each."""
    times: list[float] = field(default_factory=list)
    """The smallest and the largest ``at`` of its stream's envelopes, in seconds; empty when none has one."""
    twin: Twin | None = None
    """Where what holds the recording holds its twin too; a twin in a file of its own is looked for when
    it is wanted."""


class Framed(bytes):
    """The JSON text of one chunk that still knows the bytes it was sent in."""

    frame: bytes
    """All of them since the chunk before: event names, comments, ``data:``, line ends, blank lines; of the
    last chunk also what follows it. The frames of a recording, end to end, are its stream again, but for
    what could not be read."""

    def __new__(cls, text: bytes, frame: bytes) -> Framed:
        """The text of a chunk, and what it was sent in."""
        made = super().__new__(cls, text)
        made.frame = frame
        return made


@dataclass(slots=True, eq=False)
class Batch:
    """Consecutive chunks of one recording, in order. What memory holds is one batch, not the file."""

    recording: Recording
    first: int
    """Index of the first chunk in the recording, from 0."""
    items: list[Payload | str]
    """A parsed payload each. A ``str`` is an *echo*: the chunk is the last payload before it again,
    byte for byte, but for the text that ``Dialect.echo`` names, which is this string, and for
    what its dialect says may vary: a number that counts on, a clock, totals that a payload behind it tells
    again."""
    lines: Sequence[int]
    """File line of each chunk, from 1: for SSE of its first ``data`` line, in an array where it begins. In a
    binary event stream it is the number of the message; in a cassette or archive the line of the interaction,
    unless lines of the body are lines of the file."""
    raws: Sequence[bytes]
    """The JSON text of each chunk as recorded; :class:`Framed` where that was asked for and is known."""


@dataclass(frozen=True, slots=True)
class End:
    """A recording is complete: no further batch of it follows."""

    recording: Recording


_LOSES_NOTHING = frozenset(
    (
        *("not-a-recording", "timing-not-kept", "interactions-not-streamed", "yaml-tag-refused"),
        *("sse-comment-as-data", "sse-junk-line"),
    )
)
"""Rules of remarks about a file, and of lines that never held a chunk."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read as sent: a line, or a whole source. Never an exception."""

    rule: str
    path: str
    line: int
    """From 1; 0 when it is about the whole file."""
    message: str
    recording: Recording | None = None
    """The recording it damages; ``None`` when it belongs to none (an unreadable file)."""
    excerpt: str = ""
    """The start of what was there, for a person to recognise it."""

    @property
    def lost(self) -> bool:
        """Whether something is in no recording, or not as sent."""
        return self.rule not in _LOSES_NOTHING
