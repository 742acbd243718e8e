"""Count how often usage objects are materialised during one fold.

The classes are changed only while a fold is counted; at any other time they are
as they were, so that an ordinary fold pays nothing.

What is redundant: a function that materialises the same object again. Two
functions may each do so once, because each makes a pass of its own over the
stream (a loop, and a combiner called after it). A function is told by how it was
reached, so that a small one that two others call is not taken for one that
works twice. A copy of a usage object is an object of its own: whoever makes one
may have changed it since.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from types import CodeType, FrameType, TracebackType
from typing import Any

_WAYS = ("model_dump", "to_dict", "to_json_dict", "dict", "json", "model_dump_json", "to_json", "__iter__")
"""The methods that make a mapping or a text of a usage object; ``dict(usage)`` iterates over it."""
_HERE = os.path.dirname(os.path.abspath(__file__))
_OURS = os.path.dirname(_HERE) + os.sep
_MOST_PLACES = 8

_Chain = tuple[CodeType, ...]


class _Dumps:
    """What one function did to one object."""

    __slots__ = ("count", "lines")

    def __init__(self) -> None:
        self.count = 0
        self.lines: set[int] = set()


class Counting:
    """A context in which every materialisation of an object of these classes is counted."""

    def __init__(self, classes: Sequence[type]) -> None:
        self._classes = classes
        self._bystanders = (_OURS, *_folder("pydantic"))
        self._patched: list[tuple[type, str, Any]] = []
        self._inside = threading.local()
        self._lock = threading.Lock()
        self._objects: dict[int, Any] = {}
        """Every object seen, by its id and in order; held, so that no other gets that id."""
        self._dumps: dict[tuple[int, tuple[int, ...]], _Dumps] = {}
        self._chains: dict[tuple[int, ...], _Chain] = {}

    def __enter__(self) -> Counting:
        for kind in self._classes:
            for name in _WAYS:
                if callable(getattr(kind, name, None)):
                    self._patch(kind, name)
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        while self._patched:
            owner, name, own = self._patched.pop()
            if own is None:
                delattr(owner, name)
            else:
                setattr(owner, name, own)

    def _patch(self, kind: type, name: str) -> None:
        own, original = kind.__dict__.get(name), getattr(kind, name)
        try:
            setattr(kind, name, self._counted(original))
        except (AttributeError, TypeError):  # a class that cannot be changed is not counted
            return
        self._patched.append((kind, name, own))

    def _counted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        inside = self._inside

        @functools.wraps(original)
        def counted(usage: Any, *given: Any, **options: Any) -> Any:
            if getattr(inside, "already", False):
                return original(usage, *given, **options)
            self._note(usage, sys._getframe(1))
            inside.already = True
            try:
                return original(usage, *given, **options)
            finally:
                inside.already = False

        return counted

    def _note(self, usage: Any, frame: FrameType) -> None:
        """Count one call, unless it is only part of materialising something larger (a whole chunk)."""
        if frame.f_code.co_filename.startswith(self._bystanders):
            return
        chain = _chain(frame)
        key = tuple(map(id, chain))
        with self._lock:
            self._objects.setdefault(id(usage), usage)
            self._chains.setdefault(key, chain)
            dumps = self._dumps.setdefault((id(usage), key), _Dumps())
            dumps.count += 1
            dumps.lines.add(frame.f_lineno)

    def result(self, usages: Sequence[tuple[int, Any]]) -> dict[str, Any]:
        """What was counted, in the shape of :class:`stream_audit.model.Work`.

        Args:
            usages: Index of each chunk that carries usage, and the object it was handed out as;
                ``None`` where somebody else made the object.
        """
        by: dict[str, int] = {}
        again: dict[str, int] = {}
        places: dict[tuple[str, int], None] = {}
        twice: set[int] = set()
        for (identity, key), dumps in self._dumps.items():
            code = self._chains[key][0]
            name = getattr(code, "co_qualname", code.co_name)  # since Python 3.11 with the class
            by[name] = by.get(name, 0) + dumps.count
            if dumps.count > 1:
                again[name] = again.get(name, 0) + dumps.count - 1
                twice.add(identity)
                places.update(dict.fromkeys((code.co_filename, line) for line in dumps.lines))
        return {
            "usage_chunks": len(usages),
            "usage_dumps": sum(by.values()),
            "redundant_dumps": sum(again.values()),
            "dumps_by": by,
            "redundant_by": again,
            "redundant_objects": len(twice),
            "places": [f"{os.path.basename(file)}:{line}" for file, line in sorted(places)[:_MOST_PLACES]],
            "first": self._first(twice, usages),
        }

    def _first(self, twice: Iterable[int], usages: Sequence[tuple[int, Any]]) -> int:
        """Index of the first chunk concerned; -1 where nobody knows which object came from which chunk."""
        chunks = {id(usage): index for index, usage in usages if usage is not None}
        if not chunks and len(self._objects) == len(usages):
            chunks = dict(zip(self._objects, (index for index, _ in usages)))
        return min((chunks[identity] for identity in twice if identity in chunks), default=-1)


def _chain(frame: FrameType | None) -> _Chain:
    """The functions on the way to a call, the nearest first, as far as they are not ours."""
    codes = []
    while frame is not None and not frame.f_code.co_filename.startswith(_OURS):
        codes.append(frame.f_code)
        frame = frame.f_back
    return tuple(codes)


def _folder(package: str) -> tuple[str, ...]:
    """Where a package that has been imported lies."""
    file = getattr(sys.modules.get(package), "__file__", None)
    return (os.path.dirname(file) + os.sep,) if file else ()
