"""Laws of the fold of UI messages: what may be done to any stream without changing what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects.ai_sdk_ui.fold import TEXT_KEYS
from stream_audit.dialects.ai_sdk_ui.stream import AI_SDK_UI
from stream_audit.model import Folded, Payload, Policies, Response
from tests.dialects.ai_sdk_ui_wire import (
    calling,
    chunk,
    closed,
    delta,
    ended,
    fold,
    opened,
    piece,
    start,
)
from tests.dialects.laws import interleaved
from tests.runs import CORPUS
from tests.strategies_ai_sdk_ui import messages, wild_chunks

PIECES = st.text(max_size=5)


@st.composite
def threads(draw: st.DrawFn) -> list[list[Payload]]:
    """Texts and calls, each with its chunks; texts and thoughts are counted apart."""
    made = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(["text", "reasoning"]), max_size=4))):
        deltas = [delta(one, str(number // 2), kind) for one in draw(st.lists(PIECES, max_size=5))]
        made.append([opened(str(number // 2), kind), *deltas, closed(str(number // 2), kind)])
    for number in range(draw(st.integers(0, 3))):
        identity = f"c{number}"
        made.append(
            [calling(identity), *(piece(one, identity) for one in draw(st.lists(PIECES, max_size=5)))]
        )
    return [thread for at, thread in enumerate(made) if thread[0] not in [one[0] for one in made[:at]]]


def answer(folded: Folded) -> tuple[Response, bool]:
    return folded.response, folded.complete


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The stream as a reader hands it over that has seen each chunk's likeness before."""
    handed: list[Payload | str] = []
    before: Any = None
    for item in items:
        said = AI_SDK_UI.echo(item)
        like = None if said is None else {**item, TEXT_KEYS[item["type"]][1]: ""}
        handed.append(said if said is not None and like == before else item)
        before = like
    return handed


@given(wild_chunks)
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        for ask in (
            AI_SDK_UI.recognises,
            AI_SDK_UI.identity,
            AI_SDK_UI.starts,
            AI_SDK_UI.ends,
            AI_SDK_UI.echo,
        ):
            ask(item)
    AI_SDK_UI.next_break(items, 0, None)
    list(AI_SDK_UI.sightings(items))
    fold(items)


@given(messages() | wild_chunks, st.data())
def test_however_chunks_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = AI_SDK_UI.fold(Policies())
    rest = echoed(items)
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]
    once, pieces = fold(items), folding.finish(done=False)

    assert answer(pieces) == answer(once)
    assert pieces.notes == once.notes


@given(messages(), st.data())
def test_cutting_a_delta_in_two_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    cut: list[Payload] = []
    for item in items:
        said = AI_SDK_UI.echo(item)
        if said is None:
            cut.append(item)
            continue
        at = data.draw(st.integers(0, len(said)))
        key = TEXT_KEYS[item["type"]][1]
        cut += [{**item, key: said[:at]}, {**item, key: said[at:]}]
    found, plain = fold(cut), fold(items)

    assert replace(found.response, extra={}) == replace(plain.response, extra={})
    assert found.complete == plain.complete


@given(threads(), st.data())
def test_pieces_of_several_open_texts_and_calls_never_mix(
    made: list[list[Payload]], data: st.DataObject
) -> None:
    in_turn = [item for one in made for item in one]

    assert answer(fold([start(), *data.draw(interleaved(made)), ended()])) == answer(
        fold([start(), *in_turn, ended()])
    )


@given(messages(), st.data())
def test_chunks_that_nobody_knows_change_nothing_but_the_extra(
    items: list[Payload], data: st.DataObject
) -> None:
    more = list(items)
    for place in data.draw(st.lists(st.integers(0, len(items)), max_size=3)):
        more.insert(place, {"type": "keep-alive", "at": place})
    found, plain = fold(more), fold(items)

    assert replace(found.response, extra={}) == replace(plain.response, extra={})
    assert found.complete == plain.complete


@given(messages(), st.integers(0, 3))
def test_fields_that_nobody_knows_change_nothing_but_the_extra(items: list[Payload], number: int) -> None:
    found, plain = fold([{**item, "vendor": number} for item in items]), fold(items)

    assert replace(found.response, extra={}) == replace(plain.response, extra={})
    assert found.notes == plain.notes
    assert ("vendor" in found.response.extra) is bool(items)


@given(messages(), st.data())
def test_metadata_may_come_anywhere_between_the_same_metadata(
    items: list[Payload], data: st.DataObject
) -> None:
    told = chunk("message-metadata", messageMetadata={"only": 1, "usage": {"inputTokens": 3}})
    bare = [{key: value for key, value in item.items() if key != "messageMetadata"} for item in items]
    bare = [item for item in bare if item["type"] != "message-metadata"]
    at, other = (data.draw(st.integers(0, len(bare))) for _ in range(2))

    assert answer(fold([*bare[:at], told, *bare[at:]])) == answer(fold([*bare[:other], told, *bare[other:]]))


@given(st.integers(1, 3), st.integers(1500, 4000))
@settings(max_examples=5, deadline=None)
def test_a_long_text_is_the_join_of_its_deltas_however_much_is_compacted(batches: int, size: int) -> None:
    folding = AI_SDK_UI.fold(Policies())
    folding.add([start(), opened("0"), opened("1"), calling("c")])
    told: list[str] = []
    for batch in range(batches):
        words = [f"{batch}.{number} " for number in range(size)]
        told += [*words, "!"]
        folding.add([delta(word) for word in words])
        folding.add([delta("-", "1"), piece("?", "c"), delta("!")])
    said = folding.response().choices[0].message

    assert said.content == "".join(told) + "-" * batches
    assert said.tool_calls[0].arguments == "?" * batches


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_no_recording_of_the_corpus_is_taken_for_a_ui_message() -> None:
    recordings = list(CORPUS.glob("jsonl/*/*.jsonl"))

    assert len(recordings) > 500
    for path in recordings:
        for line in path.read_text("utf-8").splitlines()[:64]:
            assert not AI_SDK_UI.recognises(json.loads(line)), path
