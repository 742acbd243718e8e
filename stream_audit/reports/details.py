"""One block for each of the first kinds of finding: rule, culprit chunk, both values, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from stream_audit.model import Finding
from stream_audit.reports.groups import Group
from stream_audit.reports.listing import SEVERITY_STYLE, place
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, columns, word
from stream_audit.reports.printable import printable
from stream_audit.reports.reproduce import explain_command, reproduce_command
from stream_audit.reports.values import excerpt, pair

__all__ = ["MOST", "print_details"]

MOST = 10
"""Kinds of finding that get a block."""

_LABEL = 10
_LINES = 3


def print_details(paper: Paper, groups: Sequence[Group], options: Options) -> None:
    """Print a block for the first finding of each of the first kinds; say how many got none."""
    shown = groups if options.verbose else groups[:MOST]
    for number, group in enumerate(shown, start=1):
        paper.print()
        _print_block(paper, number, group, options)
    if len(groups) > len(shown):
        paper.print()
        paper.print(
            word(f"… {len(groups) - len(shown):,} more kinds of finding without details (all with -v)", "dim")
        )


def _print_block(paper: Paper, number: int, group: Group, options: Options) -> None:
    finding = group.first
    heading = Text(overflow="fold")
    heading.append(f"{number}. ", "dim")
    heading.append(printable(finding.rule), SEVERITY_STYLE.get(finding.severity, "bold"))
    title = options.title(finding.rule)
    if title:
        heading.append(f"  {printable(title)}")
    paper.print(heading)
    room = paper.width - 3 - (0 if paper.narrow else _LABEL + 2)
    rows = _rows(finding, group, options, room)
    if paper.narrow:
        for label, text in rows:
            paper.print(word(label, "dim"), indent=3)
            paper.print(text, indent=5)
    else:
        paper.print(columns([(word(label, "dim"), text) for label, text in rows], (_LABEL, room)), indent=3)


def _rows(finding: Finding, group: Group, options: Options, room: int) -> list[tuple[str, Text]]:
    rows = [("where", word(_where(finding, group)))]
    if finding.message:
        rows.append(("what", word(printable(finding.message))))
    if finding.chunk is not None:
        label = f"line {finding.line}" if finding.line else "chunk"
        rows.append((label, word(excerpt(finding.chunk, finding.field, _LINES * room - 50), "bold")))
    if finding.kind == "difference":
        rows += _values(finding, room)
    if finding.diagnosis:
        rows.append(("looks like", word(", ".join(map(printable, finding.diagnosis)), "magenta")))
    reproduce = reproduce_command(finding, group.recording, options)
    if reproduce is not None:
        rows.append(("reproduce", word(reproduce)))
    rows.append(("explain", word(explain_command(finding))))
    return rows


def _values(finding: Finding, room: int) -> list[tuple[str, Text]]:
    count = (finding.field or "").startswith("usage.")
    values = pair(finding.reference, finding.got, max(_LINES * room - 50, 30), count=count)
    rows = [
        ("reference", word(values.reference, "green")),
        ("candidate", word(values.candidate, "red")),
    ]
    if values.remark:
        rows.append(("apart", word(values.remark)))
    return rows


def _where(finding: Finding, group: Group) -> str:
    parts = [place(finding.path, finding.line)]
    if finding.index is not None:
        about = "" if finding.exact else ", found by bisection"
        parts.append(f"chunk {finding.index + 1} of {group.recording.chunks}{about}")
    if finding.field:
        parts.append(printable(finding.field))
    return " · ".join(parts)
