"""What the reference made of each recording: shown when there is no candidate to compare it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stream_audit.model import Audited, Response, Usage
from stream_audit.reports.paper import Paper, columns, word
from stream_audit.reports.printable import printable

__all__ = ["Fold", "print_folds", "to_fold"]


@dataclass(frozen=True, slots=True)
class Fold:
    """One recording in a line."""

    id: str
    dialect: str
    chunks: int
    finish: str
    content: str
    calls: str
    tokens: str


_HEADS = ("recording", "chunks", "finish", "content", "calls", "tokens in/out")


def to_fold(audited: Audited) -> Fold:
    """Reduce a recording to what its line shows, so that the response itself can be forgotten."""
    response = audited.reference or Response()
    choices = response.choices
    finishes = dict.fromkeys(choice.finish_reason or "never" for choice in choices)
    characters = sum(len(choice.message.content or "") for choice in choices)
    calls = sum(len(choice.message.tool_calls) for choice in choices)
    usage = response.usage or Usage()
    return Fold(
        id=printable(audited.recording.id),
        dialect=printable(audited.recording.dialect or "not recognised"),
        chunks=audited.recording.chunks,
        finish=printable("error" if response.error is not None else ", ".join(finishes) or "never"),
        content=f"{characters:,}",
        calls=str(calls) if calls else "",
        tokens=f"{_count(usage.input_tokens)} / {_count(usage.output_tokens)}",
    )


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else f"{tokens:,}"


def print_folds(paper: Paper, folds: Sequence[Fold], total: int) -> None:
    """Print the folds by dialect; say how many recordings there were beyond them."""
    for dialect in dict.fromkeys(fold.dialect for fold in folds):
        mine = [fold for fold in folds if fold.dialect == dialect]
        paper.print()
        paper.print(word(f"folded by the reference: {dialect}", "bold"))
        if paper.narrow:
            _print_records(paper, mine)
        else:
            _print_columns(paper, mine)
    if total > len(folds):
        paper.print(word(f"… {total - len(folds):,} more (all with -v)", "dim"), indent=2)


def _print_columns(paper: Paper, folds: Sequence[Fold]) -> None:
    cells = [(f.id, f"{f.chunks:,}", f.finish, f.content, f.calls, f.tokens) for f in folds]
    rest = [max(len(row[column]) for row in (*cells, _HEADS)) for column in range(1, 6)]
    rest[1] = min(rest[1], 16)
    widths = (max(16, paper.width - 2 - sum(rest) - 2 * len(rest)), *rest)
    _print_row(paper, _HEADS, widths, "dim")
    for row in cells:
        _print_row(paper, row, widths)


def _print_row(paper: Paper, row: Sequence[str], widths: Sequence[int], style: str = "") -> None:
    first, *rest = row
    if len(first) > widths[0]:  # a folded path cannot be opened by a click
        paper.print(word(first), indent=2)
        first = ""
    cells = [word(first, style), *(word(cell, style) for cell in rest)]
    paper.print(columns([cells], widths, right=(1, 3, 4, 5)), indent=2)


def _print_records(paper: Paper, folds: Sequence[Fold]) -> None:
    for fold in folds:
        calls = f", {fold.calls} tool calls" if fold.calls else ""
        paper.print(word(fold.id), indent=2)
        paper.print(
            word(f"{fold.chunks:,} chunks, finish {fold.finish}, {fold.content} characters{calls}", "dim"),
            word(f"tokens in/out {fold.tokens}", "dim"),
            indent=4,
        )
