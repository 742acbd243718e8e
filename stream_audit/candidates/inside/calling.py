"""Call a combiner, whatever kind of callable it is.

A function, an async function, a generator (the last value yielded is the
result, or the returned one when it is not ``None``), an async generator, a
class with ``add(chunk)`` and ``result()``, a method of a class that is made
without arguments; and anything that returns an awaitable.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import Any, Literal

ChunksAs = Literal["auto", "objects", "dicts"]
_DICTS = re.compile(r"\b(dict|Dict|Mapping|MutableMapping|TypedDict)\b")


class Chunks(list[Any]):
    """The chunks of one fold: a list that can also be iterated asynchronously and advanced by ``next``.

    Once ``next`` or ``anext`` was used it goes on where it stands, as an iterator would.
    """

    _rest: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        return super().__iter__() if self._rest is None else self._rest

    def __next__(self) -> Any:
        if self._rest is None:
            self._rest = super().__iter__()
        return next(self._rest)

    def __aiter__(self) -> AsyncIterator[Any]:
        return _ahead_async(iter(self))

    async def __anext__(self) -> Any:
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None


async def _ahead_async(chunks: Iterable[Any]) -> AsyncGenerator[Any, None]:
    for chunk in chunks:
        yield chunk


def _ahead(chunks: Iterable[Any]) -> Iterator[Any]:
    return iter(list(chunks))


_AHEAD: tuple[tuple[str, Callable[[Iterable[Any]], Any]], ...] = (
    ("AsyncGenerator", _ahead_async),
    ("AsyncIterator", _ahead_async),
    ("Generator", _ahead),
    ("Iterator", _ahead),
)
"""What a first parameter's annotation asks for, and how to make it of a list."""


class NotCallable(Exception):
    """The named thing cannot be used as a combiner; the message says why."""


class Combiner:
    """One combiner: how it wants its chunks, what it claims, and how it is called.

    Args:
        target: The named thing.
        owner: The class it was found in, when it was named ``Class.method``.
        chunks_as: What the user asked for; ``auto`` leaves it to the combiner.
    """

    def __init__(self, target: Any, *, owner: type | None = None, chunks_as: ChunksAs = "auto") -> None:
        if not callable(target):
            raise NotCallable(f"it is {_article(type(target).__name__)}, not callable")
        self.target = target
        self.stateful = inspect.isclass(target) and _has(target, "add") and _has(target, "result")
        if inspect.isclass(target) and not self.stateful and (_has(target, "add") or _has(target, "result")):
            missing = "result()" if _has(target, "add") else "add(chunk)"
            raise NotCallable(f"the class has no {missing}")
        self.owner = owner if _needs_instance(target, owner) else None
        first = self._first_parameter()
        annotation = "" if first is None else str(first.annotation)
        self.dicts = _wants_dicts(target, annotation, chunks_as)
        """Whether it wants dicts or objects; ``None``: what the SDK of the dialect hands out."""
        self._ahead = next((make for word, make in _AHEAD if re.search(rf"\b{word}\b", annotation)), None)
        covers = getattr(target, "covers", None)
        self.covers = _names(covers)

    def fold(self, chunks: list[Any]) -> Any:
        """Fold the chunks once, afresh; raises whatever the combiner raises."""
        if self.stateful:
            return self._drive(chunks)
        function = getattr(self.owner(), self.target.__name__) if self.owner else self.target
        handed = Chunks(chunks)
        return _finish(function(self._ahead(handed) if self._ahead else handed))

    def _drive(self, chunks: list[Any]) -> Any:
        instance = self.target()
        if not inspect.iscoroutinefunction(instance.add) and not inspect.iscoroutinefunction(instance.result):
            for chunk in chunks:
                pending = instance.add(chunk)
                if inspect.isawaitable(pending):
                    _finish(pending)
            return _finish(instance.result())

        async def drive() -> Any:
            for chunk in chunks:
                pending = instance.add(chunk)
                if inspect.isawaitable(pending):
                    await pending
            result = instance.result()
            return await result if inspect.isawaitable(result) else result

        return _finish(drive())

    def _first_parameter(self) -> inspect.Parameter | None:
        function = self.target.add if self.stateful else self.target
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            return None
        own = 1 if self.stateful or self.owner else 0
        positional = [p for p in parameters[own:] if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
        required = [p for p in positional if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
        wanting = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
        what = "add" if self.stateful else "it"
        if not positional:
            raise NotCallable(
                f"{what} takes no argument; it must take the {'chunk' if self.stateful else 'chunks'}"
            )
        if len(required) > 1 or wanting:
            names = ", ".join(p.name for p in (*required[1:], *wanting))
            raise NotCallable(f"{what} must be callable with one argument, but also requires {names}")
        return positional[0]


def _finish(result: Any) -> Any:
    """Run what a call returned to its end."""
    for _ in range(8):
        if inspect.isgenerator(result):
            result = _exhaust(result)
        elif inspect.isasyncgen(result):
            result = _run(_exhaust_async(result))
        elif inspect.isawaitable(result):
            result = _run(_await(result))
        else:
            return result
    return result


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio  # slow to import, and most combiners do without

    return asyncio.run(coroutine)


def _exhaust(generator: Any) -> Any:
    last = None
    while True:
        try:
            last = next(generator)
        except StopIteration as stop:
            return last if stop.value is None else stop.value


async def _exhaust_async(generator: Any) -> Any:
    last = None
    async for value in generator:
        last = value
    return last


async def _await(awaitable: Any) -> Any:
    result = await awaitable
    return await _exhaust_async(result) if inspect.isasyncgen(result) else result


def _wants_dicts(target: Any, annotation: str, chunks_as: ChunksAs) -> bool | None:
    if chunks_as != "auto":
        return chunks_as == "dicts"
    asked = getattr(target, "chunks_as", None)
    if asked in ("dicts", "objects"):
        return bool(asked == "dicts")
    return True if _DICTS.search(annotation) else None


def _names(covers: Any) -> list[str] | None:
    if isinstance(covers, str):
        return [name.strip() for name in covers.split(",")]
    return [str(name) for name in covers] if isinstance(covers, (list, tuple, set, frozenset)) else None


def _needs_instance(target: Any, owner: type | None) -> bool:
    if owner is None or not inspect.isfunction(target):
        return False
    return inspect.isfunction(inspect.getattr_static(owner, target.__name__, None))


def _has(target: Any, name: str) -> bool:
    return callable(getattr(target, name, None))


def _article(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"
