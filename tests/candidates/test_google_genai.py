"""google-genai as a candidate: the SDK reads what Gemini sent, and the usual loop gathers it."""

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
from stream_audit.dialects import dialect
from stream_audit.model import Observation, Policies
from tests.runs import sent
from tests.suspects.recorded import FIXTURES, payloads

DIALECT = "gemini"
CALL = {"functionCall": {"name": "look", "args": {"the_key": 1}}, "thoughtSignature": "+/8="}
LABELS = {"modelVersion": "gemini-orchard", "responseId": "r1"}


def chunk(*parts: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    reason = {"finishReason": finish} if finish else {}
    return {"candidates": [{"content": {"parts": list(parts), "role": "model"}, **reason}], **LABELS, **more}


TURN = [
    chunk({"text": "Hm.", "thought": True}),
    chunk({"text": "Let me "}, usageMetadata={"promptTokenCount": 4, "totalTokenCount": 4}),
    chunk({"text": "look."}, CALL),
    chunk(
        {"text": ""},
        finish="STOP",
        usageMetadata={
            "promptTokenCount": 4,
            "toolUsePromptTokenCount": 6,
            "candidatesTokenCount": 9,
            "thoughtsTokenCount": 3,
            "totalTokenCount": 22,
        },
    ),
]


def events(chunks: list[dict[str, Any]], begin: str = "data: ", end: str = "\r\n\r\n") -> bytes:
    return "".join(f"{begin}{json.dumps(one)}{end}" for one in chunks).encode()


@pytest.fixture(scope="module")
def genai() -> Iterator[ChildCandidate]:
    pytest.importorskip("google.genai")
    with pytest.MonkeyPatch.context() as environment:  # none of its user's settings may matter
        environment.setenv("GOOGLE_API_KEY", "theirs")
        environment.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
        environment.setenv("GOOGLE_GENAI_HTTP_CLIENT", "requests")
        environment.setenv("GOOGLE_GEMINI_BASE_URL", "http://theirs.invalid")
        environment.setenv("GOOGLE_GENAI_CLIENT_MODE", "replay")
        candidate = open_candidate(parse("google-genai"), timeout=20)
        candidate.load()
    yield candidate
    candidate.close()


Replay = Callable[[bytes], Observation]


@pytest.fixture
def replay(genai: ChildCandidate, tmp_path: Path) -> Replay:
    def replayed(body: bytes) -> Observation:
        return genai.observe(sent(tmp_path / "r", body), DIALECT)

    return replayed


def dumped(one: Any) -> Any:
    """As the SDK dumps it: snake case, the URL's alphabet, nulls."""
    types = pytest.importorskip("google.genai.types")
    return types.GenerateContentResponse.model_validate(one).model_dump(mode="json")


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        events(TURN),
        events(TURN, end="\n\n"),
        "".join(json.dumps(one) + "\n" for one in TURN).encode(),
        json.dumps(TURN, indent=2).encode(),
        events([{**one, "createTime": "2025-06-01T08:00:00Z"} for one in TURN]),
    ],
    ids=["CRLF", "LF", "JSON lines", "an array", "Vertex AI"],
)
def test_however_it_was_recorded_the_answer_is_the_same(replay: Replay, body: bytes) -> None:
    observation = replay(body)

    assert (observation.status, observation.error, observation.troubles) == ("answered", None, ())
    assert observation.response is not None
    (choice,) = observation.response.choices
    said = choice.message
    assert (said.role, said.content, said.reasoning) == ("model", "Let me look.", "Hm.")
    assert (choice.finish_reason, observation.response.id) == ("STOP", "r1")
    ((name, arguments),) = [(call.name, call.arguments) for call in said.tool_calls]
    assert (name, arguments) == ("look", '{"the_key":1}')
    assert said.parts[-1]["thoughtSignature"] == "+/8="
    usage = observation.response.usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (10, 12, 22)


@pytest.mark.slow
def test_chunks_that_the_sdk_dumped_are_read_by_it_again(replay: Replay) -> None:
    sent, read_again = replay(events(TURN)), replay("\n".join(json.dumps(dumped(x)) for x in TURN).encode())

    assert sent.response is not None
    assert read_again.response is not None
    assert compare(sent.response, read_again.response, sent.covered) == []


@pytest.mark.slow
def test_an_error_inside_the_stream_is_raised_by_the_sdk(replay: Replay) -> None:
    error = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
    observation = replay(events([*TURN[:2], error]))

    assert observation.status == "crashed"
    assert "ServerError: 503 UNAVAILABLE" in (observation.error or "")
    assert "adapters" not in (observation.error or "")
    assert replay(events(TURN)).status == "answered"


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        events(TURN, begin="data:"),
        events(TURN, begin=": ping\n\ndata: "),
        events(TURN, begin="event: message\ndata: "),
        b"\xef\xbb\xbf" + events(TURN),
        events(TURN) + b"data: [DONE]\n\n",
    ],
    ids=["no blank", "comments", "names", "byte order mark", "[DONE]"],
)
def test_what_the_page_says_that_the_sdks_parser_cannot_read_it_cannot(replay: Replay, body: bytes) -> None:
    observation = replay(body)

    assert observation.status == "crashed"
    assert "UnknownApiResponseError" in (observation.error or "")


@pytest.mark.slow
def test_nothing_is_asked_for_behind_the_stream(replay: Replay) -> None:
    last = chunk({"text": "and"}, finish="CONTINUATION")
    last["candidates"][0]["continuationToken"] = "bW9yZQ=="
    observation = replay(events([*TURN[:2], last]))

    assert observation.response is not None
    (choice,) = observation.response.choices
    assert (choice.message.content, choice.finish_reason) == ("Let me and", "CONTINUATION")


TEXTS = st.builds(lambda text: {"text": text}, st.text(max_size=5))
PARTS = st.lists(
    TEXTS
    | TEXTS.map(lambda part: {**part, "thought": True})
    | st.just(CALL)
    | st.just({"inlineData": {"data": "AAA="}}),
    max_size=3,
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=6))
def test_however_an_answer_is_cut_the_sdk_and_the_loop_say_what_the_reference_says(
    genai: ChildCandidate, cut: list[list[dict[str, Any]]]
) -> None:
    chunks = [*(chunk(*parts) for parts in cut), TURN[-1]]
    fold = dialect(DIALECT).fold(Policies())
    fold.add(json.loads(json.dumps(chunks)))

    observation = genai.observe([json.dumps(one).encode() for one in chunks], DIALECT)

    assert observation.response is not None
    assert compare(fold.finish(done=True).response, observation.response, observation.covered) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["signatures-shifted", "empty-text-signature-lost", "code-and-answer", "two-candidates"]
)
def test_signatures_candidates_and_other_parts_are_all_there(genai: ChildCandidate, name: str) -> None:
    chunks = payloads(FIXTURES / DIALECT / f"{name}.jsonl")
    fold = dialect(DIALECT).fold(Policies())
    fold.add(json.loads(json.dumps(chunks)))

    observation = genai.observe([json.dumps(one).encode() for one in chunks], DIALECT)

    assert observation.response is not None
    assert compare(fold.finish(done=True).response, observation.response, observation.covered) == []
