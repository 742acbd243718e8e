"""ollama as a candidate: its SDK reads what Ollama sent, and the loop of its guides gathers it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from stream_audit.candidates import ChildCandidate, open_candidate, parse
from stream_audit.compare import compare
from stream_audit.model import Observation, Payload
from tests.dialects.ollama_wire import COUNTS, call, chat, done, fold, generate
from tests.runs import sent
from tests.strategies_ollama import tidy_answers
from tests.suspects.recorded import fixtures, payloads

DIALECT = "ollama"
CHAT = [
    chat("", thinking="Hm."),
    chat("It is "),
    chat("é."),
    chat("", tool_calls=[call("look", {"at": 1}, 0)]),
    chat("", tool_calls=[call("go", {}, 1)]),
    done(total_duration=9, eval_duration=8, **COUNTS),
]
GENERATED = [
    generate("", thinking="Hm."),
    generate("It is "),
    generate("é."),
    {**generate(), "done": True, "done_reason": "stop", "context": [1, 2], **COUNTS},
]


@pytest.fixture(scope="module")
def ollama() -> Iterator[ChildCandidate]:
    pytest.importorskip("ollama")
    with pytest.MonkeyPatch.context() as environment:  # none of its user's settings may matter
        environment.setenv("OLLAMA_HOST", "http://theirs.invalid")
        environment.setenv("OLLAMA_API_KEY", "theirs")
        candidate = open_candidate(parse("ollama"), timeout=20)
        candidate.load()
    yield candidate
    candidate.close()


def answer(candidate: ChildCandidate, chunks: list[Payload]) -> Observation:
    return candidate.observe([json.dumps(one).encode() for one in chunks], DIALECT)


Replay = Callable[[bytes], Observation]


@pytest.fixture
def replay(ollama: ChildCandidate, tmp_path: Path) -> Replay:
    def replayed(body: bytes) -> Observation:
        return ollama.observe(sent(tmp_path / "r", body), DIALECT)

    return replayed


def lines(chunks: list[Payload], begin: str = "", end: str = "\n") -> bytes:
    return "".join(f"{begin}{json.dumps(one)}{end}" for one in chunks).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begin", "end"), [("", "\n"), ("", "\r\n"), ("", "\n\n"), ("data: ", "\n\n")], ids=repr
)
@pytest.mark.parametrize("chunks", [CHAT, GENERATED], ids=["chat", "generate"])
def test_however_it_was_recorded_the_answer_is_the_same(
    replay: Replay, chunks: list[Payload], begin: str, end: str
) -> None:
    observation = replay(lines(chunks, begin, end))

    assert (observation.status, observation.error, observation.troubles) == ("answered", None, ())
    response = observation.response
    assert response is not None
    (choice,) = response.choices
    said = choice.message
    assert (said.role, said.content, said.reasoning) == ("assistant", "It is é.", "Hm.")
    assert (choice.finish_reason, response.model) == ("stop", "qwen3")
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (26, 3)
    calls = [("look", '{"at":1}'), ("go", "")] if chunks is CHAT else []
    assert [(one.name, one.arguments) for one in said.tool_calls] == calls
    assert response.extra.get("context") == (None if chunks is CHAT else [1, 2])


@pytest.mark.slow
def test_an_error_inside_the_stream_is_raised_by_the_sdk(replay: Replay) -> None:
    observation = replay(lines([*CHAT[:2], {"error": "no memory"}]))

    assert observation.status == "crashed"
    assert (observation.error or "").startswith("ResponseError: no memory")
    assert "adapters" not in (observation.error or "")
    assert replay(lines(CHAT)).status == "answered"


def expected(path: Path) -> set[str]:
    """Where the page on disagreements says that the SDK or the loop leave something out."""
    text = path.read_text()
    places = {'"id":': "choices[0].message.tool_calls[", '"logprobs":': "choices[0].logprobs"}
    return {place for mark, place in places.items() if mark in text}


@pytest.mark.slow
def test_what_the_sdk_gives_out_is_what_the_reference_says(ollama: ChildCandidate) -> None:
    compared = 0
    for path in fixtures(DIALECT):
        observation = answer(ollama, payloads(path))
        if path.stem.startswith("error-line") or path.stem == "call-arguments-text-dropped":
            assert observation.status == "crashed"
            continue
        assert observation.response is not None, path.stem
        found = compare(fold(payloads(path)).response, observation.response, observation.covered)
        assert {one.path[:29] for one in found} == {place[:29] for place in expected(path)}, path.stem
        compared += 1
    assert compared > 30


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(tidy_answers())
def test_however_an_answer_is_cut_the_sdk_and_the_loop_say_what_the_reference_says(
    ollama: ChildCandidate, chunks: list[Payload]
) -> None:
    known = [chunk for chunk in chunks if "tool_calls" not in chunk]  # of a chat's message it knows them
    observation = answer(ollama, known)

    assert observation.response is not None, observation.error
    reference = fold(json.loads(json.dumps(known))).response
    assert compare(reference, observation.response, observation.covered) == []
