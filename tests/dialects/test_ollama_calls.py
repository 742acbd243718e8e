"""The tool calls and the counts of Ollama's answers."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.ollama.stream import OLLAMA
from stream_audit.model import Payload, Policies, ToolCall, Usage
from tests.dialects.ollama_wire import COUNTS, DEFAULT, call, calls, chat, done, fold, generate, rules, said

NESTED: Any = {}
for _ in range(5000):
    NESTED = {"deeper": NESTED}


def test_every_call_is_whole_and_all_chunks_have_their_own() -> None:
    stream = [calls(call("look", {"at": 1})), calls(call("look", {"at": 2}), call("go")), done()]

    assert said(*stream).tool_calls == (
        ToolCall(name="look", arguments='{"at":1}'),
        ToolCall(name="look", arguments='{"at":2}'),
        ToolCall(name="go", arguments=""),
    )


def test_calls_beside_the_message_are_calls_too() -> None:
    stream = [{**calls(call("look")), "tool_calls": [call("go")]}, generate(tool_calls=[call("stop")])]

    assert [one.name for one in said(*stream).tool_calls] == ["look", "go", "stop"]


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"größe": [1, None, "ü"]}, '{"größe":[1,null,"ü"]}'),
        ({}, ""),
        ("", ""),
        ('{"a": 1}', '{"a": 1}'),
        (None, ""),
    ],
)
def test_arguments_are_text_however_they_are_sent(sent: Any, text: str) -> None:
    assert said(calls(call("look", sent))).tool_calls[0].arguments == text
    assert rules(calls(call("look", sent))) == []


def test_arguments_that_came_as_text_and_are_no_json_are_noted() -> None:
    assert rules(calls(call("look", {"a": 1}), call("go", '{"a": '))) == ["tool-args-truncated-accepted"]


def test_arguments_too_deep_for_text_are_kept_and_noted() -> None:
    found = said(calls(call("look", {"deeper": NESTED}))).tool_calls[0]

    assert (found.arguments, list(found.extra)) == ("", ["arguments"])
    assert rules(calls(call("look", {"deeper": NESTED}))) == ["unknown-event"]


def test_the_number_of_a_call_is_not_kept_and_one_that_comes_again_is_noted() -> None:
    same = calls(call("look", index=0), call("go", index=0))

    assert [(one.name, one.extra) for one in said(same).tool_calls] == [("look", {}), ("go", {})]
    assert rules(same) == ["tool-index-constant"]
    assert rules(calls(call(index=0)), calls(call(index=1))) == []


def test_the_id_and_the_name_are_the_call_s_and_empty_ones_are_none() -> None:
    stream = calls(call("look", id="call_1", type="function"), call("", id=""))

    assert said(stream).tool_calls == (
        ToolCall(id="call_1", name="look", arguments=""),
        ToolCall(arguments=""),
    )


def test_what_else_a_call_says_is_kept_with_it() -> None:
    odd = {
        "id": 1,
        "type": "custom",
        "function": {"index": "0", "name": [2], "arguments": [3], "strict": True},
        "more": 4,
    }
    kept = {"id": 1, "type": "custom", "index": "0", "name": [2], "arguments": [3], "strict": True, "more": 4}

    assert said(calls(odd)).tool_calls == (ToolCall(arguments="", extra=kept),)
    assert rules(calls(odd)) == ["unknown-event"] * 4
    assert said(calls({"function": "f", "type": 5})).tool_calls[0].extra == {"function": "f", "type": 5}


def test_calls_end_with_the_reason_of_any_answer_and_that_is_not_noted() -> None:
    folded = fold([calls(call("look", {"at": 1}, 0)), done("stop")])

    assert (folded.complete, folded.notes) == (True, ())


def usage(*items: Payload, policies: Policies = DEFAULT) -> Usage | None:
    return fold(items, policies).response.usage


def test_counts_are_counts_and_durations_are_none() -> None:
    durations = {"total_duration": 9, "load_duration": 8, "prompt_eval_duration": 7, "eval_duration": 6}

    assert usage(done(**COUNTS, **durations, prompt_eval_cached_count=20)) == Usage(
        input_tokens=26,
        output_tokens=3,
        cache_read_tokens=20,
        raw={**COUNTS, "prompt_eval_cached_count": 20},
    )
    assert usage(done(**durations)) is None


def test_a_prompt_that_the_cache_held_has_no_count_and_that_is_not_zero() -> None:
    found = usage(done(eval_count=3))

    assert found is not None
    assert (found.input_tokens, found.cache_read_tokens, found.output_tokens) == (None, None, 3)


def test_counts_that_grow_are_totals_and_zeros_behind_them_follow_the_policy() -> None:
    growing = [{**chat("a"), "eval_count": count} for count in (1, 2)]
    zeroed = [{**chat("a"), "eval_count": 2}, done(eval_count=0)]

    counted = [
        usage(*growing, done(eval_count=3)),
        usage(*zeroed),
        usage(*zeroed, policies=Policies(later_zero="honour")),
    ]
    assert [one and one.output_tokens for one in counted] == [3, 2, 0]


@pytest.mark.parametrize("odd", ["3", True, -1, 2.5, [3]])
def test_a_count_that_is_none_is_kept_and_not_counted(odd: Any) -> None:
    found = usage(done(eval_count=odd))

    assert found is not None
    assert (found.output_tokens, found.raw) == (None, {"eval_count": odd})


def test_texts_and_counts_are_seen_and_durations_are_said_not_to_be_read() -> None:
    stream = [chat("Hi", thinking="hm"), generate("Ho"), done(eval_count=3, eval_duration=9)]
    seen = [
        [(one.path, one.kind, one.unread) for one in chunk if one.value != ""]
        for chunk in OLLAMA.sightings(stream)
    ]

    assert seen == [
        [("message.content", "counted", ""), ("message.thinking", "counted", "")],
        [("response", "counted", "")],
        [("eval_count", "reported", ""), ("eval_duration", "reported", "nanoseconds, not tokens")],
    ]
