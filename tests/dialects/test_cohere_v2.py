"""Cohere's chat: what is recognised, what each event means, and what is noted about odd ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stream_audit.dialects.cohere.stream import COHERE_V2
from stream_audit.model import Payload, Policies, ToolCall, Usage
from tests.dialects.cohere_wire import (
    USAGE,
    call,
    cited,
    closed,
    delta,
    ended,
    event,
    fold,
    fragment,
    message,
    opened,
    plan,
    rules,
    said,
    start,
)

HELLO = [
    start(),
    opened(0, text=""),
    delta(0, text="Hel"),
    delta(0, text="lo"),
    closed(0),
    ended(usage=USAGE),
]


def test_every_event_that_carries_a_piece_of_an_answer_is_recognised() -> None:
    others = [plan("a"), call(0), fragment(0, "{"), cited(0, start=1)]

    assert all(COHERE_V2.recognises(one) for one in [*HELLO[:4], HELLO[5], *others])


@pytest.mark.parametrize(
    "stranger",
    [
        closed(0),
        {"type": "debug", "prompt": "p"},
        {"type": "error", "error": "e"},
        {"type": "message-start"},
        {"type": "message-end", "delta": {}},
        {"type": "tool-call-delta", "toolCallId": "c1", "argsTextDelta": "{"},
        {"type": "message-start", "delta": {"message": []}},
        {"type": "content_block_delta", "delta": {"message": {}}},
        {"event_type": "text-generation", "text": "Hi", "is_finished": False},
        {"type": ["message-start"], "delta": {"message": {}}},
        {},
    ],
)
def test_what_could_be_somebody_else_s_is_not(stranger: Payload) -> None:
    assert not COHERE_V2.recognises(stranger)


def test_a_message_starts_and_ends_with_its_two_events() -> None:
    assert [COHERE_V2.starts(one) for one in HELLO] == [True] + [False] * 5
    assert [COHERE_V2.ends(one) for one in HELLO] == [False] * 5 + [True]
    assert [COHERE_V2.identity(one) for one in HELLO] == ["msg_1"] + [None] * 5
    assert COHERE_V2.next_break([*HELLO, *HELLO], 1, "msg_1") == 6
    assert COHERE_V2.next_break(HELLO, 1, "msg_1") == 6


def test_an_echo_is_a_delta_that_does_nothing_but_append() -> None:
    assert COHERE_V2.echo(delta(0, text="a")) == "a"
    assert COHERE_V2.echo(delta(3, thinking="b")) == "b"
    assert COHERE_V2.echo(fragment(1, "{")) == "{"
    assert COHERE_V2.echo(plan("c")) == "c"
    others: list[Payload] = [
        delta(None, text="a"),
        delta(0, text=""),
        delta(0, text=5),
        delta(0, text="a", thinking="b"),
        delta(0, text="a", type="text"),
        {**delta(0, text="a"), "logprobs": {"token_ids": [1]}},
        {**delta(True, text="a")},
        event("content-delta", {"content": {"text": "a"}, "role": "assistant"}, 0),
        opened(0, text="a"),
        call(0, arguments="{"),
        event("tool-call-delta", {"tool_calls": {"id": "c1", "function": {"arguments": "{"}}}, 0),
        {**plan("c"), "index": 0},
        closed(0),
        {"type": "content-delta", "index": 0, "delta": "a"},
        {"type": {}, "delta": {}},
    ]
    for payload in others:
        assert COHERE_V2.echo(payload) is None, payload


def test_a_whole_answer() -> None:
    folded = fold(HELLO)
    (choice,) = folded.response.choices

    assert (folded.response.id, choice.finish_reason, folded.complete, folded.notes) == (
        "msg_1", "COMPLETE", True, (),
    )  # fmt: skip
    assert (choice.message.role, choice.message.content, choice.message.reasoning) == (
        "assistant", "Hello", None,
    )  # fmt: skip
    assert choice.message.parts == ({"type": "text", "text": "Hello"},)
    assert folded.response.usage == Usage(input_tokens=10, output_tokens=4, raw=USAGE)


def test_thinking_stands_before_the_plan_and_outside_of_the_content() -> None:
    found = said(start(), plan("So I "), opened(0, "thinking"), delta(0, thinking="Hm. "), plan("look."))

    assert (found.content, found.reasoning) == (None, "Hm. So I look.")
    assert found.parts == ({"type": "thinking", "thinking": "Hm. "},)


def test_a_call_is_an_object_and_its_index_is_its_own() -> None:
    found = said(
        start(),
        opened(0, text="I look."),
        call(0, "c1", "look", arguments=""),
        call(1, "c2", "find", arguments='{"a"'),
        fragment(1, ":1}"),
        fragment(0, "{}"),
    )

    assert found.content == "I look."
    assert found.tool_calls == (
        ToolCall(id="c1", name="look", arguments="{}"),
        ToolCall(id="c2", name="find", arguments='{"a":1}'),
    )


@pytest.mark.parametrize("never", [{}, {"arguments": ""}, {"arguments": None}])
def test_arguments_that_are_never_sent_are_none(never: dict[str, Any]) -> None:
    assert said(start(), call(0, **never)).tool_calls[0].arguments == ""
    assert rules(call(0, **never), closed(0, "tool-call")) == []


def test_arguments_that_are_an_object_count_as_the_text_that_spells_it() -> None:
    odd = call(0, arguments={"größe": [1, None]})

    assert said(start(), odd).tool_calls[0].arguments == '{"größe":[1,null]}'
    assert rules(odd, closed(0, "tool-call")) == ["tool-args-object"]


def test_what_a_message_starts_with_is_its_beginning() -> None:
    seeds: dict[str, Any] = {
        "content": [{"type": "text", "text": "Hel"}],
        "tool_plan": "I ",
        "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": "{"}}],
        "citations": [{"text": "Hel"}],
    }
    found = said(start(**seeds), delta(0, text="lo"), plan("look."), fragment(0, "}"), cited(0, text="lo"))

    assert (found.content, found.reasoning) == ("Hello", "I look.")
    assert found.tool_calls == (ToolCall(id="c1", name="look", arguments="{}"),)
    assert found.annotations == ({"text": "Hel"}, {"text": "lo"})


def test_citations_are_kept_in_order_equal_ones_too() -> None:
    assert said(start(), cited(0, text="a"), cited(0, text="a"), cited(1, text="b")).annotations == (
        {"text": "a"}, {"text": "a"}, {"text": "b"},
    )  # fmt: skip


def test_log_probabilities_are_one_list() -> None:
    items = [{**delta(0, text=t), "logprobs": {"text": t, "token_ids": [n]}} for n, t in enumerate("ab")]

    (choice,) = fold([start(), opened(0), *items]).response.choices
    assert choice.logprobs == {"content": [item["logprobs"] for item in items]}
    assert choice.message.content == "ab"


def test_what_is_billed_stays_in_the_raw_usage() -> None:
    usage = {"billed_units": {"input_tokens": 1, "search_units": 2}, **USAGE, "cached_tokens": 8}
    found = fold(message(usage=usage)).response.usage

    assert found == Usage(input_tokens=10, output_tokens=4, cache_read_tokens=8, raw=usage)


def test_what_is_billed_takes_the_place_of_no_count() -> None:
    billed = {"billed_units": {"input_tokens": 1, "output_tokens": 2}}

    assert fold(message(usage=billed)).response.usage == Usage(raw=billed)
    assert fold(message()).response.usage is None
    assert fold(message(usage={})).response.usage == Usage(raw={})


@pytest.mark.parametrize(
    ("items", "rule"),
    [
        ([opened(0), opened(0), closed(0)], "events-duplicated"),
        ([delta(0, text="a"), closed(0)], "block-start-missing"),
        ([closed(4)], "block-start-missing"),
        ([fragment(0, "{}"), closed(0, "tool-call")], "block-start-missing"),
        ([closed(4, "tool-call")], "block-start-missing"),
        ([opened(0, text="a")], "block-stop-missing"),
        ([call(0)], "block-stop-missing"),
        ([call(0), call(0), closed(0, "tool-call")], "events-duplicated"),
        ([call(0, "a"), closed(0, "tool-call"), call(0, "b"), closed(0, "tool-call")], "tool-index-constant"),
        ([call(0, arguments='{"a"'), closed(0, "tool-call")], "tool-args-truncated-accepted"),
        ([start()], "events-duplicated"),
        ([start("msg_2")], "id-changes"),
        ([event("content-delta", {"role": "tool"}, 0)], "role-changes-mid-stream"),
        ([ended(), opened(0), closed(0), ended()], "events-out-of-order"),
        ([ended(""), ended()], "finish-empty-string"),
        ([ended("MAX_TOKENS")], "finish-emitted-twice"),
        ([ended(error="overloaded")], "error-event-ignored"),
        ([{"type": "error", "message": "overloaded"}], "error-event-ignored"),
        ([{"type": "queue-position"}], "unknown-event"),
        ([plan(5)], "unknown-event"),
        ([opened(0, text=5), closed(0)], "unknown-event"),
        ([opened(0, "text"), delta(0, type="thinking"), closed(0)], "unknown-event"),
        ([{"type": "content-end", "index": "0"}], "unknown-event"),
        ([event("tool-call-start", {"tool_calls": "look"}, 0)], "unknown-event"),
        ([event("content-delta", {"content": "Hi"}, 0)], "unknown-event"),
        ([{"type": "content-delta", "index": 0, "delta": "Hi"}], "unknown-event"),
        ([{"type": "content-delta", "index": 0, "delta": {"message": "Hi"}}], "unknown-event"),
    ],
)
def test_what_the_format_does_not_allow_is_noted(items: list[Payload], rule: str) -> None:
    assert rule in rules(*items)


def test_arguments_that_break_off_before_a_call_are_a_lost_tail() -> None:
    cut = [start(), call(0, arguments='{"a"'), closed(0, "tool-call"), ended("TOOL_CALL")]

    assert [(note.rule, note.field) for note in fold(cut).notes] == [
        ("tool-args-tail-lost", "choices[0].message.tool_calls[0].arguments")
    ]


@pytest.mark.parametrize("rule", ["item-id-mismatch", "tool-name-resent"], ids=["another id", "another name"])
def test_the_first_id_and_the_first_name_of_a_call_count(rule: str) -> None:
    entry = {"id": "c2"} if rule == "item-id-mismatch" else {"function": {"name": "other"}}
    items = [call(0), event("tool-call-delta", {"tool_calls": entry}, 0), closed(0, "tool-call")]

    assert rules(*items) == [rule]
    assert said(start(), *items).tool_calls == (ToolCall(id="c1", name="look"),)


def test_a_message_without_an_end_is_cut_off_and_keeps_what_it_said() -> None:
    folded = fold(HELLO[:4])

    assert not folded.complete
    assert folded.response.choices[0].message.content == "Hello"
    assert [note.rule for note in folded.notes] == ["finish-missing", "truncation-undetected"]


def test_a_message_that_failed_is_not_complete() -> None:
    folded = fold([*HELLO[:5], ended("ERROR", USAGE, error="overloaded")])

    assert (folded.complete, folded.response.error) == (False, {"message": "overloaded"})
    assert folded.response.usage is not None


def test_the_end_marker_is_asked_for_only_under_its_policy() -> None:
    required = replace(Policies(), done_marker="required")

    assert [fold(HELLO, required, done=done).complete for done in (False, True)] == [False, True]


def test_a_start_that_is_repeated_says_nothing_twice() -> None:
    seeded = start(content=[{"type": "text", "text": "Hello"}], tool_plan="I look.")

    assert fold([seeded, seeded, ended()]).response == fold([seeded, ended()]).response


def test_the_plan_and_the_prompt_of_a_debug_event_are_kept_apart() -> None:
    folded = fold(message({"type": "debug", "prompt": "<|START|>"}))

    assert (folded.response.extra, folded.notes) == ({"prompt": "<|START|>"}, ())


def test_what_nobody_knows_is_kept_where_it_stood() -> None:
    folded = fold(
        [
            {**start(), "region": "eu"},
            {
                **opened(0, signature="s"),
                "delta": {"message": {"content": {"type": "text", "signature": "s"}}},
            },
            delta(0, text="a", mood="calm"),
            event(
                "tool-call-start", {"tool_calls": {"id": "c1", "type": "custom", "caller": 1}, "tone": 2}, 0
            ),
            {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "moderation": [1]}},
        ]
    )
    said = folded.response.choices[0].message

    assert folded.response.extra == {"region": "eu", "moderation": [1]}
    assert said.extra == {"mood": "calm", "tone": 2}
    assert said.parts == ({"type": "text", "text": "a", "signature": "s"},)
    assert said.tool_calls[0].extra == {"type": "custom", "caller": 1}


def test_a_value_of_a_wrong_type_is_kept_where_it_stood() -> None:
    folded = fold([start(), {**opened(0, text=[1]), "index": "0"}, plan({}), ended(7, usage=[2])])

    assert folded.response.extra == {"index": "0", "finish_reason": 7, "usage": [2]}
    assert folded.response.choices[0].message.extra == {"text": [1], "tool_plan": {}}


@pytest.mark.parametrize("depth", [50, 100_000])
def test_arguments_that_nest_too_deeply_for_text_are_kept_as_they_are(depth: int) -> None:
    deep: dict[str, Any] = {}
    for _ in range(depth):
        deep = {"in": deep}
    found = said(start(), call(0, arguments=deep)).tool_calls[0]

    assert (found.arguments == "") == (depth > 1000) == ("arguments" in found.extra)


def test_a_text_after_the_end_is_folded_and_noted_each_time() -> None:
    folding = COHERE_V2.fold(Policies())
    folding.add([*HELLO, delta(0, text="!"), "?"])

    folded = folding.finish(done=False)
    assert folded.response.choices[0].message.content == "Hello!?"
    assert [(note.rule, note.index) for note in folded.notes] == [
        ("events-out-of-order", 6), ("events-out-of-order", 7),
    ]  # fmt: skip
