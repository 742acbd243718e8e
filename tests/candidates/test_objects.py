from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.candidates.inside import cohere, declared, google, objects, ollama, responses
from stream_audit.candidates.inside.declared import ROOTS
from stream_audit.candidates.inside.plain import plain

TABLES: tuple[Any, ...] = (declared, responses, google, cohere, ollama)
FIELDS: dict[str, str] = {name: fields for table in TABLES for name, fields in table.FIELDS.items()}
CHILDREN: dict[str, dict[str, str]] = {
    name: children for table in TABLES for name, children in table.CHILDREN.items()
}
BY_TYPE = {**declared.BY_TYPE, **responses.BY_TYPE, **cohere.BY_TYPE}
GOOGLE = {name for fields in google.FIELDS.values() for name in fields.split()}
NAMES = sorted({name.rstrip("!") for fields in FIELDS.values() for name in fields.split()})
NAMES += sorted(google.api_name(name) for name in GOOGLE)
KEYS = st.sampled_from(
    [*NAMES, "model_dump", "dict", "_hidden", "__class__", "copy", "get", "x y"]
) | st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
PAYLOADS = st.dictionaries(KEYS, JSON, max_size=6)
DIALECTS = st.sampled_from([*ROOTS, "unheard-of"])


CLOSING: dict[str, Any] = {
    "type": "response.completed",
    "response": {
        "id": "resp_1",
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"type": "message", "content": [{"type": "output_text", "text": "It is "}]},
            {"type": "function_call", "name": "look", "arguments": "{}"},
            {"type": "message", "content": [{"type": "refusal", "refusal": "No"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "42."}, {"type": "output_text"}]},
            {"type": "newest_call", "usage": {"a": 1}},
        ],
        "metadata": {"ticket": "7"},
        "usage": {"input_tokens": 3, "output_tokens_details": {"reasoning_tokens": 1}},
    },
}


def test_events_of_responses_get_their_classes_all_the_way_down() -> None:
    made = objects.build(copy.deepcopy(CLOSING), "openai-responses")
    thought, message, call, _, _, newest = made.response.output

    assert type(made).__name__ == "ResponseCompletedEvent"
    assert [type(one).__name__ for one in (thought, message.content[0], call)] == [
        *("ResponseReasoningItem", "ResponseOutputText", "ResponseFunctionToolCall"),
    ]
    assert (thought.encrypted_content, call.namespace, newest.usage.a) == (None, None, 1)
    assert made.response.metadata == {"ticket": "7"}
    assert made.response.usage.output_tokens_details.reasoning_tokens == 1
    with pytest.raises(AttributeError, match="'OutputTokensDetails' object has no attribute 'thinking"):
        _ = made.response.usage.output_tokens_details.thinking_tokens
    assert objects.dump(made) == CLOSING


def test_a_response_tells_the_text_of_its_messages() -> None:
    made = objects.build(copy.deepcopy(CLOSING), "openai-responses")

    assert made.response.output_text == "It is 42."


def test_the_usage_of_a_response_is_found_in_its_event() -> None:
    made = objects.build(copy.deepcopy(CLOSING), "openai-responses")
    ((index, usage),) = objects.usages([made])

    assert (index, usage.input_tokens) == (0, 3)
    assert type(usage) in objects.USAGES
    assert objects.usages([CLOSING]) == [(0, None)]


@given(payload=PAYLOADS, dialect=DIALECTS)
def test_an_object_dumps_to_exactly_the_chunk_it_was_made_of(payload: dict[str, Any], dialect: str) -> None:
    made = objects.build(copy.deepcopy(payload), dialect)

    assert made.to_dict() == payload
    assert objects.dump(made) == payload
    assert "gemini" in dialect or made.model_dump(exclude_unset=True) == payload


@given(payload=PAYLOADS, dialect=DIALECTS)
def test_a_full_dump_adds_only_nulls_to_the_chunk(payload: dict[str, Any], dialect: str) -> None:
    made = objects.build(copy.deepcopy(payload), dialect)
    given, dumped = made.model_dump(exclude_unset=True), made.model_dump()

    assert given.keys() <= dumped.keys()
    assert {name for name in dumped if name not in given} <= set(NAMES)
    assert all(dumped[name] is None for name in dumped if name not in given)


@given(payload=PAYLOADS, dialect=DIALECTS)
def test_equal_chunks_make_equal_objects_and_copies_are_equal(payload: dict[str, Any], dialect: str) -> None:
    made = objects.build(copy.deepcopy(payload), dialect)

    assert made == objects.build(copy.deepcopy(payload), dialect)
    assert copy.deepcopy(made) == made
    assert made.model_copy() == made


def test_declared_fields_are_none_when_absent_and_others_are_no_attributes() -> None:
    made = objects.build({"choices": [{"delta": {}}], "citations": ["u"]}, "openai-chat")

    assert made.usage is None
    assert made.choices[0].delta.tool_calls is None
    assert made.citations == ["u"]
    assert not hasattr(made.choices[0].delta, "reasoning_content")
    with pytest.raises(AttributeError, match="'ChoiceDelta' object has no attribute 'reasoning'"):
        _ = made.choices[0].delta.reasoning


def test_objects_cannot_be_subscripted() -> None:
    made = objects.build({"choices": []}, "openai-chat")

    with pytest.raises(TypeError, match="'ChatCompletionChunk' object is not subscriptable"):
        _ = made["choices"]


def test_what_the_sdk_has_no_class_for_stays_a_dict() -> None:
    made = objects.build({"choices": [{"delta": {"reasoning_details": [{"a": 1}]}}]}, "openai-chat")

    assert made.choices[0].delta.reasoning_details == [{"a": 1}]


def test_anthropic_events_get_their_class_by_their_type() -> None:
    start = objects.build(
        {"type": "content_block_start", "content_block": {"type": "tool_use"}}, "anthropic-messages"
    )
    delta = objects.build(
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "x"}}, "anthropic-messages"
    )
    ping = objects.build({"type": "ping"}, "anthropic-messages")

    assert type(start.content_block).__name__ == "ToolUseBlock"
    assert start.content_block.caller is None
    assert delta.delta.text == "x"
    assert not hasattr(delta.delta, "partial_json")
    assert ping.type == "ping"


def test_dumps_take_the_options_of_the_sdk() -> None:
    made = objects.build({"role": None, "usage": {"prompt_tokens": 1}}, "openai-chat")

    assert made.model_dump(mode="json", by_alias=True, exclude_none=True) == {"usage": {"prompt_tokens": 1}}
    assert made.model_dump(include={"usage"}, exclude_unset=True) == {"usage": {"prompt_tokens": 1}}
    assert "usage" not in made.model_dump(exclude={"usage"})
    assert json.loads(made.model_dump_json(exclude_unset=True)) == made.to_dict()
    assert json.loads(made.to_json()) == made.to_dict()
    assert dict(made)["system_fingerprint"] is None
    assert made.model_fields_set == {"role", "usage"}
    assert made.model_extra == {"role": None}


ANSWER: dict[str, Any] = {
    "candidates": [
        {
            "content": {
                "parts": [
                    {"text": "Hm.", "thought": True, "thoughtSignature": "-_8="},
                    {"text": "It is "},
                    {"text": "42.", "videoMetadata": {"startOffset": "1s"}},
                    {"functionCall": {"name": "look", "args": {"theKey": 1}}},
                    {"executableCode": {"language": "PYTHON", "code": "6 * 7"}},
                    {"codeExecutionResult": {"output": "42"}},
                ],
                "role": "model",
            },
            "finishReason": "STOP",
            "newField": {"someThing": 1},
        }
    ],
    "usageMetadata": {"promptTokenCount": 8, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 8}]},
    "modelVersion": "gemini-orchard",
}


def test_google_chunks_have_snake_case_attributes_and_are_dumped_so() -> None:
    made = objects.build(copy.deepcopy(ANSWER), "gemini")
    candidate = made.candidates[0]

    assert made.usage_metadata.prompt_token_count == 8
    assert made.usage_metadata.prompt_tokens_details[0].token_count == 8
    assert made.usage_metadata.thoughts_token_count is None
    assert made.prompt_feedback is None
    assert candidate.newField == {"someThing": 1}
    assert candidate.content.parts[3].function_call.args == {"theKey": 1}
    assert not hasattr(made, "usageMetadata")
    assert made.model_dump(exclude_unset=True)["candidates"][0]["finish_reason"] == "STOP"
    assert made.model_dump(by_alias=True, exclude_none=True, mode="json") == ANSWER
    assert objects.dump(made) == ANSWER


def test_a_google_chunk_tells_what_its_first_candidate_says() -> None:
    made = objects.build(copy.deepcopy(ANSWER), "gemini")
    empty = objects.build({"candidates": [{"content": {"role": "model"}}]}, "gemini")

    assert made.text == "It is 42."
    assert len(made.parts) == 6
    assert [call.name for call in made.function_calls] == ["look"]
    assert (made.executable_code, made.code_execution_result) == ("6 * 7", "42")
    assert (empty.text, empty.parts, empty.function_calls, empty.executable_code) == (None,) * 4
    assert objects.build({}, "gemini").text is None


def test_google_words_are_like_members_of_an_enumeration_and_base64_is_bytes() -> None:
    made = objects.build(copy.deepcopy(ANSWER), "gemini")
    reason, part = made.candidates[0].finish_reason, made.candidates[0].content.parts[0]

    assert (reason, reason.name, reason.value) == ("STOP",) * 3
    assert part.thought_signature == b"\xfb\xff"
    assert part.to_json_dict()["thought_signature"] == "-_8="
    assert plain(part)["thought_signature"] == "-_8="
    assert objects.dump(part)["thoughtSignature"] == "-_8="


def test_what_is_no_base64_stays_text() -> None:
    made = objects.build({"candidates": [{"continuationToken": "?"}]}, "gemini")

    assert made.candidates[0].continuation_token == "?"


def test_a_key_that_google_chunks_have_in_both_spellings_is_two() -> None:
    made = objects.build({"responseId": "a", "response_id": "b"}, "gemini")

    assert (made.response_id, made.responseId) == ("b", "a")
    assert made.to_dict() == {"responseId": "a", "response_id": "b"}


@pytest.mark.parametrize("spelling", ["usageMetadata", "usage_metadata"])
def test_the_usage_of_google_chunks_is_found_as_an_object_and_in_a_dict(spelling: str) -> None:
    chunk = {spelling: {"total_token_count": 3}}
    ((index, usage),) = objects.usages([objects.build(copy.deepcopy(chunk), "gemini")])

    assert (index, usage.total_token_count) == (0, 3)
    assert type(usage) in objects.USAGES
    assert objects.usages([chunk]) == [(0, None)]


def test_a_set_attribute_is_seen_in_the_dump() -> None:
    made = objects.build({"choices": [{"delta": {"content": "a"}}]}, "openai-chat")
    made.choices[0].delta.content = "b"

    assert objects.dump(made) == {"choices": [{"delta": {"content": "b"}}]}


def test_every_named_class_is_declared() -> None:
    named = {kind for children in CHILDREN.values() for kind in children.values()}
    named |= {kind for variants in BY_TYPE.values() for kind in variants.values()} | set(ROOTS.values())
    named |= {ollama.root({"message": {}}), ollama.root({})}

    assert len(FIELDS) == sum(len(table.FIELDS) for table in TABLES)
    assert named - {*BY_TYPE, ollama.ROOT} <= set(FIELDS)
    assert set(CHILDREN) <= set(FIELDS)
    for kind, children in CHILDREN.items():
        assert set(children) <= {name.rstrip("!") for name in FIELDS[kind].split()}


@pytest.mark.parametrize("library", ["openai", "anthropic"])
def test_nothing_is_declared_that_the_sdk_does_not_declare(library: str) -> None:
    installed = pytest.importorskip(library)
    if int(installed.__version__.split(".")[0]) < {"openai": 3, "anthropic": 2}[library]:
        pytest.skip("the table was written from a later version")
    for name, model in _sdk_classes(library).items():
        theirs = {field + ("!" if info.is_required() else "") for field, info in model.model_fields.items()}
        assert set(FIELDS[name].split()) <= theirs, name


def test_nothing_is_declared_of_responses_that_the_sdk_does_not_declare() -> None:
    installed = pytest.importorskip("openai")
    if int(installed.__version__.split(".")[0]) < 3:
        pytest.skip("the table was written from a later version")
    from openai.types.responses import ResponseStreamEvent

    seen: set[str] = set()
    rest = [(ROOTS["openai-responses"], model) for model in _models(ResponseStreamEvent)]
    while rest:
        kind, model = rest.pop()
        (told,) = get_args(model.model_fields["type"].annotation) if kind in BY_TYPE else (None,)
        name = BY_TYPE[kind].get(told) if kind in BY_TYPE else kind
        if name is None or name in seen or name == "Record":
            continue
        seen.add(name)
        theirs = {field + ("!" if info.is_required() else "") for field, info in model.model_fields.items()}
        assert name.rpartition(".")[2] == model.__name__
        assert set(FIELDS[name].split()) <= theirs, name
        for field, child in CHILDREN.get(name, {}).items():
            inner = list(_models(model.model_fields[field].annotation))
            assert inner, (name, field)
            rest += [(child, one) for one in inner]
    assert seen == set(responses.FIELDS)


def _models(annotation: Any) -> Iterator[Any]:
    """The classes of the SDK that a field may hold."""
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _sdk_classes(library: str) -> dict[str, Any]:
    if library == "openai":
        from openai.types import completion, completion_choice, completion_usage
        from openai.types.chat import chat_completion_chunk, chat_completion_token_logprob

        modules: list[Any] = [chat_completion_chunk, chat_completion_token_logprob, completion_usage]
        modules += [completion, completion_choice]
    else:
        from anthropic import types
        from anthropic.types import raw_message_delta_event

        modules = [types, raw_message_delta_event]
    names = list(declared.FIELDS)
    first = names.index("RawMessageStartEvent")
    ours = names[:first] if library == "openai" else names[first:-1]
    found = {
        name: getattr(module, name) for name in ours for module in modules[::-1] if hasattr(module, name)
    }
    assert len(found) > 10
    return found
