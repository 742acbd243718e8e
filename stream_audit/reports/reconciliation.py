"""A reconciliation for people: every key that is not matched, then why, then what was not compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.text import Text

from stream_audit.model import Finding
from stream_audit.model.statement import BUCKETS, Item, Measured, Sheet, Statement
from stream_audit.reports.listing import SEVERITY_STYLE, place
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, columns, packed, word
from stream_audit.reports.printable import printable
from stream_audit.reports.remains import print_left_out
from stream_audit.reports.verdict import counted, exit_line, repeated_line

__all__ = ["print_reconciliation"]

_SHOWN = 20
"""Keys of a book that are listed."""
_FINDINGS = 5
"""Findings of a rule that are listed."""
_HEADS = ("", "", "", "recordings", "books", "difference")


def print_reconciliation(statement: Statement, stream: TextIO, options: Options) -> None:
    """Print a statement as a table, then its findings and its verdict."""
    paper = Paper(stream, width=options.width, color=options.color)
    recordings = counted(statement.summary.counts.found, "recording")
    books = " and ".join(dict.fromkeys(printable(sheet.path) for sheet in statement.sheets)) or "no books"
    for line in packed([f"stream-audit {statement.version}", recordings, f"against {books}"], paper.width):
        paper.print(word(line, "bold"))
    if not options.quiet:
        for sheet in statement.sheets:
            _print_sheet(paper, sheet, verbose=options.verbose)
    _print_findings(paper, statement.findings, options)
    print_left_out(paper, statement.summary, verbose=options.verbose)
    if not options.quiet:
        remarks = list(_not_compared(statement))
        if remarks:
            paper.print()
            paper.print(word("not compared", "bold"))
        for remark in remarks:
            paper.print(word(printable(remark)), indent=2)
        if statement.repeated:
            paper.print()
            paper.print(word(repeated_line(statement.repeated)))
    _print_verdict(paper, statement)
    paper.flush()


def _print_sheet(paper: Paper, sheet: Sheet, *, verbose: bool) -> None:
    paper.print()
    by = ", ".join(sheet.by) if sheet.by else "nothing, all together"
    paper.print(word(printable(f"by {by}: {sheet.path}"), "bold"))
    worst = sorted(sheet.items, key=lambda item: item.bucket == "matched")
    shown = worst if verbose else worst[:_SHOWN]
    kept = {id(item) for item in shown}
    rows = [row for item in sheet.items if id(item) in kept for row in _rows(item)]
    if paper.narrow:
        for row in rows:
            paper.print(Text(" ").join(cell for cell in row if cell.plain), indent=2)
    else:
        head = [word(name, "dim") for name in _HEADS]
        paper.print(columns([head, *rows], (None,) * 6, right=(3, 4, 5)), indent=2)
    for item in shown:
        if item.total and item.remark:
            paper.print(word(f"{_name(item)}: {printable(item.remark)}", "dim"), indent=2)
    if len(worst) > len(shown):
        rest = f"… {counted(len(worst) - len(shown), 'more key')} (all with -v)"
        paper.print(word(rest, "dim"), indent=2)


def _rows(item: Item) -> Iterator[list[Text]]:
    """One row for the key; where it is not matched, one for each measure that is apart."""
    style = "" if item.bucket in ("matched", "not_compared") else "red"
    apart = [one for one in item.measures if one.bucket not in ("matched", "not_compared")]
    told = apart or [one for one in item.measures if one.bucket == item.bucket][:1] or item.measures[:1]
    names = [word(_name(item)), word(item.bucket.replace("_", " "), style)]
    if not told:
        yield [*names, *[word("")] * 4]
    for position, measured in enumerate(told):
        lead = [word(""), word("")] if position else names
        yield [*lead, *_cells(measured, style)]


def _name(item: Item) -> str:
    if not item.key:
        return "all together"
    words = [f"{label} {value}" for label, value in item.key.items()] if item.total else item.key.values()
    return printable(" ".join(words))


def _cells(measured: Measured, style: str) -> list[Text]:
    difference = measured.difference
    return [
        word(measured.measure.replace("_", " ")),
        word(_number(measured.recordings)),
        word(_number(measured.books), style),
        word("" if difference is None else f"{difference:+,}" if difference else "0", style),
    ]


def _number(value: int | None) -> str:
    return "none" if value is None else f"{value:,}"


def _print_findings(paper: Paper, findings: Sequence[Finding], options: Options) -> None:
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    for rule in rules:
        mine = [finding for finding in findings if finding.rule == rule]
        severity = mine[0].severity
        paper.print()
        paper.heading(word(f"{severity}  ", SEVERITY_STYLE.get(severity, "")), [word(rule, "bold")])
        title = options.title(rule)
        if title and not options.quiet:
            paper.print(word(title, "dim"), indent=2)
        shown = mine if options.verbose else mine[:_FINDINGS]
        for finding in shown:
            often = f" ({finding.count:,} times)" if finding.count > 1 else ""
            paper.print(word(place(finding.path, finding.line) + often), indent=2)
            paper.print(word(printable(finding.message)), indent=4)
        if len(mine) > len(shown):
            paper.print(word(f"… {len(mine) - len(shown):,} more (all with -v)", "dim"), indent=2)


def _not_compared(statement: Statement) -> Iterator[str]:
    """What only one side knows, in words."""
    for sheet in statement.sheets:
        if sheet.only_recordings:
            yield f"{sheet.path} does not have it: {_words(sheet.only_recordings)}"
        if sheet.only_books:
            yield f"no recording reports it: {_words(sheet.only_books)}"
        if sheet.unbooked:
            yield f"of ticks after the last one in {sheet.path}: {counted(sheet.unbooked, 'recording')}"
    if statement.unreported:
        yield f"{counted(statement.unreported, 'recording')} reported no usage: tokens unknown, not 0"


def _words(measures: Sequence[str]) -> str:
    return ", ".join(measure.replace("_", " ") for measure in measures)


def _print_verdict(paper: Paper, statement: Statement) -> None:
    summary = statement.summary
    paper.print()
    parts = [f"{statement.counts[bucket]:,} {bucket.replace('_', ' ')}" for bucket in BUCKETS]
    counts = summary.counts
    parts += [f"{counts.unreadable:,} unreadable", f"{counts.skipped:,} skipped"]
    for line in packed(parts, paper.width):
        paper.print(word(line, "bold"))
    end = exit_line(summary)
    paper.print(word(f"{end[0].upper()}{end[1:]}.", "green" if summary.exit_code == 0 else "red"))
