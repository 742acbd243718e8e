"""Write a file whole or not at all.

It is written beside its place, flushed to the disk, and moved there, so that
whoever is killed while writing leaves the old file.
"""

from __future__ import annotations

import contextlib
import glob
import os
from pathlib import Path

from stream_audit.errors import UsageError

__all__ = ["beside", "drop", "move", "swept", "write"]


def write(path: Path, text: str, *, sweep: bool = True) -> None:
    """Make ``path`` hold ``text``; killed at any moment, it holds that or what it held before.

    To be called by whoever holds the lock.

    Args:
        path: The file; folders above it are made.
        text: What it is to hold.
        sweep: Remove what killed writers left beside it. It takes a look at the whole folder, so who
            writes many files into one sweeps once (:func:`swept`).

    Raises:
        UsageError: It cannot be written there.
    """
    move(beside(path, text), path)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.partial") if sweep else ():
        drop(left)


def beside(path: Path, text: str) -> Path:
    """Write what ``path`` is to hold beside it, and have it on the disk: what takes time of :func:`write`.

    Returns:
        The file that is to be moved there.

    Raises:
        UsageError: It cannot be written there; nothing is left.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        drop(partial)
        raise UsageError(f"Cannot write {path}: {error.strerror or error}.") from None
    return partial


def move(partial: Path, path: Path) -> None:
    """Put a file that was written beside its place there.

    Raises:
        UsageError: It cannot be put there; nothing is left of it.
    """
    try:
        os.replace(partial, path)
    except OSError as error:
        drop(partial)
        raise UsageError(f"Cannot write {path}: {error.strerror or error}.") from None


def drop(partial: Path) -> None:
    """Remove a file that was written beside its place and is not wanted there."""
    with contextlib.suppress(OSError):  # it is in nobody's way
        partial.unlink()


def swept(folder: Path) -> None:
    """Remove what killed writers left anywhere in a folder. To be called by whoever holds its lock."""
    for left in folder.rglob(".*.partial"):
        drop(left)
