"""Laws of the Gemini fold: what may be done to any stream without changing what it says."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.model import Folded, Payload, Policies, Response
from tests.dialects.gemini_wire import LABELS, STOP, call, chunk, fold, leaf, text, thought, used
from tests.strategies_gemini import chunks, streams, wild_streams

MANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
ANY = st.lists(chunks(), max_size=6)


def response(items: list[Payload]) -> Response:
    return fold(copy.deepcopy(items)).response


@MANY
@given(items=wild_streams())
def test_nothing_that_a_stream_contains_raises_and_nothing_of_it_is_changed(items: list[Payload]) -> None:
    before = copy.deepcopy(items)

    fold(items)
    list(GEMINI.sightings(items))
    for item in items:
        _ = GEMINI.recognises(item), GEMINI.identity(item), GEMINI.starts(item), GEMINI.ends(item)
        _ = GEMINI.echo(item)
    GEMINI.next_break(items, 0, "r1")

    assert items == before


@MANY
@given(items=ANY, sizes=st.lists(st.integers(1, 4), max_size=6))
def test_it_is_the_same_fold_however_the_chunks_are_handed_over(
    items: list[Payload], sizes: list[int]
) -> None:
    folding, at = GEMINI.fold(Policies()), 0
    for size in [*sizes, len(items)]:
        folding.add(copy.deepcopy(items[at : at + size]))
        folding.response()
        at += size

    found = folding.finish(done=False)
    whole = fold(copy.deepcopy(items))
    assert (found.response, found.complete, found.notes) == (whole.response, whole.complete, whole.notes)


@MANY
@given(items=streams())
def test_an_echo_says_what_the_whole_payload_says(items: list[Payload]) -> None:
    """Every chunk that is the one before but for its text, as the reader hands it over."""
    echoed: list[Payload | str] = []
    for before, item in zip([None, *items], items, strict=False):
        said = GEMINI.echo(item)
        same = before is not None and said is not None and GEMINI.echo(before) is not None
        echoed.append(said if same and said is not None and _silent(before) == _silent(item) else item)

    assert fold(copy.deepcopy(echoed)) == fold(copy.deepcopy(items))


def _silent(item: Any) -> Payload:
    """The chunk without its text."""
    item = copy.deepcopy(item)
    item["candidates"][0]["content"]["parts"][0]["text"] = ""
    return dict(item)


@MANY
@given(items=streams(), data=st.data())
def test_cutting_a_text_in_two_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    cut: list[Payload] = []
    for item in items:
        (part,) = item["candidates"][0]["content"]["parts"]
        if not isinstance(part.get("text"), str) or "functionCall" in part:
            cut.append(item)
            continue
        at = data.draw(st.integers(0, len(part["text"])))
        for piece in (part["text"][:at], part["text"][at:]):
            again = copy.deepcopy(item)
            again["candidates"][0]["content"]["parts"] = [{**part, "text": piece}]
            cut.append(again)

    assert response(cut) == response(items)


@MANY
@given(items=ANY)
def test_parts_may_come_in_one_chunk_or_in_chunks_of_their_own(items: list[Payload]) -> None:
    apart: list[Payload] = []
    for item in copy.deepcopy(items):
        for candidate in item.get("candidates", []):
            content = candidate.get("content", {})
            for part in content.pop("parts", []):
                alone = {"index": candidate.get("index"), "content": {"parts": [part]}}
                apart.append({"candidates": [alone]})
        apart.append(item)

    assert response(apart) == response(items)


@MANY
@given(items=ANY, data=st.data())
def test_keep_alives_change_nothing_wherever_they_stand(items: list[Payload], data: st.DataObject) -> None:
    silent: Payload = data.draw(st.sampled_from([{"candidates": []}, {"usageMetadata": None}]))
    place = data.draw(st.integers(0, len(items)))

    assert response([*items[:place], silent, *items[place:]]) == response(items)


@MANY
@given(
    items=streams(),
    at=st.integers(0, 12),
    report=st.dictionaries(st.just("promptTokenCount"), st.integers(13, 99)),
)
def test_the_last_report_may_stand_in_any_chunk_behind_the_others(
    items: list[Payload], at: int, report: dict[str, int]
) -> None:
    without = [{key: value for key, value in item.items() if key != "usageMetadata"} for item in items]
    place = min(at, len(without) - 1)
    beside = copy.deepcopy(without)
    beside[place]["usageMetadata"] = report

    assert response(beside) == response([*without, {"usageMetadata": report}])


@MANY
@given(items=ANY)
def test_repeating_the_usage_of_every_chunk_changes_nothing(items: list[Payload]) -> None:
    twice: list[Payload] = []
    for item in items:
        twice += [item, {"usageMetadata": item.get("usageMetadata")}]

    assert response(twice).usage == response(items).usage


@MANY
@given(items=ANY, data=st.data())
def test_unknown_fields_change_nothing_but_the_extra(items: list[Payload], data: st.DataObject) -> None:
    decorated = copy.deepcopy(items)
    for item in decorated:
        if data.draw(st.booleans()):
            item["trace"] = data.draw(st.integers())
        for candidate in item.get("candidates", []):
            candidate["weight"] = data.draw(st.integers())
            if isinstance(candidate.get("content"), dict):
                candidate["content"]["seen"] = data.draw(st.integers())

    assert _plain(response(decorated)) == _plain(response(items))


def _plain(found: Response) -> Response:
    def without(extra: Any, *keys: str) -> dict[str, Any]:
        return {key: value for key, value in extra.items() if key not in keys}

    choices = tuple(
        replace(
            choice,
            extra=without(choice.extra, "weight"),
            message=replace(choice.message, extra=without(choice.message.extra, "seen")),
        )
        for choice in found.choices
    )
    return replace(found, extra=without(found.extra, "trace"), choices=choices)


@given(order=st.permutations([0, 0, 0, 1, 1, 1]))
def test_candidates_never_mix_in_whatever_order_they_come(order: list[int]) -> None:
    left = {0: ["a", "b", "c"], 1: ["x", "y", "z"]}
    found = response([chunk(text(left[index].pop(0)), index=index) for index in order])

    assert [choice.message.content for choice in found.choices] == ["abc", "xyz"]


@MANY
@given(
    leaves=st.dictionaries(
        st.text("abc", min_size=1, max_size=2).map(lambda name: f"$.{name}"), st.text(max_size=6), max_size=4
    ),
    size=st.integers(1, 3),
)
@example(leaves={"$.a": "\ud83d\ude42"}, size=1)
def test_arguments_are_the_same_however_their_texts_are_cut(leaves: dict[str, str], size: int) -> None:
    parts = [call("f", willContinue=True)]
    for path, value in leaves.items():
        parts += [leaf(path, stringValue=value[at : at + size]) for at in range(0, max(len(value), 1), size)]
    whole = [call("f", willContinue=True), *(leaf(path, stringValue=value) for path, value in leaves.items())]

    assert response([chunk(part) for part in parts]) == response([chunk(part) for part in whole])


@given(pieces=st.lists(st.sampled_from(["a", "", " ", "\n", "\ud83d", "\ude42"]), max_size=8))
def test_thoughts_and_answer_are_each_the_join_of_their_pieces(pieces: list[str]) -> None:
    items = [chunk(kind(piece)) for piece in pieces for kind in (text, thought)]
    found = response([*items, STOP])

    joined = "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    message = found.choices[0].message
    assert (message.content, message.reasoning) == (joined, joined if pieces else None)


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 3), st.integers(1000, 3000))
def test_a_long_text_is_the_join_of_its_pieces_and_its_usage_the_last(batches: int, size: int) -> None:
    folding = GEMINI.fold(Policies())
    said: list[str] = []
    for batch in range(batches):
        pieces = [f"{batch}.{i} " for i in range(size)]
        said += pieces
        folding.add(
            [chunk(text(p), usageMetadata={"candidatesTokenCount": i + 1}) for i, p in enumerate(pieces)]
        )
    found = folding.response()

    assert found.choices[0].message.content == "".join(said)
    assert found.usage is not None
    assert found.usage.output_tokens == size


def test_a_usual_chunk_between_unusual_ones_is_folded_like_any() -> None:
    odd: list[Payload] = [
        used(promptTokenCount=4),
        chunk(text("c"), vendor=1),
        chunk(text("d"), vendor=2),
        {**chunk(text("e")), "responseId": "r9"},
        {
            "candidates": [
                {"content": {"parts": [text("f")], "role": "model"}, "index": 0, "safetyRatings": [1]}
            ],
            **LABELS,
        },
        chunk(thought("g")),
        chunk(text("h"), text("i")),
        chunk(text("j"), index=1),
    ]
    items = [one for item in odd for one in (chunk(text("a")), chunk(text("b")), item)]
    folding = GEMINI.fold(Policies())
    for item in items:
        folding.add([copy.deepcopy(item)])

    one_by_one, whole = folding.finish(done=False), fold(items)
    assert (one_by_one.response, one_by_one.notes) == (whole.response, whole.notes)
    assert _text(whole) == "ababcabdabeabfababhiab"


def _text(folded: Folded) -> str | None:
    return folded.response.choices[0].message.content
