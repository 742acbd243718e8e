"""The rules of docs/folding/gemini.md for function calls, sent whole or in parts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stream_audit.dialects.gemini.paths import steps
from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.model import Policies, ToolCall
from tests.dialects.gemini_wire import STOP, call, calls, chunk, fold, leaf, rules, said, text

OPEN = call("f", willContinue=True)
CLOSE = call()


def arguments(*fragments: Any) -> Any:
    """What the fragments of one call give, parsed."""
    (found,) = calls(OPEN, *fragments, CLOSE)
    return json.loads(found.arguments or "{}")


def test_a_call_is_sent_whole_with_or_without_an_id() -> None:
    found = calls(call("f", args={"city": "Oslo", "n": [1, None]}), call("g", args={}, id="c1"), call("h"))
    assert found == (
        ToolCall(name="f", arguments='{"city":"Oslo","n":[1,null]}'),
        ToolCall(id="c1", name="g"),
        ToolCall(name="h"),
    )


def test_calls_of_one_name_are_each_a_call_in_one_chunk_or_in_several() -> None:
    apart = calls(call("f", args={"n": 1}), call("f", args={"n": 2}))
    together = fold([chunk(call("f", args={"n": 1}), call("f", args={"n": 2})), STOP])
    assert apart == together.response.choices[0].message.tool_calls
    assert [one.arguments for one in apart] == ['{"n":1}', '{"n":2}']


def test_a_call_in_the_chunk_with_the_finish_reason_counts() -> None:
    folded = fold([chunk(call("f"), finish="STOP")])
    assert [one.name for one in folded.response.choices[0].message.tool_calls] == ["f"]
    assert rules(folded) == []


def test_fragments_without_a_name_go_on_with_the_call_and_are_noted_once() -> None:
    items = [chunk(part) for part in (OPEN, leaf("$.a", stringValue="x"), leaf("$.b", numberValue=2), CLOSE)]
    folded = fold([*items, STOP])
    message = folded.response.choices[0].message
    assert message.tool_calls == (ToolCall(name="f", arguments='{"a":"x","b":2}'),)
    assert message.parts == ({"functionCall": {"name": "f", "args": {"a": "x", "b": 2}}},)
    assert next((note.rule, note.index) for note in folded.notes) == ("tool-phantom-nameless", 1)
    assert rules(folded) == ["tool-phantom-nameless"]


def test_pieces_of_a_text_are_joined_under_their_path() -> None:
    pieces = [leaf("$.a", stringValue=piece) for piece in ("San ", "Fran", "", "cisco")]
    assert arguments(*pieces, leaf("$.b", stringValue="x"), leaf("$.a", stringValue="!")) == {
        "a": "San Francisco!",
        "b": "x",
    }


def test_a_character_cut_in_two_between_fragments_is_one_character() -> None:
    (found,) = calls(OPEN, leaf("$.a", stringValue="\ud83d"), leaf("$.a", stringValue="\ude42"), CLOSE)
    assert found.arguments == '{"a":"🙂"}'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"numberValue": 0.5}, 0.5),
        ({"boolValue": False}, False),
        ({"nullValue": "NULL_VALUE"}, None),
        ({"nullValue": None}, None),
        ({"stringValue": None, "numberValue": 3, "nullValue": None}, 3),
    ],
)
def test_a_leaf_has_the_value_that_is_present(value: Any, expected: Any) -> None:
    assert arguments(leaf("$.a", **value)) == {"a": expected}


@pytest.mark.parametrize("value", [{}, {"null_value": None, "string_value": None}])
def test_a_leaf_without_a_value_says_nothing(value: Any) -> None:
    assert arguments(leaf("$.a", **value)) == {}


def test_objects_and_lists_on_the_way_are_made() -> None:
    assert arguments(
        leaf("$.recipe.steps[1].text", stringValue="Boil."),
        leaf("$.recipe.steps[0].text", stringValue="Fill."),
        leaf("$.recipe['of course']", boolValue=True),
        leaf("$.recipe.steps[1].text", numberValue=7),
    ) == {"recipe": {"steps": [{"text": "Fill."}, {"text": 7}], "of course": True}}


@pytest.mark.parametrize(
    "part",
    [
        leaf("$.a.b", stringValue="x"),
        leaf("$.a[0]", stringValue="x"),
        leaf("$[0]", stringValue="x"),
        leaf("$", stringValue="x"),
        leaf("$.b[*]", stringValue="x"),
        leaf("$.b[65]", stringValue="x"),
        leaf("$.b", stringValue=5),
        leaf("$.b", numberValue=True),
        call(partialArgs=[{"stringValue": "x"}], willContinue=True),
        call(partialArgs=["x"], willContinue=True),
    ],
)
def test_a_leaf_that_has_no_place_is_noted_and_kept_and_nothing_else_is_done(part: Any) -> None:
    items = [OPEN, leaf("$.a", numberValue=1), part, CLOSE]
    folded = fold([*(chunk(item) for item in items), STOP])
    (found,) = folded.response.choices[0].message.tool_calls
    (kept,) = part["functionCall"]["partialArgs"]
    assert found == ToolCall(name="f", arguments='{"a":1}', extra={"partialArgs": kept})
    assert rules(folded) == ["tool-phantom-nameless", "unknown-event"]


def test_whole_arguments_replace_those_so_far_and_empty_ones_do_not() -> None:
    assert arguments(leaf("$.a", numberValue=1), call(args={}, willContinue=True)) == {"a": 1}
    assert arguments(leaf("$.a", numberValue=1), call(args={"b": "x"}, willContinue=True)) == {"b": "x"}


def test_leaves_can_be_laid_into_whole_arguments_which_stay_as_they_were_sent() -> None:
    sent = {"a": "x", "b": {"c": 1}}
    items = [chunk(call("f", args=sent, willContinue=True)), chunk(leaf("$.a", stringValue="y"))]
    (found,) = fold([*items, STOP]).response.choices[0].message.tool_calls
    assert found.arguments == '{"a":"xy","b":{"c":1}}'
    assert sent == {"a": "x", "b": {"c": 1}}


def test_a_call_that_was_never_closed_counts_and_is_noted() -> None:
    folded = fold([chunk(OPEN), chunk(leaf("$.a", numberValue=1)), STOP])
    assert folded.response.choices[0].message.tool_calls[0].arguments == '{"a":1}'
    assert rules(folded) == ["tool-phantom-nameless", "block-stop-missing"]


def test_a_call_whose_last_fragment_announces_no_other_is_closed() -> None:
    folded = fold([chunk(OPEN), chunk(leaf("$.a", numberValue=1, more=None)), STOP])
    assert rules(folded) == ["tool-phantom-nameless"]


def test_a_fragment_goes_to_the_call_of_its_id() -> None:
    found = calls(
        call("f", id="c1", willContinue=True),
        call("g", id="c2", willContinue=True),
        call(id="c1", partialArgs=[{"jsonPath": "$.a", "numberValue": 1}]),
        call(partialArgs=[{"jsonPath": "$.b", "numberValue": 2}]),
    )
    assert [(one.id, one.name, one.arguments) for one in found] == [
        ("c1", "f", '{"a":1}'),
        ("c2", "g", '{"b":2}'),
    ]


def test_an_open_call_that_is_named_again_with_its_id_is_the_same_call() -> None:
    found = calls(call("f", id="c1", willContinue=True), call("f", id="c1", args={"a": 1}))
    assert found == (ToolCall(id="c1", name="f", arguments='{"a":1}'),)
    assert len(calls(call("f", id="c1"), call("f", id="c1"))) == 2
    assert len(calls(call("f", willContinue=True), call("f"))) == 2


@pytest.mark.parametrize("parts", [[CLOSE], [call("f", id="c1"), call(id="c9", args={"a": 1})]])
def test_a_fragment_with_nothing_to_go_on_with_opens_a_call_and_is_noted(parts: list[Any]) -> None:
    folded = fold([*(chunk(part) for part in parts), STOP])
    found = folded.response.choices[0].message.tool_calls
    assert len(found) == len(parts)
    assert found[-1].name is None
    assert "block-start-missing" in rules(folded)


def test_what_else_a_call_holds_is_kept_with_it() -> None:
    first = {**call("f", willContinue=True, kind="x"), "thoughtSignature": "c2ln"}
    message = said(first, {**call(args={"a": 1}, kind="y"), "vendor": 1})
    (found,) = message.tool_calls
    assert found.extra["thoughtSignature"] == "c2ln"
    assert found.extra["kind"].first == ("x", "y")
    shown = {
        "functionCall": {"name": "f", "args": {"a": 1}, "kind": "x"},
        "thoughtSignature": "c2ln",
        "vendor": 1,
    }
    assert message.parts == (shown,)


@pytest.mark.parametrize("key", ["id", "name", "args", "partialArgs", "willContinue"])
def test_fields_of_a_call_of_a_wrong_type_are_noted_and_kept_in_its_extra(key: str) -> None:
    folded = fold([chunk({"functionCall": {"name": "f", key: 5}}), STOP])
    (found,) = folded.response.choices[0].message.tool_calls
    assert found.extra == {key: 5}
    assert "unknown-event" in rules(folded)


def test_calls_and_texts_keep_their_order() -> None:
    kinds = [next(iter(part)) for part in said(text("a"), call("f"), text("b"), call("g"), text("c")).parts]
    assert kinds == ["text", "functionCall", "text", "functionCall", "text"]


def test_a_snapshot_does_not_move_with_the_fold() -> None:
    folding = GEMINI.fold(Policies())
    folding.add([chunk(OPEN), chunk(leaf("$.a", stringValue="x")), chunk(text("a"))])
    before = folding.response().choices[0].message
    folding.add([chunk(leaf("$.a", stringValue="y")), chunk(leaf("$.l[0]", numberValue=1)), chunk(text("b"))])
    assert before.parts == ({"functionCall": {"name": "f", "args": {"a": "x"}}}, {"text": "a"})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a", ("a",)),
        ("$.a.b[0].c-d", ("a", "b", 0, "c-d")),
        ("$['a b'][2]", ("a b", 2)),
        ('$["x\\"y"]', ('x"y',)),
        ("$['it\\'s \"so\"']", ('it\'s "so"',)),
        ("$['\\u00e9']", ("é",)),
        ("$", None),
        ("", None),
        ("a", None),
        ("$a", None),
        ("$[0]", None),
        ("$.a[-1]", None),
        ("$.a[01]", None),
        ("$.a[1:2]", None),
        ("$..a", None),
        ("$.*", None),
        ("$.a.", None),
        ("$.a b", None),
        ("$['a", None),
        ("$['\\x']", None),
        ("$" + ".a" * 64, ("a",) * 64),
        ("$" + ".a" * 65, None),
    ],
)
def test_a_path_is_read_as_steps_or_not_at_all(path: str, expected: Any) -> None:
    assert steps(path) == expected
