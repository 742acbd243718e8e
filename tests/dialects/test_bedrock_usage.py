"""What the counts of a Converse stream mean, and what is odd about them."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE
from stream_audit.model import Policies, Usage
from tests.dialects.bedrock_wire import START, USAGE, ended, fold, notes, reasoning, started, text, told

TURN = [START, ended()]


def usage(*reports: Any) -> Usage | None:
    return fold([*TURN, *(told(report) for report in reports)]).response.usage


def test_the_cache_stands_beside_the_input_and_belongs_to_it() -> None:
    found = usage(
        {
            "inputTokens": 4,
            "outputTokens": 12,
            "totalTokens": 1656,
            "cacheReadInputTokens": 1600,
            "cacheWriteInputTokens": 40,
        }
    )

    assert found is not None
    assert (found.input_tokens, found.output_tokens, found.total_tokens) == (1644, 12, 1656)
    assert (found.cache_read_tokens, found.cache_write_tokens, found.reasoning_tokens) == (1600, 40, None)


def test_either_spelling_of_the_cache_counts_and_both_are_one_number() -> None:
    nova = usage({"inputTokens": 30, "cacheReadInputTokenCount": 7, "cacheWriteInputTokenCount": 2})
    both = usage({"inputTokens": 30, "cacheReadInputTokens": 7, "cacheReadInputTokenCount": 7})

    assert nova is not None
    assert both is not None
    assert (nova.input_tokens, nova.cache_read_tokens, nova.cache_write_tokens) == (39, 7, 2)
    assert (both.input_tokens, both.cache_read_tokens, both.cache_write_tokens) == (37, 7, None)


def test_a_count_that_was_never_sent_is_none_and_no_report_is_no_usage() -> None:
    assert usage({}) == Usage(raw={})
    assert usage({"cacheReadInputTokens": 5}) == Usage(cache_read_tokens=5, raw={"cacheReadInputTokens": 5})
    assert usage(None) is None
    assert ("usage-absent", -1, "usage") in notes([*TURN, told()])


def test_a_later_metadata_with_metrics_alone_erases_nothing() -> None:
    assert usage({"inputTokens": 5, "outputTokens": 2}, None, {}, {"outputTokens": None}) == usage(
        {"inputTokens": 5, "outputTokens": 2}
    )


def test_a_later_report_replaces_an_earlier_one_field_by_field() -> None:
    found = usage({"inputTokens": 5, "outputTokens": 2}, {"outputTokens": 9})

    assert found is not None
    assert (found.input_tokens, found.output_tokens) == (5, 9)


@pytest.mark.parametrize(("zeros", "input_tokens"), [("keep", 5), ("honour", 0)])
def test_what_a_later_zero_does_is_a_policy(zeros: Any, input_tokens: int) -> None:
    found = fold([told({"inputTokens": 5}), told({"inputTokens": 0})], Policies(later_zero=zeros))

    assert found.response.usage is not None
    assert found.response.usage.input_tokens == input_tokens


def test_the_gateways_metrics_are_kept_and_never_counted() -> None:
    metrics = {"inputTokenCount": 30, "outputTokenCount": 55}
    chunk = {**told({"inputTokens": 30, "outputTokens": 55}), "amazon-bedrock-invocationMetrics": metrics}
    found = fold([*TURN, chunk, {"amazon-bedrock-invocationMetrics": metrics, **ended()}]).response

    assert found.usage is not None
    assert (found.usage.input_tokens, found.usage.output_tokens) == (30, 55)
    assert found.extra["amazon-bedrock-invocationMetrics"] == metrics


@pytest.mark.parametrize(
    ("report", "rules"),
    [
        ({"inputTokens": 4, "outputTokens": 12, "totalTokens": 16}, []),
        ({"inputTokens": 4, "outputTokens": 12, "totalTokens": 116, "cacheReadInputTokens": 100}, []),
        ({"inputTokens": 4, "outputTokens": 12, "cacheReadInputTokens": 100}, []),
        (
            {"inputTokens": 104, "outputTokens": 12, "totalTokens": 116, "cacheReadInputTokens": 100},
            [("cached-ambiguous", "usage.input_tokens")],
        ),
        (
            {"inputTokens": 4, "outputTokens": 12, "totalTokens": 17},
            [("total-mismatch", "usage.total_tokens")],
        ),
        (
            {
                "inputTokens": 4,
                "cacheWriteInputTokens": 900,
                "cacheDetails": [{"ttl": "1h", "inputTokens": 900}, {"ttl": "5m", "inputTokens": 1}, 5],
            },
            [("cache-ttl-contradiction", "usage.cache_write_tokens")],
        ),
        (
            {
                "inputTokens": 4,
                "cacheWriteInputTokens": 900,
                "cacheDetails": [{"ttl": "1h", "inputTokens": 900}, {"ttl": "5m"}],
            },
            [],
        ),
        ({"inputTokens": 4, "cacheDetails": [{"ttl": "1h", "inputTokens": 900}]}, []),
    ],
)
def test_numbers_that_contradict_each_other_are_noted_and_stay(
    report: dict[str, Any], rules: list[tuple[str, str]]
) -> None:
    stream = [*TURN, told(report)]
    found = fold(stream).response.usage

    assert [(rule, field) for rule, _, field in notes(stream)] == rules
    assert found is not None
    assert found.raw == report


def test_usage_and_texts_are_sighted_where_they_stand() -> None:
    metrics = {"inputTokenCount": 30}
    stream = [
        text(0, "Hello"),
        reasoning(1, text="Hm"),
        started(2, text="ab"),
        {**USAGE, "amazon-bedrock-invocationMetrics": metrics},
    ]
    seen = [one for found in BEDROCK_CONVERSE.sightings(stream) for one in found]

    assert [(one.index, one.path, one.value, one.kind) for one in seen] == [
        (0, "contentBlockDelta.delta.text", 5, "counted"),
        (1, "contentBlockDelta.delta.reasoningContent.text", 2, "counted"),
        (2, "contentBlockStart.start.text", 2, "counted"),
        (3, "metadata.usage.inputTokens", 10, "reported"),
        (3, "metadata.usage.outputTokens", 2, "reported"),
        (3, "metadata.usage.totalTokens", 12, "reported"),
        (3, "amazon-bedrock-invocationMetrics.inputTokenCount", 30, "reported"),
    ]
    assert [bool(one.unread) for one in seen] == [*[False] * 6, True]
