from __future__ import annotations

import itertools
import json
import random

from hypothesis import example, given
from hypothesis import strategies as st

from stream_audit.dialects.text import FULL, Fragments, Text, join_text


@given(text=st.text(), cuts=st.lists(st.integers(0, 60), max_size=5))
@example(text="a😀b", cuts=[2])
def test_text_cut_anywhere_between_utf16_units_is_healed(text: str, cuts: list[int]) -> None:
    units = text.encode("utf-16-le")
    edges = sorted({0, len(units), *(min(2 * cut, len(units)) for cut in cuts)})
    parts = [
        units[begin:end].decode("utf-16-le", "surrogatepass") for begin, end in itertools.pairwise(edges)
    ]

    assert join_text(parts) == text


def test_half_a_character_without_its_other_half_is_kept() -> None:
    assert join_text(["a\ud83d", "b"]) == "a\ud83db"


def test_no_delta_is_none_and_an_empty_delta_is_empty_text() -> None:
    text = Text()
    assert text.text() is None

    text.append("")
    assert text.text() == ""
    text.settle()
    assert text.text() == ""


@given(parts=st.lists(st.text(max_size=3), max_size=20), often=st.sets(st.integers(0, 20)))
def test_compaction_changes_nothing_but_memory(parts: list[str], often: set[int]) -> None:
    text, fragments = Text(), Fragments(longer=False)
    plain = Fragments(longer=False)
    filler = ["x"] * FULL
    for position, part in enumerate([*filler, *parts]):
        text.append(part)
        fragments.append(part)
        plain.append(part)
        if position - FULL in often:
            text.compact()
            fragments.compact()

    assert text.text() == fragments.text() == join_text([*filler, *parts])
    assert (fragments.chain(), fragments.last()) == (plain.chain(), plain.last())


def test_a_long_text_is_held_in_few_pieces() -> None:
    text = Text()
    for _ in range(10 * FULL):
        text.append("ab")
        text.compact()

    assert len(text.parts) < FULL


@given(parts=st.lists(st.sampled_from(["", "a", "ab", "abc", "b"]), max_size=8), seed=st.integers(0, 99))
def test_a_chain_is_deltas_that_each_begin_with_the_one_before(parts: list[str], seed: int) -> None:
    fragments = Fragments(longer=False)
    look = random.Random(seed)
    for part in parts:
        fragments.append(part)
        if look.random() < 0.5:
            fragments.chain()  # looking in between must not change the answer
    said = [part for part in parts if part]
    chained = all(after.startswith(before) for before, after in itertools.pairwise(said))

    assert fragments.chain() == (len(said) if chained else 0), json.dumps(parts)
    assert fragments.last() == (said[-1] if said else "")


def test_where_deltas_must_grow_an_equal_one_ends_the_chain() -> None:
    fragments = Fragments(longer=True)
    for part in ("a", "ab", "ab"):
        fragments.append(part)

    assert fragments.chain() == 0
