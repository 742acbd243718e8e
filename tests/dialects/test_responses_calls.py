"""What the client must carry out, and what is the provider's own."""

from __future__ import annotations

import sys
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
    parts,
    replied,
    rules,
    said,
    shot,
)

SHELL = {"commands": ["ls"], "timeout_ms": None}
PATCH = {"type": "delete_file", "path": "é"}


def sent(item: dict[str, Any]) -> list[Payload]:
    """An item that is added and done at once."""
    return [added(0, item), done(0, item)]


@pytest.mark.parametrize(
    ("item", "name", "arguments"),
    [
        ({"type": "function_call", "name": "look", "arguments": '{"q": 1}'}, "look", '{"q": 1}'),
        ({"type": "custom_tool_call", "name": "sql", "input": "SELECT 1"}, "sql", "SELECT 1"),
        ({"type": "local_shell_call", "action": {"command": ["ls"]}}, "local_shell", '{"command":["ls"]}'),
        ({"type": "shell_call", "action": SHELL}, "shell", '{"commands":["ls"]}'),
        (
            {"type": "apply_patch_call", "operation": PATCH},
            "apply_patch",
            '{"type":"delete_file","path":"é"}',
        ),
        ({"type": "shell_call", "action": {"timeout_ms": None}}, "shell", "{}"),
        ({"type": "computer_call", "actions": [{"a": [{"b": None}]}]}, "computer", '[{"a":[{}]}]'),
        ({"type": "computer_call", "action": {"type": "wait"}}, "computer", '{"type":"wait"}'),
        ({"type": "computer_call", "actions": [{"a": 1}], "action": {}}, "computer", '[{"a":1}]'),
        ({"type": "computer_call", "actions": [], "action": {"a": 1}}, "computer", '{"a":1}'),
        (
            {"type": "tool_search_call", "execution": "client", "arguments": {"a": 1}},
            "tool_search",
            '{"a":1}',
        ),
        ({"type": "tool_search_call", "execution": "client", "arguments": {}}, "tool_search", ""),
        ({"type": "function_call", "name": "now", "arguments": None}, "now", ""),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_a_call_for_the_client_is_read_from_its_item(item: dict[str, Any], name: str, arguments: str) -> None:
    shown = {"id": "item_0", "status": "completed", "call_id": "call_0", **item}
    events = answer(done(0, shown))
    (found,) = replied(events).tool_calls
    assert (found.id, found.name, found.arguments) == ("call_0", name, arguments)
    assert "name" not in found.extra
    assert parts(events) == [shown]
    assert "tool-args-object" not in rules(events)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "shell_call", "environment": {"type": "container_reference"}, "action": SHELL},
        {"type": "custom_tool_call", "call_id": "xs_call_7", "name": "x_keyword_search", "input": "{}"},
        {"type": "tool_search_call", "execution": "server", "arguments": {}},
        {"type": "tool_search_call", "arguments": {}},
        {"type": "mcp_call", "call_id": "c", "name": "n", "arguments": "{}"},
        {"type": "mcp_list_tools", "name": "n"},
        *(
            {"type": f"{kind}_call"}
            for kind in ("web_search", "file_search", "code_interpreter", "image_generation")
        ),
        {"type": "mcp_approval_request", "name": "n", "arguments": "{}"},
        {"type": ["function_call"]},
        {"type": "function_call_output", "call_id": "c"},
        {},
    ],
    ids=lambda item: str(item.get("type")),
)
def test_what_the_provider_runs_itself_is_a_part_alone(item: dict[str, Any]) -> None:
    events = answer(done(0, item))
    assert replied(events).tool_calls == ()
    assert parts(events) == [item]


def test_a_shell_of_the_clients_own_is_for_the_client() -> None:
    for environment in (None, {"type": "local"}, "container_reference"):
        shell = {"type": "shell_call", "call_id": "c", "action": SHELL, "environment": environment}
        (found,) = replied(answer(done(0, shell))).tool_calls
        assert found.extra == ({} if environment is None else {"environment": environment})


def test_a_call_keeps_what_else_its_item_has() -> None:
    item = call("{}", namespace="crm", caller=None, obfuscation="x", status="completed", vendor={"a": 1})
    (found,) = replied(answer(done(0, item))).tool_calls
    assert found.extra == {"namespace": "crm", "vendor": {"a": 1}}


@pytest.mark.parametrize("odd", [7, ["call_0"], True])
def test_an_id_or_name_that_is_no_text_is_kept_in_the_call(odd: Any) -> None:
    (found,) = replied(answer(done(0, call("{}", call_id=odd, name=odd)))).tool_calls
    assert (found.id, found.name, found.extra) == (None, None, {"call_id": odd, "name": odd})
    (empty,) = replied(answer(done(0, call("{}", call_id="", name="")))).tool_calls
    assert (empty.id, empty.name, empty.extra) == (None, None, {})


def test_arguments_sent_as_an_object_are_its_compact_json_and_noted() -> None:
    events = answer(*sent(call({"q": "é", "n": [1, None]})))
    (found,) = replied(events).tool_calls
    assert found.arguments == '{"q":"é","n":[1,null]}'
    assert rules(events) == ["tool-args-object"]
    assert rules(answer(*sent({"type": "custom_tool_call", "input": {"a": 1}}))) == ["tool-args-object"]


def test_arguments_that_nest_too_deeply_are_kept_in_the_call() -> None:
    deep: dict[str, Any] = {}
    for _ in range(sys.getrecursionlimit() * 20):
        deep = {"a": deep}
    (found,) = replied([added(0, call(deep))]).tool_calls
    assert (found.arguments, found.extra["arguments"] is deep) == ("", True)


@pytest.mark.parametrize(
    "arguments", ['{"path":"/tm', "{}{}", "{'a': 1}", "NaN", '{"a":Infinity}', "[" * 100_000], ids=range(6)
)
def test_arguments_that_are_no_json_are_noted_by_how_the_answer_ended(arguments: str) -> None:
    events = [shot(), *sent(call(arguments))]
    cut = shot("incomplete", incomplete_details={"reason": "max_output_tokens"}, usage={})
    lost, accepted = "tool-args-tail-lost", "tool-args-truncated-accepted"
    assert rules([*events, completed()]) == [lost]
    assert rules([*events, cut]) == [accepted]
    assert accepted in rules(events)
    assert replied(events).tool_calls[0].arguments == arguments


@pytest.mark.parametrize("arguments", ["", "{}", " 7 ", '"a"', "null"])
def test_arguments_that_are_empty_or_json_have_nothing_to_note(arguments: str) -> None:
    assert rules(answer(*sent(call(arguments)))) == []


def test_input_of_a_custom_tool_is_any_text() -> None:
    events = answer(
        added(0, {"type": "custom_tool_call", "call_id": "c", "name": "sql", "input": ""}),
        *(delta("custom_tool_call_input", piece) for piece in ("SELECT ", "{")),
        done(0, {"type": "custom_tool_call", "status": "completed"}),
    )
    assert replied(events).tool_calls[0].arguments == "SELECT {"
    assert rules(events) == []


def test_calls_stand_in_the_order_of_their_items_and_notes_count_them_so() -> None:
    one, two = call("{}", id="a", call_id="one"), call("{", id="b", call_id="two")
    folded = fold(answer(done(3, two), done(0, message(said("a"))), done(2, one)))
    assert [found.id for found in folded.response.choices[0].message.tool_calls] == ["one", "two"]
    assert folded.notes[-1].field == "choices[0].message.tool_calls[1].arguments"
