"""Laws of the Anthropic fold: what may be done to any stream without changing what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects.anthropic.events import HANDLERS, MESSAGE_KEYS, TEXT_KEYS, TOP_KEYS
from stream_audit.dialects.anthropic.messages import ANTHROPIC_MESSAGES
from stream_audit.model import Folded, Payload, Policies, Response
from tests.dialects.anthropic_wire import (
    PING,
    STOP,
    closed,
    delta,
    ended,
    fold,
    json_piece,
    opened,
    signature,
    start,
    text,
    thinking,
)
from tests.dialects.laws import interleaved

COUNT = st.integers(0, 50)
REPORT = st.fixed_dictionaries(
    {},
    optional={
        "input_tokens": st.none() | COUNT,
        "output_tokens": st.none() | COUNT,
        "cache_read_input_tokens": st.none() | COUNT,
        "cache_creation_input_tokens": st.none() | COUNT,
        "cache_creation": st.fixed_dictionaries({"ephemeral_5m_input_tokens": COUNT}),
    },
)
SAYS = {
    "text": st.builds(text, st.just(0), st.text(max_size=5)),
    "thinking": st.builds(thinking, st.just(0), st.text(max_size=5))
    | st.builds(signature, st.just(0), st.text()),
    "tool_use": st.builds(json_piece, st.just(0), st.text(max_size=5)),
    "server_tool_use": st.builds(json_piece, st.just(0), st.text(max_size=5)),
}


@st.composite
def blocks(draw: st.DrawFn) -> list[list[Payload]]:
    """Blocks with their deltas, block ``i`` on index ``i``."""
    kinds = draw(st.lists(st.sampled_from(sorted(SAYS)), max_size=4))
    made = []
    for index, kind in enumerate(kinds):
        deltas = [{**event, "index": index} for event in draw(st.lists(SAYS[kind], max_size=8))]
        made.append([opened(index, kind), *deltas, closed(index)])
    return made


@st.composite
def streams(draw: st.DrawFn) -> list[Payload]:
    """Streams as the provider sends them, whole or cut short."""
    events = [start(usage=draw(REPORT))]
    events += [event for block in draw(blocks()) for event in block]
    events += [
        ended(draw(st.sampled_from(("end_turn", "tool_use", None))), r)
        for r in draw(st.lists(REPORT, max_size=3))
    ]
    events.append(STOP)
    return events[: draw(st.integers(1, len(events)))] if draw(st.booleans()) else events


USAGE_KEYS = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation",
    "output_tokens_details",
)
KNOWN_KEYS = st.sampled_from(
    sorted(
        TOP_KEYS
        | MESSAGE_KEYS
        | {*TEXT_KEYS.values(), *USAGE_KEYS, "citation", "citations", "input", "name", "p"}
    )
)
EVENT_TYPES = st.sampled_from(sorted(HANDLERS))
KNOWN_WORDS = EVENT_TYPES | st.sampled_from(
    sorted({*TEXT_KEYS, *SAYS, "citations_delta", "compaction_delta", "msg_1", ""})
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | KNOWN_WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KNOWN_KEYS, inner, max_size=5),
    max_leaves=12,
)
INNER = st.fixed_dictionaries(
    {"type": KNOWN_WORDS | JSON},
    optional=dict.fromkeys(("text", "thinking", "content", "citation", "input", "id", "usage", "foo"), JSON),
)
ANY_EVENT = st.dictionaries(KNOWN_KEYS, JSON, max_size=5) | st.fixed_dictionaries(
    {"type": EVENT_TYPES},
    optional={
        "index": st.integers(0, 2) | JSON,
        "delta": INNER | JSON,
        "content_block": INNER | JSON,
        "message": INNER | JSON,
        "usage": JSON,
        "error": JSON,
    },
)


def without_notes(folded: Folded) -> tuple[Response, bool]:
    return folded.response, folded.complete


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The stream as a reader hands it over that has seen each chunk's likeness before."""
    handed: list[Payload | str] = []
    before: Any = None
    for item in items:
        said = ANTHROPIC_MESSAGES.echo(item)
        like = None if said is None else (item["index"], item["delta"]["type"])
        handed.append(said if said is not None and like == before else item)
        before = like
    return handed


@given(st.lists(ANY_EVENT, max_size=8))
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        ANTHROPIC_MESSAGES.recognises(item)
        ANTHROPIC_MESSAGES.identity(item)
        ANTHROPIC_MESSAGES.starts(item)
        ANTHROPIC_MESSAGES.ends(item)
        ANTHROPIC_MESSAGES.echo(item)
    ANTHROPIC_MESSAGES.next_break(items, 0, None)
    fold(items)


@given(st.lists(ANY_EVENT, max_size=8), st.data())
def test_however_events_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = ANTHROPIC_MESSAGES.fold(Policies())
    rest: list[Payload | str] = list(echoed(items))
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]
    assert repr(folding.finish(done=False)) == repr(
        fold(items)
    )  # NaN is not equal to itself, but reads the same


@given(streams())
def test_an_echo_says_what_the_whole_payload_says(items: list[Payload]) -> None:
    assert fold(echoed(items)) == fold(items)


@given(streams(), st.data())
def test_pings_change_nothing_wherever_they_stand(items: list[Payload], data: st.DataObject) -> None:
    pinged = list(items)
    for place in data.draw(st.lists(st.integers(0, len(items)), max_size=5)):
        pinged.insert(place, PING)
    assert without_notes(fold(pinged)) == without_notes(fold(items))
    assert len(fold(pinged).notes) == len(fold(items).notes)


@given(streams(), st.data())
def test_cutting_a_delta_in_two_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    cut: list[Payload] = []
    for item in items:
        kind = item.get("delta", {}).get("type")
        if kind not in TEXT_KEYS:
            cut.append(item)
            continue
        key = TEXT_KEYS[kind]
        whole = item["delta"][key]
        at = data.draw(st.integers(0, len(whole)))
        cut += [delta(item["index"], kind, **{key: piece}) for piece in (whole[:at], whole[at:])]
    assert without_notes(fold(cut)) == without_notes(fold(items))


@given(blocks(), st.data())
def test_deltas_of_several_open_blocks_never_mix(made: list[list[Payload]], data: st.DataObject) -> None:
    alternating = data.draw(interleaved(made))
    in_turn = [event for block in made for event in block]
    assert without_notes(fold([start(), *alternating, STOP])) == without_notes(
        fold([start(), *in_turn, STOP])
    )


@given(streams(), REPORT)
def test_repeating_a_usage_report_changes_nothing(items: list[Payload], report: dict[str, Any]) -> None:
    once = [*items, ended("end_turn", report)]
    assert without_notes(fold([*once, once[-1]])) == without_notes(fold(once))


@given(st.lists(REPORT, min_size=1, max_size=5))
def test_a_count_is_always_one_that_was_sent(reports: list[dict[str, Any]]) -> None:
    found = fold(
        [start(usage=reports[0]), *(ended(usage=report) for report in reports[1:]), STOP]
    ).response.usage
    assert found is not None
    sent = [report["output_tokens"] for report in reports if report.get("output_tokens") is not None]
    assert found.output_tokens == (sent[-1] if sent else None)


@given(streams(), st.data())
def test_unknown_fields_change_nothing_but_the_extra(items: list[Payload], data: st.DataObject) -> None:
    decorated = []
    for item in items:
        more: Payload = dict(item)
        if data.draw(st.booleans()):
            more["vendor"] = data.draw(st.integers())
        if item["type"] == "content_block_delta" and data.draw(st.booleans()):
            more["delta"] = {**item["delta"], "vendor": data.draw(st.integers())}
        decorated.append(more)
    folded = fold(decorated)
    (choice,) = folded.response.choices
    plain = replace(
        folded.response,
        extra={key: value for key, value in folded.response.extra.items() if key != "vendor"},
        choices=(replace(choice, message=replace(choice.message, extra={})),),
    )
    assert (plain, folded.notes) == (fold(items).response, fold(items).notes)
    assert ("vendor" in folded.response.extra) == any("vendor" in item for item in decorated)


@given(st.integers(1, 3), st.integers(4000, 9000))
@settings(max_examples=5)
def test_a_long_text_is_the_join_of_its_deltas_however_much_is_settled(batches: int, size: int) -> None:
    folding = ANTHROPIC_MESSAGES.fold(Policies())
    folding.add([start(), opened(0, "text"), opened(1, "text")])
    said: list[str] = []
    for batch in range(batches):
        pieces = [f"{batch}.{i} " for i in range(size)]
        said += pieces
        folding.add([text(0, piece) for piece in pieces])
        folding.add([text(1, "-"), text(0, "!")])
        said.append("!")
    parts = folding.response().choices[0].message.parts
    assert [part["text"] for part in parts] == ["".join(said), "-" * batches]
