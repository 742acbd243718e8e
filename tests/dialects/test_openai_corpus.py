"""Recordings of real streams, where they stand beside the checkout."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Folded, Payload, Policies

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout"),
]

NO_REASON = {"pydantic-ai__test_snowflake.test_snowflake_model_streaming"}
"""Streams whose server sends a finish reason only in its whole answers."""


def index() -> list[dict[str, Any]]:
    if not CORPUS.is_dir():
        return []
    rows = map(json.loads, (CORPUS / "INDEX.jsonl").read_text().splitlines())
    return [row for row in rows if row["dialect"] in ("openai-chat", "openai-completions")]


def read(row: dict[str, Any]) -> list[Payload]:
    return [json.loads(line) for line in (CORPUS / row["jsonl"]).read_text().splitlines()]


def fold(row: dict[str, Any], items: list[Any]) -> Folded:
    running = dialect(row["dialect"]).fold(Policies())
    running.add(copy.deepcopy(items))
    return running.finish(done="done_marker" in row["features"])


def echoes(row: dict[str, Any], items: list[Payload]) -> list[Any]:
    """The same stream; a chunk that repeats the last payload but for its text is that text."""
    short: list[Any] = []
    shape = None
    for item in items:
        text = dialect(row["dialect"]).echo(item)
        mine = None if text is None else json.dumps(item).replace(json.dumps(text), "TEXT", 1)
        short.append(text if text is not None and mine == shape else item)
        shape = mine
    return short


def test_every_recording_is_recognised_and_folds_alike_whole_in_batches_and_with_echoes() -> None:
    rows = index()
    assert len(rows) > 200
    shortened = 0
    for row in rows:
        items = read(row)
        whole = fold(row, items)
        assert any(
            known.recognises(item) for item in items for known in DIALECTS if known.name == row["dialect"]
        )

        short = echoes(row, items)
        shortened += sum(isinstance(item, str) for item in short)
        assert fold(row, short) == whole, row["id"]

        running = dialect(row["dialect"]).fold(Policies())
        for at in range(0, len(items), 7):
            running.add(copy.deepcopy(short[at : at + 7]))
            running.response()
        assert running.finish(done="done_marker" in row["features"]) == whole, row["id"]
    assert shortened > 1000


def test_streams_whose_twin_is_the_same_answer_fold_into_it() -> None:
    rows = [row for row in index() if (row.get("twin") or {}).get("output_identical")]
    rows = [row for row in rows if "several_responses_concatenated" not in row["features"]]
    assert rows
    for row in rows:
        whole = json.loads((CORPUS / row["twin"]["file"]).read_text())["choices"][0]
        spoken = whole.get("message") or {"content": whole["text"]}
        found = fold(row, read(row)).response.choices[0]

        assert found.message.content == spoken.get("content"), row["id"]
        assert [(call.name, call.arguments) for call in found.message.tool_calls] == [
            (call["function"]["name"], call["function"]["arguments"])
            for call in spoken.get("tool_calls") or ()
        ], row["id"]
        if row["id"] not in NO_REASON:
            assert found.finish_reason == whole["finish_reason"], row["id"]


def test_nearly_all_real_streams_are_complete_and_nothing_in_them_is_unexpected() -> None:
    folded = {row["id"]: fold(row, read(row)) for row in index()}
    incomplete = [name for name, one in folded.items() if not one.complete and one.response.error is None]
    odd = [name for name, one in folded.items() if any(note.rule == "unknown-event" for note in one.notes)]

    assert incomplete == []
    assert odd == []
