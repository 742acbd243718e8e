"""One environment as it stands on disk, and the file that says that it is complete.

``<folder>/environment.json`` is written last and in one step. The virtual environment itself stands
in a folder inside, which the file names: a run that was killed may leave an installer behind that
still writes, and it writes into a folder that nobody will name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stream_audit.environments.interpreters import python_of
from stream_audit.environments.wanted import pinned_version
from stream_audit.errors import UsageError

__all__ = ["MARKER", "Environment", "read", "unfinished", "write"]

MARKER = "environment.json"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment with one library under audit in it."""

    folder: Path
    requirement: str
    """What was asked for, in its normal spelling; the folder's name for one that was never finished."""
    python: str = ""
    """Path of its interpreter."""
    python_version: str = ""
    """``3.11.7``."""
    installed: Mapping[str, str]
    """Every distribution in it, by normal name, with its version."""
    main: tuple[str, ...] = ()
    """Names of the distributions that were asked for: the library, then its companions."""
    created: datetime | None = None
    """When it was finished, in UTC; ``None`` for one that was not (yet)."""

    @property
    def pinned(self) -> bool:
        """The requirement allows one version only; one that allows more was answered when it was made."""
        try:
            return pinned_version(self.requirement) is not None
        except UsageError:  # the name of a folder
            return False

    @property
    def size(self) -> int:
        """Bytes of its files, counted now. Files that uv shares with its own cache count as well."""
        total = 0
        for place, _, names in os.walk(self.folder):
            for name in names:
                try:
                    total += os.lstat(os.path.join(place, name)).st_size
                except OSError:  # removed meanwhile
                    continue
        return total


def read(folder: Path) -> Environment | None:
    """The environment that is complete at ``folder``; ``None`` when there is none, or its file is damaged."""
    try:
        found = json.loads((folder / MARKER).read_bytes())
        return _read(folder, found) if found["version"] == _VERSION else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _read(folder: Path, found: dict[str, Any]) -> Environment:
    inner = found["inner"]
    if not isinstance(inner, str) or os.path.basename(inner) != inner:
        raise ValueError(inner)
    return Environment(
        folder=folder,
        requirement=str(found["requirement"]),
        python=str(python_of(folder / inner)),
        python_version=str(found["python"]),
        installed={str(name): str(version) for name, version in found["installed"].items()},
        main=tuple(str(name) for name in found["main"]),
        created=datetime.fromisoformat(found["created"]),
    )


def unfinished(folder: Path) -> Environment:
    """What stands at ``folder`` without being complete."""
    return Environment(folder=folder, requirement=folder.name, installed={})


def write(
    folder: Path,
    *,
    inner: str,
    requirement: str,
    python: str,
    installed: Mapping[str, str],
    main: tuple[str, ...],
) -> Environment:
    """Declare the environment in ``folder/inner`` complete."""
    content = {
        "version": _VERSION,
        "requirement": requirement,
        "inner": inner,
        "python": python,
        "main": main,
        "installed": dict(sorted(installed.items())),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    partial = folder / f"{MARKER}.{inner}"
    partial.write_text(json.dumps(content, indent=1), "utf-8")
    os.replace(partial, folder / MARKER)
    return _read(folder, content)
