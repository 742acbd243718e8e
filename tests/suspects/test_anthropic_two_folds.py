"""The fast fold and the textbook fold of Anthropic messages, written apart, give one answer."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import fold
from stream_audit.suspects.textbook_anthropic import TextbookAnthropic
from tests.strategies_anthropic import messages, tidy_messages
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
