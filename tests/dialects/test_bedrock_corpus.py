"""Recordings of real Converse streams, where they stand beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE
from stream_audit.model import Folded, Payload
from tests.dialects.bedrock_wire import fold

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout"),
]


def index(*, of_others: bool = False) -> list[dict[str, Any]]:
    rows = map(json.loads, (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines())
    return [row for row in rows if (row["dialect"] != "bedrock-converse") == of_others]


def read(row: dict[str, Any]) -> list[Payload]:
    return [json.loads(line) for line in (CORPUS / row["jsonl"]).read_text("utf-8").splitlines()]


def folded(row: dict[str, Any]) -> Folded:
    return fold(read(row))


def with_feature(name: str) -> list[dict[str, Any]]:
    return [row for row in index() if name in row["features"]]


def test_every_recording_folds_into_one_whole_answer() -> None:
    rows = index()
    assert len(rows) == 28
    for row in rows:
        found, items = folded(row), read(row)
        assert found.complete, row["id"]
        assert found.response.error is None
        assert found.response.choices[0].finish_reason, row["id"]
        assert found.response.choices[0].message.parts, row["id"]
        assert found.response.choices[0].message.extra == {}, row["id"]
        assert BEDROCK_CONVERSE.next_break(items, 1, None) == len(items), row["id"]


def test_what_is_odd_about_them_is_what_their_index_says() -> None:
    noted = {(row["id"], note.rule) for row in index() for note in folded(row).notes}

    assert {rule for _, rule in noted} == {"block-stop-missing", "usage-absent"}
    assert {name for name, rule in noted if rule == "usage-absent"} == {
        row["id"] for row in with_feature("usage_missing")
    }


def test_a_total_is_what_input_and_output_add_up_to() -> None:
    for row in index():
        usage = folded(row).response.usage
        if usage is not None and usage.total_tokens is not None:
            assert usage.input_tokens is not None
            assert usage.output_tokens is not None
            assert usage.total_tokens == usage.input_tokens + usage.output_tokens, row["id"]


def test_tool_calls_have_inputs_that_parse() -> None:
    rows = with_feature("tool_calls")
    assert len(rows) == 13
    for row in rows:
        calls = folded(row).response.choices[0].message.tool_calls
        assert calls, row["id"]
        assert all(
            call.id and call.name and isinstance(json.loads(call.arguments or "{}"), dict) for call in calls
        )


def test_no_event_of_another_recording_is_taken_for_one_of_ours() -> None:
    others = index(of_others=True)
    assert len(others) > 500
    for row in others:
        assert not any(map(BEDROCK_CONVERSE.recognises, read(row))), row["id"]


def test_no_event_of_ours_is_taken_for_one_of_another_dialect() -> None:
    for row in index():
        for item in read(row):
            assert {one.name for one in DIALECTS if one.recognises(item)} <= {"bedrock-converse"}


SAME = ("code_execution_tool_stream", "stream_with_extra_headers")
"""Twins in which the model said the same; their index goes by the ids of calls, which are drawn anew."""


def test_a_twin_that_says_the_same_is_the_same() -> None:
    rows = [row for row in index() if "twin" in row and row["id"].endswith(SAME)]
    assert len(rows) == len(SAME)
    for row in rows:
        twin = json.loads((CORPUS / row["twin"]["file"]).read_text("utf-8"))
        answer = twin["output"]["message"]
        found = folded(row).response
        (choice,) = found.choices
        assert choice.finish_reason == twin["stopReason"]
        assert choice.message.role == answer["role"]
        assert list(map(without_id, choice.message.parts)) == list(map(without_id, answer["content"]))
        assert found.usage is not None
        assert found.usage.raw == twin["usage"]
        assert set(found.extra) == set(twin) - {"output", "stopReason", "usage"}


def test_twins_have_the_same_kinds_of_blocks_with_the_same_keys() -> None:
    for row in index():
        if "twin" not in row:
            continue
        twin = json.loads((CORPUS / row["twin"]["file"]).read_text("utf-8"))
        keys = {json.dumps(shape(part)) for part in twin["output"]["message"]["content"]}
        assert {json.dumps(shape(part)) for part in folded(row).response.choices[0].message.parts} == keys


def without_id(part: Any) -> Any:
    return {
        kind: {**said, "toolUseId": ""} if isinstance(said, dict) else said for kind, said in part.items()
    }


def shape(value: Any) -> Any:
    """The keys of a block, without what is in them; a tool's input and result are the model's own."""
    if not isinstance(value, dict):
        return None
    own = ("input", "content")
    return {key: None if key in own else shape(value[key]) for key in sorted(value)}
