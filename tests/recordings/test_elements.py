"""Arrays are cut into their elements wherever the blocks are cut, and never held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.recordings.elements import Element, elements

texts = st.text(max_size=6) | st.sampled_from(["[", "}", '"', "\\", '\\"', ",", ":", "\n", "log", "entries"])
leaves = st.none() | st.booleans() | st.integers(-5, 5) | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=9,
)
indents = st.sampled_from([None, 0, 2])


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def cut(
    data: bytes, size: int = 1000, keys: tuple[tuple[bytes, ...], ...] = ((),), **more: Any
) -> list[Element]:
    return list(elements(blocks(data, size), keys, **more))


@settings(max_examples=300, deadline=None)
@given(array=st.lists(values, max_size=5), indent=indents, ascii=st.booleans(), size=st.integers(1, 80))
@example(array=['"\\'], indent=None, ascii=True, size=1)
def test_an_array_is_cut_into_its_elements(
    array: list[Any], indent: int | None, ascii: bool, size: int
) -> None:
    text = json.dumps(array, indent=indent, ensure_ascii=ascii).encode()
    found = cut(text, size)
    assert [json.loads(one.text) for one in found] == array
    lines = text.split(b"\n")
    for one in found:
        assert one.text.partition(b"\n")[0] in lines[one.line - 1]
        assert one.indent == len(lines[one.line - 1]) - len(lines[one.line - 1].lstrip())


@settings(max_examples=300, deadline=None)
@given(
    array=st.lists(values, max_size=4),
    before=st.dictionaries(texts.filter(lambda text: text != "log"), values, max_size=2),
    inside=st.dictionaries(texts.filter(lambda text: text != "entries"), values, max_size=2),
    indent=indents,
    size=st.integers(1, 80),
)
def test_an_array_is_found_by_the_keys_that_lead_to_it(
    array: list[Any], before: dict[str, Any], inside: dict[str, Any], indent: int | None, size: int
) -> None:
    document = {**before, "log": {**inside, "entries": array, "after": [before]}, "entries": [inside]}
    text = json.dumps(document, indent=indent).encode()
    assert [json.loads(one.text) for one in cut(text, size, ((b"log", b"entries"),))] == array


def test_a_deeper_or_a_shallower_array_of_that_name_is_another() -> None:
    text = b'{"entries": [1], "log": [{"entries": [2]}], "x": {"log": {"entries": [3]}}}'
    assert cut(text, keys=((b"log", b"entries"),)) == []


@settings(max_examples=200, deadline=None)
@given(array=st.lists(values, max_size=4), stop=st.integers(0, 200), size=st.integers(1, 80))
def test_an_array_that_ends_early_says_so_and_keeps_what_is_whole(
    array: list[Any], stop: int, size: int
) -> None:
    text = json.dumps(array, indent=0).encode()[:stop]
    found = cut(text, size)
    whole = [one for one in found if not one.unended]
    assert [json.loads(one.text) for one in whole] == array[: len(whole)]
    unfinished = stop > 0 and text != json.dumps(array, indent=0).encode()
    assert [one.unended for one in found].count(True) == unfinished
    assert not unfinished or found[-1].unended


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=60) | st.text('[]{}",:\\\n a', max_size=60).map(str.encode),
    size=st.integers(1, 9),
)
def test_nothing_hangs_or_raises_and_the_blocks_do_not_matter(data: bytes, size: int) -> None:
    for keys in (((),), ((b"a",), (b"a", b"a"))):
        assert cut(data, size, keys) == cut(data, 1000, keys)


@settings(max_examples=100, deadline=None)
@given(data=st.text('[]{}",:\\\n a', max_size=60).map(str.encode))
def test_nothing_that_is_no_space_or_bracket_or_comma_is_dropped(data: bytes) -> None:
    kept = b"".join(one.text for one in cut(data))
    blank = bytes.maketrans(b"", b"")
    assert kept.translate(blank, b" \n[],") == data.translate(blank, b" \n[],")


def test_a_string_that_does_not_end_ends_with_its_line() -> None:
    found = cut(b'[\n{"a": "b\n},\n{"a": 1}\n]')
    assert [one.text for one in found] == [b'{"a": "b\n}', b'{"a": 1}']


def test_an_element_that_is_too_long_is_skipped_and_not_held() -> None:
    text = json.dumps([{"a": 1}, {"a": "x" * 500}, {"a": 2}], indent=1).encode()
    for size in (7, 10_000):
        found = cut(text, size, longest=100)
        assert [(one.line, one.too_long, len(one.text) > 0) for one in found] == [
            (2, False, True), (5, True, False), (8, False, True)
        ]  # fmt: skip
    (unended,) = cut(b'["' + b"x" * 500, 7, longest=100)
    assert (unended.too_long, unended.text) == (True, b"")


def test_values_one_behind_the_other_are_elements_too() -> None:
    found = cut(b'{\n"a": 1\n}\n{"b": [2]}\n[{"c": 3}]\nnull')
    assert [(one.line, one.text) for one in found] == [
        (1, b'{\n"a": 1\n}'), (4, b'{"b": [2]}'), (5, b'{"c": 3}'), (6, b"null")
    ]  # fmt: skip


def test_every_line_end_and_a_byte_order_mark_are_the_same() -> None:
    text = b'[\n{\n"a": 1\n},\n{"b": 2}]'
    for other in (text.replace(b"\n", b"\r\n"), text.replace(b"\n", b"\r"), b"\xef\xbb\xbf" + text):
        for size in (1, 1000):
            assert cut(other, size) == cut(text)
