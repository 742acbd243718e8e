"""Laws of the Responses fold: what may be done to any stream without changing what it says."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import Payload, Policies, Response
from tests.dialects.laws import taking_turns
from tests.dialects.responses_wire import KEEPALIVE, fold, numbered, opened, rules, shot, text
from tests.strategies_responses import item_streams, json_objects, streams, tidy_streams, wild_streams

MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
USAGE = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}


def said(items: list[Payload]) -> tuple[Response, bool]:
    folded = fold(items)
    return folded.response, folded.complete


def unnumbered(items: list[Payload]) -> list[Payload]:
    return [{key: value for key, value in item.items() if key != "sequence_number"} for item in items]


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The stream as a reader hands it over that has seen each chunk's likeness before."""
    handed: list[Payload | str] = []
    due: Payload | None = None
    for item in items:
        said = OPENAI_RESPONSES.echo(item)
        handed.append(said if said is not None and due == {**item, "delta": None} else item)
        due = None if said is None else {**item, "delta": None}
        if due is not None and "sequence_number" in due:
            due["sequence_number"] += 1
    return handed


@given(items=st.lists(json_objects(), max_size=8))
@MANY
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        OPENAI_RESPONSES.recognises(item)
        OPENAI_RESPONSES.identity(item)
        OPENAI_RESPONSES.starts(item)
        OPENAI_RESPONSES.ends(item)
        OPENAI_RESPONSES.echo(item)
    OPENAI_RESPONSES.next_break(items, 0, None)
    fold(items)


@given(items=wild_streams() | tidy_streams(), data=st.data())
@settings(MANY, max_examples=50)
def test_however_events_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = OPENAI_RESPONSES.fold(Policies())
    rest = echoed(copy.deepcopy(items))
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]
    assert folding.finish(done=False) == fold(items)


@given(pieces=st.lists(st.text(max_size=3), max_size=30), first=st.none() | st.integers(0, 90))
@MANY
def test_an_echo_says_what_the_whole_event_says(pieces: list[str], first: int | None) -> None:
    events = [shot(), *opened(), *(text(piece, obfuscation="x") for piece in pieces)]
    events = events if first is None else numbered(events, first)
    handed = echoed(events)

    assert sum(isinstance(item, str) for item in handed) == sum(
        bool(one and other) for one, other in pairwise(pieces)
    )
    assert fold(handed) == fold(events)


@given(items=streams(), data=st.data())
@MANY
def test_signs_of_life_change_nothing_wherever_they_stand(items: list[Payload], data: st.DataObject) -> None:
    kept = list(items)
    for place in data.draw(st.lists(st.integers(0, len(items)), max_size=5)):
        kept.insert(place, KEEPALIVE)
    assert (said(kept), rules(kept)) == (said(items), rules(items))


@given(items=streams(), data=st.data())
@MANY
def test_unknown_events_and_keys_change_nothing_but_the_extra(
    items: list[Payload], data: st.DataObject
) -> None:
    more: list[Payload] = []
    for item in unnumbered(items):
        told = item["type"] != "error" and data.draw(st.booleans())
        more.append({**item, "vendor": 1} if told else item)
        if data.draw(st.integers(0, 3)) == 0:
            more.append({"type": "response.vendor", "vendor": 1})
    plain, found = fold(unnumbered(items)), fold(more)
    assert (replace(found.response, extra={}), found.complete) == (
        replace(plain.response, extra={}),
        plain.complete,
    )
    assert ("vendor" in found.response.extra) == any("vendor" in item for item in more)


@given(items=tidy_streams(), data=st.data())
@MANY
def test_cutting_deltas_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    cut: list[Payload] = []
    for item in unnumbered(items):
        if "delta" not in item:
            cut.append(item)
            continue
        at = data.draw(st.integers(0, len(item["delta"])))
        cut += [{**item, "delta": piece} for piece in (item["delta"][:at], item["delta"][at:])]
    assert (said(cut), rules(cut)) == (said(items), rules(items))
    assert said(numbered(cut)) == said(items)


@given(items=item_streams(), data=st.data())
@MANY
def test_items_that_are_open_together_never_mix(items: list[list[Payload]], data: st.DataObject) -> None:
    in_turn = [event for events in items for event in events]
    mixed = data.draw(taking_turns(items))
    assert (said(mixed), rules(mixed)) == (said(in_turn), rules(in_turn))


@given(items=tidy_streams(), data=st.data())
@MANY
def test_a_stretch_sent_again_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    end = data.draw(st.integers(1, len(items)))
    begin = data.draw(st.integers(0, end))
    again = items[:end] + items[begin:end] + items[end:]
    assert said(again) == said(items)
    assert rules(again).count("events-duplicated") == end - begin


@given(items=tidy_streams(), data=st.data())
@MANY
def test_what_is_lost_before_the_closing_event_is_found_there(
    items: list[Payload], data: st.DataObject
) -> None:
    begin = data.draw(st.integers(1, len(items) - 1))
    end = data.draw(st.integers(begin, len(items) - 1))
    short = items[:begin] + items[end:]
    assert said(short) == said(items)
    assert ("events-out-of-order" in rules(short)) == (begin < end)


@given(items=tidy_streams(), place=st.sampled_from(["snapshot", "event", "keepalive", "novelty"]))
@MANY
def test_the_usage_report_may_stand_in_any_event_at_the_end(items: list[Payload], place: str) -> None:
    *before, last = unnumbered(items)
    bare = {**last, "response": {**last["response"], "usage": None}}
    trailing: dict[str, list[Payload]] = {
        "snapshot": [last],
        "event": [{**bare, "usage": USAGE}],
        "keepalive": [{**KEEPALIVE, "usage": USAGE}, bare],
        "novelty": [bare, {"type": "response.billing", "usage": USAGE}],
    }
    found, expected = fold([*before, *trailing[place]]).response, fold(items).response
    assert replace(found, extra={}) == replace(expected, extra={})


@given(report=st.fixed_dictionaries({}, optional={key: st.none() | st.integers(0, 9) for key in USAGE}))
@MANY
def test_repeating_a_usage_report_changes_nothing(report: dict[str, Any]) -> None:
    once = [shot(), shot("in_progress", usage=report)]
    assert said([*once, once[-1], shot("completed", usage=report)]) == said([*once, shot("completed")])


@given(batches=st.integers(1, 3), size=st.integers(4000, 9000))
@settings(max_examples=5, deadline=None)
def test_a_long_text_is_the_join_of_its_deltas_however_much_is_settled(batches: int, size: int) -> None:
    folding = OPENAI_RESPONSES.fold(Policies())
    folding.add([*opened(0), *opened(1)])
    expected: list[str] = []
    for batch in range(batches):
        pieces = [f"{batch}.{i} " for i in range(size)]
        expected += [*pieces, "!"]
        folding.add([text(piece, 0) for piece in pieces])
        folding.add([text("-", 1), text("!", 0)])
    parts = folding.response().choices[0].message.parts
    assert [part["content"][0]["text"] for part in parts] == ["".join(expected), "-" * batches]
