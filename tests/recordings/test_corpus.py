"""Over real recordings: the body as it was sent and its normalised form hold the same chunks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.dialects import DIALECTS
from stream_audit.model import Batch, End, Problem
from stream_audit.recordings import Source, find, read

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
NAMES = (
    *("openai-chat", "openai-completions", "openai-responses", "anthropic-messages"),
    *("cohere-v2", "bedrock-converse", "ollama"),
)
JUNK = "llm__test_tools_streaming.test_tools_streaming_variant_c__0"
"""Its first line is indented, so it is no field of an event stream."""
CUT_OFF = "ai__anthropic.spliced-message-start"
"""A message that never stops before the next one starts."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of recorded streams at {CORPUS}"),
]


def chunks(path: Path, *, echoes: bool = True) -> list[Any]:
    found = read(Source(str(path)), DIALECTS, echoes=echoes)
    return [json.loads(raw) for event in found if isinstance(event, Batch) for raw in event.raws]


@pytest.mark.parametrize("name", NAMES)
def test_every_body_holds_the_chunks_of_its_normalised_form(name: str) -> None:
    bodies = sorted((CORPUS / "body" / name).iterdir())
    assert bodies
    for body in bodies:
        stem = body.stem.removesuffix(".eventstream")
        assert chunks(body) == chunks(CORPUS / "jsonl" / name / f"{stem}.jsonl"), stem


@pytest.mark.parametrize("name", NAMES)
def test_every_recording_is_recognised_and_read_without_a_problem(name: str) -> None:
    for source in find([str(CORPUS / "jsonl" / name), str(CORPUS / "body" / name)]):
        for event in read(source, DIALECTS):
            if isinstance(event, Problem):
                assert (event.rule, JUNK in event.path) == ("sse-junk-line", True)
            elif isinstance(event, End):
                assert event.recording.dialect == name, event.recording.id


@pytest.mark.parametrize("name", NAMES)
def test_recordings_with_several_answers_are_the_ones_that_are_split(name: str) -> None:
    rows = [json.loads(line) for line in (CORPUS / "INDEX.jsonl").read_text().splitlines()]
    several = {
        row["id"]
        for row in rows
        if row["dialect"] == name and "several_responses_concatenated" in row["features"]
    }
    split = set()
    for source in find([str(CORPUS / "jsonl" / name)]):
        if sum(isinstance(event, End) for event in read(source, DIALECTS)) > 1:
            split.add(Path(source.path).stem)
    assert split == several | ({CUT_OFF} if name == "anthropic-messages" else set())


@pytest.mark.parametrize("name", NAMES)
def test_echoes_are_what_was_recorded(name: str) -> None:
    by_name = {dialect.name: dialect for dialect in DIALECTS}
    echoes = 0
    for source in find([str(CORPUS / folder / name) for folder in ("jsonl", "body")]):
        for event in read(source, DIALECTS):
            if isinstance(event, Batch) and event.recording.dialect is not None:
                for item, raw in zip(event.items, event.raws, strict=True):
                    if isinstance(item, str):
                        echoes += 1
                        text = by_name[event.recording.dialect].echo(json.loads(raw))
                        assert (text or "") == item
                    else:
                        assert item == json.loads(raw)
    assert echoes or name == "openai-completions"
