"""What stands around the findings: the verdict, what was asked, sums, and what was not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stream_audit.model import MEASURES, Run, Summary, Total
from stream_audit.model.tag import Tagging
from stream_audit.reports.page.findings import command
from stream_audit.reports.page.markup import Markup, element, fragment
from stream_audit.reports.printable import brief
from stream_audit.reports.reproduce import quote
from stream_audit.reports.tags import NOTHING, unread_lines
from stream_audit.reports.verdict import acceptance_lines, counted, named_counts, verdict

__all__ = [
    "Section",
    "accepted_lines",
    "asked",
    "left_out",
    "not_covered",
    "not_run",
    "state",
    "tags",
    "totals",
    "verdict_block",
    "work",
]

_MOST = 200
_NAME = 300


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that can be linked to; one without content is left out."""

    name: str
    title: str
    content: Markup
    count: int | None = None

    def written(self) -> Markup:
        """The section."""
        number = element("span", f"{self.count:,}", class_="number") if self.count is not None else None
        heading = element("h2", self.title, " " if number else None, number, id=f"{self.name}-title")
        return element("section", heading, self.content, id=self.name, aria_labelledby=f"{self.name}-title")


def state(run: Run, summary: Summary) -> tuple[str, str]:
    """How the run ended, as a class and in words. Green only when all that was found agreed."""
    counts = summary.counts
    done = "linted" if run.subject == "streams" else "compared"
    if not summary.complete:
        return "partial", "Interrupted"
    if not counts.compared:
        return "nothing", f"Nothing {done}"
    if summary.exit_code == 1:
        return "failed", "Failed"
    if summary.exit_code:
        return "partial", f"Not everything {done}"
    absent = any("unavailable" in fates for fates in summary.statuses.values())
    missing = counts.unreadable + counts.skipped + summary.damaged + (counts.found - counts.compared)
    if counts.differ or missing or absent:
        return "remarks", "Passed, with remarks"
    return "passed", "Passed"


def verdict_block(run: Run, summary: Summary) -> Markup:
    """The verdict, and every fate a recording can meet, zeros included."""
    kind, word = state(run, summary)
    told = [
        element("div", element("dt", said), element("dd", f"{number:,}"), class_=name)
        for name, said, number in named_counts(summary.counts, run.subject)
    ]
    return element(
        "div",
        element("p", word, class_="state"),
        element("p", verdict(run, summary), class_="told"),
        element("dl", *told, class_="counts"),
        class_=f"verdict {kind}",
    )


def asked(run: Run, summary: Summary) -> Markup:
    """What was compared with what, and by which command."""
    facts: list[tuple[str, Markup]] = []
    bundled = f"bundled ({', '.join(summary.dialects)})" if summary.dialects else "bundled"
    reference = _versioned(run, run.reference) if run.reference else fragment(bundled)
    facts.append(("reference", reference))
    if run.subject == "streams":
        facts = [("judged", fragment(f"the streams themselves, by {bundled} rules"))]
    names = [element("li", _versioned(run, name)) for name in run.candidates[:_MOST]]
    if len(run.candidates) > _MOST:
        names.append(element("li", f"{len(run.candidates) - _MOST:,} more"))
    if run.subject == "candidates":
        facts.append(("candidates", element("ul", *names) if names else fragment("none")))
    if run.fields:
        facts.append(("fields", fragment(brief(", ".join(run.fields)))))
    facts.append(("chunks", fragment(f"{summary.chunks:,}")))
    if run.command:
        words = ["stream-audit", *(quote(word) for word in run.command[:_MOST])]
        more = len(run.command) - _MOST
        facts.append(
            ("command", command([*words, *([f"… {more:,} more words"] if more > 0 else [])], "command"))
        )
    rows = (fragment(element("dt", label), element("dd", told)) for label, told in facts)
    return element("dl", *rows, class_="facts")


def _versioned(run: Run, name: str) -> Markup:
    version = run.versions.get(name)
    return fragment(element("code", brief(name, _NAME)), f" {brief(version, 80)}" if version else None)


def totals(summary: Summary) -> Markup:
    """The sums of the reference beside those of each candidate."""
    made = [_total_table(name, found) for name, found in summary.candidate_totals.items()]
    if not summary.candidate_totals:
        known = [(name, summary.reference_totals.get(name)) for name in MEASURES]
        rows = [(_measure(name), f"{number:,}") for name, number in known if number is not None]
        made = [_table(("", "reference"), rows, numbers=True)] if rows else []
    return fragment(*made)


def _total_table(name: str, found: dict[str, Total]) -> Markup:
    known = [(measure, found[measure]) for measure in MEASURES if measure in found]
    rows = [_total_row(measure, one) for measure, one in known if one.compared or one.one_sided]
    absent = [f"{_measure(measure)} in {one.not_covered:,}" for measure, one in known if one.not_covered]
    heads = ("", "reference", "candidate", "difference", "recordings that differ")
    shown = _table(heads, rows, numbers=True) if rows else None
    beside = element("p", f"Not in these sums: {', '.join(absent)}.", class_="more") if absent else None
    heading = element("h3", element("code", brief(name, _NAME)))
    return fragment(heading, shown, beside) if rows or absent else Markup("")


def _total_row(measure: str, total: Total) -> Sequence[str]:
    apart = total.candidate - total.reference
    differing = total.differing + total.one_sided
    where = f"{differing:,} of {total.compared + total.one_sided:,}" if differing else "none"
    aside = f", {total.one_sided:,} one-sided" if total.one_sided else ""
    difference = element("strong", f"{apart:+,}") if apart else "0"
    return (_measure(measure), f"{total.reference:,}", f"{total.candidate:,}", difference, f"{where}{aside}")


def _measure(name: str) -> str:
    return name.replace("_", " ")


def not_covered(summary: Summary) -> Markup:
    """What each candidate does not claim to return, what could not run, and whose growth was measured."""
    made: list[Markup] = []
    for name, fields in summary.not_covered.items():
        if fields:
            listed = [
                element("li", element("code", brief(field, 120)), element("span", f" {number:,}"))
                for field, number in list(fields.items())[:_MOST]
            ]
            made.append(element("h3", element("code", brief(name, _NAME))))
            made.append(element("p", "Fields, and how many recordings have them:", class_="more"))
            made.append(element("ul", *listed, class_="chips"))
    for name, fates in summary.growth.items():
        told = "; ".join(
            f"{brief(fate, 200)}: {counted(number, 'recording')}" for fate, number in fates.items()
        )
        made.append(
            element("p", "Growth of the time per chunk, ", element("code", brief(name, _NAME)), f": {told}.")
        )
    return fragment(*made)


def not_run(absent: Iterable[tuple[str, str]]) -> Markup:
    """Candidates that could not be run, and why."""
    told = [
        (element("dt", brief(who.removeprefix("not run: "))), element("dd", brief(why)))
        for who, why in absent
    ]
    return element("dl", *(fragment(*one) for one in told)) if told else Markup("")


def work(summary: Summary) -> Markup:
    """How often candidates made mappings of usage objects, where that was counted."""
    heads = ("", "usage chunks", "materialised", "redundant")
    names = ("usage_chunks", "usage_dumps", "redundant_dumps")
    rows = [
        (element("code", brief(name, _NAME)), *(f"{sums.get(one, 0):,}" for one in names))
        for name, sums in summary.work.items()
        if sums.get("usage_dumps")
    ]
    return _table(heads, rows, numbers=True) if rows else Markup("")


def tags(tagging: Tagging | None) -> Markup:
    """The trigger shapes that the recordings have, and those that none of them has."""
    if tagging is None:
        return Markup("")
    rows = [
        (
            element("code", name),
            f"{count.recordings:,}",
            NOTHING if count.chunks is None else f"{count.chunks:,}",
            element("code", brief(f"{count.path}:{count.line}", _NAME)),
        )
        for name, count in tagging.found.items()
    ]
    heads = ("trigger shape", "recordings", "chunks", "first")
    listed = [
        element("li", element("code", tag.name), element("span", f" {tag.title}")) for tag in tagging.missing
    ]
    lacking = "Not in these recordings, so they cannot catch what it sets off:"
    return fragment(
        _table(heads, rows) if rows else element("p", "None."),
        *(element("p", line, class_="more") for line in unread_lines(tagging)),
        fragment(element("p", lacking), element("ul", *listed)) if listed else None,
    )


def left_out(summary: Summary) -> Markup:
    """What was not audited, and what of the accepted findings no longer applies."""
    rows = [
        (
            element("code", brief(f"{one.path}:{one.line}" if one.line else one.path, _NAME)),
            "skipped" if one.skipped else "unreadable",
            brief(one.reason, 400),
        )
        for one in summary.unreadable[:_MOST]
    ]
    made = [_table(("file", "fate", "why"), rows)] if rows else []
    more = len(summary.unreadable) - len(rows)
    told: Iterable[str] = [f"{more:,} more were not audited."] if more else []
    if summary.damaged:
        damaged = counted(summary.damaged, "recording")
        told = [*told, f"Damaged: {damaged} with lines that cannot be read as sent."]
    return fragment(*made, *(element("p", line, class_="more") for line in (*told, *_passed_over(summary))))


def accepted_lines(summary: Summary) -> Markup:
    """What a baseline knew, and what of it no longer applies."""
    return fragment(*(element("p", line) for line in acceptance_lines(summary)))


def _passed_over(summary: Summary) -> Iterator[str]:
    if summary.passed_over:
        shown = summary.passed_over[:20]
        rest = len(summary.passed_over) - len(shown)
        more = f" and {rest:,} more" if rest else ""
        yield f"Passed over, not recordings: {', '.join(brief(path, _NAME) for path in shown)}{more}."


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = False) -> Markup:
    """A table; the first cell of each row names it."""
    body = []
    for first, *rest in rows:
        cells = [element("td", cell, data_label=head) for head, cell in zip(heads[1:], rest, strict=True)]
        body.append(element("tr", element("th", first, scope="row"), *cells))
    head = element("tr", *(element("th", head, scope="col") if head else element("td") for head in heads))
    inner = element(
        "table", element("thead", head), element("tbody", *body), class_="numbers" if numbers else None
    )
    return element("div", inner, class_="wide")
