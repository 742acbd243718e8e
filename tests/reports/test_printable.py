from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.reports.printable import printable, quoted, window


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\u202e", r"\u202e"),
        ("\u2028", r"\u2028"),
        ("\x9b", r"\u009b"),
        ("\ud800", r"\ud800"),
        ("\U000e0001", r"\U000e0001"),
        ("grüße 漢字 😀", "grüße 漢字 😀"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_the_result_is_printable_whatever_comes_in(text: str) -> None:
    assert printable(text).isprintable()


@given(st.text(max_size=6), st.text(max_size=6))
def test_two_texts_that_differ_look_different(one: str, other: str) -> None:
    assert (quoted(one) == quoted(other)) == (one == other)


def test_a_line_break_and_a_backslash_with_n_look_different() -> None:
    assert (quoted("\n"), quoted("\\n")) == (r"'\n'", r"'\\n'")


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "null"), (True, "true"), (0, "0"), ({"a": [1]}, '{"a":[1]}'), ("", "''")]
)
def test_values_are_shown_on_one_line(value: object, shown: str) -> None:
    assert quoted(value) == shown


@given(st.integers(0, 5000), st.integers(0, 4999), st.integers(10, 200))
def test_a_window_accounts_for_every_character(length: int, at: int, size: int) -> None:
    text = ("0123456789" * 500)[:length]
    shown = window(text, min(at, max(length - 1, 0)), size)
    left, right = (int(re.sub(r"\D", "", remark) or 0) for remark in (shown.before, shown.after))

    assert text == text[:left] + shown.text + text[length - right :]
    assert re.fullmatch(r"(\[[\d,]+ characters\] … )?\d*( … \[[\d,]+ more characters\])?", str(shown))


def test_a_window_holds_the_place_it_is_opened_for() -> None:
    text = "a" * 700 + "X" + "b" * 700

    assert "X" in window(text, 700, 60).text
