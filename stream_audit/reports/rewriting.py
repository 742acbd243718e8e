"""What was written anew, for people: which file became which, what was replaced, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from stream_audit.model import Summary
from stream_audit.model.rewriting import Rewriting, Rewritten
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, columns, packed, word
from stream_audit.reports.printable import printable
from stream_audit.reports.remains import print_left_out
from stream_audit.reports.verdict import counted

__all__ = ["print_rewriting", "replaced"]

_SHOWN = 20
"""Files that are listed one by one."""
_STILL = (
    "Kept: lengths, white space, punctuation, field names and words of the wire, counts, and which texts are "
    "equal. Look at what you share."
)


def print_rewriting(rewriting: Rewriting, stream: TextIO, options: Options) -> None:
    """Print what became of all sources, and the verdict."""
    paper = Paper(stream, width=options.width, color=options.color)
    for line in packed([f"stream-audit {rewriting.version}", rewriting.what], paper.width):
        paper.print(word(line, "bold"))
    if not options.quiet:
        _print_files(paper, rewriting.done, verbose=options.verbose)
        _print_replaced(paper, rewriting)
    _print_unlike(paper, rewriting.done)
    _print_without_recording(paper, rewriting.done, verbose=options.verbose)
    summary = Summary(unreadable=list(rewriting.left_out), passed_over=list(rewriting.passed_over))
    if not options.quiet:
        print_left_out(paper, summary, verbose=options.verbose)
    _print_remarks(paper, rewriting)
    _print_end(paper, rewriting)


def replaced(done: Sequence[Rewritten]) -> Iterator[tuple[str, int, int]]:
    """Kind of what was replaced, pieces and characters over all files; the most characters first."""
    kinds: dict[str, tuple[int, int]] = {}
    for one in done:
        for kind, pieces in one.pieces.items():
            before = kinds.get(kind, (0, 0))
            kinds[kind] = before[0] + pieces, before[1] + one.characters[kind]
    for kind, (pieces, characters) in sorted(kinds.items(), key=lambda entry: (-entry[1][1], entry[0])):
        yield kind, pieces, characters


def _print_files(paper: Paper, done: Sequence[Rewritten], *, verbose: bool) -> None:
    if done:
        paper.print()
    shown = done if verbose else done[:_SHOWN]
    for one in shown:
        paper.print(word(f"{printable(one.source)} → {printable(one.output)}"))
        said = f"{counted(one.recordings, 'recording')}, {counted(one.chunks, 'chunk')}"
        paper.print(word(said, "dim"), indent=2)
        for twin in one.twins:
            paper.print(word(f"its twin: {printable(twin)}", "dim"), indent=2)
        for remark in one.remarks:
            paper.print(word(printable(remark), "dim"), indent=2)
    if len(done) > len(shown):
        paper.print(word(f"… {len(done) - len(shown):,} more (all with -v)", "dim"))


def _print_replaced(paper: Paper, rewriting: Rewriting) -> None:
    if rewriting.what != "redact" or not rewriting.done:
        return
    paper.print()
    rows = [
        (word(kind), word(f"{pieces:,}"), word(f"{characters:,}"))
        for kind, pieces, characters in replaced(rewriting.done)
    ]
    if not rows:
        paper.print(word("nothing had to be replaced", "bold"))
        return
    head = (word("replaced", "bold"), word("pieces", "dim"), word("characters", "dim"))
    paper.print(columns([head, *rows], [None, None, None], right=(1, 2)))
    paper.print()
    paper.print(word(_STILL, "dim"))


def _print_unlike(paper: Paper, done: Sequence[Rewritten]) -> None:
    unlike = [(one, clause) for one in done for clause in one.unlike]
    if unlike:
        paper.print()
        paper.print(word("says something else than its source", "bold red"))
    for one, clause in unlike:
        paper.print(word(printable(one.output)), indent=2)
        paper.print(word(printable(clause), "dim"), indent=4)


def _print_without_recording(paper: Paper, done: Sequence[Rewritten], *, verbose: bool) -> None:
    without = [one for one in done if not one.recordings]
    shown = without if verbose else without[:_SHOWN]
    if without:
        paper.print()
        paper.print(word("no recording could be read in it", "bold red"))
    for one in shown:
        paper.print(word(printable(one.source)), indent=2)
    if len(without) > len(shown):
        paper.print(word(f"… {len(without) - len(shown):,} more (all with -v)", "dim"), indent=2)


def _print_remarks(paper: Paper, rewriting: Rewriting) -> None:
    if rewriting.remarks:
        paper.print()
    for remark in rewriting.remarks:
        paper.print(word(printable(remark), "yellow"))


def _print_end(paper: Paper, rewriting: Rewriting) -> None:
    done = rewriting.done
    parts = [
        f"{len(done):,} written",
        counted(sum(one.recordings for one in done), "recording"),
        counted(sum(one.chunks for one in done), "chunk"),
        f"{len(rewriting.left_out):,} left out",
    ]
    paper.print()
    for line in packed(parts, paper.width):
        paper.print(word(line, "bold"))
    code = rewriting.exit_code
    paper.print(word(f"Exit code {code}: {printable(rewriting.reason)}.", "red" if code else "green"))
    paper.flush()
