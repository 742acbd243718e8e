from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.redaction.fields import SAID
from stream_audit.redaction.vocabulary import MODEL_WORDS
from tests.redaction.redacted import chunks, redacted, tallied

CHAT: dict[str, Any] = {
    "id": "chatcmpl-A1b2",
    "object": "chat.completion.chunk",
    "created": 1760000000,
    "model": "gpt-4o-mini-2024-07-18",
    "system_fingerprint": "fp_44709d6fcb",
    "service_tier": "default",
    "choices": [
        {
            "index": 0,
            "delta": {
                "role": "assistant",
                "content": "Dear Jane Doe,",
                "tool_calls": [
                    {
                        "index": 0,
                        "id": "call_77",
                        "type": "function",
                        "function": {"name": "find_patient", "arguments": '{"patient": "Doe", "age": 47}'},
                    }
                ],
            },
            "finish_reason": "tool_calls",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 14, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}},
}


def test_what_belongs_to_the_wire_stays_and_what_was_said_does_not() -> None:
    (shown,) = chunks([CHAT])

    for name in ("object", "created", "model", "service_tier", "usage"):
        assert shown[name] == CHAT[name]
    delta = shown["choices"][0]["delta"]
    assert (delta["role"], shown["choices"][0]["finish_reason"]) == ("assistant", "tool_calls")
    assert re.fullmatch(r"[A-Z][a-z]{3} [A-Z][a-z]{3} [A-Z][a-z]{2},", delta["content"])
    assert "Jane" not in delta["content"]
    call = delta["tool_calls"][0]
    assert (call["index"], call["type"], call["id"][:5], len(call["id"])) == (0, "function", "call_", 7)
    assert re.fullmatch(r"[a-z]{4}_[a-z]{7}", call["function"]["name"])
    arguments = json.loads(call["function"]["arguments"])
    assert len(arguments) == 2
    assert "patient" not in arguments
    assert sorted(map(str, map(type, arguments.values()))) == ["<class 'int'>", "<class 'str'>"]
    assert set(shown) == set(CHAT)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929"),
        ("models/gemini-2.5-flash", "models/gemini-2.5-flash"),
        ("ft:gpt-4o:acme-corp::Ab12Cd34", r"ft:gpt-4o:[a-z]{4}-[a-z]{4}::[A-Z][a-z]\d\d[A-Z][a-z]\d\d"),
        ("janes-deployment", r"[a-z]{5}-deployment"),
        ("arn:aws:bedrock:us-east-1:123456789012:x/y", r"[a-z]{3}:[a-z]{3}:[a-z]{7}:.*:\d{12}:./."),
    ],
)
def test_the_name_of_a_model_stays_but_not_that_of_whom_it_was_made_for(value: str, shown: str) -> None:
    (found,) = chunks([{"model": value}])

    assert re.fullmatch(shown, found["model"])
    assert ("acme" in found["model"], "123456789012" in found["model"], "janes" in found["model"]) == (
        False,
    ) * 3


def test_names_of_users_stay_where_that_is_asked_for() -> None:
    (shown,) = chunks([{**CHAT, "model": "janes-deployment"}], names=True)

    function = shown["choices"][0]["delta"]["tool_calls"][0]["function"]
    assert (shown["model"], function["name"]) == ("janes-deployment", "find_patient")
    assert list(json.loads(function["arguments"])) == ["patient", "age"]
    assert "Doe" not in function["arguments"]


def test_a_field_that_nobody_knows_is_replaced_with_its_name_unless_that_is_to_stay() -> None:
    payload = {"x_jane_state": {"mood": "grumpy", "level_of_jane": 12345}}

    (shown,) = chunks([payload])
    assert not re.search("jane|mood|grumpy|12345", json.dumps(shown))
    (keyed,) = chunks([payload], keys=True)
    assert list(keyed["x_jane_state"]) == ["mood", "level_of_jane"]
    assert not re.search("grumpy|12345", json.dumps(keyed))
    assert chunks([payload], fields=frozenset(["x_jane_state"])) == [payload]


def test_the_same_id_gets_the_same_stand_in_everywhere_and_an_empty_one_stays_empty() -> None:
    shown = chunks([{"id": "call_abc12"}, {"id": ""}, {"tool_call_id": "call_abc12"}, {"id": "call_abc13"}])

    assert shown[0]["id"] == shown[2]["tool_call_id"] != shown[3]["id"]
    assert shown[1] == {"id": ""}


@pytest.mark.parametrize(
    "payload",
    [
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "server_tool_use", "name": "web_search"},
        },
        {"candidates": [{"finishReason": "STOP", "index": 0}], "usageMetadata": {"promptTokenCount": 4}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"type": "response.function_call_arguments.delta", "output_index": 0, "sequence_number": 7},
        {
            "type": "message-end",
            "delta": {"finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 3}}},
        },
        {"done": True, "done_reason": "stop", "eval_count": 12, "created_at": "2026-01-02T03:04:05.6Z"},
        {"op": "set_usage", "prompt_tokens": 3},
        {
            "type": "event_msg",
            "payload": {"type": "token_count", "info": {"total_token_usage": {"input_tokens": 1}}},
        },
        {"format": "stream-audit-recording", "version": 1},
    ],
)
def test_frames_of_every_provider_stay_as_they_are(payload: dict[str, Any]) -> None:
    assert chunks([payload]) == [payload]


def test_labels_of_a_recording_are_its_users_own_and_its_moments_are_not() -> None:
    shown = chunks(
        [
            {"stream": "req-9", "at": 12.5, "project": "apollo", "chunk": CHAT},
            {"stream": "req-9", "end": True},
        ]
    )

    assert shown[0]["stream"] == shown[1]["stream"] != "req-9"
    assert (shown[0]["at"], shown[1]["end"]) == (12.5, True)
    assert not re.search("project|apollo", json.dumps(shown))
    assert shown[0]["chunk"]["usage"] == CHAT["usage"]


def test_a_token_that_is_spelled_out_says_the_same_in_its_bytes() -> None:
    token = {"token": "Größe", "logprob": -0.25, "bytes": list("Größe".encode())}
    (shown,) = chunks([{"choices": [{"logprobs": {"content": [token]}}]}])

    found = shown["choices"][0]["logprobs"]["content"][0]
    assert found["logprob"] == -0.25
    assert found["token"] != "Größe"
    assert bytes(found["bytes"]).decode() == found["token"]


SECRETS = ("wolverhampton", "kowalczyk", "hunter", "supercalifragilistic", "correcthorse")
KEYS = st.sampled_from(
    ["type", "id", "model", "name", "text", "content", "arguments", "metadata", "input", *SAID]
)
SAYING = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "a ", '{"', "x@", "https://"]),
    st.sampled_from(SECRETS),
    st.sampled_from(["", '":1}', ".com", " b"]),
)
DOCUMENTS = st.recursive(
    SAYING | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | SAYING, inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(DOCUMENTS, max_size=4), st.booleans())
def test_no_secret_survives_wherever_it_stands(documents: list[Any], ascii_only: bool) -> None:
    assert MODEL_WORDS.isdisjoint(SECRETS)
    text = "".join(json.dumps(one, ensure_ascii=ascii_only) + "\n" for one in documents)

    shown = redacted(text)

    assert not any(secret in shown for secret in SECRETS)
    assert len(shown) == len(text)


@given(st.text(alphabet=st.sampled_from('{}[]:,"\\ \n\tkowalczyk0123:'), max_size=80))
def test_no_letter_of_what_is_no_json_survives_but_in_words_of_the_wire(text: str) -> None:
    shown = redacted(text)

    assert len(shown) == len(text)
    assert "kowal" not in shown


def test_what_was_replaced_is_counted_by_what_it_was() -> None:
    _, tally = tallied(
        json.dumps(CHAT)
        + '\n{"content":"write to jane@example.org"}\n{"x":"sk-proj-abcdefghij0123456789"}\n'
        + '{"u":"https://intra.example/patients"}\n: a comment\n'
    )

    assert tally.pieces == {
        "ids": 3,
        "texts": 1,
        "names": 1,
        "tool arguments": 1,
        "e-mail addresses": 1,
        "keys and tokens": 1,
        "urls": 1,
        "field names": 1,
        "other lines": 1,
    }


@pytest.mark.parametrize(
    "name", ["order_number", "user_number", "userNumber", "location_code", "request_code"]
)
def test_a_number_that_could_be_somebody_s_is_replaced(name: str) -> None:
    (kept,) = chunks([{"id": "x", name: 5551234567, "deep": {name: 5551234567}}])
    assert kept.get(name) != 5551234567
    assert "5551234567" not in str(kept)
