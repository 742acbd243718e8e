"""Real recorded streams, where they lie beside the checkout: everything accounted for, twins equal."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stream_audit.candidates import answers
from stream_audit.compare import compare
from stream_audit.model import Response
from tests.runs import CORPUS, Kept, audit

DIALECTS = (
    *("openai-chat", "openai-completions", "openai-responses", "anthropic-messages"),
    *("cohere-v2", "gemini", "bedrock-converse", "ollama"),
)

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout"),
]


@cache
def rows() -> tuple[dict[str, Any], ...]:
    found = map(json.loads, (CORPUS / "INDEX.jsonl").read_text("utf-8").splitlines())
    return tuple(row for row in found if row["dialect"] in DIALECTS)


@cache
def replayed(form: str) -> Kept:
    return audit(*(CORPUS / form / dialect for dialect in DIALECTS))


def test_every_file_is_accounted_for_and_of_the_dialect_it_is_filed_under() -> None:
    kept = replayed("jsonl")

    filed = {str(CORPUS / row["jsonl"]): row["dialect"] for row in rows()}
    assert {a.recording.path: a.recording.dialect for a in kept.audited} == filed
    assert len(filed) == 542
    assert kept.summary.counts.unreadable == kept.summary.counts.skipped == kept.summary.damaged == 0


def test_every_chunk_is_accounted_for() -> None:
    chunks: dict[str, int] = {}
    for audited in replayed("jsonl").audited:
        path = audited.recording.path
        chunks[path] = chunks.get(path, 0) + audited.recording.chunks

    assert chunks == {str(CORPUS / row["jsonl"]): row["chunks"] for row in rows()}


def test_responses_are_split_where_they_were_concatenated_and_nowhere_else() -> None:
    split = {Path(a.recording.path).stem for a in replayed("jsonl").audited if "#" in a.recording.id}

    concatenated = {row["id"] for row in rows() if "several_responses_concatenated" in row["features"]}
    # Its second message_start carries another id: a retry spliced into the stream it replaces.
    assert split == concatenated | {"ai__anthropic.spliced-message-start"}


def test_a_body_as_it_was_sent_gives_the_response_of_its_normalised_form() -> None:
    def responses(form: str) -> dict[tuple[str, str], Response | None]:
        return {
            (
                Path(a.recording.path).stem.removesuffix(".eventstream"),
                a.recording.id.partition("#")[2],
            ): a.reference
            for a in replayed(form).audited
        }

    lines, bodies = responses("jsonl"), responses("body")

    assert len(bodies) > 350
    assert {key: lines[key] for key in bodies} == bodies


def test_the_textbooks_as_candidates_differ_nowhere() -> None:
    kept = audit(*(CORPUS / "jsonl" / dialect for dialect in DIALECTS), candidates=["textbook"])

    assert [(found.recording, found.field) for found in kept.about_candidates()] == []
    assert kept.summary.counts.compared == kept.summary.counts.same > 542


def twins() -> list[tuple[Response, Response, str]]:
    """(reference, twin, id) where both requests are known to have given the same output."""
    folded = {Path(a.recording.path).stem: a.reference for a in replayed("jsonl").audited}
    pairs = []
    for row in rows():
        if row.get("twin", {}).get("output_identical"):
            answer = json.loads((CORPUS / row["twin"]["file"]).read_text("utf-8"))
            twin, _ = answers.read(answer)
            reference = folded[row["id"]]
            assert reference is not None
            pairs.append((reference, twin, row["id"]))
    return pairs


def test_the_reference_gives_the_answer_that_was_given_without_streaming() -> None:
    pairs = twins()
    fields = frozenset(["choices", "role", "content", "tool_calls", "finish_reason"])

    found = {
        (name, difference.path): (difference.reference, difference.got)
        for reference, twin, name in pairs
        for difference in compare(reference, twin, fields)
        # Two requests: a call's id is drawn anew each time.
        if not difference.path.endswith("].id")
    }

    assert len(pairs) == 35
    assert found == {}


def outline(response: Response) -> list[Any]:
    """What two answers to one request have in common when the model says it in other words.

    Not whether the input is known: the second time Ollama had it in its cache, and did not count it.
    """
    usage = response.usage
    return [
        response.model,
        usage is not None and usage.output_tokens is not None,
        [
            (
                one.finish_reason,
                one.message.role,
                bool(one.message.content),
                bool(one.message.reasoning),
                [(call.name, json.loads(call.arguments or "{}")) for call in one.message.tool_calls],
                [part["type"] for part in one.message.parts],
            )
            for one in response.choices
        ],
    ]


def test_an_answer_in_other_words_has_the_shape_of_the_reference() -> None:
    folded = {Path(a.recording.path).stem: a.reference for a in replayed("jsonl").audited}
    compared = 0
    for row in rows():
        if row["dialect"] in ("cohere-v2", "ollama") and "twin" in row:
            twin, _ = answers.read(json.loads((CORPUS / row["twin"]["file"]).read_text("utf-8")))
            reference = folded[row["id"]]
            assert reference is not None
            assert outline(twin) == outline(reference), row["id"]
            compared += 1

    assert compared == 8
