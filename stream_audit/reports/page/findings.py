"""The findings as HTML: a card for each kind, which opens without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stream_audit.model import Finding, Rule
from stream_audit.reports.groups import Group, WireCount
from stream_audit.reports.options import Options
from stream_audit.reports.page.markup import Markup, element, fragment, lines, marked, spaced
from stream_audit.reports.printable import brief, window
from stream_audit.reports.reproduce import continued, explain_command, reproduce_command
from stream_audit.reports.values import counts, excerpt, has_values, pair
from stream_audit.reports.verdict import counted

__all__ = ["card", "command", "place_text", "wire_card"]

_VALUE = 600
_CHUNK = 1_200
_COMMAND = 76
_FIELD = 300
_SIGNS = {"error": "\u2716", "warning": "\u25b2", "note": "\u2022"}

Links = Mapping[str, int]
"""From a recording's id to its number, of those that have a view of their own."""


def card(
    group: Group, run_candidates: Sequence[str], options: Options, links: Links, *, open_: bool
) -> Markup:
    """One kind of finding: its heading always, the rest when opened."""
    finding = group.first
    field = None
    if finding.field and finding.kind != "wire":  # of a stream, findings of several fields are one kind
        field = element("code", brief(finding.field, _FIELD), class_="field")
    about = [run_candidates.index(name) for name in group.candidates if name in run_candidates]
    heading = spaced(
        _severity(finding.severity),
        element("code", brief(finding.rule, _FIELD), class_="rule"),
        field,
        element("span", ", ".join(map(_named, group.candidates)), class_="who") if group.candidates else None,
        element("span", counted(group.recordings, "recording"), class_="many"),
    )
    return element(
        "details",
        element("summary", heading),
        _title(options.title(finding.rule)),
        _facts(group, options),
        _places(group, links),
        class_="card",
        open=open_,
        data_severity=finding.severity,
        data_candidates=" ".join(map(str, about)),
    )


def wire_card(count: WireCount, options: Options) -> Markup:
    """One kind of fault of the streams themselves."""
    first = count.first
    times = f"{counted(count.findings, 'time')} in {counted(count.recordings, 'recording')}"
    return element(
        "details",
        element(
            "summary",
            spaced(
                _severity(first.severity),
                element("code", brief(first.rule, _FIELD), class_="rule"),
                element("span", times, class_="many"),
            ),
        ),
        _title(options.title(first.rule)),
        element("p", element("code", place_text(first)), " ", brief(first.message)),
        _explained(options.rule(first.rule)),
        class_="card",
        data_severity=first.severity,
    )


def place_text(finding: Finding) -> str:
    """``path:line``, or the path of a finding about a whole file."""
    path = brief(finding.path, _FIELD)
    return f"{path}:{finding.line}" if finding.line else path


def command(words: Sequence[str], label: str) -> Markup:
    """A command that can be pasted, and a button to copy it."""
    text = continued(words, _COMMAND)
    button = element("button", "Copy", type="button", class_="copy", hidden=True, aria_label=f"Copy: {label}")
    return element("div", element("pre", lines(text)), button, class_="command")


def _severity(severity: str) -> Markup:
    sign = element("span", _SIGNS.get(severity, ""), aria_hidden="true")
    return element("span", sign, f" {severity}", class_=f"severity {severity}")


def _named(name: str) -> str:
    return brief(name, _FIELD)


def _title(title: str) -> Markup | None:
    return element("p", title, class_="title") if title else None


def _facts(group: Group, options: Options) -> Markup:
    finding = group.first
    facts: list[tuple[str, Markup]] = []
    if finding.kind != "difference":
        told = str(window(finding.message.strip(), 0, 2_000)).split("\n")
        facts.append(("what", element("pre", lines(told))))
    if finding.breaks:
        facts.append(("breaks", fragment(brief(", ".join(finding.breaks), _VALUE))))
    facts.append(("where", fragment(element("code", place_text(group.first)), group.chunk)))
    if finding.chunk is not None:
        facts.append(("culprit chunk", _chunk(finding)))
    if has_values(finding):
        values = pair(finding.reference, finding.got, _VALUE, count=counts(finding))
        left, right = values.reference, values.candidate
        facts.append(("reference", element("code", marked(left, right), class_="value reference")))
        facts.append(("candidate", element("code", marked(right, left), class_="value got")))
        if values.remark:
            facts.append(("apart", fragment(values.remark)))
    if finding.kind == "difference":
        facts.append(("looks like", fragment(", ".join(finding.diagnosis) or "no known failure")))
    reproduce = reproduce_command(finding, group.recording, options)
    if reproduce is not None:
        facts.append(("reproduce", command(reproduce, f"reproduce {finding.rule}")))
    facts.append(
        ("explain", _explained(options.rule(finding.rule)) or command(explain_command(finding), "explain"))
    )
    rows = [fragment(element("dt", label), element("dd", told)) for label, told in facts]
    return element("dl", *rows, class_="facts")


def _chunk(finding: Finding) -> Markup:
    shown = excerpt(finding.chunk or b"", finding.field, _CHUNK)
    return element("pre", str(shown), class_="chunk")


def _explained(rule: Rule | None) -> Markup | None:
    if rule is None:
        return None
    sources = [element("li", source) for source in rule.sources]
    return element(
        "details",
        element("summary", "What this means"),
        element("p", rule.why),
        element("p", "Wrong", class_="label"),
        element("pre", lines(rule.wrong.split("\n"))),
        element("p", "Right", class_="label"),
        element("pre", lines(rule.right.split("\n"))),
        fragment(element("p", "Sources", class_="label"), element("ul", *sources)) if sources else None,
        class_="explained",
    )


def _places(group: Group, links: Links) -> Markup:
    values = any(row.values is not None for row in group.rows)
    heads = ("recording", "reference", "candidate") if values else ("recording", "what happened")
    rows = []
    for row in group.rows:
        place = brief(f"{row.path}:{row.line}" if row.line else row.path, _FIELD)
        number = links.get(row.recording)
        cells = [element("a", place, href=f"#r{number}") if number is not None else element("code", place)]
        if row.values is not None:
            left, right = row.values.reference, row.values.candidate
            cells += [element("code", marked(left, right)), element("code", marked(right, left))]
        else:
            cells += [fragment(brief(row.message, 300))] + ([fragment("")] if values else [])
        named = zip(heads, cells, strict=True)
        rows.append(element("tr", *(element("td", cell, data_label=head) for head, cell in named)))
    more = f"{group.unshown:,} more in {counted(group.unshown_recordings, 'recording')}, not listed here."
    table = element(
        "table",
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *rows),
    )
    unshown = element("p", more, class_="more") if group.unshown else None
    return element("div", table, unshown, class_="places")
