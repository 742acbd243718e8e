"""Where a project's recordings are, told by their content. Part of the corridor.

Bounded: so many files, so many seconds, and of each file no more than its beginning.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from stream_audit import dialects, recordings
from stream_audit.model import Batch
from stream_audit.recordings import Source

__all__ = ["Survey", "survey"]

_FILES = 5_000
_SECONDS = 10.0
_BYTES = 1 << 20
"""What is read of one file before it is given up."""
_EVENTS = 100
_FOLDERS = 10
"""More folders than these are named by those above them."""
_PASSED = frozenset(
    ("node_modules", "site-packages", "__pycache__", "venv", "env", "build", "dist", "target", "htmlcov")
)
_RECORDED = (
    ".jsonl", ".ndjson", ".json", ".sse", ".har", ".yaml", ".yml", ".bin", ".txt", ".log", ".gz", ".zst", ""
)  # fmt: skip
"""Endings of files that are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found."""

    paths: tuple[str, ...]
    """Folders that hold recordings, or globs of files at the top, as settings name them."""
    files: int
    dialects: tuple[str, ...]
    whole: bool
    """False when there was more to look at than was looked at."""


def survey(folder: Path, *, files: int = _FILES, seconds: float = _SECONDS) -> Survey:
    """Look for recordings at and below ``folder``, hidden and generated folders left out."""
    deadline = monotonic() + seconds
    found: dict[Path, str] = {}
    whole = True
    for looked, path in enumerate(_candidates(folder)):
        if looked >= files or monotonic() > deadline:
            whole = False
            break
        dialect = _dialect(path)
        if dialect is not None:
            found[path.relative_to(folder)] = dialect
    return Survey(
        paths=_named(list(found)), files=len(found), dialects=tuple(sorted(set(found.values()))), whole=whole
    )


def _candidates(folder: Path) -> Iterator[Path]:
    for here, below, names in os.walk(folder):
        below[:] = sorted(
            n for n in below if not n.startswith(".") and n not in _PASSED and not n.endswith(".egg-info")
        )
        if "pyvenv.cfg" in names:
            below.clear()
            continue
        for name in sorted(names):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in _RECORDED:
                yield Path(here, name)


class _Enough(Exception):
    """So much was read that it is no recording, or one nobody would want as a fixture."""


def _dialect(path: Path) -> str | None:
    """The dialect of the first recording in a file; ``None`` when it holds none."""
    read = 0

    def count(size: int) -> None:
        nonlocal read
        read += size
        if read > _BYTES:
            raise _Enough

    source = Source(path.as_posix(), explicit=False)
    try:
        for i, event in enumerate(recordings.read(source, dialects.DIALECTS, progress=count)):
            if isinstance(event, Batch) and event.recording.dialect is not None:
                return event.recording.dialect
            if i >= _EVENTS:
                break
    except _Enough:
        pass
    return None


def _named(files: list[Path]) -> tuple[str, ...]:
    at_top = {f"*{path.suffix}" if path.suffix else path.name for path in files if len(path.parts) == 1}
    folders = {path.parent for path in files if len(path.parts) > 1}
    folders = _topmost(folders)
    while len(folders) > _FOLDERS and any(len(folder.parts) > 1 for folder in folders):
        folders = _topmost({folder.parent if len(folder.parts) > 1 else folder for folder in folders})
    return (*sorted(at_top), *sorted(folder.as_posix() for folder in folders))


def _topmost(folders: set[Path]) -> set[Path]:
    return {folder for folder in folders if not any(above in folders for above in folder.parents)}
