"""How a response ends, what it counts, what fails, and what is known of it besides its items."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import Payload, Policies, Usage
from tests.dialects.responses_wire import (
    KEEPALIVE,
    USAGE,
    answer,
    completed,
    fold,
    numbered,
    opened,
    rules,
    shot,
    spoken,
    text,
)

FAILED: Payload = {"type": "error", "code": "server_error", "message": "No", "param": None}


def finish(*events: Payload) -> str | None:
    return fold(events).response.choices[0].finish_reason


def usage(*events: Payload) -> Usage | None:
    return fold(events).response.usage


# ---------------------------------------------------------------- the end


@pytest.mark.parametrize(
    ("closing", "word"),
    [
        (shot("completed", status="completed"), "completed"),
        (shot("completed"), "completed"),
        (
            shot("incomplete", status="incomplete", incomplete_details={"reason": "content_filter"}),
            "content_filter",
        ),
        (shot("incomplete", status="incomplete", incomplete_details=None), "incomplete"),
        (shot("incomplete", status=None, incomplete_details={"reason": ""}), "incomplete"),
        (shot("failed", status="failed", error={"code": "x"}), "failed"),
        (shot("completed", status="incomplete"), "incomplete"),
        (shot("failed", status="cancelled"), "cancelled"),
        ({"type": "response.completed", "response": None}, "completed"),
        ({"type": "response.completed"}, "completed"),
        (shot("completed", status=7, incomplete_details="odd"), "completed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_reason_is_the_providers_own_word(closing: Payload, word: str) -> None:
    assert finish(shot(status="in_progress"), closing) == word


def test_without_a_closing_event_there_is_no_reason_and_the_answer_is_not_whole() -> None:
    folded = fold([shot(status="in_progress"), *spoken("a"), shot("in_progress", usage=USAGE)])
    assert folded.response.choices[0].finish_reason is None
    assert not folded.complete
    assert [note.rule for note in folded.notes] == ["finish-missing", "truncation-undetected"]


def test_completed_and_incomplete_are_whole_and_a_failure_is_not() -> None:
    assert fold(answer()).complete
    assert fold([shot(), shot("incomplete")]).complete
    assert not fold([shot(), shot("failed")]).complete
    assert not fold([shot(), FAILED, completed()]).complete
    assert not fold([shot(), completed(error={"message": "No"})]).complete
    assert "truncation-undetected" in rules([shot(), shot("failed")])


def test_a_second_end_with_another_word_is_noted_and_the_first_counts() -> None:
    events = [shot(), completed(), shot("incomplete", incomplete_details={"reason": "max_output_tokens"})]
    assert finish(*events) == "completed"
    assert rules(events) == ["events-out-of-order", "finish-emitted-twice"]
    assert rules([shot(), completed(), completed()]) == ["events-out-of-order"]


def test_what_comes_behind_the_end_is_folded_and_noted_but_for_signs_of_life() -> None:
    late = [*answer(*spoken("a")), text("b"), KEEPALIVE]
    assert fold(late).response.choices[0].message.content == "ab"
    assert rules(late) == ["events-out-of-order"]
    assert fold(late).complete


def test_events_without_numbers_behind_the_end_are_noted_each() -> None:
    late = [*answer(*spoken("a")), text("b"), text("c"), text("d")]
    assert fold(late).response.choices[0].message.content == "abcd"
    assert rules(late) == ["events-out-of-order"] * 3


# ---------------------------------------------------------------- usage


def test_the_counts_of_the_closing_event_are_read() -> None:
    details = {"input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1}}
    report = {**USAGE, **details, "output_tokens_details": {"reasoning_tokens": 3}, "cost": 0.5}
    found = usage(shot(usage=None), completed(usage=report))
    assert found == Usage(
        input_tokens=10,
        output_tokens=5,
        total_tokens=15,
        cache_read_tokens=4,
        cache_write_tokens=1,
        reasoning_tokens=3,
        raw=report,
    )
    assert OPENAI_RESPONSES.usage(report) == found


def test_a_count_that_was_never_sent_is_none_and_no_total_is_made() -> None:
    found = usage(shot(), completed(usage={"input_tokens": 0}))
    assert found is not None
    assert (found.input_tokens, found.output_tokens, found.total_tokens) == (0, None, None)
    assert usage(shot(), shot("completed", usage=None)) is None
    assert "usage-absent" in rules([shot(), shot("completed")])


def test_reports_on_the_way_are_running_totals_and_never_added() -> None:
    early = shot("in_progress", usage={"input_tokens": 10, "output_tokens": 2})
    found = usage(shot(), early, {**text("a"), "usage": {"output_tokens": 3}}, completed())
    assert found is not None
    assert (found.input_tokens, found.output_tokens) == (10, 5)


def test_usage_of_any_event_counts_behind_that_of_its_snapshot() -> None:
    both = {**completed(usage={"output_tokens": 5}), "usage": {"output_tokens": 6}}
    for events in ([shot(), both], [shot(), {"type": "response.novelty", "usage": {"output_tokens": 6}}]):
        found = usage(*events)
        assert found is not None
        assert found.output_tokens == 6


@pytest.mark.parametrize("odd", [7, "12", [1], True])
def test_a_usage_that_is_no_object_is_kept_and_noted(odd: Any) -> None:
    folded = fold([shot(), shot("completed", usage=odd)])
    assert (folded.response.usage, folded.response.extra) == (None, {"usage": odd})
    assert "unknown-event" in [note.rule for note in folded.notes]


@pytest.mark.parametrize(
    ("report", "rule"),
    [
        ({"input_tokens": 3, "input_tokens_details": {"cached_tokens": 4}}, "cached-ambiguous"),
        (
            {"output_tokens": 3, "output_tokens_details": {"reasoning_tokens": 4}},
            "reasoning-exceeds-completion",
        ),
        ({"input_tokens": 3, "output_tokens": 4, "total_tokens": 8}, "total-mismatch"),
        ({"input_tokens": 3, "input_tokens_details": {"cached_tokens": 3}}, None),
        ({"input_tokens": 3, "total_tokens": 8}, None),
        ({"input_tokens_details": "odd", "output_tokens_details": {}}, None),
    ],
    ids=str,
)
def test_counts_that_cannot_be_are_taken_as_sent_and_noted(report: dict[str, Any], rule: str | None) -> None:
    folded = fold([shot(), shot("completed", usage=report)])
    assert [note.rule for note in folded.notes] == ([] if rule is None else [rule])
    assert folded.response.usage is not None
    assert folded.response.usage.raw == report


def test_what_tools_used_is_no_usage_of_the_response() -> None:
    folded = fold([shot(), completed(tool_usage={"image_gen": {"input_tokens": 50}})])
    assert folded.response.usage is not None
    assert folded.response.usage.input_tokens == 10
    assert folded.response.extra == {"tool_usage": {"image_gen": {"input_tokens": 50}}}


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("event", "error", "extra"),
    [
        (FAILED, {"code": "server_error", "message": "No", "param": None}, {}),
        ({"type": "error", "error": {"code": "x"}, "status": 500}, {"code": "x"}, {"status": 500}),
        ({"type": "error", "error": "No"}, {"message": "No"}, {}),
        ({"type": "error"}, {}, {}),
        ({"type": "error", "error": None, "message": "No"}, {"message": "No"}, {}),
        (shot("failed", error={"code": "x"}), {"code": "x"}, {}),
        ({**text("a"), "error": {"code": "x"}}, {"code": "x"}, {}),
        ({"type": "response.novelty", "error": "No"}, {"message": "No"}, {"type": "response.novelty"}),
    ],
    ids=lambda value: str(value.get("type", "")) if isinstance(value, dict) else "",
)
def test_an_error_counts_whatever_has_it(event: Payload, error: Payload, extra: Payload) -> None:
    folded = fold([shot(), event])
    assert folded.response.error == error
    assert folded.response.extra == extra
    assert "error-event-ignored" in [note.rule for note in folded.notes]


def test_the_first_of_several_errors_counts_and_each_is_noted() -> None:
    events = [shot(), FAILED, shot("failed", error={"code": "other"})]
    error = fold(events).response.error
    assert error is not None
    assert error["code"] == "server_error"
    assert rules(events).count("error-event-ignored") == 2


@pytest.mark.parametrize("odd", [7, ["No"], True])
def test_an_error_that_is_neither_text_nor_object_is_kept_and_noted(odd: Any) -> None:
    folded = fold([shot(), completed(error=odd)])
    assert (folded.response.error, folded.response.extra) == (None, {"error": odd})
    assert [note.rule for note in folded.notes] == ["unknown-event"]


# ---------------------------------------------------------------- names and everything else


def test_names_are_the_first_present_of_all_snapshots_and_a_change_is_noted() -> None:
    events = [
        shot(id=None, model=""),
        shot("in_progress", created_at=7),
        completed(id="resp_2", model="other", created_at=8),
    ]
    folded = fold(events)
    response = folded.response
    assert (response.id, response.model, response.created) == ("resp_1", "gpt-5", 7)
    assert [note.rule for note in folded.notes] == ["id-changes", "model-changes", "created-changes"]
    last = fold(events, Policies(identity="last")).response
    assert (last.id, last.model, last.created) == ("resp_2", "other", 8)


@pytest.mark.parametrize("odd", [True, "7", 7.5, [7]])
def test_a_time_that_is_no_whole_number_is_kept(odd: Any) -> None:
    folded = fold([shot(created_at=odd), completed(created_at=7.0)])
    assert (folded.response.created, folded.response.extra) == (7, {"created_at": odd})


def test_the_tier_that_served_is_the_last_one_said() -> None:
    events = [
        shot(service_tier="auto"),
        shot("in_progress", service_tier="default"),
        completed(service_tier=None),
    ]
    assert fold(events).response.service_tier == "default"
    assert fold([shot(service_tier=5), completed()]).response.extra == {"service_tier": 5}


def test_all_else_that_a_response_has_is_kept_as_it_was_last() -> None:
    begun = shot(object="response", status="queued", metadata={"a": 1}, tools=[], temperature=1.0)
    folded = fold([begun, completed(metadata={"a": 2}, tools=None, obfuscation="q")])
    assert folded.response.extra == {"metadata": {"a": 2}, "tools": [], "temperature": 1.0}
    assert folded.notes == ()


def test_unknown_keys_of_known_events_are_kept_without_a_note() -> None:
    folded = fold(answer(*opened(), text("a", vendor=1), text("b", vendor=2), text("c", obfuscation="q")))
    assert str(folded.response.extra["vendor"]) != "1"
    assert "unknown-event" not in [note.rule for note in folded.notes]


def test_an_unknown_event_is_kept_whole_and_noted_unless_it_says_what_is_known() -> None:
    novel = {"type": "response.novelty", "mood": "calm"}
    folded = fold(answer(novel))
    assert folded.response.extra == novel
    assert [note.rule for note in folded.notes] == ["unknown-event"]
    assert rules([shot(), {**novel, "usage": {"input_tokens": 3}}, completed()]) == []
    assert fold(answer({"type": 7, "sequence_number": None})).response.extra == {"type": 7}


PROGRESS = [
    *(f"code_interpreter_call.{word}" for word in ("in_progress", "interpreting", "completed")),
    *(f"file_search_call.{word}" for word in ("in_progress", "searching", "completed")),
    *(f"web_search_call.{word}" for word in ("in_progress", "searching", "completed")),
    *(f"image_generation_call.{word}" for word in ("in_progress", "generating", "completed")),
    *(f"mcp_call.{word}" for word in ("in_progress", "completed", "failed")),
    *(f"mcp_list_tools.{word}" for word in ("in_progress", "completed", "failed")),
    *("compaction.compacting", "audio.done", "audio.transcript.done"),
]


def test_signs_of_progress_and_previews_say_nothing() -> None:
    place = {"output_index": 0, "item_id": "ws_0"}
    preview = {**place, "partial_image_index": 0, "partial_image_b64": "aGk=", "size": "1024x1024"}
    signs = [{"type": f"response.{kind}", **(place if "audio" not in kind else {})} for kind in PROGRESS]
    signs.append({"type": "response.image_generation_call.partial_image", **preview, "quality": "high"})
    assert all(OPENAI_RESPONSES.recognises(sign) for sign in signs)
    assert fold(answer(*signs)) == fold(answer())
    assert fold(numbered(answer(*spoken("a"), *signs))) == fold(numbered(answer(*spoken("a"))))


def test_audio_is_the_join_of_its_deltas() -> None:
    events: list[Payload] = [{"type": "response.audio.delta", "delta": piece} for piece in ("aG", "k=")]
    events += [{"type": "response.audio.transcript.delta", "delta": piece} for piece in ("h", "i", 7)]
    message = fold(answer(*events)).response.choices[0].message
    assert message.audio == {"data": "aGk=", "transcript": "hi"}
    assert fold(answer()).response.choices[0].message.audio is None
