"""Answers recorded one after another in one file are found again, each equal to itself alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.runs import audit, chunk, write

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
