from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.candidates.answers.usage import read_usage
from stream_audit.model import FIELDS, Usage


def counts(value: Any) -> tuple[dict[str, int], set[str]]:
    """The counts that are there, and the claims without their prefix."""
    claims: set[str] = set()
    usage = read_usage(value, claims)
    assert usage is not None
    names = [field.removeprefix("usage.") for field in FIELDS if field.startswith("usage.")]
    present = {name: getattr(usage, name) for name in names if getattr(usage, name) is not None}
    return present, {claim.removeprefix("usage.") for claim in claims}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13},
            {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13},
        ),
        (
            {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 2}},
            {"input_tokens": 9, "cache_read_tokens": 5, "cache_write_tokens": 2},
        ),
        (
            {"completion_tokens": 4, "completion_tokens_details": {"reasoning_tokens": 3}},
            {"output_tokens": 4, "reasoning_tokens": 3},
        ),
        (
            {"inputTokens": 9, "outputTokens": 4, "cachedInputTokens": 5, "reasoningTokens": 3},
            {"input_tokens": 9, "output_tokens": 4, "cache_read_tokens": 5, "reasoning_tokens": 3},
        ),
        (
            {
                "inputTokens": 9,
                "inputTokenDetails": {"cacheReadTokens": 5, "cacheWriteTokens": 2},
                "outputTokenDetails": {"reasoningTokens": 3},
                "cachedInputTokens": 4,
            },
            {"input_tokens": 9, "cache_read_tokens": 5, "cache_write_tokens": 2, "reasoning_tokens": 3},
        ),
        (
            {"inputTokens": 9, "outputTokens": 4, "totalTokens": 20, "cacheReadInputTokens": 5},
            {"input_tokens": 14, "output_tokens": 4, "total_tokens": 20, "cache_read_tokens": 5},
        ),
        (
            {"inputTokens": 9, "cacheReadInputTokenCount": 5, "cacheWriteInputTokenCount": 2},
            {"input_tokens": 16, "cache_read_tokens": 5, "cache_write_tokens": 2},
        ),
        ({"prompt_tokens": 9, "prompt_cache_hit_tokens": 5}, {"input_tokens": 9, "cache_read_tokens": 5}),
        (
            {
                "billed_units": {"input_tokens": 2, "output_tokens": 1},
                "tokens": {"input_tokens": 9, "output_tokens": 4},
                "cached_tokens": 5,
            },
            {"input_tokens": 9, "output_tokens": 4, "cache_read_tokens": 5},
        ),
        (
            {"prompt_eval_count": 9, "prompt_eval_cached_count": 5, "eval_count": 4, "eval_duration": 70},
            {"input_tokens": 9, "output_tokens": 4, "cache_read_tokens": 5},
        ),
        ({"eval_count": 4}, {"output_tokens": 4}),
        (
            {"input_tokens": 9, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 2},
            {"input_tokens": 16, "cache_read_tokens": 5, "cache_write_tokens": 2},
        ),
        (
            {"input_tokens": 9, "output_tokens": 4, "output_tokens_details": {"thinking_tokens": 3}},
            {"input_tokens": 9, "output_tokens": 4, "reasoning_tokens": 3},
        ),
        (
            {"input_tokens": 9, "cached_input_tokens": 5, "output_tokens": 4, "total_tokens": 13},
            {"input_tokens": 9, "cache_read_tokens": 5, "output_tokens": 4, "total_tokens": 13},
        ),
        (
            {"input_tokens": 9, "cache_write_input_tokens": 2, "reasoning_output_tokens": 3},
            {"input_tokens": 9, "cache_write_tokens": 2, "reasoning_tokens": 3},
        ),
        (
            {"input_tokens": 9, "cache_read_tokens": 5, "cache_write_tokens": 2},
            {"input_tokens": 9, "cache_read_tokens": 5, "cache_write_tokens": 2},
        ),
        (
            {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 5}, "total_tokens": 9},
            {"input_tokens": 9, "cache_read_tokens": 5, "total_tokens": 9},
        ),
        ({"prompt_tokens": 9, "completion_tokens": True, "total_tokens": "12"}, {"input_tokens": 9}),
        (
            {"prompt_tokens": 9, "prompt_tokens_details": {"cache_creation_tokens": 2}},
            {"input_tokens": 9, "cache_write_tokens": 2},
        ),
        (
            {
                "input_tokens": 9,
                "input_token_details": {"cache_read": 5, "cache_creation": 2},
                "output_token_details": {"reasoning": 3},
            },
            {"input_tokens": 9, "cache_read_tokens": 5, "cache_write_tokens": 2, "reasoning_tokens": 3},
        ),
        (
            {"input_token_details": {"priority": 4, "priority_cache_read": 5, "priority_cache_creation": 2}},
            {"cache_read_tokens": 5, "cache_write_tokens": 2},
        ),
        (
            {"output_token_details": {"flex_reasoning": 3}},
            {"reasoning_tokens": 3},
        ),
        (
            {
                "input_token_details": {
                    "cache_creation": 0,
                    "ephemeral_5m_input_tokens": 2,
                    "ephemeral_1h_input_tokens": 4,
                }
            },
            {"cache_write_tokens": 6},
        ),
        (
            {"input_tokens": 9, "output_tokens": 4, "output_reasoning_tokens": 3},
            {"input_tokens": 9, "output_tokens": 4, "reasoning_tokens": 3},
        ),
        (
            {"output_tokens": 4, "details": {"reasoning_tokens": 3}},
            {"output_tokens": 4, "reasoning_tokens": 3},
        ),
        (
            {
                "promptTokenCount": 9,
                "toolUsePromptTokenCount": 20,
                "candidatesTokenCount": 4,
                "thoughtsTokenCount": 3,
                "cachedContentTokenCount": 5,
                "totalTokenCount": 36,
            },
            {
                "input_tokens": 29,
                "output_tokens": 7,
                "reasoning_tokens": 3,
                "cache_read_tokens": 5,
                "total_tokens": 36,
            },
        ),
        (
            {"prompt_token_count": 9, "thoughts_token_count": 3, "candidates_token_count": None},
            {"input_tokens": 9, "output_tokens": 3, "reasoning_tokens": 3},
        ),
    ],
)
def test_each_familys_names_become_neutral_counts(value: dict[str, Any], expected: dict[str, int]) -> None:
    assert counts(value)[0] == expected


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 354, "reasoning": 340}, 342),
        ({"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 14, "reasoning": 340}, 2),
        ({"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 99, "reasoning": 340}, 2),
        ({"prompt_tokens": 12, "completion_tokens": 2, "reasoning": 340}, 342),
        ({"completion_tokens": 2, "total_tokens": 14, "reasoning": 340}, 342),
        ({"prompt_tokens": 12, "completion_tokens": 50, "total_tokens": 92, "reasoning": 30}, 80),
        ({"prompt_tokens": 12, "completion_tokens": 50, "total_tokens": 62, "reasoning": 30}, 50),
        ({"prompt_tokens": 12, "completion_tokens": 50, "reasoning": 50}, 50),
        ({"prompt_tokens": 12, "completion_tokens": 50, "total_tokens": 62, "reasoning": 0}, 50),
    ],
)
def test_reasoning_beside_the_completion_is_taken_into_the_output(
    usage: dict[str, int], expected: int
) -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": usage.pop("reasoning")}}

    assert counts(usage | details)[0]["output_tokens"] == expected


@pytest.mark.parametrize(("cached", "expected"), [(5, 9), (9, 9), (30, 39)])
def test_a_cache_larger_than_the_prompt_was_counted_beside_it(cached: int, expected: int) -> None:
    value = {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": cached}}

    assert counts(value)[0]["input_tokens"] == expected


def test_a_count_is_claimed_when_its_place_is_there_and_not_otherwise() -> None:
    assert counts({"prompt_tokens": None})[1] == {"input_tokens"}
    assert counts({"prompt_tokens_details": None})[1] == {"cache_read_tokens", "cache_write_tokens"}
    assert counts({"prompt_tokens_details": {"audio_tokens": 1}})[1] == set()
    assert counts({"input_tokens": 1, "cache_read_input_tokens": None})[1] == {
        "input_tokens",
        "cache_read_tokens",
    }


def test_no_usage_claims_that_there_was_none() -> None:
    claims: set[str] = set()

    assert read_usage(None, claims) is None
    assert claims == {field for field in FIELDS if field.startswith("usage.")}


def test_the_providers_own_object_is_kept_beside_the_counts() -> None:
    value = {"prompt_tokens": 9, "cost": 0.5}

    assert read_usage(value, set()) == Usage(input_tokens=9, raw=value)
    assert read_usage({"input_tokens": 9, "raw": value}, set()) == Usage(input_tokens=9, raw=value)
    assert read_usage({"input_tokens": 9, "raw": None}, set()) == Usage(input_tokens=9)


@given(
    st.dictionaries(
        st.sampled_from(["prompt_tokens", "input_tokens", "cached_tokens", "total_tokens"]), st.floats()
    )
)
def test_only_whole_numbers_are_counts(value: dict[str, float]) -> None:
    found, _ = counts(value)

    assert all(isinstance(count, int) for count in found.values())
