"""What a whole answer of Cohere's chat says, and what code that put one together makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.candidates.answers import read
from stream_audit.model import Choice, Message, ToolCall, Usage
from tests.candidates.test_answers import CALL, CORE, only

BLOCKS = [{"type": "thinking", "thinking": "Hm. "}, {"type": "text", "text": "Hi"}]
CITED = [{"start": 0, "end": 2, "text": "Hi", "sources": [{"type": "document", "id": "d"}]}]
USAGE = {
    "billed_units": {"input_tokens": 3, "output_tokens": 2},
    "tokens": {"input_tokens": 90, "output_tokens": 7},
    "cached_tokens": 64,
}


def test_a_whole_answer_of_cohere_becomes_text_reasoning_calls_blocks_and_citations() -> None:
    message = {
        "role": "assistant",
        "content": BLOCKS,
        "tool_plan": "I look.",
        "tool_calls": [CALL],
        "citations": CITED,
        "vendor": 1,
    }
    response, claims = read(
        {
            "id": "c1",
            "message": message,
            "finish_reason": "TOOL_CALL",
            "usage": USAGE,
            "logprobs": [{"text": "Hi", "token_ids": [1], "logprobs": [-0.5]}],
            "meta": {"more": True},
        }
    )

    assert response.id == "c1"
    assert response.choices == (
        Choice(
            message=Message(
                role="assistant",
                content="Hi",
                reasoning="Hm. I look.",
                tool_calls=(ToolCall(id="t1", name="f", arguments='{"a":1}'),),
                parts=tuple(BLOCKS),
                annotations=tuple(CITED),
                extra={"vendor": 1},
            ),
            finish_reason="TOOL_CALL",
            logprobs={"content": [{"text": "Hi", "token_ids": [1], "logprobs": [-0.5]}]},
        ),
    )
    assert response.usage == Usage(input_tokens=90, output_tokens=7, cache_read_tokens=64, raw=USAGE)
    assert response.extra == {"meta": {"more": True}}
    counts = {"usage.input_tokens", "usage.output_tokens", "usage.cache_read_tokens"}
    others = {"id", "parts", "reasoning", "annotations", "logprobs", "tool_calls.extra"}
    assert claims == CORE | counts | others


def test_an_answer_of_cohere_that_only_calls_has_no_content() -> None:
    choice, claims = only(
        {"message": {"role": "assistant", "tool_plan": "I look."}, "finish_reason": "TOOL_CALL"}
    )

    assert (choice.message.content, choice.message.reasoning, choice.message.parts) == (None, "I look.", ())
    assert claims == CORE | {"parts", "reasoning"}


def test_an_answer_of_cohere_whose_content_was_joined_claims_no_blocks() -> None:
    choice, claims = only(
        {"message": {"role": "assistant", "content": "Hi", "citations": None}, "finish_reason": "COMPLETE"}
    )

    assert choice.message == Message(role="assistant", content="Hi")
    assert claims == CORE | {"reasoning", "annotations"}


@pytest.mark.parametrize(
    "value",
    [
        {"message": {"content": [], "tool_plan": None}},
        {"message": {"content": []}, "finish_reason": "MAX_TOKENS"},
        {"message": {"content": []}, "usage": {"tokens": None}},
    ],
)
def test_an_answer_is_cohere_s_by_its_plan_its_reason_or_its_usage(value: dict[str, Any]) -> None:
    assert "parts" in only(value)[1]


@pytest.mark.parametrize(
    "value",
    [
        {"message": {"content": "Hi"}, "finish_reason": "stop"},
        {"message": {"content": "Hi"}, "finish_reason": ["COMPLETE"]},
        {"message": {"content": "Hi"}, "usage": {"input_tokens": 3}},
    ],
)
def test_a_message_of_anybody_is_not(value: dict[str, Any]) -> None:
    assert "reasoning" not in only(value)[1]
