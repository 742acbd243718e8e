"""What environments there are, and removing them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stream_audit.environments import environment, places
from stream_audit.environments.environment import Environment
from stream_audit.environments.use import alone
from stream_audit.environments.wanted import normal
from stream_audit.errors import UnknownName, UsageError

__all__ = ["Cleared", "clear", "listing"]


@dataclass(frozen=True, slots=True)
class Cleared:
    """What :func:`clear` did."""

    removed: tuple[Environment, ...]
    freed: int
    """Bytes of the files removed."""
    held: tuple[Environment, ...]
    """Those that another run uses or installs; they were left alone."""


def listing() -> list[Environment]:
    """Every environment in the cache folder, by requirement; unfinished ones too.

    Raises:
        UsageError: The folder cannot be read.
    """
    top = places.folder()
    try:
        entries = sorted(entry for entry in top.iterdir() if _ours(entry))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise UsageError(f"Cannot read {top}: {error.strerror}.") from None
    found = (environment.read(entry) or environment.unfinished(entry) for entry in entries)
    return sorted(found, key=lambda one: (one.requirement, one.folder))


def clear(names: Sequence[str] = ()) -> Cleared:
    """Remove environments.

    Args:
        names: Requirements or folder names; all environments when empty.

    Raises:
        UnknownName: A name fits none; nothing was removed.
        UsageError: One cannot be removed.
    """
    from filelock import FileLock, Timeout

    removed: list[Environment] = []
    held: list[Environment] = []
    freed = 0
    for one in _chosen(names):
        lock = FileLock(places.lock_file(one.folder))
        try:
            with lock.acquire(timeout=0), alone(one.folder) as free:
                size = one.size if free else 0
                if free:
                    _remove(one.folder)
        except Timeout:
            free = False
        except OSError as error:
            raise UsageError(f"Cannot remove {one.folder}: {error.strerror or error}.") from None
        (removed if free else held).append(one)
        freed += size if free else 0
    return Cleared(tuple(removed), freed, tuple(held))


def _ours(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink() and places.lock_file(entry).is_file()


def _chosen(names: Sequence[str]) -> list[Environment]:
    there = listing()
    if not names:
        return there
    wanted = {name: _matching(name, there) for name in names}
    for name, found in wanted.items():
        if not found:
            known = {word for one in there for word in (one.requirement, one.folder.name)}
            raise UnknownName("environment", name, known)
    chosen = {one.folder for found in wanted.values() for one in found}
    return [one for one in there if one.folder in chosen]


def _matching(name: str, there: Sequence[Environment]) -> list[Environment]:
    try:
        requirement = normal(name)
    except UsageError:  # a folder's name need not read as a requirement
        requirement = name
    return [one for one in there if one.folder.name == name or one.requirement == requirement]


def _remove(folder: Path) -> None:
    """Remove a folder; cut short, it leaves nothing that could be taken for complete."""
    (folder / environment.MARKER).unlink(missing_ok=True)
    shutil.rmtree(folder)
