"""The list of findings: a heading for each kind, then where it was seen and both values."""

from __future__ import annotations

from collections.abc import Sequence

from stream_audit.reports.groups import Group, Row
from stream_audit.reports.paper import Paper, columns, word
from stream_audit.reports.printable import brief, printable
from stream_audit.reports.values import has_values
from stream_audit.reports.verdict import counted

__all__ = ["LONGEST_FIELD", "SEVERITY_STYLE", "place", "print_findings"]

SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "note": "cyan"}

LONGEST_FIELD = 200
"""Characters of a field that are shown; its name may have been recorded."""

_INDENT = 2


def place(path: str, line: int) -> str:
    """``path:line`` as editors open it; the path alone for what concerns the whole file."""
    return f"{printable(path)}:{line}" if line else printable(path)


_SIDES = ("reference", "candidate")
_STYLES = ("green", "red")


def print_findings(
    paper: Paper,
    groups: Sequence[Group],
    *,
    several: bool,
    sides: tuple[str, str] = _SIDES,
    styles: tuple[str, str] = _STYLES,
) -> None:
    """Print all kinds, the worst first.

    Args:
        paper: Where to print.
        groups: The kinds, in order.
        several: There is more than one candidate to name.
        sides: What the two values of a finding are called.
        styles: What they look like.
    """
    if not groups:
        return
    values = max(14, paper.width // 4)
    widths = (paper.width - _INDENT - 2 * values - 4, values, values)
    if not paper.narrow and any(has_values(group.first) for group in groups):
        paper.print()
        head = [word(name, "dim") for name in ("recording:line", *sides)]
        paper.print(columns([head], widths), indent=_INDENT)
    else:
        paper.print()
    for number, group in enumerate(groups):
        if number:
            paper.print()
        _print_heading(paper, group, several=several)
        for row in group.rows:
            _print_row(paper, row, widths, sides, styles)
        if group.unshown:
            rest = (
                f"… {group.unshown:,} more in {counted(group.unshown_recordings, 'recording')} (all with -v)"
            )
            paper.print(word(rest, "dim"), indent=_INDENT)


def _print_heading(paper: Paper, group: Group, *, several: bool) -> None:
    finding = group.first
    heading = [word(printable(finding.rule), "bold")]
    if finding.field and finding.kind != "wire":  # of a stream, findings of several fields are one kind
        heading.append(word(brief(finding.field, LONGEST_FIELD)))
    if several and group.candidates:
        heading.append(word(", ".join(map(printable, group.candidates)), "cyan"))
    if group.recordings > 1:
        heading.append(word(f"{group.recordings:,} recordings", "dim"))
    paper.heading(word(f"{finding.severity}  ", SEVERITY_STYLE.get(finding.severity, "")), heading)


def _print_row(
    paper: Paper, row: Row, widths: Sequence[int], sides: tuple[str, str], styles: tuple[str, str]
) -> None:
    where = word(place(row.path, row.line))
    if row.values is None:
        paper.print(where, word(brief(row.message), "dim"), indent=_INDENT)
    elif paper.narrow:
        paper.print(where, indent=_INDENT)
        pairs = [
            (word(sides[0], "dim"), word(row.values.reference, styles[0])),
            (word(sides[1], "dim"), word(_with_remark(row), styles[1])),
        ]
        paper.print(columns(pairs, (9, paper.width - 2 * _INDENT - 11)), indent=2 * _INDENT)
    else:
        if len(where) > widths[0]:  # a path that is folded cannot be opened by a click
            paper.print(where, indent=_INDENT)
            where = word("")
        cells = (where, word(row.values.reference, styles[0]), word(_with_remark(row), styles[1]))
        paper.print(columns([cells], widths), indent=_INDENT)


def _with_remark(row: Row) -> str:
    """The candidate's value, with the difference behind a count."""
    if row.values is None:
        return ""
    short = row.values.remark if row.values.remark[:1] in {"+", "-"} else ""
    return f"{row.values.candidate} ({short})" if short else row.values.candidate
