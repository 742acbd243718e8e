from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.candidates.inside import objects
from stream_audit.candidates.inside.declared import BY_TYPE, CHILDREN, FIELDS, ROOTS

NAMES = sorted({name.rstrip("!") for fields in FIELDS.values() for name in fields.split()})
KEYS = st.sampled_from([*NAMES, "model_dump", "dict", "_hidden", "__class__", "copy", "x y"]) | st.text(
    max_size=5
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
PAYLOADS = st.dictionaries(KEYS, JSON, max_size=6)
DIALECTS = st.sampled_from([*ROOTS, "gemini"])


@given(payload=PAYLOADS, dialect=DIALECTS)
def test_an_object_dumps_to_exactly_the_chunk_it_was_made_of(payload: dict[str, Any], dialect: str) -> None:
    made = objects.build(copy.deepcopy(payload), dialect)

    assert made.model_dump(exclude_unset=True) == payload
    assert made.to_dict() == payload
    assert objects.dump(made) == payload


@given(payload=PAYLOADS, dialect=DIALECTS)
def test_a_full_dump_adds_only_nulls_to_the_chunk(payload: dict[str, Any], dialect: str) -> None:
    dumped = objects.build(copy.deepcopy(payload), dialect).model_dump()

    assert {name for name in dumped if name not in payload} <= set(NAMES)
    assert all(dumped[name] is None for name in dumped if name not in payload)


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


def test_a_set_attribute_is_seen_in_the_dump() -> None:
    made = objects.build({"choices": [{"delta": {"content": "a"}}]}, "openai-chat")
    made.choices[0].delta.content = "b"

    assert objects.dump(made) == {"choices": [{"delta": {"content": "b"}}]}


def test_every_named_class_is_declared() -> None:
    named = {kind for children in CHILDREN.values() for kind in children.values()}
    named |= {kind for variants in BY_TYPE.values() for kind in variants.values()} | set(ROOTS.values())

    assert named - set(BY_TYPE) <= set(FIELDS)
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
    first = list(FIELDS).index("RawMessageStartEvent")
    ours = list(FIELDS)[:first] if library == "openai" else list(FIELDS)[first:-1]
    found = {
        name: getattr(module, name) for name in ours for module in modules[::-1] if hasattr(module, name)
    }
    assert len(found) > 10
    return found
