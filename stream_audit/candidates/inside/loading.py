"""Find the code under audit: by import path, by file, among the suspects, among the adapters."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Iterable
from typing import Any

from .calling import ChunksAs, Combiner, NotCallable
from .failing import NotLoaded, describe


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


def _near(name: str, known: Iterable[str], count: int) -> str:
    """A question about the nearest names, ready to be appended."""
    from difflib import get_close_matches  # needed for a wrong name only

    near = get_close_matches(name, list(known), n=count, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""
