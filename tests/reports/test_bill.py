from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TextIO

import pytest
from rich.cells import cell_len

from stream_audit.model import Counts, Summary, Unreadable
from stream_audit.model.bill import Bill, BillRow
from stream_audit.reports import Options
from stream_audit.reports.bill_data import write_csv, write_json
from stream_audit.reports.bill_lines import write_lines
from stream_audit.reports.bill_table import left_out, print_bill

EVIL = "\x1b[31mred\x07\r\n\u202e=1+1"


def row(*key: str | None, tokens: int | None = 1, seconds: float | None = None, **counts: int) -> BillRow:
    named = {
        "requests": 1,
        "successes": 1,
        "errors": 0,
        "partial": 0,
        "unreported": 0,
        "repeated": 0,
        **counts,
    }
    names = ("total_tokens", "input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens")
    return BillRow(key=key, counts=named, tokens=dict.fromkeys(names, tokens), seconds=seconds)


def bill(*rows: BillRow, by: tuple[str, ...] = ("tick",), summary: Summary | None = None) -> Bill:
    summary = summary or Summary(counts=Counts(found=1), stop_reason="done")
    return Bill(version="1", command=("usage",), by=by, rows=rows, folded=1, summary=summary)


def written(write: Callable[[Bill, TextIO], None], one: Bill) -> str:
    stream = io.StringIO()
    write(one, stream)
    return stream.getvalue()


def table(one: Bill, width: int = 80, *, quiet: bool = False) -> str:
    return written(lambda bill, stream: print_bill(bill, stream, Options(width=width, quiet=quiet)), one)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_control_characters_of_labels_are_shown_and_not_sent(width: int) -> None:
    one = bill(row(), row(EVIL), by=(EVIL,))

    for text in (table(one, width), written(write_csv, one), written(write_json, one)):
        assert not {character for character in text if not character.isprintable()} - {"\n"}
    assert json.loads(written(write_json, one))["rows"][1]["key"] == {EVIL: EVIL}


def test_control_characters_of_phases_and_ticks_are_not_sent_either() -> None:
    text = written(write_lines, bill(row(), row(EVIL), row(EVIL, EVIL), row(EVIL, EVIL, EVIL)))

    assert text.count("\n") == 2
    assert "\x1b" not in text


def test_a_value_that_looks_like_a_word_of_ours_is_quoted() -> None:
    keys = [
        line.split("  ")[0]
        for line in table(bill(row(), row("total"), row("(none)"), row(None), row(" a"))).split("\n")
    ]

    assert keys[3:8] == ["'total'", "'(none)'", "(none)", "' a'", "total"]


@pytest.mark.parametrize("width", [20, 40, 50, 79, 80, 120])
def test_no_line_is_wider_than_the_paper_unless_a_number_is_and_no_number_is_cut(width: int) -> None:
    big = 10**15
    one = bill(
        row(tokens=big), row("k" * 100, tokens=big), row("k" * 100, "語" * 50, tokens=big), by=("a", "b")
    )

    lines = table(one, width).split("\n")

    assert max(map(cell_len, lines)) <= max(width, len(f"      reasoning {big:,}"))
    assert "".join(lines).count(f"{big:,}") == 15


def test_a_level_is_indented_below_the_one_it_is_a_part_of_and_the_total_comes_last() -> None:
    lines = table(bill(row(), row("1"), row("1", "a"), row("2"), by=("x", "y")), quiet=True).split("\n")

    assert [line[:5].rstrip() for line in lines[3:7]] == ["1", "  a", "2", "total"]


def test_a_column_that_says_nothing_is_left_out_but_not_the_tokens() -> None:
    head = table(bill(row(tokens=None), row("1", tokens=None))).split("\n")[2].split()
    everything = table(bill(row(errors=1, unreported=1), row("1"))).split("\n")[2].split()

    assert head == ["requests", "total", "input", "output"]
    assert everything == ["requests", "errors", "unknown", "total", "input", "output", "reasoning", "cached"]


def test_unknown_is_never_zero() -> None:
    one = bill(row(tokens=None), row("1", tokens=None), row("2", tokens=0))

    assert table(one).split("\n")[3].split() == ["1", "1", "?", "?", "?"]
    assert written(write_csv, one).split("\n")[2] == "1,1,1,1,0,0,0,0,,,,,,"
    assert set(json.loads(written(write_json, one))["rows"][1]["tokens"].values()) == {None}
    assert set(json.loads(written(write_json, one))["rows"][2]["tokens"].values()) == {0}


def test_a_label_called_like_a_column_has_a_column_of_its_own() -> None:
    one = bill(row(), row("7"), row("7", "8"), by=("requests", "level"))

    (total, seven, eight) = csv.DictReader(io.StringIO(written(write_csv, one)))

    assert (total["label:requests"], total["label:level"], total["requests"]) == ("", "", "1")
    assert (seven["label:requests"], seven["label:level"], seven["level"]) == ("7", "", "1")
    assert (eight["label:requests"], eight["label:level"], eight["level"]) == ("7", "8", "2")


def test_what_is_in_no_sum_is_listed_and_the_verdict_keeps_its_case() -> None:
    summary = Summary(
        counts=Counts(found=3, unreadable=1, skipped=1),
        unreadable=[Unreadable(path="a.jsonl", line=3, reason="not JSON")],
        damaged=1,
        exit_code=3,
        stop_reason="--strict or CI=true asks for it",
    )
    one = bill(row(partial=1, unreported=2), summary=summary)

    text = table(one)
    assert "a.jsonl:3" in text
    assert "3 found · 1 folded · 1 unreadable · 1 skipped" in text
    assert "1 failed request reported tokens before the end; they are in the sums." in text
    assert "2 requests reported no usage;" in text
    assert text.endswith("Exit code 3: --strict or CI=true asks for it.\n")
    assert "a.jsonl:3" not in table(one, quiet=True)
    assert left_out(one) == [
        "1 recording unreadable, so in no sum.",
        "1 recording skipped, so in no sum.",
        "1 recording with lines that cannot be read as sent.",
        "Exit code 3: --strict or CI=true asks for it.",
    ]


def test_the_lines_are_those_of_the_project() -> None:
    rows = [
        row(),
        row("42", tokens=27800, seconds=8.21),
        row("42", "phase1", tokens=4500),
        row("42", "phase1", "mira"),
        row("42", "phase1", None),
        row("42", "phase2a", tokens=None),
        row("42", "phase2a", "harbour"),
        row(None, tokens=0),
        row(None, "dream", tokens=0),
        row(None, "dream", "mira"),
    ]

    assert written(write_lines, bill(*rows, by=("tick", "phase", "entity"))).splitlines() == [
        "phase1: Complete (2 chars, 4,500 tokens, 4,500 reasoning)",
        "phase2a: Complete (1 locs, ? tokens, ? reasoning)",
        "runner: Tick 42 complete (8.2s, 27,800 tokens, 27,800 reasoning)",
        "dream: Complete (1 entities, 0 tokens, 0 reasoning)",
        "runner: Tick (none) complete (0 tokens, 0 reasoning)",
    ]


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_all_printed() -> None:
    rows = [row(), *(row(str(number)) for number in range(100_000))]

    assert table(bill(*rows)).count("\n") == 100_000 + 7
    assert written(write_csv, bill(*rows)).count("\n") == 100_002
