"""A store: a folder of snapshots, one file a recording, and the file by which it is known.

Whoever writes holds the store's lock and reads it again first, so that two runs
at once lose nothing. What is to be written is staged and made as a whole: first
every file beside its place, then all of it into one file, the journal, then every
file is moved to its place, which takes next to no time. Who finds a journal takes
what it says for what the store holds, and whoever may write finishes the work, so
that a store is the old one or the new one whenever its writer was killed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stream_audit.accepted.document import DamagedFile, parse, read_text, written
from stream_audit.accepted.locking import locked
from stream_audit.accepted.names import MARKER, file_name
from stream_audit.accepted.snapshots import Snapshot, parse_snapshot
from stream_audit.accepted.writing import beside, drop, move, swept, write
from stream_audit.errors import UsageError

__all__ = ["Store", "read_store", "writing"]

VERSION = 1
JOURNAL = ".journal.json"
"""What is being written: file of the store to its text, ``None`` where it is to go."""


@dataclass(slots=True)
class Store:
    """The snapshots of one folder as they were when it was read."""

    folder: Path
    masks: tuple[str, ...] | None
    """Paths that were masked in what it holds; ``None`` while there is no store yet."""
    snapshots: dict[str, Snapshot]
    """By recording."""

    unfinished: bool = False
    """A writer was killed while it moved its files: they are read as they will be, and are not that yet."""
    staged: dict[Path, str | None] = field(default_factory=dict)
    """File to its new text, ``None`` where it is to go; written by :meth:`commit`."""

    def found(self, masks: tuple[str, ...]) -> None:
        """Make the folder a store, with these masks, unless it is that already."""
        if self.masks == masks:
            return
        listed = {"masks": list(masks)} if masks else {}
        self.staged[self.folder / MARKER] = written({"schema_version": VERSION, **listed})
        self.masks = masks

    def put(self, snapshot: Snapshot) -> None:
        """Stage one snapshot."""
        self.staged[self._path(snapshot.recording)] = snapshot.text
        self.snapshots[snapshot.recording] = snapshot

    def remove(self, recording: str) -> None:
        """Stage the removal of one snapshot."""
        self.staged[self._path(recording)] = None
        self.snapshots.pop(recording, None)

    def commit(self) -> None:
        """Make everything that is staged, or nothing of it, whenever this process ends.

        Raises:
            UsageError: It cannot be written; what the journal says by then holds all the same.
        """
        _make(self.folder, self.staged, journaled=len(self.staged) < 2)
        self.staged = {}

    def _path(self, recording: str) -> Path:
        return self.folder / file_name(recording)


@contextlib.contextmanager
def writing(folder: Path, say: Callable[[str], None]) -> Iterator[Store]:
    """The store as it is now, for the one run that may write it; what is staged in the end is committed.

    Args:
        folder: The store's; it need not exist.
        say: Told when another run writes it and this one waits.

    Raises:
        UsageError: It cannot be read, or another run still had it in the end.
    """
    with locked(folder / MARKER, say):
        swept(folder)
        left = _journal(folder)
        if left:
            say(f"finishing what another run was writing into {folder} when it was killed")
            _make(folder, left, journaled=True)
        store = read_store(folder)
        yield store
        store.commit()


def _journal(folder: Path) -> dict[Path, str | None]:
    """What a writer that was killed left to be done."""
    path = folder / JOURNAL
    if not path.exists():
        return {}
    files = parse(path, read_text(path), "journal of a store", VERSION).get("files")
    if not isinstance(files, dict) or not all(map(_is_ours, files, files.values())):
        raise DamagedFile(f"The journal of a store {path} is damaged. Nothing was overwritten.")
    return {folder / name: text for name, text in files.items()}


def _is_ours(name: str, text: Any) -> bool:
    """Whether a journal may say so: a file of this store, and what it is to hold."""
    inside = not {"..", "/", "\\"} & set(Path(name).parts) and not Path(name).is_absolute()
    return inside and name.endswith(".json") and isinstance(text, str | None)


def _make(folder: Path, staged: Mapping[Path, str | None], *, journaled: bool) -> None:
    """Do what is staged, or what a journal says; doing it twice does no harm.

    Args:
        folder: The store's.
        staged: File to its new text, ``None`` where it is to go.
        journaled: A journal says so already, or it is so little that none is wanted.
    """
    written_beside: dict[Path, Path] = {}
    try:
        for path, text in staged.items():
            if text is not None:
                written_beside[path] = beside(path, text)
        if not journaled:
            files = {path.relative_to(folder).as_posix(): text for path, text in staged.items()}
            write(folder / JOURNAL, written({"schema_version": VERSION, "files": files}), sweep=False)
    except UsageError:
        for partial in written_beside.values():
            drop(partial)
        raise
    for path in staged:
        if path in written_beside:
            move(written_beside[path], path)
        else:
            _remove(folder, path)
    if staged:
        _remove(folder, folder / JOURNAL)


def _remove(folder: Path, path: Path) -> None:
    """Remove a file, and folders that are empty then."""
    try:
        path.unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UsageError(f"Cannot remove {path}: {error.strerror or error}.") from None
    with contextlib.suppress(OSError):  # not empty
        for above in path.relative_to(folder).parents:
            if above != Path():
                (folder / above).rmdir()


def read_store(folder: Path) -> Store:
    """Read a store. A folder that does not exist, or holds nothing of ours yet, is an empty one.

    Raises:
        DamagedFile: A file in it is none of ours, damaged, of a newer version, or not where it belongs.
    """
    if folder.exists() and not folder.is_dir():
        raise DamagedFile(f"The store {folder} is a file; a store is a folder.")
    snapshots: dict[str, Snapshot] = {}
    staged = _journal(folder)
    texts = {path: staged[path] if path in staged else read_text(path) for path in _files(folder)}
    texts |= staged
    marked = texts.pop(folder / MARKER, None)
    masks = None if marked is None else _masks(folder / MARKER, marked)
    for path, text in texts.items():
        if text is None:
            continue
        if masks is None:
            raise DamagedFile(f"{folder} is no store of snapshots: it holds {path} and no {MARKER}.")
        snapshot = parse_snapshot(path, text)
        place = folder / file_name(snapshot.recording)
        if place != path:
            raise DamagedFile(f"The snapshot {path} does not lie where it belongs, which is {place}.")
        snapshots[snapshot.recording] = snapshot
    return Store(folder, masks, snapshots, unfinished=bool(staged))


def _files(folder: Path) -> Iterator[Path]:
    """The JSON files of a folder, sorted; what is hidden is none of them, and not looked at."""

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise DamagedFile(f"{error.filename} cannot be read: {error.strerror}.")

    for here, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".json") and not name.startswith("."):
                yield Path(here, name)


def _masks(marker: Path, text: str) -> tuple[str, ...]:
    document: dict[str, Any] = parse(marker, text, "store", VERSION)
    masks = document.pop("masks", [])
    if document:
        raise DamagedFile(f"The store {marker} is damaged: it has an unknown key {next(iter(document))!r}.")
    if not isinstance(masks, list) or not all(isinstance(mask, str) for mask in masks):
        raise DamagedFile(f"The store {marker} is damaged: its 'masks' is no list of texts.")
    return tuple(sorted(masks))
