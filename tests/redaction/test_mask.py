from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.redaction.mask import Mask

TEXTS = st.text(max_size=40)


@given(TEXTS)
def test_a_stand_in_has_the_length_the_white_space_and_the_size_of_its_text(text: str) -> None:
    shown = Mask(b"key").of(text)

    assert len(shown) == len(text)
    assert [one.isspace() for one in shown] == [one.isspace() for one in text]
    assert len(shown.encode("utf-8", "surrogatepass")) == len(text.encode("utf-8", "surrogatepass"))


@given(TEXTS)
def test_what_is_no_letter_and_no_digit_stays(text: str) -> None:
    shown = Mask(b"key").of(text)

    for before, after in zip(text, shown, strict=True):
        if unicodedata.category(before)[0] not in "LMN" and before < "\ud800":
            assert after == before


@given(st.text(alphabet="abcxyzABCXYZ0123456789éüßжЖ漢字かなאבג", min_size=1))
def test_no_letter_and_no_digit_but_a_leading_nought_stays_what_it_was(text: str) -> None:
    shown = Mask(b"key").of(text)

    for position, (before, after) in enumerate(zip(text, shown, strict=True)):
        leading = before == "0" and (position == 0 or text[position - 1] not in "0123456789")
        assert (before == after) is leading


@given(TEXTS, TEXTS)
def test_equal_texts_get_equal_stand_ins_and_long_ones_that_differ_different_ones(
    one: str, other: str
) -> None:
    mask = Mask(b"key")

    assert mask.of(one) == mask.of(one)
    if one != other and sum("a" <= letter <= "z" for letter in one) > 8:
        assert mask.of(one) != mask.of(other)


def test_short_names_that_differ_get_different_stand_ins_while_there_are_any() -> None:
    mask = Mask(b"key")

    assert len({mask.of(f"c{number}") for number in range(1, 10)}) == 9


def test_a_short_piece_of_text_shows_its_shape_and_nothing_else() -> None:
    mask = Mask(b"key")

    assert len({mask.said(f" {one}") for one in "abcdefghijklmnopqrstuvwxyz"}) == 1
    assert mask.said("I") == mask.said("A") != mask.said("i")


def test_words_are_made_of_consonants_so_that_none_comes_out_by_chance() -> None:
    mask = Mask(b"key")

    shown = {mask.of(f"{word}ing") for word in ("walk", "swear", "think", "bring", "cling")}

    assert not any(vowel in text for text in shown for vowel in "aeiouy")


@pytest.mark.parametrize("text", ["漢字", "한국", "አማርኛ"])
def test_of_a_large_script_a_stand_in_does_not_tell_from_which_part_of_it_a_character_is(text: str) -> None:
    blocks = {ord(one) >> 7 for key in range(40) for one in Mask(b"%d" % key).of(text)}

    assert len(blocks) > 2


def test_another_key_gives_another_stand_in() -> None:
    assert Mask(b"one").of("a secret that is long") != Mask(b"two").of("a secret that is long")
