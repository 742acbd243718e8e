from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from stream_audit.dialects.anthropic.events import TEXT_KEYS
from stream_audit.dialects.anthropic.messages import ANTHROPIC_MESSAGES
from stream_audit.model import Payload, Policies
from tests.dialects.anthropic_wire import (
    PING,
    STOP,
    block,
    closed,
    delta,
    ended,
    fold,
    json_piece,
    message,
    opened,
    rules,
    said,
    signature,
    start,
    text,
    thinking,
)

HELLO = message(*block(0, "text", text(0, "Hel"), text(0, "lo")))


# ---------------------------------------------------------------- recognising and cutting


def test_events_of_the_wire_are_recognised_but_ping_and_error_prove_nothing() -> None:
    assert all(ANTHROPIC_MESSAGES.recognises(event) for event in HELLO)
    strangers: list[Payload] = [PING, {"type": "error", "error": {}}, {}, {"type": ["message_start"]}]
    assert not any(ANTHROPIC_MESSAGES.recognises(event) for event in strangers)


def test_a_message_starts_and_ends_where_its_events_say_so() -> None:
    assert [ANTHROPIC_MESSAGES.starts(event) for event in HELLO] == [True] + [False] * 6
    assert [ANTHROPIC_MESSAGES.ends(event) for event in HELLO] == [False] * 6 + [True]


@pytest.mark.parametrize("message", [None, 5, [], {}, {"id": None}, {"id": ""}, {"id": 7}])
def test_a_start_without_a_usable_id_has_no_identity(message: Any) -> None:
    assert ANTHROPIC_MESSAGES.identity({"type": "message_start", "message": message}) is None


def test_every_start_of_a_message_may_break_a_stream_and_nothing_else() -> None:
    items: list[Payload | str] = [start("msg_1"), start("msg_1"), PING, "echo", start("msg_2"), text(0, "x")]
    assert ANTHROPIC_MESSAGES.identity(start("msg_1")) == "msg_1"
    assert ANTHROPIC_MESSAGES.next_break(items, 1, "msg_1") == 1
    assert ANTHROPIC_MESSAGES.next_break(items, 2, "msg_1") == 4
    assert ANTHROPIC_MESSAGES.next_break(items, 5, "msg_2") == len(items)
    assert ANTHROPIC_MESSAGES.next_break(items, 1, None) == 1
    assert ANTHROPIC_MESSAGES.next_break([start("msg_1"), start(None)], 1, "msg_1") == 1


def test_only_a_plain_delta_with_text_can_be_echoed() -> None:
    assert ANTHROPIC_MESSAGES.echo(text(0, "a")) == "a"
    assert ANTHROPIC_MESSAGES.echo(thinking(3, "b")) == "b"
    assert ANTHROPIC_MESSAGES.echo(json_piece(1, "{")) == "{"
    for payload in (
        text(0, ""),
        signature(0, "a"),
        {**text(0, "a"), "usage": {}},
        delta(0, "text_delta", text="a", more=1),
        delta(None, "text_delta", text="a"),
        delta(True, "text_delta", text="a"),
        delta(0, "text_delta", thinking="a"),
        delta(0, "text_delta", text=5),
        {"type": "content_block_delta", "index": 0, "delta": "a"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": [], "text": "a"}},
        STOP,
        {},
    ):
        assert ANTHROPIC_MESSAGES.echo(payload) is None, payload


# ---------------------------------------------------------------- a whole message


def test_a_plain_answer_folds_into_its_non_streamed_twin() -> None:
    folded = fold(
        [
            start(stop_sequence=None),
            PING,
            *block(0, "thinking", thinking(0, "So "), thinking(0, "what?"), signature(0, "c2ln")),
            *block(1, "text", text(1, "Let me "), text(1, "look.")),
            *block(2, "tool_use", json_piece(2, ""), json_piece(2, '{"q": '), json_piece(2, '"é"}')),
            ended("tool_use", {"output_tokens": 30}, stop_sequence=None),
            STOP,
        ]
    )
    response = folded.response
    (choice,) = response.choices
    assert folded.complete
    assert folded.notes == ()
    assert (response.id, response.model, response.error, response.extra) == ("msg_1", "claude", None, {})
    assert (choice.index, choice.finish_reason, choice.message.role) == (0, "tool_use", "assistant")
    assert choice.message.content == "Let me look."
    assert choice.message.reasoning == "So what?"
    assert [(call.id, call.name, call.arguments, call.extra) for call in choice.message.tool_calls] == [
        ("toolu_1", "look", '{"q": "é"}', {})
    ]
    assert choice.message.parts == (
        {"type": "thinking", "thinking": "So what?", "signature": "c2ln"},
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"q": "é"}},
    )
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 30)


def test_a_message_without_blocks_says_neither_text_nor_reasoning() -> None:
    silent = said(message())
    assert (silent.content, silent.reasoning, silent.parts) == (None, None, ())
    assert said(message(*block(0, "text"))).content == ""


def test_a_character_cut_in_two_is_one_character() -> None:
    assert said(message(*block(0, "text", text(0, "a\ud83d"), text(0, "\ude00b")))).content == "a\U0001f600b"


def test_what_was_handed_out_before_does_not_grow_with_the_fold() -> None:
    cited = delta(0, "citations_delta", citation={"url": "1"})
    folding = ANTHROPIC_MESSAGES.fold(Policies())
    folding.add([start(), opened(0, "text"), cited])
    before = folding.response().choices[0].message.parts
    folding.add([cited, text(0, "x")])
    assert before == ({"type": "text", "text": "", "citations": [{"url": "1"}]},)


def test_a_refolded_prefix_does_not_disturb_the_fold() -> None:
    folding = ANTHROPIC_MESSAGES.fold(Policies())
    folding.add(HELLO[:3])
    before = folding.response()
    folding.add(HELLO[3:])
    assert before.choices[0].message.parts == ({"type": "text", "text": "Hel"},)
    assert folding.finish(done=False) == fold(HELLO)


def test_the_events_given_are_not_changed() -> None:
    citation = {"type": "char_location", "cited_text": "x"}
    events = message(*block(0, "text", delta(0, "citations_delta", citation=citation), citations=[]))
    copies = deepcopy(events)
    fold(events)
    assert events == copies


# ---------------------------------------------------------------- blocks


def test_a_pre_filled_message_seeds_its_blocks_and_its_stop_reason() -> None:
    call = {
        "type": "tool_use",
        "id": "toolu_9",
        "name": "roll",
        "input": {"sides": 6},
        "caller": {"type": "code"},
    }
    folded = fold(
        [start(content=[call], stop_reason="tool_use", container={"id": "c"}), ended("tool_use"), STOP]
    )
    (found,) = folded.response.choices[0].message.tool_calls
    assert (found.id, found.name, found.arguments) == ("toolu_9", "roll", '{"sides":6}')
    assert found.extra == {"caller": {"type": "code"}}
    assert folded.response.choices[0].message.parts == (call,)
    assert folded.response.choices[0].finish_reason == "tool_use"
    assert folded.response.extra == {"container": {"id": "c"}}
    assert folded.notes == ()


def test_a_start_on_a_seeded_index_opens_a_block_of_its_own() -> None:
    events = [
        start(content=[{"type": "text", "text": "A"}]),
        *block(0, "text", text(0, "B")),
        ended(),
        STOP,
    ]
    assert [part["text"] for part in said(events).parts] == ["A", "B"]
    assert fold(events).notes == ()


def test_input_given_whole_in_the_start_counts_until_a_fragment_says_more() -> None:
    whole = message(*block(0, "tool_use", input={"a": 1}), stop_reason="tool_use")
    assert said(whole).tool_calls[0].arguments == '{"a":1}'
    streamed = message(*block(0, "tool_use", json_piece(0, '{"b": 2}'), input={"a": 1}))
    assert said(streamed).tool_calls[0].arguments == '{"b": 2}'
    assert said(streamed).parts[0]["input"] == {"b": 2}


def test_a_call_whose_fragments_are_all_empty_has_no_arguments() -> None:
    found = said(message(*block(0, "tool_use", json_piece(0, ""), json_piece(0, ""))))
    assert (found.tool_calls[0].arguments, found.parts[0]["input"]) == ("", {})


def test_a_server_tool_is_a_part_with_its_input_and_not_a_call() -> None:
    found = said(message(*block(0, "server_tool_use", json_piece(0, '{"query":"x"}'))))
    assert found.tool_calls == ()
    assert found.parts[0]["input"] == {"query": "x"}


@pytest.mark.parametrize(
    ("stop_reason", "rule"),
    [("tool_use", "tool-args-tail-lost"), ("max_tokens", "tool-args-truncated-accepted")],
)
def test_arguments_that_are_no_json_are_shown_as_text_and_noted(stop_reason: str, rule: str) -> None:
    events = message(
        *block(0, "text", text(0, "x")),
        *block(1, "tool_use", json_piece(1, '{"a": ')),
        *block(2, "server_tool_use", json_piece(2, "{")),
        stop_reason=stop_reason,
    )
    folded = fold(events)
    assert folded.response.choices[0].message.tool_calls[0].arguments == '{"a": '
    assert folded.response.choices[0].message.parts[1]["input"] == '{"a": '
    assert [(note.rule, note.index, note.field) for note in folded.notes] == [
        (rule, -1, "choices[0].message.tool_calls[0].arguments"),
        (rule, -1, "choices[0].message.parts[2].input"),
    ]


def test_several_signature_fragments_are_joined_and_noted_once() -> None:
    folded = fold(message(*block(0, "thinking", signature(0, "a"), signature(0, "b"), signature(0, "c"))))
    assert folded.response.choices[0].message.parts[0]["signature"] == "abc"
    assert rules(folded) == ["thinking-signature-fragment"]
    assert rules(fold(message(*block(0, "thinking", signature(0, ""), signature(0, "c"))))) == []


def test_citations_stand_in_their_block_and_in_the_annotations() -> None:
    one, two, three = ({"type": "web", "url": url} for url in "123")
    found = said(
        message(
            *block(0, "text", delta(0, "citations_delta", citation=one), text(0, "x"), citations=[three]),
            *block(1, "text", delta(1, "citations_delta", citation=two)),
        )
    )
    assert [part["citations"] for part in found.parts] == [[three, one], [two]]
    assert found.annotations == (three, one, two)


def test_a_compaction_sets_its_content_and_then_appends_to_it() -> None:
    events = message(
        opened(0, "compaction", content=None, encrypted_content=None),
        delta(0, "compaction_delta", content="So ", encrypted_content="k1"),
        delta(0, "compaction_delta", content="far.", encrypted_content=None),
        closed(0),
    )
    assert said(events).parts == ({"type": "compaction", "content": "So far.", "encrypted_content": "k1"},)
    assert said(events).content is None


def test_an_unknown_delta_sets_its_keys_on_the_block() -> None:
    folded = fold(message(*block(0, "text", text(0, "a"), delta(0, "mood_delta", mood="calm"), text(0, "b"))))
    assert folded.response.choices[0].message.parts == ({"type": "text", "text": "ab", "mood": "calm"},)
    assert [(note.rule, note.index) for note in folded.notes] == [("unknown-event", 3)]


def test_a_key_set_by_an_unknown_delta_is_what_later_text_is_appended_to() -> None:
    deltas = (text(0, "a"), text(0, "b"), delta(0, "reset_delta", text="X"), text(0, "c"), text(0, "d"))
    assert said(message(*block(0, "text", *deltas))).content == "Xcd"


@pytest.mark.parametrize(
    ("event", "type"),
    [(text(4, "x"), "text"), (thinking(4, "x"), "thinking"), (json_piece(4, '"x"'), "tool_use")],
)
def test_a_delta_without_a_block_opens_one_of_its_kind(event: Payload, type: str) -> None:
    folded = fold([start(), event, event, ended(), STOP])
    assert [part["type"] for part in folded.response.choices[0].message.parts] == [type]
    assert rules(folded)[:2] == ["block-start-missing", "block-stop-missing"]


def test_a_delta_without_index_belongs_to_the_block_opened_last() -> None:
    nowhere = delta(None, "text_delta", text="!")
    found = said(message(opened(0, "text"), opened(1, "text"), text(0, "a"), nowhere, nowhere))
    assert [part["text"] for part in found.parts] == ["a", "!!"]


def test_a_second_start_on_an_index_opens_a_new_block() -> None:
    folded = fold(message(*block(0, "text", text(0, "a")), *block(0, "text", text(0, "b"))))
    assert [part["text"] for part in folded.response.choices[0].message.parts] == ["a", "b"]
    assert rules(folded) == ["events-duplicated"]


def test_blocks_stand_in_the_order_of_opening_not_of_their_index() -> None:
    found = said(message(*block(7, "text", text(7, "a")), *block(2, "text", text(2, "b"))))
    assert found.content == "ab"


# ---------------------------------------------------------------- starts, ends, errors


def test_a_repeated_start_adds_its_usage_and_nothing_else() -> None:
    again = start(content=[{"type": "text", "text": "twice"}], usage={"input_tokens": 12})
    folded = fold([start(), again, *HELLO[1:]])
    assert rules(folded) == ["events-duplicated"]
    assert folded.response.choices[0].message.content == "Hello"
    assert folded.response.usage is not None
    assert folded.response.usage.raw == {"input_tokens": 12, "output_tokens": 1}


@pytest.mark.parametrize(("policy", "id"), [("first", "msg_1"), ("last", "msg_2")])
def test_which_id_wins_is_a_policy(policy: Any, id: str) -> None:
    folded = fold([start("msg_1"), start("msg_2", model="other", role="user")], Policies(identity=policy))
    assert folded.response.id == id
    assert folded.response.choices[0].message.role == "assistant"
    assert rules(folded)[:3] == ["id-changes", "model-changes", "role-changes-mid-stream"]


def test_without_a_start_the_role_is_assistant_and_the_rest_unknown() -> None:
    response = fold(HELLO[1:]).response
    assert (response.id, response.model, response.usage) == (None, None, None)
    assert response.choices[0].message.role == "assistant"
    assert response.choices[0].message.content == "Hello"


def test_a_stream_that_breaks_off_is_not_complete_and_invents_no_stop_reason() -> None:
    folded = fold(HELLO[:3])
    assert not folded.complete
    assert folded.response.choices[0].finish_reason is None
    assert [(note.rule, note.index) for note in folded.notes] == [
        ("finish-missing", -1),
        ("truncation-undetected", -1),
    ]


def test_a_stop_reason_alone_does_not_make_a_stream_complete() -> None:
    assert not fold(HELLO[:-1]).complete


def test_a_block_never_stopped_still_counts() -> None:
    folded = fold([start(), opened(0, "text"), text(0, "Hi"), ended(), STOP])
    assert folded.response.choices[0].message.content == "Hi"
    assert [(note.rule, note.index) for note in folded.notes] == [("block-stop-missing", 4)]


def test_the_first_stop_reason_wins_and_another_is_noted() -> None:
    folded = fold(
        [start(), ended("tool_use"), ended(None), ended(""), ended("tool_use"), ended("end_turn"), STOP]
    )
    assert folded.response.choices[0].finish_reason == "tool_use"
    assert [(note.rule, note.index) for note in folded.notes] == [("finish-emitted-twice", 5)]


def test_what_comes_after_the_end_is_folded_and_noted() -> None:
    folded = fold([*HELLO, text(0, "!"), "?", PING, STOP, text(0, "!"), text(0, "!")])
    assert folded.response.choices[0].message.content == "Hello!?!!"
    assert [note.index for note in folded.notes if note.rule == "events-out-of-order"] == [7, 8, 10, 11, 12]


def test_an_error_event_keeps_what_came_before_and_ends_in_failure() -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    folded = fold([*HELLO[:3], {"type": "error", "error": error, "request_id": "req_1"}])
    assert folded.response.error == error
    assert folded.response.extra == {"request_id": "req_1"}
    assert folded.response.choices[0].message.content == "Hel"
    assert rules(folded) == ["error-event-ignored", "finish-missing", "truncation-undetected"]


def test_an_error_in_any_event_counts_and_the_first_one_wins() -> None:
    errors: list[Payload] = [{"error": "cut"}, {"type": "error"}, {"type": "error", "error": 5}]
    folded = fold([*HELLO, *errors])
    assert folded.response.error == {"message": "cut"}
    assert not folded.complete
    assert fold([{"type": "error", "message": "busy"}]).response.error == {"message": "busy"}
    assert fold([errors[1]]).response.error is not None
    assert fold([errors[2]]).response.extra == {"error": 5}


# ---------------------------------------------------------------- fields nobody knows


def test_unknown_fields_are_kept_at_the_level_where_they_stood() -> None:
    folded = fold(
        [
            {**start(stop_sequence=None, vendor="a"), "trace": 1},
            *block(0, "tool_use", {**json_piece(0, "{}"), "trace": 1}, caller={"type": "direct"}),
            *block(1, "text", delta(1, "text_delta", text="x", seen="s", p="xxxx", obfuscation="y")),
            {**ended("tool_use", vendor="b", container=None), "context_management": {"applied_edits": []}},
            {**STOP, "amazon-bedrock-invocationMetrics": {"inputTokenCount": 9}},
        ]
    )
    response = folded.response
    assert response.extra == {
        "trace": 1,
        "vendor": "b",
        "context_management": {"applied_edits": []},
        "amazon-bedrock-invocationMetrics": {"inputTokenCount": 9},
    }
    assert response.choices[0].message.extra == {"seen": "s"}
    assert response.choices[0].message.tool_calls[0].extra == {"caller": {"type": "direct"}}
    assert response.usage is not None
    assert response.usage.input_tokens == 10


def test_unknown_fields_are_kept_in_the_middle_of_a_text_too() -> None:
    odd = [{**text(0, "b"), "trace": 1}, delta(0, "text_delta", text="c", seen=2)]
    response = fold(message(*block(0, "text", text(0, "a"), *odd, text(0, "d")))).response
    assert response.choices[0].message.content == "abcd"
    assert (response.extra, response.choices[0].message.extra) == ({"trace": 1}, {"seen": 2})


def test_an_event_of_unknown_type_is_noted_and_kept_whole() -> None:
    folded = fold([*HELLO[:-1], {"type": "message_pause", "seconds": 3}, STOP])
    assert rules(folded) == ["unknown-event"]
    assert folded.response.extra == {"type": "message_pause", "seconds": 3}


@pytest.mark.parametrize("spelt", ['{"y": NaN}', "[-Infinity]", "Infinity"])
def test_what_only_python_takes_for_json_stays_text(spelt: str) -> None:
    folded = fold(message(*block(0, "tool_use", json_piece(0, spelt)), stop_reason="tool_use"))
    assert folded.response.choices[0].message.parts[0]["input"] == spelt
    assert rules(folded) == ["tool-args-tail-lost"]


@pytest.mark.parametrize("kind", [*TEXT_KEYS, "citations_delta"])
def test_a_delta_without_its_value_keeps_its_unknown_keys(kind: str) -> None:
    assert said(message(*block(0, "text", delta(0, kind, foo=1)))).extra == {"foo": 1}


def test_seeds_of_a_wrong_type_are_shown_noted_and_kept() -> None:
    odd_type = {"type": "content_block_start", "index": 1, "content_block": {"type": False}}
    folded = fold(message(opened(0, "text", text={}, citations="none"), odd_type))
    answer = folded.response.choices[0].message
    assert answer.parts[0] == {"type": "text", "text": {}, "citations": "none"}
    assert answer.extra == {"text": {}, "citations": "none", "type": False}
    assert rules(folded)[:3] == ["unknown-event"] * 3


def test_an_entry_of_a_pre_filled_message_that_is_no_block_is_kept() -> None:
    folded = fold([start(content=["hi"]), ended(), STOP])
    assert folded.response.extra == {"content": "hi"}
    assert rules(folded) == ["unknown-event"]


@pytest.mark.parametrize(("type", "error"), [("error", {}), ("message_stop", None)])
def test_an_error_that_is_neither_object_nor_text_is_kept_and_not_wrapped(type: str, error: Any) -> None:
    folded = fold([*HELLO[:-1], {"type": type, "error": 5}, STOP])
    assert folded.response.error == error
    assert folded.response.extra == {"error": 5}
    assert folded.complete == (error is None)
    assert rules(folded)[0] == "unknown-event"


def test_an_event_of_unknown_type_may_report_usage_and_an_error() -> None:
    event = {"type": "failure", "code": 3, "error": "late", "usage": {"output_tokens": 9}}
    response = fold([start(), event]).response
    assert response.error == {"message": "late"}
    assert response.extra == {"type": "failure", "code": 3}
    assert response.usage is not None
    assert response.usage.output_tokens == 9


def test_a_character_cut_in_two_by_a_new_block_is_one_character_of_the_content() -> None:
    answer = said(message(*block(0, "text", text(0, "\ud83d")), *block(1, "text", text(1, "\ude42"))))
    assert answer.content == "\U0001f642"


def test_values_of_a_type_that_has_no_place_there_are_noted_and_kept() -> None:
    folded = fold(
        [
            start(model=5, content="hi"),
            opened(0, "tool_use", id=7),
            delta(0, "input_json_delta", partial_json={"a": 1}),
            {"type": "content_block_delta", "index": 0, "delta": "text"},
            {"type": "content_block_start", "index": "0", "content_block": "text"},
            closed(0),
            ended("tool_use", usage=[1]),
            STOP,
        ]
    )
    assert folded.response.model is None
    assert folded.response.extra == {
        "model": 5,
        "content": "hi",
        "delta": "text",
        "index": "0",
        "content_block": "text",
        "usage": [1],
    }
    assert folded.response.choices[0].message.extra == {"partial_json": {"a": 1}}
    assert folded.response.choices[0].message.tool_calls[0].extra == {"id": 7}
    assert rules(folded) == ["unknown-event"] * 8 + ["block-stop-missing"]
