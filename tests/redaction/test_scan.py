from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.redaction.scan import scan


def said(text: str) -> list[tuple[str, str, str]]:
    return [(token.kind, token.name, text[token.start : token.end]) for token in scan(text)]


def test_each_token_knows_the_field_it_stands_in() -> None:
    assert said('{"a": {"b": [1, "x"], "c": true}, "d": null}') == [
        ("key", "a", "a"),
        ("key", "b", "b"),
        ("number", "b", "1"),
        ("string", "b", "x"),
        ("key", "c", "c"),
        ("word", "c", "true"),
        ("key", "d", "d"),
        ("word", "d", "null"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"l":[{"index":0,"d":{"x":"a"}}]}', '{"l":[{"d":{"x":"b"},"index":0}]}'),
        ('{"l":[{"index":1,"x":"a"}]}', '{"l":[{"index":0},{"index":1,"x":"c"}]}'),
        ('[{"x":"a"}]', '[{"y":1},{"x":"b"}]'),
    ],
)
def test_a_place_is_the_same_in_whatever_order_its_objects_say_which_they_are(one: str, other: str) -> None:
    def last(text: str) -> object:
        return [token.box.place[-3:] for token in scan(text) if token.kind == "string"][-1]

    assert last(one) == last(other)


def test_objects_of_another_index_or_type_are_other_places() -> None:
    texts = [
        '{"type":"a","index":0,"d":"x"}',
        '{"type":"b","index":0,"d":"x"}',
        '{"type":"a","index":1,"d":"x"}',
    ]

    assert len({token.box.place for text in texts for token in scan(text)}) == 3


@given(st.text(alphabet='{}[]:,"\\ \n0123456789.eEtruefalsn-\u00e9', max_size=60))
def test_whatever_the_text_is_all_but_marks_and_white_space_is_in_a_token(text: str) -> None:
    covered: set[int] = set()
    for token in scan(text):
        covered.update(range(token.start, token.end))

    left = {one for at, one in enumerate(text) if at not in covered}
    assert left <= set('{}[]:," \n')


def test_a_text_that_nests_very_deeply_is_read_in_time() -> None:
    key, value = scan("[" * 50_000 + '{"a":"b"}')

    assert (key.name, value.name, len(value.box.place) < 500) == ("a", "a", True)


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner, max_size=3), max_leaves=6))
def test_the_tokens_of_json_are_its_keys_and_strings(value: object) -> None:
    text = json.dumps(value)

    def expected(one: object) -> list[object]:
        if isinstance(one, dict):
            return [part for key, inside in one.items() for part in (key, *expected(inside))]
        return [one]

    assert [json.loads(f'"{text[token.start : token.end]}"') for token in scan(text)] == expected(value)
