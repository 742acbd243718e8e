"""The numbers of events: in order, missing, repeated, sent again."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.openai_responses.numbers import WINDOW
from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import Payload, Policies
from tests.dialects.responses_wire import (
    answer,
    completed,
    fold,
    message,
    numbered,
    opened,
    replied,
    rules,
    said,
    shot,
    spoken,
    text,
)

HELLO = numbered(answer(*spoken("Hel", "lo", "!")))
DELTAS = [place for place, event in enumerate(HELLO) if event["type"].endswith("text.delta")]
LAST = DELTAS[-1]


def content(items: list[Payload]) -> str | None:
    return replied(items).content


def without(first: int, last: int, items: list[Payload]) -> list[Payload]:
    return items[:first] + items[last:]


# ---------------------------------------------------------------- in order


def test_a_stream_that_counts_from_anywhere_has_nothing_to_note() -> None:
    for first in (0, 1, 7_000):
        assert rules(numbered(answer(*spoken("Hel", "lo")), first)) == []


@pytest.mark.parametrize("number", [-1, True, 2.0, "3", [4]])
def test_a_number_of_a_wrong_type_says_nothing_and_is_kept(number: Any) -> None:
    odd = [*HELLO]
    odd[LAST] = {**odd[LAST], "sequence_number": number}
    folded = fold(odd)
    assert folded.response.choices[0].message.content == "Hello!"
    assert folded.response.extra == {"sequence_number": number}
    assert [note.rule for note in folded.notes] == ["unknown-event", "events-out-of-order"]


def test_an_event_without_number_is_folded_and_counts_nothing() -> None:
    for number in ({}, {"sequence_number": None}):
        mixed = [*HELLO[: LAST + 1], {**text("?"), **number}, *HELLO[LAST + 1 :]]
        assert content([*mixed[:-2], mixed[-1]]) == "Hello!?"
        assert "events-out-of-order" not in rules(mixed)


# ---------------------------------------------------------------- missing


def test_where_numbers_are_missing_the_items_that_are_open_believe_their_end() -> None:
    short = without(DELTAS[1], LAST, HELLO)
    assert content(short) == "Hello!"
    assert rules(short) == ["events-out-of-order", "terminal-snapshot-disagrees"]


def test_where_no_numbers_are_missing_the_deltas_win_over_another_end() -> None:
    short = numbered(without(DELTAS[1], LAST, answer(*spoken("Hel", "lo", "!"))))
    assert content(short) == "Hel!"
    assert rules(short) == ["terminal-snapshot-disagrees"]


def test_an_item_that_was_done_before_the_gap_is_not_holed_by_it() -> None:
    late = completed(message(said("Other.")))
    events = numbered(answer(*spoken("Hel", "lo")))[:-1]
    assert content([*events, {**late, "sequence_number": 99}]) == "Hello"


def test_a_gap_in_front_of_an_item_is_none_of_its_business() -> None:
    events = [*numbered([shot()]), *numbered([*spoken("Hel"), completed(message(said("Bye")))], 40)]
    assert content(events) == "Hel"


# ---------------------------------------------------------------- sent again


@pytest.mark.parametrize("place", range(len(HELLO)))
def test_an_event_that_is_sent_again_is_folded_once(place: int) -> None:
    again = [*HELLO[: place + 1], HELLO[place], *HELLO[place + 1 :]]
    assert fold(again).response == fold(HELLO).response
    assert rules(again) == ["events-duplicated"]


def test_an_event_with_an_empty_delta_is_not_one_without() -> None:
    odd = {"type": "response.audio.done", "sequence_number": HELLO[-1]["sequence_number"] + 1}
    assert "events-duplicated" not in rules([*HELLO, odd, {**odd, "delta": ""}])


def test_a_stretch_that_is_sent_again_is_folded_once() -> None:
    again = [*HELLO[: LAST + 1], *HELLO[2 : LAST + 1], *HELLO[LAST + 1 :]]
    assert fold(again).response == fold(HELLO).response
    assert rules(again) == ["events-duplicated"] * (LAST - 1)


def test_padding_and_the_order_of_keys_make_no_other_event() -> None:
    again = dict(reversed(HELLO[LAST].items())) | {"obfuscation": "q"}
    assert content([*HELLO[: LAST + 1], again, *HELLO[LAST + 1 :]]) == "Hello!"


def test_nothing_of_what_was_sent_again_counts_not_even_its_usage() -> None:
    failed = {"type": "error", "message": "No", "usage": {"input_tokens": 1}, "sequence_number": LAST + 1}
    assert [
        rules([*HELLO[: LAST + 1], *[failed] * count]).count("error-event-ignored") for count in (1, 3)
    ] == [1, 1]


def test_equal_deltas_with_numbers_of_their_own_or_without_are_real_text() -> None:
    assert content(numbered(answer(*opened(), text("na"), text("na"), text("na")))) == "nanana"
    assert content(answer(*opened(), text("na"), text("na"), text("na"))) == "nanana"


def test_a_constant_number_is_sent_again_only_until_an_event_differs() -> None:
    stuck = [{**event, "sequence_number": 0} for event in answer(*opened(), *map(text, ("na", "na", "!")))]
    assert content(stuck) == "nana!"
    assert "events-duplicated" not in rules(stuck)


def test_once_a_number_stood_for_two_events_numbers_prove_nothing() -> None:
    other = {**text("?"), "sequence_number": LAST}
    events = [*HELLO[: LAST + 1], other, HELLO[LAST]]
    assert content(events) == "Hello!?!"
    assert rules(events)[:2] == ["events-out-of-order", "events-out-of-order"]


def test_an_event_of_the_same_number_that_adds_nothing_but_differs_is_not_the_same() -> None:
    other = {**HELLO[LAST], "item_id": "msg_other"}
    assert content([*HELLO[: LAST + 1], other, *HELLO[LAST + 1 :]]) == "Hello!!"


@pytest.mark.parametrize("size", [1, 5, 100_000])
def test_an_event_is_known_again_within_the_window_however_the_stream_was_batched(size: int) -> None:
    events = numbered([shot(), *opened(), *(text(f"{i} ") for i in range(WINDOW + 50))])
    whole = "".join(f"{i} " for i in range(WINDOW + 50))
    near, far = events[-WINDOW - 1], events[-WINDOW - 2]
    assert noted_first(events, near, size) == ("events-duplicated", whole)
    assert noted_first(events, far, size) == ("events-out-of-order", whole + far["delta"])


@pytest.mark.parametrize("size", [1, 5, 100_000])
def test_events_that_stand_alone_are_known_again_however_many_there_are(size: int) -> None:
    pairs = [(text("a", index), text("b", index + 1)) for index in range(0, 100, 2)]
    events = numbered([shot(), *(event for pair in pairs for event in pair)])
    for again in (events[1], events[-1]):
        running = OPENAI_RESPONSES.fold(Policies())
        for first in range(0, len(events), size):
            running.add(events[first : first + size])
        running.notes.clear()
        running.add([{**again}, {**again, "delta": "c"}])
        assert [note.rule for note in running.notes] == ["events-duplicated", "events-out-of-order"]


def noted_first(events: list[Payload], again: Payload, size: int) -> tuple[str, str | None]:
    """What is noted first, and the text, when one more event comes."""
    folding = OPENAI_RESPONSES.fold(Policies())
    for first in range(0, len(events), size):
        folding.add(events[first : first + size])
    folding.add([again])
    return folding.notes[0].rule, folding.response().choices[0].message.content


# ---------------------------------------------------------------- late


def test_events_that_changed_places_are_folded_as_they_come() -> None:
    swapped = [*HELLO]
    swapped[DELTAS[1]], swapped[LAST] = swapped[LAST], swapped[DELTAS[1]]
    folded = fold([*swapped[: LAST + 1], {**HELLO[-1], "sequence_number": LAST + 1}])
    assert folded.response.choices[0].message.content == "Hel!lo"
    assert [note.rule for note in folded.notes] == [
        *("events-out-of-order", "events-out-of-order", "block-stop-missing"),
    ]


def test_an_event_far_below_the_highest_is_late_even_if_it_is_the_same() -> None:
    events: list[Payload] = [*numbered(opened()), {**text("a"), "sequence_number": 2}]
    events += [{**text("b"), "sequence_number": 2 + WINDOW + 1}, events[-1]]
    assert content(events) == "aba"
