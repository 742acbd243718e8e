from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest

from stream_audit.model import Finding, Recording, Twin
from stream_audit.reports import Options
from stream_audit.reports.reproduce import continued, quote, reproduce_command
from tests.reports.cases import differing, recording

FINDING = differing().audited[0].findings[0]
WHERE = differing().audited[0].recording


def command(finding: Finding = FINDING, **options: Any) -> list[str]:
    words = reproduce_command(finding, WHERE, Options(**options))
    assert words is not None
    return words


def test_a_recording_that_is_a_file_is_replayed_whole() -> None:
    assert command()[2] == "recordings/azure/tools-0.jsonl"


def test_a_recording_among_others_is_cut_out_by_its_lines() -> None:
    words = reproduce_command(replace(FINDING, line=7), lines_of_a_file(5, 9), Options())

    assert words is not None
    assert words[2].endswith(":5-9")


def test_what_stands_elsewhere_in_the_file_needs_all_of_it() -> None:
    wire = replace(FINDING, kind="wire", line=7)
    recorded, whole = lines_of_a_file(5, 9), FINDING.path

    def source(finding: Finding) -> str:
        words = reproduce_command(finding, recorded, Options())
        assert words is not None
        return words[2]

    assert source(wire).endswith(":5-9")
    assert [source(replace(wire, line=line)) for line in (0, 4, 10)] == [whole] * 3

    recorded.twin = Twin(whole, 59, b"{}")
    assert source(wire).endswith(":5-9")
    assert source(replace(wire, rule="stream-vs-nonstream")) == whole
    recorded.twin = Twin("another.response.json", 1, b"{}")
    assert source(replace(wire, rule="stream-vs-nonstream")).endswith(":5-9")


def lines_of_a_file(first: int, last: int) -> Recording:
    where = recording("recordings/azure/tools-0.jsonl")
    where.first_line, where.last_line = first, last
    where.id += "#2"
    return where


def test_a_label_is_given_with_its_spec() -> None:
    finding = replace(FINDING, candidate="mine")

    assert command(finding, specs=("other=a.py:f", "mine=b.py:f"))[3:] == ["--candidate", "mine=b.py:f"]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("accumulator:sum", "sum"),
        ("accumulator:sum#2", "sum"),
        ("x", "x=max"),
        ("x#2", "x=counted"),
        ("accumulator:a.py:f", "a.py:f"),
    ],
)
def test_an_accumulator_is_given_as_it_was(name: str, given: str) -> None:
    finding = replace(FINDING, candidate=name)
    accumulators = ("sum", "x=max", "x=counted", "sum", "a.py:f")

    assert command(finding, accumulators=accumulators)[3:] == ["--accumulator", given]


def test_a_part_of_a_labelled_library_is_given_as_that_part() -> None:
    finding = replace(FINDING, candidate="old:Chat")

    assert command(finding, specs=("old=lib==1.2",))[3:] == ["--candidate", "lib==1.2:Chat"]


def test_options_that_decide_the_result_are_repeated() -> None:
    assert command(repeat=("--dialect", "openai-chat"))[-2:] == ["--dialect", "openai-chat"]


def test_standard_input_cannot_be_replayed() -> None:
    assert reproduce_command(replace(FINDING, path="-"), WHERE, Options()) is None


@pytest.mark.parametrize("word", ["plain", "with space", "it's", "$HOME", "a;b", "*"])
def test_a_quoted_word_reads_back_as_itself(word: str) -> None:
    assert shlex.split(quote(word)) == [word]


@pytest.mark.parametrize("width", [10, 30, 80, 200])
def test_a_continued_command_is_the_same_command(width: int) -> None:
    words = command(repeat=("--fields", "role,content", "--policy", "tool_name=assign"))
    lines = continued(words, width)

    assert "\n".join(lines).replace("\\\n", "").split() == words
    assert all(len(line) <= width or len(line.strip(" \\").split()) <= 2 for line in lines)


def test_an_option_and_its_value_stay_on_one_line() -> None:
    lines = continued(["replay", "--candidate", "a-rather-long-name:fold"], 20)

    assert lines == ["replay \\", "  --candidate a-rather-long-name:fold"]


def test_what_is_about_two_candidates_is_reproduced_with_all_of_the_run_and_their_pairs() -> None:
    finding = replace(FINDING, rule="sync-vs-async", candidate="a")

    words = command(finding, specs=("s=x.py:fold", "a=y.py:fold"), pairs=("s=a",))

    assert words[3:] == ["--candidate", "s=x.py:fold", "--candidate", "a=y.py:fold", "--pair", "s=a"]


def test_other_findings_need_no_pair() -> None:
    assert "--pair" not in command(specs=("suspect:role-last-wins", "a"), pairs=("suspect:role-last-wins=a",))
