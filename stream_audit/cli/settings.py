"""Options that stand in a file, ``[tool.stream-audit]`` of the nearest ``pyproject.toml``, or in variables.

A key is an option's long name. Whatever is not an option is an error that names the
file and the key, or the variable, since a setting that is silently ignored is a check silently not made.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stream_audit.errors import UnknownName, UsageError

__all__ = ["KEYS", "Key", "check_variables", "find_settings", "places_from", "read_settings"]

_TABLE = "[tool.stream-audit]"


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: what it is called and what it takes."""

    name: str
    """The option's long name, without dashes in front."""
    kind: type
    """``bool``, ``int``, ``float`` or ``str``."""
    many: bool = False
    """It may be given several times, so a list is right too."""

    @property
    def parameter(self) -> str:
        """What the command calls it."""
        return self.name.replace("-", "_")


KEYS: tuple[Key, ...] = (
    Key("paths", str, many=True),
    Key("candidate", str, many=True),
    Key("pair", str, many=True),
    Key("accumulator", str, many=True),
    Key("reference", str),
    Key("store", str),
    Key("mask", str, many=True),
    Key("python", str),
    Key("no-install", bool),
    Key("dialect", str),
    Key("fields", str, many=True),
    Key("select", str, many=True),
    Key("ignore", str, many=True),
    Key("per-recording-ignores", str, many=True),
    Key("baseline", str),
    Key("policy", str, many=True),
    Key("chunks-as", str),
    Key("timeout", float),
    Key("check-growth", bool),
    Key("fail-on", str),
    Key("last-failed", bool),
    Key("max-failures", int),
    Key("max-time", str),
    Key("exit-zero", bool),
    Key("strict", bool),
    Key("format", str),
    Key("output", str),
    Key("report", str, many=True),
    Key("jobs", int),
    Key("explain-usage", bool),
    Key("timings", bool),
    Key("quiet", bool),
    Key("verbose", bool),
    Key("color", str),
    Key("no-progress", bool),
    Key("width", int),
)
"""Whatever may stand in a settings file: the paths and options of ``replay``, and what ``snapshot`` adds."""


_PREFIX = "STREAM_AUDIT_"
_VARIABLES_ALONE = ("cache", "config", "traceback")
"""What a variable may set and a file may not."""


def check_variables(environ: Iterable[str]) -> None:
    """Check the names of the environment's variables that begin like ours.

    Raises:
        UsageError: One of them sets nothing.
    """
    from difflib import get_close_matches

    known = [name.upper() for name in (*(key.parameter for key in KEYS), *_VARIABLES_ALONE)]
    for name in sorted(environ):
        wanted = name.removeprefix(_PREFIX)  # what all have in common would make all look alike
        if wanted == name or wanted in known:
            continue
        near = get_close_matches(wanted.upper(), known, n=1, cutoff=0.6)
        hint = f"Did you mean {_PREFIX}{near[0]}?" if near else f"Known: {_PREFIX}* with {', '.join(known)}."
        raise UsageError(f"The environment variable {name} sets nothing. {hint}")


def find_settings(folder: Path) -> Path | None:
    """The nearest ``pyproject.toml`` at or above ``folder``."""
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            return path
    return None


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of one file, by parameter.

    Raises:
        UsageError: The file cannot be read, or a value is of the wrong kind.
        UnknownName: A key is no option.
    """
    known = {key.name: key for key in KEYS}
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}.") from None
    tool = content.get("tool")
    table = tool.get("stream-audit", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {_TABLE} must be a table.")
    found = {}
    for name, value in table.items():
        key = known.get(name.replace("_", "-"))
        if key is None:
            raise UnknownName(f"setting in {_TABLE} of {path} called", name, known)
        found[key.parameter] = _checked(path, key, value)
    return found


def places_from(path: Path, places: Iterable[str]) -> list[str]:
    """Paths as they stand in the file at ``path``, which are relative to its folder, seen from here."""
    folder = path.absolute().parent
    if folder == Path.cwd():
        return list(places)
    return [place if place == "-" else os.path.relpath(folder / place) for place in places]


_TABLES = ("policy", "per-recording-ignores")
"""Options of the form NAME=VALUE, which a file may also hold as a table."""
_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}


def _checked(path: Path, key: Key, value: Any) -> Any:
    if key.many and key.name in _TABLES and isinstance(value, dict):
        value = [f"{name}={','.join(v) if isinstance(v, list) else v}" for name, v in value.items()]
    values = value if key.many and isinstance(value, list) else [value]
    for one in values:
        right = isinstance(one, (int, float)) if key.kind is float else isinstance(one, key.kind)
        if not right or (key.kind is not bool and isinstance(one, bool)):
            also = f" or a list: {_WORDS[key.kind]} each" if key.many else ""
            raise UsageError(f"{path}: {key.name} in {_TABLE} must be {_WORDS[key.kind]}{also}.")
    return values if key.many else value
