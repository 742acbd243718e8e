"""What the fold of Converse streams makes of events, one rule after the other."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE
from stream_audit.model import Payload, Policies, ToolCall
from tests.dialects.bedrock_wire import (
    START,
    USAGE,
    closed,
    delta,
    ended,
    fold,
    notes,
    piece,
    reasoning,
    response,
    said,
    started,
    text,
    told,
    tool,
)

HELLO = response(text(0, "Hel"), text(0, "lo"), closed(0))
OF_OTHERS: list[Payload] = [
    {"type": "message_start", "message": {}},
    {"object": "chat.completion.chunk", "choices": []},
    {"candidates": [{"content": {"parts": [{"text": "a"}]}}]},
    {"type": "content-delta", "delta": {"message": {"content": {"text": "a"}}}},
    {"message": {"role": "assistant", "content": "a"}, "done": False},
    {"type": "response.output_text.delta", "delta": "a"},
    {"outputText": "a", "index": 0, "amazon-bedrock-guardrailAction": "NONE"},
    {"event": {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}}}},
    {"op": "write_text", "delta": "a"},
]


# ---------------------------------------------------------------- recognising and cutting


@pytest.mark.parametrize("event", HELLO[:-1])
def test_every_event_but_metadata_is_recognised_and_by_nobody_else(event: Payload) -> None:
    assert [one.name for one in DIALECTS if one.recognises(event)] == ["bedrock-converse"]


@pytest.mark.parametrize(
    "payload",
    [
        *OF_OTHERS,
        USAGE,
        {"throttlingException": {"message": "slow"}},
        {"messageStart": {}},
        {"messageStart": None},
        {"contentBlockDelta": []},
        {"messageStop": {"reason": "end_turn"}},
    ],
)
def test_what_could_be_anybodys_is_not_recognised(payload: Payload) -> None:
    assert not BEDROCK_CONVERSE.recognises(payload)


def test_a_response_starts_and_ends_where_its_events_say_so() -> None:
    assert [BEDROCK_CONVERSE.starts(event) for event in HELLO] == [True, *[False] * 5]
    assert [BEDROCK_CONVERSE.ends(event) for event in HELLO] == [*[False] * 4, True, False]
    assert {BEDROCK_CONVERSE.identity(event) for event in HELLO} == {None}


def test_only_a_message_start_breaks_a_stream() -> None:
    items: list[Payload | str] = [*HELLO, "!", {"messageStart": None}, *HELLO]

    assert BEDROCK_CONVERSE.next_break(items, 1, None) == len(HELLO) + 2
    assert BEDROCK_CONVERSE.next_break(items, len(HELLO) + 3, None) == len(items)


@pytest.mark.parametrize(
    ("payload", "echo"),
    [
        (text(0, "a"), "a"),
        (reasoning(3, text="a"), "a"),
        (piece(0, '{"'), '{"'),
        ({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}, "p": "abc"}}, "a"),
        (text(0, ""), None),
        (text(None, "a"), None),
        (text(True, "a"), None),
        (reasoning(0, signature="a"), None),
        (reasoning(0, redactedContent="YQ=="), None),
        (reasoning(0, text="a", signature="b"), None),
        (delta(0, text="a", citation={}), None),
        (delta(0, citation={"title": "a"}), None),
        (delta(0, toolUse={"input": "a", "name": "b"}), None),
        (delta(0, toolUse="a"), None),
        ({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}, "more": 1}}, None),
        ({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}, "p": 1}}, None),
        ({**text(0, "a"), "amazon-bedrock-guardrailAction": "NONE"}, None),
        (closed(0), None),
        (USAGE, None),
    ],
)
def test_only_a_plain_delta_with_text_can_be_echoed(payload: Payload, echo: str | None) -> None:
    assert BEDROCK_CONVERSE.echo(payload) == echo


# ---------------------------------------------------------------- the message


def test_a_plain_answer_folds_into_its_non_streamed_twin() -> None:
    folded = fold(HELLO)
    (choice,) = folded.response.choices

    assert (choice.message.role, choice.message.content) == ("assistant", "Hello")
    assert choice.message.reasoning is None
    assert choice.message.parts == ({"text": "Hello"},)
    assert choice.finish_reason == "end_turn"
    assert folded.response.extra == {"metrics": {"latencyMs": 12}}
    assert (folded.response.id, folded.response.model) == (None, None)
    assert (folded.complete, folded.notes) == (True, ())


def test_a_text_block_needs_no_start_and_that_is_no_finding() -> None:
    assert notes(HELLO) == []
    assert notes(response(reasoning(0, text="Hm"), closed(0))) == []


def test_padding_is_dropped_wherever_it_stands() -> None:
    padded = [{name: {**body, "p": "abcdef"} for name, body in event.items()} for event in HELLO]

    assert fold(padded) == fold(HELLO)


def test_an_empty_start_opens_the_block_that_its_first_delta_names() -> None:
    message = said([START, started(0), started(1), piece(1, "{}"), text(0, "Hi"), started(2)])

    assert message.parts == ({"text": "Hi"}, {"toolUse": {"input": {}}}, {})


def test_a_start_may_bring_the_first_text() -> None:
    message = said([started(0, text="He"), text(0, "llo"), started(1, reasoningContent={"text": "Hm"})])

    assert (message.content, message.reasoning) == ("Hello", "Hm")


def test_an_empty_text_is_text_and_no_text_is_none() -> None:
    assert said([text(0, "")]).content == ""
    assert said([piece(0, "{}")]).content is None


def test_a_character_cut_in_two_is_one_character_also_between_blocks() -> None:
    assert said([text(0, "\ud83d"), text(0, "\ude42")]).content == "🙂"
    assert said([text(0, "\ud83d"), text(1, "\ude42")]).content == "🙂"


def test_reasoning_is_shown_with_its_signature_as_its_twin_has_it() -> None:
    message = said([reasoning(0, text="Hm"), reasoning(0, text="."), reasoning(0, signature="c2ln")])

    assert message.reasoning == "Hm."
    assert message.parts == ({"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},)


def test_a_signature_without_text_has_the_text_that_its_twin_must_have() -> None:
    message = said([reasoning(0, signature="c2ln")])

    assert message.parts == ({"reasoningContent": {"reasoningText": {"text": "", "signature": "c2ln"}}},)
    assert message.reasoning == ""


def test_several_pieces_of_a_signature_are_joined_and_noted_once() -> None:
    events = [reasoning(0, signature=one) for one in ("c2", "", "ln", "ZWQ=")]

    assert said(events).parts == (
        {"reasoningContent": {"reasoningText": {"text": "", "signature": "c2lnZWQ="}}},
    )
    found = [(rule, index) for rule, index, _ in notes(events) if rule == "thinking-signature-fragment"]
    assert found == [("thinking-signature-fragment", 2)]


def test_sealed_reasoning_is_no_text_and_its_pieces_are_joined_as_binary() -> None:
    one = said([reasoning(0, redactedContent="YQ")])
    several = said([reasoning(0, redactedContent=piece) for piece in ("YQ==", "", "Yg==", "Yw==")])
    broken = said([reasoning(0, redactedContent=piece) for piece in ("YQ==", "é")])

    assert one.reasoning is None
    assert one.parts == ({"reasoningContent": {"redactedContent": "YQ"}},)
    assert several.parts == ({"reasoningContent": {"redactedContent": "YWJj"}},)
    assert broken.parts == ({"reasoningContent": {"redactedContent": "YQ==é"}},)


def test_citations_make_a_text_a_cited_one_and_are_annotations() -> None:
    one, other = {"title": "On tea"}, {"title": "On cups"}
    message = said([text(0, "Three "), delta(0, citation=one), text(0, "minutes."), delta(0, citation=other)])

    assert message.content == "Three minutes."
    assert message.annotations == (one, other)
    assert message.parts == (
        {"citationsContent": {"content": [{"text": "Three minutes."}], "citations": [one, other]}},
    )
    assert said([delta(0, citation=one)]).parts == (
        {"citationsContent": {"content": [], "citations": [one]}},
    )


def test_pieces_of_a_picture_are_one_picture() -> None:
    events = [
        started(0, image={"format": "png"}),
        delta(0, image={"source": {"bytes": "YQ=="}}),
        delta(0, image={"source": {"bytes": "Yg=="}}),
        closed(0),
        started(1, image={"format": "png"}),
        delta(1, image={"error": {"message": "too dark"}}),
    ]

    assert said(events).parts == (
        {"image": {"format": "png", "source": {"bytes": "YWI="}}},
        {"image": {"format": "png", "error": {"message": "too dark"}}},
    )


# ---------------------------------------------------------------- tools


def test_a_call_is_its_start_and_its_joined_pieces() -> None:
    message = said([tool(0), piece(0, ""), piece(0, '{"city"'), piece(0, ': "Oslo"}'), closed(0)])

    assert message.tool_calls == (ToolCall(id="tooluse_1", name="look", arguments='{"city": "Oslo"}'),)
    use = {"toolUseId": "tooluse_1", "name": "look", "input": {"city": "Oslo"}}
    assert message.parts == ({"toolUse": use},)


@pytest.mark.parametrize("pieces", [[], [""], ["", ""]])
def test_a_call_without_arguments_has_an_empty_input(pieces: list[str]) -> None:
    message = said([tool(0), *(piece(0, one) for one in pieces), closed(0)])

    assert message.tool_calls[0].arguments == ""
    assert message.parts[0]["toolUse"]["input"] == {}


def test_an_input_that_the_start_brings_counts_until_a_piece_says_more() -> None:
    events = [tool(0, input={"größe": 1})]

    assert said(events).tool_calls[0].arguments == '{"größe":1}'
    assert said([*events, piece(0, "{}")]).tool_calls[0].arguments == "{}"


def test_what_else_a_start_says_of_a_call_is_kept() -> None:
    (call,) = said([tool(0, type="tool_use", thoughtSignature="c2ln", nothing=None)]).tool_calls

    assert call.extra == {"thoughtSignature": "c2ln"}


def test_a_tool_of_the_server_and_its_result_are_parts_and_no_call() -> None:
    events = [
        tool(0, type="server_tool_use"),
        piece(0, '{"n": 6}'),
        started(1, toolResult={"toolUseId": "tooluse_1", "status": "success"}),
        delta(1, toolResult=[{"json": {"n": 42}}]),
        delta(1, toolResult=[{"text": "done"}]),
    ]
    message = said(events)

    assert message.tool_calls == ()
    assert message.parts[0]["toolUse"]["input"] == {"n": 6}
    content = [{"json": {"n": 42}}, {"text": "done"}]
    assert message.parts[1] == {
        "toolResult": {"toolUseId": "tooluse_1", "status": "success", "content": content}
    }


@pytest.mark.parametrize(
    ("reason", "rule"),
    [("tool_use", "tool-args-tail-lost"), ("max_tokens", "tool-args-truncated-accepted")],
)
@pytest.mark.parametrize("spelt", ['{"path": "/ho', '{"y": NaN}', "Infinity"])
def test_an_input_that_is_no_json_is_shown_as_text_and_noted(spelt: str, reason: str, rule: str) -> None:
    stream = response(tool(0), piece(0, spelt), closed(0), reason=reason)

    assert said(stream).parts[0]["toolUse"]["input"] == spelt
    assert notes(stream) == [(rule, -1, "choices[0].message.tool_calls[0].arguments")]


def test_an_input_of_the_servers_own_tool_that_is_no_json_is_noted_at_its_part() -> None:
    stream = response(tool(0, type="server_tool_use"), piece(0, "{"), closed(0))

    field = "choices[0].message.parts[0].toolUse.input"
    assert notes(stream) == [("tool-args-truncated-accepted", -1, field)]


# ---------------------------------------------------------------- blocks and their indexes


def test_blocks_stand_in_the_order_of_opening_not_of_their_index() -> None:
    assert said([text(5, "a"), text(2, "b"), text(5, "c")]).parts == ({"text": "ac"}, {"text": "b"})


def test_a_second_start_on_an_index_opens_a_new_block_and_is_noted() -> None:
    stream = response(tool(0), piece(0, '{"n": 1}'), tool(0, name="hear"), piece(0, '{"n": 2}'), closed(0))

    assert [call.arguments for call in said(stream).tool_calls] == ['{"n": 1}', '{"n": 2}']
    assert [rule for rule, _, _ in notes(stream)] == ["events-duplicated", "block-stop-missing"]


def test_a_delta_of_another_kind_opens_the_next_block_under_its_index() -> None:
    stream = response(reasoning(0, text="Hm"), text(0, "Hi"), closed(0))

    assert [list(part) for part in said(stream).parts] == [["reasoningContent"], ["text"]]
    assert notes(stream)[0] == ("events-duplicated", 2, "")


def test_input_without_a_start_is_kept_in_a_call_without_a_name_and_noted() -> None:
    stream = response(text(0, "a"), piece(0, '{"n": 1}'), closed(0), piece(1, "{}"), closed(1))

    assert said(stream).tool_calls == (ToolCall(arguments='{"n": 1}'), ToolCall(arguments="{}"))
    missing = [(rule, index) for rule, index, _ in notes(stream) if rule == "block-start-missing"]
    assert missing == [("block-start-missing", 2), ("block-start-missing", 4)]


def test_a_delta_behind_the_stop_of_its_block_still_belongs_to_it_and_is_noted() -> None:
    stream: list[Payload | str] = [START, text(0, "a"), closed(0), text(0, "b"), "c", text(0, "d")]

    assert said(stream).parts == ({"text": "abcd"},)
    late = [index for rule, index, _ in notes(stream) if rule == "events-out-of-order"]
    assert late == [3, 4, 5]


def test_a_delta_without_index_belongs_to_the_block_opened_last() -> None:
    assert said([text(3, "a"), text(None, "b")]).parts == ({"text": "ab"},)
    assert said([text(None, "a"), text(0, "b")]).parts == ({"text": "ab"},)


def test_a_block_whose_kind_a_delta_tells_stays_where_it_was_opened() -> None:
    alone = response(started(0), text(0, "a"), closed(None))
    followed = response(started(0), tool(1), text(0, "a"), piece(None, "{}"), closed(0), closed(None))

    assert (said(alone).parts, notes(alone)) == (({"text": "a"},), [])
    assert [call.arguments for call in said(followed).tool_calls] == ["{}"]
    assert notes(followed) == []


def test_a_start_without_index_takes_the_next_one() -> None:
    assert said([text(0, "a"), tool(None), piece(1, "{}")]).tool_calls[0].arguments == "{}"


def test_a_block_never_stopped_still_counts_and_is_noted() -> None:
    stream = response(text(0, "Hi"))

    assert said(stream).content == "Hi"
    assert notes(stream) == [("block-stop-missing", 2, "choices[0].message.parts[0]")]


def test_a_stop_for_no_block_is_noted() -> None:
    assert notes(response(closed(4))) == [("block-start-missing", 1, "")]


# ---------------------------------------------------------------- the end


def test_metadata_may_come_before_the_end_or_behind_it() -> None:
    events = [START, text(0, "Hi"), closed(0)]

    assert fold([*events, USAGE, ended()]) == fold([*events, ended(), USAGE])


def test_metadata_alone_is_no_end() -> None:
    folded = fold([START, text(0, "Hi"), closed(0), USAGE])

    assert not folded.complete
    assert folded.response.choices[0].finish_reason is None
    assert [note.rule for note in folded.notes] == ["finish-missing", "terminal-not-synced"]


def test_a_stream_that_breaks_off_is_not_complete_and_invents_no_reason() -> None:
    folded = fold(HELLO[:3])

    assert not folded.complete
    assert folded.response.choices[0].finish_reason is None
    assert [(note.rule, note.index) for note in folded.notes] == [
        ("usage-absent", -1),
        ("finish-missing", -1),
        ("truncation-undetected", -1),
    ]


def test_the_first_reason_wins_and_another_is_noted() -> None:
    stream = [START, {"messageStop": {"stopReason": ""}}, ended("tool_use"), ended("end_turn"), USAGE]

    assert fold(stream).response.choices[0].finish_reason == "tool_use"
    assert ("finish-emitted-twice", 3, "choices[0].finish_reason") in notes(stream)


def test_what_comes_after_the_end_is_folded_and_noted_but_for_metadata() -> None:
    stream: list[Payload | str] = [*HELLO, text(0, "!"), "?", USAGE, closed(0)]

    assert said(stream).content == "Hello!?"
    late = [index for rule, index, _ in notes(stream) if rule == "events-out-of-order"]
    assert late == [6, 6, 7, 7, 9]  # behind the end, and behind the stop of its block


def test_a_second_message_start_says_its_role_and_nothing_else() -> None:
    stream = [
        START,
        text(0, "a"),
        {"messageStart": {"role": "user"}},
        text(0, "b"),
        closed(0),
        ended(),
        USAGE,
    ]

    assert (said(stream).role, said(stream).content) == ("assistant", "ab")
    assert [rule for rule, _, _ in notes(stream)] == ["events-duplicated", "role-changes-mid-stream"]


@pytest.mark.parametrize("role", [None, ""])
def test_a_role_that_says_nothing_is_the_assistant(role: Any) -> None:
    assert said([{"messageStart": {"role": role}}, text(0, "a")]).role == "assistant"
    assert said([text(0, "a")]).role == "assistant"


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        ({"throttlingException": {"message": "slow"}}, {"throttlingException": {"message": "slow"}}),
        ({"modelStreamErrorException": "cut"}, {"modelStreamErrorException": "cut"}),
        ({"newborn4Exception": {}}, {"newborn4Exception": {}}),
        ({"error": "cut"}, {"message": "cut"}),
        ({"error": {"code": 5}}, {"code": 5}),
    ],
)
def test_a_failure_inside_the_stream_keeps_what_came_before(failure: Payload, error: Any) -> None:
    folded = fold([START, text(0, "Hel"), failure])

    assert folded.response.error == error
    assert folded.response.choices[0].message.content == "Hel"
    assert not folded.complete
    assert folded.notes[0].rule == "error-event-ignored"


def test_a_failure_after_the_end_makes_the_stream_incomplete_and_the_first_one_counts() -> None:
    late: list[Payload] = [{"internalServerException": {"message": "a"}}, {"throttlingException": {}}]
    folded = fold([*HELLO, *late])

    assert folded.response.error == {"internalServerException": {"message": "a"}}
    assert not folded.complete
    assert folded.notes[-1].rule == "truncation-undetected"


def test_an_exception_of_null_is_absent() -> None:
    union = {
        "messageStop": {"stopReason": "end_turn"},
        "contentBlockDelta": None,
        "throttlingException": None,
    }

    assert fold([START, union, USAGE]) == fold([START, ended(), USAGE])


# ---------------------------------------------------------------- what nobody knows


def test_unknown_fields_are_kept_at_the_level_where_they_stood() -> None:
    stream = [
        {"messageStart": {"role": "assistant", "conversation": 1}},
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}, "more": 2}},
        delta(0, toolUse={"input": "{}", "name": "late"}),
        {**closed(0), "amazon-bedrock-guardrailAction": "NONE"},
        ended(additionalModelResponseFields={"stop_sequence": "#"}),
        told(trace={"guardrail": {}}, performanceConfig={"latency": "standard"}),
    ]
    found = fold(stream).response

    assert found.extra == {
        "conversation": 1,
        "more": 2,
        "amazon-bedrock-guardrailAction": "NONE",
        "additionalModelResponseFields": {"stop_sequence": "#"},
        "metrics": {"latencyMs": 12},
        "trace": {"guardrail": {}},
        "performanceConfig": {"latency": "standard"},
    }
    assert found.choices[0].message.extra == {"name": "late"}


def test_the_tier_is_a_name_and_what_else_it_says_is_kept() -> None:
    tiers = [told(serviceTier={"type": one}) for one in ("", "flex", "default")]

    assert fold([*HELLO, *tiers]).response.service_tier == "flex"
    more = fold([*HELLO, told(serviceTier={"type": "flex", "until": 5})]).response
    assert (more.service_tier, more.extra["serviceTier"]) == ("flex", {"until": 5})


@pytest.mark.parametrize(
    "stranger",
    [
        {"queuePosition": {"position": 3}},
        {},
        {"messageStop": None},
        delta(0, video={"bytes": "YQ=="}),
        reasoning(0, data="YQ=="),
        started(0, video={"format": "mp4"}),
    ],
)
def test_what_no_rule_knows_is_noted_and_kept(stranger: Payload) -> None:
    assert notes([START, stranger])[0][:2] == ("unknown-event", 1)
    folded = fold([START, stranger]).response
    kept = json.dumps([folded.extra, folded.choices[0].message.extra, folded.choices[0].message.parts])
    assert all(word in kept for word in ("queuePosition", "YQ==", "mp4") if word in json.dumps(stranger))


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"messageStart": 5}, "messageStart"),
        ({"messageStart": {"role": 5}}, "role"),
        ({"contentBlockDelta": {"contentBlockIndex": 0, "delta": 5}}, "delta"),
        ({"contentBlockStart": {"contentBlockIndex": 0, "start": 5}}, "start"),
        (text("0", "a"), "contentBlockIndex"),
        (text(True, "a"), "contentBlockIndex"),
        (text(0, 5), "text"),  # type: ignore[arg-type]
        (delta(0, citation=5), "citation"),
        (delta(0, reasoningContent=5), "reasoningContent"),
        (reasoning(0, signature=5), "signature"),
        (delta(0, toolUse=5), "toolUse"),
        (piece(0, {"a": 1}), "input"),  # type: ignore[arg-type]
        (delta(0, toolResult={"a": 1}), "toolResult"),
        (delta(0, toolResult=[5]), "toolResult"),
        (delta(0, image=5), "image"),
        (delta(0, image={"source": {"bytes": 5}}), "bytes"),
        (started(0, toolUse=5), "toolUse"),
        (started(0, text=5), "text"),
        (tool(0, name=5), "choices[0].message.parts[0].toolUse.name"),
        ({"messageStop": {"stopReason": 5}}, "stopReason"),
        ({"metadata": {"usage": 5}}, "usage"),
        ({"metadata": {"serviceTier": "flex"}}, "serviceTier"),
        ({"metadata": {"serviceTier": {"type": 5}}}, "type"),
        ({"error": 5}, "error"),
    ],
)
def test_values_of_a_type_that_has_no_place_there_are_noted_and_kept(event: Payload, field: str) -> None:
    assert ("unknown-event", 0, field) in notes([event])
    folded = fold([event]).response
    message = folded.choices[0].message
    (key,) = {*folded.extra, *message.extra, *(key for call in message.tool_calls for key in call.extra)}
    assert key == field.rpartition(".")[2]


# ---------------------------------------------------------------- the fold itself


def test_what_was_handed_out_before_does_not_grow_with_the_fold() -> None:
    folding = BEDROCK_CONVERSE.fold(Policies())
    folding.add([tool(0), piece(0, "{}"), delta(1, citation={"title": "a"}), USAGE])
    before = folding.response()
    copied = copy.deepcopy(before)
    folding.add([piece(0, "!"), text(1, "a"), delta(1, citation={"title": "b"}), told({"inputTokens": 99})])

    assert before == copied
    assert folding.response() != before


def test_the_events_given_are_not_changed() -> None:
    events = [
        started(0, image={"source": {"s3Location": {}}}),
        delta(0, image={"source": {"bytes": "YQ==", "s3Location": {"uri": "s3://a"}}}),
        started(1, toolResult={"content": [{"text": "a"}]}),
        delta(1, toolResult=[{"text": "b"}]),
        tool(2, input={"a": 1}),
        *HELLO,
    ]
    before = copy.deepcopy(events)
    fold(events)

    assert events == before
