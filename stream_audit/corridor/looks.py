"""What must be the same of a recording and of the one that was made of it. Part of the corridor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from stream_audit import dialects, recordings
from stream_audit.fingerprint import digest
from stream_audit.model import Batch, Dialect, Fold, Note, Policies, Problem, Progress, Recording, Response
from stream_audit.recordings import Source

__all__ = ["Look", "Seen", "look", "shape"]


@dataclass(slots=True, kw_only=True)
class Look:
    """One recording, looked at."""

    recording: Recording
    label: str
    """What tells it from the others of its source; empty for the first of a plain file."""
    problems: Counter[str] = field(default_factory=Counter)
    """Rule to how many of its lines break it."""
    notes: Counter[str] = field(default_factory=Counter)
    """Rule to how often the fold noted it."""
    noted: str = ""
    """Digest of all notes: rules, chunks and fields."""
    response: Response | None = None
    """``None`` where no dialect knows it."""
    complete: bool = False
    content: str = ""
    """Digest of its chunks, but for white space around them and line breaks in it."""
    lines: list[int] = field(default_factory=list)
    """Where its chunks stand."""

    @property
    def moments(self) -> list[float]:
        """When it began and ended, as far as envelopes can say it: each says one moment."""
        return self.recording.times[: self.recording.chunks + self.recording.done]


@dataclass(slots=True)
class Seen:
    """One source, looked at."""

    looks: list[Look] = field(default_factory=list)
    """In the order in which their first chunks are read."""
    problems: list[Problem] = field(default_factory=list)
    """All there are, also those of no recording."""


class _Open:
    """A recording that is being read."""

    def __init__(self, recording: Recording, source: Source, policies: Policies) -> None:
        label = recording.id.removeprefix(source.id).removeprefix("#")
        self.look = Look(recording=recording, label=label)
        self.raws: list[bytes] = []
        self._notes: list[bytes] = []
        name = recording.dialect
        self._fold: Fold | None = None if name is None else dialects.dialect(name).fold(policies)

    def take(self, batch: Batch) -> None:
        self.raws += (raw.strip().replace(b"\n", b" ") for raw in batch.raws)
        self.look.lines += batch.lines
        if self._fold is not None:
            self._fold.add(batch.items)
            self._note(self._fold.notes)
            self._fold.notes.clear()

    def over(self) -> None:
        look = self.look
        if self._fold is not None:
            folded = self._fold.finish(done=look.recording.done)
            self._note(folded.notes)
            look.response, look.complete = folded.response, folded.complete
        look.content, look.noted = digest(self.raws), digest(self._notes)

    def _note(self, notes: Sequence[Note]) -> None:
        self.look.notes.update(note.rule for note in notes)
        self._notes += (f"{note.rule} {note.index} {note.field}".encode() for note in notes)


def look(
    source: Source, policies: Policies, dialect: Dialect | None, progress: Progress | None = None
) -> Seen:
    """Read and fold the recordings of one source."""
    seen = Seen()
    reading: dict[Recording, _Open] = {}
    for event in recordings.read(source, dialects.DIALECTS, dialect=dialect, progress=progress):
        if isinstance(event, Problem):
            seen.problems.append(event)
        recording = event.recording
        if recording is None:
            continue
        if recording not in reading:
            reading[recording] = _Open(recording, source, policies)
            seen.looks.append(reading[recording].look)
        now = reading[recording]
        if isinstance(event, Batch):
            now.take(event)
        elif isinstance(event, Problem):
            now.look.problems[event.rule] += 1
        else:
            reading.pop(recording).over()
    return seen


def shape(value: Any) -> Any:
    """What is left of a response when nothing that it says matters: text is its length, a number its type.

    An object is the shapes of its values, in order: how its fields are called may have become another name.
    """
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return tuple(map(shape, value.values()))
    if isinstance(value, list | tuple):
        return list(map(shape, value))
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_shapes(value))
    return value if value is None or isinstance(value, bool) else type(value).__name__


def _shapes(value: Any) -> Iterator[Any]:
    for one in fields(value):
        inside = getattr(value, one.name)
        counted = one.name.endswith("_tokens") or one.name in ("index", "count")
        yield inside if counted else shape(inside)
