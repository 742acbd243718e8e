"""JSON arrays and objects over several lines: each element is a chunk, with the line on which it begins."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.model import Batch, Problem
from stream_audit.recordings import Source, read
from stream_audit.recordings.framings import json_values
from tests.recordings.doubles import DOUBLES, answer, ends, events, jsonl, payloads, problems, texts

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
ROWS = answer("a", "one", "two", "three")
INDENTED = [json.dumps(row, indent=2) for row in ROWS]

FORMS = {
    "one line": json.dumps(ROWS),
    "compact": json.dumps(ROWS, separators=(",", ":")),
    "an element a line": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "indented": json.dumps(ROWS, indent=2),
    "as Gemini sends it": "[" + "\r\n,\r\n".join(INDENTED) + "\r\n]\r\n",
    "with a mark": "\ufeff\n " + json.dumps(ROWS, indent=4),
    "objects one behind the other": "\n".join(INDENTED),
    "indented objects, then lines": INDENTED[0] + "\n" + jsonl(ROWS[1:]).decode(),
    "an array each": json.dumps(ROWS[:2]) + "\n" + json.dumps(ROWS[2:]),
    "without commas": "[" + "\n".join(INDENTED) + "]",
}


def lines(found: list[Any]) -> list[int]:
    return [line for one in found if isinstance(one, Batch) for line in one.lines]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("block", [1, 64, 1 << 18])
def test_every_form_holds_the_same_chunks(tmp_path: Path, form: str, block: int) -> None:
    found = events(tmp_path, FORMS[form].encode(), name="body", block=block)
    assert problems(found) == []
    assert payloads(found) == {"body": ROWS}
    text = FORMS[form].replace("\r\n", "\n").split("\n")
    assert all("{" in text[line - 1] for line in lines(found))
    assert len(set(lines(found))) == (
        1 if form in ("one line", "compact") else 2 if "each" in form else len(ROWS)
    )


def test_the_line_of_a_chunk_is_the_one_on_which_it_begins(tmp_path: Path) -> None:
    found = events(tmp_path, FORMS["as Gemini sends it"].encode())
    height = len(INDENTED[1].split("\n"))
    assert lines(found)[:2] == [1, len(INDENTED[0].split("\n")) + 2]
    assert lines(found)[2] - lines(found)[1] == height + 1


def test_a_single_object_is_one_chunk(tmp_path: Path) -> None:
    found = events(tmp_path, INDENTED[0].encode())
    assert payloads(found) == {"r.jsonl": ROWS[:1]}


BROKEN = {
    "no JSON": ('{"id": nothing}', "line-not-json"),
    "half a string": ('{"id": "a, "x": 1}', "line-not-json"),
    "a bracket too few": ('{"id": [1, "x": {"y": 2}}', "line-not-json"),
    "not UTF-8": ('{"id": "\udcff"}', "invalid-utf8"),
    "a number": ("17", "line-not-object"),
    "a text": ('"a, b"', "line-not-object"),
    "a list": ("[1, 2]", "line-not-object"),
    "a word": ("nonsense", "line-not-json"),
    "too deep": ('{"a":' * 300 + "1" + "}" * 300, "nesting-too-deep"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("indent", [2, None])
def test_an_element_that_is_no_chunk_is_a_finding_and_costs_itself(
    tmp_path: Path, name: str, indent: int | None
) -> None:
    bad, rule = BROKEN[name]
    rows = [json.dumps(row, indent=indent) for row in ROWS]
    content = "[\n" + ",\n".join([rows[0], bad, *rows[1:]]) + "\n]"
    found = events(tmp_path, content.encode(errors="surrogateescape"), block=50)
    assert problems(found) == [(rule, len(rows[0].split("\n")) + 2)]
    assert payloads(found) == {"r.jsonl": ROWS}
    assert [recording.damaged for recording in ends(found)] == [True]


@pytest.mark.parametrize(("form", "indent"), [("as Gemini sends it", ""), ("indented", "  ")])
def test_an_element_that_does_not_close_costs_itself(tmp_path: Path, form: str, indent: str) -> None:
    whole = FORMS[form].replace("\r\n", "\n")
    pieces = whole.split('"two"')
    assert len(pieces) == 2
    for lost in ("]", "}"):
        at = pieces[1].index(lost)
        content = pieces[0] + '"two"' + pieces[1][:at] + pieces[1][at + 1 :]
        found = events(tmp_path, content.encode())
        assert texts(found) == {"r.jsonl": "onethree"}
        start = whole[: whole.index('"two"')].rindex("\n" + indent + "{")
        assert problems(found) == [("line-not-json", whole[:start].count("\n") + 2)]


@settings(max_examples=100, deadline=None)
@given(stop=st.integers(2, len(FORMS["indented"]) - 1), block=st.sampled_from([1, 40, 10_000]))
@example(stop=216, block=1)
def test_an_array_that_ends_early_is_read_up_to_its_end(stop: int, block: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = events(Path(folder), FORMS["indented"][:stop].encode(), block=block)
    assert [rule for rule, _ in problems(found)] == ["line-cut-off"]
    rows = [row for held in payloads(found).values() for row in held]
    assert rows == ROWS[: len(rows)]


@settings(max_examples=300, deadline=None)
@given(
    form=st.sampled_from([*FORMS]),
    at=st.integers(1, 10_000),
    byte=st.sampled_from([*b'[]{}",:\\\n a\0\xff']),
    block=st.sampled_from([1, 33, 10_000]),
)
def test_a_byte_that_is_wrong_never_raises_and_is_never_silent(
    form: str, at: int, byte: int, block: int
) -> None:
    data = bytearray(FORMS[form].encode())
    at = at % (len(data) - 1) + 1  # The first says what kind of file it is.
    data[at] = byte
    with tempfile.TemporaryDirectory() as folder:
        found = events(Path(folder), bytes(data), block=block)
    rows = [row for held in payloads(found).values() for row in held]
    assert problems(found) or len(rows) == len(ROWS)


def test_an_array_of_nothing_is_empty(tmp_path: Path) -> None:
    assert problems(events(tmp_path, b"[]")) == [("source-empty", 0)]
    assert problems(events(tmp_path, b"[\n\n")) == [("line-cut-off", 3)]


def test_what_only_begins_like_one_is_read_line_by_line(tmp_path: Path) -> None:
    for content in (b"[DONE]\n", b"[2026-01-01] INFO all is well\n" + jsonl(ROWS), b"[1, 2]\n" + jsonl(ROWS)):
        assert not json_values.recognises(content)


def test_a_range_of_lines_holds_the_chunks_that_begin_in_it(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(FORMS["as Gemini sends it"])
    (first, second, third, *_) = lines(list(read(Source(str(path)), DOUBLES)))
    found = list(read(Source(str(path), first + 1, third - 1), DOUBLES))
    assert lines(found) == [second]
    assert [recording.id for recording in ends(found)] == [f"{path}:{first + 1}-{third - 1}"]
    assert problems(list(read(Source(str(path), 900, 901), DOUBLES))) == [("source-empty", 0)]


def test_compressed_and_in_a_folder_it_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(gzip.compress(FORMS["as Gemini sends it"].encode()))
    assert payloads(read(Source(str(path), explicit=False), DOUBLES)) == {"body": ROWS}


def test_a_large_array_is_handed_on_bit_by_bit(tmp_path: Path) -> None:
    rows = answer("a", *map(str, range(1000)))
    found = events(tmp_path, json.dumps(rows).encode(), block=4096)
    assert payloads(found) == {"r.jsonl": rows}
    assert max(len(one.items) for one in found if isinstance(one, Batch)) <= 64


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of recorded streams at {CORPUS}")
def test_every_recorded_array_holds_the_chunks_of_its_normalised_form() -> None:
    bodies = sorted((CORPUS / "body" / "gemini").glob("*.json"))
    assert len(bodies) == 15
    for body in bodies:
        found = list(read(Source(str(body)), DIALECTS))
        lines = (CORPUS / "jsonl" / "gemini" / f"{body.stem}.jsonl").read_bytes().splitlines()
        rows = [json.loads(raw) for one in found if isinstance(one, Batch) for raw in one.raws]
        assert rows == list(map(json.loads, lines)), body.stem
        assert {one.rule for one in found if isinstance(one, Problem)} <= {"unknown-dialect"}
