"""From what the user typed to the files to read: files, folders, globs, line ranges, standard input."""

from __future__ import annotations

import contextlib
import glob
import os
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from stream_audit.errors import SourceNotFound
from stream_audit.recordings.passing import is_passed_over
from stream_audit.recordings.source import STDIN, Source

__all__ = ["find", "size"]

PACKED = ("", ".gz", ".zst")
"""What may stand behind the ending of a file that lies beside a recording."""
TWIN_ENDING = ".response.json"
"""The answer to the same request without streaming lies beside a recording; it is none itself."""
LABEL_ENDINGS = (".labels.json",)
"""The labels of a recording lie beside it; they are none either."""
_BESIDE = (*(TWIN_ENDING + packed for packed in PACKED), *LABEL_ENDINGS)

_RANGE = re.compile(r"(?P<path>.+):(?P<first>\d+)(?P<open>-(?P<last>\d+)?)?", re.DOTALL)
_MAGIC = re.compile(r"[*?\[]")


def find(paths: Sequence[str]) -> list[Source]:
    """Resolve the paths a user typed into sources, each once, in the order given.

    A folder or glob in which nothing is a recording stands for itself, so that what was named and gave
    nothing is said.

    Args:
        paths: Files, folders (walked, sorted, hidden ones left out), globs (``**`` too), ``-``, and
            ``file:10``, ``file:10-30`` or ``file:10-`` for lines. A file of exactly that name wins.

    Raises:
        SourceNotFound: A path does not exist, a glob matches nothing, or a range is empty.
    """
    found: dict[tuple[str, int, int | None], Source] = {}
    for path in paths:
        sources = list(_resolve(path))
        if all(is_passed_over(source) for source in sources):
            sources.append(Source(_posix(path), barren=True))
        for source in sources:
            key = (os.path.normpath(source.path), source.first_line, source.last_line)
            known = found.get(key)
            if known is None or (source.explicit and not known.explicit):
                found[key] = source  # A key that is there already keeps its place.
    return list(found.values())


def _resolve(path: str) -> Iterator[Source]:
    if path == STDIN:
        yield Source(STDIN)
    elif os.path.isdir(path):
        yield from _walk(path)
    elif os.path.lexists(path):
        yield Source(_posix(path))
    elif _MAGIC.search(path) and (matches := _expand(path)):
        for match in matches:
            if os.path.isdir(match):
                yield from _walk(match)
            else:
                yield Source(_posix(match))
    elif (match_ := _RANGE.fullmatch(path)) and os.path.lexists(match_["path"]):
        yield _range(path, match_)
    else:
        raise SourceNotFound(_complaint(path))


def _expand(pattern: str) -> list[str]:
    """Matches of a glob; a folder's files stand for the folder, so ``**`` does not name both."""
    matches = sorted(glob.glob(pattern, recursive=True))
    if "**" in pattern:
        return [match for match in matches if not os.path.isdir(match)]
    return matches


def _range(path: str, match: re.Match[str]) -> Source:
    if os.path.isdir(match["path"]):
        raise SourceNotFound(f"{path}: a line range needs a file, and {match['path']} is a folder.")
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else None if match["open"] else first
    if first < 1 or (last is not None and last < first):
        raise SourceNotFound(f"{path}: the line range is empty; lines count from 1.")
    return Source(_posix(match["path"]), first, last)


def _walk(folder: str) -> Iterator[Source]:
    """The files of a folder; a folder that cannot be listed stands for itself: reading it says why."""
    closed: list[str] = []
    for here, folders, files in os.walk(folder, onerror=lambda error: closed.append(error.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and not name.endswith(_BESIDE):
                yield Source(_posix(os.path.join(here, name)), explicit=False)
    yield from (Source(_posix(name)) for name in closed)


def _posix(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path


def _complaint(path: str) -> str:
    """One sentence about a path that is not there, with the nearest name beside it."""
    if _MAGIC.search(path):
        return f"Nothing matches {path!r}."
    folder, name = os.path.split(path.rstrip("/"))
    try:
        siblings = os.listdir(folder or ".")
    except OSError:
        siblings = []
    near = get_close_matches(name, siblings, n=1, cutoff=0.6)
    hint = f" Did you mean {_posix(os.path.join(folder, near[0]))!r}?" if near else ""
    return f"There is no file or folder {path!r}.{hint}"


def size(sources: Sequence[Source]) -> int:
    """Bytes that reading all sources will take, as they lie on disk; standard input counts as 0."""
    total = 0
    for source in sources:
        with contextlib.suppress(OSError):
            total += os.path.getsize(source.path)
    return total
