"""Find the code under audit: by import path, by file, among the suspects, among the adapters."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

from .calling import ChunksAs, Combiner, NotCallable


class NotLoaded(Exception):
    """The candidate cannot be used; the message is one sentence."""


class Unavailable(Exception):
    """The candidate could be used if something were installed; the message says what."""


def load(request: dict[str, Any]) -> Any:
    """Load what the request names and say how to fold with it.

    Returns:
        An object with ``fold(chunks)``, ``dicts``, ``covers`` and maybe ``serves(dialect)``.
    """
    kind = request["kind"]
    if kind == "adapter":
        from .bundled import Adapter

        return Adapter(request)
    if kind == "suspect":
        from .bundled import Faulty

        return Faulty(request)
    module = _from_file(request["target"]) if kind == "file" else _from_import(request["target"])
    return _combiner(module, request["target"], request["attribute"], request.get("chunks_as", "auto"))


def _from_import(name: str) -> types.ModuleType:
    sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing and (name == missing or name.startswith(missing + ".")):
            raise NotLoaded(_no_module(name, missing)) from None
        raise NotLoaded(_failed(name, error)) from None
    except BaseException as error:  # noqa: BLE001 - whatever the user's module raises is a reason to report
        raise NotLoaded(_failed(name, error)) from None


def _from_file(path: str) -> types.ModuleType:
    full = os.path.abspath(path)
    folder, base = os.path.split(full)
    sys.path.insert(0, folder)
    name = os.path.splitext(base)[0]
    name = name if name.isidentifier() and name not in sys.modules else "candidate_under_audit"
    spec = importlib.util.spec_from_file_location(name, full)
    if spec is None or spec.loader is None:
        raise NotLoaded(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # noqa: BLE001 - as above
        raise NotLoaded(_failed(path, error)) from None
    return module


def _combiner(module: types.ModuleType, target: str, attribute: str, chunks_as: ChunksAs) -> Combiner:
    found: Any = module
    owner: type | None = None
    for name in attribute.split("."):
        owner = found if isinstance(found, type) else None
        try:
            found = getattr(found, name)
        except AttributeError:
            where = target if found is module else f"{target}:{found.__name__}"
            hint = _near(name, (known for known in dir(found) if known[:1] != "_"), 3)
            raise NotLoaded(f"There is no {name!r} in {where}.{hint}") from None
    try:
        return Combiner(found, owner=owner, chunks_as=chunks_as)
    except NotCallable as error:
        raise NotLoaded(f"{target}:{attribute} cannot fold a stream: {error}.") from None


def _no_module(name: str, missing: str) -> str:
    where = f"searched in {os.getcwd()} and what is installed for {sys.executable}"
    inside = f" (for {name!r})" if missing != name else ""
    files = [entry[:-3] for entry in os.listdir(os.getcwd()) if entry.endswith(".py")]
    return f"There is no module {missing!r}{inside}; {where}.{_near(missing, files, 1)}"


def _failed(name: str, error: BaseException) -> str:
    return f"{name} cannot be loaded: {describe(error)}."


def describe(error: BaseException) -> str:
    """``ValueError: message (file.py:12)``, with the last place that is the user's own code."""
    try:
        text = str(error).strip()
    except BaseException:  # noqa: BLE001 - the exception is the candidate's, and so is its __str__
        text = ""
    name = type(error).__name__
    said = f"{name}: {text[:500]}" if text else name
    place = _place(error)
    return f"{said} ({place})" if place else said


def _place(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename)}:{error.lineno}"
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in _frames(error.__traceback__)
        if not _ours(frame.f_code.co_filename)
    ]
    theirs = [(file, line) for file, line in frames if not _library(file)]
    if not frames:
        return ""
    file, line = (theirs or frames)[-1]
    return f"{_short(file)}:{line}"


def _frames(trace: types.TracebackType | None) -> Iterator[tuple[types.FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _near(name: str, known: Iterable[str], count: int) -> str:
    """A question about the nearest names, ready to be appended."""
    from difflib import get_close_matches  # needed for a wrong name only

    near = get_close_matches(name, list(known), n=count, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""


_HERE = os.path.dirname(os.path.abspath(__file__))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__))


def _ours(file: str) -> bool:
    return os.path.abspath(file).startswith(os.path.dirname(_HERE) + os.sep)


def _library(file: str) -> bool:
    return file.startswith((_STDLIB, "<")) or "site-packages" in file or "dist-packages" in file


def _short(file: str) -> str:
    if file.startswith("<"):
        return file
    relative = os.path.relpath(file) if os.path.isabs(file) else file
    return os.path.basename(file) if relative.startswith("..") else relative
