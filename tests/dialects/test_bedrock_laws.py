"""Laws of the Converse fold: what may be done to any stream without changing what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE, NESTED
from stream_audit.model import Folded, Payload, Policies, Response
from tests.dialects.bedrock_wire import (
    START,
    USAGE,
    closed,
    delta,
    ended,
    fold,
    piece,
    reasoning,
    text,
    told,
    tool,
)
from tests.dialects.laws import interleaved
from tests.strategies_bedrock import json_objects, responses, tidy_responses, wild_responses

SAYS = {
    "text": st.builds(text, st.just(0), st.text(max_size=5)),
    "reasoningContent": st.builds(lambda said: reasoning(0, text=said), st.text(max_size=5))
    | st.builds(lambda said: reasoning(0, signature=said), st.text(max_size=5)),
    "toolUse": st.builds(piece, st.just(0), st.text(max_size=5)),
}


@st.composite
def blocks(draw: st.DrawFn) -> list[list[Payload]]:
    """Blocks with their deltas, block ``i`` on index ``i``."""
    made = []
    for index, kind in enumerate(draw(st.lists(st.sampled_from(sorted(SAYS)), max_size=4))):
        deltas = [
            {"contentBlockDelta": {**event["contentBlockDelta"], "contentBlockIndex": index}}
            for event in draw(st.lists(SAYS[kind], min_size=1, max_size=8))
        ]
        made.append([*([tool(index)] if kind == "toolUse" else []), *deltas, closed(index)])
    return made


def without_notes(folded: Folded) -> tuple[Response, bool]:
    return folded.response, folded.complete


def member_of(item: Payload) -> tuple[str, str] | None:
    """Which text a delta brings, if it is a plain one: the member, and the key inside it."""
    event = item.get("contentBlockDelta")
    if BEDROCK_CONVERSE.echo(item) is None or not isinstance(event, dict):
        return None
    (member,) = event["delta"]
    return member, NESTED.get(member, "")


def saying(item: Payload, said: str) -> Payload:
    """The delta with another text."""
    found = member_of(item)
    assert found is not None
    member, key = found
    event = item["contentBlockDelta"]
    return {"contentBlockDelta": {**event, "delta": {member: {key: said} if key else said}}}


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The stream as a reader hands it over that has seen each chunk's likeness before."""
    handed: list[Payload | str] = []
    before: Any = None
    for item in items:
        said = BEDROCK_CONVERSE.echo(item)
        like = None if said is None else (member_of(item), item["contentBlockDelta"]["contentBlockIndex"])
        handed.append(said if said is not None and like == before else item)
        before = like
    return handed


@given(st.lists(json_objects(), max_size=8))
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        BEDROCK_CONVERSE.recognises(item)
        BEDROCK_CONVERSE.identity(item)
        BEDROCK_CONVERSE.starts(item)
        BEDROCK_CONVERSE.ends(item)
        BEDROCK_CONVERSE.echo(item)
    BEDROCK_CONVERSE.next_break(items, 0, None)
    list(BEDROCK_CONVERSE.sightings(items))
    fold(items)


@given(wild_responses() | responses(), st.data())
def test_however_events_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = BEDROCK_CONVERSE.fold(Policies())
    rest: list[Payload | str] = list(echoed(items))
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]
    assert folding.finish(done=False) == fold(items)


@given(responses() | tidy_responses())
def test_an_echo_says_what_the_whole_payload_says(items: list[Payload]) -> None:
    assert fold(echoed(items)) == fold(items)


@given(tidy_responses(), st.data())
def test_cutting_a_delta_in_two_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    cut: list[Payload] = []
    for item in items:
        whole = BEDROCK_CONVERSE.echo(item)
        if whole is None:
            cut.append(item)
        else:
            at = data.draw(st.integers(0, len(whole)))
            cut += [saying(item, whole[:at]), saying(item, whole[at:])]
    assert without_notes(fold(cut)) == without_notes(fold(items))
    assert [note.rule for note in fold(cut).notes] == [note.rule for note in fold(items).notes]


@given(blocks(), st.data())
def test_deltas_of_several_open_blocks_never_mix(made: list[list[Payload]], data: st.DataObject) -> None:
    alternating = data.draw(interleaved(made))
    in_turn = [event for block in made for event in block]
    assert without_notes(fold([START, *alternating, ended()])) == without_notes(
        fold([START, *in_turn, ended()])
    )


@given(blocks())
def test_blocks_keep_their_own_whatever_their_numbers_are(made: list[list[Payload]]) -> None:
    moved = [
        {name: {**body, "contentBlockIndex": 7 * body["contentBlockIndex"] + 3}}
        for block in made
        for event in block
        for name, body in event.items()
    ]
    assert (
        fold([START, *moved, ended()]).response
        == fold([START, *(event for block in made for event in block), ended()]).response
    )


@given(tidy_responses(), st.data())
def test_metadata_may_stand_anywhere_and_the_answer_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    rest = [item for item in items if "metadata" not in item]
    at = data.draw(st.integers(1, len(rest)))
    assert without_notes(fold([*rest[:at], USAGE, *rest[at:]])) == without_notes(fold([*rest, USAGE]))


@given(tidy_responses(), st.data())
def test_an_event_that_nobody_knows_changes_nothing_but_the_extra(
    items: list[Payload], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(items)))
    folded = fold([*items[:at], {"keepAlive": {"at": 5}}, *items[at:]])

    assert folded.response.extra["keepAlive"] == {"at": 5}
    extra = {key: value for key, value in folded.response.extra.items() if key != "keepAlive"}
    assert replace(folded.response, extra=extra) == fold(items).response
    assert [note.rule for note in folded.notes if note.index >= 0].count("unknown-event") >= 1


@given(tidy_responses(), st.data())
def test_unknown_fields_and_padding_change_nothing_but_the_extra(
    items: list[Payload], data: st.DataObject
) -> None:
    decorated = []
    for item in items:
        ((name, body),) = item.items()
        more: Payload = {name: {**body, "p": data.draw(st.sampled_from(["", "ab", "abcd"]))}}
        if data.draw(st.booleans()):
            more["vendor"] = data.draw(st.integers(0, 2))
        decorated.append(more)
    folded = fold(decorated)
    extra = {key: value for key, value in folded.response.extra.items() if key != "vendor"}
    assert replace(folded.response, extra=extra) == fold(items).response
    assert folded.notes == fold(items).notes
    assert ("vendor" in folded.response.extra) == any("vendor" in item for item in decorated)


@given(
    tidy_responses(), st.dictionaries(st.sampled_from(["inputTokens", "outputTokens"]), st.integers(0, 50))
)
def test_repeating_a_report_changes_nothing(items: list[Payload], report: dict[str, Any]) -> None:
    once = [*items, told(report)]
    assert fold([*once, once[-1]]).response == fold(once).response


@given(st.integers(1, 3), st.integers(1000, 3000))
@settings(max_examples=5)
def test_a_long_text_is_the_join_of_its_deltas_however_much_is_settled(batches: int, size: int) -> None:
    folding = BEDROCK_CONVERSE.fold(Policies())
    said: list[str] = []
    for batch in range(batches):
        pieces = [f"{batch}.{i} " for i in range(size)]
        said += [*pieces, "!"]
        folding.add([text(0, one) for one in pieces])
        folding.add([text(1, "-"), delta(0, text="!")])
    parts = folding.response().choices[0].message.parts
    assert [part["text"] for part in parts] == ["".join(said), "-" * batches]
