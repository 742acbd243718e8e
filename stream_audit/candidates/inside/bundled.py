"""Candidates that come with the package: suspects, the textbook, and the adapters of real libraries."""

from __future__ import annotations

import importlib
import importlib.util
import os
import platform
import sys
import types
from typing import Any

from .failing import NotLoaded, Unavailable, describe

_ADAPTERS = "stream_audit_adapters"
"""The package that the adapters' files are in this process: they share what lies beside them."""


class Faulty:
    """A suspect, or the textbook, as a candidate. Needs the package's own folder on the path."""

    dicts = True

    def __init__(self, request: dict[str, Any]) -> None:
        sys.path.append(request["root"])
        suspects: Any = importlib.import_module("stream_audit.suspects")
        self._textbooks: dict[str, Any] = suspects.TEXTBOOKS
        self._suspects = suspects
        self.name = request["target"]
        self.covers: list[str] | None = None
        self.version: str | None = None
        if self.name != "textbook":
            try:
                suspects.suspect(self.name)
            except Exception as error:  # noqa: BLE001 - its one sentence is ours too
                raise NotLoaded(str(error)) from None

    def serves(self, dialect: str) -> bool:
        """Whether there is such a fold for the dialect."""
        return self._folder(dialect) is not None

    def fold(self, chunks: list[Any], dialect: str) -> Any:
        """Fold once, with a folder made for it."""
        make = self._folder(dialect)
        if make is None:
            raise LookupError(dialect)
        folder = make()
        for chunk in chunks:
            folder.add(chunk)
        return folder.result()

    def _folder(self, dialect: str) -> Any:
        if self.name == "textbook":
            return self._textbooks.get(dialect)
        fits = (one for one in self._suspects.suspects_for(dialect) if one.name == self.name)
        return next(fits, None)


class Adapter:
    """The library's own fold, driven by the adapter's file."""

    dicts = True
    recorded = True

    def __init__(self, request: dict[str, Any]) -> None:
        library, name = request["library"], request["target"]
        if importlib.util.find_spec(library) is None:
            raise Unavailable(
                f"{name} is not installed for {sys.executable}; install it there, or name a version "
                f"({name}==VERSION) to audit it in an environment of its own"
            )
        folder = types.ModuleType(_ADAPTERS)
        folder.__path__ = [os.path.dirname(request["path"])]
        sys.modules[_ADAPTERS] = folder
        file = os.path.splitext(os.path.basename(request["path"]))[0]
        try:
            module: Any = importlib.import_module(f"{_ADAPTERS}.{file}")
            self.version: str | None = str(module.version())
            getattr(module, "prepare", lambda: None)()
            part = request["attribute"]
            self._fold = module.PARTS[part] if part else module.fold
        except Exception as error:  # noqa: BLE001 - a library that does not import here is a visible state
            python = platform.python_version()
            raise Unavailable(f"{name} cannot be used with Python {python}: {describe(error)}") from None
        self._dialects = getattr(self._fold, "dialects", module.DIALECTS)
        covers = getattr(self._fold, "covers", None)
        self.covers = list(covers) if covers is not None else None
        self.materialised: tuple[type, ...] = tuple(getattr(module, "MATERIALISED", ()))

    def serves(self, dialect: str) -> bool:
        """Whether the library folds streams of this dialect."""
        return dialect in self._dialects

    def fold(self, chunks: list[Any], dialect: str) -> Any:
        """Fold once, through the library."""
        return self._fold(chunks, dialect)
