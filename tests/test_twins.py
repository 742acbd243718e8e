"""A stream and the answer to the same request without streaming: the same answer must be the same."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stream_audit.model import Finding, Recording, Twin, TwinStatus
from stream_audit.recordings import twin_of
from tests.runs import CORPUS, HELLO, Kept, audit, chunk, write

ANSWER: dict[str, Any] = {
    "id": "chatcmpl-2",
    "object": "chat.completion",
    "created": 1760000001,
    "model": "gpt-4o-mini",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"},
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
}
CALL = {"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}}

COUNTED_ANEW = {
    "pydantic-ai__test_openai_responses.test_openai_responses_moderation_stream",
    "pydantic-ai__test_structured_output.test_native_output_with_builtin_tools_stream",
}
"""The same words for other counts: four tokens more to come to them, and a tool of the server's whose results
were input the second time."""

Compare = Callable[[dict[str, Any] | bytes], Kept]


@pytest.fixture
def compared(tmp_path: Path) -> Compare:
    def compare(answer: dict[str, Any] | bytes) -> Kept:
        write(tmp_path / "r.jsonl")
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        (tmp_path / "r.response.json").write_bytes(text)
        return audit(tmp_path)

    return compare


def changed(**of_choice: Any) -> dict[str, Any]:
    choice = {**ANSWER["choices"][0], **of_choice}
    return {**ANSWER, "choices": [choice]}


def said(kept: Kept) -> tuple[TwinStatus | None, list[Finding]]:
    (audited,) = kept.audited
    rules = ("stream-vs-nonstream", "twin-other-answer", "twin-unreadable")
    return audited.twin, [found for found in audited.findings if found.rule in rules]


def test_the_same_answer_agrees_although_ids_and_times_are_its_own(compared: Compare) -> None:
    kept = compared(ANSWER)

    assert said(kept) == ("agrees", [])
    assert kept.summary.twins == {"agrees": 1}


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (changed(message={"role": "assistant", "content": "Hello, world"}), "choices[0].message.content"),
        (changed(message={"role": "model", "content": "Hello"}), "choices[0].message.role"),
        (changed(finish_reason="length"), "choices[0].finish_reason"),
        (
            changed(message={"role": "assistant", "content": "Hello", "tool_calls": [CALL]}),
            "choices[0].message.tool_calls[0]",
        ),
        ({**ANSWER, "usage": {**ANSWER["usage"], "prompt_tokens": 8}}, "usage.input_tokens"),
        ({**ANSWER, "usage": {**ANSWER["usage"], "completion_tokens": 3}}, "usage.output_tokens"),
    ],
    ids=["tail", "role", "finish", "calls", "input", "output"],
)
def test_what_the_stream_lost_or_says_otherwise_is_found(
    compared: Compare, answer: dict[str, Any], field: str
) -> None:
    status, found = said(compared(answer))

    assert status == "differs"
    assert [(one.rule, one.kind, one.field) for one in found] == [("stream-vs-nonstream", "wire", field)]
    assert "r.response.json:1" in found[0].message


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": "Good morning"},
        {"role": "assistant", "content": "Hell"},
    ],
    ids=["other words", "less than was streamed"],
)
def test_another_answer_is_said_and_not_judged(compared: Compare, message: dict[str, Any]) -> None:
    answer = {**changed(message=message, finish_reason="length"), "usage": {"prompt_tokens": 1}}

    status, found = said(compared(answer))

    assert (status, [one.severity for one in found]) == ("other answer", ["note"])


def test_usage_that_a_stream_was_not_asked_for_is_no_difference(tmp_path: Path) -> None:
    write(tmp_path / "r.jsonl", HELLO[:-1])
    (tmp_path / "r.response.json").write_text(json.dumps(ANSWER), "utf-8")

    assert said(audit(tmp_path)) == ("agrees", [])


def test_what_was_spent_is_not_held_where_either_answer_thought(compared: Compare) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
    thought = {**usage, "completion_tokens_details": {"reasoning_tokens": 5}}

    assert said(compared({**ANSWER, "usage": thought})) == ("agrees", [])
    assert said(compared({**ANSWER, "usage": {**thought, "prompt_tokens": 8}}))[0] == "differs"


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"{}", b"\xff\xfe", b'{"error": {"message": "no"}}'])
def test_a_twin_that_cannot_be_read_is_said(compared: Compare, text: bytes) -> None:
    status, found = said(compared(text))

    assert (status, [one.rule for one in found]) == ("unreadable", ["twin-unreadable"])
    assert "r.response.json" in found[0].message


def test_a_recording_without_a_twin_says_nothing(tmp_path: Path) -> None:
    assert said(audit(write(tmp_path / "r.jsonl"))) == (None, [])


def test_each_recording_of_a_file_has_a_twin_of_its_own_name(tmp_path: Path) -> None:
    second = [chunk({"role": "assistant", "content": "Bye"}, finish_reason="stop")]
    for one in second:
        one["id"] = "chatcmpl-9"
    write(tmp_path / "r.jsonl", [*HELLO, *second])
    bye = changed(message={"role": "assistant", "content": "Bye"})
    (tmp_path / "r.response.json").write_text(json.dumps(ANSWER), "utf-8")
    (tmp_path / "r.2.response.json.gz").write_bytes(gzip.compress(json.dumps(bye).encode()))

    kept = audit(tmp_path)

    assert [audited.twin for audited in kept.audited] == ["agrees", "agrees"]


def test_a_twin_that_came_with_its_recording_is_the_one(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl")
    (tmp_path / "r.response.json").write_text("{", "utf-8")
    own = Twin("cassette.yaml", 7, b"{}")

    assert twin_of(Recording("r", str(path), None, 1, twin=own)) is own


@pytest.mark.parametrize("stream", ["/../../r", "..\\r", "\0", "x" * 201])
def test_no_file_is_named_after_a_stream_that_could_lead_elsewhere(tmp_path: Path, stream: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "r.").mkdir()
    path = tmp_path / "in" / "r.jsonl"
    path.write_text(json.dumps({"stream": stream, "chunk": HELLO[0]}), "utf-8")
    (tmp_path / "in" / "r.").mkdir()
    (tmp_path / "r.response.json").write_text(json.dumps(ANSWER), "utf-8")

    assert [one.twin for one in audit(path).audited] == [None]


def test_lines_of_a_file_have_no_twin_beside_them(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl")
    (tmp_path / "r.response.json").write_text(json.dumps(ANSWER), "utf-8")

    assert said(audit(f"{path}:1-5")) == (None, [])


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_every_twin_of_the_corpus_agrees_or_is_another_answer(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines()]
    identical = {}
    for row in rows:
        if "twin" in row and row["dialect"] != "other":
            (tmp_path / f"{row['id']}.jsonl").symlink_to(CORPUS / row["jsonl"])
            (tmp_path / f"{row['id']}.response.json").symlink_to(CORPUS / row["twin"]["file"])
            identical[row["id"]] = row["twin"]["output_identical"]

    kept = audit(tmp_path)

    found = {Path(one.recording.path).stem: one.twin for one in kept.audited if one.twin}
    assert len(found) > 140
    assert {name for name, same in identical.items() if same and found[name] != "agrees"} == COUNTED_ANEW
    assert {found[name] for name, same in identical.items() if not same} == {"other answer", "agrees"}
    wrong = {one.field for audited in kept.audited for one in audited.findings if "nonstream" in one.rule}
    assert wrong <= {"usage.input_tokens", "usage.output_tokens", "usage.total_tokens"}
