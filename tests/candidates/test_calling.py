from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from typing import Any

import pytest

from stream_audit.candidates.inside.calling import Combiner, NotCallable

WORDS = ["a", "b", "c"]


def function(chunks: Any) -> str:
    return "".join(chunks)


async def coroutine(chunks: Any) -> str:
    return "".join(chunks)


async def async_loop(chunks: Any) -> str:
    return "".join([chunk async for chunk in chunks])


async def async_iterator(chunks: AsyncIterator[str]) -> str:
    return await anext(chunks) + "".join([chunk async for chunk in chunks])


async def async_generator_wanted(chunks: AsyncGenerator[str, None]) -> str:
    found = "".join([chunk async for chunk in chunks])
    await chunks.aclose()
    return found


def iterator(chunks: Iterator[str]) -> str:
    return next(chunks) + "".join(chunks)


def advanced(chunks: Any) -> str:
    return str(next(chunks)) + "".join(chunks)


async def advanced_async(chunks: Any) -> str:
    return str(await anext(chunks)) + "".join([chunk async for chunk in chunks])


def indexed(chunks: Any) -> str:
    return "".join(chunks[place] for place in range(len(chunks)))


def growing(chunks: Any) -> Iterator[str]:
    text = ""
    for chunk in chunks:
        text += chunk
        yield text


def yields_and_returns(chunks: Any) -> Any:
    yield from chunks
    return "".join(WORDS)


async def growing_async(chunks: Any) -> AsyncIterator[str]:
    text = ""
    async for chunk in chunks:
        text += chunk
        yield text


def awaitable(chunks: Any) -> Any:
    return coroutine(chunks)


async def returns_generator(chunks: Any) -> Any:
    return growing_async(chunks)


class Stateful:
    def __init__(self) -> None:
        self.words: list[str] = []

    def add(self, chunk: str) -> None:
        self.words.append(chunk)

    def result(self) -> str:
        return "".join(self.words)


class AsyncStateful(Stateful):
    async def add(self, chunk: str) -> None:  # type: ignore[override]
        self.words.append(chunk)

    async def result(self) -> str:  # type: ignore[override]
        return "".join(self.words)


class HalfAsync(Stateful):
    def add(self, chunk: str) -> Any:
        async def later() -> None:
            self.words.append(chunk)

        return later()


class Called:
    def __call__(self, chunks: Any) -> str:
        return "".join(chunks)


@pytest.mark.parametrize(
    "target",
    [
        function,
        coroutine,
        async_loop,
        async_iterator,
        async_generator_wanted,
        iterator,
        advanced,
        advanced_async,
        indexed,
        growing,
        yields_and_returns,
        growing_async,
        awaitable,
        returns_generator,
        Stateful,
        AsyncStateful,
        HalfAsync,
        Called(),
        lambda chunks, /, *, sep="": sep.join(chunks),
        lambda *parts: "".join(parts[0]),
        "".join,
    ],
)
def test_every_kind_of_callable_folds_and_folds_again(target: Any) -> None:
    combiner = Combiner(target)

    assert [combiner.fold(list(WORDS)) for _ in range(2)] == ["abc", "abc"]


@pytest.mark.parametrize("target", [growing, growing_async, yields_and_returns])
def test_a_generator_that_yields_nothing_has_no_result(target: Any) -> None:
    expected = "abc" if target is yields_and_returns else None

    assert Combiner(target).fold([]) == expected


class OnlyAdd:
    def add(self, chunk: Any) -> None: ...


class OnlyResult:
    def result(self) -> None: ...


class AddsNothing:
    def add(self) -> None: ...
    def result(self) -> None: ...


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (3, "it is an int, not callable"),
        (OnlyAdd, r"no result\(\)"),
        (OnlyResult, r"no add\(chunk\)"),
        (AddsNothing, "takes no argument"),
        (lambda: "", "takes no argument"),
        (lambda chunks, model: "", "also requires model"),
        (lambda chunks, *, model: "", "also requires model"),
    ],
)
def test_what_cannot_be_called_with_the_chunks_is_refused_before_any_fold(target: Any, words: str) -> None:
    with pytest.raises(NotCallable, match=words):
        Combiner(target)


def wants_dicts(chunks: list[dict[str, Any]]) -> None: ...
def wants_mappings(chunks: Iterator[Mapping[str, Any]]) -> None: ...
def wants_objects(chunks: list[Any]) -> None: ...


class DictsByChunk(Stateful):
    def add(self, chunk: dict[str, Any]) -> None: ...  # type: ignore[override]


class DictsByAttribute(Stateful):
    chunks_as = "dicts"


@pytest.mark.parametrize(
    ("target", "dicts"),
    [
        (wants_dicts, True),
        (wants_mappings, True),
        (DictsByChunk, True),
        (DictsByAttribute, True),
        (wants_objects, None),
        (function, None),
        (Stateful, None),
    ],
)
def test_a_candidate_asks_for_dicts_by_attribute_or_annotation(target: Any, dicts: bool | None) -> None:
    assert Combiner(target).dicts is dicts
    assert Combiner(target, chunks_as="dicts").dicts is True
    assert Combiner(target, chunks_as="objects").dicts is False


def test_a_method_gets_a_fresh_instance_for_each_fold() -> None:
    class Owner:
        def __init__(self) -> None:
            self.text = ""

        def method(self, chunks: Any) -> str:
            self.text += "".join(chunks)
            return self.text

        @classmethod
        def of_class(cls, chunks: Any) -> str:
            return "".join(chunks)

        @staticmethod
        def static(chunks: Any) -> str:
            return "".join(chunks)

    for name in ("method", "of_class", "static"):
        combiner = Combiner(getattr(Owner, name), owner=Owner)
        assert [combiner.fold(list(WORDS)) for _ in range(2)] == ["abc", "abc"]
