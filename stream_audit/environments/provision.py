"""Give the environment that is wanted: found in the cache folder, or made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stream_audit.environments import environment, places
from stream_audit.environments.build import SECONDS, build
from stream_audit.environments.environment import Environment
from stream_audit.environments.installers import Failed
from stream_audit.environments.interpreters import Interpreter, choose, probe
from stream_audit.environments.plan import folder_name
from stream_audit.environments.use import share
from stream_audit.environments.wanted import Wanted
from stream_audit.errors import NotProvisioned

__all__ = ["provision"]

Say = Callable[[str], None]

_NO_ROOM = 8 * 1024 * 1024
"""Bytes; a disk with less than this free is what made an installation fail."""


def provision(
    wanted: Wanted,
    *,
    base: str | None = None,
    install: bool = True,
    say: Say,
    hold: ExitStack | None = None,
) -> Environment:
    """Give the environment, making it first where it is not there.

    A requirement that leaves a choice (``llm``) is answered when its environment is made; the answer
    stays until the environment is cleared.

    Args:
        wanted: What must be in it.
        base: Interpreter to build it from; ``None``: this one if ``wanted.python`` allows it, else the newest
            allowed that is found on this machine.
        install: Whether it may be made; without that, it is only looked for.
        say: Told one line of progress at a time, only while something is installed or waited for.
        hold: Keeps it from being removed, until it is closed.

    Raises:
        NotProvisioned: It cannot be made, or is not there and must not be; ``reason`` says why, ``tail``
            has the installer's last lines.
    """
    interpreter = choose(wanted, base)
    place = places.folder() / folder_name(wanted, interpreter)
    with ExitStack() as mine:
        return _provided(wanted, interpreter, place, mine if hold is None else hold, install=install, say=say)


def _provided(
    wanted: Wanted, interpreter: Interpreter, place: Path, hold: ExitStack, *, install: bool, say: Say
) -> Environment:
    found = _complete(place, hold)
    if found is not None:
        return found
    if not install:
        raise NotProvisioned(wanted.requirement, "it has no environment yet, and none may be made")
    try:
        with _locked(place, wanted, say):
            found = _complete(place, hold)
            if found is None:
                found = build(wanted, interpreter, place, say)
                share(place, hold)
            return found
    except Failed as failed:
        raise NotProvisioned(wanted.requirement, _reason(failed, place), failed.tail) from None
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or str(error)
        reason = f"the cache folder {places.folder()} cannot be used ({why})"
        raise NotProvisioned(wanted.requirement, reason) from None


def _complete(place: Path, hold: ExitStack) -> Environment | None:
    """The environment, if it was finished and its interpreter still runs; ``hold`` keeps it then."""
    with ExitStack() as mine:
        free = share(place, mine)  # before it is read: so it stays what is read
        found = environment.read(place) if free else None
        runs = None if found is None else probe(found.python)
        if found is None or runs is None or runs.version != found.python_version:
            return None
        hold.enter_context(mine.pop_all())
    return found


@contextmanager
def _locked(place: Path, wanted: Wanted, say: Say) -> Iterator[None]:
    """Be the only run that does something to ``place``; the lock of a run that was killed is free."""
    from filelock import FileLock, Timeout

    place.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(places.lock_file(place))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"waiting for another run that installs {wanted.requirement} ...")
        try:
            lock.acquire(timeout=SECONDS + 60)
        except Timeout:
            raise Failed("another run has been installing it for too long") from None
    try:
        yield
    finally:
        lock.release()


def _reason(failed: Failed, place: Path) -> str:
    try:
        full = shutil.disk_usage(place.parent).free < _NO_ROOM
    except OSError:
        full = False
    return f"{failed.reason}; the disk of {place.parent} is full" if full else failed.reason
