"""What stands beside the findings: the streams' own faults, what was not covered, what was not audited."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from stream_audit.model import Summary, Unreadable
from stream_audit.reports.absent import Absent
from stream_audit.reports.groups import WireCount
from stream_audit.reports.listing import SEVERITY_STYLE, place
from stream_audit.reports.paper import Paper, word
from stream_audit.reports.printable import brief, printable
from stream_audit.reports.verdict import acceptance_lines, counted

__all__ = [
    "print_absent",
    "print_acceptance",
    "print_growth",
    "print_left_out",
    "print_not_covered",
    "print_twins",
    "print_wire",
]

_MOST = 20


def print_wire(paper: Paper, counts: Iterable[WireCount], *, verbose: bool) -> None:
    """Print a line for each wire rule, with the first place; every place when ``verbose``."""
    counts = list(counts)
    if not counts:
        return
    paper.print()
    paper.print(word("in the streams themselves (never fails a replay)", "bold"))
    for count in counts:
        first = count.first
        line = Text(overflow="fold")
        line.append(first.severity, SEVERITY_STYLE.get(first.severity, ""))
        line.append(f"  {printable(first.rule)}")
        often = counted(count.findings, "time")
        line.append(f"  {often} in {counted(count.recordings, 'recording')}", "dim")
        paper.print(line, indent=2)
        paper.print(word(f"{place(first.path, first.line)}  {brief(first.message)}"), indent=4)
        if verbose:
            for other in count.places[1:]:
                paper.print(word(printable(other)), indent=4)


def print_twins(paper: Paper, summary: Summary) -> None:
    """Print what the answers without streaming that lie beside recordings say of the reference."""
    if summary.twins:
        paper.print()
        paper.print(word("the reference against answers without streaming (twins)", "bold"))
        listed = ", ".join(f"{status} {number:,}" for status, number in sorted(summary.twins.items()))
        paper.print(word(listed), indent=2)


def print_not_covered(paper: Paper, summary: Summary) -> None:
    """Print what each candidate does not claim to return, with the recordings that have it."""
    for name, fields in summary.not_covered.items():
        if not fields:
            continue
        paper.print()
        paper.print(word(f"not covered by {printable(name)} (recordings that have it)", "bold"))
        listed = ", ".join(f"{printable(field)} {number:,}" for field, number in fields.items())
        paper.print(word(listed), indent=2)


def print_absent(paper: Paper, absent: Absent, summary: Summary) -> None:
    """Print the candidates that could not be run at all, and why."""
    for who, why in absent.told(summary):
        paper.print()
        paper.print(word(who, "bold yellow"))
        paper.print(word(why), indent=2)


def print_growth(paper: Paper, summary: Summary) -> None:
    """Print for how many recordings each candidate's growth was measured, and why not for the others."""
    for name, fates in summary.growth.items():
        paper.print()
        paper.print(word(f"growth of the time per chunk: {printable(name)}", "bold"))
        for fate, number in fates.items():
            known = fate in ("steady", "grows")
            said = fate if known else f"not checked: {printable(fate)}"
            paper.print(word(f"{said}, {counted(number, 'recording')}", "" if known else "yellow"), indent=2)


def print_left_out(paper: Paper, summary: Summary, *, verbose: bool) -> None:
    """Print what was not audited, each with its place and reason, and the files passed over."""
    _print_entries(paper, "unreadable", [entry for entry in summary.unreadable if not entry.skipped], verbose)
    _print_entries(paper, "skipped", [entry for entry in summary.unreadable if entry.skipped], verbose)
    if summary.damaged:
        paper.print()
        paper.print(
            word(
                f"damaged: {counted(summary.damaged, 'recording')} with lines that cannot be read as sent",
                "yellow",
            )
        )
    if summary.passed_over:
        paper.print()
        shown = summary.passed_over if verbose else summary.passed_over[:5]
        rest = len(summary.passed_over) - len(shown)
        more = f" and {rest:,} more (all with -v)" if rest else ""
        listed = ", ".join(map(printable, shown))
        paper.print(word(f"passed over, not recordings: {listed}{more}", "dim"))


def print_acceptance(paper: Paper, summary: Summary) -> None:
    """Print what a baseline knew, and what of it no longer applies."""
    lines = acceptance_lines(summary)
    if lines:
        paper.print()
    for line in lines:
        paper.print(word(line, "dim"))


def _print_entries(paper: Paper, fate: str, entries: list[Unreadable], verbose: bool) -> None:
    if not entries:
        return
    paper.print()
    paper.print(word(fate, "bold yellow"))
    shown = entries if verbose else entries[:_MOST]
    for entry in shown:
        paper.print(word(place(entry.path, entry.line)), indent=2)
        rules = ", ".join(dict.fromkeys(printable(finding.rule) for finding in entry.findings))
        paper.print(word(f"{printable(entry.reason)}{f' ({rules})' if rules else ''}", "dim"), indent=4)
    if len(entries) > len(shown):
        paper.print(word(f"… {len(entries) - len(shown):,} more (all with -v)", "dim"), indent=2)
