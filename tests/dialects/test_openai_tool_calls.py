from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stream_audit.model import Payload, Policies, ToolCall
from tests.dialects.openai_wire import call, calls, choice, chunk, delta, ends, fold, message, rules

OPENERS = [call(index, f"call_{index}", f"tool_{index}", "") for index in range(4)]


def made(*items: Payload, policies: Policies = Policies()) -> tuple[ToolCall, ...]:  # noqa: B008 - frozen
    return message(*items, policies=policies).tool_calls


def arguments(*fragments: Any) -> str:
    return made(calls(call(0, "a", "f")), *(calls(call(0, arguments=text)) for text in fragments))[
        0
    ].arguments


@given(order=st.permutations(range(4)), together=st.booleans(), data=st.data())
@example(order=[3, 1, 0, 2], together=True, data=None)
def test_calls_keep_their_own_arguments_in_any_arrival_order(
    order: list[int], together: bool, data: Any
) -> None:
    fragments = [(index, text) for index in order for text in ('{"n":', f"{index}}}")]
    if data is not None:  # deal the fragments out in any order that keeps each call's own
        queues = {index: ['{"n":', f"{index}}}"] for index in order}
        dealt = data.draw(st.permutations([index for index, _ in fragments]))
        fragments = [(index, queues[index].pop(0)) for index in dealt]
    openers = [calls(*(OPENERS[index] for index in order))]
    if not together:
        openers = [calls(OPENERS[index]) for index in order]

    assert made(*openers, *(calls(call(index, arguments=text)) for index, text in fragments)) == tuple(
        ToolCall(id=f"call_{index}", name=f"tool_{index}", arguments=f'{{"n":{index}}}') for index in order
    )


def test_another_id_on_the_same_index_is_another_call() -> None:
    stream = [calls(call(0, "a", "f", "{}")), calls(call(0, "b", "g", "{"), call(0, arguments="}"))]

    assert [(made.id, made.arguments) for made in made(*stream)] == [("a", "{}"), ("b", "{}")]
    assert rules(*stream) == ["tool-index-constant", "tool-index-duplicate-in-chunk"]


def test_without_an_index_a_new_id_opens_a_call_and_no_id_continues_the_last() -> None:
    stream = [calls(call(..., "a", "f", "{"), call(arguments="}")), calls(call(..., "b", "g", "[]"))]

    assert [(made.id, made.arguments) for made in made(*stream)] == [("a", "{}"), ("b", "[]")]
    assert rules(*stream) == ["tool-index-missing"] * 3


def test_without_an_index_a_known_id_continues_its_call() -> None:
    stream = [
        calls(call(..., "a", "f", "{")),
        calls(call(..., "b", "g", "[")),
        calls(call(..., "a", ..., "}")),
    ]

    assert [made.arguments for made in made(*stream)] == ["{}", "["]


@pytest.mark.parametrize("id_", [..., None, ""])
def test_an_empty_id_on_a_continuation_is_the_same_call(id_: Any) -> None:
    assert made(calls(call(0, "a", "f", "{")), calls(call(0, id_, ..., "}"))) == (
        ToolCall(id="a", name="f", arguments="{}"),
    )


def test_an_id_that_comes_late_belongs_to_the_open_call() -> None:
    assert made(calls(call(0, ..., "f", "{")), calls(call(0, "a", ..., "}"))) == (
        ToolCall(id="a", name="f", arguments="{}"),
    )


def test_an_object_instead_of_the_list_is_a_list_of_one() -> None:
    assert made(delta(tool_calls=call(0, "a", "f", "{}"))) == (ToolCall(id="a", name="f", arguments="{}"),)


@pytest.mark.parametrize(
    ("later", "auto", "assign", "append", "first"),
    [
        ("look", "look", "look", "looklook", "look"),
        ("look_up", "look_up", "look_up", "looklook_up", "look"),
        ("_up", "look_up", "_up", "look_up", "look"),
        ("", "look", "look", "look", "look"),
        (None, "look", "look", "look", "look"),
    ],
)
def test_a_later_name_is_taken_as_the_policy_says(
    later: str | None, auto: str, assign: str, append: str, first: str
) -> None:
    stream = [calls(call(0, "a", "look")), calls(call(0, name=later))]

    assert made(*stream)[0].name == auto
    assert made(*stream, policies=Policies(tool_name="assign"))[0].name == assign
    assert made(*stream, policies=Policies(tool_name="append"))[0].name == append
    assert made(*stream, policies=Policies(tool_name="first"))[0].name == first


def test_a_name_resent_on_every_chunk_is_noted_once_and_a_fragment_each_time() -> None:
    assert rules(*[calls(call(0, "a", "f"))] * 4) == ["tool-name-resent"]
    assert rules(calls(call(0, "a", "x")), calls(call(0, name="y")), calls(call(0, name="z"))) == [
        "tool-name-fragmented",
        "tool-name-fragmented",
    ]


def test_null_arguments_are_nothing_and_none_at_all_are_empty() -> None:
    assert arguments(None, "{", None, "}") == "{}"
    assert arguments() == ""


def test_an_object_is_its_compact_json() -> None:
    assert arguments({"a": [1, "é"]}) == '{"a":[1,"é"]}'
    assert rules(calls(call(0, "a", "f", {"a": 1}))) == ["tool-args-object"]


def test_arguments_so_far_sent_in_every_fragment_count_once() -> None:
    assert arguments('{"a"', '{"a":1', '{"a":1}') == '{"a":1}'


def test_the_whole_arguments_sent_again_at_the_end_count_once() -> None:
    assert arguments('{"a"', ":1}", '{"a":1}') == '{"a":1}'


@pytest.mark.parametrize(
    "fragments",
    [
        ("1", "12", "123"),  # joined it is JSON
        ("[", "[", "]]"),  # the last does not begin with the one before
        ('{"a":"', '{"a":"'),  # two alike, but no JSON
        ('{"', '{"a":1}'),  # too few to tell
    ],
)
def test_what_only_looks_like_a_resend_is_joined(fragments: tuple[str, ...]) -> None:
    assert arguments(*fragments) == "".join(fragments)


def test_unknown_fields_of_entry_and_function_stay_with_their_call() -> None:
    entry = {"index": 0, "id": "a", "extra_content": {"s": 1}, "function": {"name": "f", "strict": True}}

    assert made(calls(entry))[0].extra == {"extra_content": {"s": 1}, "strict": True}


def test_choices_never_share_calls() -> None:
    def both(first: dict[str, Any], second: dict[str, Any]) -> Payload:
        return chunk(choice({"tool_calls": [second]}, index=1), choice({"tool_calls": [first]}))

    stream = [
        both(call(0, "a", "f", "{"), call(0, "b", "g", "[")),
        both(call(0, arguments="}"), call(0, arguments="]")),
    ]

    assert made(*stream) == (ToolCall(id="a", name="f", arguments="{}"),)


def test_a_legacy_function_call_is_one_call_after_the_others() -> None:
    stream = [
        delta(function_call={"name": "old", "arguments": "{"}),
        delta(function_call={"arguments": "}"}),
        calls(call(0, "a", "new", "")),
    ]

    assert [made.name for made in made(*stream)] == ["new", "old"]
    assert made(*stream)[1] == ToolCall(name="old", arguments="{}")


def test_an_empty_legacy_stub_gives_no_call() -> None:
    stub = delta(content="x", function_call={"name": "", "arguments": ""})

    assert made(stub) == ()
    assert rules(stub) == ["function-call-legacy-stub"]


def test_a_stop_with_calls_is_noted_and_drops_none() -> None:
    stream = [calls(call(0, "a", "f", "{}")), ends("stop")]

    assert len(made(*stream)) == 1
    assert rules(*stream) == ["finish-stop-with-tool-calls"]


TAIL_LOST, CUT_OFF = "tool-args-tail-lost", "tool-args-truncated-accepted"


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("tool_calls", TAIL_LOST),
        ("function_call", TAIL_LOST),
        ("stop", TAIL_LOST),
        ("length", CUT_OFF),
        ("content_filter", CUT_OFF),
        ("end_turn", CUT_OFF),
        (None, CUT_OFF),
    ],
)
@pytest.mark.parametrize("text", ['{"a": 1', '{"a": NaN}', " "])
def test_arguments_that_are_no_json_are_noted_by_what_the_finish_reason_promises(
    reason: str | None, rule: str, text: str
) -> None:
    stream = [calls(call(0, "a", "f", "{}"), call(1, "b", "g")), calls(call(1, arguments=text)), ends(reason)]
    folded = fold(stream)

    (note,) = [note for note in folded.notes if note.rule in (TAIL_LOST, CUT_OFF)]
    assert (note.rule, note.index, note.field) == (rule, -1, "choices[0].message.tool_calls[1].arguments")
    assert folded.response.choices[0].message.tool_calls[1].arguments == text


def test_arguments_of_the_legacy_call_are_looked_at_too() -> None:
    stream = [delta(function_call={"name": "f", "arguments": "{"}), ends("function_call")]

    assert rules(*stream) == [TAIL_LOST]


@pytest.mark.parametrize("text", ["", "{}", "[1]", "null", ' {"a": 1}\n'])
def test_arguments_that_are_empty_or_json_are_not_noted(text: str) -> None:
    assert rules(calls(call(0, "a", "f", text)), ends("tool_calls")) == []
    assert rules(calls(call(0, "a", "f", text)), ends("length")) == []


def test_arguments_sent_again_as_a_whole_are_json_once() -> None:
    stream = [calls(call(0, "a", "f")), *(calls(call(0, arguments='{"a":1}')) for _ in "ab")]

    assert rules(*stream, ends("tool_calls")) == ["tool-args-cumulative-resend"]


def test_what_is_no_json_for_others_is_no_proof_of_a_resend() -> None:
    assert arguments("NaN", "NaN") == "NaNNaN"
