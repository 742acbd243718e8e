"""What a whole answer of Ollama's chat or generate says."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.candidates.answers import read
from stream_audit.model import FIELDS, Choice, Message, ToolCall, Usage
from tests.candidates.test_answers import CORE, only

COUNTS = {"prompt_eval_count": 26, "prompt_eval_cached_count": 20, "eval_count": 3}


def test_a_whole_answer_of_a_chat_becomes_text_reasoning_and_calls() -> None:
    calls = [
        {"id": "t1", "function": {"index": 0, "name": "f", "arguments": {"a": "é"}}},
        {"function": {"name": "g", "arguments": {}}},
    ]
    said = {"role": "assistant", "content": "Hi", "thinking": "Hm.", "tool_calls": calls, "images": ["i"]}
    response, claims = read(
        {
            "model": "qwen3",
            "created_at": "2026-03-01T08:00:00Z",
            "message": said,
            "done": True,
            "done_reason": "stop",
            "total_duration": 9,
            "logprobs": [{"token": "Hi", "logprob": -0.5}],
            **COUNTS,
        }
    )

    assert response.model == "qwen3"
    assert response.choices == (
        Choice(
            message=Message(
                role="assistant",
                content="Hi",
                reasoning="Hm.",
                tool_calls=(
                    ToolCall(id="t1", name="f", arguments='{"a":"é"}'),
                    ToolCall(name="g", arguments=""),
                ),
                extra={"images": ["i"]},
            ),
            finish_reason="stop",
            logprobs={"content": [{"token": "Hi", "logprob": -0.5}]},
        ),
    )
    assert response.usage == Usage(input_tokens=26, output_tokens=3, cache_read_tokens=20, raw=COUNTS)
    assert response.extra == {"created_at": "2026-03-01T08:00:00Z", "total_duration": 9}
    counts = {"usage.input_tokens", "usage.output_tokens", "usage.cache_read_tokens"}
    assert claims == CORE | counts | {"model", "reasoning", "logprobs", "tool_calls.extra"}


def test_a_generated_answer_has_its_text_at_the_top_and_the_model_s_role() -> None:
    value = {"response": "Hi", "thinking": "Hm.", "done": True, "context": [1, 2], "eval_count": 3}
    response, claims = read(value)

    assert response.choices[0].message == Message(role="assistant", content="Hi", reasoning="Hm.")
    assert response.extra == {"context": [1, 2]}
    assert claims == CORE | {"reasoning", "usage.output_tokens"}


def test_counts_that_are_all_null_say_that_there_was_no_usage() -> None:
    response, claims = read({"response": "Hi", "done": True, "eval_count": None, "prompt_eval_count": None})

    assert response.usage is None
    assert claims >= {field for field in FIELDS if field.startswith("usage.")}


def test_odd_calls_are_read_as_far_as_they_go() -> None:
    said = {"content": "", "tool_calls": ["x", {"function": "f"}, {"function": {"arguments": '{"a":1}'}}]}
    choice, _ = only({"message": said, "done": True})

    assert choice.message.tool_calls == (ToolCall(arguments=""), ToolCall(arguments='{"a":1}'))


@pytest.mark.parametrize(
    "value",
    [
        {"message": {"content": "Hi"}, "done_reason": "stop"},
        {"message": {"content": "Hi"}, "eval_count": 3},
        {"response": "Hi", "done": True},
    ],
)
def test_an_answer_is_ollama_s_by_its_end_or_its_counts(value: dict[str, Any]) -> None:
    choice, claims = only(value)

    assert (choice.message.role, choice.message.content) == ("assistant", "Hi")
    assert claims >= CORE


@pytest.mark.parametrize(
    "value", [{"message": {"content": "Hi"}}, {"message": {"content": "Hi"}, "usage": {}}]
)
def test_a_message_of_anybody_is_not(value: dict[str, Any]) -> None:
    assert "finish_reason" not in only(value)[1]
