"""The fast fold of ``openai-responses`` and its textbook, written apart from one page, give one answer."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from stream_audit import recordings
from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Batch, Payload, Policies, Recording, Response
from stream_audit.suspects import TEXTBOOKS, fold
from tests.strategies_responses import nested, streams, tidy_streams, wild_streams
from tests.suspects.recorded import CORPUS, fixtures, payloads

NAME = "openai-responses"
MANY = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def fast(events: list[Payload]) -> Response:
    """The reference's answer, on its own copy."""
    running = dialect(NAME).fold(Policies())
    running.add(copy.deepcopy(events))
    return running.finish(done=False).response


def plain(events: list[Payload]) -> Response:
    return fold(TEXTBOOKS[NAME], events)


@pytest.mark.parametrize("path", fixtures(NAME), ids=lambda path: path.stem)
def test_both_folds_agree_on_every_fixture(path: Path) -> None:
    events = payloads(path)

    assert fast(events) == plain(events)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="no corpus of recorded streams beside the checkout")
def test_both_folds_agree_on_every_recording_of_the_corpus() -> None:
    found: dict[Recording, list[Payload]] = {}
    for source in recordings.find([str(CORPUS / NAME)]):
        for event in recordings.read(source, DIALECTS):
            if isinstance(event, Batch):
                found.setdefault(event.recording, []).extend(json.loads(raw) for raw in event.raws)

    assert len(found) > 120
    assert [one.id for one, events in found.items() if fast(events) != plain(events)] == []


@given(events=tidy_streams())
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_both_folds_agree_on_streams_as_the_format_promises_them(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


@given(events=streams())
@MANY
def test_both_folds_agree_whatever_happens_in_a_stream(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


@given(events=wild_streams())
@MANY
@example(events=[{"type": "error", "error": 5}])
def test_both_folds_agree_whatever_the_type_of_a_value(events: list[Payload]) -> None:
    assert fast(events) == plain(events)


DEEP = 5_000


@pytest.mark.parametrize("key", ["response", "item", "part", "delta", "error", "usage", "type", "novelty"])
@pytest.mark.parametrize(
    "kind",
    ["response.completed", "response.output_item.added", "response.output_text.delta", "error", "x"],
)
def test_no_depth_of_any_value_raises_in_either_fold(kind: str, key: str) -> None:
    def deep() -> dict[str, Any]:
        return {**nested(DEEP), "type": nested(DEEP), "output": [nested(DEEP)], "content": [nested(DEEP)]}

    events: list[Payload] = [{"type": kind, key: deep(), "sequence_number": 3} for _ in range(2)]

    running = dialect(NAME).fold(Policies())
    running.add(events)
    found, expected = running.finish(done=False).response, plain(events)

    assert set(found.extra) == set(expected.extra)
    assert (found.error is None) == (expected.error is None)
    assert (found.usage is None) == (expected.usage is None)
    assert len(found.choices[0].message.parts) == len(expected.choices[0].message.parts)
