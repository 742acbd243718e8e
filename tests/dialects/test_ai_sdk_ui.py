"""What the fold of UI message streams makes of chunks, one rule after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.ai_sdk_ui.stream import AI_SDK_UI
from stream_audit.model import Payload, Policies, ToolCall, Usage
from tests.dialects.ai_sdk_ui_wire import (
    RESET,
    STEP,
    STEP_END,
    called,
    calling,
    chunk,
    closed,
    delta,
    ended,
    fold,
    message,
    notes,
    opened,
    output,
    parts,
    piece,
    rules,
    said,
    start,
    text,
    told,
    wrong,
)

ASKED = chunk("tool-approval-request", approvalId="a1", toolCallId="c1")
ANSWERED = chunk("tool-approval-response", approvalId="a1", approved=False)

OWN = [
    start(),
    STEP,
    STEP_END,
    RESET,
    calling(),
    piece("{"),
    called({}),
    wrong("no"),
    output(1),
    chunk("tool-output-error", toolCallId="c1", errorText="no"),
    chunk("tool-output-denied", toolCallId="c1"),
    ASKED,
    ANSWERED,
    chunk("source-url", sourceId="s", url="u"),
    chunk("source-document", sourceId="s", mediaType="m", title="t"),
    chunk("reasoning-file", url="u", mediaType="m"),
    told(model="m"),
    chunk("data-plan", id="1", data={}),
]


# ---------------------------------------------------------------- recognising and cutting


@pytest.mark.parametrize("payload", OWN, ids=lambda payload: payload["type"])
def test_what_only_this_protocol_has_is_recognised_and_by_nobody_else(payload: Payload) -> None:
    assert [one.name for one in DIALECTS if one.recognises(payload)] == ["ai-sdk-ui"]


@pytest.mark.parametrize(
    "payload",
    [
        *text("a"),
        {"type": "text-delta", "textDelta": "a"},
        start(None),
        ended(),
        chunk("error", errorText="no"),
        chunk("abort"),
        {**STEP, "request": {}},
        chunk("tool-input-start", id="c1", toolName="look"),
        chunk("data-plan", data=1, event="x"),
        chunk("data-plan"),
        {"op": "write_text", "delta": "a"},
        {"type": "message-start", "id": "1"},
        {"type": "tool-call-delta", "index": 0},
        {"type": ["start"]},
        {"type": "start", "messageId": 5},
    ],
    ids=str,
)
def test_what_others_send_too_is_not_recognised(payload: Payload) -> None:
    assert not AI_SDK_UI.recognises(payload)


def test_a_stream_of_a_text_alone_is_recognised_by_its_start() -> None:
    stream = message(*text("a"))

    assert [AI_SDK_UI.recognises(payload) for payload in stream] == [True, *[False] * 4]


def test_a_message_is_known_by_the_id_of_its_start_and_of_nothing_else() -> None:
    assert AI_SDK_UI.identity(start("m")) == "m"
    assert [AI_SDK_UI.identity(one) for one in (start(""), start(None), opened("m"), called({}))] == [
        None
    ] * 4


def test_a_start_with_the_messages_own_id_is_no_break() -> None:
    items: list[Payload | str] = ["a", start("m"), delta("a"), start("n"), start(None)]

    assert AI_SDK_UI.next_break(items, 0, "m") == 3
    assert AI_SDK_UI.next_break(items, 0, None) == 1
    assert AI_SDK_UI.next_break(items[:3], 0, "m") == 3


@pytest.mark.parametrize(
    ("payload", "piece_of"),
    [
        (delta("a"), "a"),
        (delta("a", kind="reasoning"), "a"),
        (piece("{"), "{"),
        (delta(""), None),
        (delta("a", providerMetadata={}), None),
        (chunk("text-delta", id=0, delta="a"), None),
        (chunk("text-delta", delta="a", x=1), None),
        (chunk("text-end", id="0", delta="a"), None),
        (opened(), None),
    ],
)
def test_only_a_delta_that_says_nothing_else_has_echoes(payload: Payload, piece_of: str | None) -> None:
    assert AI_SDK_UI.echo(payload) == piece_of


# ---------------------------------------------------------------- texts


def test_texts_are_parts_and_content_is_all_of_them_joined() -> None:
    told_ = said(*text("a", "b"), *text("c", identity="1"), *text("hm", kind="reasoning"))

    assert (told_.role, told_.content, told_.reasoning) == ("assistant", "abc", "hm")
    assert [dict(part) for part in told_.parts] == [
        {"type": "text", "text": "ab", "state": "done"},
        {"type": "text", "text": "c", "state": "done"},
        {"type": "reasoning", "id": "0", "text": "hm", "state": "done"},
    ]


def test_an_empty_text_is_text_and_none_is_none() -> None:
    assert (said(opened(), closed()).content, said().content) == ("", None)


def test_a_text_and_a_thought_of_one_id_are_two_parts() -> None:
    told_ = said(opened(), opened(kind="reasoning"), delta("a"), delta("hm", kind="reasoning"), delta("b"))

    assert (told_.content, told_.reasoning) == ("ab", "hm")


def test_the_last_word_of_the_provider_on_a_part_counts() -> None:
    said_ = parts(
        opened(providerMetadata={"p": 1}),
        delta("a", providerMetadata={"p": 2}),
        closed(providerMetadata=None),
    )

    assert said_ == [{"type": "text", "text": "a", "state": "done", "providerMetadata": {"p": 2}}]


def test_the_id_of_a_text_that_was_ended_opens_another_part() -> None:
    assert [part["text"] for part in parts(*text("a"), STEP_END, *text("b"))] == ["a", "b"]


def test_the_end_of_a_step_ends_no_text() -> None:
    chunks = (opened(), delta("a"), STEP_END, delta("b"), closed())

    assert said(*chunks).content == "ab"
    assert rules(*chunks) == []


def test_a_text_that_was_not_opened_is_opened_by_its_delta() -> None:
    assert parts(delta("a"), closed()) == [{"type": "text", "text": "a", "state": "done"}]
    assert rules(delta("a"), closed(), closed()) == ["block-start-missing"] * 2


def test_a_text_that_is_opened_twice_is_two_and_goes_on_with_the_second() -> None:
    chunks = (opened(), delta("a"), opened(), delta("b"), closed())

    assert [(part["text"], part["state"]) for part in parts(*chunks)] == [("a", "streaming"), ("b", "done")]
    assert rules(*chunks) == ["events-duplicated", "block-stop-missing"]


def test_citations_stand_in_the_text_and_are_annotations_like_sources() -> None:
    cited = {"source": {"id": "s1"}, "startIndex": 0}
    source = chunk("source-url", sourceId="s2", url="u", title="t")
    told_ = said(opened(), closed(citations=[cited, 5]), source)

    assert told_.parts[0]["citations"] == [cited, 5]
    assert told_.annotations == (cited, {"type": "source-url", "sourceId": "s2", "url": "u", "title": "t"})


# ---------------------------------------------------------------- steps


def test_a_step_that_is_done_again_takes_its_parts_back() -> None:
    chunks = (*text("kept"), STEP, opened(), delta("gone"), calling(), RESET, *text("b"))

    assert parts(*chunks) == [
        {"type": "text", "text": "kept", "state": "done"},
        {"type": "step-start"},
        {"type": "text", "text": "b", "state": "done"},
    ]
    assert rules(*chunks) == []
    assert rules(STEP, calling(), RESET, piece("{}")) == ["block-start-missing"]


def test_without_a_step_the_whole_message_is_done_again() -> None:
    assert parts(*text("gone"), RESET) == []


def test_a_call_of_the_same_id_in_another_step_is_another_call() -> None:
    made = said(STEP, called({"a": 1}), STEP, called({"a": 2})).tool_calls

    assert [call.arguments for call in made] == ['{"a":1}', '{"a":2}']


# ---------------------------------------------------------------- tool calls


def test_a_call_is_one_part_from_its_start_to_its_output() -> None:
    chunks = (
        calling(title="T", providerMetadata={"p": 1}),
        piece('{"a":'),
        piece("1}"),
        called({"a": 1}),
        output("x", providerMetadata={"p": 2}, toolMetadata={"m": 1}),
    )
    (part,) = parts(*chunks)

    assert part == {
        "type": "tool-look",
        "toolCallId": "c1",
        "state": "output-available",
        "title": "T",
        "callProviderMetadata": {"p": 1},
        "resultProviderMetadata": {"p": 2},
        "toolMetadata": {"m": 1},
        "input": {"a": 1},
        "output": "x",
    }
    assert said(*chunks).tool_calls == (ToolCall(id="c1", name="look", arguments='{"a":1}'),)


def test_a_dynamic_call_is_a_call_too_and_one_of_the_providers_is_not() -> None:
    assert parts(called({}, dynamic=True))[0] == {
        "type": "dynamic-tool",
        "toolName": "look",
        "toolCallId": "c1",
        "state": "input-available",
        "input": {},
    }
    assert said(called({}, dynamic=True)).tool_calls == (ToolCall(id="c1", name="look", arguments=""),)
    assert said(called({}, providerExecuted=True)).tool_calls == ()


def test_pieces_go_to_the_call_of_their_id() -> None:
    made = said(calling("a"), calling("b"), piece("1", "a"), piece("2", "b"), piece("1", "a")).tool_calls

    assert [(call.id, call.arguments) for call in made] == [("a", "11"), ("b", "2")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('{"a":1}', {"rawInput": '{"a":1}', "input": {"a": 1}}),
        ('{"a', {"rawInput": '{"a'}),
        ("NaN", {"rawInput": "NaN"}),
        ("", {}),
    ],
)
def test_an_input_that_is_not_whole_is_its_text_and_never_mended(written: str, shown: dict[str, Any]) -> None:
    chunks = (calling(), piece(written))

    assert parts(*chunks) == [{"type": "tool-look", "toolCallId": "c1", "state": "input-streaming", **shown}]
    assert said(*chunks).tool_calls[0].arguments == written
    assert ("tool-args-truncated-accepted" in rules(*chunks)) is ("input" not in shown and written != "")
    assert "block-stop-missing" in rules(*chunks)


def test_an_input_that_is_no_json_by_its_own_account_is_not_cut_off() -> None:
    chunks = (calling(inputEncoding="text"), piece("Take a"), piece(" coat"))

    assert parts(*chunks)[0]["input"] == "Take a coat"
    assert said(*chunks).tool_calls[0].arguments == '"Take a coat"'
    assert rules(*chunks) == ["block-stop-missing"]
    assert "inputEncoding" not in parts(*chunks, called("Take a coat"))[0]


@pytest.mark.parametrize(
    "outcome", [output(1), chunk("tool-output-error", toolCallId="c1", errorText="no"), ASKED]
)
def test_an_input_that_is_not_whole_is_not_lost_behind_an_outcome(outcome: Payload) -> None:
    (made,) = said(calling(), piece('{"a'), outcome).tool_calls

    assert made.arguments == '{"a'


def test_pieces_behind_the_whole_input_are_kept_and_change_nothing() -> None:
    chunks = message(calling(), piece("{}"), called({"a": 1}), piece("x"))

    assert fold(chunks).response.choices[0].message.tool_calls[0].arguments == '{"a":1}'
    assert fold(chunks).response.extra == {"toolCallId": "c1", "inputTextDelta": "x"}
    assert [note.rule for note in fold(chunks).notes] == ["events-out-of-order"]


def test_a_wrong_input_is_there_beside_what_is_wrong() -> None:
    chunks = (calling(), piece("5"), wrong("no object", input=5, title="T", providerMetadata={"p": 1}))

    assert parts(*chunks)[0] == {
        "type": "tool-look",
        "toolCallId": "c1",
        "state": "output-error",
        "input": 5,
        "errorText": "no object",
        "resultProviderMetadata": {"p": 1},
    }
    assert rules(*chunks) == []


def test_a_call_that_is_started_again_starts_anew() -> None:
    chunks = (calling(), piece("[1]"), called([1]), output(1), calling(), piece("[2]"))

    assert parts(*chunks) == [
        {
            "type": "tool-look",
            "toolCallId": "c1",
            "state": "input-streaming",
            "rawInput": "[2]",
            "input": [2],
        }
    ]
    assert rules(*chunks) == ["events-duplicated", "block-stop-missing"]


def test_another_name_for_a_call_is_kept_and_does_not_rename_it() -> None:
    folded = fold(message(calling(), called({}, name="see"), called({}, name="")))

    assert folded.response.choices[0].message.tool_calls[0].name == "look"
    assert folded.response.extra == {"toolName": "see"}
    assert [note.rule for note in folded.notes] == ["unknown-event"]


def test_a_later_output_replaces_the_earlier_and_an_error_takes_it_away() -> None:
    first = output(1, preliminary=True)
    last = chunk("tool-output-error", toolCallId="c1", errorText="no")

    assert (parts(called({}), first)[0]["output"], parts(called({}), first)[0]["preliminary"]) == (1, True)
    assert parts(called({}), first, output(2))[0]["output"] == 2
    assert "preliminary" not in parts(called({}), first, output(2))[0]
    (part,) = parts(called({}), first, last)
    assert (part["state"], part["errorText"], "output" in part) == ("output-error", "no", False)


def test_an_output_finds_its_call_in_an_earlier_step() -> None:
    made = parts(STEP, called({"a": 1}), STEP, *text("x"), output("late"))

    assert [part.get("output") for part in made] == [None, "late", None, None]


@pytest.mark.parametrize("lost", [output(1), ANSWERED, ASKED, piece("{")], ids=lambda one: one["type"])
def test_what_has_no_call_is_kept(lost: Payload) -> None:
    folded = fold(message(lost))

    assert folded.response.extra == {key: value for key, value in lost.items() if key != "type"}
    assert [note.rule for note in folded.notes] == ["block-start-missing"]


def test_an_approval_says_what_was_asked_and_what_was_answered() -> None:
    asked = {**ASKED, "reason": "why", "approvalDescriptor": 1, "inputSchemaInput": 2, "signature": "s"}
    (part,) = parts(called({}), {**asked, "isAutomatic": True}, {**ANSWERED, "reason": "no"})

    assert part["state"] == "approval-responded"
    assert part["approval"] == {
        "id": "a1",
        "descriptor": 1,
        "inputSchemaInput": 2,
        "requestReason": "why",
        "signature": "s",
        "isAutomatic": True,
        "approved": False,
        "reason": "no",
    }
    assert "isAutomatic" not in parts(called({}), {**asked, "isAutomatic": False})[0]["approval"]


# ---------------------------------------------------------------- other parts


def test_other_parts_are_what_their_chunk_says() -> None:
    others = [
        chunk("file", url="u", mediaType="m"),
        chunk("custom", kind="a.b", providerMetadata={"p": 1}),
        chunk("steering-message", id="u", parts=[{"type": "text", "text": "Wait"}]),
    ]

    assert parts(*others) == others


def test_data_with_an_id_replaces_data_and_data_to_be_shown_is_no_part() -> None:
    made = parts(
        chunk("data-plan", id="1", data=1),
        chunk("data-plan", data="a"),
        chunk("data-plan", data="b"),
        chunk("data-note", id="1", data=2),
        chunk("data-plan", id="1", data=3),
        chunk("data-plan", id="1", data=4, transient=True),
    )

    assert [(part["type"], part["data"]) for part in made] == [
        ("data-plan", 3),
        ("data-plan", "a"),
        ("data-plan", "b"),
        ("data-note", 2),
    ]


# ---------------------------------------------------------------- the message


def test_metadata_is_laid_over_metadata() -> None:
    chunks = [start(messageMetadata={"a": {"x": 1}, "b": 1}), told(a={"y": 2}, b=None), ended()]

    assert fold(chunks).response.extra == {"metadata": {"a": {"x": 1, "y": 2}, "b": None}}


def test_usage_in_the_metadata_is_folded_count_by_count() -> None:
    chunks = [
        told(usage={"inputTokens": 9, "outputTokens": 1, "cachedInputTokens": 4}),
        told(
            totalUsage={"outputTokens": 7, "reasoningTokens": 2, "inputTokenDetails": {"cacheReadTokens": 5}},
            usage={"outputTokens": 99},
        ),
    ]
    usage = fold(message(*chunks)).response.usage

    assert usage is not None
    assert replace(usage, raw=None) == Usage(
        input_tokens=9, output_tokens=7, cache_read_tokens=5, reasoning_tokens=2
    )


def test_a_second_start_is_no_fault_but_a_second_id_is_noted() -> None:
    assert rules(start(), start(None)) == []
    folded = fold([start("a"), start("b"), ended()])

    assert (folded.response.id, [note.rule for note in folded.notes]) == ("a", ["id-changes"])
    assert fold([start("a"), start("b"), ended()], Policies(identity="last")).response.id == "b"


@pytest.mark.parametrize(
    ("chunks", "reason", "noted"),
    [
        ([ended("stop")], "stop", []),
        ([ended(None)], None, []),
        ([ended("")], None, ["finish-empty-string"]),
        ([ended(None), ended("stop")], "stop", []),
        ([ended("length"), ended("stop")], "length", ["finish-emitted-twice"]),
        ([ended("stop"), ended("stop")], "stop", []),
        ([ended("tool-calls"), start(), *text("a"), ended("stop")], "stop", []),
        ([ended("tool-calls"), start(), ended(None)], "tool-calls", []),
    ],
)
def test_the_first_reason_of_a_stream_counts_and_that_of_the_last_stream_merged(
    chunks: list[Payload], reason: str | None, noted: list[str]
) -> None:
    folded = fold([start(), *chunks])

    assert folded.response.choices[0].finish_reason == reason
    assert [note.rule for note in folded.notes] == noted
    assert folded.complete


@pytest.mark.parametrize("late", [*text("a")[:1], STEP, called({}), chunk("file", url="u", mediaType="m")])
def test_what_comes_behind_the_end_is_folded_and_noted(late: Payload) -> None:
    folded = fold([*message(), late])

    assert len(folded.response.choices[0].message.parts) == 1
    assert "events-out-of-order" in [note.rule for note in folded.notes]


@pytest.mark.parametrize("late", [chunk("data-x", data=1), told(a=1), chunk("abort", reason="r"), start()])
def test_what_may_come_behind_the_end_is_in_order(late: Payload) -> None:
    assert "events-out-of-order" not in [note.rule for note in fold([*message(), late]).notes]


def test_an_error_is_kept_and_the_first_one_counts() -> None:
    folded = fold(message(chunk("error", errorText="a"), chunk("error", errorText="b")))

    assert (folded.response.error, folded.complete) == ({"message": "a"}, False)
    assert [note.rule for note in folded.notes] == [*["error-event-ignored"] * 2, "truncation-undetected"]


@pytest.mark.parametrize(
    ("chunks", "missing"),
    [
        ([start(), *text("a")], "no 'finish'"),
        ([start(), ended(), start()], "no 'finish' after the last 'start'"),
        ([start(), chunk("abort", reason="r"), ended()], "ended by 'abort'"),
    ],
)
def test_a_stream_without_its_end_is_incomplete(chunks: list[Payload], missing: str) -> None:
    folded = fold(chunks)

    assert not folded.complete
    assert [note.detail for note in folded.notes if note.rule == "truncation-undetected"] == [missing]


def test_the_marker_at_the_end_is_asked_for_only_where_the_policy_says_so() -> None:
    required = Policies(done_marker="required")

    assert fold(message()).complete
    assert not fold(message(), required).complete
    assert fold(message(), required, done=True).complete


# ---------------------------------------------------------------- what does not belong


def test_a_chunk_that_nobody_knows_is_kept_with_its_type() -> None:
    folded = fold(message({"type": "teapot", "spout": 1}))

    assert folded.response.extra == {"type": "teapot", "spout": 1}
    assert [(note.rule, note.detail) for note in folded.notes] == [("unknown-event", "type 'teapot'")]


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (chunk("text-delta", id="0"), "delta"),
        (chunk("text-delta", id=0, delta="a"), "id"),
        (chunk("tool-input-start", toolCallId="c", toolName=None), "toolName"),
        (chunk("message-metadata", messageMetadata="m"), "messageMetadata"),
        (chunk("steering-message", id="u", parts={}), "parts"),
    ],
)
def test_a_chunk_without_what_it_must_have_is_kept_and_does_nothing(payload: Payload, field: str) -> None:
    folded = fold(message(payload))

    kept = {key: value for key, value in payload.items() if key != "type" and value is not None}
    assert folded.response.extra == kept
    assert folded.response.choices[0].message.parts == ()
    assert [(note.rule, note.field) for note in folded.notes] == [("unknown-event", field)]


def test_a_key_of_a_wrong_type_is_absent_and_kept() -> None:
    folded = fold(message(calling(dynamic="yes", inputEncoding="xml", title=5), called({})))

    assert folded.response.choices[0].message.parts[0]["type"] == "tool-look"
    assert folded.response.extra == {"dynamic": "yes", "inputEncoding": "xml", "title": 5}
    assert {note.rule for note in folded.notes} == {"unknown-event"}
    assert len(folded.notes) == 3


def test_a_note_stands_at_its_chunk_or_about_the_whole() -> None:
    found = notes(delta("a"), {"type": "teapot"}, *text("b"))

    assert [(note.index, note.rule) for note in found] == [
        (1, "block-start-missing"),
        (2, "unknown-event"),
        (3, "events-duplicated"),
        (-1, "block-stop-missing"),
    ]
