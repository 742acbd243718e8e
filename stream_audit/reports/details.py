"""One block for each of the first kinds of finding: rule, culprit chunk, both values, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from stream_audit.model import Finding, Rule
from stream_audit.reports.groups import Group
from stream_audit.reports.listing import LONGEST_FIELD, SEVERITY_STYLE, place
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, columns, verbatim, word
from stream_audit.reports.printable import brief, printable, window
from stream_audit.reports.reproduce import continued, explain_command, reproduce_command
from stream_audit.reports.values import counts, excerpt, has_values, pair

__all__ = ["MOST", "print_details"]

MOST = 10
"""Kinds of finding that get a block."""

_INDENT = 3
_LABEL = 12
_LINES = 3


def print_details(paper: Paper, groups: Sequence[Group], options: Options, *, several: bool) -> None:
    """Print a block for the first finding of each of the first kinds; say how many got none.

    ``several``: there is more than one candidate to name.
    """
    shown = groups if options.verbose else groups[:MOST]
    for number, group in enumerate(shown, start=1):
        paper.print()
        _print_block(paper, number, group, options, several=several)
    if len(groups) > len(shown):
        paper.print()
        rest = len(groups) - len(shown)
        paper.print(word(f"… {rest:,} more kinds of finding without details (all with -v)", "dim"))


def _print_block(paper: Paper, number: int, group: Group, options: Options, *, several: bool) -> None:
    finding = group.first
    heading = [word(printable(finding.rule), SEVERITY_STYLE.get(finding.severity, "bold"))]
    if finding.field and finding.kind != "wire":
        heading.append(word(brief(finding.field, LONGEST_FIELD)))
    if several and group.candidates:
        heading.append(word(", ".join(map(printable, group.candidates)), "cyan"))
    paper.heading(word(f"{number}. ", "dim"), heading)
    title = options.title(finding.rule)
    if title:
        paper.print(word(printable(title)), indent=_INDENT)
    paper.print(word(f"{place(finding.path, finding.line)}{group.chunk}", "dim"), indent=_INDENT)
    _print_facts(paper, finding, options.rule(finding.rule))
    _print_commands(paper, finding, group, options)


def _print_facts(paper: Paper, finding: Finding, rule: Rule | None) -> None:
    room = paper.width - _INDENT - (2 if paper.narrow else _LABEL)
    facts = _facts(finding, rule, room)
    if not paper.narrow:
        rows = [(word(label, "dim"), text) for label, text in facts]
        paper.print(columns(rows, (_LABEL - 2, room)), indent=_INDENT)
        return
    for label, text in facts:
        paper.print(word(label, "dim"), indent=_INDENT)
        paper.print(text, indent=_INDENT + 2)


def _facts(finding: Finding, rule: Rule | None, room: int) -> list[tuple[str, Text]]:
    size = max(_LINES * room - 30, 30)
    facts = []
    if finding.kind != "difference":
        lines = str(window(finding.message.strip(), 0, 2_000)).split("\n")
        facts.append(("what", word("\n".join(map(printable, lines)), "red")))
    if finding.kind == "wire" and rule is not None:
        facts.append(("why", word(printable(rule.why))))
    if finding.breaks:
        facts.append(("breaks", word(", ".join(map(printable, finding.breaks)), "magenta")))
    if finding.chunk is not None:
        label = f"line {finding.line}" if finding.line else "chunk"
        shown = excerpt(finding.chunk, finding.field, size)
        facts.append((label, verbatim(shown.text, room, before=shown.before, after=shown.after)))
    if has_values(finding):
        values = pair(finding.reference, finding.got, size, count=counts(finding))
        facts.append(("reference", word(_value(values.reference), "green")))
        facts.append(("candidate", word(_value(values.candidate), "red")))
        if values.remark:
            facts.append(("apart", word(values.remark)))
    if finding.diagnosis:
        facts.append(("looks like", word(", ".join(map(printable, finding.diagnosis)), "magenta")))
    elif finding.kind == "difference":
        facts.append(("looks like", word("no known failure", "dim")))
    return facts


def _value(text: str) -> str:
    """A shortened value, with the remark of what was left out on a line of its own: it is not folded."""
    kept, mark, rest = text.rpartition(" … [")
    return f"{kept}\n… [{rest}" if mark and rest.endswith(" more characters]") else text


def _print_commands(paper: Paper, finding: Finding, group: Group, options: Options) -> None:
    reproduce = reproduce_command(finding, group.recording, options)
    commands = {"explain": explain_command(finding)}
    if reproduce is not None:
        commands = {"reproduce": reproduce, **commands}
    for label, words in commands.items():
        if paper.narrow:
            paper.print(word(label, "dim"), indent=_INDENT)
        lines = continued(words, paper.width - _INDENT - (2 if paper.narrow else _LABEL))
        for number, line in enumerate(lines):
            lead = "  " if paper.narrow else (label if number == 0 else "").ljust(_LABEL)
            paper.whole(lead, line, indent=_INDENT)
