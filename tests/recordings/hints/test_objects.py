"""What is said of objects that no dialect recognises: what they look like, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.model import Payload, Problem
from stream_audit.recordings.hints import looks_like
from tests.recordings.doubles import CHAT, answer, chat, enveloped, events, jsonl, payloads

CHUNK = chat("Hi")
LIMIT = "Rate limit reached for gpt-4o"
TWIN = "an answer without streaming; as NAME.response.json beside the stream NAME.jsonl it is compared"
MESSAGE = {"role": "assistant", "content": "Hi"}

LOOKS: dict[str, tuple[Payload, str]] = {
    "an error of OpenAI": (
        {"error": {"message": LIMIT, "type": "requests", "param": None, "code": "rate_limit_exceeded"}},
        f"an error answer, '{LIMIT}'",
    ),
    "an error of Anthropic": (
        {"type": "error", "error": {"type": "rate_limit_error", "message": "slow"}},
        "an error answer, 'slow'",
    ),
    "an error of Gemini": (
        {"error": {"code": 429, "message": "Resource exhausted", "status": "RESOURCE_EXHAUSTED"}},
        "an error answer, 'Resource exhausted'",
    ),
    "an error of vLLM": (
        {"object": "error", "message": "no such model", "type": "NotFoundError", "code": 404},
        "an error answer, 'no such model'",
    ),
    "an error of a gateway": ({"message": "Forbidden"}, "an error answer, 'Forbidden'"),
    "an error that is a text": ({"error": "exited"}, "an error answer, 'exited'"),
    "an error that says nothing": ({"error": {"code": 500}}, "an error answer"),
    "an answer of OpenAI": (
        {
            "id": "c",
            "object": "chat.completion",
            "choices": [{"index": 0, "message": MESSAGE}],
            "error": None,
        },
        TWIN,
    ),
    "an answer of Anthropic": ({"id": "m", "type": "message", "content": []}, TWIN),
    "an answer of OpenAI's Responses": ({"object": "response", "output": [], "error": None}, TWIN),
    "an answer of Bedrock": ({"output": {"message": MESSAGE}, "stopReason": "end_turn"}, TWIN),
    "an answer of Cohere": ({"id": "x", "message": MESSAGE, "finish_reason": "COMPLETE"}, TWIN),
    "a batch": (
        {"id": "b", "custom_id": "r-0", "response": {"status_code": 200, "body": {}}, "error": None},
        "the output of a batch, which is answers without streaming",
    ),
    "a Realtime session": (
        {"type": "session.created", "event_id": "e1", "session": {"id": "s"}},
        "events of a Realtime session, which are not read",
    ),
    "an envelope without its stream": (
        {"ts": 1.0, "chunk": CHUNK},
        "with a 'stream' beside 'chunk', which names it, they would be envelopes of the recording format",
    ),
    "a row of chunks": (
        {"request": {"messages": [{"role": "user"}]}, "response_chunks": [CHUNK, CHUNK]},
        "chunks seem to lie under 'response_chunks'; jq -c '.response_chunks[]' takes them out",
    ),
    "a row of lines": (
        {"chunks": ["data: {}", "data: [DONE]"]},
        "chunks seem to lie as an event stream under 'chunks'; jq -r '.chunks[]' takes them out",
    ),
    "a chunk in a row": (
        {"ts": 1.0, "data": CHUNK},
        "chunks seem to lie under 'data'; jq -c '.data' takes them out",
    ),
    "a chunk as text": (
        {"ts": 1.0, "data": '{"id": 1}'},
        "chunks seem to lie as text under 'data'; jq -r '.data' takes them out",
    ),
    "the log of a container": (
        {"log": "data: {}\n", "stream": "stdout", "time": "2026-01-01T00:00:00Z"},
        "chunks seem to lie as an event stream under 'log'; jq -r '.log' takes them out",
    ),
    "a body further below": (
        {"request": {"url": "/x"}, "response": {"status": 200, "body": "event: a\ndata: {}\n\n"}},
        "chunks seem to lie as an event stream under 'response.body'; jq -r '.response.body' takes them out",
    ),
    "what boto3 gives": (
        {"chunk": {"bytes": "eyJ0eXBlIjoi"}},
        "chunks seem to lie in base64 under 'chunk.bytes'; jq -r '.chunk.bytes | @base64d' takes them out",
    ),
    "a key that no shell should see": (
        {"'; rm -rf .; '": "data: {}"},
        "chunks seem to lie as an event stream under \"'; rm -rf .; '\"",
    ),
    "anything": ({"run": 1, "inputs": {"messages": []}}, "the first has the keys 'run', 'inputs'"),
    "one thing": ({"run": 1}, "the first has the key 'run'"),
    "many things": (
        dict.fromkeys("abcdefghij"),
        "the first has the keys 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and 2 more",
    ),
    "nothing": ({}, "the first is empty"),
}


@pytest.mark.parametrize(("payload", "clause"), LOOKS.values(), ids=LOOKS)
def test_of_a_stream_that_no_dialect_recognises_it_is_said_what_it_looks_like(
    tmp_path: Path, payload: Payload, clause: str
) -> None:
    said = [one.message for one in events(tmp_path, jsonl([payload] * 2)) if isinstance(one, Problem)]

    assert said == [f"no dialect recognises its chunks: {clause}"]


def test_a_hint_changes_nothing_of_what_is_read(tmp_path: Path) -> None:
    rows = [payload for payload, _ in LOOKS.values()]

    assert list(payloads(events(tmp_path, jsonl(rows))).values()) == [rows]


def test_an_error_behind_something_unknown_is_seen() -> None:
    assert looks_like([{"type": "ping"}, {"error": LIMIT}]) == f"an error answer, '{LIMIT}'"


def test_each_stream_that_is_unknown_has_a_hint_of_its_own(tmp_path: Path) -> None:
    known = enveloped(answer("c", "Hi"), "t")
    content = enveloped([{"error": "a"}], "s") + known + enveloped([{"b": 1}], "u")

    said = [one.message for one in events(tmp_path, content) if isinstance(one, Problem)]

    assert [message.partition(": ")[2] for message in said] == [
        "an error answer, 'a'",
        "the first has the key 'b'",
    ]


KEYS = (
    st.sampled_from(
        ["error", "message", "type", "object", "choices", "output", "response", "data", "chunk", "chunks"]
    )
    | st.text(max_size=300)
    | st.sampled_from(["bytes", "event_id", "custom_id", "body", "content", "log"])
)


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=500),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=12), min_size=1, max_size=3))
def test_whatever_was_recorded_a_hint_is_one_short_printable_line(rows: list[Payload]) -> None:
    clause = looks_like(rows)

    assert clause.isprintable()
    assert 0 < len(clause) < 3000
    assert not CHAT.recognises(rows[0])
