from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stream_audit.reports.values import excerpt, pair


def test_short_values_are_shown_whole() -> None:
    shown = pair("assistant", "", 40)

    assert (shown.reference, shown.candidate, shown.remark) == ("'assistant'", "''", "")


def test_amounts_get_thousands_and_a_difference() -> None:
    shown = pair(1204, 2391, 40, count=True)

    assert (shown.reference, shown.candidate, shown.remark) == ("1,204", "2,391", "+1,187")


def test_a_count_that_was_never_sent_is_not_a_zero() -> None:
    assert pair(0, None, 40, count=True).candidate == "null"


@given(st.integers(0, 3000), st.booleans())
def test_long_texts_are_opened_where_they_part(at: int, brief: bool) -> None:
    reference = "a" * 3001
    candidate = reference[:at] + "Z" + reference[at + 1 :]
    shown = pair(reference, candidate, 60, brief=brief)

    assert "Z" in shown.candidate
    assert "Z" not in shown.reference
    if not brief:
        assert f"character {at + 1:,};" in shown.remark


def test_a_text_that_only_stops_earlier_is_opened_at_its_end() -> None:
    shown = pair("ab" * 500, "ab" * 400, 60)

    assert shown.candidate.endswith("ab'")
    assert "character 801;" in shown.remark


def test_a_long_chunk_is_opened_at_the_field() -> None:
    raw = b'{"pad":"' + b"x" * 3000 + b'","delta":{"role":null},"more":"' + b"y" * 3000 + b'"}'
    shown = str(excerpt(raw, "choices[0].message.role", 100))

    assert '"role":null' in shown
    assert "more characters" in shown


def test_a_chunk_that_is_not_utf_8_is_shown_all_the_same() -> None:
    assert str(excerpt(b"\xff\x1b", None, 80)) == r"\xff\x1b"
