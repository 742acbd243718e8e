"""Where a candidate runs: in this interpreter, in one the user names, or in an environment of its own.

Part of the corridor. A version behind an adapter's name (``llm==0.27.1``) asks
for an environment, and so does a name whose library is not installed here; a
requirement in place of an interpreter asks for one to run the user's code in.
Nothing else installs anything.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from stream_audit.candidates import Spec, adapter
from stream_audit.errors import UsageError

__all__ = ["Home", "Say", "find_homes", "unheard"]

Say = Callable[[str], None]
"""Told one line at a time what takes so long."""


@dataclass(frozen=True, slots=True)
class Home:
    """The interpreter of a candidate, or why there is none."""

    python: str = ""
    """Path of the interpreter; empty: this one."""
    missing: str = ""
    """Why the candidate cannot run; empty: it can."""


def unheard(_: str) -> None:
    """Nobody wants to know."""


def find_homes(
    specs: Iterable[Spec], *, python: str | None, install: bool, say: Say, hold: ExitStack
) -> dict[Spec, Home]:
    """Settle for every candidate where it runs, installing what has to be installed.

    Args:
        specs: The candidates.
        python: What the user names: an interpreter, in which code runs as it is and from which
            environments are made, or a requirement (``llm==0.27.1``) whose environment code runs in.
        install: Environments may be made; without it only those that are there are used.
        say: Told what is being installed.
        hold: Keeps every environment from being removed, until it is closed.

    Returns:
        The home of each. What could not be installed is a home that is ``missing``.

    Raises:
        UsageError: There is no such interpreter.
    """
    base = "" if python is None or _is_requirement(python) else _interpreter(python)
    made: dict[str, Home] = {}
    homes = {}
    with ExitStack() as mine:

        def environment(requirement: str) -> Home:
            if requirement not in made:
                made[requirement] = _environment(requirement, base, install=install, say=say, hold=mine)
            return made[requirement]

        for spec in specs:
            requirement = _requirement(spec, base)
            if spec.kind == "suspect":
                homes[spec] = Home()
            elif requirement:
                homes[spec] = environment(requirement)
            else:
                homes[spec] = Home(base) if base or python is None else environment(python)
        hold.enter_context(mine.pop_all())
    return homes


def _requirement(spec: Spec, base: str) -> str:
    """What must be installed for it; empty: nothing, it runs where code of the user's own runs."""
    known = spec.adapter
    if known is None or spec.requirement:
        return spec.requirement
    return "" if base or find_spec(known.library) is not None else known.name


def _environment(requirement: str, base: str, *, install: bool, say: Say, hold: ExitStack) -> Home:
    from stream_audit import environments  # needed by few runs

    name = _NAME.match(requirement)
    known = adapter(name[0]) if name else None
    companions = known.companions if known is not None else ()
    wanted = environments.Wanted(
        requirement=requirement,
        companions=tuple(environments.Companion(*companion) for companion in companions),
        python=known.python if known is not None else "",
    )
    try:
        found = environments.provision(wanted, base=base or None, install=install, say=say, hold=hold)
    except environments.NotProvisioned as error:
        return Home(missing=str(error))
    return Home(found.python)


_PROGRAMS = ("bin/python", "Scripts/python.exe")
"""Where a virtual environment has its interpreter."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_REQUIREMENT = re.compile(rf"{_NAME.pattern}(\[[^\]]*\])?\s*(==|~=|>=|<=|!=|<|>).*")


def _is_requirement(python: str) -> bool:
    """A library with a version, or an adapter's name that is no program."""
    if _REQUIREMENT.fullmatch(python):
        return True
    return adapter(python) is not None and shutil.which(python) is None


def _interpreter(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        inside = next((path for path in map(Path(name).joinpath, _PROGRAMS) if path.is_file()), None)
        if inside is not None:
            raise UsageError(f"{name} is a folder (--python); its interpreter is {inside}.")
        raise UsageError(
            f"There is no interpreter {name} (--python), and it is no requirement like llm==0.36."
        )
    return found
