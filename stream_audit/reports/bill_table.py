"""A bill for people: a row a key, indented below the key that it is a part of, and the total last.

There may be a row for each of many thousand keys, so rows are written as plain lines of one width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.cells import cell_len, chop_cells

from stream_audit.model.bill import Bill, BillRow
from stream_audit.reports.bill_data import name_of
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, packed, word
from stream_audit.reports.printable import printable, quoted
from stream_audit.reports.remains import print_left_out
from stream_audit.reports.verdict import counted, exit_line, repeated_line

__all__ = ["left_out", "print_bill"]

_ALWAYS = ("requests", "total_tokens", "input_tokens", "output_tokens")
"""Columns that are there even if they are 0 or unknown in every row."""
_NEVER = ("successes", "partial")
"""The first follows from two others, of the second there is a line below; JSON and CSV have both."""
_UNKNOWN = "?"
_TOTAL = "total"
_WORDS = {"unreported": "unknown"}
_GAPS = (2, 1)
"""Blanks between two columns; the second where the first leaves no room for the keys."""
_LEAST = 10
"""Columns that a key needs; with less, each row becomes a record."""


def print_bill(bill: Bill, stream: TextIO, options: Options) -> None:
    """Print a bill, what is not in it, and the verdict."""
    paper = Paper(stream, width=options.width, color=options.color)
    by = f"by {printable(', '.join(bill.by))}" if bill.by else "all together"
    for line in packed([f"stream-audit {bill.version}", "usage", by], paper.width):
        paper.print(word(line, "bold"))
    paper.print()
    rows = [*bill.rows[1:], bill.rows[0]]
    names = _columns(bill.rows[0])
    keys = [_key(row) for row in rows]
    cells = [[_cell(row, name) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(_heads(names), *cells, strict=True)]
    rooms = {paper.width - sum(widths) - gap * len(widths): gap for gap in _GAPS}
    room = next((room for room in rooms if room >= _LEAST), None)
    if room is None:
        _write_records(stream, keys, cells, names, paper.width)
    else:
        width = min(room, max(cell_len(key) for key in keys))
        sizes = [rooms[room] + size for size in widths]
        *most, total = zip(keys, cells, strict=True)
        for line in _lines("", _heads(names), width, sizes):
            paper.print(word(line, "dim"))
        for key, values in most:
            stream.writelines(f"{line}\n" for line in _lines(key, values, width, sizes))
        for line in _lines(*total, width, sizes):
            paper.print(word(line, "bold"))
    if not options.quiet:
        print_left_out(paper, bill.summary, verbose=options.verbose)
    _print_end(paper, bill)


def left_out(bill: Bill) -> list[str]:
    """What is not in the sums, a sentence each, for formats that have only sums."""
    summary = bill.summary
    fates = {"unreadable": summary.counts.unreadable, "skipped": summary.counts.skipped}
    said = [f"{counted(n, 'recording')} {what}, so in no sum." for what, n in fates.items() if n]
    if summary.damaged:
        said.append(f"{counted(summary.damaged, 'recording')} with lines that cannot be read as sent.")
    return [*said, _ending(bill)] if summary.exit_code else said


def _ending(bill: Bill) -> str:
    line = exit_line(bill.summary)
    return f"{line[0].upper()}{line[1:]}."


def _columns(total: BillRow) -> list[str]:
    """The columns that say anything; what is 0 or unknown in the total is so in every row."""
    everything = {**total.counts, **total.tokens}
    return [name for name, value in everything.items() if (value and name not in _NEVER) or name in _ALWAYS]


def _heads(names: Sequence[str]) -> list[str]:
    return [_WORDS.get(name, name.removesuffix("_tokens")) for name in names]


def _key(row: BillRow) -> str:
    if not row.key:
        return _TOTAL
    value = row.key[-1]
    shown = quoted(value) if value == _TOTAL or (value or "").strip() != (value or "") else name_of(value)
    return "  " * (len(row.key) - 1) + shown


def _cell(row: BillRow, name: str) -> str:
    value = row.counts[name] if name in row.counts else row.tokens[name]
    return _UNKNOWN if value is None else f"{value:,}"


def _lines(key: str, cells: Sequence[str], width: int, widths: Sequence[int]) -> Iterator[str]:
    """One row; a key that is longer than its column goes on below, indented as it is."""
    indent = key[: len(key) - len(key.lstrip(" "))][: width // 2]
    first, *more = chop_cells(key.lstrip(" "), width - len(indent)) or [""]
    pad = " " * (width - len(indent) - cell_len(first))
    numbers = "".join(f"{cell:>{size}}" for cell, size in zip(cells, widths, strict=True))
    yield f"{indent}{first}{pad}{numbers}".rstrip()
    for line in more:
        yield f"{indent}{line}"


def _write_records(
    stream: TextIO, keys: Sequence[str], cells: Sequence[Sequence[str]], names: Sequence[str], width: int
) -> None:
    for key, values in zip(keys, cells, strict=True):
        indent = key[: len(key) - len(key.lstrip(" "))][: width // 2]
        for line in chop_cells(key.lstrip(" "), width - len(indent)):
            stream.write(f"{indent}{line}\n")
        parts = [f"{head} {value}" for head, value in zip(_heads(names), values, strict=True)]
        for line in packed(parts, width - len(indent) - 4):
            stream.write(f"{indent}    {line}\n")


def _print_end(paper: Paper, bill: Bill) -> None:
    counts = bill.summary.counts
    parts = [f"{counts.found:,} found", f"{bill.folded:,} folded", f"{counts.unreadable:,} unreadable"]
    paper.print()
    for line in packed([*parts, f"{counts.skipped:,} skipped"], paper.width):
        paper.print(word(line, "bold"))
    total = bill.rows[0].counts
    if total["partial"]:
        used = f"{counted(total['partial'], 'failed request')} reported tokens before the end"
        paper.print(word(f"{used}; they are in the sums."))
    if total["unreported"]:
        silent = f"{counted(total['unreported'], 'request')} reported no usage"
        paper.print(word(f"{silent}; what they used is not known and in no sum."))
    if total["repeated"]:
        paper.print(word(repeated_line(total["repeated"])))
    empty = bill.folded - total["requests"] - total["repeated"]
    if empty > 0:
        paper.print(word(f"{counted(empty, 'session log')} without a response; that is no request."))
    paper.print(word(_ending(bill), "green" if bill.summary.exit_code == 0 else "red"))
    paper.flush()
