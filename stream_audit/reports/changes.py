"""What differs from what was stored, for people and for programs: as a table, a line each, or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from stream_audit.model import Recording
from stream_audit.model.change import Change, ChangeKind, Changes, Part, Turn
from stream_audit.reports.groups import Groups
from stream_audit.reports.listing import SEVERITY_STYLE, place, print_findings
from stream_audit.reports.objects import SCHEMA_VERSION, finding_object
from stream_audit.reports.options import Options
from stream_audit.reports.paper import Paper, packed, word
from stream_audit.reports.plain import encode
from stream_audit.reports.printable import printable
from stream_audit.reports.values import pair

__all__ = ["FORMATS", "change_lines", "print_changes", "print_listed", "write_changes"]

FORMATS = ("table", "concise", "json")

_SHOWN = 3
_TURNS: tuple[tuple[Turn, str], ...] = (
    ("away", "no longer as the reference has it"),
    ("towards", "now as the reference has it"),
    ("aside", "otherwise than stored"),
)
_STYLES: Mapping[Turn, tuple[str, str]] = {"away": ("green", "red"), "towards": ("red", "green")}
"""What the old and the new value look like: green is the one that the reference has."""
_KINDS: tuple[ChangeKind, ...] = ("changed", "new", "stale")
_RARE: tuple[ChangeKind, ...] = ("unsteady",)
"""Kinds that are counted where there are any."""


def write_changes(changes: Changes, kind: str, stream: TextIO, options: Options) -> None:
    """Write what differs in one of ``FORMATS``."""
    if kind == "table":
        print_changes(changes, stream, options)
    elif kind == "json":
        stream.write(encode(_document(changes)).decode("utf-8") + "\n")
    else:
        for change in changes.changes:
            stream.writelines(f"{_line(part)}\n" for part in change.parts)
        stream.write(f"{' · '.join(_counts(changes))} · exit code {changes.exit_code}: {_verdict(changes)}\n")
    stream.flush()


def print_changes(changes: Changes, stream: TextIO, options: Options) -> None:
    """Print every kind of change by which way it went, then by rule and field; then counts and verdict."""
    paper = Paper(stream, width=options.width, color=options.color)
    _print_head(paper, changes)
    compared = [part for change in changes.changes if change.kind == "changed" for part in change.parts]
    several = len({part.turn for part in compared}) > 1 or any(part.turn != "aside" for part in compared)
    for turn, title in _TURNS:
        _print_parts(
            paper, changes, [part for part in compared if part.turn == turn], options, title * several
        )
    lone = [part for change in changes.changes if change.kind != "changed" for part in change.parts]
    _print_parts(paper, changes, lone, options, "")
    _print_end(paper, changes)


def _print_parts(paper: Paper, changes: Changes, parts: Sequence[Part], options: Options, title: str) -> None:
    """Print what changed in one way, by rule and field, the worst first."""
    if title and parts:
        paper.print()
        paper.print(word(title, "bold"))
    groups = Groups(shown=None if options.verbose else _SHOWN, size=2 * max(14, paper.width // 4))
    for part in parts:
        finding = part.finding
        groups.add(finding, Recording(finding.recording, finding.path, None, finding.line))
    styles = _STYLES.get(parts[0].turn, ("", "")) if parts else ("", "")
    print_findings(paper, groups.judged(), several=False, sides=changes.sides, styles=styles)


def print_listed(changes: Changes, stream: TextIO, options: Options) -> None:
    """Print every change under its id, for somebody who is to decide on it; then counts and verdict."""
    paper = Paper(stream, width=options.width, color=options.color)
    _print_head(paper, changes)
    for change in changes.changes:
        paper.print()
        for line in change_lines(change, changes.sides, options.width):
            paper.print(line)
    _print_end(paper, changes)


def change_lines(change: Change, sides: tuple[str, str], width: int) -> Iterator[Any]:
    """One change: its id, kind and recording, then each place with both values."""
    head = word(f"{change.id}  " if change.id else "", "bold")
    head.append(f"{change.kind}  {printable(change.recording)}")
    yield head
    for part in change.parts:
        finding, style = part.finding, SEVERITY_STYLE.get(part.finding.severity, "")
        rule = word("  ").append(finding.rule, style).append(f"  {printable(finding.field or '')}".rstrip())
        if part.turn != "aside":
            rule.append(f"  {dict(_TURNS)[part.turn]}", "dim")
        yield rule
        if change.kind != "changed":
            yield word(f"    {printable(finding.message)}", "dim")
            continue
        values = pair(finding.reference, finding.got, max(2 * width, 40))
        longest = max(map(len, sides))
        styles = _STYLES.get(part.turn, ("", ""))
        yield word(f"    {sides[0]:<{longest}}  {values.reference}", styles[0])
        yield word(f"    {sides[1]:<{longest}}  {values.candidate}", styles[1])


def _print_head(paper: Paper, changes: Changes) -> None:
    names = [f"{side} {name}" for side, name in zip(changes.sides, changes.names, strict=True) if name]
    for line in packed(
        [printable(part) for part in (f"stream-audit {changes.version}", *names)], paper.width
    ):
        paper.print(word(line, "bold"))


def _print_end(paper: Paper, changes: Changes) -> None:
    paper.print()
    for line in packed(_counts(changes), paper.width):
        paper.print(word(line, "bold"))
    verdict = _verdict(changes)
    ending = f"{verdict[:1].upper()}{verdict[1:]}. Exit code {changes.exit_code}."
    paper.print(word(ending, "green" if changes.exit_code == 0 else "red"))
    paper.flush()


def _verdict(changes: Changes) -> str:
    return printable(changes.verdict)


def _counts(changes: Changes) -> Sequence[str]:
    """Every count, zeros included where they say that all is well."""
    kinds = [f"{changes.count(kind):,} {kind}" for kind in _KINDS]
    kinds += [f"{changes.count(kind):,} {kind}" for kind in _RARE if changes.count(kind)]
    return [*kinds, f"{changes.same:,} same", *(f"{n:,} {what}" for what, n in changes.left_out.items())]


def _line(part: Part) -> str:
    finding = part.finding
    turn = "" if part.turn == "aside" else f" ({part.turn})"
    where = place(finding.path, finding.line or 1)
    return f"{where}: {printable(finding.rule)} {printable(finding.message)}{turn}"


def _document(changes: Changes) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "stream-audit", "version": changes.version},
        "command": changes.command,
        "sides": dict(zip(changes.sides, changes.names, strict=True)),
        "changes": [_change(change) for change in changes.changes],
        "counts": {
            **{kind: changes.count(kind) for kind in (*_KINDS, *_RARE)},
            "same": changes.same,
            "left_out": changes.left_out,
        },
        "remarks": changes.remarks,
        "exit_reason": changes.verdict,
        "exit_code": changes.exit_code,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "kind": change.kind,
        "recording": change.recording,
        "parts": [{"turn": part.turn, "finding": finding_object(part.finding)} for part in change.parts],
    }
