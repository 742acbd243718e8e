"""The recordings of one source as lines of this project's own recording format. Part of the corridor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stream_audit import dialects, recordings
from stream_audit.corridor.looks import Look
from stream_audit.model import Batch, Dialect, Problem, Recording
from stream_audit.recordings import Source, moments
from stream_audit.recordings.envelope import FORMAT, VERSION

__all__ = ["Streams", "envelopes"]


class Streams:
    """What each recording's stream is called in the file that is made of its source, and what it is then.

    Recordings that were read out of one stream stay in it. A plain file has no streams: each of its
    recordings becomes one, unless they are to stay ``together``.

    Args:
        looks: All recordings of the source.
        together: A plain file becomes one stream.
    """

    def __init__(self, looks: Sequence[Look], *, together: bool = False) -> None:
        self._streams: dict[tuple[str, int], str] = {}
        self._taken: set[str] = set()
        self._chunks = {self.key(look.recording): look.recording.chunks for look in looks}
        self.labels: dict[tuple[str, int], str] = {}
        """What will tell each recording from the others, by ``key``."""
        lanes: dict[int, list[Look]] = {}
        for look in sorted(looks, key=lambda look: look.recording.first_line):
            lanes.setdefault(id(look.recording.labels), []).append(look)  # shared by those of one stream
        for lane in lanes.values():
            if together or lane[0].label:
                self._name(lane)
            else:
                for look in lane:
                    self._name([look])

    @staticmethod
    def key(recording: Recording) -> tuple[str, int]:
        """What is the same of a recording each time it is read."""
        return recording.id, recording.first_line

    def of(self, recording: Recording) -> str:
        """The stream of a recording."""
        return self._streams[self.key(recording)]

    def moment(self, recording: Recording, index: int) -> float | None:
        """When a chunk arrived, as far as its recording tells when its first one did and its last."""
        first, last = recording.times or (None, None)
        return first if index == 0 else last if index == self._chunks[self.key(recording)] - 1 else None

    def _name(self, lane: Sequence[Look]) -> None:
        name = first = lane[0].label or "1"
        number = 1
        while name in self._taken:
            number += 1
            name = f"{first}.{number}"
        self._taken.add(name)
        for number, look in enumerate(lane, 1):
            key = self.key(look.recording)
            self._streams[key] = name
            self.labels[key] = name if number == 1 else f"{name}.{number}"


def envelopes(source: Source, dialect: Dialect | None, streams: Streams) -> Iterator[bytes]:
    """Lines of the recording format, each with its line end.

    Args:
        source: What to read; twice, where it says when its chunks arrived.
        dialect: Take every stream for this dialect.
        streams: Names the streams.
    """
    yield _line({"format": FORMAT, "version": VERSION})
    said: dict[str, dict[str, Any]] = {}
    arrived: dict[int, float] | None = None
    for event in recordings.read(source, dialects.DIALECTS, dialect=dialect):
        if isinstance(event, Problem):
            continue
        recording = event.recording
        stream = streams.of(recording)
        known = said.setdefault(stream, {})
        if recording.times and arrived is None:
            arrived = moments(source)
        if isinstance(event, Batch):
            for index, (raw, number) in enumerate(zip(event.raws, event.lines, strict=True), event.first):
                at = arrived.get(number) if arrived else streams.moment(recording, index)
                yield _line(_head(recording, stream, known, at), raw)
        elif recording.done:
            last = recording.times[1] if recording.times else None
            yield _line({**_head(recording, stream, known, last), "end": True})


def _head(recording: Recording, stream: str, known: dict[str, Any], at: float | None) -> dict[str, Any]:
    """An envelope without its chunk: with the labels that none before it had, and when it arrived."""
    new = {name: value for name, value in recording.labels.items() if name not in known}
    known.update(new)
    return {"stream": stream, **({} if at is None else {"at": at}), **new}


def _line(head: Mapping[str, Any], raw: bytes = b"") -> bytes:
    written = json.dumps(head, separators=(",", ":")).encode()
    return b'%b,"chunk":%b}\n' % (written[:-1], raw.replace(b"\n", b" ")) if raw else written + b"\n"
