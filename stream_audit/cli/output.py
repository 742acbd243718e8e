"""Where results go: stdout that may close early, and files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from io import TextIOBase
from typing import TextIO, cast

from stream_audit.errors import UsageError

__all__ = ["Outlets", "colored", "hang_up", "say", "terminal_width"]

_PLAIN = {"·": "-", "…": "...", "→": "->"}


class _Stdout(TextIOBase):
    """stdout for results: a reader that went away (``| head``) ends neither the run nor its exit code."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(sys.stdout, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            sys.stdout.write(_encodable(text, self.encoding))
        except BrokenPipeError:
            _silence()
        return len(text)

    def flush(self) -> None:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _silence()


def _encodable(text: str, encoding: str) -> str:
    """``text`` in an encoding that lacks some of its characters."""
    for sign, plain in _PLAIN.items():
        text = text.replace(sign, plain)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _silence() -> None:
    """Let everything that is still written to stdout vanish."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def hang_up() -> None:
    """Flush stdout before the interpreter does, which would complain about a reader that went away."""
    _Stdout().flush()


def say(text: str) -> None:
    """Print one piece of a command's result."""
    _Stdout().write(f"{text}\n")


class Outlets:
    """The streams that the reports of one run are written to.

    A file is written beside its place and moved there by :meth:`keep`; without that, nothing
    that was there before is lost. What cannot be replaced (a pipe, a device) is written directly.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._files: list[tuple[TextIO, str, str]] = []

    def stdout(self) -> TextIO:
        """Standard output.

        Raises:
            UsageError: It is taken already.
        """
        self._take("-", "standard output")
        return cast("TextIO", _Stdout())

    def file(self, path: str) -> TextIO:
        """A file that stands at ``path`` once it is kept.

        Raises:
            UsageError: It cannot be written there, or another report goes there.
        """
        if path == "-":
            return self.stdout()
        self._take(os.path.abspath(path), path)
        try:
            if os.path.exists(path) and not os.path.isfile(path):
                return self._open(path, path)
            target = os.path.realpath(path)
            return self._open(f"{target}.{os.getpid()}.partial", target)
        except OSError as error:
            raise UsageError(f"Cannot write {path}: {error.strerror or error}.") from None

    def _take(self, key: str, name: str) -> None:
        if key in self._taken:
            raise UsageError(f"Two reports are to be written to {name}; give each its own place.")
        self._taken.add(key)

    def _open(self, path: str, target: str) -> TextIO:
        stream = open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")  # noqa: SIM115
        self._files.append((stream, path, target))
        return stream

    def keep(self) -> None:
        """Close every file and move it to its place.

        Raises:
            UsageError: One of them could not be finished.
        """
        while self._files:
            stream, path, target = self._files.pop(0)
            try:
                stream.close()
                if path != target:
                    os.replace(path, target)
            except OSError as error:
                raise UsageError(f"Cannot write {target}: {error.strerror or error}.") from None

    def drop(self) -> None:
        """Close and remove what was not kept. Idempotent."""
        while self._files:
            stream, path, target = self._files.pop()
            try:
                stream.close()
                if path != target:
                    os.unlink(path)
            except OSError:
                continue


def colored(choice: str, environ: Mapping[str, str]) -> bool:
    """Whether stdout gets colours: by the flag, else ``NO_COLOR``, else ``FORCE_COLOR``, else its kind."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """Columns of the terminal, or of ``COLUMNS``; 80 where there is neither."""
    return max(shutil.get_terminal_size((80, 24)).columns, 20)
