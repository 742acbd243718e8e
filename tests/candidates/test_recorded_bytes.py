"""An adapter's library reads the recorded stream byte for byte: its parser is audited, not only its fold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stream_audit.candidates import ChildCandidate, open_candidate, parse
from stream_audit.model import Observation
from tests.recordings.doubles import answer
from tests.runs import CORPUS, audit, sent

ROWS = [json.dumps(row).encode() for row in answer("a", "one", "two")]
DONE = b"data: [DONE]\n\n"

Replay = Callable[[bytes], Observation]


@pytest.fixture(scope="module")
def openai() -> Iterator[ChildCandidate]:
    pytest.importorskip("openai")
    candidate = open_candidate(parse("openai"), timeout=20)
    yield candidate
    candidate.close()


@pytest.fixture
def replay(openai: ChildCandidate, tmp_path: Path) -> Replay:
    def replayed(body: bytes) -> Observation:
        return openai.observe(sent(tmp_path / "r.sse", body), "openai-chat")

    return replayed


def stream(begin: bytes = b"data: ", end: bytes = b"\n\n") -> bytes:
    return b"".join(begin + row + end for row in ROWS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        stream() + DONE,
        stream(),
        (stream() + DONE).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + stream() + DONE,
        stream(b": ping\n\nevent: message\ndata:") + DONE,
    ],
    ids=["plain", "no [DONE]", "CRLF", "byte order mark", "comments, no space"],
)
def test_what_the_sdks_parser_can_read_it_answers(replay: Replay, body: bytes) -> None:
    observation = replay(body)

    assert (observation.status, observation.error) == ("answered", None)
    assert observation.response is not None
    (choice,) = observation.response.choices
    assert (choice.message.content, choice.finish_reason) == ("onetwo", "stop")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "raised"),
    [
        (stream(end=b"\n") + DONE, "JSONDecodeError: Extra data"),
        (stream(b"data:\n\ndata: ") + DONE, "JSONDecodeError: Expecting value"),
    ],
    ids=["events without their blank line", "events with empty data"],
)
def test_what_the_sdks_parser_cannot_read_is_its_crash(replay: Replay, body: bytes, raised: str) -> None:
    observation = replay(body)

    assert observation.status == "crashed"
    assert (observation.error or "").startswith(raised)


@pytest.mark.slow
def test_an_event_that_the_stream_breaks_off_before_its_blank_line_is_lost_to_the_sdk(replay: Replay) -> None:
    observation = replay(stream().removesuffix(b"\n\n"))

    assert observation.response is not None
    assert observation.response.choices[0].finish_reason is None


@pytest.mark.slow
def test_a_prefix_of_the_chunks_is_a_stream_that_ends(openai: ChildCandidate, tmp_path: Path) -> None:
    raws = sent(tmp_path / "r.sse", stream() + DONE)

    found = openai.prefixes(raws, "openai-chat", [2, 3])

    assert [one.status for one in found] == ["answered", "answered"]
    texts = [one.response.choices[0].message.content for one in found if one.response]
    assert texts == sorted(texts, key=lambda text: len(text or ""))
    assert texts[-1] == "onetwo"


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
@pytest.mark.parametrize(
    ("sdk", "dialect", "least"),
    [("anthropic", "anthropic-messages", 60), ("boto3", "bedrock-converse", 15)],
)
def test_an_sdk_says_of_a_body_what_it_says_of_its_chunks(sdk: str, dialect: str, least: int) -> None:
    pytest.importorskip(sdk)

    def said(form: str) -> dict[str, Counter[tuple[str, str]]]:
        kept = audit(CORPUS / form / dialect, candidates=[sdk])
        return {
            Path(one.recording.path).stem.removesuffix(".eventstream")
            + one.recording.id.partition("#")[2]: Counter(
                (found.rule, found.field or "") for found in one.findings if found.candidate
            )
            for one in kept.audited
        }

    chunks, bodies = said("jsonl"), said("body")

    assert len(bodies) > least
    assert {name: chunks[name] for name in bodies} == bodies
