"""The fast fold and the textbook fold of Anthropic messages, written apart, give one answer."""

from __future__ import annotations

import copy
import functools
from pathlib import Path

import pytest
from hypothesis import example, given

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import fold
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from tests.strategies_anthropic import messages, nested, reports, tidy_messages, wild_messages
from tests.suspects.anthropic_fixtures import RECORDED, fixtures, load, split

STREAMS = fixtures()


def fast(events: list[Payload]) -> Response:
    running = dialect("anthropic-messages").fold(Policies())
    running.add(copy.deepcopy(events))
    return running.finish(done=False).response


def plain(events: list[Payload]) -> Response:
    return fold(TextbookAnthropic, events)


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_both_folds_agree_on_every_fixture(name: str) -> None:
    assert fast(STREAMS[name]) == plain(STREAMS[name])


@pytest.mark.corpus
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: getattr(path, "stem", "absent"))
def test_both_folds_agree_on_every_recording(path: Path) -> None:
    for events in split(load(path)):
        assert fast(events) == plain(events)


@given(events=tidy_messages())
def test_both_folds_agree_on_every_stream_that_keeps_the_format(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


@given(events=messages())
def test_both_folds_agree_when_events_come_in_any_order(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


@given(events=reports())
@example(
    events=[
        {"type": "message_delta", "usage": {"output_tokens": 4}},
        {"type": "message_stop", "usage": {"input_tokens": 1, "output_tokens": 0}},
    ]
)
def test_both_folds_agree_on_every_sequence_of_reports(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


def deltas(kind: str, key: str, pieces: list[str]) -> list[Payload]:
    """One block for each piece but the first two, which share one."""
    return [
        {"type": "content_block_delta", "index": max(0, at - 1), "delta": {"type": kind, key: piece}}
        for at, piece in enumerate(pieces)
    ]


HALVES = ["\ud83d", "\ude42", "\ud83d", "\ude42"]
CALL: Payload = {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use"}}


@given(events=wild_messages())
@example(events=[CALL, *deltas("text_delta", "text", HALVES)])
@example(events=deltas("text_delta", "text", HALVES))
@example(events=deltas("thinking_delta", "thinking", HALVES))
@example(events=[{"type": "message_start", "message": {"content": ["hi", {"type": "text"}]}}])
@example(events=[{"type": "message_start", "message": 5}, {"type": "message_start", "message": {}}])
@example(events=[{"type": "error", "error": 5}])
@example(events=[{"type": "novelty", "usage": {"output_tokens": 2}, "error": "late", "foo": 1}])
@example(events=[{"type": "content_block_start", "content_block": {"type": False, "text": {}}}])
@example(events=[{"type": "content_block_delta", "delta": {"type": "text_delta", "foo": 1}}])
@example(events=[{"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": "c2ln"}}])
@example(
    events=[{"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "NaN"}}]
)
def test_both_folds_agree_whatever_the_type_of_a_value(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


DEEP = 100_000


@functools.cache
def two_deep() -> tuple[Payload, Payload]:
    """Two objects that are equal and not one. Made once: to make one takes longer than to fold it."""
    return nested(DEEP), nested(DEEP)


def test_a_seed_that_nests_too_deeply_for_text_stays_as_it_was_sent() -> None:
    seed, _ = two_deep()
    tools = [
        {"type": "content_block_start", "index": at, "content_block": {"type": kind, "input": seed}}
        for at, kind in enumerate(("tool_use", "server_tool_use"))
    ]
    running = dialect("anthropic-messages").fold(Policies())
    running.add(tools)

    notes = [note.field for note in running.finish(done=False).notes if note.rule == "unknown-event"]
    assert notes == ["choices[0].message.tool_calls[0].arguments", "choices[0].message.parts[1].input"]
    for answer in (running.response(), plain(tools)):
        message = answer.choices[0].message
        assert message.tool_calls[0].arguments == ""
        assert message.tool_calls[0].extra["input"] is seed
        assert all(part["input"] is seed for part in message.parts)


def test_an_input_streamed_deeper_than_a_parser_goes_stays_text() -> None:
    text = "[" * DEEP + "]" * DEEP
    streamed = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "input": {}}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": text},
        },
    ]

    assert fast(streamed) == plain(streamed)
    assert plain(streamed).choices[0].message.parts[0]["input"] == text


@pytest.mark.parametrize("key", ["error", "usage", "delta", "message", "content_block", "type", "novelty"])
@pytest.mark.parametrize("kind", ["message_start", "content_block_delta", "message_delta", "error", "x"])
def test_no_depth_of_any_value_raises_in_either_fold(kind: str, key: str) -> None:
    events = [{"type": kind, key: {**one, "type": {**one}, "text": {**one}}} for one in two_deep()]

    running = dialect("anthropic-messages").fold(Policies())
    running.add(events)
    found, expected = running.finish(done=False).response, plain(events)

    assert set(found.extra) == set(expected.extra)
    assert (found.error is None) == (expected.error is None)
    assert (found.usage is None) == (expected.usage is None)
    assert len(found.choices[0].message.parts) == len(expected.choices[0].message.parts)
