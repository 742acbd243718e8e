"""The fast fold and the textbook fold of a writer's calls, written apart, give one answer."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import fold, suspects_for
from stream_audit.suspects.ai_sdk_stream.textbook import TextbookWriter
from tests.strategies_ai_sdk import recordings, wild_calls, writings
from tests.strategies_anthropic import nested
from tests.suspects.recorded import fixtures, payloads

DIALECT = "ai-sdk-stream-python"
DEEP = 100_000


def fast(calls: list[Payload]) -> Response:
    running = dialect(DIALECT).fold(Policies())
    running.add(copy.deepcopy(calls))
    return running.finish(done=False).response


def plain(calls: list[Payload]) -> Response:
    return fold(TextbookWriter, calls)


@pytest.mark.parametrize("path", fixtures(DIALECT), ids=lambda path: path.stem)
def test_both_folds_agree_on_every_fixture(path: Path) -> None:
    assert fast(payloads(path)) == plain(payloads(path))


@given(calls=recordings() | writings())
@settings(max_examples=400)
@example(
    calls=[
        {"op": "StreamContext", "stream_exclude": ["<br>"]},
        {"op": "write_text", "delta": "<br>"},
        {"op": "write_text", "delta": "hello"},
    ]
)
def test_both_folds_agree_on_every_recording_of_calls(calls: list[Payload]) -> None:
    assert fast(calls) == plain(calls)


@given(calls=wild_calls)
@settings(max_examples=400)
@example(calls=[{"op": "finish", "finish_reason": 5}])
@example(calls=[{"op": "error"}, {"op": "error", "error_text": "late"}])
@example(calls=[{"op": "write_data", "name": ""}, {"op": "write_data", "name": "a b", "data": 1}])
@example(calls=[{"op": "begin_tool_call", "tool_name": "x", "tool_input": {}, "tool_call_id": 5}])
@example(calls=[{"op": {"deep": 1}}, {"nothing": 1}, {"op": "write_texts", "delta": "x"}])
def test_both_folds_agree_whatever_the_type_of_a_value(calls: list[Payload]) -> None:
    assert fast(calls) == plain(calls)


@pytest.mark.parametrize("op", ["begin_tool_call", "finish_tool_input", "complete_tool_call", "novelty"])
def test_no_depth_of_any_value_raises_in_either_fold(op: str) -> None:
    deep: Any = nested(DEEP)
    calls = [
        {"op": "start_tool_input", "tool_name": "x", "tool_call_id": "a"},
        *({"op": op, "tool_call_id": "a", "tool_name": "x", "tool_input": deep, "input": deep, "output": d}
          for d in (deep, nested(DEEP))),
    ]  # fmt: skip
    running = dialect(DIALECT).fold(Policies())
    running.add(calls)
    found, expected = running.finish(done=False).response, plain(calls)

    for one in (found, expected):
        assert all(call.arguments == "" for call in one.choices[0].message.tool_calls)
    inputs = [
        [call.extra.get("input") for call in one.choices[0].message.tool_calls] for one in (found, expected)
    ]
    assert [value is not None for value in inputs[0]] == [value is not None for value in inputs[1]]


def test_an_input_that_could_not_be_written_is_forgotten_with_the_next_one() -> None:
    call = {"tool_call_id": "a", "tool_name": "x"}
    calls: list[Payload] = [
        {"op": "begin_tool_call", **call, "tool_input": nested(DEEP)},
        {"op": "finish_tool_input", **call, "input": {"hours": 2}},
    ]
    running = dialect(DIALECT).fold(Policies())
    running.add(list(calls))

    for answer in (running.response(), plain(calls)):
        (made,) = answer.choices[0].message.tool_calls
        assert (made.arguments, made.extra) == ('{"hours":2}', {})


@pytest.mark.slow
def test_generated_recordings_are_rich_enough_to_tell_every_suspect_apart() -> None:
    unseen = {one.name: one for one in suspects_for(DIALECT)}

    @given(calls=recordings())
    @settings(deadline=None, max_examples=500, database=None, derandomize=True)
    def search(calls: list[Payload]) -> None:
        right = plain(calls)
        for name, one in list(unseen.items()):
            if fold(one, calls) != right:
                del unseen[name]

    search()

    assert unseen == {}
