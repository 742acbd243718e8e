"""boto3 as a candidate: botocore reads what Bedrock sent, or what is written as Bedrock would send it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.candidates import ChildCandidate, open_candidate, parse
from stream_audit.candidates.adapters import _aws_event_stream as written
from stream_audit.dialects import DIALECTS
from stream_audit.model import Batch, Observation
from stream_audit.recordings import Source, read
from stream_audit.recordings.framings.aws_messages import Message, messages
from tests.recordings.framings.aws import event, message, stream
from tests.runs import sent
from tests.strategies_bedrock import json_objects, tidy_responses

DIALECT = "bedrock-converse"
TURN: list[dict[str, Any]] = [
    {"messageStart": {"role": "assistant", "p": "abc"}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Let me "}}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "look."}}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {
        "contentBlockStart": {
            "contentBlockIndex": 1,
            "start": {"toolUse": {"toolUseId": "t1", "name": "look"}},
        }
    },
    {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"toolUse": {"input": '{"n"'}}}},
    {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"toolUse": {"input": ": 1}"}}}},
    {"contentBlockStop": {"contentBlockIndex": 1}},
    {"messageStop": {"stopReason": "tool_use"}},
    {
        "metadata": {
            "usage": {"inputTokens": 4, "outputTokens": 9, "totalTokens": 23, "cacheReadInputTokens": 10}
        }
    },
]
FAILURE = {"modelStreamErrorException": {"message": "worker gone", "originalStatusCode": 500}}


def converse(events: list[dict[str, Any]]) -> bytes:
    return b"".join(event(name, payload) for one in events for name, payload in one.items())


@pytest.fixture(scope="module")
def boto3() -> Iterator[ChildCandidate]:
    pytest.importorskip("boto3")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_PROFILE", "nobody")  # none of its user's settings may matter
        candidate = open_candidate(parse("boto3"), timeout=20)
        candidate.load()
    yield candidate
    candidate.close()


Replay = Callable[[bytes], Observation]


@pytest.fixture
def replay(boto3: ChildCandidate, tmp_path: Path) -> Replay:
    def replayed(body: bytes) -> Observation:
        return boto3.observe(sent(tmp_path / "r", body), DIALECT)

    return replayed


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "".join(json.dumps(one) + "\n" for one in TURN).encode(),
        "".join(f"data: {json.dumps(one)}\n\n" for one in TURN).encode(),
        converse(TURN),
        stream(TURN),
        stream([*TURN[:-1], {**TURN[-1], "amazon-bedrock-invocationMetrics": {"inputTokenCount": 4}}]),
        "".join(json.dumps({**one, "amazon-bedrock-trace": {}}) + "\n" for one in TURN).encode(),
    ],
    ids=[
        "JSON lines",
        "a relay's events",
        "ConverseStream",
        "InvokeModel",
        "its metrics",
        "InvokeModel as JSON",
    ],
)
def test_however_it_was_recorded_the_answer_is_the_same(replay: Replay, body: bytes) -> None:
    observation = replay(body)

    assert (observation.status, observation.error, observation.troubles) == ("answered", None, ())
    assert observation.response is not None
    (choice,) = observation.response.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == (
        "assistant",
        "Let me look.",
        "tool_use",
    )
    (call,) = choice.message.tool_calls
    assert (call.id, call.name, call.arguments) == ("t1", "look", '{"n":1}')
    usage = observation.response.usage
    assert usage is not None
    assert (usage.input_tokens, usage.cache_read_tokens, usage.total_tokens) == (14, 10, 23)
    assert {"role", "content", "tool_calls", "finish_reason", "parts", "reasoning"} <= observation.covered


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "raised"),
    [
        (json.dumps(TURN[0]) + "\n" + json.dumps(FAILURE), "(modelStreamErrorException)"),
        (json.dumps(TURN[0]) + "\n" + json.dumps({"error": {"code": "Oops", "message": "x"}}), "(Oops)"),
        (
            converse(TURN[:1])
            + message(
                {":message-type": "exception", ":exception-type": "modelStreamErrorException"},
                b'{"message": "worker gone"}',
            ),
            "worker gone",
        ),
        (
            converse(TURN[:1])
            + message({":message-type": "error", ":error-code": "Oops", ":error-message": "later"}),
            "later",
        ),
    ],
    ids=["exception", "error", "recorded exception", "recorded error"],
)
def test_a_failure_inside_the_stream_is_raised_by_botocore(replay: Replay, body: Any, raised: str) -> None:
    observation = replay(body if isinstance(body, bytes) else body.encode())

    assert observation.status == "crashed"
    assert (observation.error or "").startswith("EventStreamError")
    assert raised in (observation.error or "")
    assert "adapters" not in (observation.error or "")


@pytest.mark.slow
def test_an_event_that_botocore_does_not_know_is_passed_over(replay: Replay) -> None:
    assert replay(converse([*TURN[:3], {"queuePosition": {"position": 3}}, *TURN[3:]])).status == "answered"


@given(chunks=tidy_responses() | st.lists(json_objects(), max_size=4))
def test_what_is_written_is_what_both_readers_read(chunks: list[dict[str, Any]]) -> None:
    texts = [json.dumps(chunk).encode() for chunk in chunks]
    data = b"".join(written.messages(chunks, texts))
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    theirs = [(one.headers, one.payload) for one in buffer]
    ours = [(one.headers, one.payload) for one in messages([data]) if isinstance(one, Message)]

    assert ours == theirs
    assert len(ours) == len(chunks)
    assert all(written.is_message(one) for one in written.messages(chunks, texts))


@given(chunks=tidy_responses())
def test_what_is_written_is_read_back_as_the_same_chunks(
    chunks: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("written") / "r.bin"
    path.write_bytes(b"".join(written.messages(chunks, [json.dumps(chunk).encode() for chunk in chunks])))
    found = [event for event in read(Source(str(path)), DIALECTS) if isinstance(event, Batch)]

    assert [json.loads(raw) for batch in found for raw in batch.raws] == chunks
