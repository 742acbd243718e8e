"""One writer at a time.

Whoever writes a file holds the folder it lies in, itself: not a file in it and
not a file elsewhere. So all who share the folder see the lock, be it under
another user, with another folder for temporary files, or in another container;
nothing is left behind that nobody wants to commit; and a writer that is killed
holds nothing. Folders cannot be held on Windows, nor on some network file
systems. There a file is held in the system's folder for temporary files, which
only those see who share that too.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep

from stream_audit.errors import UsageError

__all__ = ["PATIENCE", "locked"]

PATIENCE = 60.0
"""Seconds after which waiting for another run's lock ends in an error."""
_PAUSE = 0.05


@contextlib.contextmanager
def locked(path: Path, say: Callable[[str], None], patience: float = PATIENCE) -> Iterator[None]:
    """Hold the one right to write at ``path``, and beside it.

    Args:
        path: What is going to be written; it need not exist. Its folder is made, and goes again if nothing
            was written into it.
        say: Told when another run has it and this one waits.
        patience: Seconds to wait.

    Raises:
        UsageError: Another run still had it in the end, or it cannot be locked.
    """
    folder = Path(os.path.realpath(path)).parent
    waiting = _Waiting(path, say, patience)
    hold = None if sys.platform == "win32" else _folder_held(folder, waiting)
    with hold or _file_held(folder, waiting):
        yield


class _Waiting:
    """How long somebody waits for another run; that it waits is said once."""

    def __init__(self, path: Path, say: Callable[[str], None], patience: float) -> None:
        self.path = path
        self._say = say
        self._until = monotonic() + patience
        self._said = False

    def pause(self) -> None:
        """Wait a little.

        Raises:
            UsageError: It was long enough.
        """
        if not self._said:
            self._say(f"waiting for another run that writes {self.path}")
            self._said = True
        if monotonic() >= self._until:
            raise UsageError(f"{self.path} is being written by another run; nothing was changed.")
        sleep(_PAUSE)


def _folder_held(folder: Path, waiting: _Waiting) -> contextlib.ExitStack | None:
    """The folder, held until the stack is closed; ``None`` where it cannot be made, opened or held."""
    try:
        while True:
            missing = [one for one in (folder, *folder.parents) if not one.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.ExitStack() as hold:
                handle = os.open(folder, os.O_RDONLY)
                hold.callback(os.close, handle)
                while not _is_ours(handle):
                    waiting.pause()
                if _stands(folder, handle):
                    hold.callback(_drop, missing)
                    return hold.pop_all()
    except OSError:
        return None


def _is_ours(handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stands(folder: Path, handle: int) -> bool:
    """Whether what is held is still the folder: whoever had it before may have dropped it."""
    try:
        return os.path.samestat(os.stat(folder), os.fstat(handle))
    except FileNotFoundError:
        return False


def _drop(folders: Sequence[Path]) -> None:
    """Remove folders that were made, the innermost first, as far as nothing came into them."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _file_held(folder: Path, waiting: _Waiting) -> contextlib.ExitStack:
    """A file that stands for the folder, held until the stack is closed.

    Raises:
        UsageError: There is no place for it.
    """
    from filelock import FileLock, Timeout

    name = hashlib.blake2b(os.fsencode(folder), digest_size=16).hexdigest()
    place = Path(tempfile.gettempdir()) / f"stream-audit-{os.getuid() if hasattr(os, 'getuid') else 'locks'}"
    hold = contextlib.ExitStack()
    try:
        lock = FileLock(_own(place) / f"{name}.lock")
        while True:
            with contextlib.suppress(Timeout):
                hold.enter_context(lock.acquire(timeout=0))
                return hold
            waiting.pause()
    except OSError as error:
        raise UsageError(f"Cannot lock {waiting.path} in {place}: {error.strerror or error}.") from None


def _own(folder: Path) -> Path:
    """The folder for locks, made where there is none; everybody may put another's in its place."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and (folder.is_symlink() or folder.stat().st_uid != os.getuid()):
        raise PermissionError(errno.EPERM, "it belongs to somebody else")
    return folder
