"""Which build of the program this is."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec

from stream_audit import __version__

__all__ = ["version"]


def version() -> str:
    """The program, its version, and whether its reader and folds are compiled; without importing them."""
    folds = find_spec("stream_audit.dialects")
    compiled = folds is not None and (folds.origin or "").endswith(tuple(EXTENSION_SUFFIXES))
    return f"stream-audit {__version__}{' (compiled)' if compiled else ''}"
