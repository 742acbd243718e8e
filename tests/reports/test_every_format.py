"""Laws that hold for every format there is, and for every one that is added."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from io import TextIOBase
from typing import Any, TextIO, cast
from xml.etree import ElementTree
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Audited, Response
from stream_audit.reports import REPORTS, Options, open_report
from tests.reports.cases import CASES, Case, differing, recording, result, titled, written

NAMES = [entry.name for entry in REPORTS]
FINDING = differing().audited[0].findings[0]
OPTIONS = Options(title=titled)

HOSTILE = {
    "ansi": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "rich markup": "[bold red]x[/bold red] :smile: [link=https://x.invalid]y[/link]",
    "the end of a CDATA": "]]><failure message='x'/>",
    "a script": "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "an entity": "&amp;&lt;&#0;&xxe;<!DOCTYPE x [<!ENTITY xxe SYSTEM 'file:///etc/passwd'>]>",
    "a command": "\n::error file=x::owned\r\n::set-output name=a::b",
    "controls": "".join(map(chr, range(0x20))) + "\x7f\x80\x85\x9f",
    "half a character": "\ud800x\udfff",
    "no character": "\ufffe\uffff\ufdd0",
    "bidi": "\u202ecod.exe\u2066x\u2069\u200f",
    "line separators": "a\u2028b\u2029c\x0bd\x0ce",
    "not a number": "NaN Infinity -Infinity",
    "markdown": "`</code>` ![x](https://x.invalid) [a](b) | # h @someone",
}
FIELDS = [
    "message",
    "field",
    "path",
    "recording",
    "candidate",
    "reference",
    "got",
    "rule",
    "chunk",
    "diagnosis",
]


def _json(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def _lines(text: str) -> Any:
    return [_json(line) for line in text.split("\n")[:-1]]


def _xml(text: str) -> Any:
    expat.ParserCreate().Parse(text.encode("utf-8"), True)
    return ElementTree.fromstring(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "json": _json,
    "sarif": _json,
    "gitlab": _json,
    "ndjson": _lines,
    "junit": _xml,
}
"""Formats that programs read."""
WHOLE = {"json", "ndjson"}
"""Formats that repeat what was recorded in full."""


def holding(field: str, text: str) -> Case:
    """A run in which ``field`` of a finding of each kind is ``text``."""
    value: Any = {"chunk": text.encode("utf-8", "surrogatepass"), "diagnosis": (text,)}.get(field, text)
    changes: dict[str, Any] = {field: value}
    finding = replace(FINDING, **changes)
    wire = replace(finding, kind="wire", candidate=None)
    case = differing()
    trouble = replace(finding, kind="candidate", severity="note")
    done = replace(case.audited[0], findings=(finding, wire, trouble))
    unreadable = [replace(case.summary.unreadable[0], findings=(wire,))]
    return replace(case, audited=(done,), summary=replace(case.summary, unreadable=unreadable))


def hostile(field: str, text: str) -> Case:
    """The same, with ``text`` also in what is said of the run."""
    case = holding(field, text)
    unreadable = [replace(case.summary.unreadable[0], reason=text)]
    return replace(
        case, summary=replace(case.summary, unreadable=unreadable, stop_reason=text, passed_over=[text])
    )


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", sorted(HOSTILE))
@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_stays_text(name: str, kind: str, field: str) -> None:
    text = written(name, hostile(field, HOSTILE[kind]), OPTIONS)

    assert {sign for sign in text if not sign.isprintable()} <= {"\n"}
    if name in PARSERS:
        PARSERS[name](text)


@pytest.mark.parametrize("field", FIELDS)
def test_recorded_markup_is_no_element_of_the_xml(field: str) -> None:
    plain = [one.tag for one in _xml(written("junit", hostile(field, "x"), OPTIONS)).iter()]
    nasty = HOSTILE["the end of a CDATA"] + HOSTILE["a script"] + HOSTILE["an entity"]

    assert [one.tag for one in _xml(written("junit", hostile(field, nasty), OPTIONS)).iter()] == plain


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("nasty", ["::error::x", HOSTILE["a command"]])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "html"])  # a page is in no log
def test_no_text_of_a_pipeline_log_is_a_command_of_its_own(name: str, nasty: str, field: str) -> None:
    """Logs are read for ``::command::`` at the start of a line."""
    text = written(name, hostile(field, nasty), OPTIONS)

    assert not [
        line
        for line in text.split("\n")
        if re.match(r"\s*::(?!error file=|warning file=|notice file=)", line)
    ]
    assert "\n::error file=x::owned" not in text


@settings(max_examples=40, deadline=None)
@given(text=st.text(), value=st.one_of(st.none(), st.floats(), st.integers(), st.binary(), st.text()))
@pytest.mark.parametrize("name", NAMES)
def test_whatever_was_recorded_a_report_is_written_and_can_be_read(name: str, text: str, value: Any) -> None:
    case = hostile("message", text)
    finding = replace(FINDING, field=text, path=text or "x", recording=text, reference=value, got=text)
    done = replace(case.audited[0], findings=(finding,), reference=Response(extra={text: value}))
    found = written(name, replace(case, audited=(done,)), OPTIONS)

    assert {sign for sign in found if not sign.isprintable()} <= {"\n"}
    if name in PARSERS:
        PARSERS[name](found)


@pytest.mark.parametrize("field", ["message", "field", "reference", "got", "chunk"])
@pytest.mark.parametrize("name", sorted(set(NAMES) - WHOLE))
def test_megabytes_in_one_field_make_no_long_report(name: str, field: str) -> None:
    small = len(written(name, holding(field, "x"), OPTIONS))
    large = len(written(name, holding(field, "ab\x1b]]>" * (3_000_000 // 6)), OPTIONS))

    assert large < small + 100_000


class Sink(TextIOBase):
    """A stream that keeps nothing but the size."""

    encoding = "utf-8"
    size = 0

    def write(self, text: str) -> int:
        self.size += len(text)
        return len(text)


def audited(number: int) -> Audited:
    """A recording with a hundred findings."""
    where = recording(f"r/{number}.jsonl")
    findings = tuple(
        replace(
            FINDING, recording=where.id, path=where.path, line=line, id=f"{number}-{line}", message="m" * 200
        )
        for line in range(100)
    )
    results = (result(response=None),)
    return Audited(recording=where, reference=None, complete=True, candidates=results, findings=findings)


def peak(name: str, count: int) -> int:
    """Bytes that a format holds at most while it is told of ``count`` recordings."""
    case = differing()
    tracemalloc.start()
    try:
        writer = open_report(name, cast("TextIO", Sink()), OPTIONS)
        writer.begin(case.run)
        for number in range(count):
            writer.add(audited(number))
        writer.end(case.summary)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_memory_does_not_grow_with_the_findings(name: str) -> None:
    peak(name, 1)  # what is imported and remembered once
    few, lots = peak(name, 50), peak(name, 200)

    assert lots < few + 750_000  # 15,000 findings more; as text they are 10 MB


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("name", NAMES)
def test_the_same_run_gives_the_same_report(name: str, case: str) -> None:
    assert written(name, CASES[case](), OPTIONS) == written(name, CASES[case](), OPTIONS)
