"""The accumulator that is a dialect's reference gives exactly the reference's usage, whatever the stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from stream_audit import accumulators, recordings
from stream_audit.dialects import DIALECTS
from stream_audit.model import Batch, Policies
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
from tests.accumulators.streams import Stream, reference, usage
from tests.runs import CORPUS, FIXTURES

POLICIES = st.builds(
    Policies,
    later_zero=st.sampled_from(["keep", "honour"]),
    message_delta_input=st.sampled_from(["adopt", "ignore"]),
)
MANY = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def law(dialect: str, stream: Stream, policies: Policies | None = None) -> None:
    known = accumulators.reference_for(dialect)
    assert known is not None
    assert usage(known.name, dialect, stream, policies) == reference(dialect, stream, policies)


def recorded(folder: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Every recording below a folder: its dialect and id to its chunks."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for source in recordings.find([str(folder)]):
        for event in recordings.read(source, DIALECTS):
            if isinstance(event, Batch) and event.recording.dialect is not None:
                chunks = found.setdefault((event.recording.dialect, event.recording.id), [])
                chunks += [recordings.parse(raw)[0] for raw in event.raws]
    return found


def test_every_dialect_has_one_accumulator_that_is_its_reference() -> None:
    for dialect in DIALECTS:
        assert [one.name for one in accumulators.ACCUMULATORS if dialect.name in one.reference_of]


def test_the_law_holds_on_every_fixture() -> None:
    streams = recorded(FIXTURES)

    assert len(streams) > 100
    for (dialect, _), stream in streams.items():
        law(dialect, stream)
        law(dialect, stream, Policies(later_zero="honour", message_delta_input="ignore"))


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_the_law_holds_on_every_recording_of_the_corpus() -> None:
    streams = recorded(CORPUS / "jsonl")

    assert len(streams) > 300
    for (dialect, _), stream in streams.items():
        law(dialect, stream)


@MANY
@given(stream=strategies.chat_streams, policies=POLICIES)
@example([{"choices": [], "usage": {}}], Policies())
@example([{"choices": [], "usage": {"prompt_tokens": 5}}, {"usage": {"prompt_tokens": {}}}], Policies())
@example([{"x_groq": {"usage": {"prompt_tokens": 1}}, "usage": {"prompt_tokens": 2}}], Policies())
def test_the_law_holds_on_generated_chat_streams(stream: Stream, policies: Policies) -> None:
    law("openai-chat", stream, policies)


@MANY
@given(stream=strategies.completions_streams, policies=POLICIES)
def test_the_law_holds_on_generated_completions(stream: Stream, policies: Policies) -> None:
    law("openai-completions", stream, policies)


@MANY
@given(stream=strategies_anthropic.reports(), policies=POLICIES)
def test_the_law_holds_on_generated_reports_of_anthropic(stream: Stream, policies: Policies) -> None:
    law("anthropic-messages", stream, policies)


@MANY
@given(stream=strategies_anthropic.messages(), policies=POLICIES)
def test_the_law_holds_on_generated_events_in_any_order(stream: Stream, policies: Policies) -> None:
    law("anthropic-messages", stream, policies)


@MANY
@given(stream=strategies_responses.streams() | strategies_responses.wild_streams(), policies=POLICIES)
def test_the_law_holds_on_generated_events_of_responses(stream: Stream, policies: Policies) -> None:
    assume(stream)
    law("openai-responses", stream, policies)


@MANY
@given(stream=strategies_bedrock.reports() | strategies_bedrock.responses(), policies=POLICIES)
def test_the_law_holds_on_generated_events_of_converse(stream: Stream, policies: Policies) -> None:
    law("bedrock-converse", stream, policies)


@MANY
@given(stream=strategies_ai_sdk.recordings() | strategies_ai_sdk.writings() | strategies_ai_sdk.wild_calls)
@example(
    [
        {"op": "StreamContext", "store_exclude": ["b"]},
        {"op": "StreamContext", "store_exclude": ["a"]},
        {"op": "write_text", "delta": "aab"},
    ]
)
def test_the_law_holds_on_generated_calls_of_a_writer(stream: Stream) -> None:
    assume(stream)
    law("ai-sdk-stream-python", stream)


@MANY
@given(stream=strategies_ai_sdk_ui.messages() | strategies_ai_sdk_ui.wild_chunks, policies=POLICIES)
@example([{"type": "finish", "messageMetadata": {"usage": {"inputTokens": 1}, "totalUsage": {}}}], Policies())
def test_the_law_holds_on_generated_chunks_of_a_ui_stream(stream: Stream, policies: Policies) -> None:
    assume(stream)
    law("ai-sdk-ui", stream, policies)


@MANY
@given(
    stream=strategies_cohere.reports() | strategies_cohere.messages() | strategies_cohere.wild_messages(),
    policies=POLICIES,
)
def test_the_law_holds_on_generated_events_of_cohere(stream: Stream, policies: Policies) -> None:
    assume(stream)
    law("cohere-v2", stream, policies)


@MANY
@given(stream=strategies_ollama.answers() | strategies_ollama.wild_answers(), policies=POLICIES)
def test_the_law_holds_on_generated_chunks_of_ollama(stream: Stream, policies: Policies) -> None:
    assume(stream)
    law("ollama", stream, policies)


@MANY
@given(stream=strategies_gemini.reports(), policies=POLICIES)
@example([{"usageMetadata": {"promptTokenCount": 5}}, {"usageMetadata": {"promptTokenCount": 0}}], Policies())
@example([{"usage_metadata": {"prompt_token_count": 5}, "candidates": []}], Policies())
@example([{"response": {"usageMetadata": {"promptTokenCount": 5}, "candidates": []}}], Policies())
@example([{"usageMetadata": None, "usage_metadata": {"promptTokenCount": 5}}], Policies())
def test_the_law_holds_on_generated_reports_of_gemini(stream: Stream, policies: Policies) -> None:
    law("gemini", stream, policies)


@MANY
@given(stream=strategies_session_logs.claude_lines() | strategies_session_logs.wild_claude_lines())
def test_the_law_holds_on_generated_lines_of_claude_code(stream: Stream) -> None:
    assume(stream)
    law("claude-log", stream)


@MANY
@given(stream=strategies_session_logs.codex_lines() | strategies_session_logs.wild_codex_lines())
def test_the_law_holds_on_generated_lines_of_codex(stream: Stream) -> None:
    assume(stream)
    law("codex-log", stream)


@MANY
@given(stream=strategies.wild)
def test_the_law_holds_on_any_json_objects(stream: Stream) -> None:
    assume(stream)  # a recording has at least one chunk
    for dialect in DIALECTS:
        law(dialect.name, stream)


@pytest.mark.slow
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(stream=strategies_anthropic.wild_messages())
def test_the_law_holds_whatever_the_type_of_a_value(stream: Stream) -> None:
    law("anthropic-messages", stream)


@pytest.mark.slow
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(stream=strategies_bedrock.wild_responses())
def test_the_law_holds_of_converse_whatever_the_type_of_a_value(stream: Stream) -> None:
    law("bedrock-converse", stream)


@pytest.mark.parametrize("levels", [15, 16, 17, 18, 40])
def test_the_law_holds_at_every_depth(levels: int) -> None:
    def nested(value: int) -> dict[str, Any]:
        text = '{"a":' * levels + str(value) + "}" * levels
        found: dict[str, Any] = json.loads(text)
        return found

    law("openai-chat", [{"usage": nested(1)}, {"usage": {**nested(0), "b": 2}}, {"usage": {"a": {}}}])
