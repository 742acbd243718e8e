from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stream_audit.candidates import ChildCandidate, open_candidate, parse

from .conftest import HELLO

MESSAGE: dict[str, Any] = {
    "id": "m1",
    "type": "message",
    "role": "assistant",
    "model": "c",
    "content": [],
    "stop_reason": None,
}
TOOL = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
EVENTS: list[dict[str, Any]] = [
    {
        "type": "message_start",
        "message": {
            **MESSAGE,
            "usage": {"input_tokens": 3, "cache_read_input_tokens": 5, "output_tokens": 1},
        },
    },
    {"type": "ping"},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": TOOL},
    {
        "type": "content_block_delta",
        "index": 1,
        "delta": {"type": "input_json_delta", "partial_json": '{"n": 1}'},
    },
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
]
RAWS = [json.dumps(event).encode() for event in EVENTS]


@pytest.fixture(scope="module")
def sdk(request: pytest.FixtureRequest) -> Iterator[ChildCandidate]:
    pytest.importorskip(request.param)
    candidate = open_candidate(parse(request.param), timeout=20)
    yield candidate
    candidate.close()


@pytest.mark.slow
@pytest.mark.parametrize("sdk", ["openai"], indirect=True)
def test_the_openai_sdk_folds_recorded_chunks_one_recording_after_another(sdk: ChildCandidate) -> None:
    for raws, text in ((HELLO, "Hello"), (HELLO[1:], "lo")):
        observation = sdk.observe(raws, "openai-chat")

        assert (observation.status, observation.troubles) == ("answered", ())
        assert observation.response is not None
        (choice,) = observation.response.choices
        assert (choice.message.content, choice.finish_reason) == (text, "stop")
        assert {"role", "content", "tool_calls", "finish_reason", "choices"} <= observation.covered
    assert sdk.version is not None


@pytest.mark.slow
@pytest.mark.parametrize("sdk", ["openai"], indirect=True)
def test_the_openai_sdk_has_no_fold_for_text_completions(sdk: ChildCandidate) -> None:
    observation = sdk.observe(HELLO, "openai-completions")

    assert (observation.status, observation.error) == (
        "unavailable",
        "openai does not fold openai-completions",
    )


@pytest.mark.slow
@pytest.mark.parametrize("sdk", ["openai"], indirect=True)
def test_an_error_that_the_sdk_raises_is_a_crash_at_the_sdks_own_place(sdk: ChildCandidate) -> None:
    observation = sdk.observe([*HELLO[:1], b'{"error": {"message": "overloaded"}}'], "openai-chat")

    assert observation.status == "crashed"
    assert "APIError: overloaded (" in (observation.error or "")
    assert "adapters" not in (observation.error or "")
    assert sdk.observe(HELLO, "openai-chat").status == "answered"


@pytest.mark.slow
@pytest.mark.parametrize("sdk", ["anthropic"], indirect=True)
def test_the_anthropic_sdk_folds_recorded_events(sdk: ChildCandidate) -> None:
    observation = sdk.observe(RAWS, "anthropic-messages")

    assert (observation.status, observation.error, observation.troubles) == ("answered", None, ())
    assert observation.response is not None
    (choice,) = observation.response.choices
    (call,) = choice.message.tool_calls
    usage = observation.response.usage
    assert (choice.message.content, choice.finish_reason) == ("Hello", "tool_use")
    assert (call.id, call.name, json.loads(call.arguments)) == ("t1", "f", {"n": 1})
    assert usage is not None
    assert (usage.input_tokens, usage.cache_read_tokens, usage.output_tokens) == (8, 5, 9)
    assert "parts" in observation.covered
