"""Write a file whole or not at all, and one writer at a time.

A file is written beside its place, flushed to the disk, and moved there, so that
whoever is killed while writing leaves the old file. The lock stands in the
system's folder for temporary files: a store in a repository gets no file that
nobody wants to commit, and a read-only store can still be read.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from stream_audit.errors import UsageError

__all__ = ["PATIENCE", "locked", "swept", "write"]

PATIENCE = 60.0
"""Seconds after which waiting for another run's lock ends in an error."""


@contextlib.contextmanager
def locked(path: Path, say: Callable[[str], None], patience: float = PATIENCE) -> Iterator[None]:
    """Hold the one right to write at ``path``.

    Args:
        path: What is going to be written; it need not exist.
        say: Told when another run has it and this one waits.
        patience: Seconds to wait.

    Raises:
        UsageError: Another run still had it in the end.
    """
    from filelock import FileLock, Timeout

    name = hashlib.blake2b(os.fsencode(os.path.realpath(path)), digest_size=16).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"stream-audit-{os.getuid() if hasattr(os, 'getuid') else 'locks'}"
    try:
        lock = FileLock(_own(folder) / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"waiting for another run that writes {path}")
            lock.acquire(timeout=patience)
    except Timeout:
        raise UsageError(f"{path} is being written by another run; nothing was changed.") from None
    except OSError as error:
        raise UsageError(f"Cannot lock {path} in {folder}: {error.strerror or error}.") from None
    try:
        yield
    finally:
        lock.release()


def _own(folder: Path) -> Path:
    """The folder for locks, made where there is none; everybody may put another's in its place."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (folder.is_symlink() or folder.stat().st_uid != os.getuid()):
        raise PermissionError(errno.EPERM, "it belongs to somebody else")
    return folder


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
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.partial") if sweep else ():
            left.unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise UsageError(f"Cannot write {path}: {error.strerror or error}.") from None


def swept(folder: Path) -> None:
    """Remove what killed writers left anywhere in a folder. To be called by whoever holds its lock."""
    for left in folder.rglob(".*.partial"):
        with contextlib.suppress(OSError):  # it is in nobody's way
            left.unlink()
