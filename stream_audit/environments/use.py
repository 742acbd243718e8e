"""Who uses an environment: runs share its folder, and whoever removes it must have it alone.

Both hold the folder itself, so a run that is killed holds nothing. On Windows, and on file systems that
cannot hold folders, nobody is kept from anything; Windows by itself removes no interpreter that runs.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["alone", "share"]


def share(folder: Path, hold: contextlib.ExitStack) -> bool:
    """Keep others from removing ``folder`` until ``hold`` is closed.

    Returns:
        False when it is being removed. What is not there, or cannot be held, is held by nobody.
    """
    try:
        hold.callback(os.close, _held(folder, shared=True))
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Whether nobody uses ``folder``; as long as that is asked, nobody begins to."""
    with contextlib.ExitStack() as hold:
        try:
            hold.callback(os.close, _held(folder, shared=False))
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
        yield True


def _held(folder: Path, *, shared: bool) -> int:
    """The open folder, held.

    Raises:
        BlockingIOError: Somebody else holds it so that it cannot be had.
        OSError: It is not there, or cannot be held.
    """
    if sys.platform == "win32":
        raise OSError("folders cannot be held")
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BaseException:
        os.close(handle)
        raise
    return handle
