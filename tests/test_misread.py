"""A dialect that is forced upon a recording and makes nothing of it has compared nothing, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from tests.runs import FIXTURES, HELLO, audit, chunk, combiner, write

NAMES = [dialect.name for dialect in DIALECTS]
ALIKE = {("claude-log", "ollama")}
"""Folder and dialect: a log's line holds a message just where a chunk of Ollama's does."""
NOTHING = "return {'role': 'assistant', 'content': None, 'usage': None}"


@pytest.mark.parametrize("forced", NAMES)
@pytest.mark.parametrize("folder", NAMES)
def test_of_a_fixture_only_its_own_dialect_makes_anything(folder: str, forced: str) -> None:
    kept = audit(FIXTURES / folder, dialect=forced)

    assert kept.audited
    made = {audited.reference is not None for audited in kept.audited}
    assert made == {folder == forced or (folder, forced) in ALIKE}


def test_two_that_understand_nothing_are_not_the_same(tmp_path: Path) -> None:
    foreign = FIXTURES / "anthropic-messages" / "prefill-ignored.jsonl"

    kept = audit(foreign, dialect="openai-chat", candidates=[combiner(tmp_path, NOTHING)])

    counts = kept.summary.counts
    assert (counts.found, counts.compared, counts.same, counts.skipped) == (1, 0, 0, 1)
    assert kept.summary.exit_code == 3
    (finding,) = kept.findings
    assert (finding.rule, finding.line) == ("dialect-mismatch", 1)
    assert finding.message == (
        "Its chunks look like anthropic-messages; openai-chat finds no message in them."
    )


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 3)])
def test_it_is_skipped_beside_others_and_fails_where_everything_must_be_audited(
    tmp_path: Path, strict: bool, code: int
) -> None:
    foreign = FIXTURES / "anthropic-messages" / "prefill-ignored.jsonl"
    right = combiner(tmp_path, "return 'Hello'")

    kept = audit(
        write(tmp_path / "a.jsonl"),
        foreign,
        dialect="openai-chat",
        candidates=[right],
        strict=strict,
        ignore=("dialect-mismatch",),
    )

    assert (kept.summary.counts.same, kept.summary.counts.skipped) == (1, 1)
    assert [(entry.path, entry.skipped) for entry in kept.summary.unreadable] == [(str(foreign), True)]
    assert "finds no message" in kept.summary.unreadable[0].reason
    assert kept.summary.exit_code == code


def test_a_candidate_in_the_place_of_the_reference_does_not_make_it_compared(tmp_path: Path) -> None:
    foreign = FIXTURES / "anthropic-messages" / "prefill-ignored.jsonl"
    silent = combiner(tmp_path, NOTHING)

    kept = audit(foreign, dialect="openai-chat", candidates=[silent], reference=f"old={silent}")

    assert (kept.summary.counts.compared, kept.summary.exit_code) == (0, 3)


def test_chunks_of_which_nothing_is_known_are_understood_by_no_dialect(tmp_path: Path) -> None:
    kept = audit(write(tmp_path / "a.jsonl", [{"foo": 1}, {"bar": [2]}]), dialect="openai-chat")

    assert [audited.reason for audited in kept.audited] == ["none of its chunks is understood by openai-chat"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_dialect_spells_it_as_it_is_written(tmp_path: Path, name: str) -> None:
    kept = audit(write(tmp_path / "a.jsonl", [{"foo": 1}, {"bar": [2]}]), dialect=name)

    assert [finding.message for finding in kept.findings] == [f"None of its chunks is understood by {name}."]


def labelled(name: str) -> list[dict[str, Any]]:
    return [{**one, "object": name} for one in HELLO]


ANSWER = {"id": "a", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Hi"}}]}


@pytest.mark.parametrize("row", [ANSWER, {"id": "r", "response": {"status_code": 200, "body": ANSWER}}])
def test_an_answer_that_was_not_streamed_is_no_stream_of_the_dialect_it_is_forced_to_be(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    kept = audit(write(tmp_path / "a.jsonl", [row]), dialect="openai-chat")

    assert [[one.rule for one in audited.findings] for audited in kept.audited] == [["dialect-mismatch"]]
    assert kept.summary.counts.skipped == 1


@pytest.mark.parametrize("name", ["text_completion", "chunk.of.ours"])
def test_a_stream_that_only_calls_itself_something_else_is_what_it_is_forced_to_be(
    tmp_path: Path, name: str
) -> None:
    path = write(tmp_path / "a.jsonl", labelled(name))

    kept = audit(path, dialect="openai-chat", candidates=[combiner(tmp_path, "return 'Hello'")])

    assert (kept.summary.counts.same, kept.summary.exit_code) == (1, 0)


@pytest.mark.parametrize(
    "stream",
    [
        [{"error": {"message": "overloaded"}}],
        [chunk({}, finish_reason="stop")],
        [chunk(usage={"prompt_tokens": 1})],
    ],
    ids=["an error alone", "an answer of no text", "usage alone"],
)
def test_a_stream_that_says_little_in_its_own_dialect_is_compared(
    tmp_path: Path, stream: list[dict[str, Any]]
) -> None:
    kept = audit(write(tmp_path / "a.jsonl", stream), dialect="openai-chat")

    assert kept.audited[0].reference is not None
