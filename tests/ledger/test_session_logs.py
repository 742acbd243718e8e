"""Session logs in the ledger: what a project's files hold, counted once, and what books make of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stream_audit.audit import Plan
from stream_audit.corridor.converting import convert
from stream_audit.corridor.rewriting import Asked
from stream_audit.corridor.settle import Terms, settle
from stream_audit.corridor.tally import usage
from stream_audit.ledger.labels import Labels
from stream_audit.model.bill import Bill
from stream_audit.model.statement import Statement
from tests.dialects.log_lines import answer, event, meta, prompt, tally, used
from tests.runs import FIXTURES, write

SESSIONS = FIXTURES / "sessions"
PATTERNS = ("claude/{project}/{session}.jsonl", "codex/{session}.jsonl")


def billed(*paths: Path, by: tuple[str, ...] = (), **options: Any) -> Bill:
    labels = Labels(PATTERNS if by else ())
    return usage(Plan(paths=tuple(map(str, paths)), **options), labels, by)


def rows(bill: Bill) -> dict[str | None, tuple[int, int, int | None]]:
    """Session to requests, copies and output."""
    told = {row.key[-1] if row.key else None: row for row in bill.rows}
    return {
        key: (row.counts["requests"], row.counts["repeated"], row.tokens["output_tokens"])
        for key, row in told.items()
    }


def test_what_other_logs_have_is_counted_once() -> None:
    bill = billed(SESSIONS, by=("session",))

    assert rows(bill) == {
        None: (9, 5, 206),
        "monday": (3, 0, 81),
        "tuesday": (1, 2, 11),
        "agent-7f3a": (1, 1, 9),
        "untouched": (0, 0, None),
        "rollout-parent": (3, 0, 74),
        "rollout-fork": (1, 2, 31),
    }
    assert bill.folded == bill.summary.counts.found == 15
    assert bill.remarks == ()


def test_several_processes_count_the_same() -> None:
    assert billed(SESSIONS, by=("session",), jobs=2).rows == billed(SESSIONS, by=("session",)).rows


def test_a_fork_alone_counts_what_it_repeats() -> None:
    assert rows(billed(SESSIONS / "codex" / "rollout-fork.jsonl"))[None] == (3, 0, 96)


def test_logs_in_the_recording_format_say_what_the_logs_say(tmp_path: Path) -> None:
    convert(Asked(paths=(str(SESSIONS),), folder=tmp_path))

    (whole,) = billed(SESSIONS).rows
    (again,) = billed(tmp_path).rows
    assert again == whole


def test_a_log_without_a_response_is_no_request(tmp_path: Path) -> None:
    bill = billed(write(tmp_path / "log.jsonl", [prompt()]))

    assert rows(bill) == {None: (0, 0, None)}
    assert bill.folded == 1


def test_a_response_of_a_log_that_reported_nothing_is_a_request_all_the_same(tmp_path: Path) -> None:
    (row,) = billed(
        write(tmp_path / "log.jsonl", [answer(usage=None), answer("b", usage=used(0, 0, 0))])
    ).rows

    assert row.counts["requests"] == row.counts["unreported"] == 2
    assert set(row.tokens.values()) == {None}


def test_counts_from_before_the_end_of_a_response_are_said_to_be(tmp_path: Path) -> None:
    early = answer(usage=used(), stop_reason=None)
    one = write(tmp_path / "a.jsonl", [early, answer("b", usage=used(), stop_reason="end_turn")])
    write(tmp_path / "b.jsonl", [early])

    (said,) = billed(tmp_path).remarks
    assert said.startswith("1 response was logged before the end")
    assert billed(one).remarks == (said,)


def test_a_session_that_several_logs_go_on_with_is_missed(tmp_path: Path) -> None:
    for name in "AB":
        write(tmp_path / f"{name}.jsonl", [meta(name, forked_from_id="P"), event(tally(9), tally(9))])

    (said,) = billed(tmp_path).remarks
    assert said.startswith("Several logs go on with 1 session whose own log is not here")
    write(tmp_path / "P.jsonl", [meta("P"), event(tally(9), tally(9))])
    assert billed(tmp_path).remarks == ()
    assert rows(billed(tmp_path))[None] == (1, 2, 0)


def against(folder: Path, table: str, *, by: tuple[str, ...] = ("session",)) -> Statement:
    books = folder / "books.csv"
    books.write_text(table, "utf-8")
    return settle(Plan(paths=(str(SESSIONS),)), Labels(PATTERNS), Terms(against=(str(books),), by=by))


RIGHT = {
    "monday": (28203, 3),
    "tuesday": (9585, 1),
    "agent-7f3a": (3814, 1),
    "rollout-parent": (25174, 3),
    "rollout-fork": (8631, 1),
}


def table(**other: tuple[int, int]) -> str:
    said = {**RIGHT, **{name.replace("_", "-"): value for name, value in other.items()}}
    lines = [f"{name},{tokens},{requests}" for name, (tokens, requests) in said.items()]
    return "\n".join(["session,total_tokens,requests", *lines])


def test_books_that_count_each_response_once_match(tmp_path: Path) -> None:
    found = against(tmp_path, table())

    assert found.findings == ()
    assert found.repeated == 5
    assert found.counts["matched"] == 6


def test_books_that_count_a_replayed_history_again_are_told_so(tmp_path: Path) -> None:
    found = against(tmp_path, table(rollout_fork=(8631 + 16665, 3)))

    (finding,) = found.findings
    assert finding.rule == "log-replayed-history"
    assert "2 responses that other session logs have too are counted again" in finding.message


def test_books_that_count_everything_again_are_told_so_of_the_total(tmp_path: Path) -> None:
    accounts = {"tuesday": 9370 + 9405, "rollout-fork": 16665, "agent-7f3a": 9585}
    total = sum(tokens for tokens, _ in RIGHT.values()) + sum(accounts.values())
    found = against(tmp_path, f"total_tokens,requests\n{total},14", by=())

    (finding,) = found.findings
    assert finding.rule == "log-replayed-history"
    assert "5 responses" in finding.message
