"""The trigger shapes that the recordings of a run have, and those that none of them has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.model.tag import Tag, TagCount, Tagging
from stream_audit.reports.listing import place
from stream_audit.reports.paper import Paper, columns, word
from stream_audit.reports.printable import printable
from stream_audit.reports.verdict import counted

__all__ = ["NOTHING", "print_tags", "tagging_object", "unread_lines"]

NOTHING = "-"
"""In place of the chunks of a shape that is of a stream as a whole."""

_HEADS = ("trigger shape", "recordings", "chunks", "first")


def print_tags(paper: Paper, tagging: Tagging | None) -> None:
    """Print what was found, a line each, and then what was not, with what it would set off."""
    if tagging is None:
        return
    paper.print()
    paper.print(word("trigger shapes in these recordings", "bold"))
    if not tagging.found:
        paper.print(word("none: no recording was linted" if not tagging.known else "none"), indent=2)
    elif paper.narrow:
        _print_records(paper, tagging)
    else:
        _print_columns(paper, tagging)
    for line in unread_lines(tagging):
        paper.print(word(line, "yellow"), indent=2)
    if tagging.missing:
        _print_missing(paper, tagging.missing)


def unread_lines(tagging: Tagging) -> list[str]:
    """Of which dialects only a part could be told."""
    return [
        f"{printable(name)}, {counted(many, 'recording')}: only told what every dialect has"
        for name, many in tagging.unread.items()
    ]


def _print_columns(paper: Paper, tagging: Tagging) -> None:
    rows = [(name, *_cells(count)) for name, count in tagging.found.items()]
    rest = [max(len(row[column]) for row in (*rows, _HEADS)) for column in range(3)]
    widths = (*rest, paper.width - 2 - sum(rest) - 6)
    head = [word(cell, "dim") for cell in _HEADS]
    paper.print(columns([head], widths, right=(1, 2)), indent=2)
    for row in rows:
        *cells, where = row
        below = len(where) > widths[3]  # a folded path cannot be opened by a click
        shown = [*cells, "" if below else where]
        paper.print(columns([[word(cell) for cell in shown]], widths, right=(1, 2)), indent=2)
        if below:
            paper.print(word(where, "dim"), indent=4)


def _print_records(paper: Paper, tagging: Tagging) -> None:
    for name, count in tagging.found.items():
        chunks = f", {counted(count.chunks, 'chunk')}" if count.chunks is not None else ""
        paper.print(word(name), indent=2)
        paper.print(word(f"{counted(count.recordings, 'recording')}{chunks}"), indent=4)
        paper.print(word(place(count.path, count.line), "dim"), indent=4)


def _cells(count: TagCount) -> tuple[str, str, str]:
    chunks = NOTHING if count.chunks is None else f"{count.chunks:,}"
    return f"{count.recordings:,}", chunks, place(count.path, count.line)


def _print_missing(paper: Paper, missing: Sequence[Tag]) -> None:
    paper.print()
    paper.print(word("not in these recordings, so they cannot catch what it sets off", "bold"))
    if paper.narrow:
        for tag in missing:
            paper.print(word(tag.name), indent=2)
            paper.print(word(_sets_off(tag), "dim"), indent=4)
        return
    width = max(len(tag.name) for tag in missing)
    widths = (width, paper.width - 4 - width)
    for tag in missing:
        paper.print(columns([[word(tag.name), word(_sets_off(tag), "dim")]], widths), indent=2)


def _sets_off(tag: Tag) -> str:
    """The title, and the rules where they say more than the name."""
    rules = ", ".join(rule for rule in tag.rules if rule != tag.name)
    return f"{tag.title}: {rules}" if rules else tag.title


def tagging_object(tagging: Tagging) -> dict[str, Any]:
    """``tagging`` as the object the schema calls ``Tags``."""
    return {
        "found": [
            {
                **_tag_object(tag),
                "recordings": tagging.found[tag.name].recordings,
                "chunks": tagging.found[tag.name].chunks,
                "example": {"path": tagging.found[tag.name].path, "line": tagging.found[tag.name].line},
            }
            for tag in tagging.known
            if tag.name in tagging.found
        ],
        "missing": [_tag_object(tag) for tag in tagging.missing],
        "unread": tagging.unread,
    }


def _tag_object(tag: Tag) -> dict[str, Any]:
    return {"tag": tag.name, "title": tag.title, "rules": tag.rules}
