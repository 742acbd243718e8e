"""Real recorded streams, where they lie beside the checkout: redacted and converted, all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stream_audit.corridor.converting import convert
from stream_audit.corridor.redacting import redact
from stream_audit.corridor.rewriting import Asked
from stream_audit.dialects import DIALECTS
from stream_audit.model import Audited
from stream_audit.model.rewriting import Rewriting
from stream_audit.redaction import Keeping
from stream_audit.redaction.fields import ID_PREFIXES, SERVER_TOOLS
from stream_audit.redaction.vocabulary import MODEL_WORDS
from tests.runs import CORPUS, audit

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout"),
]

KNOWN = [one.name for one in DIALECTS if (CORPUS / "jsonl" / one.name).is_dir()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rewriting]:
    """The corpus, redacted: every recording, and the bodies of those whose framing is of its own kind."""
    folder = tmp_path_factory.mktemp("shared")
    bodies = sorted((CORPUS / "body").glob("*/*.*"))
    framed = [path for path in bodies if path.parent.name != "openai-chat" and path.suffix != ".json"]
    paths = tuple(map(str, (CORPUS / "jsonl", *framed[::4])))
    return folder, redact(Asked(paths=paths, folder=folder), Keeping(), b"key")


def test_every_redacted_recording_shows_the_same_as_its_source(shared: tuple[Path, Rewriting]) -> None:
    _, made = shared

    assert [(one.source, one.unlike) for one in made.done if one.unlike] == []
    assert len(made.done) > 650


def test_both_references_agree_on_every_redacted_recording(shared: tuple[Path, Rewriting]) -> None:
    folder, _ = shared

    kept = audit(*(folder / "jsonl" / dialect for dialect in KNOWN), candidates=["textbook"])

    assert [(found.recording, found.field) for found in kept.about_candidates()] == []
    assert kept.summary.counts.compared == kept.summary.counts.same > 330


def said(audited: Audited) -> Iterator[str]:
    """What a recording says: texts, arguments, ids, names, and fields that nobody knows."""

    def strings(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inside in value.values():
                yield from strings(inside)
        elif isinstance(value, list | tuple):
            for inside in value:
                yield from strings(inside)

    if audited.reference is None:
        return
    for choice in audited.reference.choices:
        message = choice.message
        yield from filter(None, (message.content, message.reasoning, message.refusal))
        yield from strings(message.parts)
        yield from strings(message.annotations)
        for call in message.tool_calls:
            yield from (call.name or "", call.arguments)


def spoken(text: str) -> set[str]:
    """The words of a text that are no words of the wire, in lower case."""
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]{5,}|[A-Z]{6,}", text)}
    return words - MODEL_WORDS - ID_PREFIXES - {word for tool in SERVER_TOOLS for word in tool.split("_")}


def test_no_word_that_a_recording_says_survives(shared: tuple[Path, Rewriting]) -> None:
    folder, _ = shared
    looked = 0
    for audited in audit(*(CORPUS / "jsonl" / dialect for dialect in KNOWN)).audited:
        path = folder / "jsonl" / Path(audited.recording.path).relative_to(CORPUS / "jsonl")
        left = " ".join(spoken(path.read_text("utf-8", "surrogateescape")))
        words = set().union(*map(spoken, said(audited)))
        looked += len(words)
        assert not sorted(word for word in words if len(word) > 5 and word in left), path
    assert looked > 10_000


def test_every_recording_is_the_same_when_it_was_converted(tmp_path: Path) -> None:
    made = convert(Asked(paths=(str(CORPUS / "body"),), folder=tmp_path))

    assert [(one.source, one.unlike) for one in made.done if one.unlike] == []
    assert len(made.done) > 380
    assert {json.loads(Path(one.output).read_bytes().split(b"\n")[0])["version"] for one in made.done} == {1}
