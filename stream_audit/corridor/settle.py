"""The corridor of a reconciliation: recordings and books in, a statement out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from stream_audit import __version__, gate, rules
from stream_audit.corridor.plan import Plan
from stream_audit.corridor.tally import Tally
from stream_audit.ledger.account import Entry
from stream_audit.ledger.books import Fact, State
from stream_audit.ledger.labels import Labels
from stream_audit.ledger.lines import Line
from stream_audit.ledger.reading import read_books
from stream_audit.ledger.reconcile import Section, reconcile
from stream_audit.ledger.tolerance import Tolerance
from stream_audit.model import Finding, Progress, Severity, Summary
from stream_audit.model.statement import BUCKETS, Item, Sheet, Statement

__all__ = ["Terms", "settle"]

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What recordings are compared with, and how."""

    against: tuple[str, ...]
    """Paths of books, earlier states first."""
    by: tuple[str, ...] | None = None
    tolerance: Tolerance = field(default_factory=Tolerance)
    cumulative: bool = False


def settle(
    plan: Plan,
    labels: Labels,
    terms: Terms,
    progress: Progress | None = None,
    sized: Callable[[int], None] | None = None,
) -> Statement:
    """Compare the recordings of a plan with somebody's books.

    Args:
        plan: What to read, which rules to report, and what fails the run.
        labels: What the recordings are labelled.
        terms: The books, and how to compare.
        progress: Told how many bytes of recordings were read since the last call.
        sized: Told once how many bytes there are to read.

    Raises:
        UsageError: A path that does not exist, a label that the books do not have.
    """
    wanted = rules.select(plan.select, plan.ignore)
    tally = Tally(plan, labels)
    entries = list(tally.entries(progress, sized))
    found = reconcile(
        entries,
        _states(terms, entries),
        by=terms.by,
        tolerance=terms.tolerance,
        cumulative=terms.cumulative,
    )
    sheets = tuple(map(_sheet, found.sections))
    findings = [_finding(fact) for fact in _wanted(found.facts, wanted)]
    findings.sort(key=lambda finding: _SEVERITIES.index(finding.severity))
    items = [item for sheet in sheets for item in sheet.items if item.rules or not item.total]
    counts = {bucket: sum(item.bucket == bucket for item in items) for bucket in BUCKETS}
    return Statement(
        version=__version__,
        command=plan.command,
        sheets=sheets,
        findings=tuple(findings),
        counts=counts,
        unreported=sum(entry.account.unreported for entry in entries),
        repeated=sum(entry.account.repeated for entry in entries),
        remarks=(*labels.remarks(), *tally.remarks()),
        summary=_judged(plan, tally.summary, findings, sheets, counts["not_compared"]),
    )


def _states(terms: Terms, entries: Iterable[Entry]) -> list[State]:
    names = {name for entry in entries for name in entry.labels}
    by = terms.by or ()
    return [state for path in terms.against for state in read_books(path, names, by)]


def _wanted(facts: Iterable[Fact], wanted: Callable[[str], bool]) -> Iterator[Fact]:
    """Each fact under the first of its rules that is wanted: to ignore one mistake hides no other."""
    for fact in facts:
        asked = [rule for rule in dict.fromkeys((fact.rule, *fact.causes)) if wanted(rule)]
        if asked and asked[0] == fact.rule:
            yield fact
        elif asked:
            yield replace(fact, rule=asked[0], causes=tuple(asked))


def _finding(fact: Fact) -> Finding:
    """A fact about the books as a finding; ``recording`` holds whose numbers it is about.

    It is as severe as the worst of its rules, so that knowing a mistake's name never makes it pass.
    """
    severities = map(rules.severity, (fact.rule, *fact.causes))
    return Finding(
        rule=fact.rule,
        severity=min(severities, key=_SEVERITIES.index),
        kind="difference",
        recording=fact.key,
        path=fact.path,
        line=fact.line,
        message=f"{fact.message}.",
        field=fact.measure,
        reference=fact.recordings,
        got=fact.books,
        diagnosis=fact.causes,
        count=fact.count,
    )


def _sheet(section: Section) -> Sheet:
    return Sheet(
        path=section.path,
        by=section.by,
        items=tuple(_item(line, section.by) for line in section.lines),
        unbooked=section.unbooked,
        only_recordings=section.only_recordings,
        only_books=section.only_books,
    )


def _item(line: Line, by: Sequence[str]) -> Item:
    values = dict(line.key)
    return Item(
        key={name: values[name] for name in by if name in values},
        bucket=line.bucket,
        measures=line.pairs,
        requests=sum(entry.account.requests for entry in line.entries),
        total=line.total,
        rules=line.rules,
        remark=line.remark,
        path=line.row.path if line.row is not None else "",
        line=line.row.line if line.row is not None else 0,
    )


def _judged(
    plan: Plan, read: Summary, findings: Sequence[Finding], sheets: Sequence[Sheet], unread: int
) -> Summary:
    """The recordings' summary with the verdict on the books."""
    severities = {key: count for key, count in read.severities.items() if key.startswith("wire:")}
    for severity in _SEVERITIES:
        severities[f"difference:{severity}"] = sum(one.severity == severity for one in findings)
    compared = sum(
        one.difference is not None for sheet in sheets for item in sheet.items for one in item.measures
    )
    later = sum(sheet.unbooked for sheet in sheets)
    summary = replace(read, severities=severities, counts=replace(read.counts, compared=compared))
    code, reason = gate.judge(
        summary, fail_on=plan.fail_on, strict=plan.strict, exit_zero=plan.exit_zero, candidates=("the books",)
    )
    if code == 3 and not compared:
        why = "recordings and books have no key in common"
        reason = (
            f"nothing was compared: {'all recordings are of later ticks than the books' if later else why}"
        )
    if code == 0 and plan.strict and (unread or later):
        missing = f"{unread} keys, {later} recordings of later ticks"
        code, reason = 3, f"not everything was compared ({missing}), and --strict or CI=true asks for it"
    summary.exit_code, summary.stop_reason = code, reason
    return summary
