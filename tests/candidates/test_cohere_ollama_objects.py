"""Chunks as the SDKs of Cohere and of Ollama hand them over."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.candidates.inside import cohere, objects, ollama
from tests.runs import FIXTURES

CALL: dict[str, Any] = {
    "type": "tool-call-start",
    "index": 0,
    "delta": {"message": {"tool_calls": {"id": "c1", "type": "function", "function": {"name": "look"}}}},
}
CHAT: dict[str, Any] = {
    "model": "qwen3",
    "message": {
        "role": "assistant",
        "content": "Hi",
        "tool_calls": [{"function": {"name": "look", "arguments": {"at": 1}}}],
        "get": 1,
    },
    "done": False,
}


def test_cohere_s_events_get_their_class_by_their_type_down_to_the_usage() -> None:
    call = objects.build(copy.deepcopy(CALL), "cohere-v2")
    end = objects.build(
        {"type": "message-end", "delta": {"usage": {"tokens": {"input_tokens": 3}}}}, "cohere-v2"
    )

    assert call.delta.message.tool_calls.function.name == "look"
    assert call.delta.message.tool_calls.function.arguments is None
    assert not hasattr(call.delta.message, "content")
    assert not hasattr(call, "logprobs")
    assert (end.delta.finish_reason, end.delta.usage.cached_tokens) == (None, None)
    assert (end.delta.usage.tokens.input_tokens, end.delta.usage.billed_units) == (3, None)
    assert objects.dump(call) == CALL
    ((index, usage),) = objects.usages([end])
    assert (index, type(usage) in objects.USAGES) == (0, True)


def test_a_call_of_cohere_s_is_an_object_and_no_list() -> None:
    call = objects.build(copy.deepcopy(CALL), "cohere-v2")

    with pytest.raises(TypeError, match="'ToolCallV2' object is not subscriptable"):
        _ = call.delta.message.tool_calls[0]


def test_cohere_s_citations_have_sources_by_their_type() -> None:
    cited = {"text": "Hi", "sources": [{"type": "document", "id": "d"}, {"type": "tool", "id": "t"}]}
    made = objects.build({"type": "citation-start", "delta": {"message": {"citations": cited}}}, "cohere-v2")

    document, tool = made.delta.message.citations.sources
    assert (document.document, hasattr(document, "tool_output")) == (None, False)
    assert (tool.tool_output, hasattr(tool, "document")) == (None, False)


def test_ollama_s_objects_are_read_like_dicts_too() -> None:
    made = objects.build(copy.deepcopy(CHAT), "ollama")
    message = made["message"]

    assert made.message.content == message["content"] == message.get("content") == "Hi"
    assert message["tool_calls"][0]["function"]["arguments"] == {"at": 1}
    assert ("content" in message, "thinking" in message, "vendor" in message) == (True, False, False)
    assert (message.thinking, message.get("thinking", ""), message.get("vendor", "")) == (None, None, "")
    with pytest.raises(KeyError, match="thinking"):
        _ = message["thinking"]
    message["content"] += "!"
    assert made.message.content == "Hi!"
    assert objects.dump(made)["message"]["get"] == 1


def test_ollama_s_two_endpoints_have_classes_of_their_own() -> None:
    generated = objects.build({"response": "Hi", "done": True, "context": [1]}, "ollama")
    chat = objects.build(copy.deepcopy(CHAT), "ollama")

    assert (generated.thinking, generated.eval_count, generated["context"]) == (None, None, [1])
    assert not hasattr(generated, "message")
    assert not hasattr(chat, "response")


@pytest.mark.parametrize("folder", ["cohere-v2", "ollama"])
def test_every_chunk_of_a_fixture_comes_back_as_it_went_in(folder: str) -> None:
    paths = sorted((FIXTURES / folder).glob("*.*json*"))
    assert paths
    for chunk in (json.loads(line) for path in paths for line in Path(path).read_text().splitlines()):
        assert objects.dump(objects.build(copy.deepcopy(chunk), folder)) == chunk


def declared(model: Any) -> set[str]:
    """The SDK's fields; marked are those that no dump of its has as null."""
    fields = model.model_fields.items()
    return {name + ("!" if info.is_required() or info.default is not None else "") for name, info in fields}


def test_nothing_is_declared_that_the_sdk_of_cohere_does_not_declare() -> None:
    sdk = pytest.importorskip("cohere")
    from cohere.v2 import types

    for name, fields in cohere.FIELDS.items():
        bare = name.removeprefix("cohere.")
        model = getattr(sdk, bare, None) or getattr(types, bare)
        assert set(fields.split()) <= declared(model), name


def test_nothing_is_declared_that_the_sdk_of_ollama_does_not_declare() -> None:
    pytest.importorskip("ollama")
    from ollama import _types as types

    nested = {"ToolCall": types.Message.ToolCall, "Function": types.Message.ToolCall.Function}
    for name, fields in ollama.FIELDS.items():
        bare = name.removeprefix("ollama.")
        assert set(fields.split()) <= declared(nested.get(bare) or getattr(types, bare)), name
