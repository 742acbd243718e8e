"""The fast fold and the textbook fold of Gemini, written apart, give one answer."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import fold
from stream_audit.suspects.gemini.textbook import TextbookGemini
from tests.strategies_gemini import chunk, chunks, nested, reports, streams, wild_streams
from tests.suspects.recorded import corpus, fixtures, payloads

MANY = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
RECORDED: list[Any] = corpus("gemini") or [
    pytest.param(None, marks=pytest.mark.skip(reason="the corpus is not beside the checkout"))
]


def fast(items: list[Payload], size: int = 64) -> Response:
    running = dialect("gemini").fold(Policies())
    items = copy.deepcopy(items)
    for start in range(0, len(items), size):
        running.add(items[start : start + size])
    return running.finish(done=False).response


def plain(items: list[Payload]) -> Response:
    return fold(TextbookGemini, items)


@pytest.mark.parametrize("path", fixtures("gemini"), ids=lambda path: path.stem)
def test_both_folds_agree_on_every_fixture(path: Path) -> None:
    assert fast(payloads(path)) == plain(payloads(path))


@pytest.mark.corpus
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: getattr(path, "stem", "absent"))
def test_both_folds_agree_on_every_recording(path: Path) -> None:
    assert fast(payloads(path)) == plain(payloads(path))


@MANY
@given(items=streams())
def test_both_folds_agree_on_every_stream_that_keeps_the_format(items: list[Payload]) -> None:
    assert fast(items) == plain(items)


@MANY
@given(items=st.lists(chunks(), max_size=8), size=st.integers(1, 8))
@example(items=[chunk({"text": "a"}), chunk({"text": "b"}), chunk({"text": "c", "thought": True})], size=8)
@example(items=[chunk({"text": "a"}, usageMetadata={"promptTokenCount": n}) for n in (1, 2, 0, 3)], size=8)
def test_both_folds_agree_when_chunks_say_anything(items: list[Payload], size: int) -> None:
    assert fast(items, size) == plain(items)


@MANY
@given(items=reports())
def test_both_folds_agree_on_every_sequence_of_reports(items: list[Payload]) -> None:
    assert fast(items) == plain(items)


USUAL: Payload = {
    "candidates": [
        {
            "content": {"parts": [{"text": "na "}], "role": "model", "inside": 1},
            "index": 0,
            "safetyRatings": [{"category": "A"}],
            "beside": 1,
        }
    ],
    "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3},
    "modelVersion": "g",
    "responseId": "r",
    "around": 1,
}


def changed(*path: str | int, value: Any = None, gone: bool = False) -> Payload:
    """The usual chunk, in one place another."""
    other = copy.deepcopy(USUAL)
    here: Any = other
    for step in path[:-1]:
        here = here[step]
    if gone:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return other


CANDIDATE: tuple[str | int, ...] = ("candidates", 0)
CONTENT = (*CANDIDATE, "content")
PART = (*CONTENT, "parts", 0)
UNUSUAL = [
    changed("around", value=2),
    changed("around", gone=True),
    changed("modelVersion", value="h"),
    changed("error", value="late"),
    changed("candidates", value=[]),
    changed("candidates", value=[*USUAL["candidates"], {"index": 1, "finishReason": "STOP"}]),
    changed(*CANDIDATE, "index", value=1),
    changed(*CANDIDATE, "index", value=False),
    changed(*CANDIDATE, "index", gone=True),
    changed(*CANDIDATE, "beside", value=2),
    changed(*CANDIDATE, "safetyRatings", value=[{"category": "B"}]),
    changed(*CANDIDATE, "finishReason", value="STOP"),
    changed(*CONTENT, "inside", value=2),
    changed(*CONTENT, "role", value="user"),
    changed(*CONTENT, "parts", value=[{"text": "a"}, {"text": "b"}]),
    changed(*CONTENT, "parts", value=[]),
    changed(*PART, "text", value=None),
    changed(*PART, "text", value=5),
    changed(*PART, "thought", value=True),
    changed(*PART, "thoughtSignature", value="c2ln"),
    changed(*CONTENT, "parts", value=[{"functionCall": {"name": "look"}}]),
    changed("usageMetadata", value=None),
    changed("usageMetadata", value=[5]),
    changed("usageMetadata", gone=True),
    changed("usageMetadata", "promptTokenCount", value=None),
    changed("usageMetadata", "promptTokenCount", gone=True),
    changed("usageMetadata", "promptTokenCount", value=0),
    changed("usageMetadata", "candidatesTokenCount", value=7),
]


@pytest.mark.parametrize("item", UNUSUAL)
def test_what_is_not_as_usual_is_seen_among_chunks_that_are(item: Payload) -> None:
    items = [USUAL, USUAL, item, USUAL, item, item, USUAL]
    together, apart = (dialect("gemini").fold(Policies()) for _ in range(2))
    together.add(copy.deepcopy(items))
    for one in copy.deepcopy(items):
        apart.add([one])

    assert fast(items) == plain(items)
    assert together.finish(done=False) == apart.finish(done=False)


def piece(part: Payload, **of_candidate: Any) -> Payload:
    return {"candidates": [{"content": {"parts": [part], "role": "model"}, **of_candidate}]}


def entry(path: Any, **value: Any) -> Payload:
    return chunk({"functionCall": {"partialArgs": [{"jsonPath": path, **value}], "willContinue": True}})


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(items=wild_streams())
@example(items=[{**USUAL, "usageMetadata": {"promptTokenCount": 1}}] * 2 + [{**USUAL, "vendor": []}])
@example(items=[piece({"text": "a", "thought": None})] * 2 + [piece({"text": "a", "vendor": 1})])
@example(items=[piece({"text": "a"}, index=None)] * 2 + [piece({"text": "a"}, vendor=1)])
@example(
    items=[{"candidates": [{"content": {"parts": [{"text": "a", "vendor": 1}, {"text": "b", "vendor": 2}]}}]}]
)
@example(items=[chunk({"text": "a"}), chunk({"text": "b"}), {**chunk({"text": "c"}), "candidates": [5]}])
@example(items=[entry("$['it\\'s']", stringValue="x"), entry("$['a\"b'][0]", nullValue=None)])
@example(
    items=[entry("$.a[64]", numberValue=1), entry("$.b[65]", numberValue=1), entry("$.a[129]", numberValue=2)]
)
@example(items=[entry("$" + ".a" * 64, numberValue=1), entry("$" + ".a" * 65, numberValue=2)])
@example(items=[entry("$.a[01]", numberValue=1), entry("$.a[99999999999999999999]", numberValue=2)])
@example(
    items=[
        entry("$.a", stringValue="\ud83d"),
        entry("$.a", stringValue="\ude42"),
        entry("$.a.b", boolValue=True),
    ]
)
@example(
    items=[
        chunk({"functionCall": {"name": "f", "args": {"a": "x", "b": [1]}}}),
        entry("$.a", stringValue="y"),
    ]
)
def test_both_folds_agree_whatever_the_type_of_a_value(items: list[Payload]) -> None:
    assert fast(items) == plain(items)


@pytest.mark.parametrize("levels", [255, 256, 257])
def test_both_folds_agree_on_how_deep_leaves_can_be_laid(levels: int) -> None:
    whole = chunk({"functionCall": {"name": "f", "args": nested(levels), "willContinue": True}})

    assert fast([whole, entry("$.a", numberValue=1)]) == plain([whole, entry("$.a", numberValue=1)])


DEEP = 20_000


def test_arguments_that_nest_too_deeply_for_text_stay_as_they_were_sent() -> None:
    args = nested(DEEP)
    items = [chunk({"functionCall": {"name": "f", "args": args}})]
    running = dialect("gemini").fold(Policies())
    running.add(items)

    notes = [note.field for note in running.finish(done=False).notes if note.rule == "unknown-event"]
    assert notes == ["choices[0].message.tool_calls[0].arguments"]
    for answer in (running.response(), plain(items)):
        (call,) = answer.choices[0].message.tool_calls
        assert call.arguments == ""
        assert call.extra["args"] is args
        assert answer.choices[0].message.parts[0]["functionCall"]["args"] is args


@pytest.mark.parametrize("key", ["text", "functionCall", "thought", "thoughtSignature", "vendor"])
def test_no_depth_of_a_part_raises_in_either_fold(key: str) -> None:
    items = [chunk({"text": "a", key: nested(DEEP)}) for _ in range(3)]

    found, expected = fast_as_is(items), plain(items)

    assert len(found.choices[0].message.parts) == len(expected.choices[0].message.parts)


@pytest.mark.parametrize(
    "key", ["candidates", "usageMetadata", "promptFeedback", "error", "response", "vendor"]
)
def test_no_depth_of_any_value_raises_in_either_fold(key: str) -> None:
    items = [{**chunk({"text": "a"}), key: nested(DEEP)} for _ in range(3)]

    found, expected = fast_as_is(items), plain(items)

    assert set(found.extra) == set(expected.extra)
    assert (found.error is None) == (expected.error is None)
    assert (found.usage is None) == (expected.usage is None)


def fast_as_is(items: list[Payload]) -> Response:
    running = dialect("gemini").fold(Policies())
    running.add(items)
    return running.finish(done=False).response
