from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.model import Policies, Usage
from tests.dialects.gemini_wire import LABELS, STOP, chunk, fold, rules, text, usage, used

ALL = {
    "promptTokenCount": 100,
    "toolUsePromptTokenCount": 30,
    "candidatesTokenCount": 20,
    "thoughtsTokenCount": 7,
    "cachedContentTokenCount": 60,
    "totalTokenCount": 157,
}


def test_tool_results_are_input_and_thoughts_are_output() -> None:
    assert usage(ALL) == Usage(
        input_tokens=130,
        output_tokens=27,
        total_tokens=157,
        cache_read_tokens=60,
        reasoning_tokens=7,
        raw=ALL,
    )


def test_thoughts_alone_are_the_output_of_an_answer_that_never_began() -> None:
    found = usage({"promptTokenCount": 5, "thoughtsTokenCount": 90})
    assert (found.output_tokens, found.reasoning_tokens) == (90, 90)


def test_tool_results_without_a_prompt_are_no_input() -> None:
    assert usage({"toolUsePromptTokenCount": 5}).input_tokens is None


def test_a_report_of_the_prompt_alone_leaves_the_output_unknown() -> None:
    assert usage({"promptTokenCount": 5, "totalTokenCount": 5}).output_tokens is None


def test_every_report_is_a_running_total_and_nothing_is_added() -> None:
    found = usage(*({"promptTokenCount": 10, "candidatesTokenCount": n} for n in (1, 5, 9)))
    assert (found.input_tokens, found.output_tokens) == (10, 9)


def test_a_count_may_fall() -> None:
    found = usage({"promptTokenCount": 169}, {"promptTokenCount": 79, "candidatesTokenCount": 12})
    assert (found.input_tokens, found.output_tokens) == (79, 12)


def test_a_count_that_vanishes_stays() -> None:
    found = usage({"promptTokenCount": 10, "thoughtsTokenCount": 4}, {"promptTokenCount": 11})
    assert (found.input_tokens, found.reasoning_tokens) == (11, 4)


@pytest.mark.parametrize(("policy", "expected"), [("keep", 4), ("honour", 0)])
def test_a_later_zero_erases_only_when_the_policy_honours_it(policy: Any, expected: int) -> None:
    reports = [{"candidatesTokenCount": 3}, {"candidatesTokenCount": 4}, {"candidatesTokenCount": 0}]
    assert usage(*reports, policies=Policies(later_zero=policy)).output_tokens == expected


def test_a_report_without_counts_is_a_report() -> None:
    assert usage({"trafficType": "ON_DEMAND"}) == Usage(raw={"trafficType": "ON_DEMAND"})
    assert usage({}) == Usage(raw={})


def test_modalities_are_kept_and_not_read() -> None:
    details = [{"modality": "TEXT", "tokenCount": 12}]
    found = usage({"promptTokenCount": 10, "promptTokensDetails": details})
    assert (found.input_tokens, found.raw) == (10, {"promptTokenCount": 10, "promptTokensDetails": details})


@pytest.mark.parametrize("value", [True, -1, 1.5, "12", [], {}])
def test_what_is_no_count_is_kept_raw_and_not_used(value: Any) -> None:
    found = usage({"promptTokenCount": value, "candidatesTokenCount": 2})
    assert (found.input_tokens, found.output_tokens) == (None, 2)
    assert found.raw == {"promptTokenCount": value, "candidatesTokenCount": 2}


def test_growing_usage_is_noted_once() -> None:
    folded = fold([used(promptTokenCount=n) for n in (5, 5, 6, 7)])
    (note,) = [note for note in folded.notes if note.rule == "usage-gemini-cumulative-summed"]
    assert (note.index, note.detail) == (2, "promptTokenCount 5, then 6: a running total")


def test_usage_that_repeats_or_falls_is_not_noted() -> None:
    folded = fold([used(promptTokenCount=n) for n in (5, 5, 4)])
    assert "usage-gemini-cumulative-summed" not in rules(folded)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"totalTokenCount": 127}, "it leaves out toolUsePromptTokenCount"),
        ({"totalTokenCount": 150}, "it leaves out thoughtsTokenCount"),
        ({"totalTokenCount": 217}, "it adds cachedContentTokenCount"),
        ({"totalTokenCount": 160}, "3 too many"),
        ({"totalTokenCount": 155}, "2 too few"),
    ],
)
def test_a_total_that_is_not_the_sum_of_its_parts_is_noted_with_the_part(change: Any, detail: str) -> None:
    folded = fold([used(**{**ALL, **change})])
    (note,) = [note for note in folded.notes if note.rule == "total-mismatch"]
    assert note.detail.endswith(detail)
    assert folded.response.usage is not None
    assert folded.response.usage.total_tokens == change["totalTokenCount"]


@pytest.mark.parametrize(
    "report",
    [ALL, {"totalTokenCount": 9}, {"promptTokenCount": 9, "totalTokenCount": 9}, {"promptTokenCount": 3}],
)
def test_a_total_that_fits_or_cannot_be_checked_is_not_noted(report: Any) -> None:
    assert "total-mismatch" not in rules(fold([used(**report)]))


def test_no_usage_at_all_is_unknown_and_noted() -> None:
    folded = fold([chunk(text("a")), STOP])
    assert folded.response.usage is None
    assert "usage-absent" in [note.rule for note in folded.notes]


def test_a_snapshot_of_the_usage_does_not_move_with_the_fold() -> None:
    folding = GEMINI.fold(Policies())
    folding.add([used(promptTokenCount=3)])
    before = folding.response().usage
    folding.add([used(promptTokenCount=9)])
    assert before == Usage(input_tokens=3, raw={"promptTokenCount": 3})


def test_usage_is_sighted_where_it_stands_in_any_spelling_and_wrap() -> None:
    items: list[Any] = [
        {"usageMetadata": {"promptTokenCount": 3, "promptTokensDetails": [{"tokenCount": 3}]}, **LABELS},
        {"usage_metadata": {"prompt_token_count": 4}, **LABELS},
        {"response": {"usageMetadata": {"promptTokenCount": 5}, **LABELS}},
    ]
    found = [
        [(one.path, one.value, bool(one.unread)) for one in seen if one.kind != "beside"]
        for seen in GEMINI.sightings(items)
    ]
    assert found == [
        [
            ("usageMetadata.promptTokenCount", 3, False),
            ("usageMetadata.promptTokensDetails[0].tokenCount", 3, True),
        ],
        [("usage_metadata.promptTokenCount", 4, False)],
        [("response.usageMetadata.promptTokenCount", 5, False)],
    ]


def test_texts_are_sighted_as_what_they_count_in() -> None:
    items = [chunk({"text": "ab"}, {"text": "cde", "thought": True}, {"text": ""})]
    (found,) = GEMINI.sightings(items)
    assert [(one.path, one.key, one.value) for one in found] == [
        ("candidates[0].content.parts[0].text", ("candidatesTokenCount",), 2),
        ("candidates[0].content.parts[1].text", ("thoughtsTokenCount",), 3),
    ]
