from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings

from stream_audit.dialects import DIALECTS, dialect
from stream_audit.errors import UnknownName
from stream_audit.model import Folded, Payload, Policies
from tests import (
    strategies,
    strategies_ai_sdk,
    strategies_ai_sdk_ui,
    strategies_anthropic,
    strategies_bedrock,
    strategies_cohere,
    strategies_gemini,
    strategies_ollama,
    strategies_responses,
    strategies_session_logs,
)
from tests.dialects import anthropic_wire as anthropic
from tests.dialects import openai_wire as openai


def test_every_dialect_is_found_by_its_name() -> None:
    assert [dialect(known.name) for known in DIALECTS] == list(DIALECTS)


def test_names_are_unique() -> None:
    assert len({known.name for known in DIALECTS}) == len(DIALECTS)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="openai-chat"):
        dialect("openai-chatt")


def test_no_chunk_is_recognised_by_two_dialects() -> None:
    samples: list[Payload] = [
        {"object": "chat.completion.chunk", "choices": []},
        {"object": "text_completion", "choices": [{"text": "a"}]},
        {"type": "message_start", "message": {}},
        {"type": "response.created", "response": {}},
        {"choices": [{"text": "a", "delta": {}}]},
        {"messageStart": {"role": "assistant"}},
        {"type": "message-start", "delta": {"message": {}}},
        {"candidates": [{"content": {"parts": [{"text": "a"}]}}]},
        {"response": {"candidates": [{"finishReason": "STOP"}]}},
        {"model": "m", "message": {"role": "assistant", "content": "a"}, "done": False},
        {"model": "m", "response": "a", "done": False},
        {"type": "assistant", "requestId": "r", "message": {"id": "m", "usage": {}}},
        {"type": "event_msg", "payload": {"type": "token_count", "info": None}},
        {"type": "start", "messageId": "msg_1"},
        {"op": "write_text", "delta": "a"},
    ]

    for sample in samples:
        assert sum(known.recognises(sample) for known in DIALECTS) == 1


def fold(name: str, items: list[Payload], policies: Policies) -> Folded:
    running = dialect(name).fold(policies)
    running.add(json.loads(json.dumps(items)))
    return running.finish(done=False)


POLICIES: dict[str, tuple[str, list[Payload]]] = {
    "tool_name": (
        "openai-chat",
        [openai.calls(openai.call(0, "a", name)) for name in ("look", "look", "_up")],
    ),
    "later_zero": ("openai-chat", [openai.reports(prompt_tokens=count) for count in (7, 0)]),
    "done_marker": ("openai-chat", [openai.says("a"), openai.ends()]),
    "identity": ("openai-completions", [{**openai.completion("a"), "id": id} for id in "ab"]),
    "message_delta_input": (
        "anthropic-messages",
        anthropic.message(usage={"input_tokens": 90, "output_tokens": 2}),
    ),
}
"""For each policy a dialect and a stream of which each value of the policy gives another answer."""


@pytest.mark.parametrize("policy", [field.name for field in fields(Policies)])
def test_each_value_of_a_policy_has_an_effect_of_its_own(policy: str) -> None:
    name, items = POLICIES[policy]
    values = get_args(get_type_hints(Policies)[policy])
    folds: list[Any] = []
    for value in values:
        folded = fold(name, items, replace(Policies(), **{policy: value}))
        folds.append((asdict(folded.response), folded.complete))

    assert len(values) > 1
    assert all(folds.count(one) == 1 for one in folds)


STREAMS = {
    "openai-chat": strategies.chat_streams,
    "openai-completions": strategies.completions_streams,
    "openai-responses": strategies_responses.wild_streams(),
    "anthropic-messages": strategies_anthropic.wild_messages(),
    "bedrock-converse": strategies_bedrock.wild_responses(),
    "ai-sdk-stream-python": strategies_ai_sdk.wild_calls,
    "ai-sdk-ui": strategies_ai_sdk_ui.wild_chunks,
    "cohere-v2": strategies_cohere.wild_messages(),
    "gemini": strategies_gemini.wild_streams(),
    "ollama": strategies_ollama.wild_answers(),
    "claude-log": strategies_session_logs.wild_claude_lines(),
    "codex-log": strategies_session_logs.wild_codex_lines(),
}


@pytest.mark.parametrize("name", [known.name for known in DIALECTS])
def test_what_is_noted_at_the_end_is_about_the_whole_stream(name: str) -> None:
    @given(items=STREAMS[name])
    @settings(max_examples=40)
    def check(items: list[Payload]) -> None:
        running = dialect(name).fold(Policies())
        running.add(json.loads(json.dumps(items)))
        running.notes.clear()

        assert {note.index for note in running.finish(done=False).notes} <= {-1}

    check()


def test_a_stream_of_every_dialect_has_something_to_note_at_its_end() -> None:
    for known in DIALECTS:
        assert known.fold(Policies()).finish(done=False).notes
