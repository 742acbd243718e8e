"""Streams of formats that are not folded: each is said to be of no known dialect, none is guessed at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stream_audit.cli import main
from stream_audit.dialects import DIALECTS
from tests.runs import CORPUS, ROOT, audit, write

FORMATS: dict[str, list[dict[str, Any]]] = {
    "OpenAI Realtime": [
        {"type": "session.created", "event_id": "e1", "session": {"object": "realtime.session", "id": "s1"}},
        {"type": "conversation.item.added", "event_id": "e2", "item": {"id": "i1", "type": "message"}},
        {
            "type": "response.created",
            "event_id": "e3",
            "response": {"object": "realtime.response", "id": "r1"},
        },
        {"type": "ping", "event_id": "e4", "timestamp": 1760000000},
        {
            "type": "response.output_audio_transcript.delta",
            "event_id": "e5",
            "response_id": "r1",
            "item_id": "i1",
            "output_index": 0,
            "content_index": 0,
            "delta": "Tea",
        },
        {
            "type": "response.output_text.delta",
            "event_id": "e6",
            "response_id": "r1",
            "item_id": "i1",
            "output_index": 0,
            "content_index": 0,
            "delta": "Tea",
        },
        {
            "type": "response.done",
            "event_id": "e7",
            "response": {"object": "realtime.response", "id": "r1", "status": "completed", "output": []},
        },
    ],
    "OpenAI Assistants": [
        {"id": "run_1", "object": "thread.run", "status": "queued", "model": "gpt-4o-mini", "created_at": 1},
        {"id": "msg_1", "object": "thread.message", "role": "assistant", "content": []},
        {
            "id": "msg_1",
            "object": "thread.message.delta",
            "delta": {"content": [{"index": 0, "type": "text", "text": {"value": "Tea"}}]},
        },
        {"id": "run_1", "object": "thread.run", "status": "completed", "usage": {"total_tokens": 3}},
    ],
    "Gemini Live": [
        {"setupComplete": {"sessionId": "s1"}},
        {"serverContent": {"modelTurn": {"parts": [{"text": "Tea"}]}}},
        {"toolCall": {"functionCalls": [{"name": "boil", "args": {}, "id": "f1"}]}},
        {"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 3}},
    ],
    "Gemini Interactions": [
        {"event_type": "interaction.created", "interaction": {"id": "v1_1", "object": "interaction"}},
        {"event_type": "step.start", "index": 0, "step": {"type": "thought"}},
        {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": "Tea"}},
        {"event_type": "interaction.completed", "interaction": {"id": "v1_1", "status": "completed"}},
    ],
    "Cohere v1": [
        {"is_finished": False, "event_type": "stream-start", "generation_id": "g1"},
        {"is_finished": False, "event_type": "text-generation", "text": "Tea"},
        {"is_finished": True, "event_type": "stream-end", "finish_reason": "COMPLETE", "response": {}},
    ],
    "watsonx": [
        {"model_id": "m", "created_at": "2026-01-01T00:00:00Z", "results": [{"generated_text": "Tea"}]},
    ],
    "Amazon Titan": [
        {"outputText": "Tea", "index": 0, "totalOutputTextTokenCount": 1, "completionReason": "FINISH"},
    ],
    "Writer completions": [{"value": "Tea"}, {"value": " is ready"}],
    "Replicate": [{"_unparsed": "Tea"}],
}
"""Formats by the names that docs/folding.md has for them, with chunks as they look."""

NUMBERS = {
    "OpenAI Realtime": 39,
    "OpenAI Assistants": 6,
    "Gemini Live": 13,
    "Gemini Interactions": 8,
    "Cohere v1": 2,
    "watsonx": 2,
    "Amazon Titan": 2,
    "Writer completions": 1,
    "Replicate": 1,
}
"""How many recordings of each there are in the corpus."""

SIGNS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "OpenAI Realtime": lambda chunk: str(chunk.get("type")).startswith("session."),
    "OpenAI Assistants": lambda chunk: chunk.get("object") == "thread.run",
    "Gemini Live": lambda chunk: "setupComplete" in chunk,
    "Gemini Interactions": lambda chunk: chunk.get("event_type") == "interaction.created",
    "Cohere v1": lambda chunk: chunk.get("event_type") == "stream-start",
    "watsonx": lambda chunk: "results" in chunk,
    "Amazon Titan": lambda chunk: "outputText" in chunk,
    "Writer completions": lambda chunk: set(chunk) == {"value"},
    "Replicate": lambda chunk: "_unparsed" in chunk,
}
"""What the first chunk of each looks like."""


@pytest.mark.parametrize("name", FORMATS)
def test_no_dialect_takes_a_chunk_of_another_format_for_its_own(name: str) -> None:
    taken = [(one.name, chunk) for one in DIALECTS for chunk in FORMATS[name] if one.recognises(chunk)]

    assert taken == []


@pytest.mark.parametrize("command", ["replay", "lint"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_stream_of_another_format_is_counted_and_said(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.jsonl", FORMATS[name])
    candidate = ["--candidate", "textbook"] if command == "replay" else []

    assert main([command, str(path), *candidate, "--format", "json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["found"] == told["counts"]["skipped"] == 1
    assert [one["rule"] for one in told["findings"]] == ["unknown-dialect"]
    assert (told["recordings"][0]["dialect"], told["recordings"][0]["reference"]) == (None, None)
    main([command, str(path), *candidate])
    assert "no dialect recognises its chunks" in capsys.readouterr().out


def test_every_format_is_on_the_page() -> None:
    page = (ROOT / "docs" / "folding.md").read_text("utf-8").partition("## Formats that are not folded")[2]

    assert [name for name in FORMATS if f"| {name}" not in page] == []


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
@pytest.mark.parametrize("form", ["jsonl", "body"])
def test_recorded_streams_of_other_formats_are_of_no_known_dialect(form: str) -> None:
    kept = audit(CORPUS / form / "other", subject="streams")

    counts = kept.summary.counts
    assert counts.found == counts.skipped == len(kept.audited) == (74 if form == "jsonl" else 14)
    assert {audited.recording.dialect for audited in kept.audited} == {None}
    rules = [{finding.rule for finding in audited.findings} for audited in kept.audited]
    assert [found for found in rules if "unknown-dialect" not in found] == []
    assert kept.summary.exit_code == 3


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_every_recorded_stream_of_another_format_is_of_one_that_is_named() -> None:
    paths = sorted((CORPUS / "jsonl" / "other").glob("*.jsonl"))
    firsts = [json.loads(path.read_text("utf-8").partition("\n")[0]) for path in paths]

    found = Counter(name for first in firsts for name, is_one in SIGNS.items() if is_one(first))
    assert found == NUMBERS
    assert sum(found.values()) == len(firsts) == 74
