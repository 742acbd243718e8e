"""Hard cases over a run: counted by recording and chunk, and what no recording has is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit import rules, tags
from stream_audit.cli import main
from stream_audit.model.tag import Tagging
from tests.runs import FIXTURES, HELLO, Kept, audit, chunk, write

CHAT, MESSAGES = FIXTURES / "openai-chat", FIXTURES / "anthropic-messages"


def tagging(*paths: Path, **options: Any) -> Tagging:
    found = audit(*paths, subject="streams", tags=True, **options).summary.tagging
    assert found is not None
    return found


def test_a_shape_is_counted_by_recordings_and_chunks_with_its_first_place(tmp_path: Path) -> None:
    blank = chunk({"content": " "})
    write(tmp_path / "a.jsonl")
    write(tmp_path / "b.jsonl", [HELLO[0], blank, blank, *HELLO[3:]])
    write(tmp_path / "c.jsonl", [HELLO[0], HELLO[1], blank, *HELLO[3:]])

    count = tagging(tmp_path).found["text-blank"]

    assert (count.recordings, count.chunks) == (2, 3)
    assert (count.path, count.line) == (str(tmp_path / "b.jsonl"), 2)


def test_of_a_shape_of_the_whole_stream_no_chunks_are_counted() -> None:
    count = tagging(CHAT / "tool-args-repaired.jsonl").found["tool-arguments-unfinished"]

    assert (count.recordings, count.chunks) == (1, None)


def test_what_no_recording_has_is_missing_and_what_one_has_is_not() -> None:
    found = tagging(CHAT / "plain-answer.sse")
    missing = {tag.name for tag in found.missing}

    assert {"tool-calls-interleaved", "sse-comment", "tool-index-missing"} <= missing
    assert not missing & set(found.found)
    assert {tag.name for tag in found.known} == missing | set(found.found)


def test_only_what_a_dialect_can_have_is_missing() -> None:
    chat, messages = tagging(CHAT / "plain-answer.sse"), tagging(MESSAGES / "plain-answer.jsonl")

    assert "signature" not in {tag.name for tag in chat.missing}
    assert "signature" in {tag.name for tag in messages.missing}
    assert "choices-empty" not in {tag.name for tag in messages.missing}
    both = {tag.name for tag in tagging(CHAT / "plain-answer.sse", MESSAGES / "plain-answer.jsonl").missing}
    assert {"signature", "choices-empty"} <= both


def test_a_dialect_without_a_reader_is_said_and_told_what_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "reader_for", lambda name: None)

    found = tagging(CHAT / "cached-counted-twice.jsonl")

    assert found.unread == {"openai-chat": 1}
    assert "cached-tokens" in found.found
    assert "role-repeated" not in {tag.name for tag in found.known}


def test_nothing_is_said_of_shapes_where_nothing_was_linted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"foo": 1}\n')

    found = tagging(tmp_path / "a.jsonl")

    assert (found.found, found.missing, found.known) == ({}, (), ())


def test_shapes_are_looked_for_only_where_that_was_asked_for() -> None:
    kept = audit(CHAT / "plain-answer.sse", subject="streams")

    assert kept.summary.tagging is None
    assert [audited.tags for audited in kept.audited] == [None]


def test_only_shapes_that_set_off_a_selected_rule_are_told() -> None:
    found = tagging(CHAT, select=("tools",))
    of_tools = {entry.slug for entry in rules.RULES if entry.family == "tools"}

    assert {"tool-calls-parallel", "tool-name-resent"} <= set(found.found)
    assert [tag.name for tag in found.known if not of_tools & set(tag.rules)] == []
    assert "tool-calls-parallel" not in tagging(CHAT, ignore=("tools",)).found


def test_looking_changes_nothing_that_is_found() -> None:
    def said(kept: Kept) -> Any:
        return [(one.recording.id, one.reference, one.findings, one.content) for one in kept.audited]

    plain, looked = (audit(CHAT, subject="streams", tags=wanted) for wanted in (False, True))

    assert said(plain) == said(looked)
    assert plain.summary.counts == looked.summary.counts


def test_several_processes_count_the_same() -> None:
    assert tagging(CHAT, jobs=2) == tagging(CHAT)


def test_every_fixture_can_be_looked_at() -> None:
    found = tagging(FIXTURES)

    assert len(found.found) > 70


def test_the_json_report_has_both_lists_and_the_shapes_of_each_recording(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = CHAT / "tool-last-touched.jsonl"
    assert main(["lint", str(path), "--tags", "--format", "json", "--fail-on", "never", "--strict"]) == 0

    told = json.loads(capsys.readouterr().out)
    (found,) = [one for one in told["tags"]["found"] if one["tag"] == "tool-calls-interleaved"]
    assert found == {
        "tag": "tool-calls-interleaved",
        "title": "pieces of several tool calls that alternate",
        "rules": ["tool-fragments-interleaved"],
        "recordings": 1,
        "chunks": 2,
        "example": {"path": str(path), "line": 3},
    }
    assert "tool-calls-interleaved" in told["recordings"][0]["tags"]
    assert {"tag", "title", "rules"} == set(told["tags"]["missing"][0])
    assert told["command"][-4:] == ["--tags", "--fail-on", "never", "--strict"]


def test_a_plain_lint_has_neither(capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(CHAT / "plain-answer.sse"), "--format", "json"])

    told = json.loads(capsys.readouterr().out)
    assert "tags" not in told
    assert "tags" not in told["recordings"][0]


@pytest.mark.parametrize("kind", ["table", "markdown", "html"])
def test_people_see_both_lists(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", str(CHAT / "tool-last-touched.jsonl"), "--tags", "--format", kind])

    text = capsys.readouterr().out
    assert text.index("tool-calls-interleaved") < text.index("sse-comment")
    assert "cannot catch what it sets off" in text


def test_a_shape_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "tool-calls-interleaved"]) == 0

    text = capsys.readouterr().out
    assert "pieces of several tool calls that alternate" in text
    assert "tool-fragments-interleaved" in text
