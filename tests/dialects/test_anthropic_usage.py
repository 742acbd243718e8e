from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.anthropic.messages import ANTHROPIC_MESSAGES
from stream_audit.model import Policies, Usage
from tests.dialects.anthropic_wire import STOP, ended, fold, rules, start

BOTH = {"cache_read_input_tokens": 40, "cache_creation_input_tokens": 5}


def usage(*reports: Any, policies: Policies | None = None) -> Usage:
    """Fold the first report as the start's and the others as those of message deltas."""
    events = [start(usage=reports[0]), *(ended(usage=report) for report in reports[1:]), STOP]
    found = fold(events, policies or Policies()).response.usage
    assert found is not None
    return found


def test_a_delta_replaces_the_output_of_the_start_and_is_never_added() -> None:
    assert usage({"input_tokens": 10, "output_tokens": 5}, {"output_tokens": 8}).output_tokens == 8


def test_the_last_of_several_deltas_counts() -> None:
    found = usage({"input_tokens": 10, "output_tokens": 1}, {"output_tokens": 7}, {"output_tokens": 9})
    assert (found.input_tokens, found.output_tokens) == (10, 9)


def test_input_comes_from_the_start_when_no_delta_has_any() -> None:
    assert usage({"input_tokens": 10}, {"output_tokens": 3}).input_tokens == 10


def test_the_cache_is_part_of_the_input_and_counted_once() -> None:
    found = usage(
        {"input_tokens": 10, **BOTH, "output_tokens": 1}, {"input_tokens": 10, **BOTH, "output_tokens": 6}
    )
    assert (found.input_tokens, found.cache_read_tokens, found.cache_write_tokens) == (55, 40, 5)
    assert found.total_tokens is None


def test_input_in_a_delta_is_adopted_unless_the_policy_ignores_it() -> None:
    reports = (
        {"input_tokens": 10, **BOTH},
        {"input_tokens": 70, "cache_read_input_tokens": 90, "output_tokens": 3},
    )
    assert usage(*reports).input_tokens == 165
    ignoring = usage(*reports, policies=Policies(message_delta_input="ignore"))
    assert (ignoring.input_tokens, ignoring.output_tokens) == (55, 3)


@pytest.mark.parametrize(("policy", "read"), [("keep", 40), ("honour", 0)])
def test_a_later_zero_erases_only_when_the_policy_honours_it(policy: Any, read: int) -> None:
    reports = {"input_tokens": 10, **BOTH}, {"cache_read_input_tokens": 0}
    assert usage(*reports, policies=Policies(later_zero=policy)).cache_read_tokens == read


@pytest.mark.parametrize("policy", ["keep", "honour"])
def test_the_final_output_replaces_the_one_before_also_by_zero(policy: Any) -> None:
    reports = {"input_tokens": 10, "output_tokens": 4}, {"output_tokens": 0}
    found = usage(*reports, policies=Policies(later_zero=policy))
    assert (found.input_tokens, found.output_tokens) == (10, 0)


def test_the_zeros_of_a_gateway_that_knows_no_input_erase_nothing_else() -> None:
    filler = dict.fromkeys(("input_tokens", *BOTH), 0)
    found = usage({"input_tokens": 10, **BOTH}, {**filler, "output_tokens": 3})
    assert (found.input_tokens, found.cache_read_tokens, found.cache_write_tokens) == (55, 40, 5)


def test_a_delta_that_restates_the_input_restates_its_zeros() -> None:
    tiers = {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 0}
    found = usage(
        {"input_tokens": 10, **BOTH, "cache_creation": tiers},
        {
            "input_tokens": 18,
            **dict.fromkeys(BOTH, 0),
            "cache_creation": dict.fromkeys(tiers, 0),
            "output_tokens": 3,
        },
    )
    assert (found.input_tokens, found.cache_read_tokens, found.cache_write_tokens) == (18, 0, 0)
    assert found.raw is not None
    assert found.raw["cache_creation"] == dict.fromkeys(tiers, 0)


def test_a_policy_that_ignores_the_input_of_a_delta_takes_it_for_no_restatement() -> None:
    details = {"output_tokens_details": {"thinking_tokens": 7}}
    later = {"input_tokens": 18, "output_tokens": 0, "output_tokens_details": {"thinking_tokens": 0}}
    reports = {"input_tokens": 10, **BOTH, **details}, later
    assert usage(*reports).reasoning_tokens == 0
    found = usage(*reports, policies=Policies(message_delta_input="ignore"))
    assert (found.input_tokens, found.output_tokens, found.reasoning_tokens) == (55, 0, 7)


def test_only_a_message_delta_has_the_last_word_on_the_output() -> None:
    events = [start(), ended(usage={"output_tokens": 4}), {**STOP, "usage": {"output_tokens": 0}}]
    found = fold(events).response.usage
    assert found is not None
    assert found.output_tokens == 4


def test_an_empty_report_is_a_report() -> None:
    assert fold([start(usage={}), ended(), STOP]).response.usage == Usage(raw={})


def test_null_never_erases_a_count() -> None:
    found = usage(
        {"input_tokens": 10, **BOTH, "output_tokens": 4}, dict.fromkeys(("input_tokens", "output_tokens"))
    )
    assert (found.input_tokens, found.output_tokens) == (55, 4)


def test_a_cache_without_input_tokens_is_no_input() -> None:
    assert usage(BOTH).input_tokens is None
    assert usage(BOTH).cache_read_tokens == 40


def test_thinking_tokens_are_inside_the_output() -> None:
    found = usage(
        {"output_tokens": 1}, {"output_tokens": 50, "output_tokens_details": {"thinking_tokens": 20}}
    )
    assert (found.output_tokens, found.reasoning_tokens) == (50, 20)


def test_iterations_and_server_tools_stay_in_the_raw_usage_and_add_nothing() -> None:
    more = {
        "output_tokens": 9,
        "iterations": [{"input_tokens": 10, "output_tokens": 4}, {"input_tokens": 3, "output_tokens": 5}],
        "server_tool_use": {"web_search_requests": 2},
    }
    found = usage({"input_tokens": 10, "service_tier": "standard"}, more)
    assert (found.input_tokens, found.output_tokens) == (10, 9)
    assert found.raw == {"input_tokens": 10, "service_tier": "standard", **more}


def test_sub_objects_are_folded_key_by_key() -> None:
    found = usage(
        {"cache_creation": {"ephemeral_5m_input_tokens": 3}},
        {"cache_creation": {"ephemeral_1h_input_tokens": 4}},
    )
    assert found.raw == {"cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4}}


def test_cache_writes_by_lifetime_that_exceed_the_whole_are_noted() -> None:
    tiers = {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 2}
    report = {"input_tokens": 1, "cache_creation_input_tokens": 5, "cache_creation": tiers}
    assert rules(fold([start(usage=report), ended(), STOP])) == ["cache-ttl-contradiction"]
    report["cache_creation_input_tokens"] = 6
    assert rules(fold([start(usage=report), ended(), STOP])) == []


@pytest.mark.parametrize("value", [True, -1, 1.5, "12", [], {}])
def test_what_is_no_count_is_kept_raw_and_not_used(value: Any) -> None:
    found = usage({"input_tokens": value, "output_tokens": 2})
    assert (found.input_tokens, found.output_tokens) == (None, 2)
    assert found.raw == {"input_tokens": value, "output_tokens": 2}


def test_no_usage_at_all_is_unknown_and_not_zero() -> None:
    assert fold([start(usage=None), ended(), STOP]).response.usage is None


def test_a_snapshot_of_the_usage_does_not_move_with_the_fold() -> None:
    folding = ANTHROPIC_MESSAGES.fold(Policies())
    folding.add([start(usage={"cache_creation": {"ephemeral_5m_input_tokens": 3}})])
    before = folding.response().usage
    folding.add([ended(usage={"cache_creation": {"ephemeral_5m_input_tokens": 9}})])
    assert before is not None
    assert before.raw == {"cache_creation": {"ephemeral_5m_input_tokens": 3}}
