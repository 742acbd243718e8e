"""Make one environment. Called by the run that holds its lock."""

from __future__ import annotations

import json
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from stream_audit.environments import environment, plan
from stream_audit.environments.environment import Environment
from stream_audit.environments.installers import Failed, Installer, installer
from stream_audit.environments.interpreters import Interpreter, python_of
from stream_audit.environments.wanted import Wanted, normal, pinned_version

__all__ = ["SECONDS", "build"]

SECONDS = 600.0
"""How long all steps of one installation may take together."""
_LISTING_SECONDS = 60.0
_LIST = (
    "import json; from importlib.metadata import distributions as found; "
    "print(json.dumps([[one.metadata['Name'], one.version] for one in found()]))"
)


def build(wanted: Wanted, interpreter: Interpreter, place: Path, say: Callable[[str], None]) -> Environment:
    """Make the environment at ``place``, instead of whatever stands there.

    Raises:
        Failed: It cannot be installed. Nothing is left that could be taken for complete.
        OSError: The folder cannot be written.
    """
    (place / environment.MARKER).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)  # what resists, stays, and is not named by the new one
    place.mkdir(parents=True, exist_ok=True)
    inner = f"venv-{secrets.token_hex(4)}"
    try:
        installed = _fill(wanted, interpreter, place / inner, say)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    asked = (wanted.requirement, *(one.requirement for one in wanted.companions))
    names = dict.fromkeys(map(plan.name_of, asked))
    if pinned_version(wanted.requirement) is None:
        version = installed[plan.name_of(wanted.requirement)]
        again = f"stream-audit env clear {shlex.quote(wanted.requirement)}"
        say(f"{wanted.requirement} is {version} from now on, whatever is newer, until: {again}")
    return environment.write(
        place,
        inner=inner,
        requirement=normal(wanted.requirement),
        python=interpreter.version,
        installed=installed,
        main=tuple(name for name in names if name in installed),
    )


def _fill(
    wanted: Wanted, interpreter: Interpreter, folder: Path, say: Callable[[str], None]
) -> dict[str, str]:
    """Make the virtual environment ``folder``; what is in it then, by normal name."""
    by, deadline = installer(), monotonic() + SECONDS
    python = str(python_of(folder))
    companions = plan.settled(wanted)
    first = plan.beside(companions, None)
    say(f"installing {wanted.requirement} ({by.name}) ...")
    by.make(interpreter.path, str(folder), deadline)
    by.install(python, [wanted.requirement, *first], deadline)
    installed = _installed(python)
    version = installed.get(plan.name_of(wanted.requirement))
    if version is None:
        raise Failed(f"{by.name} installed it, but it is not there")
    needed = plan.beside(companions, version)
    if needed == first:
        return installed
    return _complement(wanted, version, needed, by, python, deadline, say)


def _complement(
    wanted: Wanted,
    version: str,
    needed: tuple[str, ...],
    by: Installer,
    python: str,
    deadline: float,
    say: Callable[[str], None],
) -> dict[str, str]:
    """Install what just this version needs, without letting go of the version."""
    main = plan.pin(wanted.requirement, version)
    say(f"installing {', '.join(needed)} beside {main} ({by.name}) ...")
    by.install(python, [main, *needed], deadline)
    return _installed(python)


def _installed(python: str) -> dict[str, str]:
    from packaging.utils import canonicalize_name

    try:
        done = subprocess.run(
            [python, "-I", "-c", _LIST],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LISTING_SECONDS,
            check=True,
        )
        found = json.loads(done.stdout)
    except (ValueError, subprocess.SubprocessError):
        raise Failed("what was installed cannot be listed") from None
    return {canonicalize_name(name): version for name, version in found if name and version}
