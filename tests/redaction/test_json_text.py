from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from stream_audit.redaction.json_text import START, JsonText
from stream_audit.redaction.mask import Mask

KEYS = st.text('abcXYZ019 _-.é中\n"\\', max_size=5)
"""No characters beyond U+FFFF, which all look the same: of keys made of nothing else, some become one."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
WRITTEN = st.builds(
    lambda value, ascii_only, indent: json.dumps(value, ensure_ascii=ascii_only, indent=indent),
    VALUES,
    st.booleans(),
    st.sampled_from([None, 2]),
)


@st.composite
def cut(draw: st.DrawFn) -> list[str]:
    text = draw(WRITTEN)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


def replaced(pieces: list[str], *, keep_keys: bool = False) -> list[str]:
    reader, state, shown = JsonText(Mask(b"key"), keep_keys=keep_keys), START, []
    for piece in pieces:
        one, state = reader.replace(piece, state)
        shown.append(one)
    return shown


def shape(value: Any) -> Any:
    """A value with every text as its length and its white space, whatever its keys are."""
    if isinstance(value, dict):
        return [shape(inside) for inside in value.values()]
    if isinstance(value, list):
        return list(map(shape, value))
    if isinstance(value, str):
        return len(value), [one.isspace() for one in value]
    return value if value is None or isinstance(value, bool) else "a number"


@given(cut())
@example(['{"a": "\\u00', 'e9", "b": tr', "ue}"])
@example(['["\\ud8', '3d\\ude00", 1', "0.", "5e", "3]"])
@example(['{"a":"', '"', ',"b":', "null}"])
def test_json_cut_anywhere_is_json_of_the_same_structure_when_it_is_joined(pieces: list[str]) -> None:
    shown = replaced(pieces)

    assert [len(one) for one in shown] == [len(one) for one in pieces]
    before, after = json.loads("".join(pieces)), json.loads("".join(shown))
    assert shape(after) == shape(before)


@given(cut())
def test_keys_stay_where_they_are_to_be_kept_however_they_are_cut(pieces: list[str]) -> None:
    def keys(value: Any) -> list[str]:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [*(value if isinstance(value, dict) else []), *(key for one in inside for key in keys(one))]

    shown = "".join(replaced(pieces, keep_keys=True))

    assert keys(json.loads(shown)) == keys(json.loads("".join(pieces)))


@given(st.lists(st.text(), max_size=4))
@example(['{"a', "{", "tru", '"\\'])
def test_what_is_no_json_is_replaced_all_the_same_and_keeps_its_length(pieces: list[str]) -> None:
    assert list(map(len, replaced(pieces))) == list(map(len, pieces))


def test_of_words_outside_of_strings_only_the_literals_stay() -> None:
    (shown,) = replaced(["[truth, true, nullify, null]"])

    assert (shown.count("true"), shown.count("null")) == (1, 1)
    assert shown[1] != "t"
