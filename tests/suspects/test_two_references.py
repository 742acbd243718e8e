"""The fast fold and the textbook, written apart from one document, give one answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from stream_audit.dialects import dialect as dialect_named
from stream_audit.model import Policies, Response
from stream_audit.suspects import TEXTBOOKS, fold, suspects_for
from tests import strategies, strategies_bedrock, strategies_cohere, strategies_ollama
from tests.suspects.recorded import CORPUS, corpus, fixtures, payloads

STREAMS = {
    "openai-chat": strategies.chat_streams,
    "openai-completions": strategies.completions_streams,
    "cohere-v2": strategies_cohere.messages() | strategies_cohere.tidy_messages(),
    "bedrock-converse": strategies_bedrock.responses() | strategies_bedrock.tidy_responses(),
    "ollama": strategies_ollama.answers() | strategies_ollama.tidy_answers(),
}
WILD = {
    "openai-chat": strategies.wild,
    "openai-completions": strategies.wild,
    "cohere-v2": strategies_cohere.wild_messages(),
    "bedrock-converse": strategies_bedrock.wild_responses(),
    "ollama": strategies_ollama.wild_answers(),
}
DIALECTS = tuple(STREAMS)
MANY = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def fast(dialect: str, stream: list[dict[str, Any]]) -> Response:
    """The reference's answer, on its own copy: it may change the chunks it is given."""
    running = dialect_named(dialect).fold(Policies())
    running.add(json.loads(json.dumps(stream)))
    return running.finish(done=True).response


def slow(dialect: str, stream: list[dict[str, Any]]) -> Response:
    return fold(TEXTBOOKS[dialect], stream)


@pytest.mark.parametrize(
    ("dialect", "path"),
    [pytest.param(name, path, id=f"{name}-{path.stem}") for name in DIALECTS for path in fixtures(name)],
)
def test_both_references_agree_on_every_fixture(dialect: str, path: Path) -> None:
    stream = payloads(path)

    assert fast(dialect, stream) == slow(dialect, stream)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="no corpus of recorded streams beside the checkout")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_references_agree_on_every_recording_of_the_corpus(dialect: str) -> None:
    differing = [
        path.stem
        for path in corpus(dialect)
        if fast(dialect, payloads(path)) != slow(dialect, payloads(path))
    ]

    assert corpus(dialect)
    assert differing == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_references_agree_on_generated_streams(dialect: str) -> None:
    @MANY
    @given(stream=STREAMS[dialect])
    def check(stream: list[dict[str, Any]]) -> None:
        assert fast(dialect, stream) == slow(dialect, stream)

    check()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_references_agree_on_any_json_objects(dialect: str) -> None:
    @MANY
    @given(stream=WILD[dialect])
    def check(stream: list[dict[str, Any]]) -> None:
        assert fast(dialect, stream) == slow(dialect, stream)

    check()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_fast_fold_gives_one_answer_however_the_chunks_are_batched(dialect: str) -> None:
    @settings(MANY, max_examples=100)
    @given(stream=STREAMS[dialect])
    def check(stream: list[dict[str, Any]]) -> None:
        running = dialect_named(dialect).fold(Policies())
        for payload in json.loads(json.dumps(stream)):
            running.add([payload])

        assert running.finish(done=True).response == slow(dialect, stream)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_generated_streams_are_rich_enough_to_tell_nearly_every_suspect_apart(dialect: str) -> None:
    unseen = {one.name: one for one in suspects_for(dialect)}

    @given(stream=STREAMS[dialect])
    @settings(deadline=None, max_examples=500, database=None, derandomize=True)
    def search(stream: list[dict[str, Any]]) -> None:
        right = slow(dialect, stream)
        for name, one in list(unseen.items()):
            try:
                same = fold(one, stream) == right
            except Exception:  # noqa: BLE001 - the bug of some suspects is that they die
                same = False
            if not same:
                del unseen[name]

    search()

    assert len(unseen) <= len(suspects_for(dialect)) // 10, sorted(unseen)
