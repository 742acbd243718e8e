"""The fast fold and the textbook fold of UI message streams, written apart, give one answer."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import fold, suspects_for
from stream_audit.suspects.ai_sdk_ui.textbook import TextbookUI
from tests.strategies_ai_sdk_ui import messages, wild_chunks
from tests.strategies_anthropic import nested
from tests.suspects.recorded import fixtures, payloads

DIALECT = "ai-sdk-ui"
DEEP = 100_000


def fast(chunks: list[Payload]) -> Response:
    running = dialect(DIALECT).fold(Policies())
    running.add(copy.deepcopy(chunks))
    return running.finish(done=False).response


def plain(chunks: list[Payload]) -> Response:
    return fold(TextbookUI, chunks)


@pytest.mark.parametrize("path", fixtures(DIALECT), ids=lambda path: path.stem)
def test_both_folds_agree_on_every_fixture(path: Path) -> None:
    assert fast(payloads(path)) == plain(payloads(path))


@given(chunks=messages())
@settings(max_examples=500, deadline=None)
@example(
    chunks=[
        {"type": "text-start", "id": "0"},
        {"type": "finish-step"},
        {"type": "text-delta", "id": "0", "delta": "a"},
    ]
)
def test_both_folds_agree_on_every_message(chunks: list[Payload]) -> None:
    assert fast(chunks) == plain(chunks)


@given(chunks=wild_chunks)
@settings(max_examples=500, deadline=None)
@example(chunks=[{"type": "finish", "finishReason": 5}])
@example(chunks=[{"type": "data-"}, {"type": "data-x", "id": 5, "data": None}, {"type": ["text-start"]}])
@example(chunks=[{"type": "start", "messageMetadata": [1]}, {"type": "message-metadata"}])
def test_both_folds_agree_whatever_the_type_of_a_value(chunks: list[Payload]) -> None:
    assert fast(chunks) == plain(chunks)


@pytest.mark.parametrize("key", ["input", "output", "providerMetadata", "novelty"])
def test_no_depth_of_any_value_raises_in_either_fold(key: str) -> None:
    call: Payload = {"toolCallId": "a", "toolName": "x"}
    chunks: list[Payload] = [
        {"type": "tool-input-available", **call, key: nested(DEEP)},
        {"type": "tool-output-available", "toolCallId": "a", key: nested(DEEP)},
        {"type": "message-metadata", "messageMetadata": {"deep": nested(DEEP)}},
    ]
    running = dialect(DIALECT).fold(Policies())
    running.add(chunks)
    found, expected = running.finish(done=False).response, plain(chunks)

    for one in (found, expected):
        (made,) = one.choices[0].message.tool_calls
        assert made.arguments == ""
        assert ("input" in made.extra) == (key == "input")


def test_metadata_is_laid_over_sixteen_levels_deep_and_then_replaced() -> None:
    def metadata(levels: int, leaf: dict[str, Any]) -> Payload:
        value: Any = leaf
        for _ in range(levels):
            value = {"in": value}
        return {"type": "message-metadata", "messageMetadata": value}

    for levels, both in ((16, True), (17, False)):
        chunks = [metadata(levels, {"a": 1}), metadata(levels, {"b": 2})]
        for answer in (fast(chunks), plain(chunks)):
            inner: Any = answer.extra["metadata"]
            for _ in range(levels):
                inner = inner["in"]
            assert ("a" in inner) is both


@pytest.mark.slow
def test_generated_messages_are_rich_enough_to_tell_every_suspect_apart() -> None:
    unseen = {one.name: one for one in suspects_for(DIALECT)}

    @given(chunks=messages())
    @settings(deadline=None, max_examples=1_500, database=None, derandomize=True)
    def search(chunks: list[Payload]) -> None:
        right = plain(chunks)
        for name, one in list(unseen.items()):
            try:
                wrong = fold(one, chunks) != right
            except Exception:  # noqa: BLE001 - a suspect may crash as the code it imitates does
                wrong = True
            if wrong:
                del unseen[name]

    search()

    assert unseen == {}
