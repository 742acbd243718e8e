"""The report as GitHub-flavoured Markdown: for a pull request's comment or a pipeline's summary page.

Recorded text stands in code spans only, where neither markup, HTML, links nor
mentions mean anything. The whole stays below the mebibyte that GitHub takes for
a step's summary; what is left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from stream_audit.model import MEASURES, Audited, Run, Summary, Total
from stream_audit.model.tag import Tagging
from stream_audit.reports.absent import Absent
from stream_audit.reports.groups import Group, Groups
from stream_audit.reports.options import Options
from stream_audit.reports.printable import brief, printable
from stream_audit.reports.tags import NOTHING, unread_lines
from stream_audit.reports.verdict import acceptance_lines, counted, named_counts, verdict

__all__ = ["LARGEST", "MarkdownReport", "span"]

LARGEST = 1_000_000
"""Bytes of a report; GitHub refuses a summary of more than 1 MiB (1,048,576)."""
_ROWS = 10
_VALUE = 120
_SIGNS = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}  # noqa: RUF001 - the sign, not the letter


class MarkdownReport:
    """Implements :class:`stream_audit.model.Report`."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._title = options.title
        self._shown = None if options.verbose else _ROWS
        self._absent = Absent()
        self._run = Run(version="", command=())
        self._written = 0

    def begin(self, run: Run) -> None:
        """Remember what was asked."""
        self._run = run
        self._groups = Groups(shown=self._shown, size=_VALUE, subject=run.subject)

    def add(self, audited: Audited) -> None:
        """Take in one recording's findings."""
        self._absent.add(audited)
        for finding in audited.fresh:
            self._groups.add(finding, audited.recording)

    def end(self, summary: Summary) -> None:
        """Write everything that fits."""
        sign = "✅" if summary.exit_code == 0 else "❌"
        self._write(f"## {sign} stream-audit\n\n{_escaped(verdict(self._run, summary))}\n")
        self._write(_table(_counts(summary)))
        last = [f"\n{_escaped(who)}: {span(why)}\n" for who, why in self._absent.told(summary)]
        last += _tags(summary.tagging)
        last += _tail(self._run, summary)
        room = LARGEST - self._written - sum(len(block.encode("utf-8", "replace")) for block in last) - 200
        left = 0
        self._groups.add_unread(summary.unreadable)
        for group in self._groups.judged():
            block = self._group(group)
            size = len(block.encode("utf-8", "replace"))
            if size > room:
                left += 1
                continue
            room -= size
            self._write(block)
        if left:
            self._write(
                f"\n{counted(left, 'further kind')} of finding left out: the page would be too long.\n"
            )
        for block in last:
            self._write(block)
        self._stream.flush()

    def _write(self, text: str) -> None:
        self._written += len(text.encode("utf-8", "replace"))
        self._stream.write(text)

    def _group(self, group: Group) -> str:
        finding = group.first
        heading = f"{_SIGNS.get(finding.severity, '')} {finding.severity}: {span(finding.rule)}"
        if finding.field and finding.kind != "wire":
            heading += f" {span(brief(finding.field, 200))}"
        title = self._title(finding.rule)
        about = [f"Candidate {', '.join(map(span, group.candidates))}." if group.candidates else ""]
        about += [f"{_escaped(title)}" if title else ""]
        about += [f"Known to break {', '.join(map(span, finding.breaks))}." if finding.breaks else ""]
        about += [f"Looks like {', '.join(map(span, finding.diagnosis))}." if finding.diagnosis else ""]
        rows: list[Sequence[str]] = []
        for row in group.rows:
            place = span(f"{row.path}:{row.line}" if row.line else row.path)
            if row.values is None:
                rows.append((place, span(brief(row.message)), ""))
            else:
                rows.append((place, span(row.values.reference), span(row.values.candidate)))
        more = f"\n{group.unshown:,} more in {counted(group.unshown_recordings, 'recording')}.\n"
        head = ("recording", "reference", "candidate")
        if all(row.values is None for row in group.rows):
            head = ("recording", "what happened", "")
        text = " ".join(part for part in about if part)
        table = _table([head, *rows])
        return f"\n### {heading}\n\n{text}\n{table}{more if group.unshown else ''}"


def span(text: str) -> str:
    """``text`` as a code span that stays one, also in a table's cell."""
    shown = printable(text).replace("|", "\\|")
    if not shown.strip():
        return f"`{shown or ' '}`"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    edge = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def _escaped(text: str) -> str:
    """Words of ours that may hold a name of theirs."""
    return re.sub(r"([\\`*_{}\[\]<>#|@])", r"\\\1", printable(text))


def _table(rows: Iterable[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _counts(summary: Summary) -> list[Sequence[str]]:
    told = named_counts(summary.counts, summary.subject)
    return [[word for _, word, _ in told], [f"{number:,}" for _, _, number in told]]


def _tail(run: Run, summary: Summary) -> list[str]:
    """What stands behind the findings: sums, what was not covered, what was not audited, the command."""
    blocks = [block for name, totals in summary.candidate_totals.items() for block in _totals(name, totals)]
    for name, fields in summary.not_covered.items():
        if fields:
            listed = ", ".join(f"{span(field)} {number:,}" for field, number in fields.items())
            blocks.append(f"\nNot covered by {span(name)} (recordings that have it): {listed}.\n")
    rows = [
        (span(f"{one.path}:{one.line or 1}"), "skipped" if one.skipped else "unreadable", span(one.reason))
        for one in summary.unreadable[:_ROWS]
    ]
    if rows:
        blocks.append(_table([("not audited", "", "why"), *rows]))
    if len(summary.unreadable) > _ROWS:
        blocks.append(f"\n{len(summary.unreadable) - _ROWS:,} more were not audited.\n")
    blocks += [f"\n{_escaped(line)}\n" for line in acceptance_lines(summary)]
    if run.command:
        blocks.append(f"\n{span(' '.join(('stream-audit', *run.command))[:2_000])}\n")
    return blocks


def _tags(tagging: Tagging | None) -> Iterator[str]:
    """The trigger shapes that recordings have and lack."""
    if tagging is None:
        return
    rows: list[Sequence[str]] = [("trigger shape", "recordings", "chunks", "first")]
    for name, count in tagging.found.items():
        chunks = NOTHING if count.chunks is None else f"{count.chunks:,}"
        where = span(f"{count.path}:{count.line}" if count.line else count.path)
        rows.append((span(name), f"{count.recordings:,}", chunks, where))
    yield "\n### Trigger shapes in these recordings\n"
    yield _table(rows)
    for line in unread_lines(tagging):
        yield f"\n{_escaped(line)}\n"
    if tagging.missing:
        listed = ", ".join(span(tag.name) for tag in tagging.missing)
        yield f"\nNot in these recordings, so they cannot catch what it sets off: {listed}.\n"


def _totals(name: str, totals: dict[str, Total]) -> Iterator[str]:
    rows = []
    for measure in MEASURES:
        one = totals.get(measure)
        if one is None or not (one.compared or one.one_sided):
            continue
        sums = (f"{one.reference:,}", f"{one.candidate:,}", f"{one.candidate - one.reference:+,}")
        rows.append((measure.replace("_", " "), *sums, f"{one.differing + one.one_sided:,}"))
    if rows:
        yield f"\n#### Totals: {span(name)}\n"
        yield _table([("", "reference", "candidate", "difference", "recordings that differ"), *rows])
