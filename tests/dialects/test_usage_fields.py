from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.dialects.usage_fields import copy_usage, count, fold_usage

REPORTS = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.none() | st.integers(-2, 9) | st.text(max_size=2),
        lambda inner: st.dictionaries(st.sampled_from("xy"), inner, max_size=2) | st.lists(inner, max_size=2),
        max_leaves=4,
    ),
)


def folded(*reports: dict[str, Any], later_zero: Any = "keep") -> dict[str, Any]:
    held: dict[str, Any] = {}
    for report in reports:
        fold_usage(held, report, later_zero)
    return held


def test_the_last_present_value_of_each_field_wins() -> None:
    assert folded({"a": 1, "b": 2}, {"a": 5, "c": 3}) == {"a": 5, "b": 2, "c": 3}


def test_null_never_erases_at_any_depth() -> None:
    assert folded({"a": 1, "d": {"x": 2}}, {"a": None, "d": {"x": None}}, {"d": None}) == {
        "a": 1,
        "d": {"x": 2},
    }


def test_a_later_zero_is_kept_out_or_honoured_as_the_policy_says() -> None:
    reports: tuple[dict[str, Any], ...] = ({"a": 4, "d": {"x": 4}}, {"a": 0, "d": {"x": 0}})

    assert folded(*reports) == {"a": 4, "d": {"x": 4}}
    assert folded(*reports, later_zero="honour") == {"a": 0, "d": {"x": 0}}


def test_a_first_zero_is_a_value() -> None:
    assert folded({"a": 0}) == {"a": 0}


def test_lists_are_replaced() -> None:
    assert folded({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}


@given(report=REPORTS, times=st.integers(1, 4))
def test_a_report_sent_again_changes_nothing(report: dict[str, Any], times: int) -> None:
    assert folded(*[report] * (times + 1)) == folded(report)


@given(reports=st.lists(REPORTS, max_size=4))
def test_no_report_is_changed_and_none_is_shared(reports: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(reports)
    held = folded(*reports)
    snapshot = copy_usage(held)
    fold_usage(held, {"a": {"x": 77}, "b": {"x": 77}, "c": {"x": 77}}, "honour")

    assert reports == before
    assert snapshot == folded(*reports)


@pytest.mark.parametrize("value", [True, False, -1, 1.5, "7", None, [1]])
def test_what_is_no_whole_number_from_zero_on_is_no_count(value: Any) -> None:
    assert count(value) is None


def test_zero_is_a_count() -> None:
    assert count(0) == 0
