"""A ``UIMessage`` of the Vercel AI SDK as what a candidate returns."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.candidates.answers import UnknownShape, read
from stream_audit.compare import compare
from stream_audit.dialects import dialect
from stream_audit.model import FIELDS, Message, Policies, ToolCall
from stream_audit.suspects import TEXTBOOKS, fold, suspects_for
from tests.suspects.recorded import fixtures, payloads

CORE = {"role", "content", "tool_calls", "parts", "reasoning", "annotations"}
CITED = {"source": {"id": "s1"}}
SOURCE = {"type": "source-url", "sourceId": "s2", "url": "u"}
PARTS: list[dict[str, Any]] = [
    {"type": "step-start"},
    {"type": "reasoning", "id": "0", "text": "Hm", "state": "done"},
    {"type": "text", "text": "Hel", "state": "done", "citations": [CITED]},
    {"type": "text", "text": "lo", "state": "done"},
    {"type": "tool-f", "toolCallId": "t1", "state": "output-available", "input": {"a": "é"}, "output": 1},
    {"type": "dynamic-tool", "toolName": "g", "toolCallId": "t2", "state": "input-available", "input": {}},
    {"type": "tool-w", "toolCallId": "t3", "state": "input-available", "input": {}, "providerExecuted": True},
    {"type": "tool-f", "toolCallId": "t4", "state": "input-streaming", "rawInput": '{"a', "input": {}},
    SOURCE,
    {"type": "data-plan", "data": 1},
]


def test_a_ui_message_becomes_text_reasoning_calls_parts_and_sources() -> None:
    response, claims = read({"id": "m", "role": "assistant", "parts": PARTS})
    (choice,) = response.choices

    assert choice.message == Message(
        role="assistant",
        content="Hello",
        reasoning="Hm",
        tool_calls=(
            ToolCall(id="t1", name="f", arguments='{"a":"é"}'),
            ToolCall(id="t2", name="g", arguments=""),
            ToolCall(id="t4", name="f", arguments='{"a'),
        ),
        parts=tuple(PARTS),
        annotations=(CITED, SOURCE),
    )
    assert (response.id, choice.finish_reason) == ("m", None)
    assert claims == CORE | {"id"}


def test_metadata_is_extra_and_the_usage_in_it_is_usage() -> None:
    metadata = {
        "model": "m",
        "usage": {"inputTokens": 9, "outputTokens": 2},
        "totalUsage": {"inputTokens": 12},
    }
    response, claims = read({"parts": PARTS[:3], "metadata": metadata})

    assert response.extra == {"metadata": metadata}
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (12, None)
    assert claims == CORE | {"extra", "usage.input_tokens"}


def test_a_finish_reason_beside_the_message_is_claimed() -> None:
    response, claims = read({"parts": PARTS[:3], "finishReason": "stop"})

    assert response.choices[0].finish_reason == "stop"
    assert "finish_reason" in claims


def test_a_message_without_parts_says_nothing() -> None:
    response, claims = read({"id": "m", "role": "assistant", "parts": [], "metadata": None})

    assert response.choices[0].message == Message(role="assistant")
    assert claims == CORE | {"id"}


@pytest.mark.parametrize(
    "value",
    [
        {"role": "assistant", "content": "Hi", "parts": [{"type": "text", "text": "Other"}]},
        {"content": None, "parts": [{"type": "text", "text": "Other"}]},
    ],
)
def test_parts_beside_a_content_are_those_of_a_flat_answer(value: dict[str, Any]) -> None:
    response, claims = read(value)

    assert response.choices[0].message.content == value["content"]
    assert "reasoning" not in claims


@pytest.mark.parametrize("parts", [[{"type": "tool_use"}], [{"text": "a"}], ["a"], "a", None, [{"type": 5}]])
def test_parts_of_another_making_are_no_ui_message(parts: Any) -> None:
    with pytest.raises(UnknownShape):
        read({"id": "m", "parts": parts})


WHOLE = [path for path in fixtures("ai-sdk-ui") if path.stem != "ui-last-usage-only"]
"""In that one a count is ``null`` later, which the usage keeps and the metadata does not."""


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_the_message_of_a_fixture_is_read_as_what_the_fixture_folds_into(path: Any) -> None:
    running = dialect("ai-sdk-ui").fold(Policies())
    running.add(payloads(path))
    right = running.finish(done=True).response
    (choice,) = right.choices
    metadata = right.extra.get("metadata")
    message = {
        "id": right.id,
        "role": choice.message.role,
        "parts": [dict(part) for part in choice.message.parts],
    }
    got, claims = read(message if metadata is None else {**message, "metadata": metadata})

    assert compare(right, got, claims - {"extra"}) == []


def test_a_message_that_lost_something_differs() -> None:
    (path,) = [path for path in fixtures("ai-sdk-ui") if path.stem == "ui-sources-dropped"]
    (one,) = [one for one in suspects_for("ai-sdk-ui") if one.name == path.stem]
    right, wrong = (fold(folder, payloads(path)) for folder in (TEXTBOOKS["ai-sdk-ui"], one))
    got, claims = read(
        {"role": "assistant", "parts": [dict(part) for part in wrong.choices[0].message.parts]}
    )

    assert {one.field for one in compare(right, got, claims)} == {"parts", "annotations"}
    assert claims <= set(FIELDS)
