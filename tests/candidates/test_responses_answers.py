"""A response of OpenAI's Responses as a candidate returns it: as the API sends it, as the SDK has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_audit.candidates.answers import UnknownShape, read
from stream_audit.candidates.inside import objects
from stream_audit.candidates.inside.plain import plain
from stream_audit.compare import compare
from stream_audit.model import Choice, Message, ToolCall
from tests.dialects.responses_wire import USAGE, call, fold, message, said, thought
from tests.runs import audit
from tests.suspects.recorded import fixtures, payloads

CORE = {"role", "content", "tool_calls", "finish_reason", "choices", "parts", "reasoning", "refusal"}
SHOWN = [
    path
    for path in fixtures("openai-responses")
    if '"output":[{' in path.read_text("utf-8")
    and path.stem not in ("closing-text-wins", "two-answers-in-a-row")
]
"""Recordings whose closing event shows the answer."""


def choice(*items: Any, **response: Any) -> Choice:
    found, claims = read({"object": "response", "output": list(items), **response})
    assert claims >= CORE
    return found.choices[0]


def answered(*items: Any) -> Message:
    return choice(*items).message


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
@pytest.mark.parametrize("chunks", ["dicts", "objects"])
def test_what_the_closing_event_shows_is_the_answer(path: Path, chunks: str) -> None:
    (audited,) = audit(path).audited
    assert audited.reference is not None
    *_, closing = payloads(path)
    answer = (
        objects.build(closing, "openai-responses").response if chunks == "objects" else closing["response"]
    )

    response, claims = read(plain(answer))

    assert claims >= CORE | {"id", "model", "created"}
    assert compare(audited.reference, response, claims) == []


def test_there_are_such_recordings() -> None:
    assert len(SHOWN) > 5


def test_items_are_text_reasoning_refusal_calls_and_parts() -> None:
    items = [
        thought("Hm", "."),
        message(said("a"), {"type": "refusal", "refusal": "No"}),
        call("{}"),
        message(said("b")),
    ]
    found = answered(*items)

    assert (found.role, found.content, found.reasoning, found.refusal) == ("assistant", "ab", "Hm.", "No")
    assert found.tool_calls == (ToolCall(id="call_0", name="look", arguments="{}"),)
    assert list(found.parts) == items


def test_a_response_without_items_says_nothing() -> None:
    found = answered()

    assert (found.role, found.content, found.reasoning, found.refusal) == ("assistant", None, None, None)
    assert (found.tool_calls, found.parts) == ((), ())


@pytest.mark.parametrize(
    "item",
    [
        call('{"q": 1}', namespace="crm"),
        {"type": "custom_tool_call", "call_id": "c", "name": "sql", "input": "SELECT 1"},
        {"type": "custom_tool_call", "call_id": "xs_call_7", "name": "x_keyword_search", "input": "{}"},
        {"type": "local_shell_call", "call_id": "c", "action": {"command": ["ls"], "timeout_ms": None}},
        {
            "type": "shell_call",
            "call_id": "c",
            "action": {"commands": ["ls"]},
            "environment": {"type": "local"},
        },
        {"type": "shell_call", "call_id": "c", "action": {"timeout_ms": None}},
        {"type": "shell_call", "action": {}, "environment": {"type": "container_reference"}},
        {"type": "apply_patch_call", "call_id": "c", "operation": {"type": "delete_file", "path": "é"}},
        {"type": "computer_call", "call_id": "c", "actions": [], "action": {"type": "wait", "keys": None}},
        {"type": "tool_search_call", "call_id": "c", "execution": "client", "arguments": {"goal": None}},
        {"type": "tool_search_call", "execution": "server", "arguments": {}},
        {"type": "web_search_call", "action": {"query": "a"}},
        {"type": "mcp_call", "name": "n", "arguments": "{}"},
    ],
    ids=lambda item: item["type"],
)
def test_calls_are_those_that_the_reference_sees(item: dict[str, Any]) -> None:
    closing = {"type": "response.completed", "response": {"output": [item]}}

    assert answered(item).tool_calls == fold([closing]).response.choices[0].message.tool_calls


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ({"status": "completed"}, "completed"),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            "max_output_tokens",
        ),
        ({"status": "incomplete", "incomplete_details": {"reason": None}}, "incomplete"),
        ({"status": "failed", "incomplete_details": None}, "failed"),
        ({"status": "in_progress"}, None),
        ({"status": "queued"}, None),
        ({"status": None}, None),
    ],
)
def test_the_reason_is_why_it_is_incomplete_or_else_the_status(
    response: dict[str, Any], reason: str | None
) -> None:
    assert choice(**response).finish_reason == reason


def test_names_counts_and_all_else_are_read_off_the_response() -> None:
    details = {"input_tokens_details": {"cached_tokens": 4}, "output_tokens_details": {"reasoning_tokens": 3}}
    answer = {"id": "resp_1", "model": "gpt-5", "created_at": 7.0, "status": "completed", "output": []}
    found, claims = read(
        {**answer, "usage": {**USAGE, **details}, "temperature": 1.0, "service_tier": "flex"}
    )

    assert (found.id, found.model, found.created, found.service_tier) == ("resp_1", "gpt-5", 7, "flex")
    assert found.extra == {"temperature": 1.0}
    assert found.usage is not None
    counts = found.usage
    assert (counts.input_tokens, counts.cache_read_tokens, counts.cache_write_tokens) == (10, 4, None)
    assert (counts.output_tokens, counts.reasoning_tokens, counts.total_tokens) == (5, 3, 15)
    assert claims >= {"created", "service_tier", "usage.input_tokens", "usage.reasoning_tokens"}


def test_annotations_and_log_probabilities_are_claimed_where_a_text_has_them() -> None:
    odds, cited = [{"token": "a", "logprob": -0.5}], [{"url": "1"}, {"url": "1"}]
    found, claims = read(
        {"status": "completed", "output": [message(said("a", annotations=cited, logprobs=odds))]}
    )

    assert list(found.choices[0].message.annotations) == cited
    assert found.choices[0].logprobs == {"content": odds}
    assert claims >= {"annotations", "logprobs"}
    _, claims = read({"status": "completed", "output": [message(said("a"))]})
    assert not claims & {"annotations", "logprobs"}


def test_a_list_of_items_is_known_by_itself_and_others_are_not() -> None:
    assert read({"output": [message(said("a"))]})[0].choices[0].message.content == "a"
    for output in ("a", [], [{"text": "a"}], ["a"]):
        with pytest.raises(UnknownShape):
            read({"output": output})
    with pytest.raises(UnknownShape, match="no mapping"):
        read({"status": "completed", "output": ["a"]})
