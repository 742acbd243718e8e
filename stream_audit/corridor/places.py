"""Where what is made of each source is written: nothing over anything else. Part of the corridor."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from stream_audit.errors import UsageError
from stream_audit.recordings import Source

__all__ = ["Name", "Places", "at_hand", "written_whole"]

_COMPRESSED = re.compile(r"\.(gz|zst)$", re.IGNORECASE)
_STDIN = "-"

Name = Callable[[Source, str], str]
"""Of a source, and its file name without its compression, the name of what is made of it."""


class Places:
    """A place in a folder for each source.

    Args:
        sources: What is read.
        folder: Where to write.
        name: Names what is made of each.
        force: What is there already may be replaced.

    Raises:
        UsageError: A place is taken, is a source itself, or lies where sources are looked for.
    """

    def __init__(self, sources: Sequence[Source], folder: Path, name: Name, *, force: bool) -> None:
        self._folder = folder
        paths = [os.path.abspath(one.path) for one in sources if one.path != _STDIN and not one.barren]
        self._base = os.path.commonpath([os.path.dirname(path) for path in paths]) if paths else ""
        self._places: dict[Source, Path] = {}
        for source in sources:
            if not source.barren:
                self._places[source] = self._place(source, name)
        self._check(paths, force=force)

    def of(self, source: Source) -> Path:
        """The place of a source."""
        return self._places[source]

    def _place(self, source: Source, name: Name) -> Path:
        if source.path == _STDIN:
            inside = Path("stdin")
        else:
            inside = Path(os.path.relpath(os.path.abspath(source.path), self._base))
        lines = "" if source.whole else f".{source.id.removeprefix(source.path).lstrip(':')}"
        plain = _COMPRESSED.sub("", inside.name)
        stem, suffix = os.path.splitext(plain)
        taken = set(self._places.values())
        for packed in ("", inside.name[len(plain) :]):
            place = self._folder / inside.with_name(name(source, f"{stem}{packed}{lines}{suffix}"))
            if place not in taken:
                return place
        raise UsageError(f"{source.id} would be written to {place}, where another source goes already.")

    def _check(self, paths: Sequence[str], *, force: bool) -> None:
        sources = {os.path.realpath(path) for path in paths}
        inside = os.path.join(os.path.realpath(self._folder), "")
        for place in self._places.values():
            if os.path.realpath(place) in sources:
                raise UsageError(f"{place} is one of the sources; write to another folder.")
        if any(path.startswith(inside) for path in sources):
            raise UsageError(f"The folder {self._folder} lies among the sources; put it beside them.")
        for source, place in self._places.items():
            if place.is_dir():
                raise UsageError(f"{place} is a folder; {source.id} cannot be written there.")
            if place.exists() and not force:
                raise UsageError(f"{place} is there already; --force replaces it.")


@contextmanager
def at_hand(source: Source) -> Iterator[Source]:
    """A source that can be read several times; of standard input a copy, for as long as it is needed."""
    if source.path != _STDIN:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="stream-audit-") as folder:
        path = os.path.join(folder, "stdin")
        with open(path, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield replace(source, path=path)


@contextmanager
def written_whole(place: Path) -> Iterator[IO[bytes]]:
    """A file that stands at its place once it is whole, and not at all otherwise.

    Raises:
        UsageError: It cannot be written.
    """
    partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            yield file
        os.replace(partial, place)
    except OSError as error:
        raise UsageError(f"Cannot write {place}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            partial.unlink()
