"""What shows a whole: it fills what no delta gave, and is held against the deltas."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.model import Payload, Varied
from tests.dialects.responses_wire import (
    added,
    answer,
    call,
    completed,
    delta,
    done,
    fold,
    message,
    numbered,
    opened,
    part,
    parts,
    replied,
    rules,
    said,
    shot,
    text,
    text_done,
    thought,
    whole,
)

CLOSED = "terminal-snapshot-disagrees"


def content(items: list[Payload]) -> str | None:
    return replied(items).content


# ---------------------------------------------------------------- texts without deltas


@pytest.mark.parametrize(
    "event",
    [
        text_done("whole"),
        part("done", 0, 0, said("whole")),
        part("added", 0, 0, said("whole")),
        done(0, message(said("whole"))),
        added(0, message(said("whole"))),
        completed(message(said("whole"))),
        shot("in_progress", output=[message(said("whole"))]),
    ],
    ids=lambda event: event["type"],
)
def test_whatever_shows_a_text_that_had_no_deltas_gives_it(event: Payload) -> None:
    assert content([shot(), *opened(), event, completed()]) == "whole"
    assert content([shot(), *opened(), event, done(0, message(said(""))), completed()]) == "whole"


def test_the_last_of_several_counts_and_what_says_nothing_does_not() -> None:
    assert content(answer(*opened(), text_done("a"), text_done("b"), text_done(""))) == "b"
    assert rules(answer(*opened(), text_done("a"), text_done("b"), done(0, message()))) == []


def test_what_stood_there_before_the_first_delta_is_its_beginning() -> None:
    events = answer(added(0, message()), part("added", 0, 0, said("Hel")), text(""), text("lo"))
    assert content([*events[:-1], done(0, message(said("Hello"))), completed()]) == "Hello"
    assert rules([*events[:-1], done(0, message(said("Hello"))), completed()]) == []


def test_a_beginning_that_was_the_whole_text_is_dropped() -> None:
    begun = call('{"a":1}')
    events = [
        shot(),
        added(0, begun),
        delta("function_call_arguments", '{"a":1}'),
        done(0, begun),
        completed(),
    ]
    assert replied(events).tool_calls[0].arguments == '{"a":1}'
    assert rules(events) == ["snapshot-plus-delta-double"]
    doubled = [*events[:3], completed()]
    assert replied(doubled).tool_calls[0].arguments == '{"a":1}{"a":1}'
    assert rules(doubled) == ["block-stop-missing", "tool-args-tail-lost"]


# ---------------------------------------------------------------- texts with deltas


@pytest.mark.parametrize(
    ("kind", "index", "key", "item"),
    [
        ("output_text", {"content_index": 0}, "text", message(said("ab"))),
        ("refusal", {"content_index": 0}, "refusal", message({"type": "refusal", "refusal": "ab"})),
        ("reasoning_summary_text", {"summary_index": 0}, "text", thought("ab")),
        (
            "reasoning_text",
            {"content_index": 0},
            "text",
            thought(content=[{"type": "reasoning_text", "text": "ab"}]),
        ),
        ("function_call_arguments", {}, "arguments", call("ab")),
        ("mcp_call_arguments", {}, "arguments", {"type": "mcp_call", "arguments": "ab"}),
        ("custom_tool_call_input", {}, "input", {"type": "custom_tool_call", "input": "ab"}),
        ("code_interpreter_call_code", {}, "code", {"type": "code_interpreter_call", "code": "ab"}),
        (
            "apply_patch_call_operation_diff",
            {},
            "diff",
            {"type": "apply_patch_call", "operation": {"path": "x", "diff": "ab"}},
        ),
        (
            "shell_call_command",
            {"command_index": 0},
            "command",
            {"type": "shell_call", "action": {"commands": ["ab"]}},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_text_is_its_deltas_and_another_end_is_noted_once(
    kind: str, index: dict[str, int], key: str, item: dict[str, Any]
) -> None:
    def stream(*pieces: str, end: str) -> list[Payload]:
        deltas = [delta(kind, piece, 0, **index) for piece in pieces]
        begun = [added(0, {"type": item["type"]}), *deltas]
        return answer(*begun, whole(kind, key, end, 0, **index), done(0, item), done(0, item))

    def noted(events: list[Payload]) -> list[str]:
        return [rule for rule in rules(events) if rule.startswith("terminal")]

    assert parts(stream("a", "b", end="ab")) == parts(stream("ab", end="")) == [item]
    assert noted(stream("a", "b", end="ab")) == []
    assert noted(stream("a", "b", end="")) == ["terminal-snapshot-wipes"]
    assert noted(stream("a", "", "c", end="ab")) == [CLOSED]
    assert "ac" in str(parts(stream("a", "", "c", end="ab")))


@pytest.mark.parametrize(
    ("event", "noted"),
    [
        (text_done(""), ["terminal-snapshot-wipes"]),
        (part("done", 0, 0, said("")), ["terminal-snapshot-wipes"]),
        (part("added", 0, 0, said("")), []),
        (done(0, message(said(""))), ["terminal-snapshot-wipes"]),
        (completed(message(said(""))), ["terminal-snapshot-wipes"]),
        (shot("in_progress", output=[message(said(""))]), []),
    ],
    ids=lambda value: str(value.get("type")) if isinstance(value, dict) else "",
)
def test_an_empty_text_wipes_nothing_and_is_noted_where_it_closes(event: Payload, noted: list[str]) -> None:
    events = [shot(), *opened(), text("a"), event]
    assert content(events) == "a"
    assert [rule for rule in rules(events) if rule.startswith("terminal")] == noted


def test_a_delta_behind_the_end_of_its_text_is_appended() -> None:
    events = answer(*opened(), text("a"), text_done("a"), text("b"), done(0, message(said("ab"))))
    assert content(events) == "ab"
    assert rules(events) == ["events-out-of-order"]


def test_arguments_get_the_name_that_only_their_end_has() -> None:
    end = whole("function_call_arguments", "arguments", "{}", name="look")
    assert replied(answer(added(0, call(name=None)), end)).tool_calls[0].name == "look"
    assert replied(answer(added(0, call(name="see")), end)).tool_calls[0].name == "see"


@pytest.mark.parametrize("value", [7, ["a"], {"a": 1}, True])
def test_a_value_of_another_type_in_a_texts_place_stands_until_a_delta_comes(value: Any) -> None:
    begun = answer(added(0, call(value)))
    assert parts(begun)[0]["arguments"] == value
    folded = fold([*begun[:-1], delta("function_call_arguments", "{}"), done(0, call(value)), begun[-1]])
    (found,) = folded.response.choices[0].message.tool_calls
    assert (found.arguments, folded.response.choices[0].message.extra) == ("{}", {"arguments": value})
    assert [note.rule for note in folded.notes] == ["unknown-event", "unknown-event"]


@pytest.mark.parametrize("key", ["delta", "text", "part", "item", "annotation_index", "item_id"])
@pytest.mark.parametrize("odd", [5, ["x"], True])
def test_a_value_of_a_wrong_type_in_an_event_is_kept_and_noted(key: str, odd: Any) -> None:
    event = {
        "delta": {**text("a"), "delta": odd},
        "text": {**text_done("a"), "text": odd},
        "part": part("done", 0, 0, odd),
        "item": done(0, odd),
        "annotation_index": {
            **{"type": "response.output_text.annotation.added", "output_index": 0, "content_index": 0},
            **{"annotation": {"url": "1"}, "annotation_index": [odd]},
        },
        "item_id": text("a", item_id=[odd]),
    }[key]
    folded = fold(answer(*opened(), event))
    assert folded.response.extra == {key: [odd] if key in ("annotation_index", "item_id") else odd}
    assert folded.notes[0].rule == "unknown-event"


@pytest.mark.parametrize(
    "event", [text("a"), text_done("a"), part("done", 0, 0, {}), done(0, {}), added(0, {})]
)
def test_an_event_without_what_it_is_about_does_nothing(event: Payload) -> None:
    about = ("delta", "text", "part", "item")
    folded = fold([{key: value for key, value in event.items() if key not in about}])
    assert folded.response.choices[0].message.parts == ()
    assert [note.rule for note in folded.notes] == ["usage-absent", "finish-missing", "truncation-undetected"]


# ---------------------------------------------------------------- items


def test_a_snapshot_of_an_item_is_laid_over_what_is_held_key_by_key() -> None:
    first = thought(encrypted_content="a", status="in_progress", vendor=1)
    last = {"type": "reasoning", "encrypted_content": "ab", "status": "completed", "vendor": None}
    (found,) = parts(answer(added(0, first), done(0, {**last, "obfuscation": "q"})))
    assert found == {**first, "encrypted_content": "ab", "status": "completed"}


def test_an_item_that_becomes_another_type_drops_what_it_had() -> None:
    asked = {"type": "web_search_call", "id": "ws", "action": {"query": "a"}}
    assert parts(answer(added(0, asked), done(0, {"type": "message", "id": "ws"}))) == [
        {"type": "message", "id": "ws"}
    ]
    assert parts(answer(added(0, asked), done(0, {"type": None, "status": "x"}))) == [
        {**asked, "status": "x"}
    ]


@pytest.mark.parametrize("name", ["content", "summary"])
def test_entries_that_are_no_objects_and_lists_that_are_none_are_kept(name: str) -> None:
    for odd in ("text", 7, {"a": 1}):
        folded = fold(answer(done(0, {"type": "message", name: odd})))
        assert folded.response.choices[0].message.extra == {name: odd}
        assert name not in folded.response.choices[0].message.parts[0]
    folded = fold(answer(done(0, {"type": "message", name: [{"type": "x"}, "odd"]})))
    assert folded.response.choices[0].message.extra == {name: "odd"}
    assert folded.response.choices[0].message.parts[0][name] == [{"type": "x"}]
    assert parts(answer(done(0, {"type": "message", name: None}))) == [{"type": "message", name: None}]


def test_a_list_of_as_many_entries_as_there_are_means_those_in_order() -> None:
    begun = [added(0, message()), part("added", 0, 1, said("")), part("added", 0, 4, said(""))]
    both = answer(*begun, done(0, message(said("a"), said("b"))))
    assert parts(both)[0]["content"] == [said("a"), said("b")]
    one = answer(*begun, done(0, message(said("first"))))
    assert parts(one)[0]["content"] == [said("first"), said(""), said("")]


def test_action_and_operation_are_replaced_as_a_whole_but_for_their_texts() -> None:
    shell = {"type": "shell_call", "action": {"commands": ["ls"], "timeout_ms": 5, "more": 1}}
    later = {"type": "shell_call", "action": {"commands": [], "timeout_ms": 9}}
    assert parts(answer(added(0, shell), done(0, later)))[0]["action"] == {
        "commands": ["ls"],
        "timeout_ms": 9,
    }
    assert parts(answer(added(0, shell), done(0, {"action": {}})))[0]["action"] == shell["action"]
    patch = {"type": "apply_patch_call", "operation": {"type": "create_file", "diff": "a", "more": 1}}
    moved = {"operation": {"type": "update_file", "diff": ""}}
    events = answer(added(0, patch), delta("apply_patch_call_operation_diff", "b"), done(0, moved))
    assert parts(events)[0]["operation"] == {"type": "update_file", "diff": "ab"}
    assert rules(events) == ["terminal-snapshot-wipes"]


@pytest.mark.parametrize("key", ["action", "operation"])
def test_an_action_that_is_no_object_is_kept(key: str) -> None:
    folded = fold(answer(done(0, {"type": "local_shell_call", key: "ls"})))
    assert folded.response.choices[0].message.extra == {key: "ls"}
    odd = fold(answer(done(0, {"type": "shell_call", "action": {"commands": ["ls", 7]}}))).response
    assert odd.choices[0].message.extra == {"commands": 7}
    assert odd.choices[0].message.parts[0]["action"] == {"commands": ["ls"]}


# ---------------------------------------------------------------- the output of the response


def test_a_closing_event_with_an_empty_output_wipes_nothing() -> None:
    events = [
        shot(),
        *opened(),
        text("a"),
        done(0, message(said("a"))),
        {**completed(), "response": {"output": []}},
    ]
    assert content(events) == "a"
    assert "terminal-snapshot-wipes" in rules(events)
    assert "terminal-snapshot-wipes" not in rules([shot(), {**completed(), "response": {"output": []}}])
    assert "terminal-snapshot-wipes" not in rules([*events[:-1], shot("in_progress", output=[]), completed()])


def test_an_item_that_only_the_closing_event_has_is_taken_and_noted() -> None:
    events = [shot(), *opened(), text("a"), done(0, message(said("a")))]
    asked = call("{}")
    closed = [*events, completed(message(said("a")), asked)]
    assert parts(closed)[1] == asked
    assert rules(closed) == [CLOSED]
    assert rules([shot(), shot("in_progress", output=[asked]), completed(asked)]) == ["block-stop-missing"]


def test_an_item_that_the_closing_event_lacks_stays_and_is_noted() -> None:
    events = [shot(), done(0, call("{}")), done(1, message(said("a"))), completed(message(said("a")))]
    assert [one["type"] for one in parts(events)] == ["function_call", "message"]
    assert [rule for rule in rules(events) if rule.startswith("terminal")] == [CLOSED]


def test_another_order_in_the_end_is_noted_and_the_streams_stays() -> None:
    one, two = message(said("a")), message(said("b"), id="msg_1")
    events = [shot(), done(0, one), done(1, two), completed(two, one)]
    assert content(events) == "ab"
    assert [rule for rule in rules(events) if rule.startswith("terminal")] == [CLOSED]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ([message(said("B"), id="b"), call("A", id="a")], ["A", "B"]),
        ([call("A", id=""), message(said("B"), id="")], ["A", "B"]),
        ([message(said("B"), id="x"), call("A", id="y")], ["A", "B"]),
        ([call("A", id="y", call_id="other")], ["A", ""]),
        ([message(said("B"), id="y")], ["", "B"]),
    ],
    ids=["by id", "by call id or type", "by type", "by place", "by type, behind a place of another"],
)
def test_an_entry_of_the_output_finds_its_item(output: list[dict[str, Any]], expected: list[str]) -> None:
    begun = [added(0, call(id="a")), added(1, message(said(""), id="b"))]
    asked, answered = parts([shot(), *begun, completed(*output)])
    assert [asked["arguments"], answered["content"][0]["text"]] == expected


def test_of_several_items_of_a_type_an_entry_means_the_one_in_its_place() -> None:
    begun = [added(0, message(id="a")), added(1, message(id="b"))]
    events = [shot(), *begun, completed(message(said("A"), id="x"), message(said("B"), id="y"))]
    assert content(events) == "AB"
    assert rules(events).count("item-id-mismatch") == 2


def test_an_item_under_a_later_index_is_found_by_its_place_among_all() -> None:
    events = answer(*opened(1), text("a", 1), done(1, message(said("a"))))
    assert content([*events[:-1], completed(message(said("a")))]) == "a"
    assert rules([*events[:-1], completed(message(said("a"), id="msg_1"))]) == ["item-id-mismatch"]


def test_entries_of_the_output_that_are_no_objects_are_kept() -> None:
    folded = fold([shot(), *opened(), completed(message(said("a")), "odd", 7)])
    assert folded.response.extra["output"] == Varied(("odd", 7), last=7, count=2)
    assert folded.response.choices[0].message.content == "a"
    assert fold([shot(), shot("completed", output="odd")]).response.extra == {"output": "odd"}


def test_a_closing_text_that_disagrees_is_noted_and_the_streams_stands() -> None:
    """Gateways close with the last token alone, or in the middle of a text."""
    for end in ("world", "Hello wo", "Hello world!"):
        events = [
            shot(),
            *opened(),
            text("Hello "),
            text("world"),
            text_done("Hello world"),
            done(0, message(said("Hello world"))),
        ]
        closed = [*events, completed(message(said(end)))]
        assert content(closed) == "Hello world"
        assert rules(closed) == [CLOSED]


def test_a_closing_text_is_believed_where_events_are_known_to_be_missing() -> None:
    events = numbered(
        [
            shot(),
            *opened(),
            text("Hello "),
            text("cruel "),
            text("world"),
            completed(message(said("Hello cruel world"))),
        ]
    )
    short = [*events[:4], *events[5:]]
    assert content(short) == "Hello cruel world"
    assert rules(short) == ["events-out-of-order", "block-stop-missing", CLOSED]
