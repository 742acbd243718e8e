"""Recordings of real streams, where they stand beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects.anthropic.messages import ANTHROPIC_MESSAGES
from stream_audit.model import Folded, Payload
from tests.dialects.anthropic_wire import fold

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout"),
]


def index() -> list[dict[str, Any]]:
    rows = map(json.loads, (CORPUS / "INDEX.jsonl").read_text().splitlines())
    return [row for row in rows if row["dialect"] == "anthropic-messages"]


def read(row: dict[str, Any]) -> list[Payload]:
    return [json.loads(line) for line in (CORPUS / row["jsonl"]).read_text().splitlines()]


def messages(items: list[Payload]) -> list[list[Payload]]:
    """Cut by hand, in plain sight: a new message begins where a start has another id than the one before."""
    cut: list[list[Payload]] = []
    running = None
    for item in items:
        if not cut or (item["type"] == "message_start" and item["message"]["id"] != running):
            cut.append([])
        if item["type"] == "message_start":
            running = item["message"]["id"]
        cut[-1].append(item)
    return cut


def folded(row: dict[str, Any]) -> list[Folded]:
    return [fold(items) for items in messages(read(row))]


def test_every_recording_folds_into_messages_with_a_name_and_usage() -> None:
    rows = index()
    assert len(rows) > 100
    for row in rows:
        for found in folded(row):
            assert found.response.id, row["id"]
            assert found.response.model, row["id"]
            assert found.response.usage is not None, row["id"]
            assert found.response.usage.input_tokens is not None, row["id"]
            assert found.response.usage.output_tokens is not None, row["id"]
            assert found.response.choices[0].message.extra == {}, row["id"]


def test_breaks_are_where_a_reader_would_cut_by_hand() -> None:
    for row in index():
        items = read(row)
        place, lengths = 0, []
        while place < len(items):
            after, mine = place, ANTHROPIC_MESSAGES.identity(items[place])
            while after == place or (
                # A start that repeats the id of a running message is a duplicate.
                after < len(items) and ANTHROPIC_MESSAGES.identity(items[after]) == mine
            ):
                after = ANTHROPIC_MESSAGES.next_break(items, after + 1, mine)
            lengths.append(after - place)
            place = after
        assert lengths == [len(message) for message in messages(items)], row["id"]


def test_every_event_of_the_corpus_is_known() -> None:
    surprises = {"events-duplicated", "block-stop-missing", "finish-missing", "truncation-undetected"}
    surprises |= {"tool-args-truncated-accepted"}
    assert {note.rule for row in index() for found in folded(row) for note in found.notes} <= surprises


def test_a_twin_with_identical_output_says_the_same() -> None:
    rows = [row for row in index() if row.get("twin", {}).get("output_identical")]
    assert rows
    for row in rows:
        twin = json.loads((CORPUS / row["twin"]["file"]).read_text())
        (found,) = folded(row)
        (choice,) = found.response.choices
        assert found.response.model == twin["model"]
        assert choice.finish_reason == twin["stop_reason"]
        assert [shape(part) for part in choice.message.parts] == [shape(part) for part in twin["content"]]
        assert choice.message.content == "".join(part.get("text", "") for part in twin["content"])
        assert found.response.usage is not None
        assert found.response.usage.input_tokens == twin["usage"]["input_tokens"]


def test_twins_have_the_same_kinds_of_blocks_with_the_same_keys() -> None:
    for row in index():
        if "twin" not in row:
            continue
        twin = json.loads((CORPUS / row["twin"]["file"]).read_text())
        keys: dict[str, set[str]] = {}
        for part in twin["content"]:
            keys.setdefault(part["type"], set()).update(key for key in part if part[key] is not None)
        for found in folded(row):
            for part in found.response.choices[0].message.parts:
                if part["type"] in keys and part["type"] != "text":  # citations come and go with the answer
                    assert set(part) == keys[part["type"]], row["id"]


def shape(part: Any) -> dict[str, Any]:
    """A block without what is its own in every answer; identical outputs think in their own words."""
    return {key: value for key, value in part.items() if key not in ("signature", "thinking", "id")}
