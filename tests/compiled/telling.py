"""All that reading and folding tell of files, as one line a file: for comparing two builds of the program.

``python -m tests.compiled.telling FOLDER...`` tells of every file in the folders, read in several ways.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from stream_audit import recordings
from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Batch, End, Fold, Note, Policies, Recording
from stream_audit.recordings import Source

__all__ = ["WAYS", "telling"]

WAYS: tuple[dict[str, Any], ...] = ({}, {"echoes": False, "block": 1000}, {"frames": True})


def telling(folders: list[str]) -> Iterator[str]:
    """Path, way of reading, and what is told, for each file."""
    for source in recordings.find(folders):
        for way in WAYS:
            yield f"{source.path} {way}: {_told(source, way)}"


def _told(source: Source, way: dict[str, Any]) -> list[Any]:
    folds: dict[Recording, Fold] = {}
    notes: dict[Recording, list[Note]] = {}
    told: list[Any] = []
    for event in recordings.read(source, DIALECTS, **way):
        if isinstance(event, Batch):
            of = event.recording
            told.append((of.id, of.dialect, event.first, [*event.lines], [*event.raws]))
            told.append([getattr(raw, "frame", None) for raw in event.raws])
            told.append(repr(event.items))  # A fold may take them apart.
            if of.dialect is not None:
                if of not in folds:
                    folds[of], notes[of] = dialect(of.dialect).fold(Policies()), []
                folds[of].add(event.items)
                notes[of] += folds[of].notes
                folds[of].notes.clear()
        elif isinstance(event, End):
            told.append([getattr(event.recording, name) for name in Recording.__slots__])
            if event.recording in folds:
                told.append(folds.pop(event.recording).finish(done=event.recording.done))
                told.append(notes.pop(event.recording))
        else:
            told.append(replace(event, recording=None))
    return told


if __name__ == "__main__":
    sys.stdout.write(f"{recordings.__file__}\n")
    for line in telling(sys.argv[1:]):
        sys.stdout.write(f"{line}\n")
