"""The two folds of Converse streams give one answer on what is rare; ``test_two_references`` has the rest."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import example, given

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import fold
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse
from tests.strategies_bedrock import reports, wild_responses
from tests.strategies_wild import nested

NAME = "bedrock-converse"


def fast(events: list[Payload]) -> Response:
    running = dialect(NAME).fold(Policies())
    running.add(copy.deepcopy(events))
    return running.finish(done=False).response


def plain(events: list[Payload]) -> Response:
    return fold(TextbookConverse, events)


@given(events=reports())
def test_both_folds_agree_on_every_sequence_of_reports(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


def delta(index: Any, **members: Any) -> Payload:
    return {"contentBlockDelta": {"contentBlockIndex": index, "delta": members}}


def start(index: Any, **members: Any) -> Payload:
    return {"contentBlockStart": {"contentBlockIndex": index, "start": members}}


@given(events=wild_responses())
@example(events=[delta(at, text=half) for at, half in enumerate(["\ud83d", "\ude42"])])
@example(events=[delta(0, text="a"), delta(0, reasoningContent={"text": "b"}), delta(0, text="c")])
@example(events=[start(0), delta(0, toolUse={"input": "{}"}), delta(0, toolUse={"input": "xy"})])
@example(events=[delta(0, toolUse={"input": "7"}), delta(0, toolUse="xy"), delta(0, toolUse="x")])
@example(events=[start(0, toolUse={"input": 5, "type": "server_tool_use", "name": []})])
@example(events=[start(0, toolUse={"input": 5, "type": 7}), delta(0, toolUse={"input": "NaN"})])
@example(events=[start(0, toolResult={"content": 5}), delta(0, toolResult=[5, {"text": "a"}])])
@example(events=[start(0, image={"source": 5, "error": 5}), delta(0, image={"source": {"bytes": 5}})])
@example(events=[delta(0, image={"source": {"bytes": piece}}) for piece in ("YQ==", "Yg==", "?")])
@example(
    events=[start(True, text=5), delta(None, text="a"), {"contentBlockStop": {"contentBlockIndex": "0"}}]
)
@example(events=[{"metadata": {"serviceTier": {"type": 5, "p": "a"}, "usage": 5}}, {"metadata": 5}])
@example(events=[{"throttlingException": 5}, {"error": 5}, {"error": "late"}])
@example(events=[{"p": "a"}, {"messageStart": []}, {"": 1}, start(0, **{"": 1}), delta(0, text="a")])
def test_both_folds_agree_whatever_the_type_of_a_value(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


DEEP = 100_000
DEEP_ONE, DEEP_OTHER = nested(DEEP), nested(DEEP)
"""Made once: to make one takes longer than to fold it."""


def test_a_start_that_nests_too_deeply_for_text_stays_as_it_was_sent() -> None:
    seed = DEEP_ONE
    tools = [start(0, toolUse={"input": seed}), start(1, toolUse={"input": seed, "type": "server_tool_use"})]
    running = dialect(NAME).fold(Policies())
    running.add(tools)

    notes = [note.field for note in running.finish(done=False).notes if note.rule == "unknown-event"]
    assert notes == [
        "choices[0].message.tool_calls[0].arguments",
        "choices[0].message.parts[1].toolUse.input",
    ]
    for answer in (running.response(), plain(tools)):
        message = answer.choices[0].message
        assert message.tool_calls[0].arguments == ""
        assert message.tool_calls[0].extra["input"] is seed
        assert all(part["toolUse"]["input"] is seed for part in message.parts)


def test_an_input_streamed_deeper_than_a_parser_goes_stays_text() -> None:
    text = "[" * DEEP + "]" * DEEP
    streamed = [start(0, toolUse={"name": "a"}), delta(0, toolUse={"input": text})]

    assert fast(streamed) == plain(streamed)
    assert plain(streamed).choices[0].message.parts[0]["toolUse"]["input"] == text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *(("contentBlockStart", key) for key in ("start", "contentBlockIndex", "novelty")),
        *(("contentBlockDelta", key) for key in ("delta", "contentBlockIndex", "novelty")),
        *(("metadata", key) for key in ("usage", "serviceTier", "trace")),
        ("messageStart", "role"),
        ("messageStop", "stopReason"),
        ("throttlingException", "message"),
        ("novelty", "x"),
    ],
)
def test_no_depth_of_any_value_raises_in_either_fold(name: str, key: str) -> None:
    deep = [{name: {key: {"toolUse": one, "text": one, "in": one}}} for one in (DEEP_ONE, DEEP_OTHER)]

    running = dialect(NAME).fold(Policies())
    running.add(deep)
    found, expected = running.finish(done=False).response, plain(deep)

    assert set(found.extra) == set(expected.extra)
    assert (found.error is None) == (expected.error is None)
    assert (found.usage is None) == (expected.usage is None)
    assert len(found.choices[0].message.parts) == len(expected.choices[0].message.parts)
