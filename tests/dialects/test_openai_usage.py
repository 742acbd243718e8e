from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.dialects.openai.chat import OPENAI_CHAT
from stream_audit.model import Policies, Usage
from tests.dialects.openai_wire import choice, chunk, ends, reports, response, rules, says

PLAIN: dict[str, Any] = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def usage(*reported: dict[str, Any], policies: Policies = Policies()) -> Usage:  # noqa: B008 - frozen
    found = response(*(chunk(usage=report) for report in reported), policies=policies).usage
    assert found is not None
    return found


def test_no_report_is_none_and_not_zero() -> None:
    assert response(says("x"), ends(), chunk(usage=None)).usage is None


def test_a_count_never_sent_is_none_and_a_zero_is_zero() -> None:
    found = usage({"prompt_tokens": 0})

    assert (found.input_tokens, found.output_tokens, found.total_tokens) == (0, None, None)


@given(totals=st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_a_running_total_is_never_added_up(totals: list[int]) -> None:
    totals.sort()

    assert usage(*({"completion_tokens": total} for total in totals)).output_tokens == totals[-1]


def test_a_running_total_is_noted_once() -> None:
    stream = [reports(completion_tokens=count) for count in (1, 2, 3)]

    assert rules(*stream) == ["usage-cumulative-summed"]


def test_the_same_report_again_is_no_running_total() -> None:
    assert rules(chunk(usage=PLAIN), chunk(usage=PLAIN)) == []


def test_a_later_zero_erases_only_under_its_policy() -> None:
    reported: tuple[dict[str, Any], ...] = (PLAIN, {"prompt_tokens": 0})

    assert usage(*reported).input_tokens == 10
    assert usage(*reported, policies=Policies(later_zero="honour")).input_tokens == 0


@pytest.mark.parametrize(
    "place",
    [
        {"prompt_tokens_details": {"cached_tokens": 4}},
        {"prompt_token_details": {"cached_tokens": 4}},
        {"prompt_cache_hit_tokens": 4},
        {"cached_tokens": 4},
    ],
)
def test_cached_tokens_are_found_under_each_of_their_names(place: dict[str, Any]) -> None:
    assert usage({**PLAIN, **place}).cache_read_tokens == 4
    assert usage({**PLAIN, **place}).input_tokens == 10


def test_the_first_place_that_has_a_count_wins() -> None:
    report = {
        **PLAIN,
        "prompt_tokens_details": {"cached_tokens": None},
        "prompt_cache_hit_tokens": 3,
        "cached_tokens": 9,
    }

    assert usage(report).cache_read_tokens == 3


def test_more_cached_than_prompt_tokens_proves_that_the_cache_is_outside() -> None:
    report = {"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 50, "cache_write_tokens": 2}}

    assert usage(report) == Usage(input_tokens=60, cache_read_tokens=50, cache_write_tokens=2, raw=report)
    assert rules(chunk(usage=report)) == ["cached-ambiguous"]


EXCEEDS, LEFT_OUT, MISMATCH = "reasoning-exceeds-completion", "reasoning-left-out", "total-mismatch"


@pytest.mark.parametrize(
    ("prompt", "total", "output", "noted"),
    [
        (43, 53, 10, [EXCEEDS]),
        (43, 64, 21, [EXCEEDS, LEFT_OUT]),
        (43, 99, 10, [EXCEEDS, MISMATCH]),
        (43, None, 21, [EXCEEDS, LEFT_OUT]),
        (None, 21, 21, [EXCEEDS, LEFT_OUT]),
        (None, None, 21, [EXCEEDS, LEFT_OUT]),
    ],
)
def test_of_reasoning_beyond_completion_the_total_says_whether_it_is_outside(
    prompt: int | None, total: int | None, output: int, noted: list[str]
) -> None:
    report = {
        "prompt_tokens": prompt,
        "completion_tokens": 10,
        "total_tokens": total,
        "reasoning_tokens": 11,
    }

    assert usage(report).output_tokens == output
    assert rules(chunk(usage=report)) == noted


def test_a_total_that_only_adds_up_with_reasoning_proves_that_it_is_outside() -> None:
    report = {
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "total_tokens": 35,
        "completion_tokens_details": {"reasoning_tokens": 5},
    }

    assert usage(report).output_tokens == 25
    assert rules(chunk(usage=report)) == ["reasoning-left-out"]


def test_reasoning_inside_completion_is_not_added() -> None:
    report = {**PLAIN, "completion_tokens_details": {"reasoning_tokens": 5}}

    assert usage(report).output_tokens == 5
    assert rules(chunk(usage=report)) == []


def test_a_total_that_does_not_add_up_is_kept_and_noted() -> None:
    assert usage({**PLAIN, "total_tokens": 99}).total_tokens == 99
    assert rules(chunk(usage={**PLAIN, "total_tokens": 99})) == ["total-mismatch"]


@pytest.mark.parametrize("value", [True, -1, 1.5, "7", [7], {"n": 7}])
def test_what_is_no_count_is_kept_raw_and_not_used(value: Any) -> None:
    found = usage({"prompt_tokens": value, "completion_tokens": 5})

    assert (found.input_tokens, found.output_tokens) == (None, 5)
    assert found.raw == {"prompt_tokens": value, "completion_tokens": 5}


def test_usage_in_x_groq_counts_and_the_rest_of_it_is_kept() -> None:
    found = response(chunk(x_groq={"id": "req_1", "usage": PLAIN}))

    assert found.usage is not None
    assert found.usage.total_tokens == 15
    assert found.extra == {"x_groq": {"id": "req_1"}}


def test_of_one_chunk_never_two_reports_count() -> None:
    found = response(
        chunk(choice(usage={"total_tokens": 1}), usage=PLAIN, x_groq={"usage": {"total_tokens": 2}})
    )

    assert found.usage is not None
    assert found.usage.raw == PLAIN


def test_usage_in_a_choice_counts_and_is_noted_also_on_repeated_chunks() -> None:
    stream = [chunk(choice(usage={"total_tokens": 1})), chunk(choice(usage={"total_tokens": 1}))]

    assert response(*stream).usage == Usage(total_tokens=1, raw={"total_tokens": 1})
    assert rules(*stream) == ["usage-in-choice"] * 2


@given(position=st.integers(0, 4))
def test_the_usage_chunk_may_stand_anywhere_among_the_trailing_chunks(position: int) -> None:
    trailing = [ends(), chunk(moderation={"flagged": False}), chunk(), chunk(cost=1)]
    moved = [*trailing[:position], chunk(usage=PLAIN), *trailing[position:]]

    assert response(says("x"), *moved) == response(says("x"), *trailing, chunk(usage=PLAIN))


def test_usage_in_a_choice_counts_also_when_all_else_is_as_before() -> None:
    found = response(says("a"), says("b"), chunk(choice({"content": "c"}, usage=PLAIN))).usage

    assert found is not None
    assert found.total_tokens == 15


def test_a_response_taken_before_does_not_change_afterwards() -> None:
    running = OPENAI_CHAT.fold(Policies())
    running.add([reports(completion_tokens=1, details={"x": 1})])
    before = running.response().usage
    running.add([reports(completion_tokens=2, details={"x": 2})])

    assert before is not None
    assert before.raw == {"completion_tokens": 1, "details": {"x": 1}}
