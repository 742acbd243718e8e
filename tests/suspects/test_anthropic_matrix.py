"""Which Anthropic suspect fails which fixture: each its own, and nobody else's but its kin's."""

from __future__ import annotations

import pytest

from stream_audit.compare import compare
from stream_audit.model import FIELDS, Payload
from stream_audit.suspects import Suspect, fold, suspects_for
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from tests.suspects.anthropic_fixtures import CLEAN, fixtures

STREAMS = fixtures()
SUSPECTS = {one.name: one for one in suspects_for("anthropic-messages") if issubclass(one, TextbookAnthropic)}
MADE_FOR_ONE = sorted(set(STREAMS) - set(CLEAN))


def wrong_fields(one: type[Suspect], events: list[Payload]) -> set[str]:
    """The fields a suspect gets wrong; every field when it does not survive the stream."""
    try:
        got = fold(one, events)
    except (KeyError, ValueError, IndexError):
        return set(FIELDS)
    return {found.field for found in compare(fold(TextbookAnthropic, events), got, frozenset(FIELDS))}


def test_every_suspect_has_a_fixture_and_every_fixture_a_suspect() -> None:
    assert set(MADE_FOR_ONE) == set(SUSPECTS)


@pytest.mark.parametrize("name", sorted(SUSPECTS))
def test_a_suspect_fails_its_own_fixture(name: str) -> None:
    assert wrong_fields(SUSPECTS[name], STREAMS[name])


@pytest.mark.parametrize("name", MADE_FOR_ONE)
def test_whoever_else_fails_a_fixture_is_named_as_kin(name: str) -> None:
    failing = {one.name for one in SUSPECTS.values() if wrong_fields(one, STREAMS[name])}

    assert failing - {name} == set(SUSPECTS[name].kin)


@pytest.mark.parametrize("name", sorted(SUSPECTS))
def test_a_suspect_differs_only_in_the_fields_it_says_it_touches(name: str) -> None:
    one = SUSPECTS[name]

    for events in STREAMS.values():
        wrong = wrong_fields(one, events)
        assert wrong <= set(one.touches) or wrong == set(FIELDS)


@pytest.mark.parametrize("name", sorted(SUSPECTS))
def test_a_suspect_says_what_it_does_and_where_it_was_seen(name: str) -> None:
    one = SUSPECTS[name]

    assert one.__doc__
    assert one.failure
    assert all(source.startswith("https://") for source in one.sources)
    assert one.sources
    assert set(one.touches) <= set(FIELDS)


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_no_fixture_says_more_than_one_message(name: str) -> None:
    identities = {event["message"]["id"] for event in STREAMS[name] if event["type"] == "message_start"}

    assert len(identities) <= 1
