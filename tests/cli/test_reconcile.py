"""``reconcile`` from the outside: files in, a report and an exit code out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import get_args

import pytest

from stream_audit.cli import main
from tests.ledger.simulation import Fault, Simulation
from tests.ledger.test_simulations import NAMED


@pytest.fixture(autouse=True)
def outside_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["reconcile", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def made(fault: Fault | None = None) -> None:
    Simulation.made(fault).write(Path())


BOOKS = ("recordings.jsonl", "--against", "books")


def test_a_simulation_without_a_fault_reconciles(capsys: pytest.CaptureFixture[str]) -> None:
    made()

    code, out, err = run(capsys, *BOOKS)

    assert (code, err) == (0, "")
    assert "5 matched · 0 mismatch · 0 ledger only · 0 recordings only · 0 not compared" in out
    assert "input tokens, output tokens" in out.split("not compared\n")[1]
    assert "1 recording reported no usage: tokens unknown, not 0" in out


@pytest.mark.parametrize("fault", sorted(set(get_args(Fault)) - {"old-format", "phase-left-out-of-tick"}))
def test_each_fault_fails_and_is_named(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    made(fault)

    code, out, _ = run(capsys, *BOOKS, "--format", "json")

    assert code == 1
    assert json.loads(out)["findings"][0]["rule"] == NAMED[fault]


POLICY = {"failed-with-tokens", "partial-left-out"}
"""Whether a request that failed adds what it reported is for the books to say, if they say it throughout."""


@pytest.mark.parametrize("fault", sorted(set(get_args(Fault)) - {"old-format", "phase-left-out-of-tick"}))
def test_wrong_numbers_are_an_error_by_whatever_name(
    fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    made(fault)

    assert run(capsys, *BOOKS, "--fail-on", "error")[0] == (0 if fault in POLICY else 1)


def changed_total() -> None:
    made()
    assert main(["usage", "recordings.jsonl", "--by", "entity", "--format", "csv", "-o", "books.csv"]) == 0
    with open("books.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["entity"] and row["total_tokens"])
    row["total_tokens"] = str(int(row["total_tokens"]) + 7)
    with open("books.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("ignored", [(), ("--ignore", "ledger-total-mismatch")])
def test_a_total_that_was_changed_is_an_error_also_where_the_row_contradicts_itself(
    ignored: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    changed_total()

    code, out, _ = run(
        capsys,
        "recordings.jsonl",
        "--against",
        "books.csv",
        "--fail-on",
        "error",
        "--format",
        "json",
        *ignored,
    )

    found = {finding["rule"]: finding["severity"] for finding in json.loads(out)["findings"]}
    assert code == 1
    assert found["ledger-mismatch" if ignored else "ledger-total-mismatch"] == "error"


def test_a_total_that_is_wrong_by_itself_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    made("stale-total")

    assert "5 matched · 1 mismatch" in run(capsys, *BOOKS)[1]


def test_the_older_format_reconciles_and_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    made("old-format")

    code, out, _ = run(capsys, *BOOKS)

    assert code == 0
    assert "note  ledger-old-format" in out
    assert run(capsys, *BOOKS, "--fail-on", "note")[0] == 1


def test_states_may_be_given_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    made("decrease")
    states = [word for tick in range(1, 6) for word in ("--against", f"books/tick-{tick}")]

    code, out, _ = run(capsys, "recordings.jsonl", *states)

    assert code == 1
    assert "ledger-decreases" in out
    assert "fell from 9,371 to 6,203 after tick 4" in " ".join(out.split())


def test_a_log_is_compared_phase_by_phase(capsys: pytest.CaptureFixture[str]) -> None:
    made("phase-left-out-of-tick")

    code, out, _ = run(capsys, "recordings.jsonl", "--against", "run.log")

    assert code == 1
    assert "by tick, phase: run.log" in out
    assert "error  ledger-phases-sum" in out


@pytest.mark.parametrize("kind", ["csv", "json", "lines"])
def test_what_usage_writes_are_books_that_match(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    made()
    by = () if kind == "lines" else ("--by", "tick,entity")
    assert main(["usage", "recordings.jsonl", *by, "--format", kind, "-o", "usage.out"]) == 0

    code, out, err = run(capsys, "recordings.jsonl", "--against", "usage.out", "--format", "json")

    statement = json.loads(out)
    assert (code, err, statement["findings"]) == (0, "", [])
    assert statement["counts"]["matched"] >= 20
    assert sum(statement["counts"].values()) == statement["counts"]["matched"]


def test_the_json_says_every_key_and_measure_with_both_values(capsys: pytest.CaptureFixture[str]) -> None:
    made("double-count")

    _, out, _ = run(capsys, *BOOKS, "--format", "json")

    statement = json.loads(out)
    [otto] = [one for one in statement["sheets"][0]["items"] if one["key"] == {"entity": "otto"}]
    assert otto["bucket"] == "mismatch"
    assert otto["rules"] == ["ledger-double-count"]
    assert otto["measures"]["successes"] == {
        "bucket": "mismatch", "recordings": 10, "ledger": 11, "difference": 1,
    }  # fmt: skip
    assert statement["command"] == ["reconcile", "recordings.jsonl", "--against", "books"]
    assert (statement["exit_code"], statement["exit_reason"]) == (1, "1 finding at or above warning")


def test_the_csv_has_a_row_for_each_key_and_measure_and_findings_go_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made("text-for-a-number")

    code, out, err = run(capsys, *BOOKS, "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(out)))
    [row] = [one for one in rows if (one["key"], one["measure"]) == ("entity=otto", "total_tokens")]
    assert code == 1
    assert (row["bucket"], row["ledger"], row["difference"]) == ("not_compared", "", "")
    assert "ledger-count-broken _openai.usage.total_tokens is the text '15,180', not a number." in err


def test_rules_can_be_left_out_and_findings_need_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    made("double-count")

    assert run(capsys, *BOOKS, "--ignore", "ledger-double-count")[0] == 0
    assert run(capsys, *BOOKS, "--exit-zero")[0] == 0
    assert run(capsys, *BOOKS, "--fail-on", "never")[0] == 0
    assert run(capsys, *BOOKS, "--select", "ledger-decreases")[0] == 0
    assert run(capsys, *BOOKS, "--tolerance", "tokens=1400,successes=1")[0] == 0


def test_settings_that_mean_the_same_are_read_from_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    made("double-count")
    Path("pyproject.toml").write_text("[tool.stream-audit]\nignore = 'ledger-*'\ntimeout = 3\n", "utf-8")

    assert run(capsys, *BOOKS)[0] == 0


def test_strict_wants_everything_compared(capsys: pytest.CaptureFixture[str]) -> None:
    made()

    code, out, _ = run(capsys, "recordings.jsonl", "--against", "books/tick-3", "--strict")

    assert code == 3
    assert "20 recordings of later ticks" in " ".join(out.split())
    assert run(capsys, "recordings.jsonl", "--against", "books/tick-3")[0] == 0
    assert run(capsys, *BOOKS, "--strict")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("recordings.jsonl", "--against", "nothing"), "There are no books at nothing."),
        (("nothing.jsonl", "--against", "books"), "nothing.jsonl"),
        ((*BOOKS, "--by", "phase"), "cannot be told apart by phase; they have entity, tick"),
        ((*BOOKS, "--tolerance", "tokens"), "--tolerance takes"),
        ((*BOOKS, "--format", "xml"), "no format 'xml'"),
        ((*BOOKS, "--fail-on", "all"), "--fail-on"),
        (("recordings.jsonl", "--against", "run.log", "--cumulative"), "column tick"),
        ((*BOOKS, "-o", "recordings.jsonl"), "one of the recordings"),
        (("recordings.jsonl",), "--against"),
    ],
)
def test_a_mistake_of_the_command_ends_with_2(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made()

    code, out, err = run(capsys, *words)

    assert (code, out) == (2, "")
    assert said in err


def test_nothing_in_common_is_not_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    made()
    Path("zero.csv").write_text("entity,total_tokens\n", "utf-8")

    code, out, _ = run(capsys, "recordings.jsonl", "--against", "zero.csv", "--exit-zero")

    assert code == 3
    assert "nothing was compared" in out


def test_books_of_before_the_first_tick_agree_with_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    made()
    for path in Path("books/tick-1").glob("*/*.json"):
        document = json.loads(path.read_text("utf-8"))
        document.pop("_openai")
        path.write_text(json.dumps(document), "utf-8")
    Path("books/tick-1/simulation.json").write_text('{"id": "x", "current_tick": 0}', "utf-8")

    code, out, _ = run(capsys, "recordings.jsonl", "--against", "books/tick-1")

    assert code == 3
    assert "all recordings are of later ticks than the books" in " ".join(out.split())


def test_books_that_cannot_be_read_fail(capsys: pytest.CaptureFixture[str]) -> None:
    made()
    Path("books.csv").write_bytes(b"entity,total_tokens\n\xff,5\n")

    code, out, _ = run(capsys, "recordings.jsonl", "--against", "books.csv")

    assert code == 1
    assert "ledger-unreadable" in out
    assert "is not UTF-8" in out


def test_names_in_books_never_reach_the_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    made()
    Path("books.csv").write_text("entity,total_tokens,\x1b[31mred\nev\x1b[2Jil,5,1\n", "utf-8")

    for kind in ("table", "csv"):
        _, out, err = run(capsys, "recordings.jsonl", "--against", "books.csv", "--format", kind)
        assert "\x1b" not in out + err
        assert "ev\\x1b[2Jil" in out


@pytest.mark.parametrize("width", ["20", "50", "80", "200"])
def test_the_table_fits_into_its_width(width: str, capsys: pytest.CaptureFixture[str]) -> None:
    made("double-count")

    _, out, _ = run(capsys, *BOOKS, "--width", width)

    assert max(map(len, out.splitlines())) <= int(width)
