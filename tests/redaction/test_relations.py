"""What texts have to do with one another holds of their stand-ins."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.redaction.redacted import chunks

LONG = st.text(alphabet="abcdefgh \n<é漢", min_size=4, max_size=12)


def said(pieces: Sequence[str], field: str = "content") -> list[str]:
    """Deltas of one choice, redacted."""
    payloads = [{"choices": [{"index": 0, "delta": {field: piece}}]} for piece in pieces]
    return [one["choices"][0]["delta"][field] for one in chunks(payloads)]


def arguments(pieces: Sequence[str]) -> list[str]:
    """Fragments of the arguments of one call, redacted."""
    payloads = [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in pieces]
    return [one["tool_calls"][0]["function"]["arguments"] for one in chunks(payloads)]


@given(st.lists(LONG, max_size=6))
def test_pieces_that_are_equal_stay_equal_and_white_space_stays(pieces: list[str]) -> None:
    shown = said([*pieces, *pieces])

    for one, other in zip(shown[: len(pieces)], shown[len(pieces) :], strict=True):
        if not any(
            piece != other_piece and piece.startswith(other_piece)
            for piece in pieces
            for other_piece in pieces
        ):
            assert one == other
    assert [piece.isspace() for piece in shown] == [piece.isspace() for piece in [*pieces, *pieces]]


@given(st.lists(st.text(alphabet="abc <é", min_size=1, max_size=5), min_size=1, max_size=6))
def test_where_each_piece_repeats_all_before_it_each_stand_in_does(steps: list[str]) -> None:
    pieces = ["".join(steps[: end + 1]) for end in range(len(steps))]

    shown = said(pieces)

    assert list(map(len, shown)) == list(map(len, pieces))
    assert all(after.startswith(before) for before, after in pairwise(shown))


@given(st.lists(LONG, min_size=2, max_size=6))
def test_what_a_server_says_the_whole_text_is_is_the_whole_of_the_stand_ins(pieces: list[str]) -> None:
    whole = "".join(pieces)
    deltas = [{"type": "response.output_text.delta", "output_index": 0, "delta": piece} for piece in pieces]
    done = {"type": "response.output_text.done", "output_index": 0, "text": whole}
    part = {"type": "response.content_part.done", "part": {"type": "output_text", "text": whole}}

    *shown, text, in_part = chunks([*deltas, done, part])

    assert text["text"] == in_part["part"]["text"] == "".join(one["delta"] for one in shown)


def test_a_text_that_differs_from_the_whole_goes_on_differing() -> None:
    deltas = [{"type": "d", "delta": piece} for piece in ("Dear Jane,", " good morning")]

    one, other, same, less, another = chunks(
        [
            *deltas,
            {"text": "Dear Jane, good morning!"},
            {"text": "Dear Jane, good mor"},
            {"text": "Dear John, good morning"},
        ]
    )

    joined = one["delta"] + other["delta"]
    assert same["text"] == joined + "!"
    assert less["text"] == joined[:-4]
    assert another["text"] != joined


def test_a_tag_stays_a_tag_when_it_is_cut_and_the_words_around_it_do_not() -> None:
    assert "".join(said(["<th", "ink>hmm so", "</thi", "nk>four"])).startswith("<think>")
    shown = "".join(said(["a<thought", "ful person", "</think", ">"]))
    assert shown.endswith("</think>")
    assert "ful person" not in shown


def test_a_text_that_is_taken_out_of_others_is_found_in_them() -> None:
    start = {"op": "StreamContext", "store_exclude": ["[[mark of Jane]]"]}
    first, second = chunks([start, {"op": "write_text", "delta": "hello [[mark of Jane]]world"}])

    (needle,) = first["store_exclude"]
    assert needle != "[[mark of Jane]]"
    assert needle in second["delta"]
    assert len(second["delta"]) == len("hello [[mark of Jane]]world")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**6) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def fragments(draw: st.DrawFn) -> tuple[Any, list[str]]:
    value = draw(st.dictionaries(st.text(min_size=1, max_size=8), VALUES, min_size=1, max_size=3))
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    places = sorted(draw(st.lists(st.integers(1, len(text) - 1), min_size=1, max_size=6)))
    return value, [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


@given(fragments())
@example(({"a": 1}, ['{"a"', "", ":1}"]))
def test_fragments_of_arguments_join_to_json(drawn: tuple[Any, list[str]]) -> None:
    value, pieces = drawn

    shown = json.loads("".join(arguments(pieces)))

    assert len(shown) <= len(value)
    assert [type(one) for one in shown.values()] == [type(one) for one in value.values()][: len(shown)]


@given(fragments())
def test_arguments_resent_as_a_whole_are_resent_as_a_whole(drawn: tuple[Any, list[str]]) -> None:
    _, pieces = drawn
    growing = ["".join(pieces[: end + 1]) for end in range(len(pieces))]

    shown = arguments(growing)

    assert all(after.startswith(before) for before, after in pairwise(shown))
    json.loads(shown[-1])


@given(fragments())
def test_an_object_that_was_streamed_as_text_says_what_its_text_says(drawn: tuple[Any, list[str]]) -> None:
    value, pieces = drawn
    deltas = [{"type": "input_json_delta", "index": 1, "partial_json": piece} for piece in pieces]

    *shown, block = chunks([*deltas, {"type": "tool_use", "input": value}])

    streamed = json.loads("".join(one["partial_json"] for one in shown))
    if len(streamed) == len(value):  # short keys may have become equal
        assert block["input"] == streamed


def test_calls_under_one_index_are_told_apart_by_their_ids() -> None:
    entries = [("a", '{"city":"Ro'), ("b", '{"ready":true}')]
    payloads = [
        {"tool_calls": [{"index": 0, "id": f"call_{owner}", "function": {"arguments": piece}}]}
        for owner, piece in entries
    ]

    _, shown = [one["tool_calls"][0]["function"]["arguments"] for one in chunks(payloads)]

    assert list(json.loads(shown).values()) == [True]


def test_the_pieces_of_a_name_join_and_its_resends_repeat_it() -> None:
    def names(*pieces: str) -> list[str]:
        payloads = [{"function": {"name": piece}} for piece in pieces]
        return [one["function"]["name"] for one in chunks(payloads)]

    one, other = names("get_", "get_patient")
    assert other.startswith(one)
    one, other = names("get_patient", "get_patient")
    assert one == other
    one, other = names("get_", "patient")
    assert not other.startswith(one)


def test_a_path_leads_to_the_same_place_in_what_stands_in_for_the_arguments() -> None:
    paths = ["$.recipe.steps[10].text", "$.recipe"]

    *shown, call = chunks([*({"jsonPath": path} for path in paths), {"args": {"recipe": {"steps": []}}}])

    long, short = (one["jsonPath"] for one in shown)
    (key,) = call["args"]
    assert short == f"$.{key}" != "$.recipe"
    assert long.startswith(f"$.{key}.{next(iter(call['args'][key]))}[10].")
