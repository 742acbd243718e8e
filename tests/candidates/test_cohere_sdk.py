"""cohere as a candidate: its SDK reads what Cohere sent, and the loop of its guides gathers it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.candidates import ChildCandidate, open_candidate, parse
from stream_audit.compare import compare
from stream_audit.model import Observation, Payload
from tests.dialects.cohere_wire import call, cited, closed, delta, ended, fold, fragment, opened, plan, start
from tests.runs import sent
from tests.suspects.recorded import fixtures, payloads

DIALECT = "cohere-v2"
USAGE = {
    "billed_units": {"input_tokens": 4, "output_tokens": 2},
    "tokens": {"input_tokens": 90, "output_tokens": 7},
    "cached_tokens": 64,
}
TURN = [
    start(),
    opened(0, "thinking", thinking=""),
    delta(0, thinking="Hm. "),
    closed(0),
    opened(1, "text", text=""),
    delta(1, text="It is "),
    delta(1, text="é."),
    cited(0, start=0, end=2, text="It", sources=[{"type": "document", "id": "d", "document": {"a": 1}}]),
    closed(0, "citation"),
    closed(1),
    plan("I "),
    plan("look."),
    call(0, arguments=""),
    call(1, "c2", "go"),
    fragment(0, '{"at":'),
    fragment(1, "{}"),
    fragment(0, "1}"),
    closed(0, "tool-call"),
    closed(1, "tool-call"),
    ended("TOOL_CALL", USAGE),
]
DONE = b"data: [DONE]\n\n"
BROKEN = {"block-unstarted-dropped", "tool-unstarted-dropped", "start-role-required"}
"""Fixtures of which the page on disagreements says that the loop is not made for them."""


def events(chunks: list[Payload], end: str = "\n\n", begin: str = "") -> bytes:
    return "".join(
        f"{begin}event: {one['type']}{end[: len(end) // 2]}data: {json.dumps(one)}{end}" for one in chunks
    ).encode()


@pytest.fixture(scope="module")
def cohere() -> Iterator[ChildCandidate]:
    pytest.importorskip("cohere")
    with pytest.MonkeyPatch.context() as environment:  # none of its user's settings may matter
        environment.setenv("CO_API_KEY", "theirs")
        environment.setenv("CO_API_URL", "http://theirs.invalid")
        candidate = open_candidate(parse("cohere"), timeout=20)
        candidate.load()
    yield candidate
    candidate.close()


def answer(candidate: ChildCandidate, chunks: list[Payload]) -> Observation:
    return candidate.observe([json.dumps(one).encode() for one in chunks], DIALECT)


Replay = Callable[[bytes], Observation]


@pytest.fixture
def replay(cohere: ChildCandidate, tmp_path: Path) -> Replay:
    def replayed(body: bytes) -> Observation:
        return cohere.observe(sent(tmp_path / "r", body), DIALECT)

    return replayed


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        events(TURN) + DONE,
        events(TURN),
        events(TURN, end="\r\n\r\n"),
        events(TURN, begin=": keep-alive\n\n"),
        events(TURN).replace(b"data: ", b"data:"),
        "".join(json.dumps(one) + "\n" for one in TURN).encode(),
        json.dumps(TURN, indent=2).encode(),
    ],
    ids=["as sent", "no [DONE]", "CRLF", "comments", "no blank", "JSON lines", "an array"],
)
def test_however_it_was_recorded_the_answer_is_the_same(replay: Replay, body: bytes) -> None:
    observation = replay(body)

    assert (observation.status, observation.error, observation.troubles) == ("answered", None, ())
    response = observation.response
    assert response is not None
    (choice,) = response.choices
    said = choice.message
    assert (said.role, said.content, said.reasoning) == ("assistant", "It is é.", "Hm. I look.")
    assert [(one.id, one.name, one.arguments) for one in said.tool_calls] == [
        ("c1", "look", '{"at":1}'),
        ("c2", "go", "{}"),
    ]
    assert [part["type"] for part in said.parts] == ["thinking", "text"]
    assert said.annotations[0]["sources"][0]["document"] == {"a": 1}
    assert (choice.finish_reason, response.id) == ("TOOL_CALL", "msg_1")
    assert response.usage is not None
    usage = response.usage
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (90, 7, 64)


@pytest.mark.slow
def test_what_the_sdk_gives_out_is_what_the_reference_says(cohere: ChildCandidate) -> None:
    compared = 0
    for path in fixtures(DIALECT):
        if path.stem not in BROKEN:
            observation = answer(cohere, payloads(path))
            reference = fold(payloads(path)).response
            assert observation.response is not None, path.stem
            assert compare(reference, observation.response, observation.covered) == [], path.stem
            compared += 1
    assert compared > 40


@pytest.mark.slow
def test_an_event_of_a_kind_that_the_sdk_does_not_know_is_no_end(cohere: ChildCandidate) -> None:
    observation = answer(cohere, [*TURN[:6], {"type": "queue-position", "position": 3}, *TURN[6:]])

    assert observation.response is not None
    assert observation.response.choices[0].message.content == "It is é."


@pytest.mark.slow
def test_how_often_usage_is_turned_into_a_mapping_is_counted(cohere: ChildCandidate) -> None:
    observation = answer(cohere, TURN)

    assert observation.work is not None
    assert observation.work.redundant_dumps == 0


PIECES = st.lists(st.text(max_size=5), max_size=4)


@st.composite
def turns(draw: st.DrawFn) -> list[Payload]:
    """Blocks and calls in pieces, the calls mixed."""
    chunks = [start()]
    for index, kind in enumerate(draw(st.lists(st.sampled_from(["text", "thinking"]), max_size=3))):
        pieces: list[Any] = draw(PIECES)
        chunks += [opened(index, kind), *(delta(index, **{kind: piece}) for piece in pieces), closed(index)]
    chunks += [plan(piece) for piece in draw(PIECES)]
    count = draw(st.integers(0, 3))
    chunks += [call(index, f"c{index}") for index in range(count)]
    for index in draw(st.lists(st.integers(0, count - 1), max_size=6)) if count else ():
        chunks.append(fragment(index, draw(st.text(max_size=5))))
    return [*chunks, *(closed(index, "tool-call") for index in range(count)), TURN[-1]]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(turns())
def test_however_an_answer_is_cut_the_sdk_and_the_loop_say_what_the_reference_says(
    cohere: ChildCandidate, chunks: list[Payload]
) -> None:
    observation = answer(cohere, chunks)

    assert observation.response is not None, observation.error
    reference = fold(json.loads(json.dumps(chunks))).response
    assert compare(reference, observation.response, observation.covered) == []
