"""Which item and which entry of it an event means, and what opens and closes them."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.model import Payload
from tests.dialects.responses_wire import (
    added,
    answer,
    call,
    completed,
    delta,
    done,
    fold,
    message,
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

CITED: Payload = {"type": "response.output_text.annotation.added", "output_index": 0, "content_index": 0}


def texts(items: list[Payload]) -> list[list[str]]:
    """The texts of each item's content."""
    return [[entry["text"] for entry in one.get("content", [])] for one in parts(items)]


# ---------------------------------------------------------------- which item


def test_items_stand_in_the_order_of_their_indexes() -> None:
    events = answer(*opened(2), *opened(0), text("last", 2), text("first", 0))
    assert texts(events) == [["first"], ["last"]]


def test_deltas_of_items_that_are_open_together_do_not_mix() -> None:
    events = answer(*opened(0), *opened(1), text("a", 0), text("b", 1), text("c", 0), text("d", 1))
    assert texts(events) == [["ac"], ["bd"]]


def test_an_index_means_the_item_under_it_whatever_the_ids_say() -> None:
    events = answer(*opened(0), *opened(1), text("a", 0, item_id="msg_1"), text("b", 0, item_id="made-up"))
    assert texts(events) == [["ab"], [""]]
    assert rules(events).count("item-id-mismatch") == 1


def test_without_an_index_the_id_tells_and_else_the_item_opened_last() -> None:
    def nowhere(text: str, **fields: Any) -> Payload:
        return delta("output_text", text, None, content_index=0, **fields)

    events = answer(
        *opened(0),
        *opened(1),
        nowhere("a", item_id="msg_0"),
        nowhere("b"),
        nowhere("c", item_id="made-up"),
    )
    assert texts(events) == [["a"], ["bc"]]


def test_a_second_item_under_an_index_is_told_apart_by_its_id() -> None:
    events = answer(
        *opened(0),
        added(0, message(id="msg_other")),
        text("a", item_id="msg_0"),
        text("b", item_id="msg_other"),
        text("c"),
    )
    assert texts(events) == [["a"], ["bc"]]
    assert rules(events).count("events-duplicated") == 1


def test_the_same_item_added_twice_is_one_item() -> None:
    events = answer(*opened(0), text("a"), *opened(0), text("b"))
    assert texts(events) == [["ab"]]
    assert "events-duplicated" in rules(events)


def test_another_item_that_is_done_under_the_index_of_one_that_is_done_is_another_item() -> None:
    events = answer(*opened(0), text("a"), done(0, message(said("a"))), done(0, message(said("b"), id="x")))
    assert texts(events) == [["a"], ["b"]]
    assert rules(events) == ["events-duplicated"]


def test_an_item_that_is_done_under_another_id_than_it_had_is_the_same() -> None:
    events = answer(*opened(0), text("a"), done(0, message(said("a"), id="x", status="completed")))
    assert texts(events) == [["a"]]
    assert parts(events)[0]["id"] == "x"
    assert rules(events) == ["item-id-mismatch"]


@pytest.mark.parametrize("index", [None, -1, True, 1.0, "1", [1]])
def test_an_index_of_a_wrong_type_means_what_no_index_means(index: Any) -> None:
    odd = {**text("b"), "output_index": index}
    folded = fold(answer(*opened(0), *opened(1), text("a", 0), odd))
    assert [one["content"][0]["text"] for one in folded.response.choices[0].message.parts] == ["a", "b"]
    assert folded.response.extra == ({} if index is None else {"output_index": index})


def test_an_item_added_without_index_comes_behind_all_others() -> None:
    events = answer(*opened(3), added(None, call()), delta("function_call_arguments", "{}", 4))
    assert [one["type"] for one in parts(events)] == ["message", "function_call"]
    assert replied(events).tool_calls[0].arguments == "{}"


# ---------------------------------------------------------------- what was never opened, or never closed


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (text("a", item_id="m"), {"type": "message", "id": "m", "content": [said("a")]}),
        (delta("refusal", "a", 0, content_index=0), {"content": [{"type": "refusal", "refusal": "a"}]}),
        (
            delta("reasoning_text", "a", 0, content_index=0),
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "a"}]},
        ),
        (
            delta("reasoning_summary_text", "a", 0, summary_index=0),
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "a"}]},
        ),
        (delta("function_call_arguments", "a"), {"type": "function_call", "arguments": "a"}),
        (delta("mcp_call_arguments", "a"), {"type": "mcp_call", "arguments": "a"}),
        (delta("custom_tool_call_input", "a"), {"type": "custom_tool_call", "input": "a"}),
        (delta("code_interpreter_call_code", "a"), {"type": "code_interpreter_call", "code": "a"}),
        (
            delta("apply_patch_call_operation_diff", "a"),
            {"type": "apply_patch_call", "operation": {"diff": "a"}},
        ),
        (
            delta("shell_call_command", "a", 0, command_index=0),
            {"type": "shell_call", "action": {"commands": ["a"]}},
        ),
        (
            delta("shell_call_output_content", {"stdout": "a"}, 0, command_index=0),
            {"type": "shell_call_output", "output": [{"stdout": "a"}]},
        ),
        (
            {**CITED, "annotation": {"url": "1"}},
            {"type": "message", "content": [{"type": "output_text", "annotations": [{"url": "1"}]}]},
        ),
        (part("done", 0, 0, said("a")), {"type": "message", "content": [said("a")]}),
        (
            part("done", 0, 0, {"type": "reasoning_text", "text": "a"}, "reasoning_part"),
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "a"}]},
        ),
        (
            part("done", 0, 0, {"type": "summary_text", "text": "a"}, "reasoning_summary_part"),
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "a"}]},
        ),
        (done(0, call("{}")), call("{}")),
    ],
    ids=lambda value: value["type"] if "." in str(value.get("type")) else "",
)
def test_whatever_is_about_an_item_that_nothing_opened_opens_it(event: Payload, shown: Payload) -> None:
    (found,) = parts(answer(event))
    assert found == {"type": "message", **shown}
    expected = (
        ["block-start-missing"]
        if event["type"].endswith("item.done")
        else ["block-start-missing", "block-stop-missing"]
    )
    assert [rule for rule in rules(answer(event)) if rule.startswith("block")] == expected


def test_an_item_without_beginning_believes_its_end() -> None:
    events = answer(text("lo"), text_done("Hello"), done(0, message(said("Hello"))))
    assert texts(events) == [["Hello"]]
    assert rules(events) == ["block-start-missing", "terminal-snapshot-disagrees"]


def test_deltas_behind_an_end_that_was_believed_go_on_from_it() -> None:
    assert texts(answer(text("lo"), part("done", 0, 0, said("Hello")), text("!"))) == [["Hello!"]]


def test_an_item_that_is_never_done_counts_and_is_noted() -> None:
    events = answer(*opened(), text("a"))
    assert texts(events) == [["a"]]
    assert rules(events) == ["block-stop-missing"]
    assert (
        rules([shot(), *opened(), text("a"), shot("completed"), shot("completed")])[0] == "block-stop-missing"
    )
    assert rules([shot(), *opened(), text("a")]).count("block-stop-missing") == 0


# ---------------------------------------------------------------- entries


def test_entries_stand_in_the_order_of_their_indexes() -> None:
    events = answer(
        added(0, message()), *(part("added", 0, at, said("")) for at in (2, 0)), text("b", 0, 2), text("a")
    )
    assert texts(events) == [["a", "b"]]
    assert replied(events).content == "ab"


def test_an_entry_that_nothing_opened_is_noted() -> None:
    events = answer(added(0, message()), text("a"), text("b", 0, 1), done(0, message()))
    assert texts(events) == [["a", "b"]]
    assert rules(events) == ["block-start-missing"] * 2
    finished = answer(added(0, message()), part("done", 0, 0, said("a")), done(0, message()))
    assert (texts(finished), rules(finished)) == ([["a"]], ["block-start-missing"])


def test_without_an_index_an_event_means_the_last_entry_and_a_new_part_the_next() -> None:
    events = answer(
        added(0, message()),
        part("added", 0, None, said("")),
        {**text("a"), "content_index": None},
        part("added", 0, None, said("")),
        {**text("b"), "content_index": None},
        part("done", 0, None, said("b", annotations=[])),
    )
    assert parts(events)[0]["content"] == [said("a"), said("b", annotations=[])]


def test_an_entry_that_becomes_another_type_keeps_nothing_but_its_deltas() -> None:
    events = answer(*opened(), part("done", 0, 0, {"type": "refusal", "refusal": "No"}))
    assert parts(events)[0]["content"] == [{"type": "refusal", "refusal": "No"}]
    assert replied(events).refusal == "No"


def test_commands_of_a_shell_are_entries_like_others() -> None:
    command = "response.shell_call_command."
    shell = {"type": "shell_call", "action": {"commands": [], "timeout_ms": None}}
    events = answer(
        added(0, shell),
        {"type": f"{command}added", "output_index": 0, "command_index": 0, "command": "l"},
        delta("shell_call_command", "s", 0, command_index=0),
        {"type": f"{command}added", "output_index": 0, "command": ""},
        delta("shell_call_command", "pwd", 0),
        whole("shell_call_command", "command", "ls", 0, command_index=0),
        done(0, {**shell, "action": {"commands": ["ls", "pwd"], "timeout_ms": 9}}),
    )
    assert parts(events)[0]["action"] == {"commands": ["ls", "pwd"], "timeout_ms": 9}
    assert rules(events) == []
    unopened = answer(added(0, shell), delta("shell_call_command", "ls", 0, command_index=1), done(0, shell))
    assert (parts(unopened)[0]["action"]["commands"], rules(unopened)) == (["ls"], ["block-start-missing"])


def test_what_a_shell_printed_is_put_together_by_command() -> None:
    def printed(at: int | None, **fields: Any) -> Payload:
        return delta("shell_call_output_content", fields, 0, command_index=at)

    shell = {"type": "shell_call_output", "call_id": "c"}
    events = [
        added(0, shell),
        printed(0, stdout="a", outcome={"type": "exit"}),
        printed(1, stdout="x", stderr="!"),
        printed(0, stdout="b", outcome={"type": "timeout"}, obfuscation="q"),
        printed(None, stdout="y", stderr=None),
    ]
    first = {"stdout": "ab", "outcome": {"type": "timeout"}}
    assert parts(answer(*events))[0]["output"] == [first, {"stdout": "xy", "stderr": "!"}]
    whole_output = whole(
        "shell_call_output_content", "output", [{"stdout": "B"}, 7, {"stdout": "C"}], 0, command_index=1
    )
    assert parts(answer(*events, whole_output))[0]["output"] == [first, {"stdout": "B"}, {"stdout": "C"}]
    shown = [{"stdout": "all"}]
    assert parts(answer(*events, done(0, {**shell, "output": shown})))[0]["output"] == shown
    assert len(parts(answer(*events, done(0, {**shell, "output": []})))[0]["output"]) == 2


# ---------------------------------------------------------------- annotations and log probabilities


def test_annotations_of_events_stand_at_their_index_over_those_of_snapshots() -> None:
    events = answer(
        *opened(),
        text("a"),
        {**CITED, "annotation_index": 1, "annotation": {"url": "2"}},
        {**CITED, "annotation": {"url": "3"}},
        {**CITED, "annotation_index": 0, "annotation": {"url": "1"}},
        {**CITED, "annotation": None},
    )
    urls = [{"url": "1"}, {"url": "2"}, {"url": "3"}]
    assert parts(events)[0]["content"][0]["annotations"] == urls
    assert list(replied(events).annotations) == urls
    shown = [{"url": "1"}, {"url": "2"}, {"url": "other"}, {"url": "4"}]
    end = done(0, message(said("a", annotations=shown)))
    assert list(replied([*events[:-1], end]).annotations) == [*urls, {"url": "4"}]
    assert rules([*events[:-1], end, completed()]) == ["terminal-snapshot-disagrees"]


def test_log_probabilities_of_deltas_are_joined_and_stand_over_snapshots() -> None:
    one, two, other = ({"token": token, "logprob": -0.5} for token in "abc")
    events = [
        shot(),
        *opened(),
        text("a", logprobs=[one]),
        text("", logprobs=[two]),
        text_done("a", logprobs=[other]),
    ]
    folded = fold([*events, done(0, message(said("a", logprobs=[]))), completed()])
    assert folded.response.choices[0].logprobs == {"content": [one, two]}
    assert [note.rule for note in folded.notes] == ["terminal-snapshot-disagrees"]
    only = fold([shot(), *opened(), text("a"), text_done("a", logprobs=[other])]).response
    assert only.choices[0].logprobs == {"content": [other]}
    holed = fold([text("a", logprobs=[one]), done(0, message(said("a", logprobs=[other])))]).response
    assert holed.choices[0].logprobs == {"content": [other]}


@pytest.mark.parametrize(
    "event", [text("a", logprobs={"token": "a"}), text_done("a", logprobs="a")], ids=["delta", "done"]
)
def test_log_probabilities_that_are_no_list_are_kept(event: Payload) -> None:
    folded = fold(answer(*opened(), event))
    assert folded.response.extra == {"logprobs": event["logprobs"]}
    assert folded.response.choices[0].message.content == "a"


def test_annotations_and_log_probabilities_that_are_no_objects_stand_in_the_part_alone() -> None:
    events = answer(done(0, message(said("a", annotations=["odd", {"url": "1"}], logprobs=[7]))))
    assert list(replied(events).annotations) == [{"url": "1"}]
    assert fold(events).response.choices[0].logprobs is None
    assert parts(events)[0]["content"][0]["annotations"] == ["odd", {"url": "1"}]


# ---------------------------------------------------------------- the message


def test_reasoning_is_the_text_of_each_item_and_else_its_summary() -> None:
    def text_of(*texts: str) -> list[dict[str, str]]:
        return [{"type": "reasoning_text", "text": one} for one in texts]

    events = answer(
        done(0, thought("retold", content=text_of("a", "b"))),
        done(1, thought("c", "d")),
        done(2, thought("e", content=text_of(""))),
        done(3, thought(content=text_of(""))),
    )
    assert replied(events).reasoning == "abcde"
    assert replied(answer(done(0, thought(content=text_of(""))))).reasoning == ""
    assert replied(answer(done(0, thought()))).reasoning is None


def test_content_and_refusal_are_those_of_all_messages() -> None:
    refused = {"type": "refusal", "refusal": "No"}
    events = answer(
        done(0, message(said("a"), refused, said("b"))), done(1, call()), done(2, message(said("c"), id="m"))
    )
    assert (replied(events).content, replied(events).refusal) == ("abc", "No")


def test_the_role_is_the_first_of_a_message_and_else_the_assistants() -> None:
    assert replied(answer(done(0, message(role="user")))).role == "user"
    assert replied(answer(done(0, {**message(), "role": None}), done(1, message(role="tool")))).role == "tool"
    assert replied(answer(done(0, call(role="user")))).role == "assistant"
    assert "role-changes-mid-stream" in rules(answer(*opened(), done(0, message(role="user"))))
