"""The totals of several candidates in one table: libraries or ways to total usage, told apart at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stream_audit.model import MEASURES, Summary, Total
from stream_audit.reports.paper import Paper, columns, word
from stream_audit.reports.printable import printable

__all__ = ["MANY", "print_side_by_side", "totals_usage_only"]

MANY = 3
"""From so many candidates on, their totals are lines of one table, not tables."""
_FEWER = "*"


def totals_usage_only(totals: Mapping[str, Total]) -> bool:
    """Whether these are the totals of an accumulator, which is never asked for content."""
    return MEASURES[0] not in totals


def print_side_by_side(paper: Paper, summary: Summary) -> bool:
    """Print the sums of the reference and of every candidate, a line each.

    Returns:
        Whether it was printed: there is an accumulator to be put beside something else, or there are many.
    """
    candidates = summary.candidate_totals
    counting = len(candidates) > 1 and any(map(totals_usage_only, candidates.values()))
    if not counting and len(candidates) < MANY:
        return False
    measures = [name for name in MEASURES if _shown(summary, name)]
    heads = ["", *(name.removesuffix("_tokens").removesuffix("_characters") for name in measures), "differ"]
    rows = [["reference", *(_number(summary.reference_totals.get(name)) for name in measures), ""]]
    rows += [_row(summary, name, measures) for name in candidates]
    paper.print()
    paper.print(word("totals side by side", "bold"))
    _print_rows(paper, [head.replace("_", " ") for head in heads], rows)
    if any(cell.endswith(_FEWER) for row in rows for cell in row):
        paper.print(word("* not over all recordings in which the reference has a number", "dim"), indent=2)
    return True


def _print_rows(paper: Paper, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    longest = [max(map(len, head.split()), default=0) for head in heads]
    widths = [max(longest[at], *(len(row[at]) for row in rows)) for at in range(len(heads))]
    if sum(widths) + 2 * len(widths) <= paper.width:
        body = [[word(head, "dim") for head in heads], *([word(cell) for cell in row] for row in rows)]
        paper.print(columns(body, widths, right=tuple(range(1, len(heads)))), indent=2)
        return
    for name, *rest in rows:
        said = [f"{head} {cell}" for head, cell in zip(heads[1:], rest, strict=True) if cell]
        paper.print(word(name), indent=2)
        paper.print(word(", ".join(said), "dim"), indent=4)


def _row(summary: Summary, name: str, measures: Sequence[str]) -> list[str]:
    totals, statuses = summary.candidate_totals[name], summary.statuses.get(name, {})
    sums = [_sum(totals.get(measure), summary.reference_totals.get(measure)) for measure in measures]
    differ = sum(statuses.get(status, 0) for status in ("differ", "crashed", "timeout", "refused"))
    ran = any(statuses.get(status) for status in ("same", "differ", "crashed", "timeout", "refused"))
    return [printable(name.removeprefix("accumulator:")), *sums, f"{differ:,}" if ran else "-"]


def _shown(summary: Summary, measure: str) -> bool:
    """Whether a candidate was asked for the measure, and somebody has a number."""
    found = [totals[measure] for totals in summary.candidate_totals.values() if measure in totals]
    counted = any(total.compared or total.one_sided for total in found)
    return bool(found) and (counted or summary.reference_totals.get(measure) is not None)


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _sum(total: Total | None, reference: int | None) -> str:
    """A candidate's sum over the recordings in which both sides gave a number."""
    if total is None or not total.compared:
        return "-"
    return f"{total.candidate:,}{_FEWER if total.reference != (reference or 0) else ''}"
