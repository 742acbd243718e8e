"""Answers recorded one after another in one file are found again, each equal to itself alone."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit import recordings
from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Batch
from tests.runs import FIXTURES, audit, chunk, write

NAMES = sorted(one.name for one in DIALECTS if (FIXTURES / one.name).is_dir())
STREAMS = [name for name in NAMES if not name.endswith("-log")]

ANSWERS = 400
"""Enough chunks that answers cross the borders of batches."""


def chat(number: int, *, ids: bool, role: bool, pieces: int) -> list[dict[str, Any]]:
    first = {"role": "assistant"} if role else {}
    deltas = [{**(first if i == 0 else {}), "content": f"{number}.{i} "} for i in range(pieces)]
    identity = {"id": f"chatcmpl-{number}"} if ids else {"id": ""}
    found = [{**chunk(delta), **identity} for delta in deltas]
    found[-1]["choices"][0]["finish_reason"] = "stop"
    return found


def message(number: int, *, same_id: bool) -> list[dict[str, Any]]:
    start = {
        "id": "msg_1" if same_id else f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "content": [],
    }
    usage = {"input_tokens": 9, "output_tokens": 1}
    return [
        {"type": "message_start", "message": {**start, "model": "claude", "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"{number}"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ]


@pytest.mark.parametrize("pieces", [1, 2, 7])
@pytest.mark.parametrize(("ids", "role"), [(True, True), (True, False), (False, True)])
def test_concatenated_chat_answers_are_found_again(
    tmp_path: Path, ids: bool, role: bool, pieces: int
) -> None:
    answers = [chat(n, ids=ids, role=role, pieces=pieces) for n in range(ANSWERS)]

    kept = audit(write(tmp_path / "all.jsonl", [item for answer in answers for item in answer]))

    said = [a.reference.choices[0].message.content for a in kept.audited if a.reference]
    assert said == ["".join(f"{n}.{i} " for i in range(pieces)) for n in range(ANSWERS)]


@pytest.mark.parametrize("same_id", [True, False])
def test_concatenated_messages_are_found_again_also_under_one_id(tmp_path: Path, same_id: bool) -> None:
    answers = [message(n, same_id=same_id) for n in range(ANSWERS)]

    kept = audit(write(tmp_path / "all.jsonl", [item for answer in answers for item in answer]))
    alone = audit(write(tmp_path / "one.jsonl", answers[7]))

    said = [a.reference.choices[0].message.content for a in kept.audited if a.reference]
    assert said == [str(n) for n in range(ANSWERS)]
    assert kept.audited[7].reference == alone.audited[0].reference


def test_a_message_that_starts_while_another_runs_is_another_message(tmp_path: Path) -> None:
    one, other = message(1, same_id=False), message(2, same_id=False)

    kept = audit(write(tmp_path / "a.jsonl", [one[0], *other]))

    assert [a.reference.id for a in kept.audited if a.reference] == ["msg_1", "msg_2"]
    assert [a.complete for a in kept.audited] == [False, True]


def test_a_second_answer_under_the_same_id_is_never_folded_in_silently(tmp_path: Path) -> None:
    twice = chat(1, ids=True, role=True, pieces=2) + chat(1, ids=True, role=True, pieces=2)

    kept = audit(write(tmp_path / "a.jsonl", twice))

    assert [(f.rule, f.line) for f in kept.findings if f.rule == "retry-text-duplicated"] == [
        ("retry-text-duplicated", 3)
    ]


def test_a_trailing_usage_chunk_with_a_role_is_no_second_answer(tmp_path: Path) -> None:
    answer = chat(1, ids=True, role=True, pieces=2)
    trailer = {
        **chunk({"role": "assistant", "content": ""}),
        "id": "chatcmpl-1",
        "usage": {"prompt_tokens": 1},
    }

    kept = audit(write(tmp_path / "a.jsonl", [*answer, trailer]))

    assert len(kept.audited) == 1
    assert "retry-text-duplicated" not in {f.rule for f in kept.findings}


@pytest.mark.parametrize(
    "late",
    [
        [{"role": "assistant", "content": "again"}],
        [{"role": "assistant", "content": ""}, {"role": "assistant", "content": "again"}],
        [{"role": "assistant", "content": ""}, {"content": ""}, {"content": "again"}],
    ],
)
def test_a_second_answer_is_told_however_it_begins(tmp_path: Path, late: list[dict[str, Any]]) -> None:
    stream = chat(1, ids=True, role=True, pieces=2) + [{**chunk(delta), "id": "chatcmpl-1"} for delta in late]

    kept = audit(write(tmp_path / "a.jsonl", stream))

    told = [(f.rule, f.line) for f in kept.findings if f.rule == "retry-text-duplicated"]
    assert told == [("retry-text-duplicated", len(stream))]


@functools.cache
def whole(name: str) -> tuple[bytes, Any]:
    """The chunks of a dialect's first fixture that is one complete answer, and its response."""
    for source in recordings.find([str(FIXTURES / name)]):
        kept = audit(source.path)
        found = recordings.read(source, DIALECTS, echoes=False)
        raws = [raw for event in found if isinstance(event, Batch) for raw in event.raws]
        begins = dialect(name).starts(json.loads(raws[0])) or not dialect(name).decisive
        if begins and len(kept.audited) == 1 and kept.audited[0].complete:
            return b"".join(raw + b"\n" for raw in raws), kept.audited[0].reference
    raise LookupError(name)


@pytest.mark.parametrize("first", NAMES)
def test_an_answer_of_another_dialect_behind_a_complete_one_is_an_answer_of_its_own(
    tmp_path: Path, first: str
) -> None:
    for second in set(STREAMS) - {first}:
        path = tmp_path / f"{second}.jsonl"
        path.write_bytes(whole(first)[0] + whole(second)[0])

        kept = audit(path)

        assert [one.reference for one in kept.audited] == [whole(first)[1], whole(second)[1]], second


def test_an_answer_that_goes_on_behind_another_dialect_s_is_not_torn(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in whole("anthropic-messages")[0].splitlines()]
    own = chat(1, ids=True, role=True, pieces=4)

    kept = audit(write(tmp_path / "a.jsonl", [*own[:2], *rows, *own[2:]]))

    (only,) = kept.audited
    assert only.recording.chunks == len(own) + len(rows)
    assert only.reference is not None
    assert only.reference.choices[0].message.content == "1.0 1.1 1.2 1.3 "
    assert "unknown-event" in {finding.rule for finding in only.findings}


USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}


@pytest.mark.parametrize(
    "trailer", [{}, {"object": ""}, {"object": "chat.completion.chunk"}, {"object": "text_completion"}]
)
@pytest.mark.parametrize("ids", [[None] * 3, ["a", "b", "c"]], ids=["no id", "ever new ids"])
@pytest.mark.parametrize("said", ["text", "delta"])
def test_usage_without_choices_is_of_the_answer_before_it_whatever_it_is_called(
    tmp_path: Path, trailer: dict[str, Any], ids: list[str | None], said: str
) -> None:
    pieces: list[Any] = (
        ["a", ""] if said == "text" else [{"role": "assistant", "content": "a"}, {"content": ""}]
    )
    choices = [{"index": 0, said: piece, "finish_reason": None} for piece in pieces]
    choices[-1]["finish_reason"] = "stop"
    rows = [*({"choices": [choice]} for choice in choices), {**USAGE, **trailer}]

    kept = audit(
        write(tmp_path / "a.jsonl", [{**row, "id": name} for row, name in zip(rows, ids, strict=True)])
    )

    (only,) = kept.audited
    assert only.reference is not None
    assert only.reference.usage is not None


@pytest.mark.parametrize("stray", [{"type": "data-x", "data": 1}, USAGE])
@pytest.mark.parametrize("name", ["anthropic-messages", "openai-chat", "gemini", "ollama"])
def test_what_only_looks_like_another_dialect_s_begins_no_answer(
    tmp_path: Path, name: str, stray: dict[str, Any]
) -> None:
    rows = [json.loads(line) for line in whole(name)[0].splitlines()]

    kept = audit(write(tmp_path / "a.jsonl", [*rows, stray, stray]))

    assert [one.recording.chunks for one in kept.audited] == [len(rows) + 2]


def test_what_another_dialect_would_know_is_of_the_answer_whose_id_it_carries(tmp_path: Path) -> None:
    text = {
        "id": "a",
        "object": "text_completion",
        "choices": [{"index": 0, "text": "x", "finish_reason": "stop"}],
    }
    usage = {"id": "a", "object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 3}}

    kept = audit(write(tmp_path / "a.jsonl", [text, usage]))

    assert [one.recording.chunks for one in kept.audited] == [2]
