"""What the shapes of Responses streams and of session logs are told from, and what they are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_audit import tags
from stream_audit.model.tag import Tagged
from tests.runs import FIXTURES, audit, write
from tests.tags.test_shapes import tagged
from tests.tags.written import (
    CALLED,
    CREATED,
    CUSTOM,
    OPEN,
    SPOKEN,
    THOUGHT,
    added,
    completed,
    counted,
    done,
    function,
    message,
    meta,
    on,
    pieces,
    text,
    told,
)

ANY = {"names-repeated", "usage-absent"}


def test_a_plain_message_has_its_text_whole_beside_its_pieces_four_times(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", SPOKEN))

    assert found["text-whole-beside"] == Tagged("text-whole-beside", 6, 4)
    assert {*found} == {*ANY, "text-whole-beside"}


def test_a_plain_call_is_one_call_however_often_it_is_shown(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", CALLED))

    assert found["tool-call"] == Tagged("tool-call", 2, 3)
    assert {*found} == {*ANY, "tool-call", "tool-arguments-whole-beside"}


def test_a_call_behind_another_item_has_an_index_that_is_not_its_place(tmp_path: Path) -> None:
    chunks = [CREATED, OPEN, text("Hm"), added(1, **function("")), *pieces("{}", index=1), completed()]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert found["tool-index-not-in-order"] == Tagged("tool-index-not-in-order", 4, 1)
    assert found["tool-call-and-text"] == Tagged("tool-call-and-text", 4, 2)
    assert "tool-calls-parallel" not in found


def test_pieces_of_two_calls_that_take_turns_are_told_and_what_shows_them_is_no_piece(tmp_path: Path) -> None:
    both = [CREATED, added(0, **function("")), added(1, **function("", 1))]
    shown = [done(0, **function("{}")), done(1, **function("{}", 1)), completed(function("{}"))]
    turns = [*pieces("{"), *pieces("{", index=1), *pieces("}"), *pieces("}", index=1)]
    rows = [*pieces("{}"), *pieces("{}", index=1)]

    assert "tool-calls-interleaved" in tagged(write(tmp_path / "a.jsonl", [*both, *turns, *shown]))
    assert "parts-interleaved" in tagged(write(tmp_path / "b.jsonl", [*both, *turns, *shown]))
    assert "parts-interleaved" not in tagged(write(tmp_path / "c.jsonl", [*both, *rows, *shown]))
    apart = [CREATED, both[1], rows[0], shown[0], both[2], rows[1], *shown[1:]]
    assert "tool-calls-interleaved" not in tagged(write(tmp_path / "d.jsonl", apart))


def test_calls_that_only_the_closing_event_has_are_in_one_chunk_with_the_finish_reason(
    tmp_path: Path,
) -> None:
    found = tagged(write(tmp_path / "a.jsonl", [CREATED, completed(function("{}"), function("{}", 1))]))

    for name in ("tool-calls-in-one-chunk", "tool-in-finish-chunk", "tool-calls-parallel"):
        assert found[name] == Tagged(name, 2, 1)
    assert "tool-arguments-only-whole" in found


def test_a_call_that_the_closing_event_shows_once_more_is_not_in_the_chunk_with_the_finish_reason(
    tmp_path: Path,
) -> None:
    chunks = [*CALLED[:-1], completed(message("x"), function('{"a":1}'))]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert not {"tool-in-finish-chunk", "tool-calls-parallel", "tool-arguments-only-whole"} & {*found}


def test_a_text_is_streamed_though_the_closing_event_numbers_items_otherwise(tmp_path: Path) -> None:
    chunks = [CREATED, added(1, **message()), text("Tea", 1), completed(message("Tea"))]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert found["text-whole-beside"] == Tagged("text-whole-beside", 4, 1)
    assert "text-only-whole" not in found


def test_the_input_of_a_custom_tool_is_no_json_and_need_not_be(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", CUSTOM))
    cut = tagged(write(tmp_path / "b.jsonl", [*CALLED[:3], completed()]))

    assert not {"tool-arguments-unfinished", "tool-without-arguments"} & {*found}
    assert "tool-arguments-unfinished" in cut


def test_a_tool_that_the_provider_ran_is_no_tool_call(tmp_path: Path) -> None:
    served: dict[str, Any] = {
        "type": "shell_call",
        "call_id": "c",
        "environment": {"type": "container_reference"},
    }
    chunks = [
        *(CREATED, added(**served), on("shell_call_command.delta", command_index=0, delta="ls")),
        *(
            added(1, type="web_search_call"),
            added(2, type="custom_tool_call", call_id="xs_call_7"),
            completed(),
        ),
    ]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert found["server-tool"] == Tagged("server-tool", 2, 3)
    assert not {"tool-call", "call-not-a-function"} & {*found}


def test_thinking_that_is_streamed_and_then_shown_is_not_only_shown(tmp_path: Path) -> None:
    piece = on("reasoning_summary_text.delta", summary_index=0, delta="Hm.")
    whole = on("reasoning_summary_text.done", summary_index=0, text="Hm.")

    found = tagged(write(tmp_path / "a.jsonl", [CREATED, piece, whole, done(**THOUGHT), completed(THOUGHT)]))

    assert found["reasoning"] == Tagged("reasoning", 2, 4)
    assert "reasoning-only-whole" not in found


@pytest.mark.parametrize(
    ("kind", "held", "limit"),
    [
        ("incomplete", {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, True),
        ("incomplete", {"status": None}, True),
        ("failed", {"status": "failed"}, False),
        ("completed", {}, False),
    ],
)
def test_an_incomplete_response_ended_at_a_limit_and_a_failed_one_did_not(
    kind: str, held: dict[str, object], limit: bool, tmp_path: Path
) -> None:
    closing = {**completed(**held), "type": f"response.{kind}"}

    found = tagged(write(tmp_path / "a.jsonl", [*SPOKEN[:-1], closing]))

    assert ("finish-at-a-limit" in found) is limit


def test_log_probabilities_beside_text_are_two_things_in_one_delta(tmp_path: Path) -> None:
    chunks = [CREATED, OPEN, text("Tea", logprobs=[{"token": "Tea"}]), text("!", logprobs=[]), completed()]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert found["mixed-delta"] == Tagged("mixed-delta", 3, 1)
    assert found["logprobs"] == Tagged("logprobs", 3, 1)


def test_a_citation_in_its_event_and_in_the_item_is_there_twice(tmp_path: Path) -> None:
    cited = {"type": "url_citation", "url": "u"}
    chunks = [
        *(CREATED, OPEN, text("Tea")),
        on("output_text.annotation.added", content_index=0, annotation_index=0, annotation=cited),
        done(type="message", content=[{"type": "output_text", "text": "Tea", "annotations": [cited]}]),
        completed(),
    ]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert found["citations"] == Tagged("citations", 4, 2)
    assert found["citation-repeated"] == Tagged("citation-repeated", 5, 1)


def test_a_refusal_and_audio_are_told(tmp_path: Path) -> None:
    refused = on("refusal.delta", content_index=0, delta="No")
    heard = {"type": "response.audio.delta", "delta": "AAA="}

    found = tagged(write(tmp_path / "a.jsonl", [CREATED, OPEN, refused, heard, completed()]))

    assert found["refusal"] == Tagged("refusal", 3, 1)
    assert found["audio"] == Tagged("audio", 4, 1)


def test_a_plain_line_of_a_log_has_none_of_its_shapes_and_no_shape_of_a_stream(tmp_path: Path) -> None:
    claude = tagged(write(tmp_path / "a.jsonl", [told(7, requestId="q")]))
    codex = tagged(write(tmp_path / "b.jsonl", [meta(), counted(9, 9)]))

    assert {*claude} == {"usage", "cached-tokens"}
    assert {*codex} == {"usage", "usage-in-several-places", "counter-beside-usage"}


def test_only_what_is_noted_of_a_log_can_be_missing_in_one() -> None:
    found = audit(FIXTURES / "claude-log", subject="streams", tags=True).summary.tagging
    assert found is not None

    names = {tag.name for tag in found.known}

    assert {"log-lines-duplicated", "model-changes", "line-of-a-sub-agent"} <= names
    assert not {"sse-comment", "finish-missing", "unknown-fields", "log-cumulative-counter"} & names


def test_what_a_fold_noted_is_told_also_where_its_rule_does_not_name_the_dialect() -> None:
    found = audit(FIXTURES / "openai-responses", subject="streams", tags=True).summary.tagging
    assert found is not None

    assert {"block-stop-missing", "id-changes"} <= {*found.found}


@pytest.mark.parametrize("folder", ["openai-responses", "claude-log", "codex-log"])
def test_all_that_is_told_of_them_is_read(folder: str) -> None:
    found = audit(FIXTURES / folder, subject="streams", tags=True).summary.tagging
    assert found is not None

    assert found.unread == {}
    assert tags.reader_for(folder) is not None
