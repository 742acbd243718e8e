"""What the candidate's process writes where it should not: captured, and told apart by recording."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from typing import IO

_SHOWN = 80


class Noise:
    """Takes over standard input and output of this process, for Python, C and children alike.

    Standard input becomes the null device, standard output a temporary file. Standard error is
    left where the parent pointed it.
    """

    def __init__(self) -> None:
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        os.dup2(self._file.fileno(), 1)

    def take(self) -> str | None:
        """The start of what was written since the last call; ``None`` when nothing was."""
        _flush()
        size = os.lseek(self._file.fileno(), 0, os.SEEK_END)
        if not size:
            return None
        os.lseek(self._file.fileno(), 0, os.SEEK_SET)
        start = os.read(self._file.fileno(), 4 * _SHOWN)
        os.ftruncate(self._file.fileno(), 0)
        os.lseek(self._file.fileno(), 0, os.SEEK_SET)
        return start.decode("utf-8", "replace")[:_SHOWN]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    try:
        ctypes.CDLL(None).fflush(None)  # C code has a buffer of its own
    except (OSError, AttributeError, TypeError):
        return
