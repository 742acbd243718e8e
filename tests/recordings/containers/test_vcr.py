"""The shapes that cassettes have had over the years, and what a shape that is none costs."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import yaml

from stream_audit.model import Batch, Framed, Problem
from stream_audit.recordings import Source, read, twin_of
from tests.recordings.containers.made import (
    ANSWER,
    ASKED,
    CHAT,
    EVENTS,
    ROWS,
    STREAM,
    in_json,
    in_yaml,
    interaction,
    unstreamed,
)
from tests.recordings.containers.test_unpacking import bad
from tests.recordings.doubles import DOUBLES, ends, events, payloads, problems, sse

TEXT = STREAM.decode()
HEADERS = {"content-type": [EVENTS]}
REQUEST = {"method": "POST", "uri": CHAT, "body": json.dumps({**ASKED, "stream": True})}

BASE64 = {"encoding": "ASCII-8BIT", "base64_string": b64encode(STREAM).decode()}
SHAPES: dict[str, dict[str, Any]] = {
    "vcrpy": {"body": {"string": TEXT}, "headers": HEADERS, "status": {"code": 200, "message": "OK"}},
    "old vcrpy with httpx": {"content": TEXT, "headers": HEADERS, "status_code": 200},
    "Ruby": {"body": {"encoding": "UTF-8", "string": TEXT}, "headers": {"Content-Type": [EVENTS]}},
    "Ruby, binary": {"body": BASE64, "headers": HEADERS},
    "a bare body": {"body": TEXT, "headers": {"Content-Type": EVENTS}, "status": 200},
    "no headers": {"body": {"string": TEXT}},
    "headers of anything": {"body": {"string": TEXT}, "headers": {"content-type": [None, 3], "x": []}},
    "a status that is none": {"body": {"string": TEXT}, "headers": HEADERS, "status": "fine"},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("write", [in_yaml, in_json])
def test_a_stream_of_every_shape_is_read(tmp_path: Path, write: Any, shape: str) -> None:
    found = events(tmp_path, write({"request": REQUEST, "response": SHAPES[shape]}))
    assert list(payloads(found).values()) == [ROWS]
    assert bad(found) == []


def test_bodies_that_were_kept_parsed_are_twins_too(tmp_path: Path) -> None:
    asked = {**ASKED, "n": 1, "top_p": 0.5}
    where = {"method": "POST", "uri": CHAT}
    stream = {"request": {**where, "parsed_body": {**asked, "stream": True}}, "response": SHAPES["vcrpy"]}
    answer = {
        "request": {**where, "parsed_body": {"stream": False, **asked}},
        "response": {"parsed_body": ANSWER, "headers": {"content-type": ["application/json"]}},
    }
    (recording,) = ends(events(tmp_path, in_yaml(stream, answer)))
    assert recording.twin is not None
    assert json.loads(recording.twin.text) == ANSWER


def literal(body: str) -> bytes:
    """A cassette that keeps bodies as literal blocks."""
    lines = "".join(f"        {line}".rstrip() + "\n" for line in body.split("\n"))
    return (
        f"interactions:\n- request:\n    method: POST\n    uri: {CHAT}\n    body: '{{}}'\n"
        f"  response:\n    headers:\n      content-type: [{EVENTS}]\n    body:\n      string: |\n{lines}"
    ).encode()


def test_chunks_of_a_literal_block_have_lines_of_their_own(tmp_path: Path) -> None:
    content = literal(
        "\n\n".join(f"data: {json.dumps(row)}" for row in ROWS) + "\n\ndata: {bad\n\ndata: [DONE]\n"
    )
    found = events(tmp_path, content)
    text = content.decode().split("\n")
    lines = [line for one in found if isinstance(one, Batch) for line in one.lines]
    assert [json.loads(text[line - 1].strip()[6:]) for line in lines] == ROWS
    ((rule, line),) = bad(found)
    assert (rule, text[line - 1].strip()) == ("line-not-json", "data: {bad")
    (recording,) = ends(found)
    assert (recording.first_line, recording.last_line) == (2, lines[-1])


def test_the_lines_of_a_literal_block_of_base64_are_not_those_of_the_body(tmp_path: Path) -> None:
    found = events(tmp_path, in_yaml(interaction(gzip.compress(STREAM))))
    assert {line for one in found if isinstance(one, Batch) for line in one.lines} == {2}


def test_indented_lists_and_comments_between_interactions_are_read(tmp_path: Path) -> None:
    plain = in_yaml(interaction(), interaction(sse(ROWS[:2]))).decode()
    head, _, rest = plain.partition("\n")
    content = (
        head
        + "\n"
        + "".join(
            f"  {line}\n" if not line.startswith("version") else f"{line}\n" for line in rest.splitlines()
        )
    )
    content = content.replace("\n  - request:", "\n\n# mine\n  # and mine\n  - request:").replace(
        "\n", "\r\n"
    )
    found = events(tmp_path, content.encode(), block=50)
    assert list(payloads(found).values()) == [ROWS, ROWS[:2]]
    assert bad(found) == []


def test_headers_that_several_interactions_share_are_aliases(tmp_path: Path) -> None:
    shared = {"content-type": ["text/event-stream"]}
    both = [{"request": REQUEST, "response": {"body": {"string": TEXT}, "headers": shared}} for _ in range(2)]
    content = in_yaml(*both)
    assert b"*id001" in content
    found = events(tmp_path, content)
    assert list(payloads(found).values()) == [ROWS, ROWS]


BROKEN = {
    "no mapping": ("- 3\n", "interaction-broken"),
    "no response": ("- request: {}\n", "interaction-broken"),
    "a list for a response": ("- request: {}\n  response: []\n", "interaction-broken"),
    "no YAML": ("- request: {\n", "interaction-broken"),
    "an alias to itself": ("- request: &a {b: *a}\n  response: {}\n", "interaction-broken"),
    "a bomb": ("- request:\n    a: &a [x]\n" + "".join(
        f"    {n}: &{n} [{', '.join(['*' + m] * 9)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)
    ) + "  response: {body: {string: [*i]}}\n", "interaction-broken"),
    "nesting": (f"- request: {'[' * 300}{']' * 300}\n", "interaction-broken"),
    "a tag": ("- request: !!python/object/apply:os.abort []\n  response: {}\n", "yaml-tag-refused"),
    "a line that belongs to nothing": ("nothing: here\n", "interaction-broken"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_interaction_that_cannot_be_read_costs_itself(tmp_path: Path, name: str) -> None:
    broken, rule = BROKEN[name]
    good = in_yaml(interaction()).decode().removesuffix("version: 1\n")
    found = events(tmp_path, (good + broken + good.removeprefix("interactions:\n")).encode())
    line = good.count("\n") + 1
    (place, *_) = (where for said, where in bad(found) if said == rule)
    assert line <= place <= line + broken.count("\n")
    assert list(payloads(found).values()) == [ROWS, ROWS]


def test_a_tag_beside_a_stream_does_not_damage_it(tmp_path: Path) -> None:
    content = in_yaml(interaction()).replace(b"method: POST", b"method: !!python/name:os.abort 'POST'")
    found = events(tmp_path, content)
    assert bad(found) == [
        ("yaml-tag-refused", content.split(b"\n").index(b"    method: !!python/name:os.abort 'POST'") + 1)
    ]
    assert [one.damaged for one in ends(found)] == [False]


def test_base64_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    content = in_yaml(interaction(STREAM + b"\xff")).decode()
    binary = content.split("!!binary |\n")[1].split("    headers")[0]
    found = events(tmp_path, content.replace(binary, binary[: len(binary) // 2].rstrip() + "\n").encode())
    assert {rule for rule, _ in bad(found)} <= {"body-not-decoded", "line-cut-off", "line-not-json"}
    (recording,) = ends(found)
    assert 0 < recording.chunks < len(ROWS)
    assert recording.damaged


def test_a_cassette_that_ends_early_says_so(tmp_path: Path) -> None:
    content = in_yaml(interaction(), interaction()).removesuffix(b"version: 1\n")
    for stop in range(content.rindex(b"string") + 20, content.rindex(b"headers") - 20, 7):
        found = events(tmp_path, content[:stop])
        assert [rule for rule, _ in bad(found)] == ["interaction-cut-off"]
        assert list(payloads(found).values()) == [ROWS]


def test_the_twin_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "c.interaction-1.response.json").write_text(json.dumps(ANSWER))
    (recording,) = ends(events(tmp_path, in_yaml(interaction()), name="c.yaml"))
    twin = twin_of(recording)
    assert twin is not None
    assert not isinstance(twin, Problem)
    assert json.loads(twin.text) == ANSWER


def test_an_sdk_gets_the_bytes_that_were_recorded(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(in_yaml(unstreamed(), interaction()))
    found = list(read(Source(str(path)), DOUBLES, frames=True))
    raws = [raw for one in found if isinstance(one, Batch) for raw in one.raws]
    assert all(isinstance(raw, Framed) for raw in raws)
    assert b"".join(raw.frame for raw in raws if isinstance(raw, Framed)) == STREAM


@pytest.mark.parametrize(
    "content", ["interactions: []\nversion: 1\n", "interactions:\n", "interactions:\n  # none\n"]
)
def test_a_cassette_of_nothing_is_empty(tmp_path: Path, content: str) -> None:
    assert problems(events(tmp_path, content.encode())) == [("source-empty", 0)]


def test_what_yaml_writes_of_any_stream_is_read_back(tmp_path: Path) -> None:
    body = STREAM.decode() + "".join(f": {chr(code)}\n" for code in range(32, 700)) + "\n"
    for width in (20, 80, 10_000):
        for style in (None, '"', "'"):
            content = in_yaml(interaction(body), width=width, default_style=style)
            assert yaml.safe_load(content)["interactions"][0]["response"]["body"]["string"] == body
            assert list(payloads(events(tmp_path, content)).values()) == [ROWS]
