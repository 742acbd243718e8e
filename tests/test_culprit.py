"""Laws of the search for the culprit chunk."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from stream_audit.culprit import EXHAUSTIVE, GaveUp, locate


def oracle(wrong: Sequence[bool], asked: list[int]) -> object:
    def wrong_at(lengths: Sequence[int]) -> dict[int, frozenset[str]]:
        asked.extend(lengths)
        return {n: frozenset(["role"] if wrong[n - 1] else []) for n in lengths}

    return wrong_at


@given(st.lists(st.booleans(), min_size=1, max_size=EXHAUSTIVE))
def test_in_a_short_recording_the_culprit_is_where_it_goes_wrong_and_stays_wrong(wrong: list[bool]) -> None:
    wrong[-1] = True

    index, exact = locate(len(wrong), ["role"], oracle(wrong, []))["role"]  # type: ignore[arg-type]

    assert exact
    assert all(wrong[index:])
    assert index == 0 or not wrong[index - 1]


@given(st.integers(EXHAUSTIVE + 1, 5000), st.data())
def test_in_a_long_recording_a_single_turn_is_found_in_few_folds(chunks: int, data: st.DataObject) -> None:
    turn = data.draw(st.integers(0, chunks - 1))
    asked: list[int] = []

    index, exact = locate(chunks, ["role"], oracle([i >= turn for i in range(chunks)], asked))["role"]  # type: ignore[arg-type]

    assert (index, exact) == (turn, False)
    assert len(asked) <= 2 * chunks.bit_length() + 2


@given(st.integers(EXHAUSTIVE + 1, 2000), st.data())
def test_in_a_long_recording_the_culprit_always_turns_right_into_wrong(
    chunks: int, data: st.DataObject
) -> None:
    turns = sorted(data.draw(st.sets(st.integers(1, chunks - 1), max_size=6)))
    wrong = [sum(t <= i for t in turns) % 2 == len(turns) % 2 for i in range(chunks)]
    assert wrong[-1]

    index, _ = locate(chunks, ["role"], oracle(wrong, []))["role"]  # type: ignore[arg-type]

    assert wrong[index]
    assert index == 0 or not wrong[index - 1]


def test_a_prefix_of_which_nothing_is_known_makes_the_culprit_inexact() -> None:
    found = locate(4, ["role"], lambda lengths: {1: frozenset(), 3: frozenset(["role"])})

    assert found == {"role": (2, False)}


@given(st.integers(EXHAUSTIVE + 1, 5000), st.integers(0, 20_000))
def test_a_search_never_folds_more_chunks_than_its_budget(chunks: int, budget: int) -> None:
    asked: list[int] = []

    found = locate(chunks, ["role"], oracle([True] * chunks, asked), budget=budget)  # type: ignore[arg-type]

    assert sum(asked) <= budget
    assert found in ({}, {"role": (0, False)})


def test_a_search_that_is_given_up_finds_nothing() -> None:
    def hangs(lengths: Sequence[int]) -> dict[int, frozenset[str]]:
        raise GaveUp

    assert locate(5, ["role"], hangs) == {}
    assert locate(500, ["role"], hangs) == {}
