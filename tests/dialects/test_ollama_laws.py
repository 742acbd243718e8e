"""Laws of the Ollama fold: what may be done to any stream without changing what it says."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.ollama.stream import OLLAMA
from stream_audit.model import Batch, Folded, Payload, Policies, Response
from stream_audit.recordings import Source, read
from tests.dialects.laws import cut_in_two
from tests.dialects.ollama_wire import chat, done, fold, generate
from tests.runs import CORPUS
from tests.strategies_ollama import answers, tidy_answers, wild_answers


def answer(folded: Folded) -> tuple[Response, bool]:
    return folded.response, folded.complete


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The stream as a reader hands it over that has seen each chunk's likeness before."""
    handed: list[Payload | str] = []
    before: Any = None
    for item in items:
        text = OLLAMA.echo(item)
        rest = {key: value for key, value in item.items() if key != "created_at"}
        like = None if text is None else json.dumps(rest).replace(json.dumps(text), "")
        told = text is not None and like == before and item.get("created_at") is not None
        handed.append(text if told and text is not None else item)
        before = like if item.get("created_at") or before == like else None
    return handed


@given(wild_answers())
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        for ask in (OLLAMA.recognises, OLLAMA.identity, OLLAMA.starts, OLLAMA.ends, OLLAMA.echo):
            ask(item)
    OLLAMA.next_break(items, 0, None)
    list(OLLAMA.sightings(items))
    fold(items)


@given(answers() | tidy_answers() | wild_answers(), st.data())
def test_however_chunks_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = OLLAMA.fold(Policies())
    rest = echoed(json.loads(json.dumps(items)))
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]
    assert folding.finish(done=False) == fold(items)


@given(tidy_answers(), st.data())
def test_cutting_a_piece_in_two_changes_nothing(items: list[Payload], data: st.DataObject) -> None:
    assert answer(fold(data.draw(cut_in_two(items, OLLAMA.echo)))) == answer(fold(items))


@given(tidy_answers(), st.data())
def test_what_nobody_knows_changes_nothing_but_the_extra(items: list[Payload], data: st.DataObject) -> None:
    numbers = st.integers(0, 3)
    more = [{**item, "vendor": data.draw(numbers)} for item in items]
    for place in data.draw(st.lists(st.integers(0, len(items) - 1), max_size=3)):
        more.insert(place, {"vendor": place})
    found, plain = fold(more), fold(items)

    assert replace(found.response, extra={}) == replace(plain.response, extra={})
    assert found.complete == plain.complete
    assert "vendor" in found.response.extra


@given(tidy_answers(), st.data())
def test_the_clock_of_any_chunk_but_the_first_says_nothing(items: list[Payload], data: st.DataObject) -> None:
    clocks = st.sampled_from(["", "2030-01-01T00:00:00Z", None])
    more = [items[0], *({**item, "created_at": data.draw(clocks)} for item in items[1:])]

    assert fold(more) == fold(items)


@given(tidy_answers(), st.data())
def test_counts_may_come_in_any_chunk_or_in_two(items: list[Payload], data: st.DataObject) -> None:
    counts = {key: value for key, value in items[-1].items() if key.endswith("_count")}
    bare = {key: value for key, value in items[-1].items() if key not in counts}
    place = data.draw(st.integers(0, len(items) - 1))
    early = [*items[:-1], bare]
    early[place] = {**early[place], **counts}

    assert fold(early) == fold(items)
    assert fold([*early[:-1], {**early[-1], **counts}]) == fold(items)


@given(st.lists(tidy_answers(), min_size=1, max_size=3), st.integers(60, 400), st.booleans())
@settings(deadline=None)
def test_answers_one_behind_the_other_are_as_many_answers(
    several: list[list[Payload]], block: int, echoes: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "several.jsonl"
        path.write_text("".join(json.dumps(item) + "\n" for one in several for item in one))
        found: dict[str, Any] = {}
        for event in read(Source(str(path)), DIALECTS, block=block, echoes=echoes):
            if isinstance(event, Batch):
                if event.recording.id not in found:
                    found[event.recording.id] = OLLAMA.fold(Policies())
                found[event.recording.id].add(event.items)

    assert [one.finish(done=False) for one in found.values()] == [fold(one) for one in several]


@given(st.integers(1, 3), st.integers(1500, 4000))
@settings(max_examples=5, deadline=None)
def test_a_long_text_is_the_join_of_its_pieces_however_much_is_compacted(batches: int, size: int) -> None:
    folding = OLLAMA.fold(Policies())
    told: list[str] = []
    for batch in range(batches):
        words = [f"{batch}.{i} " for i in range(size)]
        told += [*words, "!"]
        folding.add([chat(word) for word in words])
        folding.add([chat("", thinking="?"), generate("!")])
    said = folding.response().choices[0].message
    assert (said.content, said.reasoning) == ("".join(told), "?" * batches)
    assert not folding.finish(done=True).complete


def test_looking_at_a_response_does_not_tie_it_to_what_follows() -> None:
    folding = OLLAMA.fold(Policies())
    folding.add([chat("a", tool_calls=[{"function": {"name": "look"}}])])
    before = folding.response()
    folding.add([chat("b"), {**done(), "logprobs": [{"token": "b"}], "vendor": 1}])

    assert before.choices[0].message.content == "a"
    assert before.choices[0].logprobs is None
    assert "vendor" not in before.extra


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_no_recording_of_another_dialect_is_taken_for_ollama_s() -> None:
    others = [path for path in CORPUS.glob("jsonl/*/*.jsonl") if path.parent.name != "ollama"]

    assert len(others) > 500
    for path in others:
        for line in path.read_text("utf-8").splitlines()[:64]:
            assert not OLLAMA.recognises(json.loads(line)), path
    for path in CORPUS.glob("jsonl/ollama/*.jsonl"):
        first = json.loads(path.read_text("utf-8").splitlines()[0])
        assert [one.name for one in DIALECTS if one.recognises(first)] == ["ollama"]
