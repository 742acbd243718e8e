"""The worker: take requests, fold, answer. One request is one recording or a row of its prefixes.

Answers go out in steps, so that the parent's clock runs only while the
candidate's code does: for each fold ``begun`` when its chunks are built,
``done`` when its result is open, and ``answer``.
"""

from __future__ import annotations

import os
import queue
import threading
from contextlib import nullcontext
from json import dumps, loads
from time import perf_counter
from typing import Any, BinaryIO

from . import guard, objects, wire
from .compare import first_difference
from .counting import Counting
from .declared import DICTS
from .failing import NotLoaded, Unavailable, describe
from .given import Given
from .loading import load
from .noise import Noise
from .plain import CannotRead, plain

_Request = tuple[dict[str, Any], bytes]


def main(text: str) -> None:
    """Load the candidate that ``text`` (JSON) describes, then serve until the parent hangs up."""
    guard.split()
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    Worker(requests, answers, Noise()).run(loads(text))


class Worker:
    """The one who folds in this process."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO, noise: Noise) -> None:
        self._answers = answers
        self._noise = noise
        self._pid = os.getpid()
        self._queue: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._combiner: Any = None
        self._given = Given(b"", [], "", dicts=True)
        """The recording last handed over."""
        threading.Thread(target=self._listen, args=(requests,), daemon=True).start()

    def run(self, request: dict[str, Any]) -> None:
        """Load, then answer requests for ever."""
        try:
            self._combiner = load(request)
        except NotLoaded as error:
            self._say(at="failed", reason=str(error))
        except Unavailable as error:
            self._say(at="unavailable", reason=str(error))
        else:
            self._noise.take()
            self._say(
                at="loaded", version=getattr(self._combiner, "version", None), covers=self._combiner.covers
            )
        while True:
            header, body = self._queue.get()
            self._serve(header, body)

    def _listen(self, requests: BinaryIO) -> None:
        """Read requests as they come, so that the parent's end is noticed even during a fold."""
        while True:
            message = wire.read(requests)
            if message is None:
                guard.end_all()
                return
            self._queue.put(message)

    def _say(self, **header: Any) -> None:
        if os.getpid() != self._pid:  # a copy that the candidate forked came back from its code
            os._exit(0)
        wire.write(self._answers, header)

    def _serve(self, header: dict[str, Any], body: bytes) -> None:
        dialect = header["dialect"]
        serves = getattr(self._combiner, "serves", None)
        if serves is not None and not serves(dialect):
            self._say(at="unserved")
            return
        if "sizes" in header:
            dicts = self._combiner.dicts
            self._given = Given(
                body,
                header["sizes"],
                dialect,
                dicts=dialect in DICTS if dicts is None else dicts,
                frames=header.get("frames"),
                recorded=getattr(self._combiner, "recorded", False),
            )
        if "lengths" not in header:
            self._fold(self._given, dialect, twice=header["twice"])
            return
        for length in header["lengths"]:
            self._fold_prefix(self._given, length, dialect)

    def _fold_prefix(self, given: Given, length: int, dialect: str) -> None:
        """Fold once and look at nothing but the answer."""
        try:
            handed = given.prefix(length)
        except (ValueError, RecursionError) as error:
            self._say(at="unfit", reason=describe(error))
            return
        answer = self._observe(handed, dialect, given.size(length))
        self._noise.take()
        self._say(at="answer", last=True, **answer)

    def _fold(self, given: Given, dialect: str, *, twice: bool) -> None:
        try:
            handed, fresh = given.build(), given.build()
        except (ValueError, RecursionError) as error:
            self._say(at="unfit", reason=describe(error))
            return
        size = given.size(len(handed))
        first = self._observe(handed, dialect, size)
        first["mutated"] = _mutated(handed, fresh)
        first["noise"] = self._noise.take()
        given.left_alone = first["mutated"] is None
        self._say(at="answer", last=not twice, **first)
        if not twice:
            return
        usages, counting = objects.usages(fresh), self._counting(given)
        again = self._observe(fresh, dialect, size, counting)
        again["noise"] = self._noise.take()
        same = _same(first, again)
        if same:
            again = {"noise": again["noise"]}
        work = counting.result(usages) if counting is not None and "error" not in again else None
        self._say(at="answer", last=True, same=same, work=work, **again)

    def _counting(self, given: Given) -> Counting | None:
        """What counts the candidate's work; ``None`` when it is handed nothing that could count."""
        handed = () if given.dicts else objects.USAGES
        classes = handed or getattr(self._combiner, "materialised", ())
        return Counting(classes) if classes else None

    def _observe(
        self, handed: list[Any], dialect: str, given: int, counting: Counting | None = None
    ) -> dict[str, Any]:
        """Fold once, with the parent's clock running while the candidate's code does."""
        self._say(at="begun")
        try:
            return self._outcome(handed, dialect, given, counting or nullcontext())
        finally:
            self._say(at="done")

    def _outcome(self, handed: list[Any], dialect: str, given: int, counted: Any) -> dict[str, Any]:
        """``result``, or ``error``, or ``unreadable``; and how long it took."""
        start = perf_counter()
        try:
            served = hasattr(self._combiner, "serves")
            with counted:
                result = self._combiner.fold(handed, dialect) if served else self._combiner.fold(handed)
        except BaseException as error:  # noqa: BLE001 - an exit or an interrupt of the candidate is its answer too
            return {"error": describe(error) + _hint(error), "exit": isinstance(error, SystemExit)}
        seconds = perf_counter() - start
        try:
            return {
                "result": _jsonable(plain(result, given=given)),
                "seconds": seconds,
                "covers": self._combiner.covers,
            }
        except CannotRead as error:
            return {"unreadable": str(error)}
        except BaseException as error:  # noqa: BLE001 - opening a result runs the candidate's code as well
            return {"unreadable": f"opening it raised {describe(error)}"}


def _mutated(handed: list[Any], fresh: list[Any]) -> list[Any] | None:
    """Index and path of the first chunk that is no longer as it was handed over."""
    for index, (chunk, before) in enumerate(zip(handed, fresh)):
        try:
            path = None if chunk == before else first_difference(objects.dump(before), objects.dump(chunk))
        except Exception:  # noqa: BLE001 - what was put into it does not compare, so it is not what it was
            path = "the whole value"
        if path is not None:
            return [index, path]
    return None


def _jsonable(value: Any) -> Any:
    dumps(value)
    return value


def _same(first: dict[str, Any], again: dict[str, Any]) -> bool:
    for name in ("result", "error", "unreadable"):
        if (name in first) != (name in again):
            return False
        if name in first and name != "error" and first_difference(first[name], again[name]) is not None:
            return False
    return True


def _hint(error: BaseException) -> str:
    """What to do about an exception of code that takes chunk objects for dicts; ``""`` for any other."""
    if not isinstance(error, (TypeError, AttributeError)):
        return ""
    try:
        said = str(error)
    except BaseException:  # noqa: BLE001 - the exception is the candidate's, and so is its __str__
        return ""
    if not any(said.endswith(end) for end in _AS_A_DICT) or not _a_chunk(said):
        return ""
    return (
        "; chunks are objects with attributes here: to get dicts, pass --chunks-as dicts "
        "or set chunks_as = 'dicts' on the callable"
    )


_AS_A_DICT = (
    "object is not subscriptable",
    *(f"object has no attribute {name!r}" for name in ("get", "items", "keys", "values")),
)
"""How the sentences end that Python says when an object is used like a dict."""


def _a_chunk(text: str) -> bool:
    return any(text.startswith(f"{name!r} ") for name in objects.class_names())
