"""The rules of docs/folding/gemini.md for text, parts, candidates and ends, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.model import Policies, Varied
from tests.dialects.gemini_wire import (
    LABELS,
    STOP,
    call,
    chunk,
    fold,
    rules,
    said,
    text,
    thought,
    told,
)

HELLO = [chunk(text("Hel")), chunk(text("lo")), STOP]
SIGNED = {"thoughtSignature": "c2ln"}

# ---------------------------------------------------------------- recognising


@pytest.mark.parametrize(
    "payload",
    [
        chunk(text("a")),
        {"candidates": [{"content": {"role": "model"}}]},
        {"candidates": [{"finishReason": "STOP"}]},
        {"candidates": [{"finish_reason": "STOP"}]},
        {"candidates": [], "usage_metadata": {}},
        {"promptFeedback": {"blockReason": "SAFETY"}},
        {"usageMetadata": {"promptTokenCount": 1}, "modelVersion": "gemini-3"},
        {"response": chunk(text("a")), "traceId": "t"},
    ],
)
def test_what_can_only_be_a_chunk_is_recognised(payload: Any) -> None:
    assert GEMINI.recognises(payload)


@pytest.mark.parametrize(
    "payload",
    [
        {"error": {"code": 503, "status": "UNAVAILABLE"}},
        {"candidates": [{"author": "1", "content": "PaLM"}]},
        {"candidates": {"content": {"parts": []}}},
        {"serverContent": {"modelTurn": {"parts": [{"text": "a"}]}}, "usageMetadata": {"totalTokenCount": 1}},
        {"type": "response.created", "response": {"id": "resp_1", "model": "m"}},
        {"response": "text"},
        {},
    ],
)
def test_what_could_be_somebody_elses_is_not_recognised(payload: Any) -> None:
    assert not GEMINI.recognises(payload)


# ---------------------------------------------------------------- text and thoughts


def test_pieces_of_text_are_one_text_and_one_part() -> None:
    folded = fold(HELLO)
    (choice,) = folded.response.choices
    assert choice.message.content == "Hello"
    assert choice.message.parts == ({"text": "Hello"},)
    assert (choice.message.role, choice.finish_reason, folded.complete) == ("model", "STOP", True)
    assert (folded.response.id, folded.response.model) == ("r1", "gemini-3-flash")
    assert rules(folded) == []


def test_thoughts_are_reasoning_and_parts_of_their_own() -> None:
    message = said(thought("I "), thought("think."), text("Yes"), thought("Hm."))
    assert (message.reasoning, message.content) == ("I think.Hm.", "Yes")
    assert message.parts == (
        {"text": "I think.", "thought": True},
        {"text": "Yes"},
        {"text": "Hm.", "thought": True},
    )


def test_a_thought_that_is_false_is_no_thought() -> None:
    message = said(text("a", thought=False), text("b"))
    assert message.parts == ({"text": "ab"},)
    assert message.reasoning is None


def test_every_part_of_a_chunk_counts() -> None:
    folded = fold([chunk(thought("Hm."), text("a"), text("b"), call("f")), STOP])
    message = folded.response.choices[0].message
    assert (message.reasoning, message.content, len(message.tool_calls)) == ("Hm.", "ab", 1)


def test_text_in_the_chunk_with_the_finish_reason_counts() -> None:
    assert (
        fold([chunk(text("a")), chunk(text("b"), finish="STOP")]).response.choices[0].message.content == "ab"
    )


def test_an_empty_text_alone_is_no_part_but_a_text() -> None:
    message = said(call("f"))
    assert message.parts == ({"functionCall": {"name": "f", "args": {}}},)
    assert message.content == ""
    assert fold([chunk(call("f"), finish="STOP")]).response.choices[0].message.content is None


def test_a_character_cut_in_two_is_one_character() -> None:
    assert said(text("\ud83d"), text("\ude42")).content == "🙂"
    assert said(text("\ud83d"), call("f"), text("\ude42")).content == "🙂"


# ---------------------------------------------------------------- signatures


def test_a_signature_on_an_empty_text_signs_the_text_before_it_and_is_noted() -> None:
    folded = fold([*HELLO[:2], chunk(text("", **SIGNED), finish="STOP")])
    assert folded.response.choices[0].message.parts == ({"text": "Hello", **SIGNED},)
    assert next((note.rule, note.index) for note in folded.notes) == ("gemini-thought-signature-lost", 2)


def test_a_later_text_without_a_signature_takes_none_away() -> None:
    assert said(text("Hel", **SIGNED), text("lo")).parts == ({"text": "Hello", **SIGNED},)


def test_a_second_signature_opens_a_part_of_its_own() -> None:
    parts = said(text("a", **SIGNED), text("b", thoughtSignature="Mg=="), text("c")).parts
    assert parts == ({"text": "a", **SIGNED}, {"text": "bc", "thoughtSignature": "Mg=="})


def test_the_signature_of_a_call_stays_with_the_call() -> None:
    message = said({**call("f", args={"a": 1}), **SIGNED})
    assert message.parts == ({"functionCall": {"name": "f", "args": {"a": 1}}, **SIGNED},)
    assert message.tool_calls[0].extra == SIGNED


def test_a_signature_behind_a_call_stands_on_an_empty_text() -> None:
    parts = said(call("f"), text("", **SIGNED), text("a")).parts
    assert parts[1] == {"text": "a", **SIGNED}


# ---------------------------------------------------------------- other parts


@pytest.mark.parametrize(
    "part",
    [
        {"executableCode": {"language": "PYTHON", "code": "print(1)"}, **SIGNED},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}},
        {"inlineData": {"mimeType": "image/png", "data": "aQ=="}},
        {"toolCall": {"toolType": "GOOGLE_SEARCH_WEB", "id": "t"}},
        {"toolResponse": {"toolType": "GOOGLE_SEARCH_WEB", "id": "t"}},
        {"thoughtSignature": "c2ln"},
        {"novelty": 1},
    ],
)
def test_any_other_part_stands_as_it_was_sent_and_is_no_call(part: Any) -> None:
    message = said(text("a"), part, text("b"))
    assert message.parts == ({"text": "a"}, part, {"text": "b"})
    assert (message.content, message.tool_calls) == ("ab", ())


def test_null_is_no_key_of_a_part_and_an_empty_part_none() -> None:
    message = said({"text": "a", "thought": None, "functionCall": None}, {}, {"text": None}, text("b"))
    assert message.parts == ({"text": "ab"},)


def test_an_unknown_key_stays_with_its_text_unless_it_differs() -> None:
    parts = said(text("a", vendor=1), text("b"), text("c", vendor=1), text("d", vendor=2)).parts
    assert parts == ({"text": "abc", "vendor": 1}, {"text": "d", "vendor": 2})


@pytest.mark.parametrize("key", ["text", "thought", "thoughtSignature", "functionCall"])
def test_values_of_a_wrong_type_stay_in_their_part_and_are_noted(key: str) -> None:
    folded = fold([chunk({"vendor": 1, key: 5}), STOP])
    assert folded.response.choices[0].message.parts == ({"vendor": 1, key: 5},)
    assert next((note.rule, note.field) for note in folded.notes) == (
        "unknown-event",
        f"choices[0].message.parts[0].{key}",
    )


# ---------------------------------------------------------------- candidates


def test_candidates_are_told_apart_by_their_index_and_sorted() -> None:
    items = [
        chunk(text("b"), index=1),
        chunk(text("a"), index=0),
        chunk(text("B"), index=1, finish="MAX_TOKENS"),
    ]
    folded = fold([*items, chunk(finish="STOP", index=0)])
    assert [(c.index, c.message.content, c.finish_reason) for c in folded.response.choices] == [
        (0, "a", "STOP"),
        (1, "bB", "MAX_TOKENS"),
    ]
    assert folded.complete


def test_a_candidate_without_an_index_is_the_first() -> None:
    both = {**chunk(text("a"), index=None), "candidates": [*chunk(text("a"), index=None)["candidates"]]}
    both["candidates"] += chunk(text("b"), index=1)["candidates"]
    response = fold([both, chunk(text("A"), index=None), chunk(text("B"), index=1)]).response
    assert [choice.message.content for choice in response.choices] == ["aA", "bB"]


def test_a_chunk_without_candidates_is_legal_anywhere() -> None:
    folded = fold([{"candidates": [], **LABELS}, HELLO[0], LABELS, HELLO[1], STOP])
    assert folded.response.choices[0].message.content == "Hello"
    assert rules(folded) == []


def test_a_candidate_without_content_may_say_why_it_ended() -> None:
    folded = fold([HELLO[0], chunk(finish="SAFETY")])
    assert folded.response.choices[0].finish_reason == "SAFETY"
    assert folded.complete


# ---------------------------------------------------------------- ends


def test_the_last_reason_counts_because_a_round_may_end_before_the_answer() -> None:
    folded = fold([chunk(text("a"), finish="STOP"), chunk(text("b")), chunk(finish="MAX_TOKENS")])
    assert folded.response.choices[0].finish_reason == "MAX_TOKENS"
    assert folded.response.choices[0].message.content == "ab"
    assert rules(folded) == ["finish-emitted-twice"]


def test_a_reason_that_repeats_is_one_reason() -> None:
    assert rules(fold([chunk(text("a"), finish="STOP"), chunk(text("b"), finish="STOP")])) == []


@pytest.mark.parametrize("nothing", ["", "FINISH_REASON_UNSPECIFIED"])
def test_a_reason_that_says_nothing_is_none(nothing: str) -> None:
    folded = fold([chunk(text("a"), finish=nothing)])
    assert folded.response.choices[0].finish_reason is None
    assert rules(folded) == ["finish-empty-string", "finish-missing", "truncation-undetected"]


def test_a_stream_that_breaks_off_has_no_reason_and_is_not_complete() -> None:
    folded = fold(HELLO[:2])
    assert not folded.complete
    assert rules(folded) == ["finish-missing", "truncation-undetected"]


def test_a_blocked_prompt_has_no_candidate_and_is_complete() -> None:
    blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, **LABELS}
    folded = fold([blocked])
    assert folded.response.choices == ()
    assert folded.response.extra == {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    assert folded.complete
    assert rules(folded) == []
    assert GEMINI.ends(blocked)


def test_no_candidate_and_no_block_is_no_answer() -> None:
    folded = fold([{"candidates": [], "promptFeedback": {"safetyRatings": []}, **LABELS}])
    assert not folded.complete
    assert rules(folded) == ["truncation-undetected"]


def test_an_error_keeps_what_came_before_and_ends_in_failure() -> None:
    error = {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}
    folded = fold([*HELLO, {"error": error}])
    assert folded.response.error == error
    assert folded.response.choices[0].message.content == "Hello"
    assert not folded.complete
    assert rules(folded) == ["error-event-ignored", "truncation-undetected"]


# ---------------------------------------------------------------- what is told about a candidate


def test_of_what_is_told_the_last_that_says_anything_stands() -> None:
    sources = [{"web": {"uri": "https://a.example"}}]
    folded = fold(
        [
            told(groundingMetadata={"webSearchQueries": ["q"]}, safetyRatings=[{"category": "X"}]),
            told(groundingMetadata={}, safetyRatings=[], finishMessage="So."),
            told(groundingMetadata={"groundingChunks": sources, "webSearchQueries": None}),
        ]
    )
    (choice,) = folded.response.choices
    assert choice.extra == {
        "groundingMetadata": {"webSearchQueries": ["q"], "groundingChunks": sources},
        "safetyRatings": [{"category": "X"}],
        "finishMessage": "So.",
    }
    assert choice.message.annotations == tuple(sources)


def test_citations_are_each_kept_once_under_either_name() -> None:
    one, two = {"uri": "https://a.example"}, {"uri": "https://b.example"}
    folded = fold(
        [
            told(citationMetadata={"citations": [one]}),
            told(citationMetadata={"citations": [one, two]}),
            told(citationMetadata={"citationSources": [two, 5], "vendor": 1}),
        ]
    )
    (choice,) = folded.response.choices
    assert choice.message.annotations == (one, two)
    assert choice.extra == {"citationMetadata": {"citationSources": [5], "vendor": 1}}
    assert rules(folded)[0] == "unknown-event"


def test_log_probabilities_of_all_chunks_are_joined() -> None:
    token = {"token": "a", "logProbability": -0.1}
    measured = {"chosenCandidates": [token], "topCandidates": [{"candidates": [token]}]}
    (choice,) = fold([told(logprobsResult=measured), told(logprobsResult=measured)]).response.choices
    assert choice.logprobs == {
        "chosenCandidates": [token, token],
        "topCandidates": [{"candidates": [token]}, {"candidates": [token]}],
    }


# ---------------------------------------------------------------- names, spelling, wraps, unknown fields


def test_the_first_id_and_model_count_unless_the_policy_says_the_last() -> None:
    items = [*HELLO[:2], {**STOP, "responseId": "r2", "modelVersion": "other"}]
    folded = fold(items)
    assert (folded.response.id, folded.response.model) == ("r1", "gemini-3-flash")
    assert set(rules(folded)) == {"id-changes", "model-changes"}
    last = fold(items, Policies(identity="last")).response
    assert (last.id, last.model) == ("r2", "other")


def test_another_role_is_noted_and_not_merged() -> None:
    other = {"candidates": [{"content": {"role": "user", "parts": [text("b")]}, "index": 0}], **LABELS}
    folded = fold([HELLO[0], other, STOP])
    assert folded.response.choices[0].message.role == "model"
    assert folded.response.choices[0].message.content == "Helb"
    assert rules(folded) == ["role-changes-mid-stream"]


def test_a_chunk_dumped_by_the_python_sdk_is_the_same_chunk() -> None:
    part = {"text": "a", "thought": None, "thought_signature": "c2ln", "function_call": None}
    dumped = {
        "candidates": [
            {
                "content": {"parts": [part], "role": "model"},
                "finish_reason": "STOP",
                "finish_message": None,
                "index": 0,
            }
        ],
        "usage_metadata": {"prompt_token_count": 3, "candidates_token_count": 2, "traffic_type": None},
        "model_version": "gemini-3-flash",
        "response_id": "r1",
        "prompt_feedback": None,
        "sdk_http_response": None,
    }
    wire = chunk(
        text("a", **SIGNED), finish="STOP", usageMetadata={"promptTokenCount": 3, "candidatesTokenCount": 2}
    )
    assert GEMINI.recognises(dumped)
    assert GEMINI.identity(dumped) == "r1"
    assert fold([dumped]).response == fold([wire]).response


def test_of_a_key_in_both_spellings_the_snake_one_is_unknown() -> None:
    folded = fold([{**chunk(text("a"), finish="STOP"), "response_id": "r9"}])
    assert (folded.response.id, folded.response.extra) == ("r1", {"response_id": "r9"})


def test_a_wrapped_chunk_is_the_chunk_and_its_wrap_is_kept() -> None:
    folded = fold([{"response": item, "traceId": "t"} for item in HELLO])
    assert folded.response.choices == fold(HELLO).response.choices
    assert folded.response.extra == {"traceId": "t"}
    assert rules(folded) == []


def test_unknown_fields_are_kept_at_the_level_where_they_stood() -> None:
    item = chunk(text("a"), finish="STOP", createTime="2026-05-04T20:01:02Z")
    item["candidates"][0]["novelty"] = 1
    item["candidates"][0]["content"]["seen"] = True
    response = fold([item, {**STOP, "createTime": "later", "p": "xx"}]).response
    assert response.extra == {"createTime": Varied(("2026-05-04T20:01:02Z", "later"), "later", 2)}
    assert response.choices[0].extra == {"novelty": 1}
    assert response.choices[0].message.extra == {"seen": True}


def test_a_chunk_that_says_nothing_known_is_noted_and_kept() -> None:
    folded = fold([*HELLO, {"heartbeat": 3}])
    assert folded.response.extra == {"heartbeat": 3}
    assert rules(folded) == ["unknown-event"]


def test_values_of_a_wrong_type_are_noted_and_kept_beside_the_answer() -> None:
    folded = fold(
        [
            *HELLO,
            {"candidates": 5, "usageMetadata": [1], "promptFeedback": "x", "responseId": 7, "error": 1},
            {"candidates": ["x", {"index": "0", "content": "y", "finishReason": 3, "citationMetadata": 1}]},
            {"candidates": [{"content": {"role": 5, "parts": 6}}]},
            {"candidates": [{"content": {"parts": ["z"]}, "logprobsResult": {"topCandidates": 4}}]},
        ]
    )
    (choice,) = folded.response.choices
    assert folded.response.extra == {
        "candidates": Varied((5, "x"), "x", 2),
        "usageMetadata": [1],
        "promptFeedback": "x",
        "responseId": 7,
        "error": 1,
    }
    assert choice.extra == {
        "index": "0",
        "content": "y",
        "finishReason": 3,
        "citationMetadata": 1,
        "logprobsResult": {"topCandidates": 4},
    }
    assert choice.message.extra == {"role": 5, "parts": Varied((6, "z"), "z", 2)}
    assert set(rules(folded)) == {"unknown-event"}
    assert choice.message.content == "Hello"


# ---------------------------------------------------------------- cutting


def test_an_answer_starts_where_another_id_has_content() -> None:
    other = {**chunk(text("x")), "responseId": "r2"}
    items = [*HELLO, other]
    assert GEMINI.next_break(items, 0, "r1") == 3
    assert GEMINI.next_break(items[:3], 0, "r1") == 3
    assert GEMINI.starts(other)
    assert not GEMINI.starts({"usageMetadata": {}, "responseId": "r2"})
    assert not GEMINI.starts({"candidates": [{"content": {"parts": []}}]})


@pytest.mark.parametrize(
    "payload",
    [
        STOP,
        chunk(text("a", **SIGNED)),
        chunk(text("")),
        chunk(text("a"), text("b")),
        chunk(call("f")),
        chunk(text("a"), error={"code": 1}),
        chunk(text("a"), novelty=1),
        chunk(text("a"), usageMetadata=5),
        chunk(text("a", thought="yes")),
        {"response": chunk(text("a"))},
        {"candidates": [{"content": {"parts": [text("a")], "role": 5}}]},
        {"candidates": [{"content": {"parts": [text("a")]}, "index": True}]},
        {"candidates": []},
    ],
)
def test_what_says_more_than_a_text_is_no_echo(payload: Any) -> None:
    assert GEMINI.echo(payload) is None


@pytest.mark.parametrize("part", [text("a"), thought("a")])
def test_a_chunk_of_nothing_but_text_is_an_echo(part: Any) -> None:
    assert GEMINI.echo(chunk(part, usageMetadata={"promptTokenCount": 1}, createTime="now")) == "a"
