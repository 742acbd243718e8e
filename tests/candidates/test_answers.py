from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.candidates.answers import UnknownShape, read
from stream_audit.candidates.inside.plain import plain
from stream_audit.cli import main
from stream_audit.compare import compare
from stream_audit.model import FIELDS, Choice, Message, Response, ToolCall, Usage, Varied
from tests.runs import FIXTURES, audit

CORE = {"role", "content", "tool_calls", "finish_reason"}
CALL = {"id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


def only(value: Any) -> tuple[Choice, set[str]]:
    response, claims = read(value)
    (choice,) = response.choices
    return choice, set(claims)


def test_a_string_is_the_content_and_claims_nothing_else() -> None:
    choice, claims = only("Hi")

    assert choice == Choice(message=Message(content="Hi"))
    assert claims == {"content"}


@pytest.mark.parametrize(
    "value", [None, 3, 2.5, True, [], ["a"], {}, {"foo": 1}, {"choices": [3]}, {"object": "x"}]
)
def test_what_fits_no_shape_is_said_to_be_unknown(value: Any) -> None:
    with pytest.raises(UnknownShape, match=r"got|choices holds"):
        read(value)


def test_a_chat_completion_claims_its_core_even_when_it_leaves_it_out() -> None:
    choice, claims = only({"choices": [{"message": {"content": "Hi"}}]})

    assert choice.message.content == "Hi"
    assert claims == CORE | {"choices"}


def test_a_key_that_is_there_is_claimed_also_when_it_is_null() -> None:
    value = {
        "id": None,
        "model": "m",
        "usage": None,
        "choices": [{"logprobs": None, "message": {"content": None, "refusal": None, "reasoning": None}}],
    }
    _, claims = only(value)

    usage = {field for field in FIELDS if field.startswith("usage.")}
    assert claims == CORE | usage | {"choices", "id", "model", "logprobs", "refusal", "reasoning"}


def test_every_choice_of_a_chat_completion_is_read_in_the_order_of_its_index() -> None:
    value = {
        "choices": [{"index": 1, "message": {"content": "b"}}, {"index": 0, "message": {"content": "a"}}]
    }

    response, _ = read(value)

    assert [(choice.index, choice.message.content) for choice in response.choices] == [(0, "a"), (1, "b")]


def test_an_empty_list_of_choices_is_a_response_without_choices() -> None:
    response, claims = read({"choices": []})

    assert response == Response()
    assert claims == CORE | {"choices"}


def test_a_text_completion_claims_no_role() -> None:
    choice, claims = only({"object": "text_completion", "choices": [{"text": "Hi", "finish_reason": "stop"}]})

    assert (choice.message.content, choice.finish_reason) == ("Hi", "stop")
    assert claims == {"content", "finish_reason", "choices"}


def test_an_anthropic_message_becomes_text_reasoning_calls_and_blocks() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "Hel", "citations": [{"url": "u"}]},
        {"type": "text", "text": "lo"},
        {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": "é"}, "caller": {"type": "direct"}},
        {"type": "server_tool_use", "id": "s1", "name": "g", "input": {}},
    ]
    choice, claims = only(
        {"type": "message", "role": "assistant", "content": blocks, "stop_reason": "tool_use"}
    )

    message = choice.message
    assert (message.role, message.content, message.reasoning) == ("assistant", "Hello", "hm")
    assert choice.finish_reason == "tool_use"
    assert message.tool_calls == (
        ToolCall(id="t1", name="f", arguments='{"a":"é"}', extra={"caller": {"type": "direct"}}),
    )
    assert message.parts == tuple(blocks)
    assert message.annotations == ({"url": "u"},)
    assert claims == CORE | {"parts", "reasoning", "annotations"}


def test_an_anthropic_message_without_text_has_no_content() -> None:
    choice, claims = only({"content": [], "stop_reason": None})

    assert choice.message.content is None
    assert claims == CORE | {"parts", "reasoning"}


def test_a_flat_mapping_claims_just_its_keys() -> None:
    value = {
        "content": "Hi",
        "role": None,
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 3},
        "index": 0,
    }

    choice, claims = only(value)

    assert (choice.message.content, choice.message.role, choice.finish_reason) == ("Hi", None, "stop")
    assert claims == {"content", "role", "finish_reason", "usage.input_tokens"}


def test_a_flat_mapping_may_hold_calls_and_reasoning() -> None:
    choice, claims = only({"tool_calls": [CALL], "reasoning_content": "hm", "refusal": None})

    assert choice.message.tool_calls == (ToolCall(id="t1", name="f", arguments='{"a":1}'),)
    assert choice.message.reasoning == "hm"
    assert claims == {"tool_calls", "tool_calls.extra", "reasoning", "refusal"}


def test_a_wrapped_message_takes_finish_reason_and_usage_from_beside_it() -> None:
    value = {
        "message": {"role": "assistant", "content": "Hi"},
        "finish_reason": "stop",
        "usage": {"completion_tokens": 2},
    }

    response, claims = read(value)

    assert response.choices[0].finish_reason == "stop"
    assert response.usage is not None
    assert response.usage.output_tokens == 2
    assert claims == CORE | {"usage.output_tokens"}


@pytest.mark.parametrize(
    ("entry", "call"),
    [
        (CALL, ToolCall(id="t1", name="f", arguments='{"a":1}')),
        ({"id": "t1", "name": "f", "arguments": '{"a":1}'}, ToolCall(id="t1", name="f", arguments='{"a":1}')),
        ({"function": {"name": "f", "arguments": {"a": 1}}}, ToolCall(name="f", arguments='{"a":1}')),
        ({"function": {"name": "f", "arguments": None}}, ToolCall(name="f")),
        ({"name": "f"}, ToolCall(name="f")),
        (
            {**CALL, "extra_content": {"s": 1}},
            ToolCall(id="t1", name="f", arguments='{"a":1}', extra={"extra_content": {"s": 1}}),
        ),
        (
            {"type": "custom", "id": "t1", "custom": {"name": "f", "input": "x"}},
            ToolCall(id="t1", name="f", arguments="x"),
        ),
    ],
)
def test_a_tool_call_is_read_in_every_form(entry: dict[str, Any], call: ToolCall) -> None:
    choice, _ = only({"choices": [{"message": {"tool_calls": [entry]}}]})

    assert choice.message.tool_calls == (call,)


@pytest.mark.parametrize(
    ("entry", "roomy"),
    [
        (CALL, True),
        ({"id": "t1", "name": "f", "arguments": "{}"}, False),
        ({"id": "t1", "type": "custom", "custom": {"name": "f", "input": "x"}}, True),
        ({"id": "t1", "name": "f", "arguments": "{}", "started_at": 5}, False),
        ({"id": "t1", "name": "f", "arguments": "{}", "extra": {}}, True),
    ],
)
def test_a_call_with_room_for_fields_that_nobody_knows_claims_them(
    entry: dict[str, Any], roomy: bool
) -> None:
    _, claims = only({"tool_calls": [entry]})

    assert ("tool_calls.extra" in claims) is roomy


BLOCK = {"role": "assistant", "content": [{"text": "Hi"}]}


@pytest.mark.parametrize(
    ("answer", "claimed"),
    [
        ({"content": "Hi", "extra": None}, {"extra"}),
        ({"message": {"content": "Hi", "extra": {"x": 1}}}, {"choices.extra"}),
        ({"choices": [{"text": "Hi", "extra": {"x": 1}}]}, {"choices.extra"}),
        ({"output": {"message": {**BLOCK, "extra": {"x": 1}}}, "stopReason": "end_turn"}, {"choices.extra"}),
        (
            {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "extra": {"x": 1}}]},
            {"choices.extra"},
        ),
    ],
)
def test_what_nobody_knows_is_claimed_on_the_level_where_an_extra_is(
    answer: dict[str, Any], claimed: set[str]
) -> None:
    choice, claims = only(answer)

    assert {claim for claim in claims if claim in ("extra", "choices.extra")} == claimed
    assert ({**choice.extra, **choice.message.extra} == {"x": 1}) is ("choices.extra" in claimed)


@pytest.mark.parametrize("calls", [CALL, {"0": CALL}])
def test_calls_in_a_mapping_are_calls(calls: dict[str, Any]) -> None:
    choice, _ = only({"tool_calls": calls})

    assert [call.name for call in choice.message.tool_calls] == ["f"]


def test_a_legacy_function_call_is_a_call_without_id() -> None:
    choice, claims = only({"content": None, "function_call": {"name": "f", "arguments": "{}"}})

    assert choice.message.tool_calls == (ToolCall(name="f", arguments="{}"),)
    assert "tool_calls" in claims


def test_a_list_of_content_parts_is_text_reasoning_and_parts() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "h"}, {"type": "text", "text": "m"}]},
        {"type": "text", "text": "Hi"},
        {"type": "image", "url": "u"},
    ]
    choice, claims = only({"choices": [{"message": {"content": parts}}]})

    assert (choice.message.content, choice.message.reasoning) == ("Hi", "hm")
    assert choice.message.parts == tuple(parts)
    assert {"parts", "reasoning"} <= claims


def test_text_that_is_no_text_stays_visible() -> None:
    choice, _ = only({"content": 5, "role": ["assistant"], "finish_reason": True})

    assert (choice.message.content, choice.message.role, choice.finish_reason) == (
        "5",
        '["assistant"]',
        "True",
    )


def test_what_nobody_knows_is_kept_but_not_claimed() -> None:
    response, claims = read({"choices": [], "prompt_filter_results": [1], "object": "chat.completion"})

    assert response.extra == {"prompt_filter_results": [1]}
    assert "extra" not in claims


def test_declared_claims_take_the_place_of_those_of_the_result() -> None:
    _, claims = read({"content": "x", "role": "y"}, ["content", "usage"])

    assert claims == {"content"} | {field for field in FIELDS if field.startswith("usage.")}


texts = st.none() | st.text(max_size=8)
extras = st.dictionaries(
    st.sampled_from(["x", "y"]),
    st.integers() | st.builds(Varied, st.just((1, 2)), st.integers(), st.integers()),
)
mappings = st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
counts = st.none() | st.integers(0, 10**30)
calls = st.builds(ToolCall, id=texts, name=texts, arguments=st.text(max_size=8), extra=extras)
messages = st.builds(
    Message,
    role=texts,
    content=texts,
    reasoning=texts,
    refusal=texts,
    tool_calls=st.lists(calls, max_size=2).map(tuple),
    parts=st.lists(mappings, max_size=2).map(tuple),
    annotations=st.lists(mappings, max_size=2).map(tuple),
    audio=st.none() | mappings,
    extra=extras,
)
choices = st.builds(
    Choice, message=messages, finish_reason=texts, logprobs=st.none() | mappings, extra=extras
)
usages = st.builds(
    Usage,
    input_tokens=counts,
    output_tokens=counts,
    total_tokens=counts,
    cache_read_tokens=counts,
    cache_write_tokens=counts,
    reasoning_tokens=counts,
    raw=st.none() | mappings,
)
responses = st.builds(
    Response,
    id=texts,
    model=texts,
    created=st.none() | st.integers(),
    choices=st.lists(choices, max_size=2).map(
        lambda found: tuple(Choice(**{**_shallow(one), "index": place}) for place, one in enumerate(found))
    ),
    usage=st.none() | usages,
    system_fingerprint=texts,
    service_tier=texts,
    error=st.none() | mappings,
    extra=extras,
)


def _shallow(choice: Choice) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in ("message", "finish_reason", "logprobs", "extra")}


@given(responses)
def test_a_neutral_response_is_read_back_unchanged_and_claims_every_field(response: Response) -> None:
    sent = json.loads(json.dumps(plain(response)))

    got, claims = read(sent)

    assert asdict(got) == asdict(response)
    if response.choices:
        assert claims == frozenset(FIELDS)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *("choices", "message", "content", "role", "usage", "tool_calls"),
                        *("function", "arguments", "type", "text", "index"),
                        *FIELDS,
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=25,
    )
)
def test_any_json_is_a_response_or_an_unknown_shape(value: Any) -> None:
    try:
        response, claims = read(value)
    except UnknownShape:
        return
    assert claims <= set(FIELDS)
    assert isinstance(response, Response)


CONVERSE_BLOCKS = [
    {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "s"}}},
    {"reasoningContent": {"redactedContent": "c2VhbGVk"}},
    {"text": "Hel"},
    {"citationsContent": {"content": [{"text": "lo"}, {"text": "."}], "citations": [{"title": "t"}]}},
    {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": "é"}, "thoughtSignature": "s"}},
    {"toolUse": {"toolUseId": "t2", "name": "g", "input": {}, "type": "server_tool_use"}},
    {"toolResult": {"toolUseId": "t2", "content": [{"text": "42"}]}},
]
CONVERSE_MESSAGE = {"role": "assistant", "content": CONVERSE_BLOCKS}


def test_a_whole_answer_of_converse_becomes_text_reasoning_calls_and_blocks() -> None:
    value = {
        "ResponseMetadata": {"HTTPStatusCode": 200},
        "output": {"message": CONVERSE_MESSAGE},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 4, "outputTokens": 2, "totalTokens": 16, "cacheReadInputTokens": 10},
        "metrics": {"latencyMs": 5},
        "serviceTier": {"type": "flex"},
    }
    response, claims = read(value)
    (choice,) = response.choices
    message = choice.message

    assert (message.role, message.content, message.reasoning) == ("assistant", "Hello.", "Hm")
    assert message.tool_calls == (
        ToolCall(id="t1", name="f", arguments='{"a":"é"}', extra={"thoughtSignature": "s"}),
    )
    assert message.parts == tuple(CONVERSE_BLOCKS)
    assert message.annotations == ({"title": "t"},)
    assert (choice.finish_reason, response.service_tier) == ("tool_use", "flex")
    assert response.extra == {"metrics": {"latencyMs": 5}}
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.total_tokens) == (14, 16)
    counts = {"usage.input_tokens", "usage.output_tokens", "usage.total_tokens", "usage.cache_read_tokens"}
    assert claims == CORE | counts | {"parts", "reasoning", "annotations", "service_tier"}


@pytest.mark.parametrize(
    ("value", "finish"),
    [
        ({"message": CONVERSE_MESSAGE, "stopReason": "end_turn"}, "end_turn"),
        ({**CONVERSE_MESSAGE, "stop_reason": "end_turn"}, "end_turn"),
        (CONVERSE_MESSAGE, None),
        ({"message": CONVERSE_MESSAGE}, None),
    ],
)
def test_what_a_loop_over_converse_keeps_is_read_alike(value: dict[str, Any], finish: str | None) -> None:
    choice, claims = only(value)

    assert (choice.message.content, choice.finish_reason) == ("Hello.", finish)
    assert ("finish_reason" in claims) is (finish is not None)
    assert {"role", "content", "tool_calls", "parts", "reasoning"} <= claims


def test_an_answer_of_converse_without_content_says_nothing() -> None:
    choice, claims = only({"output": {"message": {"role": "assistant", "content": []}}, "stopReason": None})

    assert choice.message == Message(role="assistant")
    assert claims >= CORE


@pytest.mark.parametrize(
    "value",
    [
        {"output": {"message": {"content": [{"type": "text", "text": "a"}]}}},
        {"output": {"message": {"content": [5]}}},
        {"output": 5},
    ],
)
def test_blocks_of_another_making_are_no_answer_of_converse(value: dict[str, Any]) -> None:
    with pytest.raises(UnknownShape):
        read(value)


@pytest.mark.parametrize("folder", sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
def test_the_references_of_a_report_are_the_same_answers_when_they_are_fed_back(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["replay", str(FIXTURES / folder), "--format", "json"])
    printed = {one["id"]: one["reference"] for one in json.loads(capsys.readouterr().out)["recordings"]}
    audited = [one for one in audit(FIXTURES / folder).audited if one.reference is not None]

    for one in audited:
        assert one.reference is not None
        got, _ = read(printed[one.recording.id])
        assert compare(one.reference, got, frozenset(FIELDS)) == [], one.recording.id
    assert len(audited) > 1
