"""The report as one HTML page that needs nothing else: no network, no further file, no library.

The page holds what a person reads. Findings, sums and what was left out are plain HTML. Recordings
are data that the page's own scripts show: of the worst of them all details, of more a line each; how
many are left out is said. So the page stays below some 20 MB however long the run is, and so does the
memory that it takes to write it.

What was recorded is data here: text is escaped, JSON cannot end its element, every character is
visible, and a policy in the page lets no other script, style or address in than the page's own.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from string import Template
from typing import TextIO

from stream_audit.model import Audited, Run, Summary
from stream_audit.reports.absent import Absent
from stream_audit.reports.groups import Group, Groups
from stream_audit.reports.options import Options
from stream_audit.reports.page.data import block, to_json
from stream_audit.reports.page.findings import Links, card, wire_card
from stream_audit.reports.page.markup import Markup, element, fragment
from stream_audit.reports.page.recording import detail, entry, rank_of
from stream_audit.reports.page.sections import (
    Section,
    accepted_lines,
    asked,
    left_out,
    not_covered,
    not_run,
    state,
    tags,
    totals,
    verdict_block,
    work,
)
from stream_audit.reports.page.shelf import Shelf
from stream_audit.reports.printable import brief
from stream_audit.reports.verdict import counted

__all__ = ["HtmlReport"]

ROOM_FOR_DETAILS = 9_000_000
"""Bytes for the details of the worst recordings."""
ROOM_FOR_ENTRIES = 3_000_000
"""Bytes for a line of each recording, the worst first."""
ROOM_FOR_CARDS = 4_000_000
"""Bytes for the kinds of finding, the worst first."""
_ROWS = 10
_VALUE = 120
_OPEN = 3
"""Cards that are open when the page is."""
_SCRIPTS = ("elements.js", "filter.js", "recordings.js", "pictures.js", "recording.js", "keys.js", "start.js")


class HtmlReport:
    """Implements :class:`stream_audit.model.Report`; the page is written when the run has ended."""

    def __init__(self, stream: TextIO, options: Options) -> None:
        self._stream = stream
        self._options = options
        self._ascii = not (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
        self._run = Run(version="", command=())
        self._absent = Absent()
        self._details = Shelf(ROOM_FOR_DETAILS)
        self._entries = Shelf(ROOM_FOR_ENTRIES)
        self._seen = 0

    def begin(self, run: Run) -> None:
        """Remember what was asked."""
        self._run = run
        self._groups = Groups(shown=_ROWS, size=_VALUE, subject=run.subject)
        self._accepted = Groups(shown=_ROWS, size=_VALUE, subject=run.subject)

    def add(self, audited: Audited) -> None:
        """Count the findings of one recording; keep its details while none are worse."""
        for finding in audited.findings:
            groups = self._accepted if finding.baselined else self._groups
            groups.add(finding, audited.recording)
        self._absent.add(audited)
        rank = rank_of(audited, self._seen, self._run.subject)
        if self._details.wants(rank):
            self._details.put(rank, audited.recording.id, detail(audited, ascii_only=self._ascii))
        if self._entries.wants(rank):
            line = to_json(entry(audited, self._run, self._seen), ascii_only=self._ascii)
            self._entries.put(rank, "", line)
        self._seen += 1

    def end(self, summary: Summary) -> None:
        """Write the page."""
        sections = [one for one in self._sections(summary, self._details.names()) if one.content]
        style, script = _style(), _script()
        word = state(self._run, summary)[1]
        before, after = _file("page.html").split("$data\n")
        head = Template(before).substitute(
            policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
            " base-uri 'none'; form-action 'none'",
            title=element("title", f"{word} - stream-audit"),
            style=style,
            version=fragment(self._run.version),
            verdict=verdict_block(self._run, summary),
            asked=asked(self._run, summary),
            filters=self._filters(),
            contents=fragment(
                *(element("li", element("a", one.title, href=f"#{one.name}")) for one in sections)
            ),
            sections=fragment(*(one.written() for one in sections)),
        )
        self._write(head)
        self._write(block("index", self._index()) + "\n")
        for number, text in self._details.texts():
            self._write(block(f"d{number}", text) + "\n")
        self._write(Template(after).substitute(script=script))
        self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write(text.encode("ascii", "xmlcharrefreplace").decode("ascii") if self._ascii else text)

    def _index(self) -> str:
        names = [brief(name, 300) for name in self._run.candidates[:40]]
        head = {
            "candidates": names,
            "recordings": self._seen,
            "without_details": self._details.left_out,
            "not_listed": self._entries.left_out,
        }
        entries = ",\n".join(text for _, text in self._entries.texts())
        return f'{to_json(head, ascii_only=self._ascii)[:-1]},"entries":[\n{entries}\n]}}'

    def _filters(self) -> Markup:
        """A candidate to choose, where there are several."""
        names = self._run.candidates[:40]
        if len(names) < 2:
            return Markup("")
        options = [element("option", brief(name, 80), value=at) for at, name in enumerate(names)]
        every = element("option", "every candidate", value="")
        return element("label", "Candidate ", element("select", every, *options, id="candidate"))

    def _sections(self, summary: Summary, links: Links) -> Iterator[Section]:
        self._groups.add_unread(summary.unreadable)
        groups, accepted = self._groups.judged(), self._accepted.judged()
        cards = self._cards(groups, links) or self._none(summary)
        known = self._cards(accepted, links, opened=0)
        yield Section("not-run", "Not run", not_run(self._absent.told(summary)))
        yield Section("findings", "Findings", cards, len(groups))
        yield Section("recordings", "Recordings", self._recordings(), self._seen)
        yield Section("totals", "Totals", totals(summary))
        yield Section("work", "How often usage was materialised", work(summary))
        yield Section("not-covered", "Not covered", not_covered(summary))
        found = len(summary.tagging.found) if summary.tagging is not None else None
        yield Section("trigger-shapes", "Trigger shapes in these recordings", tags(summary.tagging), found)
        yield Section("left-out", "Not audited", left_out(summary), len(summary.unreadable))
        yield Section("accepted", "Accepted before", fragment(accepted_lines(summary), known), len(accepted))
        wires = [wire_card(one, self._options) for one in self._groups.wire()]
        note = element(
            "p", "What the recorded streams do that their dialect does not allow. It never fails a run."
        )
        yield Section(
            "streams", "The streams themselves", fragment(note, *wires) if wires else Markup(""), len(wires)
        )

    def _cards(self, groups: Iterable[Group], links: Links, opened: int = _OPEN) -> Markup:
        """The cards of the groups that fit, and how many do not."""
        made: list[Markup] = []
        used = left = 0
        for group in groups:
            one = card(group, self._run.candidates, self._options, links, open_=len(made) < opened)
            if used + len(one) > ROOM_FOR_CARDS:
                left += 1
                continue
            used += len(one)
            made.append(one)
        if left:
            more = f"{counted(left, 'further kind')} of finding left out: the page would be too long."
            made.append(element("p", more, class_="more"))
        return fragment(*made)

    def _none(self, summary: Summary) -> Markup:
        """Why there is no finding: nothing is claimed where nothing was compared."""
        done, what = ("linted", "stream") if self._run.subject == "streams" else ("compared", "candidate")
        if not summary.counts.compared:
            return element("p", f"Nothing was {done}, so nothing can be said about any {what}.")
        if summary.accepted:
            return element("p", "No finding but those accepted before.")
        return element("p", f"No finding about a {what}.")

    def _recordings(self) -> Markup:
        if not self._seen:
            return Markup("")
        absent = element(
            "noscript", element("p", "Recordings and their details are shown with JavaScript only.")
        )
        return fragment(absent, element("div", id="list"))


# --------------------------------------------------------------------------- the page's own files


@cache
def _file(name: str) -> str:
    return files("stream_audit.reports.page").joinpath(name).read_text("utf-8")


def _style() -> str:
    return _file("style.css") + _file("pictures.css")


def _script() -> str:
    """The scripts as one, in a function of their own."""
    return '"use strict";\n(() => {\n' + "\n".join(_file(name) for name in _SCRIPTS) + "})();\n"


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
