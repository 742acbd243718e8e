"""Laws of the Cohere fold: what may be done to any stream without changing what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.cohere.stream import COHERE_V2
from stream_audit.model import Folded, Payload, Policies, Response
from tests.dialects.cohere_wire import call, closed, delta, ended, fold, fragment, opened, plan, start
from tests.dialects.laws import cut_in_two, interleaved
from tests.runs import CORPUS
from tests.strategies_cohere import messages, tidy_messages, wild_messages

PIECES = st.text(max_size=5)


@st.composite
def pieces(draw: st.DrawFn) -> list[list[Payload]]:
    """Blocks and calls, each with its events; both kinds are counted from 0."""
    made = []
    for index, kind in enumerate(draw(st.lists(st.sampled_from(["text", "thinking"]), max_size=3))):
        deltas = [delta(index, **{kind: piece}) for piece in draw(st.lists(PIECES, max_size=5))]
        made.append([opened(index, kind), *deltas, closed(index)])
    for index in range(draw(st.integers(0, 3))):
        fragments = [fragment(index, piece) for piece in draw(st.lists(PIECES, max_size=5))]
        made.append([call(index, f"c{index}", f"f{index}"), *fragments, closed(index, "tool-call")])
    return made


def answer(folded: Folded) -> tuple[Response, bool]:
    return folded.response, folded.complete


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The stream as a reader hands it over that has seen each chunk's likeness before."""
    handed: list[Payload | str] = []
    before: Any = None
    for item in items:
        text = COHERE_V2.echo(item)
        like = None if text is None else json.dumps(item).replace(json.dumps(text), "")
        handed.append(text if text is not None and like == before else item)
        before = like
    return handed


@given(wild_messages())
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        for ask in (
            COHERE_V2.recognises,
            COHERE_V2.identity,
            COHERE_V2.starts,
            COHERE_V2.ends,
            COHERE_V2.echo,
        ):
            ask(item)
    COHERE_V2.next_break(items, 0, None)
    fold(items)


@given(messages() | wild_messages(), st.data())
def test_however_events_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = COHERE_V2.fold(Policies())
    rest = echoed(items)
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]
    assert answer(folding.finish(done=False)) == answer(fold(items))


@given(tidy_messages(), st.data())
def test_cutting_a_delta_in_two_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    assert answer(fold(data.draw(cut_in_two(items, COHERE_V2.echo)))) == answer(fold(items))


@given(pieces(), st.data())
def test_pieces_of_several_open_blocks_and_calls_never_mix(
    made: list[list[Payload]], data: st.DataObject
) -> None:
    in_turn = [event for one in made for event in one]

    assert answer(fold([start(), *data.draw(interleaved(made)), ended()])) == answer(
        fold([start(), *in_turn, ended()])
    )


@given(tidy_messages(), st.data())
def test_events_that_nobody_knows_change_nothing_but_the_extra(
    items: list[Payload], data: st.DataObject
) -> None:
    more = list(items)
    for place in data.draw(st.lists(st.integers(0, len(items)), max_size=3)):
        more.insert(place, {"type": "keep-alive", "at": place})
    found = fold(more)

    assert replace(found.response, extra={}) == replace(fold(items).response, extra={})
    assert found.complete == fold(items).complete


@given(tidy_messages(), st.data())
def test_fields_that_nobody_knows_change_nothing_but_the_extra(
    items: list[Payload], data: st.DataObject
) -> None:
    numbers = st.integers(0, 3)
    more = [{**item, "vendor": data.draw(numbers)} for item in items]
    found, plain = fold(more), fold(items)

    assert replace(found.response, extra={}) == replace(plain.response, extra={})
    assert found.notes == plain.notes
    assert "vendor" in found.response.extra


@given(tidy_messages())
def test_a_report_may_come_before_the_end_or_twice(items: list[Payload]) -> None:
    usage = items[-1]["delta"]["usage"]
    before = {"type": "citation-end", "index": 0, "delta": {"usage": usage}}
    bare = {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}

    moved = [*items[:-1], before, bare]
    twice = [*items[:-1], before, items[-1]]
    assert answer(fold(moved)) == answer(fold(items))
    assert fold(twice).response == fold(items).response


@given(st.integers(1, 3), st.integers(1500, 4000))
@settings(max_examples=5, deadline=None)
def test_a_long_text_is_the_join_of_its_deltas_however_much_is_compacted(batches: int, size: int) -> None:
    folding = COHERE_V2.fold(Policies())
    folding.add([start(), opened(0, "text"), opened(1, "text")])
    told: list[str] = []
    for batch in range(batches):
        words = [f"{batch}.{i} " for i in range(size)]
        told += words
        folding.add([delta(0, text=word) for word in words])
        folding.add([delta(1, text="-"), plan("?"), delta(0, text="!")])
        told.append("!")
    said = folding.response().choices[0].message
    assert [part["text"] for part in said.parts] == ["".join(told), "-" * batches]
    assert said.reasoning == "?" * batches


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_no_recording_of_another_dialect_is_taken_for_cohere_s() -> None:
    others = [path for path in CORPUS.glob("jsonl/*/*.jsonl") if path.parent.name != "cohere-v2"]

    assert len(others) > 500
    for path in others:
        for line in path.read_text("utf-8").splitlines()[:64]:
            assert not COHERE_V2.recognises(json.loads(line)), path
    for path in CORPUS.glob("jsonl/cohere-v2/*.jsonl"):
        first = json.loads(path.read_text("utf-8").splitlines()[0])
        assert [one.name for one in DIALECTS if one.recognises(first)] == ["cohere-v2"]
